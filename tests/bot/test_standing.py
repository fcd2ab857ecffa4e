"""What is known of a post without asking holds for a moment only, and later words count."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.enforcement.standing import A_MOMENT, PAGE, Standing
from bot.ports import Platform
from rules.post import Author, Place, Post, Subject

NOW = datetime(2026, 3, 2, 15, 4, 5, tzinfo=UTC)
POST = Post(1, 7, Place(11, "square"), Author(21, "alex", "Alex"), "bad words", NOW)
SECOND = timedelta(seconds=1)


class Channel:
    """A channel that can be read back, and counts how often it was."""

    def __init__(self, *posts: Post) -> None:
        self.posts = posts
        self.asked = 0

    async def recent(self, channel_id: int, before: int, limit: int) -> AsyncIterator[Post]:
        self.asked += 1
        for post in sorted((p for p in self.posts if p.id <= before), key=lambda p: -p.id)[:limit]:
            yield post


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def standing(clock: Clock, *posts: Post) -> tuple[Standing, Channel]:
    channel = Channel(*posts)
    return Standing(cast("Platform", channel), clock), channel


def says(known: Standing, post: Post) -> bool:
    return known.says(post.subject, post.id, post.revision)


def test_what_was_just_written_and_heard_needs_no_reading() -> None:
    known, _ = standing(Clock())
    known.heard(POST)
    assert says(known, POST)


def test_what_was_heard_long_ago_is_not_known() -> None:
    clock = Clock()
    known, _ = standing(clock)
    known.heard(POST)
    clock.now += A_MOMENT + SECOND
    assert not says(known, POST)


@pytest.mark.parametrize("off", [A_MOMENT + SECOND, -A_MOMENT - SECOND])
def test_what_was_written_at_another_time_than_it_was_heard_is_not_known(off: timedelta) -> None:
    known, _ = standing(Clock())
    known.heard(replace(POST, created_at=NOW + off))
    assert not says(known, POST)


def test_a_later_version_counts_in_whichever_order_they_come() -> None:
    edited = replace(POST, text="good words", edited_at=NOW + SECOND)
    for order in ((POST, edited), (edited, POST)):
        known, _ = standing(Clock())
        for post in order:
            known.heard(post)
        assert says(known, edited)
        assert not says(known, POST)


def test_a_title_and_the_post_that_opens_its_thread_are_two() -> None:
    known, _ = standing(Clock())
    known.heard(POST)
    known.heard(replace(POST, subject=Subject.TITLE, text="a title"))
    assert says(known, POST)


def test_what_is_forgotten_has_to_be_read() -> None:
    known, _ = standing(Clock())
    known.heard(POST)
    known.forget(Subject.POST, POST.id)
    assert not says(known, POST)


async def test_what_was_read_is_known_however_old_it_is() -> None:
    old = replace(POST, created_at=NOW - timedelta(days=1))
    known, _ = standing(Clock(), old)
    assert await known.read(Subject.POST, old.id, 11) == old
    assert says(known, old)


async def test_a_post_that_is_gone_is_not_taken_for_the_one_before_it() -> None:
    known, _ = standing(Clock(), POST)
    assert await known.read(Subject.POST, POST.id + 1, 11) is None


async def test_posts_that_stand_together_are_read_together() -> None:
    posts = [replace(POST, id=n) for n in range(1, PAGE + 1)]
    known, channel = standing(Clock(), *posts)
    assert await known.read_posts(11, {p.id for p in posts}) == {p.id: p for p in posts}
    assert channel.asked == 1


async def test_posts_that_stand_apart_are_read_all_the_same() -> None:
    posts = [replace(POST, id=n) for n in range(1, 10 * PAGE)]
    known, _ = standing(Clock(), *posts)
    wanted = {1, 5 * PAGE, 9 * PAGE, 20 * PAGE}
    assert set(await known.read_posts(11, wanted)) == wanted - {20 * PAGE}
