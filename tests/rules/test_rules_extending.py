"""What a file that extends another may change, and what it is told of its mistakes."""

from __future__ import annotations

import pytest

from tests.rules.policy_files import AUTHORITY, GOOD, HEAD, LINE, problems, rule
from tests.rules.rules_support import Files

BASE = HEAD + rule("when: {words: [darn]}\npriority: low\nexamples: {match: [darn], allow: [barn]}")


def test_a_city_overrides_a_rule_field_by_field() -> None:
    city = "extends: ./base.yaml\nname: Mine\nrules:\n  - id: r\n    priority: urgent\n    action: hide\n"
    city += "".join(f"    {line}\n" for line in AUTHORITY.splitlines())
    policy = Files(base=BASE, city=city).load()
    assert (policy.name, len(policy.rules), len(policy.clauses)) == ("Mine", 1, 1)
    assert policy.rules[0].priority.word == "urgent"
    assert policy.rules[0].examples.match[0].text == "darn"
    assert policy.rules[0].authorised_by == "Council"


def test_a_problem_is_named_in_the_file_that_caused_it() -> None:
    city = "extends: ./base.yaml\nrules:\n  - id: r\n    when: {words: [heck]}\n"
    found = Files(base=BASE, city=city).problems()
    assert found == [
        "base.yaml:10: rules[0].examples.match[0]: the rule r does not find 'darn'",
    ]
    city = "extends: ./base.yaml\nrules:\n  - id: r\n    action: hide\n"
    assert all(
        line.startswith("city.yaml:4: rules[0].action") for line in Files(base=BASE, city=city).problems()
    )


def test_a_rule_that_may_only_flag_is_not_given_another_category_to_hide_under() -> None:
    city = "extends: default\nname: Mine\nrules:\n  - id: campaigning\n    category: spam\n    action: hide\n"
    city += "".join(f"    {line}\n" for line in AUTHORITY.splitlines())
    assert (
        "city.yaml:5: rules[0].category: is campaigning where the rule campaigning comes from, "
        "and cannot be changed"
    ) in problems(city)


@pytest.mark.parametrize("change", ["when: {words: [darned]}", "action: hide"])
def test_what_was_authorised_of_a_rule_does_not_hold_for_what_a_city_makes_of_it(change: str) -> None:
    base = HEAD + rule(f"when: {{words: [darn]}}\naction: hold\n{AUTHORITY}")
    city = f"extends: ./base.yaml\nname: Mine\nrules:\n  - id: r\n    {change}\n"
    assert [line.split(": ")[0] for line in problems(city, base=base)] == ["city.yaml:5"] * 3
    city += "".join(f"    {line}\n" for line in AUTHORITY.splitlines())
    assert problems(city, base=base) == []
    assert problems("extends: ./base.yaml\nname: Mine\nrules: [{id: r, priority: low}]", base=base) == []


def test_a_list_is_read_from_a_file_and_added_to() -> None:
    base = HEAD.replace("rules:", "lists:\n  - {id: w, file: lists/w.yaml}\nrules:") + rule(
        "when: {words: {lists: [w]}}"
    )
    city = "extends: ./base.yaml\nlists:\n  - {id: w, add: [heck, darn]}\n"
    files = Files(base=base, city=city, lists_w="kind: words\nentries: [darn]\nexcept: [heckle]\n")
    (named,) = files.load().lists
    assert (named.entries, named.exceptions) == (("darn", "heck"), ("heckle",))
    files.files["city.yaml"] = city.replace("heck,", "'da*rn',")
    assert files.problems() == [
        "city.yaml:3: lists[0].add[0]: 'da*rn' a `*` may stand only at the beginning or the end"
    ]
    files.files["lists/w.yaml"] = "kind: words\nentries:\n  - darn\n  - x\n"
    assert files.problems()[-1].startswith("lists/w.yaml:4: entries[1]: 'x'")


def test_the_entries_of_a_file_are_added_to_a_list() -> None:
    base = HEAD.replace("rules:", "lists:\n  - {id: w, kind: words, entries: [darn]}\nrules:") + rule(
        "when: {words: {lists: [w]}}"
    )
    city = "extends: ./base.yaml\nlists:\n  - {id: w, add_file: w.yaml, add: [drat]}\n"
    more = "kind: words\nentries: [heck, darn]\n"
    assert Files(base=base, city=city, w=more).load().lists[0].entries == ("darn", "heck", "drat")
    assert problems(city, base=base) == ["city.yaml:3: lists[0].add_file: there is no file w.yaml"]
    other = more.replace("words", "domains")
    assert problems(city, base=base, w=other) == [
        "w.yaml:1: kind: must be words, as the list that it is added to"
    ]
    wrong = more.replace("heck", "'he*ck'")
    assert problems(city, base=base, w=wrong)[0].startswith(
        "w.yaml:2: entries[0]: 'he*ck' a `*` may stand only"
    )


def test_a_list_that_is_new_is_of_the_kind_of_the_file_that_is_added_to_it() -> None:
    base = HEAD.replace("rules:", "lists:\n  - {id: w, add_file: w.yaml}\nrules:") + GOOD
    (named,) = Files(city=base, w="kind: domains\nentries: [a.example]\n").load().lists
    assert (named.kind, named.entries) == ("domains", ("a.example",))


PARTS = """\
kind: sentences
parts: {who: 'cat|{dog}', dog: 'hound*'}
entries: ['the {who} ran']
except: ['ran {who}']
"""


