from __future__ import annotations

import pytest

from rules.detectors.patterns import PatternSet, problem
from tests.rules.rules_support import found, looking_for, matches


def test_a_pattern_finds_its_span_in_code_points() -> None:
    (match,) = matches(looking_for({"patterns": [r"\bpark(?:ing)? \d+"]}), "é日😀 Parking 12 now")
    assert (match.start, match.end, match.text) == (4, 14, "Parking 12")


def test_a_folded_pattern_reads_past_evasions() -> None:
    rules = looking_for({"patterns": {"any_of": [r"\bi will find you\b"], "fold": True}})
    assert found(rules, "Hey: I w1ll, f\u200bind  YОU!") == ["I w1ll, f\u200bind  YОU"]


def test_an_exception_takes_back_what_it_overlaps() -> None:
    rules = looking_for({"patterns": {"any_of": [r"shoot you"], "except": [r"shoot you an email"]}})
    assert found(rules, "I'll shoot you an email") == []
    assert found(rules, "I'll shoot you an email. I'll shoot you") == ["shoot you"]


def test_every_occurrence_is_found_and_none_twice() -> None:
    assert found(looking_for({"patterns": ["ab+", "abb"]}), "abb ab") == ["abb", "ab"]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("a(?=b)", ("character 2", "look-ahead", "all")),
        ("a(?!b)", ("character 2", "look-ahead", "except")),
        ("x(?<=b)", ("character 2", "look-behind")),
        ("(?<!b)x", ("character 1", "look-behind", "except")),
        (r"(a)\1", ("character 4", "back-references")),
        ("(?P<n>a)(?P=n)", ("back-references",)),
        ("(a", ("missing )",)),
        ("a{2000}", ("repetition",)),
        ("a**", ("repetition",)),
        ("(?>a)", ("atomic",)),
        ("a*", ("empty text",)),
        ("(?:[a-z]{900}){1}(?:[а-я]{900})(?:[α-ω]{900})", ("too large",)),
    ],
)
def test_a_refused_pattern_says_where_and_what_to_use_instead(pattern: str, words: tuple[str, ...]) -> None:
    text = problem(pattern)
    assert text is not None
    for word in words:
        assert word in text


@pytest.mark.parametrize("memory", [1_000, 64 << 20])
def test_patterns_too_large_for_one_set_are_searched_one_by_one(
    memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rules.detectors.patterns.SET_MEMORY", memory)
    hungry = [rf"[a-h]{{{n}}}z" for n in range(10, 50)]
    assert PatternSet([*hungry, "needle"]).found(b"abcdefgh " * 500 + b"needle") == [len(hungry)]


def test_only_patterns_that_match_are_reported() -> None:
    assert PatternSet(["one", "two", "three"]).found(b"two and three") == [1, 2]
    assert PatternSet(["one"]).found(b"none of it") == [0]
    assert PatternSet(["one"]).found(b"") == []
