from __future__ import annotations

import pytest

from rules.load import dump_policy, load_policy
from tests.rules.policy_files import AUTHORITY, GOOD, HEAD, LINE, problems, rule
from tests.rules.rules_support import Files


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("when: {words: [darn]}\nclause: none", "rules[0].clause", "no clause 'none'"),
        ("when: {words: [darn]}\naction: hide", "rules[0].action", "`authorised_by` (who) is missing"),
        ("when: {words: [darn]}\naction: hold", "rules[0].action", "`authorised_why` (why) is missing"),
        (
            "when: {words: [darn]}\naction: hide\n" + AUTHORITY.replace("Council", '"  "'),
            "rules[0].action",
            "`authorised_by` (who) is missing",
        ),
        ("when: {words: [darn]}\naction: allow", "rules[0].action", "must be one of flag, hold, hide"),
        ("when: {words: [darn]}\npriority: 2", "rules[0].priority", "must be one of low, normal, urgent"),
        ("when: {words: [darn]}\ncategory: rude", "rules[0].category", "got 'rude'"),
        ("when: {words: [darn]}\ncolour: red", "rules[0].colour", "unknown key"),
        ("enabled: true", "rules[0].when", "is required"),
        ("when: {}", "rules[0].when", "exactly one of words"),
        ("when: {words: [a], links: [b.example]}", "rules[0].when", "exactly one of words"),
        ("when: {words: []}", "rules[0].when.words", "looks for nothing"),
        ("when: {patterns: []}", "rules[0].when.patterns", "looks for nothing"),
        ("when: {links: {}}", "rules[0].when.links", "looks for nothing"),
        ("when: {private: []}", "rules[0].when.private", "looks for nothing"),
        ("when: {mentions: {}}", "rules[0].when.mentions", "looks for nothing"),
        ("when: {attachments: {}}", "rules[0].when.attachments", "looks for nothing"),
        ("when: {any: []}", "rules[0].when.any", "combines nothing"),
        (
            "when: {at_least: {count: 1, of: []}}",
            "rules[0].when.at_least.count",
            "expected 2 or more (got 1)",
        ),
        ("when: {at_least: {count: 2, of: [{words: [darn]}]}}", "rules[0].when.at_least.count", "2 of 1"),
        (
            "when: {at_least: {count: 2, of: [{words: [darn]}, {words: [x]}]}}",
            "rules[0].when.at_least.of[1].words[0]",
            "two letters",
        ),
        ("when: {patterns: {lists: [none]}}", "rules[0].when.patterns.lists[0]", "no list 'none'"),
        ("when: {sentences: []}", "rules[0].when.sentences", "looks for nothing"),
        ("when: {sentences: ['{who} hides']}", "rules[0].when.sentences[0]", "names a part {who}"),
        (
            "when: {sentences: {any_of: [they hide], except: ['(they']}}",
            "rules[0].when.sentences.except[0]",
            "`(` without its `)` at character 1",
        ),
        ("when: {not: {words: [darn]}}", "rules[0].when", "would find every comment"),
        ("when: {any: [{words: [darn]}, {not: {words: [heck]}}]}", "rules[0].when", "would find every"),
        ("when: {words: [ok, da*rn]}", "rules[0].when.words[1]", "may stand only at the beginning"),
        ("when: {words: {any_of: [darn], except: [x]}}", "rules[0].when.words.except[0]", "two letters"),
        ("when: {words: {lists: [none]}}", "rules[0].when.words.lists[0]", "no list 'none'"),
        ("when: {patterns: ['a(?=b)']}", "rules[0].when.patterns[0]", "character 2"),
        ("when: {patterns: {any_of: [a], except: ['(']}}", "rules[0].when.patterns.except[0]", "missing )"),
        ("when: {links: ['https://x.org']}", "rules[0].when.links[0]", "without https://"),
        ("when: {private: [passport]}", "rules[0].when.private[0]", "expected ssn, card"),
        (
            "when: {private: {any_of: [ssn], region: usa}}",
            "rules[0].when.private.region",
            "two capital letters",
        ),
        ("when: darn", "rules[0].when", "expected keys and values (got 'darn')"),
        ("when: {words: [[darn]]}", "rules[0].when.words[0]", "expected text (got a list)"),
        (
            "when: {words: [darn]}\nclause: A_b",
            "rules[0].clause",
            "1 to 64 small letters, digits and inner hyphens",
        ),
        ("when: {words: [darn]}\nsubjects: post", "rules[0].subjects", "expected a list (got 'post')"),
        ("when: {words: [darn]}\nsubjects: [all]", "rules[0].subjects[0]", "expected post, name, title"),
        ("when: {words: [darn]}\nauthorised_on: soon", "rules[0].authorised_on", "expected a date such as"),
        ("when: {words: [darn]}\ncaution: 2026-01-02", "rules[0].caution", "expected text (got 2026-01-02)"),
        ("when: {words: [darn]}\nenabled: maybe", "rules[0].enabled", "expected true or false (got 'maybe')"),
        ("when: {words: [darn]}\ncaution: {a: b}", "rules[0].caution", "expected text (got keys and values)"),
        ("when: {private: {any_of: [ssn], except: [zz]}}", "rules[0].when.private.except[0]", "phone"),
        (
            "when: {repeats: {posts: 1, seconds: 5}}",
            "rules[0].when.repeats.posts",
            "expected 2 or more (got 1)",
        ),
        ("when: {rate: {posts: 5}}", "rules[0].when.rate.seconds", "is required"),
        (
            "when: {all: [{words: [darn]}, {patterns: ['(']}]}",
            "rules[0].when.all[1].patterns[0]",
            "missing )",
        ),
        (
            "when: {words: [darn]}\nexamples: {match: [fine]}",
            "rules[0].examples.match[0]",
            "does not find 'fine'",
        ),
        ("when: {words: [darn]}\nexamples: {allow: [ok, darn]}", "rules[0].examples.allow[1]", "must allow"),
    ],
)
def test_a_broken_rule_is_named_with_its_place_and_what_was_expected(
    text: str, path: str, words: str
) -> None:
    lines = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    body = rule("\n".join(f"{k}: {v}" for k, v in lines.items() if k not in ("clause", "category")))
    for key in ("clause", "category"):
        if key in lines:
            body = body.replace(
                f"{key}: c\n" if key == "clause" else f"{key}: other\n", f"{key}: {lines[key]}\n"
            )
    found = problems(HEAD + body)
    assert any(f": {path}: " in line and words in line for line in found), found
    assert all(line.startswith("city.yaml:") for line in found)


