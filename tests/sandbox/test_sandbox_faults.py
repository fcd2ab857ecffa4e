from __future__ import annotations

import json
from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox import Answer, Cdn, Community, Cut, Delay, Happening
from tests.sandbox_support import PersonClient, Refused

DELETE = "/channels/{channel_id}/messages/{message_id}"
CREATE = "/channels/{channel_id}/messages"


@pytest.fixture
def square(city: Community, bot: discord.Client) -> discord.TextChannel:
    channel = bot.get_channel(city.channels["town-square"].id)
    assert isinstance(channel, discord.TextChannel)
    return channel


async def post(city: Community, path: str, body: Any = None) -> tuple[int, Any]:
    method = "POST" if body is not None else "GET"
    async with aiohttp.ClientSession() as http:
        address = city.sandbox.api.removesuffix("/api/v10") + "/sandbox" + path
        async with http.request(method, address, json=body) as answer:
            return answer.status, await answer.json()


async def test_the_next_answers_on_a_route_are_errors_used_up_one_by_one(
    city: Community, square: discord.TextChannel
) -> None:
    city.sandbox.fault(Answer(method="POST", route=CREATE, status=403, code=50013, times=2))
    for _ in range(2):
        with pytest.raises(discord.Forbidden):
            await square.send("no")
    await square.send("yes")
    assert [m.content async for m in square.history()] == ["yes"]


async def test_a_fault_after_the_fact_lets_it_happen(city: Community, square: discord.TextChannel) -> None:
    message = await square.send("there")
    city.sandbox.fault(Answer(method="DELETE", route=DELETE, status=503, after=True))
    with pytest.raises(discord.DiscordServerError):
        await message.delete()
    city.sandbox.fault(Cut(method="POST", route=CREATE, after=True))
    with pytest.raises(aiohttp.ClientError):
        await square.send("cut off")
    assert [m.content async for m in square.history()] == ["cut off"]


async def test_a_429_is_waited_out_and_a_global_one_too(city: Community, square: discord.TextChannel) -> None:
    city.sandbox.fault(Answer(method="POST", route=CREATE, status=429, retry_after=0.01, times=3))
    city.sandbox.fault(Answer(route=CREATE, status=429, retry_after=0.01, everywhere=True))
    await square.send("at last")
    answered = city.sandbox.rest.requests
    assert (answered["POST", CREATE, 429], answered["POST", CREATE, 200]) == (4, 1)


async def test_people_are_spared_unless_they_are_meant(
    city: Community, square: discord.TextChannel, resident: PersonClient
) -> None:
    city.sandbox.fault(Answer(route=CREATE, status=404))
    await resident.say(square.id, "unharmed")
    with pytest.raises(discord.NotFound):
        await square.send("harmed")
    city.sandbox.fault(Answer(route=CREATE, status=404, who="people", params={"channel_id": "1"}))
    await resident.say(square.id, "elsewhere")
    city.sandbox.fault(Answer(route=CREATE, status=404, who="people", params={"channel_id": str(square.id)}))
    await resident.request("GET", "/users/@me")
    with pytest.raises(Refused):
        await resident.history(square.id)


async def test_files_can_be_made_unreadable(city: Community, resident: PersonClient) -> None:
    sent = await resident.say(city.channels["town-square"].id, "f", files={"f.txt": b"x"})
    city.sandbox.fault(Cdn(status=503))
    async with aiohttp.ClientSession() as http:
        statuses = [(await http.get(sent["attachments"][0]["url"])).status for _ in range(2)]
    assert statuses == [503, 200]


async def test_enforced_limits_are_kept_by_the_real_client(
    city: Community, square: discord.TextChannel
) -> None:
    messages = [await square.send(str(n)) for n in range(6)]
    await post(city, "/faults", {"kind": "rate_limits"})
    for message in messages:
        await message.delete()
    answers = city.sandbox.rest.requests
    assert answers["DELETE", DELETE, 204] == 6
    assert answers["DELETE", DELETE, 429] == 0, "the client heeds the headers"


async def test_a_client_over_the_limit_is_told_when_to_come_back(
    city: Community, resident: PersonClient
) -> None:
    city.sandbox.rest.limits.on = True
    channel = city.channels["town-square"].id
    for n in range(5):
        await resident.say(channel, str(n))
    with pytest.raises(Refused) as refused:
        await resident.say(channel, "too much")
    assert refused.value.status == 429
    assert 0 < refused.value.body["retry_after"] <= 5
    assert refused.value.body["global"] is False


