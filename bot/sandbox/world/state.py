"""The world: every user, community, channel and message there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.sandbox.errors import ApiError, Code
from bot.sandbox.wire import Json

from . import permissions
from .ids import Clock, Ids, user_token, utc_now
from .log import Log
from .messages import Message
from .models import Application, Channel, Guild, Interaction, Member, User, Webhook

INTENTS_PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
"""Members, presences and message content."""


@dataclass(slots=True)
class Settings:
    """What a test may want otherwise. Durations are in seconds."""

    heartbeat_interval: float = 41.25
    first_answer_within: float = 3.0
    """How long a bot has to answer an interaction."""
    token_life: float = 900.0
    """How long an interaction can be followed up."""
    nonce_life: float = 300.0
    messages_per_channel: int = 50_000
    replay: int = 20_000
    """How many events a session can be replayed."""
    file_bytes: int = 10 * 1024 * 1024
    request_bytes: int = 25 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the live transcript: who did what, where, and the words, of a message if it was one."""

    at: datetime
    actor: str
    did: str
    place: str = ""
    text: str = ""
    message: Message | None = None

    def __str__(self) -> str:
        """Return the line as people read it."""
        where = f" in {self.place}" if self.place else ""
        said = f": {self.text}" if self.text else ""
        return f"{self.at:%H:%M:%S} {self.actor} {self.did}{where}{said}"


class Publish(Protocol):
    """Sends an event to every session that may see it."""

    def __call__(
        self,
        name: str,
        data: Json,
        *,
        guild: Guild | None = None,
        channel: Channel | None = None,
        only: tuple[User, ...] | None = None,
    ) -> None:
        """Send."""


class World:
    """Everything the sandbox knows. Lookups raise the ApiError that Discord would answer."""

    def __init__(self, publish: Publish, settings: Settings | None = None, clock: Clock = utc_now) -> None:
        """Start empty; events go to `publish`."""
        self.publish = publish
        self.settings = settings or Settings()
        self.now = clock
        self.ids = Ids(clock)
        self.users: dict[int, User] = {}
        self.tokens: dict[str, User] = {}
        self.applications: dict[int, Application] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.webhooks: dict[int, Webhook] = {}
        self.interactions: dict[str, Interaction] = {}
        """By token, oldest first."""
        self.ephemeral: dict[int, Message] = {}
        self.files: dict[int, bytes] = {}
        self.nonces: dict[tuple[int, int, str], tuple[datetime, Message]] = {}
        self.listeners: list[Callable[[Happening], None]] = []
        self.api = self.gateway = self.cdn = ""

    def tell(
        self,
        actor: User | None,
        did: str,
        channel: Channel | None = None,
        text: str = "",
        message: Message | None = None,
    ) -> None:
        """Add a line to the transcript."""
        if self.listeners:
            name = actor.name if actor else "Discord"
            happening = Happening(self.now(), name, did, place(channel), text, message)
            for listener in self.listeners:
                listener(happening)

    def channel(self, channel_id: int) -> Channel:
        """Return a channel, thread or DM."""
        if channel := self.channels.get(channel_id):
            return channel
        raise ApiError(Code.UNKNOWN_CHANNEL)

    def guild(self, guild_id: int) -> Guild:
        """Return a community."""
        if guild := self.guilds.get(guild_id):
            return guild
        raise ApiError(Code.UNKNOWN_GUILD)

    def user(self, user_id: int) -> User:
        """Return a user."""
        if user := self.users.get(user_id):
            return user
        raise ApiError(Code.UNKNOWN_USER)

    def member(self, guild: Guild, user_id: int) -> Member:
        """Return a member of a community."""
        if member := guild.members.get(user_id):
            return member
        raise ApiError(Code.UNKNOWN_MEMBER)

    def message(self, channel: Channel, message_id: int) -> Message:
        """Return a message that stands in a channel."""
        if message := channel.log.get(message_id):
            return message
        raise ApiError(Code.UNKNOWN_MESSAGE)

    def webhook(self, webhook_id: int) -> Webhook:
        """Return a webhook."""
        if webhook := self.webhooks.get(webhook_id):
            return webhook
        raise ApiError(Code.UNKNOWN_WEBHOOK)

    def application(self, application_id: int) -> Application:
        """Return an application."""
        if application := self.applications.get(application_id):
            return application
        raise ApiError(Code.UNKNOWN_APPLICATION)

    def application_of(self, bot: User) -> Application:
        """Return the application a bot belongs to. Raises ApiError 20002 for a person."""
        for application in self.applications.values():
            if application.bot is bot:
                return application
        raise ApiError(Code.BOTS_ONLY)

    def allowed(self, user: User, channel: Channel) -> int:
        """Return what a user may do in a channel."""
        return permissions.of_user(user.id, channel, self.now())

    def sees(self, user: User, channel: Channel) -> bool:
        """Return whether a user sees a channel."""
        return bool(self.allowed(user, channel) & permissions.VIEW_CHANNEL)

    def shares_guild(self, one: User, other: User) -> bool:
        """Return whether two users are in one community."""
        return any(one.id in guild.members and other.id in guild.members for guild in self.guilds.values())

    def dm(self, one: User, other: User) -> Channel | None:
        """Return the direct messages between two users, if they have begun."""
        wanted = {one, other}
        return next((c for c in self.channels.values() if c.recipients and set(c.recipients) == wanted), None)

    def new_log(self) -> Log:
        """Return an empty message log."""
        return Log(self.settings.messages_per_channel)

    def new_user(self, username: str, *, name: str | None = None, bot: bool = False) -> User:
        """Register a person or a bot, with a token of their own."""
        user_id = self.ids.next()
        user = User(user_id, username, name, bot, user_token(user_id), discriminator="0000" if bot else "0")
        self.users[user.id] = self.tokens[user.token] = user
        return user

    def new_application(self, name: str, owner: User, privileged: int = INTENTS_PRIVILEGED) -> Application:
        """Register an application with its bot user, whose id it shares, as Discord does since 2016."""
        bot = self.new_user(name, bot=True)
        application = Application(bot.id, name, bot, owner, privileged)
        self.applications[application.id] = application
        return application

    def expired(self, since: datetime, seconds: float) -> bool:
        """Return whether more than `seconds` have gone by."""
        return self.now() - since > timedelta(seconds=seconds)


def place(channel: Channel | None) -> str:
    """Return a channel's name as people write it."""
    if channel is None:
        return ""
    if channel.guild is None:
        return "DM of " + " and ".join(user.name for user in channel.recipients)
    return (
        f"#{channel.parent.name} > {channel.name}"
        if channel.thread and channel.parent
        else f"#{channel.name}"
    )
