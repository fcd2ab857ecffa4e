from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.post import Part
from tests.rules.rules_support import findings, looking_for, steady

CAPITALS = looking_for({"excess": {"capitals": 80, "letters": 20}})
LINES = looking_for({"excess": {"lines": 5}})
EMOJI = looking_for({"excess": {"emoji": 3}})
MARKS = looking_for({"excess": {"marks": 3}})


def detail(rules: object, text: str) -> str | None:
    found = findings(rules, text)  # type: ignore[arg-type]
    return found[0].detail if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WHY IS NOBODY PLOWING MY STREET", "100 % capitals"),
        ("WHY IS NOBODY PLOWING my street!!!", "69 % capitals"),
        ("WHY IS NOBODY", None),
        ("The DNR and the MPCA met the EPA about PFAS", None),
        ("ＷＨＹ ＩＳ ＮＯＢＯＤＹ ＰＬＯＷＩＮＧ ＩＴ", "100 % capitals"),
        ("1234567890 1234567890 1234567890", None),
        ("", None),
    ],
)
def test_shouting_is_found_by_the_share_of_capitals(text: str, expected: str | None) -> None:
    shouted = looking_for({"excess": {"capitals": 60, "letters": 20}})
    assert detail(shouted, text) == expected


def test_a_wall_of_lines_is_found() -> None:
    assert detail(LINES, "a\n" * 5 + "a") == "6 lines"
    assert detail(LINES, "a\n" * 4 + "a") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("😀😀😀😀", "4 emoji"),
        ("well 😀 done 🎉 all ❤️", None),
        ("👍🏽👍🏽👍🏽", None),
        ("<:party:123456789012345678>" * 4, "4 emoji"),
        ("<a:party:123456789012345678>😀😀😀", "4 emoji"),
        ("a < b < c < d < e", None),
        ("Привет, это не эмодзи", None),
    ],
)
def test_more_emoji_than_allowed_are_found(text: str, expected: str | None) -> None:
    assert detail(EMOJI, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("z\u0300\u0301\u0302\u0303\u0304algo", "5 marks on a letter"),
        ("Tie\u0302\u0301ng Vie\u0323\u0302t", None),
        ("हिन्दी में लिखा है", None),
        ("plain", None),
    ],
)
def test_marks_piled_upon_a_letter_are_found(text: str, expected: str | None) -> None:
    assert detail(MARKS, text) == expected


def test_each_text_of_a_post_is_looked_at() -> None:
    assert findings(LINES, "hello", parts=(Part("embed 1", "a\n" * 9),))


@steady()
@given(st.text(max_size=200))
def test_a_text_with_bounds_never_reached_is_left_alone(text: str) -> None:
    rules = looking_for(
        {"excess": {"lines": 400, "emoji": 400, "marks": 100, "capitals": 1, "letters": 4000}}
    )
    assert (detail(rules, text) is None) or len(text) > 100
