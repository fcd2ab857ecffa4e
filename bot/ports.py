"""What the use cases ask of the outside world, in their own words.

`bot.discord` carries these out on Discord. The use cases hold none of its types.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Protocol

from rules.post import Place, Post

CLOCK_SLACK = timedelta(minutes=2)
"""How far our clock and the platform's may disagree."""

Clock = Callable[[], datetime]
"""The present moment, aware and in UTC."""


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


class Refusal(Enum):
    """Why the platform did not do as asked, as far as the next step depends on it."""

    MISSING = "is not there any more"
    FORBIDDEN = "is not allowed to Beadle"
    DOOR_CLOSED = "does not take direct messages"
    INVALID = "was refused as malformed"
    UNAVAILABLE = "could not be done just now"


class PlatformError(Exception):
    """The platform did not do as asked. Only UNAVAILABLE is worth trying again soon."""

    def __init__(self, refusal: Refusal, detail: str) -> None:
        """Say why, and in `detail` what was asked and what was answered."""
        super().__init__(detail)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class File:
    """A file to upload. Discord takes 10 MiB a file and 25 MiB a request."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Field:
    """One labelled value of a card: a label of 256 and a value of 1,024 characters at most."""

    label: str
    value: str
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A titled box with fields, shown under a message's text."""

    title: str
    body: str = ""
    fields: tuple[Field, ...] = ()
    footer: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press. `action` comes back with the press, after a restart too; a `url` opens instead."""

    label: str
    action: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Words for Discord, already escaped. They ping nobody but the people and roles named here."""

    text: str
    card: Card | None = None
    files: tuple[File, ...] = ()
    buttons: tuple[Button, ...] = ()
    mention_user: int | None = None
    mention_role: int | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of ours on Discord. In a direct message `channel_id` is the private channel's."""

    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file read from its address: its size in bytes, its SHA-256 in hex, and its bytes if kept."""

    size: int
    sha256: str
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Channel:
    """A place that posts can be read from, and its title as something to screen if it is a thread."""

    place: Place
    last_message_id: int | None
    title: Post | None = None


class Platform(Protocol):
    """What Beadle does on Discord. Every method raises PlatformError."""

    async def delete(self, channel_id: int, message_id: int, reason: str, still: Callable[[], bool]) -> bool:
        """Delete one message, and return False where somebody else had done so before.

        `still` is asked when the request is about to leave. If it says no, nothing leaves, and that is
        UNAVAILABLE, as is all that would have to be asked for a second time.
        """

    async def delete_many(
        self, channel_id: int, message_ids: tuple[int, ...], reason: str, still: Callable[[], bool]
    ) -> frozenset[int]:
        """Delete 2 to 100 messages at once, none older than two weeks, under the same conditions.

        Returns those that somebody else had deleted before, as far as Beadle was told.
        """

    async def rename_thread(self, thread_id: int, name: str, reason: str, still: Callable[[], bool]) -> None:
        """Give a thread another title, under the same conditions."""

    async def drop_title_lines(self, thread_id: int, parent_id: int, title: str, reason: str) -> int:
        """Delete the platform's own lines, in a thread and above it, that it has a title.

        Returns how many there are that nobody may delete.
        """

    async def rename_member(self, user_id: int, name: str, reason: str, still: Callable[[], bool]) -> None:
        """Give a member another nickname in the community, under the same conditions."""

    async def send(self, channel_id: int, message: Outgoing, nonce: str) -> Sent:
        """Post a message. Discord drops a repeated nonce for some minutes."""

    async def send_direct(self, user_id: int, message: Outgoing, nonce: str) -> Sent:
        """Send a person a direct message."""

    async def edit(self, sent: Sent, message: Outgoing) -> None:
        """Replace the words, card and buttons of a message of ours."""

    async def find_own(self, channel_id: int, marker: str, since: datetime) -> Sent | None:
        """Return our own message in a channel, not older than `since`, that holds `marker`.

        None says that there is none; what cannot be looked through to the end is a PlatformError.
        """

    async def find_own_direct(self, user_id: int, marker: str, since: datetime) -> Sent | None:
        """Return our own direct message to a person, not older than `since`, that holds `marker`."""

    async def fetch(self, url: str, keep: int) -> Fetched:
        """Read the file behind an attachment's address, and keep its bytes if they are `keep` at most."""

    async def channels(self) -> tuple[Channel, ...]:
        """Return the channels and threads that Beadle can read."""

    async def names(self) -> tuple[Post, ...]:
        """Return the name of every member as something to screen."""

    async def title(self, thread_id: int) -> Post:
        """Return the title that a thread has now as something to screen."""

    async def name(self, user_id: int) -> Post:
        """Return the name that a member shows now as something to screen."""

    def history(self, channel_id: int, after: int, limit: int) -> AsyncIterator[Post]:
        """Yield at most `limit` posts of others, younger than the id `after`, oldest first."""

    def recent(self, channel_id: int, before: int, limit: int) -> AsyncIterator[Post]:
        """Yield at most `limit` posts of others, up to and with the id `before`, newest first."""
