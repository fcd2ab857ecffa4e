"""`beadle list add` and `beadle list import`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.policies import read_policy
from tests.bot.cli_support import Beadle

CITY = """\
# Rivertown's own file, adopted in May.
name: Rivertown policy
clauses:
  - {id: talk, title: Talk, text: Be kind.}  # the only one

lists:
  # Ours, in the order of the resolution.
  - {id: foul, kind: words, entries: [drat]}  # more to come
  - id: shady
    kind: domains
    entries:
      - shady.example
    # ask the sheriff for more
rules:
  - id: foul-words
    clause: talk
    category: vulgarity
    when: {words: {lists: [foul]}}
    examples: {match: [oh drat], allow: [The class passed the assessment, Heck Street is closed]}
  - id: shady-links
    clause: talk
    category: spam
    when: {links: {lists: [shady]}}
"""


@pytest.fixture
def city(tmp_path: Path) -> Path:
    file = tmp_path / "city.yaml"
    file.write_text(CITY, encoding="utf-8")
    return file


def entries(list_id: str) -> tuple[str, ...]:
    return next(named.entries for named in read_policy("city.yaml").lists if named.id == list_id)


def added(city: Path) -> list[str]:
    """Return the lines that the policy has and did not have before; none of the old may be gone."""
    lines = city.read_text("utf-8").splitlines()
    old = iter(CITY.splitlines())
    expected = next(old, None)
    new = []
    for line in lines:
        if line == expected:
            expected = next(old, None)
        else:
            new.append(line)
    assert expected is None
    return new


def test_words_are_added_to_a_list_in_a_file_of_their_own(beadle: Beadle, city: Path, tmp_path: Path) -> None:
    ran = beadle("list", "add", "heckity", "dang it", "-p", "city.yaml", "--id", "foul")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "lists/foul.yaml: saved 2 new entries, 0 there already, 0 refused\n"
    assert entries("foul") == ("drat", "heckity", "dang it")
    assert (tmp_path / "lists/foul.yaml").read_text("utf-8") == (
        "kind: words\nnote: Our own.\nentries:\n  - heckity\n  - dang it\n"
    )
    new = "  - {id: foul, kind: words, entries: [drat], add_file: lists/foul.yaml}  # more to come"
    assert city.read_text("utf-8") == re.sub(r"  - \{id: foul.*", new, CITY)


def test_a_list_written_in_lines_gets_a_line_and_keeps_its_remarks(beadle: Beadle, city: Path) -> None:
    beadle("list", "add", "bad.example", "-p", "city.yaml", "--id", "shady")
    assert added(city) == ["    add_file: lists/shady.yaml"]
    assert entries("shady") == ("shady.example", "bad.example")


def test_doing_it_again_changes_nothing(beadle: Beadle, city: Path, tmp_path: Path) -> None:
    def once() -> str:
        return beadle("list", "add", "Heckity", "DRAT", "-p", "city.yaml", "--id", "foul").out

    once()
    before = city.read_bytes(), (tmp_path / "lists/foul.yaml").read_bytes()
    assert once() == "foul: 0 new entries, 2 there already, 0 refused\n"
    assert (city.read_bytes(), (tmp_path / "lists/foul.yaml").read_bytes()) == before


def test_a_later_import_adds_what_is_new_and_keeps_remarks_in_the_list(
    beadle: Beadle, city: Path, tmp_path: Path
) -> None:
    beadle("list", "add", "heckity", "-p", "city.yaml", "--id", "foul")
    own = tmp_path / "lists/foul.yaml"
    own.write_text(own.read_text("utf-8") + "  # and from the county:", encoding="utf-8")
    (tmp_path / "county.txt").write_text("heckity\nfrick\n", encoding="utf-8")
    beadle("list", "import", "county.txt", "-p", "city.yaml", "--id", "foul")
    assert entries("foul") == ("drat", "heckity", "frick")
    assert "# and from the county:" in own.read_text("utf-8")
    assert len(re.findall("add_file", city.read_text("utf-8"))) == 1


@pytest.mark.parametrize(
    ("name", "text", "options"),
    [
        ("a.txt", "# a list\r\none.example\r\n\r\n// more\r\n*.two.example # why\r\n", ()),
        ("hosts.txt", "127.0.0.1 one.example\n0.0.0.0 two.example\n", ()),
        ("a.csv", "name,seen\none.example,1\ntwo.example,2\n", ("--column", "name")),
        ("a.csv", "domain\n one.example\ntwo.example\n", ()),
        ("a.tsv", "seen\tname\n1\tone.example\n2\ttwo.example\n", ("--column", "name")),
        ("a.json", json.dumps(["one.example", "two.example"]), ()),
        ("a.json", json.dumps({"date": 1, "domains": ["one.example", "two.example"]}), ()),
        ("a.yaml", "kind: domains\nentries: [one.example, two.example]\n", ()),
    ],
)
def test_published_lists_are_read_in_the_forms_they_come_in(
    beadle: Beadle, city: Path, tmp_path: Path, name: str, text: str, options: tuple[str, ...]
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    ran = beadle("list", "import", name, "-p", "city.yaml", "--id", "shady", *options)
    assert (ran.code, ran.err) == (0, "")
    assert entries("shady") == ("shady.example", "one.example", "two.example")


def test_what_a_list_cannot_take_is_refused_with_its_line_and_the_rest_goes_in(
    beadle: Beadle, city: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("good.example\nhttps://x.example/y\nno domain\n", encoding="utf-8")
    ran = beadle("list", "import", "a.txt", "-p", "city.yaml", "--id", "shady")
    assert ran.code == 1
    assert ran.out.endswith("saved 1 new entry, 0 there already, 2 refused\n")
    second, third = ran.err.splitlines()
    assert second.startswith("a.txt:2: 'https://x.example/y' must be a domain alone")
    assert third.startswith("a.txt:3: 'no domain' is not a domain")


def test_only_so_many_refusals_are_shown(beadle: Beadle, city: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("bad domain\n" * 50, encoding="utf-8")
    ran = beadle("list", "import", "a.txt", "-p", "city.yaml", "--id", "shady")
    assert ran.code == 1
    assert ran.err.splitlines()[-1] == "… and 30 more refused"
    assert not (tmp_path / "lists").exists()


def test_what_is_common_in_ordinary_talk_is_refused_unless_it_is_wanted_all_the_same(
    beadle: Beadle, city: Path
) -> None:
    add = ("list", "add", "council", "heckity", "-p", "city.yaml", "--id", "foul")
    ran = beadle(*add)
    assert ran.code == 1
    assert re.match(r"entry:1: 'council' is in \d+ of \d+ ordinary comments, such as “.*--anyway\n$", ran.err)
    assert entries("foul") == ("drat", "heckity")
    ran = beadle(*add, "--anyway")
    assert ran.code == 0
    assert re.match(r"warning: 'council' is in \d+ of \d+ ordinary comments, such as “", ran.err)
    assert entries("foul") == ("drat", "heckity", "council")


def test_what_is_common_goes_into_a_list_that_decides_nothing_alone(beadle: Beadle, city: Path) -> None:
    lone = "when: {words: {lists: [foul]}}"
    city.write_text(CITY.replace(lone, "when: {all: [{words: {lists: [foul]}}, {words: [drat]}]}"), "utf-8")
    ran = beadle("list", "add", "council", "-p", "city.yaml", "--id", "foul")
    assert (ran.code, ran.err[:8]) == (0, "warning:")


def test_what_is_seldom_in_ordinary_talk_is_only_warned_of(beadle: Beadle, city: Path) -> None:
    city.write_text(CITY + "    examples: {allow: [a gadzook]}\n", "utf-8")
    ran = beadle("list", "add", "gadzook", "-p", "city.yaml", "--id", "foul")
    assert ran.code == 0
    assert re.match(r"warning: 'gadzook' is in 1 of \d+ ordinary comments, such as “a gadzook”", ran.err)


def test_the_entries_that_break_examples_are_named_and_the_others_go_in(beadle: Beadle, city: Path) -> None:
    new = ("the", "", "zounderkite", "passed the")
    ran = beadle("list", "add", *new, "-p", "city.yaml", "--id", "foul")
    assert ran.code == 1
    shown = "the rule foul-words finds 'The class passed the assessment', which it must allow"
    assert ran.err.splitlines() == [
        "entry:2: '' is empty",
        f"entry:1: 'the' breaks an example: {shown}",
        f"entry:4: 'passed the' breaks an example: {shown}",
    ]
    assert ran.out == "lists/foul.yaml: saved 1 new entry, 0 there already, 3 refused\n"
    assert entries("foul") == ("drat", "zounderkite")


def test_a_domain_of_the_citys_own_is_refused_for_a_list_of_bad_ones(beadle: Beadle, city: Path) -> None:
    own = "lists:\n  - {id: own-domains, kind: domains, entries: [.gov, rivertown.example]}\n"
    city.write_text(CITY.replace("lists:\n", own), "utf-8")
    bad = ("pay.rivertown.example", "Rivertown.Example.", "evil.example", "*")
    ran = beadle("list", "add", *bad, "-p", "city.yaml", "--id", "shady")
    assert ran.code == 1
    why = "is one of the city's own and trusted sites ('rivertown.example' in the list own-domains)"
    first, second, third = ran.err.splitlines()
    assert first == f"entry:1: 'pay.rivertown.example' {why}"
    assert second == f"entry:2: 'Rivertown.Example.' {why}"
    assert third.startswith("entry:4: '*' ")
    assert entries("shady") == ("shady.example", "evil.example")
    assert beadle("list", "add", "x.gov", "-p", "city.yaml", "--id", "own-domains").code == 0


@pytest.mark.parametrize(("text", "told"), [("", "is empty"), ("# none yet\n", "holds no entries")])
def test_a_file_that_holds_nothing_is_told(
    beadle: Beadle, city: Path, tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "a.txt").write_text(text, "utf-8")
    ran = beadle("list", "import", "a.txt", "-p", "city.yaml", "--id", "foul")
    assert (ran.code, ran.err) == (1, f"a.txt:1: {told}\n")


@pytest.mark.parametrize("entry", ["*ass*", "heck"])
def test_entries_that_find_what_a_rule_must_allow_change_nothing(
    beadle: Beadle, city: Path, tmp_path: Path, entry: str
) -> None:
    ran = beadle("list", "add", entry, "-p", "city.yaml", "--id", "foul")
    assert ran.code == 1
    assert "the rule foul-words finds '" in ran.err
    assert "which it must allow" in ran.err
    assert city.read_text("utf-8") == CITY
    assert not (tmp_path / "lists").exists()


def test_a_new_list_is_begun_with_its_kind_and_says_that_no_rule_looks_for_it(
    beadle: Beadle, city: Path
) -> None:
    ran = beadle("list", "add", "gosh", "-p", "city.yaml", "--id", "mild", "--kind", "words")
    assert ran.out.splitlines()[1:] == [
        "No rule looks for the list yet. In a rule: when: {words: {lists: [mild]}}"
    ]
    assert added(city) == ["  - {id: mild, add_file: lists/mild.yaml}"]
    assert entries("mild") == ("gosh",)


def test_a_policy_without_lists_of_its_own_gets_them_at_the_end(beadle: Beadle, tmp_path: Path) -> None:
    (tmp_path / "city.yaml").write_text("extends: default\nname: Rivertown", encoding="utf-8")
    beadle("list", "add", "zounderkite", "-p", "city.yaml", "--id", "vulgarity")
    assert (tmp_path / "city.yaml").read_text("utf-8") == (
        "extends: default\nname: Rivertown\nlists:\n  - {id: vulgarity, add_file: lists/vulgarity.yaml}\n"
    )
    assert entries("vulgarity")[-1] == "zounderkite"
    assert len(entries("vulgarity")) > 100


def test_a_policy_that_cannot_be_edited_safely_is_left_and_its_line_shown(
    beadle: Beadle, tmp_path: Path
) -> None:
    text = CITY[: CITY.index("lists:")] + "lists: [{id: foul, kind: words, entries: [drat]}]\n"
    text += CITY[CITY.index("rules:") : CITY.index("  - id: shady-links")]
    (tmp_path / "city.yaml").write_text(text, encoding="utf-8")
    ran = beadle("list", "add", "gosh", "-p", "city.yaml", "--id", "mild", "--kind", "words")
    assert ran.code == 0
    assert "  - {id: mild, add_file: lists/mild.yaml}" in ran.out.splitlines()
    assert (tmp_path / "city.yaml").read_text("utf-8") == text
    assert (tmp_path / "lists/mild.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("-p", "default", "--id", "slurs"), "comes with Beadle; name a file of your own"),
        (
            ("-p", "city.yaml", "--id", "foil"),
            "the policy has no list 'foil'; begin one with --kind, or name",
        ),
        (("-p", "city.yaml", "--id", "Foil!", "--kind", "words"), "1 to 64 small letters"),
        (("-p", "city.yaml", "--id", "foil", "--kind", "wards"), "expected words, patterns"),
        (("-p", "city.yaml", "--id", "foul", "--kind", "domains"), "the list foul is one of words"),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused(
    beadle: Beadle, city: Path, arguments: tuple[str, ...], told: str
) -> None:
    refused = beadle("list", "add", "gosh", *arguments)
    assert refused.code == 2
    assert told in " ".join(refused.err.replace("│", " ").split())
    assert city.read_text("utf-8") == CITY


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "a.csv",
            "name,seen\na,1\n",
            "a.csv:1: has the columns name, seen; name the one to read with --column",
        ),
        ("a.json", '{"a": [1,]}', "a.json:1: is not valid JSON"),
        (
            "a.json",
            '{"a": ["x"], "b": ["y"]}',
            "a.json:1: holds no list of texts, nor exactly one under a key",
        ),
        ("a.yaml", "entries: [a", "a.yaml:2: is not valid YAML"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_line(
    beadle: Beadle, city: Path, tmp_path: Path, name: str, text: str, told: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    ran = beadle("list", "import", name, "-p", "city.yaml", "--id", "foul")
    assert ran.code == 1
    assert ran.err.startswith(told)


def test_a_column_of_a_file_that_is_no_table_is_a_mistake(beadle: Beadle, city: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x\n", encoding="utf-8")
    ran = beadle("list", "import", "a.txt", "-p", "city.yaml", "--id", "foul", "--column", "name")
    assert ran.code == 1
    assert "is no table" in ran.err


def test_what_could_not_be_saved_whole_is_not_saved(beadle: Beadle, city: Path, tmp_path: Path) -> None:
    (tmp_path / "lists").write_text("in the way", encoding="utf-8")
    ran = beadle("list", "add", "gosh", "-p", "city.yaml", "--id", "foul")
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1
    assert city.read_text("utf-8") == CITY
