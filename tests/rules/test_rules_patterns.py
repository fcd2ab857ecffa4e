from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from time import perf_counter

import pytest

from rules.check import find_problems
from rules.compile import compile_policy
from rules.detectors.patterns.costs import Clock, costly, seconds
from rules.detectors.patterns.expressions import problem
from rules.detectors.patterns.sets import Apart, PatternSet
from tests.rules.rules_support import findings, found, looking_for, matches, policy


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
    monkeypatch.setattr("rules.detectors.patterns.sets.SET_MEMORY", memory)
    hungry = [rf"[a-h]{{{n}}}z" for n in range(10, 50)]
    assert PatternSet([*hungry, "needle"]).found(b"abcdefgh " * 500 + b"needle") == [len(hungry)]


def test_only_patterns_that_match_are_reported() -> None:
    assert PatternSet(["one", "two", "three"]).found(b"two and three") == [1, 2]
    assert PatternSet(["one"]).found(b"none of it") == [0]
    assert PatternSet(["one"]).found(b"") == []


POISON = ".*a.{40}b"


def seconds_of(patterns: Sequence[str], clock: Clock, memory: int | None = None) -> float:
    return 1.0 if POISON in patterns else 0.0


def test_the_pattern_that_slows_the_others_is_told_from_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rules.detectors.patterns.costs.seconds", seconds_of)
    patterns = [*(f"word{n}" for n in range(20)), POISON, "last"]
    assert costly(patterns, perf_counter) == {POISON}
    assert costly(patterns[:20], perf_counter) == frozenset()


def test_a_pattern_that_is_too_slow_by_itself_is_refused_where_it_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rules.detectors.patterns.costs.seconds", seconds_of)
    ok, slow = {"when": {"patterns": ["fine"]}}, {"when": {"not": {"patterns": ["fine", POISON]}}}
    lists = [{"id": "l", "kind": "patterns", "entries": [POISON]}]
    found = find_problems(
        policy(ok, {"when": {"all": [ok["when"], slow["when"]]}}, lists=lists), perf_counter
    )
    assert [path for path, _ in found] == [
        ("lists", 0, "entries", 0),
        ("rules", 1, "when", "all", 1, "not", "patterns", 1),
    ]
    assert found[0][1].startswith("is too slow: it takes 1000000 µs over a comment, at most 100")


def test_a_pattern_searched_for_by_itself_is_found_with_the_others() -> None:
    patterns = ["one", POISON, "two", "three"]
    search = Apart(patterns, frozenset({POISON, "three"}))
    text = b"one a" + b"." * 40 + b"b three"
    assert search.found(text) == PatternSet(patterns).found(text) == [0, 1, 3]


def test_timing_takes_the_clock_that_it_is_given() -> None:
    ticks = count(0.0, 0.25)
    assert seconds(["word"], lambda: next(ticks)) == 0.25


def test_rules_compiled_with_a_clock_find_the_same() -> None:
    rules = policy({"when": {"patterns": ["fine", POISON]}})
    text = "fine, a" + "." * 40 + "b"
    assert findings(compile_policy(rules, perf_counter), text) == findings(compile_policy(rules), text)