def test_sentences_of_a_list_share_parts() -> None:
    base = HEAD.replace("rules:", "lists:\n  - {id: w, file: w.yaml}\nrules:")
    examples = "{match: [the hounds ran, the cat ran], allow: [the cat ran cat]}"
    base += rule(f"when: {{sentences: {{lists: [w]}}}}\nexamples: {examples}")
    assert problems(base, w=PARTS) == []
    assert problems(base, w=PARTS.replace("dog:", "owl:"))[0].startswith("w.yaml:3: entries[0]:")
    assert any("inside itself" in line for line in problems(base, w=PARTS.replace("hound*", "{who}")))


def test_sentences_may_share_the_parts_of_another_list() -> None:
    base = HEAD.replace("rules:", "lists:\n  - {id: v, file: v.yaml}\n  - {id: w, file: w.yaml}\nrules:")
    base += rule("when: {sentences: {lists: [w]}}\nexamples: {match: [the hounds ran], allow: [the cow ran]}")
    shared = {"v": PARTS, "w": "kind: sentences\nparts_of: [v]\nentries: ['the {dog} ran']\n"}
    assert problems(base, **shared) == []
    unknown = shared | {"w": shared["w"].replace("[v]", "[nowhere]")}
    assert problems(base, **unknown) == ["w.yaml:2: parts_of[0]: there is no list 'nowhere'"]


def test_parts_and_exceptions_belong_to_lists_that_have_sentences() -> None:
    for extra in ("parts: {a: b}", "parts_of: [w]", "except: [a.example]"):
        text = HEAD.replace("rules:", f"lists:\n  - {{id: w, kind: domains, {extra}}}\nrules:") + GOOD
        assert [line for line in problems(text) if "only a list of" in line]


CLAUSES = "clauses: [{id: d, title: D, text: Y}]\n"


def test_a_city_drops_what_it_does_not_want() -> None:
    city = f"extends: ./base.yaml\ndrop: {{clauses: all, rules: [r]}}\n{CLAUSES}rules: [{{id: s, clause: d, "
    city += "category: other, when: {words: [heck]}}]\n"
    policy = Files(
        base=BASE + rule("when: {words: [drat]}", "r2"), city=city.replace("[r]", "[r, r2]")
    ).load()
    assert [clause.id for clause in policy.clauses] == ["d"]
    assert [kept.id for kept in policy.rules] == ["s"]


def test_what_is_kept_beside_a_dropped_part_keeps_its_place() -> None:
    base = BASE + rule("when: {words: [drat]}", "r2")
    city = "extends: ./base.yaml\ndrop: {rules: [r]}\nrules: [{id: r2, action: hide}]\n"
    assert all(line.startswith("city.yaml:3: rules[0].action: to hide") for line in problems(city, base=base))
    assert problems("extends: ./base.yaml\ndrop: {rules: [r]}\n", base=base) == []


@pytest.mark.parametrize(
    ("drop", "words"),
    [
        ("5", "must name parts by section"),
        ("{contacts: all}", "must be one of clauses"),
        ("{rules: some}", "must be a list of ids, or `all`"),
        ("{rules: [gone]}", "none of the name 'gone'"),
        ("{clauses: all}", "no clause 'c' for the rule r"),
    ],
)
def test_what_cannot_be_dropped_is_named(drop: str, words: str) -> None:
    found = problems(f"extends: ./base.yaml\ndrop: {drop}\n{CLAUSES}", base=BASE)
    assert any(words in line for line in found), found


def test_a_shipped_policy_may_be_extended_by_name() -> None:
    policy = Files(city="extends: default\nname: Mine\n").load()
    assert policy.name == "Mine"
    assert len(policy.rules) > 10


def test_a_mistyped_id_is_told_from_a_new_rule_and_the_nearest_are_named() -> None:
    base = BASE + rule("when: {words: [drat]}", "private-ssn") + rule("when: {words: [drat]}", "private-card")
    city = "extends: ./base.yaml\nname: Mine\nrules:\n  - id: privat-ssn\n    action: hide\n"
    assert problems(city, base=base) == [
        "city.yaml:4: rules[0].id: there is no rule 'privat-ssn' in what this file extends (nearest: "
        "'private-ssn', 'private-card'); one of your own also needs clause, category, when"
    ]
    city = "extends: ./base.yaml\nname: Mine\nrules: [{id: zebra, clause: c, category: other}]\n"
    assert problems(city, base=base) == [
        "city.yaml:3: rules[0].id: there is no rule 'zebra' in what this file extends; "
        "one of your own also needs when"
    ]


def test_a_mistyped_list_or_clause_is_told_from_a_new_one() -> None:
    city = "extends: default\nname: Mine\nlists: [{id: own-domain, add: [a.example]}]\n"
    (found,) = problems(city)
    assert "no list 'own-domain' in what this file extends (nearest: 'own-domains'" in found
    (found,) = problems("extends: default\nname: Mine\nclauses: [{id: spamm, title: T}]\n")
    assert (
        "no clause 'spamm' in what this file extends (nearest: 'spam'); one of your own also needs text"
        in found
    )


def test_what_a_file_that_extends_nothing_lacks_is_named_by_itself() -> None:
    (found,) = problems(HEAD + "  - {id: r, clause: c, when: {words: [darn]}}\n")
    assert found == f"city.yaml:{LINE}: rules[0].category: is required"
