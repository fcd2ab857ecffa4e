from __future__ import annotations

import json
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox import Community, Events, GatewayDown, GatewayDrop, RefuseResume
from bot.sandbox.world import building
from tests.sandbox_support import PersonClient, QuickClient, connected, until

Enter = Callable[[str], Awaitable[PersonClient]]


@pytest.fixture
def square(city: Community) -> int:
    return city.channels["town-square"].id


def listening(client: discord.Client) -> list[str]:
    heard: list[str] = []

    @client.event
    async def on_message(message: discord.Message) -> None:
        heard.append(message.content)

    @client.event
    async def on_resumed() -> None:
        heard.append("RESUMED")

    return heard


@asynccontextmanager
async def raw(
    city: Community, query: str = "?v=10&encoding=json"
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with aiohttp.ClientSession() as http, http.ws_connect(city.sandbox.gateway + query) as ws:
        yield ws


async def test_the_real_client_finds_the_community_as_it_is(city: Community, bot: discord.Client) -> None:
    guild = bot.get_guild(city.guild.id)
    assert guild
    assert {channel.name for channel in guild.channels} == set(city.channels)
    assert {member.id for member in guild.members} == set(city.guild.members)
    assert not guild.me.guild_permissions.administrator
    assert bot.application_id == city.application.id
    assert not guild.me.guild_permissions.mention_everyone


async def test_a_dropped_connection_is_resumed_and_nothing_is_missed(
    city: Community, bot: discord.Client, resident: PersonClient, square: int
) -> None:
    heard = listening(bot)
    await resident.say(square, "before")
    await until(lambda: heard)
    city.sandbox.fault(GatewayDrop())
    await resident.say(square, "meanwhile")
    await until(lambda: "RESUMED" in heard)
    await resident.say(square, "after")
    await until(lambda: "after" in heard)
    assert heard == ["before", "meanwhile", "RESUMED", "after"]


async def test_a_refused_resume_begins_anew_and_loses_what_was_said(
    city: Community, bot: discord.Client, resident: PersonClient, square: int
) -> None:
    heard = listening(bot)
    first = next(iter(city.sandbox.hub.sessions))
    city.sandbox.fault(RefuseResume())
    city.sandbox.fault(GatewayDrop())
    city.sandbox.say(city.people["resident"], city.channels["town-square"], "meanwhile")
    await until(lambda: any(s != first and i.outbox for s, i in city.sandbox.hub.sessions.items()))
    await resident.say(square, "after")
    await until(lambda: heard)
    assert heard == ["after"]


async def test_a_gateway_that_is_down_takes_nobody_in(city: Community) -> None:
    city.sandbox.fault(GatewayDown(seconds=0.2))
    with pytest.raises(aiohttp.WSServerHandshakeError):
        async with raw(city):
            pass
    await until(lambda: not city.sandbox.control.gateway_down)
    async with raw(city) as ws:
        assert (await ws.receive_json())["op"] == 10


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("no json", 4002),
        ("[]", 4002),
        ('{"op": 2, "d": 1}', 4002),
        ('{"op": 8, "d": {}}', 4003),
        ('{"op": 2, "d": {"token": "wrong", "intents": 0}}', 4004),
        ('{"op": 2, "d": {"token": "BOT", "intents": 67108864}}', 4013),
        ('{"op": 2, "d": {"token": "BOT", "intents": 32768}}', 4014),
    ],
)
async def test_a_client_that_errs_is_closed_with_discords_code(
    city: Community, frame: str, code: int
) -> None:
    city.application.privileged = 0
    async with raw(city) as ws:
        await ws.receive_json()
        await ws.send_str(frame.replace("BOT", city.bot.token))
        assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE
        assert ws.close_code == code


async def test_an_unknown_session_is_invalid(city: Community) -> None:
    async with raw(city) as ws:
        await ws.receive_json()
        await ws.send_json({"op": 6, "d": {"token": city.bot.token, "session_id": "gone", "seq": 3}})
        assert await ws.receive_json() == {"op": 9, "d": False, "s": None, "t": None}


async def test_heartbeats_are_acknowledged_and_silence_is_closed(city: Community) -> None:
    city.sandbox.world.settings.heartbeat_interval = 0.05
    async with raw(city) as ws:
        assert (await ws.receive_json())["d"]["heartbeat_interval"] == 50
        await ws.send_json({"op": 1, "d": None})
        assert (await ws.receive_json())["op"] == 11
        assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE
        assert ws.close_code == 4009


