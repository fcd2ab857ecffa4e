"""Carry out on Discord what the use cases ask."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import datetime

import aiohttp
import discord

from bot.discord.client import Client
from bot.discord.convert import is_comment, name_post, title_post, to_place, to_post
from bot.discord.errors import present, told
from bot.discord.once import once
from bot.discord.render import render, render_new
from bot.ports import CLOCK_SLACK, Channel, Clock, Fetched, Outgoing, PlatformError, Refusal, Sent
from rules.post import Post

LOOK_BACK = 2_000
"""How many messages of a channel are searched for one of ours."""
ARCHIVED_THREADS = 100
"""How many archived threads of each channel are looked at, the latest first."""
LARGEST_FILE = 512 * 1024 * 1024
"""The largest file, in bytes, that is read at all. Discord takes 500 MB from subscribers."""
FETCH_TIMEOUT = aiohttp.ClientTimeout(total=30)
LINES = 500
"""How many messages of a thread, and of its channel since it was begun, are searched for its title."""
SYSTEM_MESSAGE = 50021
THREAD_ARCHIVED = 50083
"""https://discord.com/developers/docs/topics/opcodes-and-status-codes#json: nothing in it can be changed."""


class DiscordPlatform:
    """The platform of `bot.ports`, by way of a connected discord.py client."""

    def __init__(self, client: Client, guild_id: int, clock: Clock) -> None:
        """Take a client that is logged in."""
        self._client = client
        self._guild_id = guild_id
        self._clock = clock

    async def delete(self, channel_id: int, message_id: int, reason: str, still: Callable[[], bool]) -> bool:
        """Delete one message, and return False where somebody else had done so before.

        What is not to be deleted any more when the request would leave, by `still`, is UNAVAILABLE.
        """
        deletions = self._client.deletions
        if deletions.gone([message_id]):
            return False
        asked_before = deletions.asked(message_id)
        try:
            with told(f"deleting a message in <#{channel_id}>"):
                await self._delete(
                    channel_id,
                    (message_id,),
                    still,
                    lambda: self._client.http.delete_message(channel_id, message_id, reason=reason),
                )
        except PlatformError as error:
            if error.refusal is Refusal.MISSING:
                return asked_before
            if error.refusal is not Refusal.UNAVAILABLE:
                deletions.refused(message_id)
            raise
        return True

    async def delete_many(
        self, channel_id: int, message_ids: tuple[int, ...], reason: str, still: Callable[[], bool]
    ) -> frozenset[int]:
        """Delete 2 to 100 messages at once, none older than two weeks, if `still` when the request leaves.

        Returns those that somebody else had deleted before, as far as Beadle was told: Discord does not say.
        """
        deletions = self._client.deletions
        gone = deletions.gone(message_ids)
        ids: list[int | str] = list(message_ids)
        try:
            with told(f"deleting messages in <#{channel_id}>"):
                await self._delete(
                    channel_id,
                    message_ids,
                    still,
                    lambda: self._client.http.delete_messages(channel_id, ids, reason=reason),
                )
        except PlatformError as error:
            if error.refusal is not Refusal.UNAVAILABLE:
                for key in message_ids:
                    deletions.refused(key)
            raise
        return gone

    async def _delete(
        self,
        channel_id: int,
        message_ids: tuple[int, ...],
        still: Callable[[], bool],
        ask: Callable[[], Awaitable[object]],
    ) -> None:
        def leaves() -> bool:
            if still():
                self._client.deletions.ask(message_ids)
                return True
            return False

        await self._in_thread(channel_id, lambda: once(ask, leaves))

    async def rename_thread(self, thread_id: int, name: str, reason: str, still: Callable[[], bool]) -> None:
        """Give a thread another title, if `still` when the request leaves."""

        async def rename() -> None:
            await self._client.http.edit_channel(thread_id, name=name, reason=reason)

        with told(f"renaming <#{thread_id}>"):
            await self._in_thread(thread_id, lambda: once(rename, still))

    async def drop_title_lines(self, thread_id: int, parent_id: int, title: str, reason: str) -> int:
        """Delete Discord's own lines that a thread was begun, or was given a title, with this title.

        Returns how many there are that nobody may delete: by Discord's documentation, all in the thread.
        """
        left = 0
        parent = self._guild().get_channel(parent_id)
        with told(f"looking for the title in <#{parent_id}>"):
            # A forum has no messages of its own.
            if isinstance(parent, discord.TextChannel):
                begun = discord.Object(thread_id)
                async for message in parent.history(limit=LINES, after=begun, oldest_first=True):
                    if _begins(message, thread_id):
                        left += message.content == title and await self._is_fixed(message, reason)
                        break
        with told(f"looking for the title in <#{thread_id}>"), suppress(discord.NotFound):
            async for message in self._legible(thread_id).history(limit=LINES):
                if message.type is discord.MessageType.channel_name_change and message.content == title:
                    left += await self._is_fixed(message, reason)
        return left

    async def _is_fixed(self, message: discord.Message, reason: str) -> bool:
        """Delete a line of Discord's own, or return that it lets nobody do that."""
        try:
            await self._in_thread(
                message.channel.id,
                lambda: self._client.http.delete_message(message.channel.id, message.id, reason=reason),
            )
        except discord.NotFound:
            return False
        except discord.Forbidden as error:
            if error.code != SYSTEM_MESSAGE:
                raise
            return True
        return False

    async def rename_member(self, user_id: int, name: str, reason: str, still: Callable[[], bool]) -> None:
        """Give a member another nickname in the community, if `still` when the request leaves."""

        async def rename() -> None:
            await self._client.http.edit_member(self._guild_id, user_id, nick=name, reason=reason)

        with told(f"renaming <@{user_id}>"):
            await once(rename, still)

    async def send(self, channel_id: int, message: Outgoing, nonce: str) -> Sent:
        """Post a message. Discord drops a repeated nonce for some minutes."""
        with told(f"posting in <#{channel_id}>"):
            channel = self._client.get_partial_messageable(channel_id, guild_id=self._guild_id)
            sent = await channel.send(nonce=nonce, **render_new(message))
        return Sent(sent.channel.id, sent.id)

    async def send_direct(self, user_id: int, message: Outgoing, nonce: str) -> Sent:
        """Send a person a direct message."""
        with told(f"writing to <@{user_id}>"):
            channel = await self._client.create_dm(discord.Object(user_id))
            sent = await channel.send(nonce=nonce, **render_new(message))
        return Sent(sent.channel.id, sent.id)

    async def edit(self, sent: Sent, message: Outgoing) -> None:
        """Replace the words, card and buttons of a message of ours."""
        with told(f"editing a message in <#{sent.channel_id}>"):
            channel = self._client.get_partial_messageable(sent.channel_id)
            await channel.get_partial_message(sent.message_id).edit(**render(message))

    async def find_own(self, channel_id: int, marker: str, since: datetime) -> Sent | None:
        """Return our own message in a channel, not older than `since`, that holds `marker`."""
        with told(f"looking for a message of ours in <#{channel_id}>"):
            return await self._find(self._legible(channel_id), marker, since)

    async def find_own_direct(self, user_id: int, marker: str, since: datetime) -> Sent | None:
        """Return our own direct message to a person, not older than `since`, that holds `marker`."""
        with told(f"looking for our message to <@{user_id}>"):
            channel = await self._client.create_dm(discord.Object(user_id))
            return await self._find(channel, marker, since)

    async def _find(self, channel: discord.abc.Messageable, marker: str, since: datetime) -> Sent | None:
        own = self._client.user.id if self._client.user else 0
        looked = 0
        async for message in channel.history(limit=LOOK_BACK, after=since - CLOCK_SLACK, oldest_first=False):
            if message.author.id == own and marker in message.content:
                return Sent(message.channel.id, message.id)
            looked += 1
        if looked == LOOK_BACK:
            raise PlatformError(Refusal.MISSING, f"it is not among the last {LOOK_BACK:,} messages")
        return None

    async def fetch(self, url: str, keep: int) -> Fetched:
        """Read the file behind an attachment's address, and keep its bytes if they are `keep` at most."""
        with told("fetching an attachment"):
            # A session of its own: none is left open between attachments, which are rare.
            async with (
                aiohttp.ClientSession(timeout=FETCH_TIMEOUT) as session,
                session.get(url) as answer,
            ):
                if answer.status != 200:
                    refusal = Refusal.UNAVAILABLE if answer.status >= 500 else Refusal.MISSING
                    raise PlatformError(refusal, f"the file server answered {answer.status}")
                data = bytearray()
                digest, size = hashlib.sha256(), 0
                async for chunk in answer.content.iter_chunked(1 << 16):
                    digest.update(chunk)
                    size += len(chunk)
                    if size > LARGEST_FILE:
                        raise PlatformError(Refusal.INVALID, f"the file is larger than {LARGEST_FILE} bytes")
                    if size <= keep:
                        data += chunk
                return Fetched(size, digest.hexdigest(), bytes(data) if size <= keep else None)

    async def channels(self) -> tuple[Channel, ...]:
        """Return the channels and threads that Beadle can read.

        Threads come from the cache and from each channel's archive: one that was opened and archived while
        Beadle was away is in neither the list of active threads nor in any event.
        """
        guild = self._guild()
        places: dict[int, discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread]
        places = {}
        for channel in guild.channels:
            if isinstance(channel, discord.CategoryChannel) or not _readable(channel):
                continue
            if isinstance(channel, discord.TextChannel | discord.ForumChannel):
                async for thread in self._archived(channel):
                    places[thread.id] = thread
            if not isinstance(channel, discord.ForumChannel):
                places[channel.id] = channel
        places |= {thread.id: thread for thread in guild.threads if _readable(thread)}
        return tuple(self._channel(place) for place in places.values())

    def _channel(self, channel: discord.abc.MessageableChannel) -> Channel:
        title = None
        if isinstance(channel, discord.Thread):
            title = title_post(channel, channel.owner, self._clock())
        return Channel(to_place(channel), getattr(channel, "last_message_id", None), title)

    async def names(self) -> tuple[Post, ...]:
        """Return the name of every member as something to screen."""
        guild = self._guild()
        return tuple(name_post(m, self._clock()) for m in guild.members if m != guild.me)

    async def title(self, thread_id: int) -> Post:
        """Return the title that a thread has now as something to screen."""
        with told(f"looking at the title of <#{thread_id}>"):
            thread = await self._client.fetch_channel(thread_id)
        if not isinstance(thread, discord.Thread):
            raise PlatformError(Refusal.MISSING, f"<#{thread_id}> is no thread")
        return title_post(thread, thread.owner, self._clock())

    async def name(self, user_id: int) -> Post:
        """Return the name that a member shows now as something to screen."""
        with told(f"looking at the name of <@{user_id}>"):
            return name_post(await self._guild().fetch_member(user_id), self._clock())

    async def _archived(
        self, channel: discord.TextChannel | discord.ForumChannel
    ) -> AsyncIterator[discord.Thread]:
        try:
            async for thread in channel.archived_threads(limit=ARCHIVED_THREADS):
                yield thread
        except discord.HTTPException:
            return

    async def history(self, channel_id: int, after: int, limit: int) -> AsyncIterator[Post]:
        """Yield at most `limit` posts of others, younger than the id `after`, oldest first."""
        with told(f"reading back <#{channel_id}>"):
            messages = self._legible(channel_id).history(
                limit=limit, after=discord.Object(after), oldest_first=True
            )
            async for message in messages:
                if is_comment(message, self._client):
                    yield to_post(message)

    async def recent(self, channel_id: int, before: int, limit: int) -> AsyncIterator[Post]:
        """Yield at most `limit` posts of others, up to and with the id `before`, newest first."""
        with told(f"reading back <#{channel_id}>"):
            messages = self._legible(channel_id).history(limit=limit, before=discord.Object(before + 1))
            async for message in messages:
                if is_comment(message, self._client):
                    yield to_post(message)

    async def _in_thread(self, thread_id: int, ask: Callable[[], Awaitable[object]]) -> None:
        """Ask for something, and if it is refused because the thread is archived, open it meanwhile."""
        try:
            await ask()
        except discord.HTTPException as error:
            if error.code != THREAD_ARCHIVED:
                raise
            await self._client.http.edit_channel(thread_id, archived=False)
            await ask()
            await self._client.http.edit_channel(thread_id, archived=True)

    def _guild(self) -> discord.Guild:
        return present(self._client.get_guild(self._guild_id))

    def _legible(self, channel_id: int) -> discord.abc.Messageable:
        channel = self._guild().get_channel_or_thread(channel_id)
        if channel is not None and not _readable(channel):
            # Discord would answer with no messages at all, as if there were none.
            raise PlatformError(Refusal.FORBIDDEN, "Beadle may not read the message history there")
        if isinstance(channel, discord.abc.Messageable):
            return channel
        return self._client.get_partial_messageable(channel_id, guild_id=self._guild_id)


def _readable(channel: discord.abc.GuildChannel | discord.Thread) -> bool:
    permissions = channel.permissions_for(channel.guild.me)
    return permissions.view_channel and permissions.read_message_history


def _begins(message: discord.Message, thread_id: int) -> bool:
    line = message.type is discord.MessageType.thread_created
    return line and message.reference is not None and message.reference.channel_id == thread_id
