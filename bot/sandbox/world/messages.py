"""Messages and what hangs on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, IntFlag

from bot.sandbox.wire import Json

from .models import Channel, User


class MessageType(IntEnum):
    """The kinds of message the sandbox makes."""

    DEFAULT = 0
    CHANNEL_NAME_CHANGE = 4
    CHANNEL_PINNED_MESSAGE = 6
    USER_JOIN = 7
    THREAD_CREATED = 18
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    THREAD_STARTER_MESSAGE = 21
    CONTEXT_MENU_COMMAND = 23
    AUTO_MODERATION_ACTION = 24
    POLL_RESULT = 46


DELETABLE = frozenset(MessageType) - {MessageType.CHANNEL_NAME_CHANGE, MessageType.THREAD_STARTER_MESSAGE}
"""The types a client may delete: https://docs.discord.com/developers/resources/message#message-object-message-types"""


class Flag(IntFlag):
    """The message flags the sandbox knows."""

    CROSSPOSTED = 1 << 0
    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    HAS_SNAPSHOT = 1 << 14
    IS_COMPONENTS_V2 = 1 << 15


SETTABLE = Flag.SUPPRESS_EMBEDS | Flag.SUPPRESS_NOTIFICATIONS | Flag.IS_COMPONENTS_V2
"""The flags a client may set; EPHEMERAL besides, in answer to an interaction."""


@dataclass(slots=True, eq=False)
class Attachment:
    """A file on a message; its bytes are kept until the message goes."""

    id: int
    filename: str
    content_type: str
    data: bytes = field(repr=False)
    url: str
    description: str | None = None


@dataclass(slots=True, eq=False)
class Reaction:
    """An emoji under a message, and who put it there."""

    emoji: Json
    users: dict[int, User] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Message:
    """A message. `only_for` is the one person who sees it, where it is ephemeral."""

    id: int
    channel: Channel
    author: User
    at: datetime
    content: str = ""
    type: MessageType = MessageType.DEFAULT
    edited: datetime | None = None
    flags: int = 0
    embeds: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    nonce: str | int | None = None
    webhook_id: int | None = None
    application_id: int | None = None
    reference: Json | None = None
    replies_to: Message | None = None
    snapshots: list[Json] = field(default_factory=list)
    stickers: list[Json] = field(default_factory=list)
    reactions: dict[str, Reaction] = field(default_factory=dict)
    poll: Json | None = None
    votes: dict[int, set[int]] = field(default_factory=dict)
    """Who voted, by answer."""
    pinned_at: datetime | None = None
    thread: Channel | None = None
    interaction: Json | None = None
    """`interaction_metadata` of an answer to a command or a button."""
    only_for: User | None = None
    gone: bool = False
