from __future__ import annotations

from typing import Any

import pytest

from rules.compile import compile_policy
from rules.post import Author, Part, Place, Subject
from rules.verdict import ALLOWED, Action, Priority
from tests.rules.rules_support import findings, looking_for, policy, post, ruleset

DARN: dict[str, Any] = {"when": {"words": ["darn"]}}
AUTHORITY = {"authorised_by": "Council", "authorised_on": "2026-01-02", "authorised_why": "Because."}
THREAD = Place(1, "my thread", 2, "town-square", 3, "Public")


def test_a_clean_post_is_allowed() -> None:
    assert ruleset(DARN).evaluate(post("fine")) is ALLOWED


def test_the_gravest_finding_leads() -> None:
    rules = ruleset(
        {"id": "low", "priority": "urgent", **DARN},
        {"id": "high", "action": "hide", "category": "spam", **AUTHORITY, **DARN},
    )
    verdict = rules.evaluate(post("darn"))
    assert (verdict.action, verdict.priority, verdict.lead.rule) == (Action.HIDE, Priority.URGENT, "high")
    assert [f.rule for f in verdict.findings] == ["high", "low"]


@pytest.mark.parametrize("key", ["my thread", "town-square", "Public", "1", "2", "3"])
def test_scope_means_a_channel_its_parent_or_its_category_by_id_or_name(key: str) -> None:
    only = ruleset({"scope": {"channels": [key]}, **DARN})
    but = ruleset({"scope": {"exempt_channels": [key]}, **DARN})
    assert findings(only, "darn", place=THREAD)
    assert not findings(only, "darn", place=Place(9, "elsewhere"))
    assert not findings(but, "darn", place=THREAD)
    assert findings(but, "darn", place=Place(9, "elsewhere"))


def test_an_exempt_role_by_id_or_name_is_not_screened() -> None:
    rules = ruleset({"scope": {"exempt_roles": ["Staff", 77]}, **DARN})
    for role in ("Staff", "77"):
        assert not findings(rules, "darn", author_=Author(1, "a", "A", roles=frozenset({role, "x"})))
    assert findings(rules, "darn", author_=Author(1, "a", "A", roles=frozenset({"x"})))


@pytest.mark.parametrize(
    ("subjects", "subject", "fires"),
    [
        (None, Subject.POST, True),
        (None, Subject.TITLE, True),
        (None, Subject.NAME, False),
        (["name"], Subject.NAME, True),
        (["name"], Subject.POST, False),
    ],
)
def test_a_rule_is_for_its_subjects(subjects: list[str] | None, subject: Subject, fires: bool) -> None:
    rules = ruleset({**DARN, **({"subjects": subjects} if subjects else {})})
    assert bool(findings(rules, "darn", subject=subject)) is fires


def test_a_rule_that_is_off_finds_nothing() -> None:
    rules = ruleset({"enabled": False, **DARN})
    assert not findings(rules, "darn")
    assert rules.rule("r0").enabled is False


def test_rules_and_clauses_are_known_by_id() -> None:
    rules = ruleset(DARN)
    assert rules.rule("r0").clause == "c"
    assert rules.clause("c").title == "Clause"
    with pytest.raises(KeyError):
        rules.rule("none")


def test_a_finding_carries_what_must_be_cited() -> None:
    (finding,) = findings(ruleset({"category": "vulgarity", "priority": "low", **DARN}), "oh darn")
    assert (finding.rule, finding.clause, finding.category.value) == ("r0", "c", "vulgarity")
    assert (finding.action, finding.priority) == (Action.FLAG, Priority.LOW)
    assert [(m.part, m.start, m.end) for m in finding.matches] == [("text", 3, 7)]


def test_a_finding_has_no_more_matches_than_tell_something() -> None:
    (finding,) = findings(ruleset(DARN), "darn " * 500)
    assert len(finding.matches) == 20


def test_the_version_tells_content_and_nothing_else() -> None:
    one, two = {"id": "one", **DARN}, {"id": "two", "when": {"words": ["heck"]}}
    assert policy(one, two).version == policy(two, one).version == compile_policy(policy(one, two)).version
    assert policy(one).version != policy(one, two).version
    assert policy(one).version != policy({**one, "priority": "low"}).version
    assert policy(one).version == policy({**one, "priority": "normal"}).version
    assert len(policy(one).version) == 64


PRIVATE: dict[str, Any] = {"category": "privacy", "when": {"private": ["ssn", "phone", "email"]}}


def test_private_data_is_masked_and_the_rest_is_kept() -> None:
    rules = ruleset(PRIVATE)
    text = "I am 219-45-6789, call 507-328-2900 or a@b.org."
    assert rules.mask(text) == (
        "I am [masked: social security number], call [masked: phone number] or [masked: e-mail address]."
    )
    assert rules.mask("nothing here") == "nothing here"
    assert rules.mask("") == ""


def test_masking_masks_every_one_however_many() -> None:
    assert "@" not in ruleset(PRIVATE).mask(" ".join(f"name{n}@example.org" for n in range(300)))
    assert "507" not in ruleset(PRIVATE).mask("507-328-2900 " * 300)


def test_masking_regards_neither_scope_nor_subject() -> None:
    assert "masked" in ruleset({**PRIVATE, "subjects": ["name"], "scope": {"channels": ["x"]}}).mask(
        "219-45-6789"
    )


def test_private_data_is_masked_also_where_the_rest_of_the_rule_does_not_hold() -> None:
    rules = ruleset({"category": "privacy", "when": {"all": [{"private": ["ssn"]}, {"words": ["mine"]}]}})
    assert rules.mask("219-45-6789") == "[masked: social security number]"


def test_what_a_privacy_rule_matches_by_words_is_masked_when_the_rule_holds() -> None:
    rules = ruleset(
        {"category": "privacy", "when": {"patterns": [r"account \d+"]}}, {"when": {"words": ["darn"]}}
    )
    assert rules.mask("my account 12, darn") == "my [masked: private information], darn"


def test_masking_masks_what_overlaps_as_one() -> None:
    rules = ruleset(PRIVATE, {"category": "privacy", "when": {"patterns": [r"am \d+"]}})
    assert rules.mask("I am 219-45-6789!") == "I [masked: private information]!"


def test_a_post_of_many_parts_is_found_in_each() -> None:
    parts = (Part("embed", "darn"), Part("poll", "darn"))
    (finding,) = findings(looking_for({"words": ["darn"]}), "darn", parts=parts)
    assert [m.part for m in finding.matches] == ["text", "embed", "poll"]


def test_what_several_detectors_find_of_the_same_words_is_one_match_that_tells_how_they_were_written() -> (
    None
):
    rules = ruleset({"when": {"any": [{"sentences": ["darn it"]}, {"words": ["darn it"]}]}})
    (finding,) = findings(rules, "d@rn it")
    assert [(m.text, m.undone) for m in finding.matches] == [("d@rn it", ("digits or signs for letters",))]


def test_what_the_model_says_is_told_once_of_what_asks_it_twice() -> None:
    asked = [{"model": {"head": "abuse", "threshold": threshold}} for threshold in (0.3, 0.4)]
    (finding,) = findings(looking_for({"all": asked}), "you are a stup1d pathetic loser")
    assert finding.detail.count("abuse") == 1
    assert ("stup1d", ("digits or signs for letters",)) in [(m.text, m.undone) for m in finding.matches]
    assert len({(m.start, m.end) for m in finding.matches}) == len(finding.matches)
