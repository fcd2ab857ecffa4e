from __future__ import annotations

from datetime import timedelta

import pytest

from rules.post import Author, Subject
from rules.ruleset import Ruleset
from rules.verdict import Finding
from rules.window import MAX_JOINS, Window
from tests.rules.rules_support import NOON, findings, looking_for, post, ruleset

NEW_ACCOUNT = looking_for({"newcomer": {"account_hours": 24}})
NEW_MEMBER = looking_for({"newcomer": {"member_hours": 2}})
WAVE = ruleset({"when": {"joins": {"people": 3, "seconds": 60}}, "subjects": ["name", "post"]})


def person(number: int = 1, *, account: float | None = 1000, member: float | None = 1000) -> Author:
    """Return somebody whose account and whose membership are so many hours old at noon."""
    created, joined = (
        None if hours is None else NOON - timedelta(hours=hours) for hours in (account, member)
    )
    return Author(number, f"a{number}", f"A {number}", created_at=created, joined_at=joined)


def arrive(rules: Ruleset, *seconds: float, window: Window | None = None) -> list[Finding | None]:
    """Let people join, each so many seconds after noon, and return what is found of their names."""
    window = Window() if window is None else window
    found: list[Finding | None] = []
    for number, at in enumerate(seconds, 1):
        author = Author(number, "a", "A", joined_at=NOON + timedelta(seconds=at))
        verdict = rules.evaluate(post("A", id=number, at=at, author_=author, subject=Subject.NAME), window)
        found.append(verdict.findings[0] if verdict.findings else None)
    return found


@pytest.mark.parametrize(
    ("rules", "author", "expected"),
    [
        (NEW_ACCOUNT, person(account=23), "account 23 h old"),
        (NEW_ACCOUNT, person(account=0), "account 0 h old"),
        (NEW_ACCOUNT, person(account=24), None),
        (NEW_ACCOUNT, person(member=0), None),
        (NEW_ACCOUNT, person(account=None), None),
        (NEW_MEMBER, person(member=1), "member for 1 h"),
        (NEW_MEMBER, person(member=2), None),
        (NEW_MEMBER, person(member=None), None),
    ],
)
def test_a_newcomer_is_told_by_the_time_of_the_post(
    rules: Ruleset, author: Author, expected: str | None
) -> None:
    found = findings(rules, "hello", author_=author)
    assert [f.detail for f in found] == ([expected] if expected else [])


def test_being_new_is_a_condition_among_others() -> None:
    rules = looking_for({"all": [{"newcomer": {"account_hours": 24}}, {"links": {"every": True}}]})
    new, old = person(account=1), person()
    assert findings(rules, "https://x.example", author_=new)
    assert not findings(rules, "https://x.example", author_=old)
    assert not findings(rules, "hello", author_=new)


def test_a_wave_of_people_who_join_at_once_is_found_from_the_last_needed_on() -> None:
    found = arrive(WAVE, 0, 20, 40, 50)
    assert [f is not None for f in found] == [False, False, True, True]
    assert found[3] is not None
    assert found[3].detail == "4 people joined within 60 s"


def test_a_wave_keeps_its_incident_while_it_goes_on() -> None:
    found = arrive(WAVE, *(n * 25 for n in range(12)))
    assert len({f.incident for f in found if f}) == 1


def test_people_who_join_one_by_one_are_no_wave() -> None:
    assert not any(arrive(WAVE, 0, 40, 80, 120))


def test_a_person_counts_once_however_often_seen() -> None:
    window = Window()
    author = Author(1, "a", "A", joined_at=NOON)
    assert not any(WAVE.evaluate(post(str(n), id=n, at=n, author_=author), window).findings for n in range(9))


def test_a_post_by_one_of_a_wave_is_found_though_it_comes_later() -> None:
    window = Window()
    arrive(WAVE, 0, 10, 20, window=window)
    one = Author(1, "a", "A", joined_at=NOON)
    other = Author(99, "b", "B", joined_at=NOON - timedelta(days=9))
    assert WAVE.evaluate(post("hello", id=50, at=600, author_=one), window).findings
    assert not WAVE.evaluate(post("hello", id=51, at=600, author_=other), window).findings


def test_somebody_who_leaves_and_joins_again_counts_by_the_last_time() -> None:
    window = Window()
    arrive(WAVE, 0, 10, window=window)
    again = Author(1, "a", "A", joined_at=NOON + timedelta(seconds=500))
    WAVE.evaluate(post("hello", id=50, at=500, author_=again), window)
    third = Author(3, "c", "C", joined_at=NOON + timedelta(seconds=20))
    assert not WAVE.evaluate(post("hello", id=51, at=510, author_=third), window).findings


def test_the_memory_of_joins_is_bounded() -> None:
    window = Window()
    arrive(WAVE, *(n * 0.5 for n in range(MAX_JOINS + 50)), window=window)
    assert len(window.joins()) == MAX_JOINS
    assert window.joins()[0].order == 51
