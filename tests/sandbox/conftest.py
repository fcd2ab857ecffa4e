"""A sandbox with the sample community, and the people in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import discord
import pytest

from bot.sandbox import Community, Exchange, Sandbox, sample_community
from tests.sandbox_support import PersonClient, connected


@pytest.fixture
async def city(observer: Callable[[Exchange], None]) -> AsyncIterator[Community]:
    """Give the sample community in a running sandbox, whose exchanges are judged."""
    sandbox = Sandbox(observer=observer)
    community = sample_community(sandbox)
    await sandbox.start()
    yield community
    await sandbox.stop()


@pytest.fixture
async def person(city: Community) -> AsyncIterator[Callable[[str], Awaitable[PersonClient]]]:
    """Give a function that brings a person of the community in by name."""
    async with AsyncExitStack() as stack:

        async def enter(name: str) -> PersonClient:
            return await stack.enter_async_context(PersonClient(city.ready(), city.people[name].token))

        yield enter


@pytest.fixture
async def resident(person: Callable[[str], Awaitable[PersonClient]]) -> PersonClient:
    """Give the resident."""
    return await person("resident")


@pytest.fixture
async def bot(city: Community) -> AsyncIterator[discord.Client]:
    """Give the real client, connected as the community's bot."""
    async with connected(city.ready()) as client:
        yield client
