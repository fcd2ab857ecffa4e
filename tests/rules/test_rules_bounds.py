"""Inputs made to be slow: each is 4,000 characters, Discord's longest message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.compile import compile_policy
from rules.window import Window
from tests.rules import hostile
from tests.rules.rules_support import Files, found, looking_for, post, steady

SHAPES = hostile.texts()
PIECES = st.text(
    st.sampled_from("af u.*-_|1l!$@:/<>()#\\\n'éß\u200b\u0301\u202eа日😀🇫"), min_size=1, max_size=8
)
DEFAULT = compile_policy(Files().load("shipped:policies/default.yaml"))


@pytest.mark.timeout(10)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_message_made_to_be_slow_is_judged_and_masked(shape: str) -> None:
    text = SHAPES[shape]
    for _ in range(20):
        verdict = DEFAULT.evaluate(post(text), Window())
    assert all(len(f.matches) <= 20 for f in verdict.findings)
    assert isinstance(DEFAULT.mask(text), str)


@pytest.mark.timeout(60)
@steady(60)
@given(st.lists(PIECES, min_size=1, max_size=4))
def test_no_pieces_repeated_make_a_message_slow(pieces: list[str]) -> None:
    text = ("".join(pieces) * hostile.LENGTH)[: hostile.LENGTH]
    assert all(len(f.matches) <= 20 for f in DEFAULT.evaluate(post(text), Window()).findings)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)*b", "(.*)(.*)(.*)x", "(?:a?){30}a{30}"])
def test_a_pattern_that_hangs_other_engines_takes_linear_time(pattern: str) -> None:
    rules = looking_for({"patterns": [pattern + "!"]})
    assert found(rules, "a" * hostile.LENGTH) == []


def test_a_message_of_one_letter_is_allowed() -> None:
    assert not DEFAULT.evaluate(post("a" * hostile.LENGTH), Window()).findings


def test_a_message_of_only_zero_width_characters_is_allowed() -> None:
    assert not DEFAULT.evaluate(post("\u200b\u200d\u2060" * 1000), Window()).findings


def test_a_word_behind_a_wall_of_zero_width_characters_is_found() -> None:
    text = "\u200b" * 3000 + "f" + "\u200b" * 500 + "uck"
    (finding,) = DEFAULT.evaluate(post(text), Window()).findings
    assert finding.matches[0].start == 3000
