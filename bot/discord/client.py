"""The Discord client: which events reach which use case."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Literal, Protocol, cast

import discord
from discord.backoff import ExponentialBackoff

from bot.discord.convert import is_comment, name_post, title_post, to_author, to_post
from bot.discord.deletions import Deletions
from bot.discord.errors import admitted, present, told
from bot.discord.once import watch
from bot.discord.render import CUSTOM_ID
from bot.errors import NeedsMending
from bot.ports import Clock
from bot.roll_call import Landmarks
from rules.post import Author, Post

log = logging.getLogger(__name__)

MESSAGES_REMEMBERED = 5_000
"""How many messages stay in memory: an edit's earlier text comes from there."""
MOST_SERVERS = 200
LAST_SERVER = 1.0
"""Seconds without another server's data after which discord.py takes it that all have come."""
LONGEST_WAIT = 10.0
"""Seconds between tries to connect, at most."""


class Backoff(ExponentialBackoff[Literal[False]]):
    """Keeps trying to connect where discord.py, after a long outage, would sit out up to 17 minutes more."""

    def delay(self) -> float:
        """Return the seconds to wait before the next try."""
        return min(super().delay(), LONGEST_WAIT)


# discord.py offers no other way to say how long it waits.
discord.client.ExponentialBackoff = Backoff  # type: ignore[attr-defined, assignment]


class ServerMissing(NeedsMending):
    """The server that the configuration names is not one that Beadle is in."""


class Events(Protocol):
    """What the client tells the use cases."""

    async def connected(self) -> None:
        """Everything from here on will be told; what came before may have been missed."""

    def disconnected(self) -> None:
        """From here on something may be missed."""

    async def post(self, post: Post) -> None:
        """Something new to screen."""

    async def edit(self, post: Post, before: Post | None) -> None:
        """Something edited, with its earlier version if that is known."""

    async def mended(self) -> None:
        """A channel or permission changed: what was refused may be allowed now."""

    async def press(self, action: str, who: Author) -> str:
        """One of our buttons was pressed; returns words for the presser alone."""


