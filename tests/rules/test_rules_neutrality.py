"""Whether a policy says the same of like sentences, whomever they name."""

from __future__ import annotations

from typing import Any

import pytest

from rules.compile import compile_policy
from rules.documents import InvalidDocument
from rules.neutrality import AT_LOAD, Uneven, example_frames, find_uneven, with_ballot
from rules.neutrality.frames import Frame, Swaps, frames_in, read_frames, read_swaps
from rules.post import Post
from rules.ruleset import Ruleset
from rules.verdict import Verdict
from tests.rules.rules_support import looking_for, policy, read_shipped, ruleset

SWAPS = read_swaps(read_shipped("shipped:neutrality/swaps.yaml"), "swaps.yaml")
FRAMES = read_frames(read_shipped("shipped:neutrality/frames.txt"), "frames.txt", SWAPS)
SMALL = read_swaps(
    "sets:\n  drink: {words: [tea, coffee, apple juice]}\n  side: {words: [left, right], before: [wing]}\n"
    "  stand: {words: [for, against], found: false}\n",
    "small.yaml",
)


def frames(*sentences: str, swaps: Swaps = SMALL) -> list[Frame]:
    return read_frames("\n".join(sentences), "mine.txt", swaps)


def uneven(rules: Ruleset, *sentences: str, **more: Any) -> list[Uneven]:
    return list(find_uneven(rules, frames(*sentences), **more))


def test_there_are_more_than_two_hundred_frames_of_every_tone() -> None:
    assert len({frame.written for frame in FRAMES}) >= 250
    tones = [line for line in read_shipped("shipped:neutrality/frames.txt").splitlines() if line[:2] == "# "]
    for tone in ("Praise", "Plain statements", "fair criticism", "complaint", "Hostile", "Dehumanising"):
        assert any(tone in line for line in tones)


def test_a_frame_gives_its_sentence_with_each_of_the_words() -> None:
    (frame,) = frames("I like {drink} {stand} lunch.")
    assert len(frame.texts) == 6
    assert {"I like tea for lunch.", "I like apple juice against lunch."} <= set(frame.texts)


def test_the_same_set_twice_holds_the_same_word() -> None:
    (frame,) = frames("{drink} is {drink}")
    assert frame.texts == ("tea is tea", "coffee is coffee", "apple juice is apple juice")


def test_an_article_suits_its_word() -> None:
    (frame,) = frames("{a drink}, please")
    assert frame.texts == ("a tea, please", "a coffee, please", "an apple juice, please")


def test_a_frame_may_have_words_of_its_own() -> None:
    (frame,) = frames("{Cubs | Twins} win")
    assert frame.texts == ("Cubs win", "Twins win")


def test_words_are_looked_for_where_a_sentence_has_no_braces() -> None:
    found = [*frames_in("Tea, teapots and the left wing's left: coffee's for tea", "here", SMALL)]
    assert [frame.texts[1] for frame in found] == [
        "coffee, teapots and the left wing's left: coffee's for coffee",
        "Tea, teapots and the right wing's left: coffee's for tea",
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{cake} now", "names no set by {cake}; expected {one|another} or one of drink, side, stand"),
        ("no drink at all", "names nothing that can be swapped; name a set in braces, such as {group}"),
        ("{drink} {", "has a '{' without its other half at character 9"),
        ("{drink|}", "has an empty word in {drink|}"),
        ("{drink} " + "x" * 4000, "is longer than 4,000 characters"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(line: str, problem: str) -> None:
    with pytest.raises(InvalidDocument) as caught:
        frames("# mine", "{drink} again", line)
    assert [str(found) for found in caught.value.problems] == [f"mine.txt:3: {problem}"]


def test_no_more_lines_are_read_than_a_bound() -> None:
    with pytest.raises(InvalidDocument, match="beyond the 10,000 lines that are read"):
        frames(*["{drink}"] * 10_001)


def test_a_word_judged_unlike_the_others_makes_a_pair() -> None:
    rules = looking_for({"words": ["coffee"]})
    (pair,) = uneven(rules, "{drink} here", "nothing but {side}s")
    assert (pair.one.text, pair.other.text) == ("tea here", "coffee here")
    assert pair.rules == ("r0",)
    assert pair.frame.where == "mine.txt:1"


def test_the_same_category_by_another_rule_is_another_verdict() -> None:
    rules = ruleset({"when": {"words": ["tea", "coffee"]}}, {"when": {"words": ["apple juice"]}})
    (pair,) = uneven(rules, "{drink} here")
    assert (pair.other.text, pair.rules) == ("apple juice here", ("r0", "r1"))


def test_rules_for_some_roles_and_channels_are_tried_on_them() -> None:
    bound = {"scope": {"roles": ["City Staff"], "channels": ["budget"]}}
    rules = ruleset({"when": {"words": ["coffee"]}, **bound})
    assert [pair.other.text for pair in uneven(rules, "{drink} here")] == ["coffee here"]


def test_the_examples_of_rules_are_tried_for_their_subjects() -> None:
    example = {"match": [{"text": "coffee", "subject": "name"}], "allow": ["a left turn"]}
    rules = policy({"when": {"words": ["coffee"]}, "subjects": ["name"], "examples": example})
    (frame,) = example_frames(rules, SMALL)
    assert frame.where == "an example of the rule r0"
    assert [pair.rules for pair in find_uneven(compile_policy(rules), [frame])] == [("r0",)]


def test_candidates_and_measures_are_those_that_the_policy_lists() -> None:
    listed = policy(
        {"when": {"campaign": {"any_of": ["Ann Lee", "Measure 7"], "lists": ["ballot"]}}},
        lists=[{"id": "ballot", "kind": "words", "entries": ["Bo Ray"]}],
    )
    sets = with_ballot(SWAPS, listed).sets
    assert sets["candidate"].words == ("Ann Lee", "Bo Ray")
    assert sets["measure"].words == ("Measure 7",)
    assert with_ballot(SWAPS, policy()) == SWAPS


def test_a_bound_on_texts_is_kept_and_every_word_has_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = looking_for({"words": ["coffee"]})
    judged: list[str] = []

    def evaluate(post: Post) -> Verdict:
        judged.append(post.text)
        return Ruleset.evaluate(rules, post)

    monkeypatch.setattr(rules, "evaluate", evaluate)
    assert uneven(rules, *(f"{{drink}} {n}" for n in range(30)), most=60)
    assert len(judged) <= 60
    assert {text.split()[0] for text in judged} == {"tea", "coffee", "apple"}


def test_no_frames_are_no_work() -> None:
    assert list(find_uneven(looking_for({"words": ["coffee"]}), [], AT_LOAD)) == []
