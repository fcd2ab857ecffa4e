"""What holds of every policy and every post."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules.compile import compile_policy
from rules.load import dump_policy, load_policy
from rules.policy import Policy
from rules.post import Attachment, Author, Part, Post, Subject
from rules.verdict import Verdict
from rules.window import Window
from tests.rules.rules_support import CLAUSE, NOON, Files, policy, post, ruleset, steady

DEFAULT = compile_policy(Files().load("shipped:policies/default.yaml"))

WORD = st.text(st.sampled_from("abcdeilnost"), min_size=3, max_size=6)
PIECE = st.one_of(
    WORD,
    st.sampled_from(
        [
            "219-45-6789",
            "a@b.org",
            "https://bad.example/x",
            "discord.gg/abc",
            "d a r n",
            "d.a.r.n",
            "@everyone",
            "lives at 12 Oak Street",
            "born 6/3/1978",
            "plate 7KLM294",
            "call five five five oh one four two",
            "jo at mail dot com",
            "[good.example](https://g00d.example)",
            "City Officer",
            "vote for Pat Doe",
            "😀😀",
        ]
    ),
    st.text(st.characters(codec=None), max_size=12),
)
TEXTS = st.lists(PIECE, max_size=8).map(" ".join)
LEAF = st.one_of(
    st.lists(WORD, min_size=1, max_size=4).map(lambda words: {"words": words}),
    WORD.map(lambda word: {"words": [f"*{word}*"]}),
    WORD.map(lambda word: {"patterns": [rf"{word[:2]}\w+"]}),
    WORD.map(lambda word: {"patterns": {"any_of": [word], "fold": True}}),
    st.just({"private": ["ssn", "email"]}),
    st.just({"links": ["bad.example"]}),
    st.just({"invites": True}),
    st.just({"mentions": {"people": 2}}),
    st.just({"repeats": {"posts": 2, "seconds": 60}}),
    st.just({"rate": {"posts": 2, "seconds": 60}}),
    st.just({"attachments": {"extensions": ["exe"], "mismatched": True}}),
    st.just({"private": ["address", "birth", "plate", "phone"]}),
    st.just({"links": {"imitating": ["good.example"], "masked": True}}),
    st.just({"excess": {"capitals": 60, "letters": 10, "lines": 3, "emoji": 1, "marks": 1}}),
    st.just({"newcomer": {"account_hours": 24, "member_hours": 24}}),
    st.just({"joins": {"people": 2, "seconds": 60}}),
    st.just({"handles": ["officer", "hall"]}),
    st.just({"campaign": ["Pat Doe", "Measure 9"]}),
)
WHEN = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.tuples(LEAF, inner).map(lambda two: {"all": [two[0], {"not": two[1]}]}),
    ),
    max_leaves=6,
)
AUTHORITY = {"authorised_by": "Council", "authorised_on": "2026-01-02", "authorised_why": "Because."}
RULE: st.SearchStrategy[dict[str, Any]] = st.builds(
    lambda when, action, priority, category: {
        "when": when,
        "action": action,
        "priority": priority,
        "category": category,
        **AUTHORITY,
    },
    WHEN,
    st.sampled_from(["flag", "hold", "hide"]),
    st.sampled_from(["low", "normal", "urgent"]),
    st.sampled_from(["spam", "privacy", "vulgarity"]),
)
RULES = st.lists(RULE, min_size=1, max_size=5).map(
    lambda rules: [{"id": f"r{n}", **r} for n, r in enumerate(rules)]
)
POSTS: st.SearchStrategy[Post] = st.builds(
    lambda text, part, name, mentions, at, author, subject: post(
        text,
        author=author,
        at=at,
        parts=(Part("embed", part),),
        attachments=(Attachment(1, name, 5, None, ""),),
        mentions=mentions,
        subject=subject,
        author_=Author(author, "a", "A", created_at=NOON, joined_at=NOON + timedelta(seconds=author)),
    ),
    TEXTS,
    TEXTS,
    st.sampled_from(["a.exe", "", "darn.png"]),
    st.integers(0, 4),
    st.integers(0, 100),
    st.integers(1, 3),
    st.sampled_from([Subject.POST, Subject.TITLE, Subject.NAME]),
)


def numbered(posts: list[Post]) -> list[Post]:
    return [Post(**{**p.__dict__, "id": n}) for n, p in enumerate(posts)]


def verdicts(rules: list[dict[str, Any]], posts: list[Post]) -> list[Verdict]:
    window, compiled = Window(), ruleset(*rules)
    return [compiled.evaluate(p, window) for p in posts]


@steady(60)
@given(RULES, RULE, st.lists(POSTS, min_size=1, max_size=5).map(numbered))
def test_adding_a_rule_never_lowers_a_verdict(
    rules: list[dict[str, Any]], more: dict[str, Any], posts: list[Post]
) -> None:
    for before, after in zip(
        verdicts(rules, posts), verdicts([*rules, {"id": "more", **more}], posts), strict=True
    ):
        assert after.action >= before.action
        assert after.priority >= before.priority or not before.findings
        assert {f.rule for f in before.findings} <= {f.rule for f in after.findings}


@steady(60)
@given(RULES, st.lists(POSTS, min_size=1, max_size=5).map(numbered), st.randoms(use_true_random=False))
def test_the_order_of_rules_changes_neither_verdict_nor_version(
    rules: list[dict[str, Any]], posts: list[Post], chance: random.Random
) -> None:
    mixed = chance.sample(rules, len(rules))
    assert verdicts(rules, posts) == verdicts(mixed, posts)
    assert policy(*rules).version == policy(*mixed).version


@steady(60)
@given(RULES, st.lists(POSTS, min_size=1, max_size=4).map(numbered))
def test_every_span_is_a_slice_of_the_original(rules: list[dict[str, Any]], posts: list[Post]) -> None:
    for one, verdict in zip(posts, verdicts(rules, posts), strict=True):
        parts = {part.label: part.text for part in one.texts()}
        for match in (m for f in verdict.findings for m in f.matches):
            assert parts[match.part][match.start : match.end] == match.text


@steady(200)
@given(st.one_of(TEXTS, st.text(st.characters(codec=None), max_size=300)))
def test_no_text_makes_the_shipped_policy_raise_or_mask_wrongly(text: str) -> None:
    DEFAULT.evaluate(post(text, parts=(Part("embed", text),)), Window())
    masked = DEFAULT.mask(text)
    assert DEFAULT.mask(masked) == masked


@steady(60)
@given(RULES)
def test_a_policy_survives_a_round_trip_through_yaml(rules: list[dict[str, Any]]) -> None:
    original = policy(*rules)
    again = load_policy("p.yaml", {"p.yaml": dump_policy(original)}.__getitem__)
    assert again == original
    assert again.version == original.version


@steady()
@given(
    st.dictionaries(
        st.sampled_from(["name", "city"]), st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
    )
)
def test_any_words_survive_a_round_trip_through_yaml(words: dict[str, str]) -> None:
    original = Policy.model_validate({"name": "x", "clauses": [CLAUSE], **words})
    again = load_policy("p.yaml", {"p.yaml": dump_policy(original)}.__getitem__)
    assert again == original