@pytest.mark.parametrize("category", ["campaigning", "illegal", "off_topic", "insult"])
@pytest.mark.parametrize("action", ["hide", "hold"])
def test_what_only_a_person_can_judge_may_not_be_hidden(category: str, action: str) -> None:
    body = rule(f"when: {{words: [darn]}}\naction: {action}\n{AUTHORITY}").replace("other", category)
    assert [line for line in problems(HEAD + body) if "may only flag" in line]


def test_an_authorised_rule_loads() -> None:
    assert problems(HEAD + rule(f"when: {{words: [darn]}}\naction: hide\n{AUTHORITY}")) == []


def test_every_problem_is_reported_at_once_and_in_order() -> None:
    text = HEAD + rule("when: {words: [x]}", "a") + rule("when: {patterns: ['(']}\nbad: 1", "b") + GOOD + GOOD
    found = problems(text)
    assert [line.split(": ")[1] for line in found] == [
        "rules[0].when.words[0]",
        "rules[1].when.patterns[0]",
        "rules[1].bad",
        "rules[3].id",
    ]
    assert [int(line.split(":")[1]) for line in found] == sorted(int(line.split(":")[1]) for line in found)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("when: {wrods: [darn]}", ["clause", "when.wrods"]),
        ("when: {words: [x]}\nbad: 1", ["bad", "clause", "when.words[0]"]),
        ("when: {words: {lists: [none]}}\nenabled: maybe", ["clause", "enabled", "when.words.lists[0]"]),
        ("when: {words: [darn]}\naction: hide\nauthorised_by: [a]", ["authorised_by", "clause"]),
        ("when: {words: [darn]}\nbad: 1\nexamples: {match: [fine]}", ["bad", "clause"]),
        ("when: {words: [darn]}\nid: Two Words", ["id"]),
    ],
)
def test_what_can_be_read_of_a_malformed_rule_is_checked_too(text: str, paths: list[str]) -> None:
    body = rule(text).replace("clause: c\n", "clause: none\n")
    assert sorted(line.split(": ")[1] for line in problems(HEAD + body)) == [f"rules[0].{p}" for p in paths]


