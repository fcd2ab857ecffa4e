"""The sample community, its people, and Beadle at work in it; every exchange is held to its description."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.discord import client
from bot.sandbox import Community, Exchange, Sandbox, sample_community
from tests.e2e.e2e_processes import Apart
from tests.e2e.e2e_support import POLICY, Beadle, People, Start, settings
from tests.sandbox_support import PersonClient


@pytest.fixture(autouse=True)
def _near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Beadle connect again soon: what it lost is near."""
    monkeypatch.setattr(client, "LONGEST_WAIT", 0.3)


@pytest.fixture
def exchanges() -> list[Exchange]:
    """Give every exchange with the sandbox, as they come."""
    return []


@pytest.fixture
async def sandbox(observer: Callable[[Exchange], None], exchanges: list[Exchange]) -> AsyncIterator[Sandbox]:
    """Give a running sandbox."""

    def observe(exchange: Exchange) -> None:
        exchanges.append(exchange)
        observer(exchange)

    sandbox = Sandbox(observer=observe)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest.fixture
def community(sandbox: Sandbox) -> Community:
    """Give the sample community."""
    return sample_community(sandbox)


@pytest.fixture
def square(community: Community) -> int:
    """Give the id of the channel that most tests talk in."""
    return community.channels["town-square"].id


@pytest.fixture
def parks(community: Community) -> int:
    """Give the id of another public channel."""
    return community.channels["parks-and-rec"].id


@pytest.fixture
async def people(community: Community) -> AsyncIterator[People]:
    """Give the people of the community by name."""
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(PersonClient(community.ready(), user.token))
            for name, user in community.people.items()
        }


@pytest.fixture
async def start(community: Community, people: People, tmp_path: Path) -> AsyncIterator[Start]:
    """Give the means to start Beadle otherwise than `beadle` does."""
    started: list[Beadle] = []

    async def start(policy: str = POLICY, **sections: Any) -> Beadle:
        beadle = Beadle(community, people, settings(community, tmp_path, policy, **sections))
        await beadle.start()
        started.append(beadle)
        return beadle

    yield start
    for beadle in started:
        await beadle.stop()


@pytest.fixture
async def beadle(start: Start) -> Beadle:
    """Give Beadle at work under the test policy."""
    return await start()


@pytest.fixture
async def apart(tmp_path: Path) -> AsyncIterator[Apart]:
    """Give the means to run the sandbox and Beadle in processes of their own."""
    apart = Apart(tmp_path)
    yield apart
    await apart.close()