async def test_zlib_stream_is_one_stream_over_many_frames(city: Community) -> None:
    async with raw(city, "?v=10&encoding=json&compress=zlib-stream") as ws:
        unpack = zlib.decompressobj()
        hello = json.loads(unpack.decompress(await ws.receive_bytes()))
        assert hello["op"] == 10
        await ws.send_json({"op": 2, "d": {"token": city.people["resident"].token}})
        names = [json.loads(unpack.decompress(await ws.receive_bytes()))["t"] for _ in range(2)]
        assert names == ["READY", "GUILD_CREATE"]


async def test_words_are_blank_without_the_message_content_intent(
    city: Community, resident: PersonClient, square: int
) -> None:
    client = QuickClient(discord.Intents.default())
    async with connected(city.ready(), client) as bot:
        heard = listening(bot)
        await resident.say(square, "a secret")
        await resident.say(square, f"<@{city.bot.id}> for you")
        channel = bot.get_channel(square)
        assert isinstance(channel, discord.TextChannel)
        await channel.send("my own")
        await until(lambda: len(heard) == 3)
    assert heard == ["", f"<@{city.bot.id}> for you", "my own"]


async def test_words_are_blank_in_history_too_without_the_grant(
    city: Community, bot: discord.Client, resident: PersonClient, square: int
) -> None:
    city.application.privileged = 0
    await resident.say(square, "a secret")
    channel = bot.get_channel(square)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("my own")
    assert [m.content async for m in channel.history()] == ["my own", ""]


async def test_events_go_only_to_those_who_see_the_channel(city: Community, person: Enter) -> None:
    moderator, resident = await person("moderator"), await person("resident")
    staff, public = await moderator.watch(), await resident.watch()
    queue = city.channels["review-queue"].id
    await moderator.say(queue, "for staff")
    await moderator.say(city.channels["town-square"].id, "for all")
    await staff.wait("MESSAGE_CREATE", lambda m: m["content"] == "for all")
    await public.wait("MESSAGE_CREATE", lambda m: m["content"] == "for all")
    assert [m["content"] for m in public.of("MESSAGE_CREATE")] == ["for all"]
    assert [m["content"] for m in staff.of("MESSAGE_CREATE")] == ["for staff", "for all"]
    assert str(queue) not in {c["id"] for c in public.of("GUILD_CREATE")[0]["channels"]}


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("duplicate", ["1", "1", "2", "3"]),
        ("reorder", ["2", "1", "3"]),
        ("lose", ["2", "3"]),
        ("delay", ["2", "3", "1"]),
    ],
)
async def test_an_event_can_be_disturbed_on_its_way(
    city: Community, bot: discord.Client, resident: PersonClient, square: int, how: Any, expected: list[str]
) -> None:
    heard = listening(bot)
    city.sandbox.fault(Events(event="MESSAGE_CREATE", how=how, seconds=0.3))
    for n in "123":
        await resident.say(square, n)
    await until(lambda: len(heard) == len(expected))
    assert heard == expected


async def test_a_person_who_joins_is_announced(city: Community, bot: discord.Client) -> None:
    joined: list[str] = []

    @bot.event
    async def on_member_join(member: discord.Member) -> None:
        joined.append(member.display_name)

    newcomer = city.sandbox.world.new_user("newcomer", name="New Comer")
    building.join(city.sandbox.world, city.guild, newcomer, nick="Mayor (official)")
    await until(lambda: joined)
    assert joined == ["Mayor (official)"]
    guild = bot.get_guild(city.guild.id)
    assert guild
    found = await guild.query_members("mayor")
    assert [member.id for member in found] == [newcomer.id]
    missing = await guild.query_members(user_ids=[newcomer.id, 1])
    assert [member.id for member in missing] == [newcomer.id]


async def test_several_sessions_of_one_person_hear_the_same(
    city: Community, person: Enter, resident: PersonClient, square: int
) -> None:
    one, other = await (await person("neighbor")).watch(), await (await person("neighbor")).watch()
    await resident.say(square, "to both")
    for watch in (one, other):
        assert (await watch.wait("MESSAGE_CREATE"))["content"] == "to both"
    assert len(city.sandbox.hub.of(city.people["neighbor"])) == 2


async def test_sessions_nobody_resumes_are_let_go(city: Community) -> None:
    for _ in range(10):
        async with raw(city) as ws:
            await ws.receive_json()
            await ws.send_json({"op": 2, "d": {"token": city.people["resident"].token}})
            await ws.receive_json()
        await until(lambda: not city.sandbox.hub.of(city.people["resident"]))
    assert len(city.sandbox.hub.sessions) == 6


async def test_stopping_ends_every_connection(city: Community) -> None:
    async with raw(city) as ws:
        await ws.receive_json()
        await ws.send_json({"op": 2, "d": {"token": city.people["resident"].token}})
        assert [(await ws.receive_json())["t"] for _ in range(2)] == ["READY", "GUILD_CREATE"]
        await city.sandbox.stop()
        assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE
