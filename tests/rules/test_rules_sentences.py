"""Sentences: patterns whose letters are words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.check import find_problems
from rules.detectors.sentences import Reader, problem
from rules.detectors.sentences.grammar import MOST_TIMES
from tests.rules.rules_support import findings, found, looking_for, matches, policy, ruleset, steady


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("kill you", "I will KILL, you!"),
        ("(i|we) (will|am going to) kill you", "we am going to kill you"),
        ("i really? mean it", "I mean it"),
        ("i really? mean it", "I really mean it"),
        ("kill* you", "killing you"),
        ("kill _ you", "kill all you"),
        ("kill _{0,2} you", "kill you"),
        ("kill _{0,2} you", "kill each one you"),
        ("(very )* bad", "very very very bad"),
        ("(very)+ bad", "very bad"),
        ("so{2} bad", "so so bad"),
        ("^ help", "help me"),
        ("help $", "please, help!"),
        ("don't go", "dont go"),
        ("don't go", "don’t go"),
        ("see 911 now", "see 911 now"),
        ("top-level idea", "a top-level idea"),
        ("(a lot|lots) of snow", "lots of snow"),
        ("école", "the ecole"),
    ],
)
def test_a_sentence_is_found(sentence: str, text: str) -> None:
    assert findings(looking_for({"sentences": [sentence]}), text)


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("kill you", "kill all of you"),
        ("kill you", "skill you"),
        ("kill _ you", "kill you"),
        ("kill _{0,2} you", "kill each and every you"),
        ("kill* you", "skilled you"),
        ("(very)+ bad", "bad"),
        ("^ help", "please help"),
        ("help $", "help me"),
        ("(one|two) birds", "birds one two"),
        ("kill you", ""),
    ],
)
def test_another_sentence_is_left_alone(sentence: str, text: str) -> None:
    assert not findings(looking_for({"sentences": [sentence]}), text)


def test_a_sentence_is_found_where_it_stands() -> None:
    (match,) = matches(looking_for({"sentences": ["kill _ you"]}), "So: I'll k\u200bill ALL, you!")
    assert (match.text, match.form) == ("k\u200bill ALL, you", "kill all you")
    assert match.undone == ("invisible characters",)


def test_a_sentence_is_found_in_words_that_were_broken_up() -> None:
    assert found(looking_for({"sentences": ["hurt the mayor"]}), "h.u.r.t the mayooor") == [
        "h.u.r.t the mayooor"
    ]


def test_what_an_exception_overlaps_does_not_count() -> None:
    rules = looking_for({"sentences": {"any_of": ["kill (you|it)"], "except": ["kill it with kindness"]}})
    assert found(rules, "kill it with kindness, kill you") == ["kill you"]


def test_what_stands_under_not_is_looked_for_only_beside_something() -> None:
    rules = ruleset({"when": {"all": [{"sentences": ["big fire"]}, {"not": {"sentences": ["fire drill"]}}]}})
    assert findings(rules, "a big fire")
    assert not findings(rules, "a big fire drill")
    assert not findings(rules, "a fire drill")


def test_what_stands_under_two_nots_is_found_by_itself() -> None:
    twice = {"not": {"not": {"sentences": ["fire drill"]}}}
    rules = ruleset({"when": {"any": [{"sentences": ["big fire"]}, twice]}})
    assert findings(rules, "a big fire")
    assert findings(rules, "a fire drill")


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("(a b", "has a `(` without its `)` at character 1"),
        ("a) b", "has a `)` too many at character 2"),
        ("? a", "repeats nothing with `?` at character 1"),
        ("a{3,2} b", "the smaller number first"),
        (f"a{{{MOST_TIMES + 1}}}", f"at most {MOST_TIMES}"),
        ("{nobody} runs", "names a part {nobody}"),
        ("a } b", "has a '}' that means nothing at character 3"),
        ("- b", "which is no word"),
        ("_ _", "needs no word"),
        ("(a|b)? _", "needs no word"),
        ("", "needs no word"),
        ("(" * 30 + "a" + ")" * 30, "more than 20 deep"),
        ("(a{30} b{30}){30} (c{30} d{30}){30}", "is too large"),
    ],
)
def test_a_broken_sentence_is_named(sentence: str, words: str) -> None:
    assert words in (problem(sentence) or "")


@given(st.text(st.sampled_from("ab ({)|}?*+_^$,12\\[é"), max_size=30))
@steady()
def test_no_sentence_raises(sentence: str) -> None:
    if problem(sentence) is None:
        findings(looking_for({"sentences": [sentence]}), "a b ab é 1 2 [")


WORDS = st.lists(st.sampled_from(["kill", "all", "of", "you", "the", "cat"]), max_size=12)


@given(WORDS)
@steady()
def test_a_gap_holds_any_words_up_to_its_most(words: list[str]) -> None:
    text = " ".join(words)
    expected = any(words[n] == "kill" and "you" in words[n + 1 : n + 4] for n in range(len(words)))
    assert bool(findings(looking_for({"sentences": ["kill _{0,2} you"]}), text)) is expected


def test_a_part_that_cannot_be_read_is_named_alike_in_every_sentence_of_the_list() -> None:
    reader = Reader({"broken": "one (two"})
    problems = [problem(sentence, reader) for sentence in ("say {broken}", "tell {broken}")]
    assert problems == ["has a `(` without its `)` at character 5"] * 2


UNLESS_SAID = {
    "all": [
        {"sentences": ["i will kill _"]},
        {"not": {"sentences": {"any_of": ["he said", "told me"], "beside": True}}},
    ]
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("He said I will kill him", False),
        ('"I will kill him." He said that, yes.', False),
        ("I will kill him. He said that, yes.", True),
        ('"I will kill him", he said', False),
        ("He said hello. I will kill him", True),
        ("He said hello\nI will kill him", True),
        ("He said hello, and I will kill him", False),
        (f"He said hello and {'on we went ' * 20} I will kill him", True),
        ("He said I will kill him. I will kill you", True),
    ],
)
def test_an_excuse_beside_excuses_what_stands_in_its_sentence(text: str, holds: bool) -> None:
    assert bool(findings(looking_for(UNLESS_SAID), text)) is holds


def test_an_excuse_that_is_not_beside_excuses_the_whole_text() -> None:
    unless = {"all": [{"sentences": ["i will kill _"]}, {"not": {"sentences": ["he said"]}}]}
    assert not findings(looking_for(unless), "He said hello. I will kill him")


def test_sentences_that_stand_beside_others_are_refused_but_under_not() -> None:
    found = find_problems(policy({"when": {"sentences": {"any_of": ["he said"], "beside": True}}}))
    assert [text for _, text in found if "only under `not`" in text]
    assert not [*find_problems(policy({"when": UNLESS_SAID}))]