async def test_faults_are_set_over_http_and_listed(city: Community, resident: PersonClient) -> None:
    person = city.people["resident"]
    status, listed = await post(
        city,
        "/faults",
        [
            {"kind": "answer", "method": "DELETE", "route": DELETE, "status": 500, "times": 3},
            {"kind": "dms", "user_id": str(person.id)},
            {"kind": "delay", "seconds": 0.5},
        ],
    )
    assert status == 200
    assert [(fault["kind"], fault["left"]) for fault in listed["waiting"]] == [("answer", 3), ("delay", 1)]
    assert not person.takes_dms
    await post(city, "/faults", {"kind": "clear"})
    assert (await post(city, "/faults"))[1]["waiting"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "unheard of"},
        {"kind": "answer", "status": 200},
        {"kind": "answer", "statu": 500},
        {"kind": "delay", "seconds": -1},
        {"kind": "dms", "user_id": "1"},
        {"kind": "permission", "user_id": "1", "channel_id": "1", "names": ["FLY"]},
        "text",
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused(city: Community, body: Any) -> None:
    status, answer = await post(city, "/faults", body)
    assert status in (400, 404)
    assert answer
    assert city.sandbox.faults.left() == []


async def test_the_state_counts_what_stands_where(
    city: Community, square: discord.TextChannel, resident: PersonClient
) -> None:
    said = await resident.say(square.id, "one", files={"f.txt": b"x"})
    kept = await resident.say(square.id, "two")
    await square.get_partial_message(int(said["id"])).delete()
    target = square.guild.get_member(city.people["resident"].id)
    assert target
    await target.send("a notice")
    _, state = await post(city, "/state")
    here = state["channels"][str(square.id)]
    assert here["name"] == "#town-square"
    assert (here["messages"], here["ids"], here["created"], here["deleted"]) == (
        1,
        [kept["id"]],
        2,
        [said["id"]],
    )
    assert state["dms"] == {"resident": 1}
    assert (state["deletes"], state["files"]) == (1, 0)
    assert state["requests"][f"DELETE {DELETE}"] == {"204": 1}
    assert [session["connected"] for session in state["sessions"]] == [True]


async def test_the_transcript_tells_who_did_what(
    city: Community, square: discord.TextChannel, resident: PersonClient
) -> None:
    lines: list[Happening] = []
    city.sandbox.subscribe(lines.append)
    said = await resident.say(square.id, "a  comment\nin two lines")
    await square.get_partial_message(int(said["id"])).delete()
    assert [str(line)[9:] for line in lines] == [
        "Rosa Alvarez wrote in #town-square: a comment in two lines",
        "Beadle deleted a message of Rosa Alvarez in #town-square: a comment in two lines",
    ]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "wrong"}, {"Authorization": "Bot PERSON"}])
async def test_a_stranger_is_unauthorized(city: Community, headers: dict[str, str]) -> None:
    token = city.people["resident"].token
    given = {key: value.replace("PERSON", token) for key, value in headers.items()}
    async with (
        aiohttp.ClientSession(headers=given) as http,
        http.get(city.sandbox.api + "/users/@me") as answer,
    ):
        assert (answer.status, await answer.json()) == (401, {"message": "401: Unauthorized", "code": 0})
        assert answer.headers["Content-Type"] == "application/json"


async def test_a_delay_is_served_while_others_go_ahead(city: Community, resident: PersonClient) -> None:
    city.sandbox.fault(Delay(method="GET", route="/users/@me", who="people", seconds=30))
    with pytest.raises(TimeoutError):
        await resident.request("GET", "/users/@me", timeout=aiohttp.ClientTimeout(total=0.05))
    await resident.request("GET", "/users/@me")


async def test_bodies_that_are_no_json_are_refused(city: Community) -> None:
    headers = {"Authorization": city.people["resident"].token, "Content-Type": "application/json"}
    address = f"{city.sandbox.api}/channels/{city.channels['town-square'].id}/messages"
    async with aiohttp.ClientSession(headers=headers) as http:
        for body, code in ((b"{", 50109), (b"[" * 100_000, 50109), (json.dumps([1]).encode(), 50035)):
            async with http.post(address, data=body) as answer:
                assert (answer.status, (await answer.json())["code"]) == (400, code)