def test_the_rules_are_checked_beside_a_malformed_clause() -> None:
    head = HEAD.replace("id: c,", "id: c, served: [],")
    assert head != HEAD
    found = problems(head + rule("when: {words: [x]}"))
    assert [line.split(": ")[1] for line in found] == ["clauses[0].served", "rules[0].when.words[0]"]


def test_a_rule_given_twice_in_one_file_is_refused_with_both_lines() -> None:
    (found,) = problems(HEAD + GOOD + GOOD)
    assert f"city.yaml:{LINE + 4}: rules[1].id" in found
    assert f"first in line {LINE}" in found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "must be a mapping"),
        ("", "is required"),
        ("name: [", "not valid YAML"),
        ("name: x\nrules: 5", "must be a list"),
        ("name: x\nrules: [5]", "must be a mapping with an `id`"),
        ("name: x\nrules: []", "has no clauses"),
        ("name: x\nname: y", "given twice"),
        ("a: &a [1, 1]\nb: *a", "anchors and aliases"),
        ("name: x\nextends: nowhere", "no file shipped:policies/nowhere.yaml"),
        ("name: x\nextends: ./city.yaml", "in a circle"),
        ("name: x\nextends: 5", "must be the name of a policy"),
        ("name: x\nlists: [{id: w, file: none.yaml}]", "no file none.yaml"),
        ("name: x\ncontacts: 5", "expected keys and values (got 5)"),
        ("name:", "city.yaml:1: name: expected text (got nothing)"),
        ("name: x\ncontacts: {a: 5}", "must be a mapping"),
        ("name: x\ncontacts: !!python/object:os.system {}", "has a tag, 'python/object:os.system'"),
        ("name: x\nrules: !own []", "has a tag, '!own'"),
    ],
)
def test_a_broken_file_is_named(text: str, words: str) -> None:
    assert any(words in line for line in problems(text)), problems(text)


def test_whatever_a_file_holds_each_problem_is_one_line() -> None:
    assert problems("name: x\ncity: é\n\nrules: a\0b\n") == [
        "city.yaml:4: is not valid YAML: control characters are not allowed (U+0000)"
    ]
    assert "city.yaml:1: a b: unknown key" in problems('"a\\nb": 1\nname: x')
    (long,) = [line for line in problems(f"name: x\ncontacts: {'x' * 5000}") if "contacts" in line]
    assert len(long) < 200


def test_a_missing_file_is_named() -> None:
    assert Files().problems("gone.yaml") == ["gone.yaml:1: there is no file gone.yaml"]


def test_a_chain_of_files_without_end_is_refused() -> None:
    chain = {f"p{n}": f"name: x\nextends: ./p{n + 1}.yaml\n" for n in range(40)}
    assert "extend one another" in Files(**chain).problems("p0.yaml")[0]


BASE = HEAD + rule("when: {words: [darn]}\npriority: low\nexamples: {match: [darn], allow: [barn]}")


def test_a_rule_is_off_where_its_clause_is_not_served_by_rules() -> None:
    base = BASE.replace("text: X", "text: X, served: reports")
    assert [line for line in problems(base) if "is served by reports alone" in line]
    assert problems(base.replace("priority: low", "enabled: false")) == []


@pytest.mark.parametrize("name", ["shipped:policies/default.yaml", "shipped:policies/sample_city.yaml"])
def test_a_policy_survives_being_written_and_read_again(name: str) -> None:
    files = Files()
    policy = files.load(name)
    files.files["copy.yaml"] = dump_policy(policy)
    again = load_policy("copy.yaml", files)
    assert again == policy
    assert again.version == policy.version


def test_comments_and_layout_make_no_new_version() -> None:
    one = Files(city=HEAD + GOOD).load()
    two = Files(
        city="# hello\n"
        + HEAD
        + GOOD.replace("[darn]", "\n      - darn").replace("{words: ", "\n     words: ").replace("}", "")
    ).load()
    assert one.version == two.version
