from __future__ import annotations

import random

import pytest

from rules.post import Attachment, Subject
from rules.ruleset import Ruleset
from rules.verdict import Finding
from rules.window import MAX_LIKE, Line, Seen, Window
from tests.rules.rules_support import looking_for, post

REPEATS = looking_for({"repeats": {"posts": 3, "seconds": 60}})
MANY = looking_for({"repeats": {"posts": 3, "seconds": 60, "by": "many", "min_letters": 20}})
RATE = looking_for({"rate": {"posts": 3, "seconds": 10}})
TEXT = "Please sign the petition about the parking meters"


def run(rules: Ruleset, *posts: object, window: Window | None = None) -> list[Finding | None]:
    window = Window() if window is None else window
    verdicts = [rules.evaluate(p, window) for p in posts]  # type: ignore[arg-type]
    return [verdict.findings[0] if verdict.findings else None for verdict in verdicts]


def test_a_repeat_flood_leaves_the_first_posts_standing() -> None:
    found = run(REPEATS, *(post(TEXT, id=n, at=n * 10) for n in range(5)))
    assert [f is not None for f in found] == [False, False, True, True, True]
    assert found[4] is not None
    assert found[4].detail == "5 like posts in 40 s"


def test_the_posts_of_one_flood_share_an_incident_while_it_goes_on() -> None:
    found = run(REPEATS, *(post(TEXT, id=n, at=n * 25) for n in range(30)))
    assert len({f.incident for f in found if f}) == 1
    assert sum(f is not None for f in found) == 28


def test_two_floods_are_two_incidents() -> None:
    posts = [
        post(TEXT + end, id=n * 2 + a, author=a, at=n) for n in range(4) for a, end in ((0, ""), (1, " now"))
    ]
    assert len({f.incident for f in run(REPEATS, *posts) if f}) == 2


@pytest.mark.parametrize(
    "texts",
    [
        ["BUY now 1", "buy NOW!!! 2", "buy, now... 333"],
        ["b\u200buy now", "ｂuy now", "buy now"],
        [TEXT + " " + end for end in ("alpha", "beta", "gamma")],
        [end + " " + TEXT for end in ("alpha", "beta", "gamma")],
        [f"{end} {TEXT} {end[::-1]}" for end in ("xkqz", "bwfv", "ppqj")],
        [f"{end}{TEXT}{end[::-1]}" for end in ("xkqz", "bwfv", "ppqj")],
    ],
)
def test_near_copies_are_like_posts(texts: list[str]) -> None:
    found = run(REPEATS, *(post(text, id=n, at=n) for n, text in enumerate(texts)))
    assert found[2] is not None


def test_different_posts_and_slow_repeats_are_no_flood() -> None:
    assert not any(
        run(REPEATS, *(post(f"{w} is my view", id=n) for n, w in enumerate(["this", "that", "other"])))
    )
    assert not any(run(REPEATS, *(post(TEXT, id=n, at=n * 31) for n in range(9))))
    assert not any(run(REPEATS, *(post(TEXT, id=n, author=n) for n in range(9))))


def test_posts_without_a_letter_are_not_alike() -> None:
    assert not any(run(REPEATS, *(post("?! 123", id=n) for n in range(9))))


def test_the_same_file_again_and_again_is_a_flood() -> None:
    file = Attachment(1, "a.png", 900, "image/png", "")
    assert run(REPEATS, *(post(id=n, attachments=(file,)) for n in range(3)))[2]


def test_many_authors_with_one_text_are_found_across_channels() -> None:
    found = run(MANY, *(post(TEXT, id=n, author=n, at=n) for n in range(4)))
    assert [f is not None for f in found] == [False, False, True, True]
    assert found[3] is not None
    assert found[3].detail == "4 like posts by 4 people in 3 s"


def test_many_authors_who_put_random_letters_around_one_text_are_found() -> None:
    ends = ["xkqz", "bwfv", "ppqj", "zzuy"]
    found = run(MANY, *(post(f"{e} {TEXT} {e[::-1]}", id=n, author=n, at=n) for n, e in enumerate(ends)))
    assert [f is not None for f in found] == [False, False, True, True]


def test_texts_on_one_subject_are_not_alike() -> None:
    texts = [
        "I think that the rezoning of Oak Park is a mistake for everyone here",
        "The rezoning of Oak Park is the best thing that we have done in years",
        "Has anyone read the staff report on the rezoning of Oak Park yet?",
        "Please come to the hearing on the rezoning of Oak Park this Tuesday",
    ]
    assert not any(run(MANY, *(post(t, id=n, author=n, at=n) for n, t in enumerate(texts))))
    assert not any(run(REPEATS, *(post(t, id=n, at=n) for n, t in enumerate(texts))))


@pytest.mark.parametrize("text", ["thanks", "yes", "Happy New Year!"])
def test_short_texts_by_many_are_no_flood(text: str) -> None:
    assert not any(run(MANY, *(post(text, id=n, author=n) for n in range(50))))


