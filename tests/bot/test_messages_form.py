"""The removed-comments form: every field of it, and nothing of it lost where Discord has no room."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import removed
from bot.messages.dossier import Dossier, Keepsake
from bot.messages.form import ATTACHED
from rules.post import Part, Reply
from rules.verdict import Category
from tests.bot.messages_support import FORM, NOW, SSN, dossier, fields, matched, size

OTHER = "Other information"


def entire_form(case: Dossier) -> str:
    """Return the text of the form that is attached."""
    (file,) = [f for f in removed.archive_copy(case)[0].files if f.name == "case-12-form.txt"]
    return file.data.decode()


def full(**changes: object) -> Dossier:
    """Return a case with more on record than the card has room for."""
    text = "cheap *loan*"
    files = tuple(Keepsake(f"scan_{n}_{'of_a_letter_' * 9}.png", 7, "0" * 64, b"png") for n in range(1, 11))
    before = replace(dossier().post, text="a_cheap\nloan " * 60 + "before")
    case = dossier(text, matched(text, "loan", Category.SPAM), files=files, earlier=(before,), others=(3, 4))
    return replace(case, **changes)  # type: ignore[arg-type] # fields of a dossier, by name


def test_the_form_has_every_field_of_the_paper_one() -> None:
    (copy,) = removed.archive_copy(dossier())
    assert copy.text == "**Case 12 · removed comment**"
    assert list(fields(copy.card)) == FORM
    assert "Council resolution 7, September 1, 2026" in fields(copy.card)["Removed by"]
    assert [button.action for button in copy.buttons] == ["received:12"]


def test_a_received_form_has_no_button_any_more() -> None:
    (copy,) = removed.archive_copy(dossier(received_at=NOW, received_by="Cora"))
    assert copy.buttons == ()
    assert fields(copy.card)["Date received by the coordinator"] == "Nov 20, 2026, 9:31 am CST, Cora"


def test_files_are_spread_over_as_many_messages_as_discord_needs() -> None:
    text = "cheap loan"
    eight = bytes(8 * 1024 * 1024)
    files = tuple(Keepsake(f"{n}.bin", len(eight), "0", eight) for n in range(5))
    copies = removed.archive_copy(dossier(text, matched(text, "loan", Category.SPAM), files=files))
    assert [[file.name for file in copy.files] for copy in copies] == [
        ["0.bin", "1.bin", "2.bin"],
        ["3.bin", "4.bin"],
    ]
    assert copies[1].text == "**Case 12 · removed comment, files 2 of 2**"


def test_a_file_that_is_not_kept_is_named_with_the_reason() -> None:
    case = dossier(files=(Keepsake("a.png", 7, None, None, "the file server answered 404"),))
    (copy,) = removed.archive_copy(case)
    other = fields(copy.card)["Other information"]
    assert "Attachment 1: a.png, 7 bytes, not kept: the file server answered 404" in other


def test_a_form_of_a_flood_names_the_case_that_it_began_with() -> None:
    (form,) = removed.archive_copy(dossier(flood_began_with=9))
    assert "Part of one flood, which began with case 9" in fields(form.card)["Other information"]


def test_a_form_that_fits_has_no_file() -> None:
    (copy,) = removed.archive_copy(dossier())
    assert not copy.files
    assert ATTACHED not in repr(copy)


def test_what_a_field_has_no_room_for_is_attached_in_a_text_file_and_the_field_says_so() -> None:
    case = full()
    card = removed.archive_copy(case)[0].card
    shown = fields(card)[OTHER].splitlines()
    assert shown[-1] == ATTACHED
    assert shown[1] == "Other versions of it: cases 3, 4"
    assert "Ruleset ffffffffffff" in shown
    assert "Attachment 10" not in fields(card)[OTHER]
    whole = entire_form(case)
    for file in case.files:
        assert f"{file.filename}, 7 bytes\n" in whole
    assert f"Earlier version: {case.earlier[0].text}\n" in whole
    for label, value in fields(card).items():
        assert f"\n\n{label}:\n" in whole
        assert label == OTHER or value.replace("\\", "") in whole
    assert "Entire comment:\ncheap *loan*\n" in whole


def test_a_field_is_cut_at_a_line() -> None:
    case = full()
    whole = entire_form(case)
    *kept, _ = fields(removed.archive_copy(case)[0].card)[OTHER].splitlines()
    assert all(line.replace("\\", "") in whole.splitlines() for line in kept)


def test_a_line_too_long_for_its_field_is_shown_by_its_beginning() -> None:
    case = dossier(reply=Reply(9, 3, "Ned", "why? " * 400 + "end"))
    *_, line, note = fields(removed.archive_copy(case)[0].card)[OTHER].splitlines()
    assert line.startswith("In answer to Ned: why? why?")
    assert line.endswith("…")
    assert note == ATTACHED
    assert "why? end" in entire_form(case)


def test_many_reasons_are_all_in_the_attached_form() -> None:
    text = "a cheap loan, " * 5
    found = matched(text, text, Category.SPAM)
    case = dossier(text, *(replace(found, rule=f"repeats-{n}") for n in range(40)))
    assert fields(removed.archive_copy(case)[0].card)["Reason for removal"].endswith(ATTACHED)
    assert all(f"rule `repeats-{n}`: “a cheap loan, " in entire_form(case) for n in range(40))


def test_the_attached_form_keeps_the_direction_of_writing_and_its_card_shows_it() -> None:
    case = full(earlier=(replace(dossier().post, text="1\u202e2"),), files=())
    case = replace(case, post=replace(case.post, reply=Reply(9, 3, "Ned", "x" * 900)))
    assert "Earlier version: 1⟨U+202E⟩2" in fields(removed.archive_copy(case)[0].card)[OTHER]
    assert "Earlier version: 1\u202e2" in entire_form(case)


def test_the_attached_form_shows_nothing_private() -> None:
    long = Reply(9, 3, f"Ned {SSN}", "x" * 900 + SSN)
    case = dossier(reply=long, parts=(Part("embed 1", f"again {SSN}"),), earlier=(dossier().post,))
    whole = entire_form(case)
    assert SSN not in whole
    assert whole.count("[masked: ") == 5


@settings(max_examples=50)
@given(st.integers(0, 1200), st.sampled_from("x_\n"))
def test_what_may_change_once_a_form_is_posted_does_not_decide_whether_a_file_goes_with_it(
    length: int, letter: str
) -> None:
    posted = dossier(reply=Reply(9, 3, "Ned", "a" + letter * length), removed_at=None)
    later = replace(
        posted,
        removed_at=NOW,
        received_at=NOW,
        received_by="_" * 32,
        others=tuple(range(1_000_000, 1_000_010)),
    )
    before, after = (removed.archive_copy(case)[0] for case in (posted, later))
    assert [f.name for f in before.files] == [f.name for f in after.files]
    for copy in (before, after):
        assert (ATTACHED in fields(copy.card)[OTHER]) == bool(copy.files)
        assert len(fields(copy.card)[OTHER]) <= 1024
        assert size(copy.card) <= 6000
    assert fields(after.card)[OTHER].splitlines()[2:] == fields(before.card)[OTHER].splitlines()[1:]
