"""The words that Beadle sends: to the letter, masked, and within Discord's limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import notice, removed, review
from bot.messages.dossier import Keepsake
from bot.messages.text import clip, escape, local, quote, ranges
from rules.post import Attachment, Author, Part, Place, Reply, Subject
from rules.verdict import Action, Category, Priority
from tests.bot.messages_support import CHICAGO, MASK, NOW, SSN, dossier, fields, matched, size

TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""What Unicode has to set the direction of writing."""


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("**bold** _it_ ~~no~~ `code` ||hid||", r"\*\*bold\*\* \_it\_ \~\~no\~\~ \`code\` \|\|hid\|\|"),
        ("# shout\n- list\n> quote", "\\# shout\n\\- list\n\\> quote"),
        ("@everyone <@12> <#3>", r"\@everyone \<\@12> \<#3>"),
        ("see https://evil.example/x", r"see https\://evil.example/x"),
        ("[safe](https://evil.example)", r"\[safe\](https\://evil.example)"),
        ("1\u202e2\u2066*", r"1⟨U+202E⟩2⟨U+2066⟩\*"),
        ("half past 7:30, a - b, 1 > 0", "half past 7:30, a - b, 1 > 0"),
    ],
)
def test_words_are_shown_as_they_were_typed(typed: str, shown: str) -> None:
    assert escape(typed) == shown


@given(st.text(st.characters(exclude_characters=TURNS)))
def test_escaping_only_adds_backslashes(text: str) -> None:
    assert escape(text).replace("\\", "") == text.replace("\\", "")


@given(st.text(st.sampled_from(TURNS + "a *")))
def test_nothing_that_is_shown_can_turn_what_follows_it_around(text: str) -> None:
    shown = escape(text)
    assert not any(mark in shown for mark in TURNS)
    assert shown.count("⟨U+") == sum(text.count(mark) for mark in TURNS)


@given(st.text(), st.integers(1, 50))
def test_clipped_text_fits_and_never_ends_in_half_an_escape(text: str, limit: int) -> None:
    short = clip(text, limit)
    assert len(short) <= limit
    assert not short.removesuffix("…").endswith("\\") or short == text


def test_every_line_of_a_quote_is_quoted() -> None:
    assert quote("a\n\nb") == "> a\n> \n> b"
    assert quote("") == "> (no text)"


def test_times_are_the_citys() -> None:
    assert local(NOW, CHICAGO) == "Nov 20, 2026, 9:31 am CST"
    assert local(datetime(2026, 7, 1, 5, 5, tzinfo=UTC), CHICAGO) == "Jul 1, 2026, 12:05 am CDT"


def test_nothing_private_leaves_in_any_message() -> None:
    case = dossier(
        reply=Reply(9, 3, f"Ned {SSN}", f"is it {SSN}?"),
        parts=(Part("embed 1", f"again {SSN}"),),
        author=Author(4, f"a{SSN}", f"b{SSN}"),
        place=Place(3, f"about-{SSN}"),
        attachments=(Attachment(1, f"{SSN}.png", 3, None, ""),),
        earlier=(dossier().post,),
        context=(dossier().post,),
        files=(Keepsake(f"{SSN}.png", 3, "0" * 64, b"png"),),
    )
    more = (matched(f"again {SSN}", SSN, part="embed 1"), matched(f"{SSN}.png", SSN, part="attachment 1"))
    case = replace(case, verdict=replace(case.verdict, findings=(*case.verdict.findings, *more)))
    for message in (
        *removed.archive_copy(case),
        review.queue_entry(case),
        notice.direct_notice(case),
        notice.public_notice(case),
    ):
        assert SSN not in repr(message)
        assert not message.files


def test_what_lies_beyond_the_matches_that_a_finding_keeps_is_masked_too() -> None:
    text = f"{SSN} and {SSN}"
    case = dossier(text, matched(text, SSN))
    for message in (*removed.archive_copy(case), review.queue_entry(case), notice.direct_notice(case)):
        assert SSN not in repr(message)


