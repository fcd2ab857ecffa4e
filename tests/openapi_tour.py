"""The real discord.py client let loose in the sample community, with everything said and sent judged."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import discord

from bot.sandbox import Community, Exchange, Sandbox, sample_community
from bot.sandbox.world import permissions
from tests.openapi import ApiDescription
from tests.sandbox_support import PersonClient, connected, until


class TouringClient(discord.Client):
    """A client that judges each event it receives."""

    def __init__(self, openapi: ApiDescription) -> None:
        super().__init__(intents=discord.Intents.all(), enable_debug_events=True, guild_ready_timeout=0.05)
        self.tree = discord.app_commands.CommandTree(self)
        self.judged: set[str] = set()
        self.mismatches: set[str] = set()
        self._openapi = openapi

    async def on_socket_raw_receive(self, text: str) -> None:
        """Judge one event."""
        payload = json.loads(text)
        if name := payload["t"]:
            self.judged.add(name)
            self.mismatches.update(self._openapi.validate_event(name, payload["d"]))


@dataclass(frozen=True)
class Tour:
    """The client, where it is, and the people it meets."""

    client: TouringClient
    community: Community

    @property
    def guild(self) -> discord.Guild:
        """Return the community as the client sees it."""
        return self.client.guilds[0]

    def text(self, name: str) -> discord.TextChannel:
        """Return a text channel by its name."""
        channel = self.client.get_channel(self.community.channels[name].id)
        assert isinstance(channel, discord.TextChannel)
        return channel

    @property
    def forum(self) -> discord.ForumChannel:
        """Return the community's forum."""
        return self.guild.forums[0]

    def member(self, name: str) -> discord.Member:
        """Return a member by their name."""
        member = self.guild.get_member(self.community.people[name].id)
        assert member is not None
        return member

    async def received(self, event: str) -> None:
        """Wait until an event of that name was judged."""
        await until(lambda: event in self.client.judged, event)

    @asynccontextmanager
    async def person(self, name: str) -> AsyncIterator[PersonClient]:
        """Bring a person in by their name."""
        async with PersonClient(self.community.ready(), self.community.people[name].token) as person:
            yield person


@asynccontextmanager
async def touring(openapi: ApiDescription, observer: Callable[[Exchange], None]) -> AsyncIterator[Tour]:
    """Log the client in where it may do anything, and show at the end that every event was as described."""
    sandbox = Sandbox(observer=observer)
    community = sample_community(sandbox)
    community.roles["Beadle"].permissions = permissions.ALL
    await sandbox.start()
    try:
        async with connected(community.ready(), client := TouringClient(openapi)):
            yield Tour(client, community)
    finally:
        await sandbox.stop()
    assert "GUILD_CREATE" in client.judged
    assert not client.mismatches, "\n".join(sorted(client.mismatches))
