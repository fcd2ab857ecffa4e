from __future__ import annotations

import pytest

from rules.load import dump_policy
from tests.rules.rules_support import Files

WHY = "Only a person can tell."
BASE = f"""\
name: Base
clauses:
  - {{id: careful, title: T, text: X, flag_only: true, flag_only_why: {WHY}}}
  - {{id: plain, title: T, text: X}}
rules:
  - {{id: judged, clause: careful, category: other, when: {{words: [darn]}}}}
  - {{id: free, clause: plain, category: other, when: {{words: [heck]}}}}
  - {{id: own, clause: plain, category: other, flag_only: true, when: {{words: [drat]}}}}
"""
HIDES = "action: hide, authorised_by: Council, authorised_on: 2025-01-02, authorised_why: Because."
OWN_CLAUSE = "clauses: [{id: mine, title: T, text: X}]\n"


def problems(city: str, base: str = BASE) -> list[str]:
    return Files(base=base, city=f"extends: ./base.yaml\nname: City\n{city}").problems()


@pytest.mark.parametrize("action", ["hide", "hold"])
def test_a_rule_under_a_clause_that_may_only_flag_neither_hides_nor_holds(action: str) -> None:
    text = BASE.replace("when: {words: [darn]}", HIDES.replace("hide", action) + ", when: {words: [darn]}")
    assert Files(city=text).problems() == [
        f"city.yaml:6: rules[0].action: the rule judged may only flag: {WHY}"
    ]


def test_a_rule_may_be_held_to_flagging_by_itself() -> None:
    (found,) = problems(f"rules: [{{id: own, {HIDES}}}]\n")
    assert found == (
        "city.yaml:3: rules[0].action: the rule own may only flag: a person must judge what it finds"
    )


@pytest.mark.parametrize(
    "city",
    [
        f"rules: [{{id: judged, {HIDES}}}]\n",
        f"{OWN_CLAUSE}rules: [{{id: judged, clause: mine, {HIDES}}}]\n",
        f"{OWN_CLAUSE}rules: [{{id: judged, clause: mine, when: {{words: [gosh]}}, {HIDES}}}]\n",
        f"drop: {{rules: [judged]}}\n{OWN_CLAUSE}rules: [{{id: judged, clause: mine, category: other, "
        f"when: {{words: [gosh]}}, {HIDES}}}]\n",
        f"drop: {{clauses: all}}\nclauses: [{{id: careful, title: T, text: X}}, "
        f"{{id: plain, title: T, text: X}}]\nrules: [{{id: judged, {HIDES}}}]\n",
        f"{OWN_CLAUSE}rules: [{{id: mine, clause: mine, category: other, "
        f"when: {{words: [darn]}}, {HIDES}}}]\n",
        f"rules: [{{id: mine, clause: careful, category: other, when: {{words: [gosh]}}, {HIDES}}}]\n",
        f"rules: [{{id: free, clause: careful, {HIDES}}}]\n",
    ],
    ids=[
        "as it is",
        "under another clause",
        "looking for something else",
        "dropped and made anew",
        "its clause dropped and made anew",
        "its detector under another name",
        "a new rule under the clause",
        "another rule brought under the clause",
    ],
)
def test_no_file_that_extends_a_policy_lets_hide_what_may_only_flag_there(city: str) -> None:
    assert [line for line in problems(city) if "may only flag: Only a person can tell." in line]


def test_what_may_only_flag_in_a_file_may_only_flag_in_all_that_extend_it_at_any_remove() -> None:
    files = Files(
        base=BASE,
        middle=f"extends: ./base.yaml\nname: M\n{OWN_CLAUSE}rules: [{{id: judged, clause: mine}}]\n",
        city=f"extends: ./middle.yaml\nname: City\nrules: [{{id: judged, {HIDES}}}]\n",
    )
    assert files.problems() == [f"city.yaml:3: rules[0].action: the rule judged may only flag: {WHY}"]


@pytest.mark.parametrize(
    ("city", "where"),
    [
        ("rules: [{id: judged, flag_only: false}]\n", "rules[0].flag_only: is true where judged comes from"),
        (
            "clauses: [{id: careful, flag_only: false}]\n",
            "clauses[0].flag_only: is true where careful comes from",
        ),
    ],
)
def test_it_cannot_be_switched_off(city: str, where: str) -> None:
    assert [f"city.yaml:3: {where}, and cannot be switched off: {WHY}"] == problems(city)


def test_a_citys_own_rule_under_its_own_clause_is_the_citys_to_authorise() -> None:
    new = "id: mine, clause: mine, category: other, when: {words: [gosh]}"
    assert problems(f"{OWN_CLAUSE}rules: [{{{new}, {HIDES}}}]\n") == []
    assert problems(f"rules: [{{id: free, {HIDES}}}]\n") == []
    insult = new.replace("other", "insult")
    assert [
        line
        for line in problems(f"{OWN_CLAUSE}rules: [{{{insult}, {HIDES}}}]\n")
        if "category insult may only flag" in line
    ]


def test_it_survives_being_written_and_read_again() -> None:
    city = f"extends: ./base.yaml\nname: City\ndrop: {{clauses: [careful]}}\n{OWN_CLAUSE}"
    files = Files(base=BASE, city=city + "rules: [{id: judged, clause: mine}]\n")
    files.files["copy.yaml"] = dump_policy(files.load())
    assert files.load("copy.yaml") == files.load()
    files.files["city.yaml"] = f"extends: ./copy.yaml\nrules: [{{id: judged, {HIDES}}}]\n"
    assert [line for line in files.problems() if "the rule judged may only flag" in line]


JUDGED = (
    "insults",
    "likely-abuse",
    "likely-threat",
    "likely-hate",
    "illegal-acts",
    "campaigning",
    "campaigning-ballot",
    "rights-claims",
    "links-unrelated",
    "emergency",
    "crisis",
)


@pytest.mark.parametrize("policy", ["default", "rochester", "rosemount", "sample_city"])
def test_shipped_rules_that_ask_for_judgment_may_only_flag_under_any_clause(policy: str) -> None:
    rules = "".join(f"  - {{id: {rule}, clause: mine, {HIDES}}}\n" for rule in JUDGED)
    found = "\n".join(Files(city=f"extends: {policy}\nname: City\n{OWN_CLAUSE}rules:\n{rules}").problems())
    for rule in JUDGED:
        # A city's policy may do without one of them.
        assert f"the rule {rule} may only flag: " in found or f"there is no rule '{rule}' in" in found
