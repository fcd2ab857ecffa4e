"""People, roles, channels and the communities that hold them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from bot.sandbox.wire import Json

if TYPE_CHECKING:
    from .log import Log
    from .messages import Message


class ChannelType(IntEnum):
    """The kinds of channel the sandbox serves."""

    TEXT = 0
    DM = 1
    VOICE = 2
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


@dataclass(slots=True, eq=False)
class User:
    """A person, a bot, or the face of a webhook."""

    id: int
    username: str
    global_name: str | None = None
    bot: bool = False
    token: str = field(default="", repr=False)
    avatar: str | None = None
    discriminator: str = "0"
    takes_dms: bool = True

    @property
    def name(self) -> str:
        """Return the name that people see."""
        return self.global_name or self.username


@dataclass(slots=True, eq=False)
class Application:
    """A bot's registration: its commands, and which privileged intents it was granted."""

    id: int
    name: str
    bot: User
    owner: User
    privileged: int
    commands: dict[int, Json] = field(default_factory=dict)
    command_permissions: dict[tuple[int, int], list[Json]] = field(default_factory=dict)
    """By guild and command."""


@dataclass(slots=True, eq=False)
class Role:
    """A role of a community; the one with the community's id is everyone's."""

    id: int
    name: str
    permissions: int
    position: int
    color: int = 0
    hoist: bool = False
    mentionable: bool = False
    bot_id: int | None = None


@dataclass(slots=True)
class Overwrite:
    """What a channel gives and takes from a role (type 0) or a member (type 1)."""

    id: int
    type: int
    allow: int = 0
    deny: int = 0


@dataclass(slots=True, eq=False)
class Member:
    """A user in a community."""

    user: User
    guild: Guild
    joined_at: datetime
    nick: str | None = None
    roles: list[int] = field(default_factory=list)
    communication_disabled_until: datetime | None = None
    flags: int = 0

    def timed_out(self, now: datetime) -> bool:
        """Return whether the member is in a timeout."""
        until = self.communication_disabled_until
        return until is not None and until > now


@dataclass(slots=True, eq=False)
class Thread:
    """What a channel has that is a thread."""

    owner_id: int
    archive_timestamp: datetime
    create_timestamp: datetime
    auto_archive_duration: int = 4320
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    members: dict[int, datetime] = field(default_factory=dict)
    applied_tags: list[int] = field(default_factory=list)
    sent: int = 0


@dataclass(slots=True, eq=False)
class Channel:
    """A place for messages, or a category of such places."""

    id: int
    type: ChannelType
    log: Log
    guild: Guild | None = None
    name: str = ""
    position: int = 0
    parent: Channel | None = None
    topic: str | None = None
    nsfw: bool = False
    rate_limit_per_user: int = 0
    default_auto_archive_duration: int = 4320
    flags: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    tags: list[Json] = field(default_factory=list)
    recipients: tuple[User, ...] = ()
    last_pin: datetime | None = None
    last_said: dict[int, datetime] = field(default_factory=dict)
    """When each person last wrote, where the channel is slowed."""
    thread: Thread | None = None

    @property
    def holds_messages(self) -> bool:
        """Return whether messages can stand here."""
        return self.type not in (ChannelType.CATEGORY, ChannelType.FORUM)


@dataclass(slots=True, eq=False)
class Webhook:
    """A webhook of a channel."""

    id: int
    channel: Channel
    name: str
    token: str = field(repr=False)
    user: User
    application_id: int | None = None
    avatar: str | None = None


@dataclass(slots=True, eq=False)
class Guild:
    """A community."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)
    bans: dict[int, str | None] = field(default_factory=dict)
    emojis: dict[int, Json] = field(default_factory=dict)
    automod: dict[int, Json] = field(default_factory=dict)
    audit: deque[Json] = field(default_factory=lambda: deque(maxlen=10_000))
    description: str | None = None
    preferred_locale: str = "en-US"
    system_channel_id: int | None = None
    rules_channel_id: int | None = None
    features: list[str] = field(default_factory=lambda: ["COMMUNITY"])


@dataclass(slots=True, eq=False)
class Interaction:
    """Something a person did with a bot, and how far the bot has answered."""

    id: int
    token: str = field(repr=False)
    type: int
    application: Application
    user: User
    channel: Channel
    at: datetime
    nonce: str | None
    data: Json
    message: Message | None = None
    answered: bool = False
    failed: bool = False
    original: Message | None = None
    modal: Json | None = None
    """The modal it opened, until it is submitted."""
    opener: Interaction | None = None
    """The interaction that opened the modal this one submits."""
