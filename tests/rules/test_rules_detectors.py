"""What is refused of every detector alike."""

from __future__ import annotations

import pytest

from rules.check import find_problems
from tests.rules.rules_support import policy


@pytest.mark.parametrize(
    "when",
    [
        {"links": {"except": ["a.example"]}},
        {"attachments": {}},
        {"excess": {}},
        {"newcomer": {}},
        {"handles": []},
        {"campaign": {"lists": []}},
        {"private": []},
    ],
)
def test_a_detector_that_looks_for_nothing_is_refused(when: dict[str, object]) -> None:
    (key,) = when
    assert find_problems(policy({"when": when})) == [(("rules", 0, "when", key), "looks for nothing")]


@pytest.mark.parametrize(
    ("when", "place", "problem"),
    [
        ({"links": {"imitating": ["https://a.example"]}}, ("imitating", 0), "a domain alone"),
        ({"links": {"imitating_lists": ["none"]}}, ("imitating_lists", 0), "no list 'none'"),
        ({"attachments": {"hashes": ["abc"]}}, ("hashes", 0), "SHA-256"),
        ({"attachments": {"lists": ["bad"]}}, ("lists", 0), "one of words, not of hashes"),
        ({"handles": {"lists": ["none"]}}, ("lists", 0), "no list 'none'"),
        ({"campaign": ["a"]}, (0,), "two letters"),
    ],
)
def test_a_wrong_entry_is_named_with_its_place(
    when: dict[str, object], place: tuple[object, ...], problem: str
) -> None:
    (key,) = when
    lists = [{"id": "bad", "kind": "words", "entries": ["darn"]}]
    ((path, text),) = find_problems(policy({"when": when}, lists=lists))
    assert path == ("rules", 0, "when", key, *place)
    assert problem in text
