"""What is screened: one revision of a comment, a name or a thread title."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property


class Subject(StrEnum):
    """What a case is about."""

    POST = "post"
    NAME = "name"
    TITLE = "title"
    PERSON = "person"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a post stands: a channel, or a thread inside one."""

    channel_id: int
    channel_name: str
    parent_id: int | None = None
    parent_name: str | None = None
    category_id: int | None = None
    category_name: str | None = None

    @property
    def keys(self) -> frozenset[str]:
        """Return every id and name by which a scope may mean this place."""
        ids = (self.channel_id, self.parent_id, self.category_id)
        names = (self.channel_name, self.parent_name, self.category_name)
        return frozenset([*(str(i) for i in ids if i is not None), *(n for n in names if n is not None)])


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a post, as the platform showed them at that moment."""

    id: int
    name: str
    screen_name: str
    bot: bool = False
    webhook_id: int | None = None
    roles: frozenset[str] = frozenset()
    """Ids and names of the author's roles."""
    created_at: datetime | None = None
    joined_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on a post. `size` is in bytes."""

    id: int
    filename: str
    size: int
    content_type: str | None
    url: str
    sha256: str | None = None
    """The digest of its bytes in hex, once somebody has fetched them."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The comment that a post answers, as far as the platform still has it."""

    message_id: int
    channel_id: int
    author_name: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A screened text beside the main one: `label` says which (embed, poll, forward, title)."""

    label: str
    text: str


TEXT = "text"
"""The label of a post's main text."""


@dataclass(frozen=True)
class Post:
    """A comment as seen, one revision of it. Times are aware and in UTC."""

    id: int
    community: int
    place: Place
    author: Author
    text: str
    created_at: datetime
    edited_at: datetime | None = None
    subject: Subject = Subject.POST
    parts: tuple[Part, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    mentions: int = 0
    """How many people and roles the post mentions."""
    mentions_everyone: bool = False
    reply: Reply | None = None
    opens_thread: bool = False
    """Whether this is the starter message of a thread or forum post."""
    url: str | None = field(default=None, compare=False)

    @property
    def is_text_alone(self) -> bool:
        """Return whether nothing but the main text is screened."""
        return not self.parts and not self.attachments

    def texts(self) -> tuple[Part, ...]:
        """Return every text that is screened, the main one first, attachment names last."""
        names = [Part(f"attachment {n}", a.filename) for n, a in enumerate(self.attachments, 1)]
        return (Part(TEXT, self.text), *self.parts, *names)

    @cached_property
    def revision(self) -> str:
        """Return the SHA-256, in hex, of everything that is screened.

        A link preview, which Discord adds later as an edit, is not screened and so makes no new revision.
        """
        digest = hashlib.sha256()
        fields = [self.subject.value]
        for part in self.texts():
            fields += [part.label, part.text]
        fields += [f"{a.id}:{a.size}:{a.content_type}" for a in self.attachments]
        for value in fields:
            data = value.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big") + data)
        return digest.hexdigest()
