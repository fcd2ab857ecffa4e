from __future__ import annotations

import pytest

from rules.detectors.words.terms import problem
from tests.rules.rules_support import found, looking_for, matches


@pytest.mark.parametrize(
    ("text", "span", "undone"),
    [
        ("what a darn mess", "darn", ()),
        ("DARN it", "DARN", ()),
        ("d\u200barn", "d\u200barn", ("invisible characters",)),
        ("da\u202ern", "da\u202ern", ("invisible characters",)),
        ("ｄａｒｎ", "ｄａｒｎ", ("styled letters",)),
        ("𝖉𝖆𝖗𝖓 it", "𝖉𝖆𝖗𝖓", ("styled letters",)),
        ("därn", "därn", ("accents",)),
        ("da\u0301\u0302rn", "da\u0301\u0302rn", ("accents",)),
        ("dаrn", "dаrn", ("look-alike letters",)),
        ("d4rn", "d4rn", ("digits or signs for letters",)),
        ("d@rn", "d@rn", ("digits or signs for letters",)),
        ("d.a.r.n it", "d.a.r.n", ("signs between letters",)),
        ("d a r n it", "d a r n", ("spaces between letters",)),
        ("d**ar**n", "d**ar**n", ("markdown",)),
        ("d||a||rn", "d||a||rn", ("markdown",)),
        ("daaaarn", "daaaarn", ("repeated letters",)),
        ("🇩🇦🇷🇳", "🇩🇦🇷🇳", ("styled letters",)),
        ("d-a-a-a-a-r-n", "d-a-a-a-a-r-n", ("signs between letters", "repeated letters")),
        ("(darn)", "darn", ()),
        ("oh,darn!", "darn", ()),
    ],
)
def test_an_evasion_is_undone_and_named(text: str, span: str, undone: tuple[str, ...]) -> None:
    (match,) = matches(looking_for({"words": ["darn"]}), text)
    assert match.text == span
    assert text[match.start : match.end] == span
    assert match.form == "darn"
    assert set(match.undone) == set(undone)


@pytest.mark.parametrize(
    "text",
    [
        "darned",
        "udarn",
        "d arn",
        "dar n",
        "da rn it",
        "barn",
        "dan",
        "darnned yarn",
        "the dar.Next sentence",
        "",
    ],
)
def test_another_word_is_left_alone(text: str) -> None:
    assert found(looking_for({"words": ["darn"]}), text) == []


@pytest.mark.parametrize(
    ("entry", "text", "span"),
    [
        ("heck*", "hecking", "hecking"),
        ("*heck", "whatheck no", "whatheck"),
        ("*heck*", "ohheckno", "ohheckno"),
        ("gosh darn", "oh Gosh,  darn it", "Gosh,  darn"),
        ("gosh darn*", "gosh darned", "gosh darned"),
        ("don't", "I dont", "dont"),
        ("dont", "I don’t", "don’t"),
        ("bull", "bu1l", "bu1l"),
        ("slob", "s1ob", "s1ob"),
        ("слово", "Слово!", "Слово"),
        ("日本", "この日本の", "日本"),
        ("1488", "code 1488", "1488"),
        ("héro", "hero", "hero"),
    ],
)
def test_an_entry_finds(entry: str, text: str, span: str) -> None:
    assert found(looking_for({"words": [entry]}), text) == [span]


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("heck*", "check"),
        ("*heck", "heckle"),
        ("gosh darn", "gosh, what a darn"),
        ("1488", "iabb"),
        ("ass", "455"),
        ("ass", "the a55 road"),
        ("boob", "8008"),
        ("coon", "con"),
        ("bull", "a buil of goods"),
        ("slob", "siob"),
        ("rape*", "a rapper, so sooo good"),
    ],
)
def test_an_entry_does_not_find(entry: str, text: str) -> None:
    assert found(looking_for({"words": [entry]}), text) == []


@pytest.mark.parametrize(
    "text", ["Scunthorpe", "SCUNTHORPE!!!", "s.c.u.n.t.h.o.r.p.e", "Scunthorpe is sooo far"]
)
def test_an_exception_covers_what_lies_inside_it(text: str) -> None:
    rules = looking_for({"words": {"any_of": ["*cunt*"], "except": ["scunthorpe"]}})
    assert found(rules, text) == []
    assert found(rules, text + " cunt") == ["cunt"]


def test_an_exception_does_not_cover_what_reaches_out_of_it() -> None:
    rules = looking_for({"words": {"any_of": ["white power"], "except": ["white power pole"]}})
    assert found(rules, "the white power pole fell") == []
    assert found(rules, "white power now") == ["white power"]


def test_a_list_brings_its_entries_and_exceptions() -> None:
    named = {"id": "w", "kind": "words", "entries": ["coon"], "except": ["maine coon"]}
    rules = looking_for({"words": {"lists": ["w"]}}, lists=[named])
    assert found(rules, "a maine coon, a coon") == ["coon"]


def test_a_word_is_found_once_however_many_entries_mean_it() -> None:
    assert found(looking_for({"words": ["darn", "darn*", "*arn*"]}), "darn") == ["darn"]


def test_a_match_in_another_part_carries_its_label() -> None:
    from rules.post import Part

    (match,) = matches(looking_for({"words": ["darn"]}), "fine", parts=(Part("embed", "oh darn"),))
    assert (match.part, match.start, match.end) == ("embed", 3, 7)


@pytest.mark.parametrize("entry", ["*", "a", "!!", "da*rn", "ab*", "   "])
def test_an_entry_that_would_match_too_much_or_nothing_is_refused(entry: str) -> None:
    assert problem(entry)


@pytest.mark.parametrize("entry", ["ok", "abc*", "日", "*日*", "gosh darn", "$hit"])
def test_a_sensible_entry_is_accepted(entry: str) -> None:
    assert problem(entry) is None