def test_a_long_comment_is_attached_whole_and_the_form_stays_within_discords_limit() -> None:
    text = "*long* comment " * 260 + "end"
    spam = matched(text, "end", Category.SPAM)
    (copy,) = removed.archive_copy(dossier(text, spam))
    assert [file.data.decode() for file in copy.files] == [text]
    assert size(copy.card) <= 6000
    assert size(review.queue_entry(dossier(text, spam)).card) <= 6000
    assert len(notice.direct_notice(dossier(text, spam)).text) <= 2000


def test_cards_fit_whatever_a_post_is_made_of() -> None:
    text = "`" * 3999 + "x"
    parts = tuple(Part(f"poll answer {n}", "~" * 300) for n in range(20))
    long = dossier(
        text,
        *(replace(matched(text, "x", Category.SPAM), rule="repeats", detail="*" * 300) for _ in range(9)),
        parts=parts,
        author=Author(4, "_" * 32, "*" * 32),
        place=Place(3, "_" * 100, 5, "~" * 100),
        reply=Reply(9, 3, "|" * 32, "`" * 4000),
        files=tuple(Keepsake("_" * 200, 1, None, None, "x" * 200) for _ in range(10)),
        posts_in_incident=500,
    )
    for card in (removed.archive_copy(long)[0].card, review.queue_entry(long).card):
        assert size(card) <= 6000
        assert all(0 < len(value) <= 1024 for value in fields(card).values())
    assert len(notice.direct_notice(long).text) <= 2000


def test_the_notice_says_what_why_when_and_how_to_ask_again() -> None:
    text = notice.direct_notice(dossier()).text
    for words in (
        "Case 12 · notice",
        "#town-square",
        "Nov 20, 2026, 9:31 am CST",
        "Private information",
        "No private data.",
        f"mine is \\{MASK[:-1]}\\]",
        "talk\\@city.example",
        "case 12",
    ):
        assert words in text


def test_the_public_line_names_no_reason_and_mentions_the_author_alone() -> None:
    line = notice.public_notice(dossier())
    assert line.mention_user == 4
    assert "rivate" not in line.text
    assert [button.action for button in line.buttons] == ["why:12"]


@pytest.mark.parametrize(
    ("subject", "gone", "said"),
    [
        (Subject.POST, None, "A post of yours here was removed under"),
        (Subject.POST, NOW, "A post of yours here was gone before it could be removed under"),
        (Subject.TITLE, None, "The title of your thread was changed under"),
        (Subject.TITLE, NOW, "The title of your thread was gone before it could be changed under"),
        (Subject.NAME, None, "Your screen name was changed under"),
    ],
)
def test_the_public_line_says_what_happened(subject: Subject, gone: datetime | None, said: str) -> None:
    line = notice.public_notice(dossier(subject=subject, gone_at=gone))
    assert line.text.startswith(f"<@4> {said} the community policy.")


def test_the_public_line_says_that_its_author_changed_a_post() -> None:
    line = notice.public_notice(dossier(gone_at=NOW, changed=True))
    assert "A post of yours here was changed by its author before it could be removed under" in line.text


@pytest.mark.parametrize(("under", "dead"), [(None, False), (9, True)])
def test_the_link_of_a_changed_post_is_dead_only_where_another_version_was_removed(
    under: int | None, dead: bool
) -> None:
    case = dossier(gone_at=NOW, changed=True, taken_under=under)
    form, entry = removed.archive_copy(case)[0].card, review.queue_entry(case).card
    assert form is not None
    assert entry is not None
    assert ("the link is dead" in str(form.fields)) is dead
    assert ("to which there is no link any more" in str(entry.fields)) is dead


def test_the_queue_entry_of_a_flood_tells_how_many() -> None:
    entry = review.queue_entry(dossier(posts_in_incident=500))
    assert entry.card is not None
    assert entry.card.title == "Hidden: 500 comments of one flood"


