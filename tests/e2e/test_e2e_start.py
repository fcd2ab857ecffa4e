from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest

from bot import app
from bot.discord.errors import LoginRefused
from bot.sandbox import Community, Sandbox
from bot.sandbox.faults import Answer, Delay, GatewayDown, GatewayUp
from storage import Incompatible
from tests.e2e.e2e_support import FOUL, POLICY, People, eventually, settings


class Begun:
    """Beadle, begun and perhaps still waiting."""

    def __init__(self, community: Community, folder: Path, api: str, token: str) -> None:
        box = community.sandbox
        config = settings(
            community, folder, POLICY, discord={"api": api, "gateway": box.gateway, "cdn": box.cdn}
        )
        self.stop = asyncio.Event()
        self.ready = asyncio.Event()
        self.run = asyncio.create_task(app.run(config, token, self.stop, on_ready=self.ready.set))


class Begin(Protocol):
    """Begins Beadle, elsewhere than where the sandbox is or as somebody else if told so."""

    def __call__(self, *, api: str = ..., token: str = ...) -> Begun: ...


@pytest.fixture
async def begin(
    community: Community, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Begin]:
    monkeypatch.setattr(app, "PAUSE", 0.05)
    started: list[Begun] = []

    def begin(*, api: str = community.sandbox.api, token: str = community.bot.token) -> Begun:
        started.append(Begun(community, tmp_path, api, token))
        return started[-1]

    yield begin
    for begun in started:
        begun.stop.set()
        await asyncio.wait([begun.run])


async def test_beadle_waits_for_a_discord_that_cannot_be_reached_and_says_so_once_for_each_reason(
    begin: Begin, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    await sandbox.stop()
    beadle = begin()
    await eventually(lambda: f"waiting for Discord at {sandbox.api}: " in caplog.text, "a word of it")
    sandbox.fault(Answer(status=503, times=3))
    await sandbox.start()
    await eventually(beadle.ready.is_set, "Beadle is at work")
    waits = [record for record in caplog.records if "waiting for Discord" in record.getMessage()]
    assert len(waits) == 2
    assert "(status 503)" in waits[1].getMessage()


async def test_beadle_can_be_stopped_while_it_waits_for_discord(begin: Begin, sandbox: Sandbox) -> None:
    sandbox.fault(Delay(seconds=3600))
    beadle = begin()
    await eventually(lambda: not sandbox.faults.left(), "the request has arrived")
    beadle.stop.set()
    await beadle.run


async def test_what_comes_between_a_first_run_that_was_never_ready_and_the_next_is_screened(
    begin: Begin, sandbox: Sandbox, people: People, square: int, caplog: pytest.LogCaptureFixture
) -> None:
    before = await people["resident"].say(square, FOUL)
    sandbox.fault(GatewayDown())
    first = begin()
    await eventually(lambda: "Attempting a reconnect" in caplog.text, "all but the gateway is ready")
    first.stop.set()
    await first.run
    await people["resident"].say(square, FOUL)
    sandbox.fault(GatewayUp())
    begin()

    async def left() -> list[str]:
        return [message["id"] for message in await people["resident"].history(square)]

    async def removed() -> bool:
        return await left() == [before["id"]]

    await eventually(removed, "the post that came in between is removed, and the one before stands")


async def test_a_token_that_discord_does_not_know_is_not_tried_again(begin: Begin) -> None:
    with pytest.raises(LoginRefused, match="refuses the token"):
        await begin(token="nobody").run


async def test_an_address_where_discord_is_not_is_not_tried_again(begin: Begin, sandbox: Sandbox) -> None:
    with pytest.raises(LoginRefused, match="/cdn/users/@me does not let Beadle in: 404 Not Found"):
        await begin(api=sandbox.cdn).run


async def test_a_file_that_is_no_database_is_not_waited_for(begin: Begin, tmp_path: Path) -> None:
    (tmp_path / "beadle.sqlite3").write_bytes(b"not a database at all" * 1000)
    with pytest.raises(Incompatible, match="not a database"):
        await begin().run
