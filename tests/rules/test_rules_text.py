from __future__ import annotations

from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.text.characters import fold_character
from rules.text.lookalikes import LOOKALIKES
from rules.text.text import Text
from rules.text.vocabulary import Vocabulary
from tests.rules.rules_support import steady

ANY = st.text(st.characters(codec=None), max_size=120)
TRICKY = st.text(st.sampled_from("aAbsS5$1l!. -_*|'\u200b\u0301é ｆаß日😀\u202e\ud800\n"), max_size=60)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Hello,   World!", " hello world "),
        ("don't", " dont "),
        ("don’t", " dont "),
        ("5ch00l $ave", " school save "),
        ("Ｆｕｌｌ", " full "),
        ("𝕄𝕒𝕥𝕙", " math "),
        ("naïve façade", " naive facade "),
        ("z\u200be\u2060r\u00ado", " zero "),
        ("\u202eabc\u202c", " abc "),
        ("аррlе", " apple "),
        ("Straße", " strasse "),
        ("🇺🇸", " us "),
        ("日本", " 日 本 "),
        ("café — bar…", " cafe bar "),
        ("", " "),
        ("\u200b\u200b", " "),
        ("a\ud800b", " a b "),
        ("हिन्दी", " हिन्दी "),
    ],
)
def test_plain_words(text: str, plain: str) -> None:
    assert Text("text", text).plain.decode() == plain


@pytest.mark.parametrize(
    ("text", "squashed"),
    [
        ("f.u.n", " fun "),
        ("f u n", " fun "),
        ("f - u - n", " fun "),
        ("fu**n**", " fun "),
        ("soooo good", " so god "),
        ("the end.Next one", " the end next one "),
        ("well-known", " welknown "),
        ("one two", " one two "),
    ],
)
def test_words_put_together(text: str, squashed: str) -> None:
    assert read_closely(text).squashed.decode() == squashed


def read_closely(text: str) -> Text:
    """Return a text in which every broken-up word may be one that a ruleset knows."""
    return Text("text", text, Vocabulary([letter.encode() for letter in ascii_lowercase]))


@steady()
@given(st.one_of(ANY, TRICKY))
def test_every_traced_reading_has_the_bytes_of_the_quick_one(text: str) -> None:
    read = read_closely(text)
    assert read.traced_written.data == read.written
    assert read.traced_shown.data == read.shown
    assert read.traced_plain.data == read.plain
    assert read.traced_joined.data == read.joined
    assert read.traced_squashed.data == read.squashed


@steady()
@given(st.one_of(ANY, TRICKY))
def test_every_byte_has_an_origin_in_the_text_and_in_order(text: str) -> None:
    read = read_closely(text)
    for traced in (read.traced_written, read.traced_shown, read.traced_plain, read.traced_joined):
        origins = list(traced.origins)
        assert len(origins) == len(traced.data)
        assert origins == sorted(origins)
        assert all(0 <= origin < max(1, len(text)) for origin in origins)


@steady()
@given(st.one_of(ANY, TRICKY))
def test_reading_what_was_read_changes_nothing(text: str) -> None:
    plain = Text("text", text).plain
    assert Text("text", plain.decode()).plain == plain


@steady()
@given(st.characters(codec=None))
def test_folding_a_character_settles(character: str) -> None:
    folded = fold_character(character)
    again = "".join(map(fold_character, folded))
    assert again.split() == folded.split()


def test_lookalikes_are_not_ascii_and_pass_for_ascii() -> None:
    for source, target in LOOKALIKES.items():
        assert not source.isascii()
        assert target.isascii()
        assert target.isalnum()
        assert target == target.lower()


def test_a_text_keeps_its_length_where_many_signs_stand_for_letters() -> None:
    text = b" ab.* a*aaa.a.aaababaaaaaaaa.abaaa***aaa.aaaaaa.aaa* "
    assert len(Vocabulary([b" shit ", b" fuck "]).fill(text)) == len(text)


@pytest.mark.parametrize("text", [b" 50% off ", b" 455# is the lot ", b" a 5# bag "])
def test_a_number_with_a_sign_is_no_masked_word(text: bytes) -> None:
    assert Vocabulary([b" sod ", b" asse ", b" sad "], [b" off "]).fill(text) == text


def test_letters_spelled_out_between_signs_are_not_masks() -> None:
    assert Vocabulary([b"bull", b" balloon "]).fill(b" b.l.o.w b*ll ") == b" b.l.o.w bull "


@steady()
@given(st.text(st.sampled_from("abfu.*-c"), max_size=60))
def test_filling_in_letters_keeps_the_length(text: str) -> None:
    looks = text.encode()
    assert len(Vocabulary([b" fuck ", b" cub", b"baf "]).fill(looks)) == len(looks)
