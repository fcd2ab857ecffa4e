"""Inputs made to be slow: each is 4,000 characters, Discord's longest message."""

from __future__ import annotations

import random

import pytest

from rules.compile import compile_policy
from rules.window import Window
from tests.rules.rules_support import Files, found, looking_for, post

LENGTH = 4000
CHANCE = random.Random(5)
SHAPES = {
    "one letter": "a",
    "one letter and a stop": "a.",
    "letters apart": "a ",
    "digits": "1",
    "digits and dashes": "1-",
    "bad numbers": "123 45 6789 ",
    "bad cards": "4111111111111112 ",
    "phones": "507-328-2900 ",
    "zero width": "\u200b",
    "zero width between letters": "f\u200b",
    "zalgo": "a\u0301\u0302\u0303",
    "look-alikes": "аss ",
    "emoji": "😀",
    "addresses": "a@b.co ",
    "full stops": ".",
    "links": "http://a.b/ ",
    "schemes": "https://",
    "one long domain": "a.bc.",
    "slashes": "/",
    "vulgar": "fuck ",
    "numbers that look vulgar": "455 ",
    "spelled out": "f u c k ",
    "markdown": "f**u**c**k ",
    "unspaced script": "日本",
    "excepted": "coon rapids ",
    "ones": "1l1i",
    "invitations": "discord.gg/a ",
    "a threat that never comes": "i will am going to ",
    "an insult that never comes": "blacks are a a a a ",
    "house numbers": "12 oak st ",
    "routes": "1550 county road 12 ",
    "homes": "lives at 12 oak ",
    "digits apart": "1 ",
    "spelled digits": "one two three five seven nine oh ",
    "plates": "plates 7KLM294 ",
    "plates that never come": "plate 1a ",
    "dates of birth": "dob 1/1/1990 ",
    "numbers from abroad": "+447700900123 ",
    "spelled addresses": "a at b dot com ",
    "spelled domains": "a dot b dot com ",
    "brackets": "[(.",
    "likenesses": "steancomunity-x.com ",
    "masked links": "[a.com](https://b.com) ",
    "a campaign that never comes": "vote for the mayor ",
    "spaces": " ",
    "lines": "\n",
    "surrogates": "\ud800",
    "anything": "".join(chr(CHANCE.randrange(32, 0x3000)) for _ in range(LENGTH)),
    "mathematics": "".join(chr(CHANCE.randrange(0x1D400, 0x1D7FF)) for _ in range(LENGTH)),
}
DEFAULT = compile_policy(Files().load("shipped:policies/default.yaml"))


@pytest.mark.timeout(10)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_message_made_to_be_slow_is_judged_and_masked(shape: str) -> None:
    text = (SHAPES[shape] * LENGTH)[:LENGTH]
    for _ in range(20):
        verdict = DEFAULT.evaluate(post(text), Window())
    assert all(len(f.matches) <= 20 for f in verdict.findings)
    assert isinstance(DEFAULT.mask(text), str)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)*b", "(.*)(.*)(.*)x", "(?:a?){30}a{30}"])
def test_a_pattern_that_hangs_other_engines_takes_linear_time(pattern: str) -> None:
    rules = looking_for({"patterns": [pattern + "!"]})
    assert found(rules, "a" * LENGTH) == []


def test_a_message_of_one_letter_is_allowed() -> None:
    assert not DEFAULT.evaluate(post("a" * LENGTH), Window()).findings


def test_a_message_of_only_zero_width_characters_is_allowed() -> None:
    assert not DEFAULT.evaluate(post("\u200b\u200d\u2060" * 1000), Window()).findings


def test_a_word_behind_a_wall_of_zero_width_characters_is_found() -> None:
    text = "\u200b" * 3000 + "f" + "\u200b" * 500 + "uck"
    (finding,) = DEFAULT.evaluate(post(text), Window()).findings
    assert finding.matches[0].start == 3000
