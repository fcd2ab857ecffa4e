"""Each clause of the cities' policies is served as the cities' table of clauses says, and by nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import pytest

from rules.policy import Policy
from rules.verdict import Action, Category, Priority
from tests.rules.rules_support import Files

NAMES = ("default", "sample_city", "staff_conduct", "rochester", "rosemount", "ramsey", "little_canada")
FLOODS_AND_PHISHING = {"repeats", "rate", "phishing-links"}
EXACT = {"private-ssn", "private-card"}


class Served(NamedTuple):
    """By whom a clause is served: which rules at least are on, which off, which hide and which are urgent."""

    by: str
    on: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    hide: frozenset[str] = frozenset()
    urgent: frozenset[str] = frozenset()


def rules(on: str, off: str = "", hide: str = "", urgent: str = "") -> Served:
    return Served("rules", *(frozenset(names.split()) for names in (on, off, hide, urgent)))


WORDS, REPORTS = Served("words"), Served("reports")
PRIVATE = rules(
    "private-ssn private-card private-phone private-email private-address private-birth private-plate",
    hide="private-ssn private-card",
)
SPAM = rules(
    "repeats rate phishing-links links-imitating links-masked scams promotion discord-invites mass-mentions",
    hide="repeats rate phishing-links",
)
ROCHESTER = {
    "r1": rules("threat-violence self-harm-urged likely-threat", urgent="threat-violence self-harm-urged"),
    "r2": rules("sexual-content"),
    "r3": REPORTS,
    "r4": rules("illegal-acts"),
    "r5": rules("rights-claims"),
    "r6": WORDS,
    "r7": rules("slurs dehumanising likely-hate"),
    "r8": rules("insults likely-abuse"),
    "r9": REPORTS,
    "r10": PRIVATE,
    "r11": REPORTS,
    "r12": SPAM,
    "r13": rules("links-unrelated", off="links-shortened"),
    "r14": WORDS,
    "r15": rules("", off="endorsements"),
    "r16": rules("campaigning campaigning-ballot"),
    "r17": WORDS,
    "r18": WORDS,
}
ROSEMOUNT = {
    "m1": rules("emergency crisis", urgent="emergency crisis"),
    "m6": rules("staff-side-business staff-partisan"),
    "m7": WORDS,
    "m8": rules("slurs dehumanising likely-hate"),
    "m9": PRIVATE,
    "m10": rules("rights-claims"),
    "m11": rules("investigations", urgent="investigations"),
    "m12": rules("home-address public-safety", urgent="home-address public-safety"),
    "m13-threats": rules("threat-violence self-harm-urged", urgent="threat-violence self-harm-urged"),
    "m13-vulgar": rules("vulgarity"),
    "m13-offensive": WORDS,
    "m13-attacks": rules("insults likely-abuse"),
    "m14": SPAM,
    "m15": rules("illegal-acts"),
    "m16": rules("campaigning campaigning-ballot"),
    "m17": rules("sexual-content"),
    "m18": REPORTS,
    "m19": WORDS,
}
TABLE = [
    *(pytest.param("rochester", clause, served, id=clause) for clause, served in ROCHESTER.items()),
    *(pytest.param("rosemount", clause, served, id=clause) for clause, served in ROSEMOUNT.items()),
]


@cache
def shipped(name: str) -> Policy:
    return Files().load(f"shipped:policies/{name}.yaml")


def by_id(policy: Policy) -> Mapping[str, str]:
    return {clause.id: clause.served for clause in policy.clauses}


@pytest.mark.parametrize(("city", "clause", "served"), TABLE)
def test_a_clause_is_served_as_the_table_says(city: str, clause: str, served: Served) -> None:
    policy = shipped(city)
    own = [rule for rule in policy.rules if rule.clause == clause]
    assert by_id(policy)[clause] == served.by
    assert served.on <= {rule.id for rule in own if rule.enabled}
    assert served.off <= {rule.id for rule in own if not rule.enabled}
    assert {rule.id for rule in own if rule.action is Action.HIDE} == served.hide
    assert all(rule.action in (Action.FLAG, Action.HIDE) for rule in own)
    assert served.urgent <= {rule.id for rule in own if rule.priority is Priority.URGENT}
    if served.by != "rules" or not served.on:
        assert not [rule.id for rule in own if rule.enabled]


@pytest.mark.parametrize("city", ["rochester", "rosemount"])
def test_a_city_hides_exact_private_numbers_floods_and_phishing_alone(city: str) -> None:
    hidden = [rule for rule in shipped(city).rules if rule.action.removes]
    assert {rule.id for rule in hidden} == FLOODS_AND_PHISHING | EXACT
    assert all(rule.authorised_by and rule.authorised_on and rule.authorised_why for rule in hidden)


@pytest.mark.parametrize("name", sorted({*NAMES} - {"rochester", "rosemount", "sample_city"}))
def test_every_other_policy_only_flags(name: str) -> None:
    assert {rule.action for rule in shipped(name).rules} == {Action.FLAG}


@pytest.mark.parametrize(
    ("city", "clauses"),
    [
        ("ramsey", ["y1", "y2", "y3", "y4", "y5", "y6", "y7", "y8", "y9", "y10"]),
        ("little_canada", ["l1", "l2", "l3", "l4", "l5", "l6", "l7"]),
        ("rochester", ["r31", "r32", "r33", "r35", "r36", "r38", "r39", "r40", "r42"]),
    ],
)
def test_what_a_city_asks_of_its_staff_is_there_for_staff_alone(city: str, clauses: list[str]) -> None:
    policy = shipped(city)
    assert set(clauses) <= {clause.id for clause in policy.clauses}
    own = [rule for rule in policy.rules if rule.id.startswith("staff-")]
    assert {rule.clause for rule in own} <= set(clauses)
    assert all(rule.scope.roles == ("City Staff",) for rule in own)


@pytest.mark.parametrize("city", ["rochester", "rosemount", "ramsey", "little_canada"])
def test_no_clause_or_statement_of_another_city_is_a_citys_own(city: str) -> None:
    name = city.replace("_", " ").title()
    others = {"Rochester", "Rosemount", "Ramsey", "Little Canada"} - {name}
    policy = shipped(city)
    sources = {clause.id: clause.source for clause in policy.clauses}
    sources |= {statement.id: statement.source for statement in policy.statements}
    own = {part: source for part, source in sources.items() if part[0] in "rmyl" and part[1:2].isdigit()}
    assert own
    assert not [part for part, source in own.items() if any(other in source for other in others)]
    said = {statement.id for statement in policy.statements}
    foreign = [part for part, source in sources.items() if any(other in source for other in others)]
    assert not [part for part in foreign if part in said and name not in sources[part]]


@pytest.mark.parametrize(
    ("city", "statements"),
    [
        ("rochester", ["r19", "r20", "r21", "r22", "r23", "r24", "r46"]),
        ("rosemount", ["m1-notice", "m1-answer", "m7-notice", "m21", "m28", "m29", "m30", "m18-staff"]),
        (
            "ramsey",
            ["y2-before-posting", "y3-courtesy", "y4-disclaimer", "y7-names", "y8-requests", "y9-mistakes"],
        ),
        ("little_canada", ["l1-resources", "l2-names", "l4-data", "l4-conduct", "l6-notice"]),
    ],
)
def test_the_notices_that_a_policy_calls_for_are_there(city: str, statements: list[str]) -> None:
    assert set(statements) <= {statement.id for statement in shipped(city).statements}


def test_the_emergency_notice_names_the_number_and_promises_nothing() -> None:
    (notice,) = (said for said in shipped("rosemount").statements if said.id == "m1-notice")
    assert "9-1-1" in notice.text
    assert "cannot guarantee" in notice.text
    assert notice.use == "scheduled"


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_has_five_that_match_and_five_near_misses(name: str) -> None:
    for rule in shipped(name).rules:
        assert len({str(example) for example in rule.examples.match}) >= 5, rule.id
        assert len({str(example) for example in rule.examples.allow}) >= 5, rule.id


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_that_judges_what_is_said_carries_a_caution(name: str) -> None:
    bare = {rule.id for rule in shipped(name).rules if not rule.caution}
    assert bare <= EXACT


@pytest.mark.parametrize("name", NAMES)
def test_every_clause_says_where_it_comes_from_and_is_served(name: str) -> None:
    policy = shipped(name)
    used = {rule.clause for rule in policy.rules}
    for clause in policy.clauses:
        assert clause.source, clause.id
        assert (clause.id in used) == (clause.served == "rules"), clause.id


def test_rosemount_does_not_name_race_and_so_its_clause_does_not() -> None:
    (clause,) = (clause for clause in shipped("rosemount").clauses if clause.id == "m8")
    assert "race" not in clause.text.lower().split()
    assert "another protected class" in clause.text


def test_categories_that_need_a_person_are_never_authorised_to_hide() -> None:
    only_flag = {Category.CAMPAIGNING, Category.ILLEGAL, Category.OFF_TOPIC, Category.INSULT}
    for name in NAMES:
        assert not [r.id for r in shipped(name).rules if r.category in only_flag and r.action.removes]