def test_one_author_alone_is_not_many() -> None:
    assert not any(run(MANY, *(post(TEXT, id=n) for n in range(9))))


def test_more_posts_than_the_rate_are_found() -> None:
    found = run(RATE, *(post(f"text {'x' * n}", id=n, at=n) for n in range(6)))
    assert [f is not None for f in found] == [False, False, False, True, True, True]
    assert found[3] is not None
    assert found[3].detail == "4 posts in 3 s"
    assert len({f.incident for f in found if f}) == 1


def test_a_steady_writer_stays_below_the_rate() -> None:
    assert not any(run(RATE, *(post("x", id=n, at=n * 3.4) for n in range(30))))


@pytest.mark.parametrize("rules", [REPEATS, RATE])
def test_a_duplicate_event_does_not_count_again(rules: Ruleset) -> None:
    window = Window()
    again = [post(TEXT, id=n // 5, at=n // 5) for n in range(10)]
    assert not any(run(rules, *again, window=window))
    assert len(window) == 2


def test_a_duplicate_of_a_first_post_is_judged_as_it_was() -> None:
    window = Window()
    run(REPEATS, *(post(TEXT, id=n, at=n) for n in range(5)), window=window)
    found = run(REPEATS, *(post(TEXT, id=n, at=n) for n in range(5)), window=window)
    assert [f is not None for f in found] == [False, False, True, True, True]


def test_an_edit_counts_by_its_new_text_only() -> None:
    window = Window()
    run(REPEATS, *(post(TEXT, id=n, at=n) for n in range(2)), window=window)
    assert run(REPEATS, post("something else", id=1, at=1), post(TEXT, id=2, at=2), window=window) == [
        None,
        None,
    ]
    assert run(REPEATS, post("something else, and " + TEXT, id=3, at=3), window=window)[0]


def test_an_edit_of_a_post_that_stood_is_not_found_by_the_rate() -> None:
    window = Window()
    assert run(RATE, *(post("x", id=n, at=n) for n in range(5)), window=window)[3]
    assert run(RATE, post("a correction", id=1, at=1), window=window) == [None]


def test_an_edit_into_the_text_of_a_flood_is_found() -> None:
    window = Window()
    posts = [post("my own view", id=0, at=0), *(post(TEXT, id=n, at=n) for n in (1, 2))]
    assert not any(run(REPEATS, *posts, window=window))
    assert run(REPEATS, post(TEXT, id=0, at=0), window=window)[0]


@pytest.mark.parametrize("rules", [REPEATS, RATE])
def test_order_of_arrival_does_not_hide_a_flood(rules: Ruleset) -> None:
    posts = [post(TEXT, id=n, at=n) for n in range(8)]
    random.Random(4).shuffle(posts)
    found = run(rules, *posts)
    assert sum(f is not None for f in found) == sum(
        f is not None for f in run(rules, *sorted(posts, key=lambda p: p.id))
    )


def test_names_and_titles_are_not_posts_in_a_flood() -> None:
    rules = looking_for({"repeats": {"posts": 2, "seconds": 60}})
    assert not any(run(rules, *(post(TEXT, id=n, subject=Subject.TITLE) for n in range(5))))


def test_without_a_window_nothing_is_a_flood() -> None:
    assert not REPEATS.evaluate(post(TEXT)).findings


def remembered(held: Seen | Line) -> int:
    return len(held) if isinstance(held, Line) else 1


def test_the_window_is_bounded_by_number() -> None:
    window = Window(posts=100)
    for n in range(1000):
        RATE.evaluate(post(f"{'ab' * (n % 50)}", id=n, author=n % 3, at=n), window)
    assert len(window) == 100
    kept = sum(map(len, window._authors.values())), sum(map(remembered, window._texts.values()))
    assert kept == (100, 100)


def test_one_author_or_text_is_bounded() -> None:
    window = Window()
    for n in range(MAX_LIKE * 3):
        RATE.evaluate(post(TEXT, id=n, at=n / 100), window)
    assert max(map(len, window._authors.values())) <= MAX_LIKE
    assert max(map(remembered, window._texts.values())) <= MAX_LIKE


def test_the_window_forgets_what_is_older_than_its_horizon() -> None:
    window = Window(horizon=100)
    for n in range(10):
        RATE.evaluate(post("x", id=n, author=n, at=n * 50), window)
    assert len(window) == 3
    RATE.evaluate(post("late", id=99, at=0), window)
    assert len(window) == 3


def test_posts_that_arrive_out_of_time_count_by_their_own_times() -> None:
    times = [100, 5, 102, 6, 101]
    found = run(REPEATS, *(post(TEXT, id=n, at=at) for n, at in enumerate(times)))
    assert [bool(f) for f in found] == [False, False, False, False, True]