@pytest.mark.parametrize(
    ("action", "then"),
    [
        (Action.FLAG, {}),
        (Action.HIDE, {}),
        (Action.HIDE, {"removed_at": NOW}),
        (Action.HIDE, {"gone_at": NOW}),
        (Action.HIDE, {"taken_under": 9}),
    ],
)
def test_an_urgent_entry_says_so_in_words_whether_the_comment_is_hidden_or_not(
    action: Action, then: dict[str, Any]
) -> None:
    case = dossier(removed_at=None)
    case = replace(case, verdict=replace(case.verdict, priority=Priority.URGENT, action=action), **then)
    entry = review.queue_entry(case)
    assert entry.text.startswith("**URGENT**")
    assert fields(entry.card)["Priority"] == "urgent"


def test_a_flag_on_what_went_with_another_case_is_not_urgent_any_more() -> None:
    case = dossier(removed_at=None, taken_under=9)
    case = replace(case, verdict=replace(case.verdict, priority=Priority.URGENT, action=Action.FLAG))
    entry = review.queue_entry(case)
    assert "URGENT" not in entry.text
    assert "Priority" not in fields(entry.card)


def test_an_entry_links_to_what_stands_and_says_where_there_is_no_link_any_more() -> None:
    case = dossier()
    standing = review.queue_entry(replace(case, removed_at=None))
    assert fields(standing.card)["Where"] == f"#town-square\n{case.post.url}"
    where = fields(review.queue_entry(case).card)["Where"]
    assert where == "#town-square\nas message 1, to which there is no link any more"
    form = fields(removed.archive_copy(case)[0].card)
    assert f"{case.post.url} (where it stood: the link is dead)" in form["Other information"]


def test_an_entry_of_what_could_not_be_hidden_does_not_call_it_hidden() -> None:
    entry = review.queue_entry(dossier(removed_at=None))
    assert entry.card is not None
    assert entry.card.title == "Still visible comment"
    assert fields(entry.card)["Now"].startswith("It is still to be seen.")


@pytest.mark.parametrize(
    ("numbers", "told"),
    [((4,), "4"), ((4, 5), "4 and 5"), ((6, 5, 4), "4 to 6"), ((1, 3, 4, 5, 9), "1, 3 to 5 and 9")],
)
def test_numbers_in_a_row_are_told_by_their_ends(numbers: tuple[int, ...], told: str) -> None:
    assert ranges(numbers) == told


@pytest.mark.parametrize(
    ("subject", "title", "key", "told"),
    [
        (
            Subject.NAME,
            "screen name",
            "Member id 1",
            "Your screen name of Nov 20, 2026, 9:31 am CST was removed",
        ),
        (Subject.TITLE, "thread title", "Thread id 1", "It now reads “Title removed (case 12)”"),
    ],
)
def test_names_and_titles_are_called_what_they_are(subject: Subject, title: str, key: str, told: str) -> None:
    case = dossier(subject=subject, others=(3,))
    (form,) = removed.archive_copy(case)
    card = form.card
    assert card is not None
    assert form.text == f"**Case 12 · removed {title}**"
    assert "versions" not in repr((form, review.queue_entry(case)))
    assert ": case 3" in fields(card)["Other information"]
    assert card.title == f"Removed {title}"
    assert told in notice.direct_notice(case).text
    assert key in fields(card)["Other information"]


def test_the_notice_shows_what_told_against_a_post_beside_its_text() -> None:
    finding = matched(f"{SSN}.txt", SSN, part="attachment 1")
    file = Attachment(7, f"{SSN}.txt", 5, "text/plain", "https://cdn.example/7")
    text = notice.direct_notice(dossier("see file", finding, attachments=(file,))).text
    assert f"> see file\nattachment 1:\n> \\{MASK[:-1]}\\].txt" in text


def test_a_notice_of_the_longest_quote_still_says_how_to_ask_again() -> None:
    text = notice.direct_notice(dossier("`" * 4000, matched("`" * 4000, "`", Category.SPAM))).text
    assert text.endswith("name case 12.")


def test_a_post_without_text_stands_in_the_context_by_what_it_has() -> None:
    case = dossier()
    forward = replace(case.post, text="", parts=(Part("forward 1", "the minutes"),))
    entry = review.queue_entry(replace(case, context=(forward,)))
    assert fields(entry.card)["Before it"] == "Rosa A.: the minutes"
