"""Attachments, mentions, and how detectors combine."""

from __future__ import annotations

from typing import Any

import pytest

from rules.post import Attachment, Author
from tests.rules.rules_support import findings, looking_for, matches, ruleset


def files(*names: str, size: int = 10, kind: str | None = None) -> dict[str, Any]:
    return {"attachments": tuple(Attachment(n, name, size, kind, "") for n, name in enumerate(names, 1))}


@pytest.mark.parametrize(
    ("wanted", "post", "detail"),
    [
        ({"extensions": ["exe"]}, files("Setup.EXE"), "a .exe file"),
        ({"extensions": [".exe"]}, files("a.pdf.exe"), "a .exe file"),
        ({"names": ["*invoice*"]}, files("my-Invoice.zip"), "named like *invoice*"),
        ({"types": ["video/*"]}, files("a", kind="Video/MP4; x=y"), "of type video/mp4"),
        ({"over_bytes": 9}, files("a"), "10 bytes"),
        ({"more_than": 1}, files("a", "b"), "2 files"),
    ],
)
def test_a_file_is_found(wanted: dict[str, Any], post: dict[str, Any], detail: str) -> None:
    (finding,) = findings(looking_for({"attachments": wanted}), "", **post)
    assert finding.detail == detail


@pytest.mark.parametrize(
    ("wanted", "post"),
    [
        ({"extensions": ["exe"]}, files("exe", "a.exe.txt", "exe.pdf")),
        ({"names": ["*.pdf.*"]}, files("a.pdf")),
        ({"types": ["video/*"]}, files("a.mp4")),
        ({"over_bytes": 10}, files("a")),
        ({"more_than": 2}, files("a", "b")),
        ({"extensions": ["exe"]}, {}),
    ],
)
def test_another_file_is_left_alone(wanted: dict[str, Any], post: dict[str, Any]) -> None:
    assert not findings(looking_for({"attachments": wanted}), "setup.exe", **post)


def test_the_match_of_a_file_is_its_name() -> None:
    (match,) = matches(looking_for({"attachments": {"extensions": ["exe"]}}), "", **files("a.txt", "b.exe"))
    assert (match.part, match.text) == ("attachment 2", "b.exe")


def test_the_name_of_a_file_is_screened_as_text() -> None:
    (match,) = matches(looking_for({"words": ["darn"]}), "", **files("oh-darn.png"))
    assert (match.part, match.text) == ("attachment 1", "darn")


@pytest.mark.parametrize(("people", "fires"), [(2, False), (3, True), (9, True)])
def test_mentions_are_counted(people: int, fires: bool) -> None:
    assert bool(findings(looking_for({"mentions": {"people": 3}}), "hi", mentions=people)) is fires


def test_a_mention_of_everyone_is_found() -> None:
    rules = looking_for({"mentions": {"everyone": True}})
    assert findings(rules, "hi", mentions_everyone=True)
    assert not findings(rules, "@everyone", mentions=50)


BOTH = {"all": [{"words": ["darn"]}, {"words": ["heck"]}]}
EITHER = {"any": [{"words": ["darn"]}, {"words": ["heck"]}]}
BUT = {"all": [{"words": ["darn"]}, {"not": {"words": ["heck"]}}]}
TWO = {"at_least": {"count": 2, "of": [{"words": ["darn"]}, {"words": ["heck"]}, {"words": ["drat"]}]}}
NESTED = {"all": [EITHER, {"not": {"all": [{"words": ["darn"]}, {"words": ["heck"]}]}}]}


@pytest.mark.parametrize(
    ("when", "text", "fires"),
    [
        (BOTH, "darn heck", True),
        (BOTH, "darn", False),
        (EITHER, "heck", True),
        (EITHER, "neither", False),
        (BUT, "darn", True),
        (BUT, "darn heck", False),
        (BUT, "heck", False),
        (NESTED, "darn", True),
        (NESTED, "heck", True),
        (NESTED, "heck darn", False),
        (NESTED, "", False),
        (TWO, "darn heck", True),
        (TWO, "drat darn heck", True),
        (TWO, "drat drat", False),
    ],
)
def test_detectors_combine(when: dict[str, Any], text: str, fires: bool) -> None:
    assert bool(findings(looking_for(when), text)) is fires


def test_a_combination_reports_every_match_in_the_order_of_the_text() -> None:
    assert [m.text for m in matches(looking_for(EITHER), "heck darn heck")] == ["heck", "darn", "heck"]


def test_a_rule_may_look_at_some_people_only() -> None:
    rules = looking_for({"words": ["darn"]})
    staff = ruleset({"when": {"words": ["darn"]}, "scope": {"roles": ["City Staff"]}})
    clerk = Author(1, "a", "A", roles=frozenset({"7", "City Staff"}))
    assert findings(rules, "darn")
    assert not findings(staff, "darn")
    assert findings(staff, "darn", author_=clerk)
