"""What was matched is shown without what is private in it, whichever rule matched it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import notice, removed, review
from bot.messages.dossier import Dossier
from bot.messages.matches import highlighted, masked, segments
from bot.messages.particulars import reasons
from rules.post import Attachment, Part, Reply
from rules.verdict import Action, Category, Finding, Match, Priority
from tests.bot.messages_support import MASK, SSN, dossier, fields, matched

PHONE = "[masked: phone number]"
NUMBER = "507-289-4417"
CALL = f"my home phone is {NUMBER}, call any time"
"""No three digits in a row of it stand in the dates, numbers and ids of the sample case."""


def finding(text: str, *spans: tuple[int, int], part: str = "text", detail: str = "") -> Finding:
    """Return a finding of spans that is not about privacy."""
    matches = tuple(Match(part, start, end, text[start:end]) for start, end in spans)
    category, action, priority = Category.HARASSMENT, Action.FLAG, Priority.NORMAL
    return Finding("likely-abuse", "spam", category, action, priority, matches, detail)


def phone(text: str, number: str = NUMBER, part: str = "text") -> Finding:
    """Return the finding of a phone number."""
    found = matched(text, number, part=part)
    return replace(found, matches=tuple(replace(m, form="phone number") for m in found.matches))


def seen(case: Dossier) -> str:
    """Return all that is sent about a case, and in its files, without backslashes."""
    messages = (
        *removed.archive_copy(case),
        review.queue_entry(case),
        notice.direct_notice(case),
        notice.public_notice(case),
    )
    return repr(messages).replace("\\", "")


def said(case: Dossier) -> list[str]:
    return [line.replace("\\", "") for line in reasons(case)]


def test_a_match_around_private_data_is_shown_with_the_label_in_its_place() -> None:
    text = f"vote for me {NUMBER} or die, clerk"
    threat = finding(text, (0, text.index(", clerk")))
    case = dossier(text, phone(text), threat)
    assert said(case)[1] == f"rule `likely-abuse`: “vote for me {PHONE} or die”"
    shown = highlighted(case.shown(text)).replace("\\", "")
    assert shown == f"vote for me __**{PHONE}**__ or die, clerk"


def test_a_match_within_private_data_is_left_out() -> None:
    parts = [(CALL.index(part), CALL.index(part) + len(part)) for part in ("289", "phone", "4417", NUMBER)]
    assert said(dossier(CALL, phone(CALL), finding(CALL, *parts)))[1] == "rule `likely-abuse`: “phone”"


def test_a_finding_of_nothing_but_private_data_says_that_it_is_masked() -> None:
    at = CALL.index("289")
    lines = said(dossier(CALL, phone(CALL), finding(CALL, (at, at + 3), (at + 4, at + 8))))
    assert lines[1] == "rule `likely-abuse`: what it matched is masked"


def test_the_same_place_in_another_part_of_the_post_is_shown() -> None:
    text = f"call {NUMBER}"
    case = dossier(text, phone(text), finding("x" * 30, (5, 17), part="embed 1"))
    case = replace(case, post=replace(case.post, parts=(Part("embed 1", "a fine day in the village hall"),)))
    assert said(case)[1] == "rule `likely-abuse`: “e day in the”"


def test_what_lies_beyond_the_matches_that_are_kept_is_masked_in_other_matches_too() -> None:
    text = f"{SSN} and {SSN} too"
    second = text.rindex(SSN)
    others = finding(text, (second, second + 3), (second - 4, second + 6))
    case = dossier(text, matched(text, SSN), others)
    assert said(case)[1] == "rule `likely-abuse`: what it matched is masked"
    assert SSN[:3] not in seen(case)


def test_matches_that_overlap_private_data_are_shown_where_they_reach_beyond_it() -> None:
    text = "call 219-09-9999 now"
    findings = [matched(text, "219-09-9999"), matched(text, "9999 now", Category.SPAM)]
    assert masked(segments(text, findings)) == f"call {MASK} now"


def test_private_matches_that_overlap_are_masked_together() -> None:
    text = "call 219-09-9999 now"
    findings = [matched(text, "219-09"), matched(text, "09-9999")]
    assert masked(segments(text, findings)) == f"call {MASK} now"


def test_a_match_is_highlighted_where_it_stands() -> None:
    text = "a *very* cheap loan here"
    cut = segments(text, [matched(text, "cheap loan", Category.SPAM)])
    assert highlighted(cut) == r"a \*very\* __**cheap loan**__ here"


def test_a_score_of_the_model_is_told_in_words() -> None:
    text = "The first to buy\nit, by my version"
    spans = [(text.index(w), text.index(w) + len(w)) for w in ("first", "it", "version")]
    found = finding(text, *spans, detail="model: promotion 0.52")
    assert said(dossier(text, found)) == [
        "rule `likely-abuse`: the model finds it likely (promotion 0.52), most for “first”, “version”"
    ]
    low = replace(found, detail="model: threat 0.12 in a part", matches=found.matches[:1])
    assert said(dossier(text, low)) == [
        "rule `likely-abuse`: the model does not rule a part of it out (threat 0.12); “first”"
    ]


def test_each_rule_has_one_line_whatever_it_matched() -> None:
    text = "buy\n\nit now"
    case = dossier(text, finding(text, (0, len(text))), finding(text, (0, 3)))
    assert fields(review.queue_entry(case).card)["Found"] == (
        "rule `likely-abuse`: “buy it now”\nrule `likely-abuse`: “buy”"
    )


LETTERS = st.text(st.sampled_from("ab \n*_`"), max_size=12)
DIGITS = st.text(st.sampled_from("4578-. "), min_size=3, max_size=20)


@st.composite
def private_cases(draw: st.DrawFn) -> tuple[Dossier, set[str]]:
    """Return a case with numbers that a privacy rule matched, and the three-digit pieces of them."""
    texts: dict[str, str] = {}
    secret: list[Match] = []
    others: list[Match] = []
    for part in ("text", "embed 1", "attachment 1"):
        text = draw(LETTERS)
        for number in draw(st.lists(DIGITS, min_size=part == "text", max_size=3)):
            secret.append(Match(part, len(text), len(text) + len(number), number))
            text += number + draw(LETTERS)
        texts[part] = text
        places = st.integers(0, len(text))
        for start, end in draw(st.lists(st.tuples(places, places), max_size=6)):
            low, high = min(start, end), max(start, end)
            others.append(Match(part, low, high, text[low:high]))
    privacy = replace(matched("1", "1"), matches=tuple(secret))
    cut = draw(st.integers(0, len(others)))
    found = [
        replace(finding("", detail="model: abuse 0.62"), matches=tuple(m))
        for m in (others[:cut], others[cut:])
    ]
    case = dossier(texts["text"], *draw(st.permutations([privacy, *found])))
    post = replace(
        case.post,
        parts=(Part("embed 1", texts["embed 1"]),),
        attachments=(Attachment(1, texts["attachment 1"], 3, None, ""),),
        # Too long for the form's card, so that the whole form goes with it as a file.
        reply=Reply(9, 3, "Ned", "x" * 900) if draw(st.booleans()) else None,
    )
    pieces = {m.text[n : n + 3] for m in secret for n in range(len(m.text) - 2)}
    return replace(case, post=post), {piece for piece in pieces if piece.isdecimal()}


@settings(max_examples=200)
@given(private_cases())
def test_no_message_holds_three_digits_of_what_a_privacy_rule_matched(
    made: tuple[Dossier, set[str]],
) -> None:
    case, pieces = made
    shown = seen(case)
    assert not [piece for piece in pieces if piece in shown]
