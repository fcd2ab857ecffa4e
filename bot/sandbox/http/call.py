"""A request as handlers see it, and the table that handlers join."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.sandbox.errors import ApiError, Code, invalid
from bot.sandbox.wire import Json
from bot.sandbox.world.models import Application, Channel, Guild, Member, User
from bot.sandbox.world.permissions import require, require_in_guild
from bot.sandbox.world.state import World


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer other than 200 with a body or 204 without."""

    status: int
    body: Any = None


@dataclass(slots=True)
class Call:
    """One request, authenticated and parsed."""

    world: World
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    files: Mapping[str, Upload] = field(default_factory=dict)
    reason: str | None = None
    user: User | None = None

    @property
    def now(self) -> datetime:
        """Return the time."""
        return self.world.now()

    @property
    def actor(self) -> User:
        """Return who asks. Raises ApiError 401 where nobody said."""
        if self.user is None:
            raise ApiError(Code.UNAUTHORIZED)
        return self.user

    @property
    def json(self) -> Json:
        """Return the body as an object. Raises ApiError 50035."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise invalid("_", "Only dictionaries may be used in a DictType", "DICT_TYPE_CONVERT")
        return self.body

    def id(self, name: str) -> int:
        """Return a snowflake of the path."""
        return snowflake(self.params[name], name)

    def query_id(self, name: str) -> int | None:
        """Return a snowflake of the query, if given."""
        value = self.query.get(name)
        return None if value is None else snowflake(value, name)

    def limit(self, default: int, most: int, name: str = "limit", least: int = 1) -> int:
        """Return a count of the query. Raises ApiError 50035 outside `least` to `most`."""
        value = self.query.get(name)
        if value is None:
            return default
        if not value.isdecimal() or not least <= int(value) <= most:
            raise invalid(name, f"int value should be between {least} and {most}.", "NUMBER_TYPE_RANGE")
        return int(value)

    def flag(self, name: str) -> bool:
        """Return a yes or no of the query."""
        return self.query.get(name, "").lower() in ("1", "true")

    def guild(self, needed: int = 0) -> Guild:
        """Return the community of the path, where the actor is a member who may do `needed`."""
        guild = self.world.guild(self.id("guild_id"))
        require_in_guild(self.actor.id, guild, needed, self.now)
        return guild

    def own_member(self, guild: Guild) -> Member:
        """Return the actor as a member."""
        return self.world.member(guild, self.actor.id)

    def channel(self, needed: int = 0) -> Channel:
        """Return the channel of the path, where the actor sees it and may do `needed`."""
        channel = self.world.channel(self.id("channel_id"))
        require(self.actor.id, channel, needed, self.now)
        return channel

    def application(self) -> Application:
        """Return the application of the path. Raises ApiError 50001 unless the actor is its bot."""
        application = self.world.application(self.id("application_id"))
        if application.bot is not self.actor:
            raise ApiError(Code.MISSING_ACCESS)
        return application


def snowflake(value: object, name: str) -> int:
    """Return an id. Raises ApiError 50035 naming `name`."""
    text = str(value)
    if not (text.isascii() and text.isdecimal() and len(text) <= 20):
        raise invalid(name, f'Value "{text[:100]}" is not snowflake.', "NUMBER_TYPE_COERCE")
    return int(text)


Handler = Callable[[Call], Any]


@dataclass(frozen=True, slots=True)
class Route:
    """A handler and where it answers. `path` is written as in Discord's API description."""

    method: str
    path: str
    handler: Handler
    open: bool = False
    """Whether it is reached without a token of a user: a secret in its path stands for one."""


class Routes:
    """The routes of one module."""

    def __init__(self) -> None:
        """Start empty."""
        self.all: list[Route] = []

    def __call__(self, method: str, path: str, *, open: bool = False) -> Callable[[Handler], Handler]:  # noqa: A002
        """Register the decorated function."""

        def register(handler: Handler) -> Handler:
            self.all.append(Route(method, path, handler, open))
            return handler

        return register