def intents() -> discord.Intents:
    """Return what Beadle asks to be told of: no presence, no typing, no voice."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.members = wanted.moderation = True
    wanted.guild_messages = wanted.dm_messages = wanted.message_content = True
    wanted.guild_polls = wanted.auto_moderation_execution = wanted.auto_moderation_configuration = True
    return wanted


class Client(discord.Client):
    """Hands every post of one server, as it is written or edited, to the use cases."""

    events: Events
    """Whom to tell. Set before connecting."""

    def __init__(self, clock: Clock, *, nicknames: bool) -> None:
        """Listen to one server, once `enter` has found it."""
        # discord.py warns of what its voice features lack, which nobody here misses.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=intents(),
            max_messages=MESSAGES_REMEMBERED,
            guild_ready_timeout=LAST_SERVER,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=watch(),
        )
        self.deletions = Deletions()
        self._clock = clock
        self._nicknames = nicknames
        self._catching_up: asyncio.Task[None] | None = None
        self.guild_id = 0

    async def enter(self, token: str, guild: int | str) -> None:
        """Log in, and find the server with this id or name, of which Beadle is a member.

        Raises LoginRefused, ServerMissing, naming the servers there are, and PlatformError while Discord
        cannot be reached: then it may be tried again.
        """
        try:
            with told("logging in"), admitted():
                await self.login(token)
                self.guild_id = await self._find(guild)
        except BaseException:
            # discord.py makes a session at every login and closes only the last.
            await self.http.close()
            self.http.connector = discord.utils.MISSING
            raise

    async def _find(self, wanted: int | str) -> int:
        guilds = [guild async for guild in self.fetch_guilds(limit=MOST_SERVERS)]
        found = [guild.id for guild in guilds if wanted in (guild.id, guild.name)]
        if len(found) != 1:
            there = ", ".join(f"{guild.name} ({guild.id})" for guild in guilds) or "none"
            raise ServerMissing(f"Beadle was not invited to the server {wanted!r}. It is in: {there}")
        return found[0]

    def resolve(self, ref: int | str) -> int | None:
        """Return the id of the channel with this id or name, or None where there is none.

        Raises PlatformError while the server is out of sight: then nobody can tell.
        """
        if isinstance(ref, int):
            return ref
        guild = present(self.get_guild(self.guild_id))
        return next((channel.id for channel in guild.channels if channel.name == ref), None)

    def landmarks(self) -> Landmarks:
        """Return what channels and roles there are. Raises PlatformError while the server is out of sight."""
        guild = present(self.get_guild(self.guild_id))
        places = (*guild.channels, *guild.threads)
        return Landmarks(
            frozenset(key for place in places for key in (str(place.id), place.name)),
            frozenset(key for role in guild.roles for key in (str(role.id), role.name)),
        )

    async def connect(self, *, reconnect: bool = True) -> None:
        """Stay connected, and keep trying from the first time on."""
        while True:
            try:
                return await super().connect(reconnect=reconnect)
            except AttributeError:
                # Where the very first try fails, discord.py waits, then asks the session it never had for its
                # place (2.7, Client.connect).
                if cast("object", self.ws) is not None:
                    raise

    async def on_ready(self) -> None:
        """Read back what was missed."""
        self._catch_up()

    async def on_resumed(self) -> None:
        """Read back what a resumed session may not have replayed."""
        self._catch_up()

    def _catch_up(self) -> None:
        # A new connection while the last gap is still being read back: begin again, the marks have not moved.
        if self._catching_up is not None:
            self._catching_up.cancel()
        self._catching_up = asyncio.create_task(self.events.connected())

    async def on_disconnect(self) -> None:
        """Note that from now on events may be missed."""
        self.events.disconnected()

    async def on_message(self, message: discord.Message) -> None:
        """Hand on a new message."""
        if self._concerns_us(message):
            await self.events.post(to_post(message))

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Hand on an edit, of a message that is not in memory too."""
        if self._concerns_us(payload.message):
            before = to_post(payload.cached_message) if payload.cached_message else None
            await self.events.edit(to_post(payload.message), before)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Remember that a message is gone."""
        self.deletions.heard([payload.message_id])

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Remember that messages are gone."""
        self.deletions.heard(payload.message_ids)

    async def on_thread_create(self, thread: discord.Thread) -> None:
        """Hand on a new thread's title."""
        await self._title(thread)

    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """Hand on a changed title."""
        guild = self.get_guild(payload.guild_id)
        thread = payload.thread or (guild.get_thread(payload.thread_id) if guild else None)
        if thread is not None:
            await self._title(thread)

    async def on_thread_join(self, thread: discord.Thread) -> None:
        """Hand on the title of a thread that comes into sight."""
        await self._title(thread)

    async def on_member_join(self, member: discord.Member) -> None:
        """Hand on the name of somebody who joins."""
        await self._name(member)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Hand on a changed name, or that Beadle's own roles changed."""
        if after == after.guild.me and before.roles != after.roles:
            await self._mended(after.guild)
        elif before.display_name != after.display_name:
            await self._name(after)

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        """Note that a channel is there which may have been missing."""
        await self._mended(channel.guild)

    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """Note a permission or a name that may have stood in the way."""
        if (before.name, before.overwrites) != (after.name, after.overwrites):
            await self._mended(after.guild)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """Note a permission that may have stood in the way."""
        if before.permissions != after.permissions or before.position != after.position:
            await self._mended(after.guild)

    async def on_user_update(self, before: discord.User, after: discord.User) -> None:
        """Hand on a name changed everywhere on Discord."""
        guild = self.get_guild(self.guild_id)
        member = guild.get_member(after.id) if guild else None
        if member is not None and (before.name, before.global_name) != (after.name, after.global_name):
            await self._name(member)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Answer a press on one of our buttons."""
        data: Any = interaction.data or {}
        custom_id: str = data.get("custom_id", "")
        if interaction.type is not discord.InteractionType.component or not custom_id.startswith(CUSTOM_ID):
            return
        # Discord waits three seconds for the first answer; the database may take longer.
        await interaction.response.defer(ephemeral=True, thinking=True)
        words = await self.events.press(custom_id.removeprefix(CUSTOM_ID), to_author(interaction.user))
        await interaction.followup.send(words[:2000], ephemeral=True)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log what an event handler raised, without the event: it holds residents' words."""
        log.exception("handling %s failed", event_method)

    def _concerns_us(self, message: discord.Message) -> bool:
        return message.guild is not None and self._ours(message.guild) and is_comment(message, self)

    def _ours(self, guild: discord.Guild) -> bool:
        return guild.id == self.guild_id

    async def _title(self, thread: discord.Thread) -> None:
        if self._ours(thread.guild):
            await self.events.post(title_post(thread, thread.owner, self._clock()))

    async def _mended(self, guild: discord.Guild) -> None:
        if self._ours(guild):
            await self.events.mended()

    async def _name(self, member: discord.Member) -> None:
        if self._nicknames and self._ours(member.guild) and self.user and member.id != self.user.id:
            await self.events.post(name_post(member, self._clock()))
