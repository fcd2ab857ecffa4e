"""Beadle knows the titles and names that it gives, and takes nobody else's words for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.messages.replacement import is_replacement, replacement
from rules.post import Author, Place, Post, Subject

NAME = Post(
    123_450_042,
    7,
    Place(0, ""),
    Author(21, "alex", "Alex"),
    "",
    datetime(2026, 3, 2, tzinfo=UTC),
    subject=Subject.NAME,
)
TITLE = replace(NAME, subject=Subject.TITLE)


@pytest.mark.parametrize("post", [NAME, TITLE])
@pytest.mark.parametrize("number", [1, 6, 1_234_567])
def test_what_takes_the_place_of_a_title_or_name_is_known_again(post: Post, number: int) -> None:
    assert is_replacement(replace(post, text=replacement(post.subject, post.id, number)))


@pytest.mark.parametrize(
    "text",
    [
        "Title removed (case 6) by a fool",
        "Title removed (case 219456789)",
        "Title removed (case x)",
        "title removed (case 6)",
        "",
    ],
)
def test_no_other_title_is_taken_for_it(text: str) -> None:
    assert not is_replacement(replace(TITLE, text=text))


@pytest.mark.parametrize("text", ["Member 0043", "Member 0042 ", "Member", ""])
def test_no_other_name_is_taken_for_it(text: str) -> None:
    assert not is_replacement(replace(NAME, text=text))


def test_a_comment_never_is() -> None:
    assert not is_replacement(replace(TITLE, subject=Subject.POST, text="Title removed (case 6)"))
