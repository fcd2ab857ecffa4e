from __future__ import annotations

import asyncio
import io
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.sandbox import Community, Preview
from bot.sandbox.world import ids
from tests.sandbox_support import PersonClient, Refused, until


@pytest.fixture
def square(city: Community) -> int:
    return city.channels["town-square"].id


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"content": "x" * 2001}, 400, 50035),
        ({"content": ""}, 400, 50006),
        ({"content": " \n "}, 400, 50006),
        ({"content": "a", "nonce": "n" * 26}, 400, 50035),
        ({"embeds": [{"title": "t" * 257}]}, 400, 50035),
        ({"embeds": [{"description": "d" * 4000}] * 2}, 400, 50035),
        ({"embeds": [{"title": "t"}] * 11}, 400, 50035),
        ({"embeds": [{"title": "t", "fields": [{"name": "n", "value": "v"}] * 26}]}, 400, 50035),
        ({"embeds": [{}]}, 400, 50035),
        ({"content": "a", "components": [{"type": 1, "components": []}]}, 400, 50035),
        (
            {"content": "a", "components": [{"type": 2, "style": 1, "label": "l", "custom_id": "c"}]},
            400,
            50035,
        ),
        ({"content": "a", "message_reference": {"message_id": "1"}}, 400, 50035),
        ({"content": "a", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, 400, 50035),
        ({"poll": {"question": {"text": ""}, "answers": []}}, 400, 50035),
    ],
)
async def test_a_message_over_a_limit_is_refused_with_discords_code(
    resident: PersonClient, square: int, fields: dict[str, Any], status: int, code: int
) -> None:
    with pytest.raises(Refused) as refused:
        await resident.say(square, **fields)
    assert (refused.value.status, refused.value.code) == (status, code)
    assert await resident.history(square) == []


async def test_buttons_and_selects_over_a_limit_are_refused(resident: PersonClient, square: int) -> None:
    button = {"type": 2, "style": 1, "label": "l"}
    select = {"type": 3, "custom_id": "s"}
    rows: list[list[dict[str, object]]] = [
        [button | {"custom_id": str(n)} for n in range(6)],
        [button | {"custom_id": "same"}, button | {"custom_id": "same"}],
        [button | {"custom_id": "c" * 101}],
        [button | {"custom_id": "c", "label": "l" * 81}],
        [{"type": 2, "style": 5, "label": "no address"}],
        [select | {"options": [{"label": str(n), "value": str(n)} for n in range(26)]}],
        [select | {"options": []}],
    ]
    for row in rows:
        with pytest.raises(Refused) as refused:
            await resident.say(square, "a", components=[{"type": 1, "components": row}])
        assert refused.value.code == 50035


async def test_files_over_10_mib_or_25_mib_together_are_refused(resident: PersonClient, square: int) -> None:
    mib = 1024 * 1024
    for files in ({"big.bin": bytes(10 * mib + 1)}, {f"{n}.bin": bytes(9 * mib) for n in range(3)}):
        with pytest.raises(Refused) as refused:
            await resident.say(square, "files", files=files)
        assert (refused.value.status, refused.value.code) == (413, 40005)
    assert (await resident.say(square, "file", files={"fits.bin": bytes(10 * mib)}))["attachments"][0]["size"]


async def test_an_attachment_can_be_read_until_its_message_is_deleted(
    resident: PersonClient, bot: discord.Client, square: int
) -> None:
    sent = await resident.say(square, "plan", files={"the plan!.png": b"\x89PNG"})
    assert sent["attachments"][0]["filename"] == "the_plan.png"
    assert sent["attachments"][0]["content_type"] == "image/png"
    channel = bot.get_channel(square)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.fetch_message(int(sent["id"]))
    assert await message.attachments[0].read() == b"\x89PNG"
    await resident.delete(sent)
    with pytest.raises(discord.NotFound):
        await message.attachments[0].read()


async def test_an_edit_that_drops_an_attachment_drops_its_file(bot: discord.Client, square: int) -> None:
    channel = bot.get_channel(square)
    assert isinstance(channel, discord.TextChannel)
    files = [discord.File(io.BytesIO(name.encode()), f"{name}.txt") for name in ("one", "two")]
    message = await channel.send(files=files)
    one, two = message.attachments
    message = await message.edit(attachments=[two, discord.File(io.BytesIO(b"three"), "three.txt")])
    assert [a.filename for a in message.attachments] == ["two.txt", "three.txt"]
    assert await message.attachments[1].read() == b"three"
    with pytest.raises(discord.NotFound):
        await one.read()


async def test_embeds_and_galleries_show_the_files_of_their_message(bot: discord.Client, square: int) -> None:
    channel = bot.get_channel(square)
    assert isinstance(channel, discord.TextChannel)
    embed = discord.Embed(title="Map").set_image(url="attachment://map.png")
    message = await channel.send(embed=embed, file=discord.File(io.BytesIO(b"PNG"), "map.png"))
    assert message.embeds[0].image.url == message.attachments[0].url
    layout = discord.ui.LayoutView()
    gallery: discord.ui.MediaGallery[discord.ui.LayoutView] = discord.ui.MediaGallery()
    layout.add_item(gallery.add_item(media="attachment://map.png"))
    layout.add_item(discord.ui.File("attachment://map.png"))
    message = await channel.send(view=layout, file=discord.File(io.BytesIO(b"PNG"), "map.png"))
    shown = message.components[0]
    assert isinstance(shown, discord.MediaGalleryComponent)
    assert shown.items[0].media.url == message.attachments[0].url


async def test_an_enforced_nonce_gives_the_first_message_again(bot: discord.Client, square: int) -> None:
    channel = bot.get_channel(square)
    assert isinstance(channel, discord.TextChannel)
    first = await channel.send("notice", nonce="case-1")
    again = await channel.send("notice", nonce="case-1")
    other = await channel.send("notice", nonce="case-2")
    assert again.id == first.id != other.id
    assert len([m async for m in channel.history()]) == 2


async def test_history_pages_both_ways_and_around(resident: PersonClient, square: int) -> None:
    sent = [(await resident.say(square, str(n)))["id"] for n in range(9)]

    async def page(**query: object) -> list[int]:
        return [sent.index(m["id"]) for m in await resident.history(square, **query)]

    assert await page(limit=3) == [8, 7, 6]
    assert await page(limit=3, before=sent[4]) == [3, 2, 1]
    assert await page(limit=3, after=sent[4]) == [7, 6, 5]
    assert await page(limit=3, after=0) == [2, 1, 0]
    assert await page(limit=3, around=sent[4]) == [5, 4, 3]
    with pytest.raises(Refused):
        await resident.history(square, limit=101)


async def test_an_edit_reaches_the_client_as_an_edit_and_a_preview_does_not(
    city: Community, resident: PersonClient, bot: discord.Client, square: int
) -> None:
    edits: list[discord.RawMessageUpdateEvent] = []

    @bot.event
    async def on_raw_message_edit(payload: discord.RawMessageUpdateEvent) -> None:
        edits.append(payload)

    sent = await resident.say(square, "see https://example.org/page")
    city.sandbox.fault(Preview(channel_id=square, message_id=int(sent["id"])))
    await resident.edit(sent, "see https://example.org/other")
    await until(lambda: len(edits) == 2)
    assert [bool(edit.data["edited_timestamp"]) for edit in edits] == [False, True]
    assert edits[0].message.embeds
    assert edits[1].message.content == "see https://example.org/other"


async def test_only_whom_allowed_mentions_names_is_mentioned(
    city: Community, bot: discord.Client, square: int
) -> None:
    channel = bot.get_channel(square)
    assert isinstance(channel, discord.TextChannel)
    resident, neighbor = (city.people[name].id for name in ("resident", "neighbor"))
    text = f"<@{resident}> <@{neighbor}> <@&{city.roles['Clerk'].id}> @everyone"
    everybody = await channel.send(text)
    assert {u.id for u in everybody.mentions} == {resident, neighbor}
    assert [r.name for r in everybody.role_mentions] == ["Clerk"]
    assert not everybody.mention_everyone, "the bot may not mention everyone"
    one = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(resident)])
    only = await channel.send(text, allowed_mentions=one)
    assert [u.id for u in only.mentions] == [resident]
    assert not only.role_mentions
    none = await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
    assert not none.mentions


async def test_a_reply_carries_its_reference_and_a_forward_a_snapshot(
    city: Community, resident: PersonClient, bot: discord.Client, square: int
) -> None:
    sent = await resident.say(square, "the original")
    channel = bot.get_channel(square)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.fetch_message(int(sent["id"]))
    reply = await message.reply("an answer")
    assert isinstance(reply.reference and reply.reference.resolved, discord.Message)
    other = bot.get_channel(city.channels["parks-and-rec"].id)
    assert isinstance(other, discord.TextChannel)
    forward = await message.forward(other)
    assert forward.message_snapshots[0].content == "the original"
    await resident.delete(sent)
    again = await channel.fetch_message(reply.id)
    assert isinstance(again.reference and again.reference.resolved, discord.DeletedReferencedMessage)


async def test_bulk_delete_takes_2_to_100_messages_of_two_weeks(
    city: Community, bot: discord.Client, square: int
) -> None:
    channel = bot.get_channel(square)
    assert isinstance(channel, discord.TextChannel)
    messages = [await channel.send(str(n)) for n in range(3)]
    gone: list[set[int]] = []

    @bot.event
    async def on_raw_bulk_message_delete(payload: discord.RawBulkMessageDeleteEvent) -> None:
        gone.append(payload.message_ids)

    delete = bot.http.delete_messages
    await delete(square, [m.id for m in messages[:2]])
    await until(lambda: gone)
    assert gone == [{m.id for m in messages[:2]}]
    assert [m.id async for m in channel.history()] == [messages[2].id]
    old = ids.floor(city.sandbox.world.now() - timedelta(days=15))
    for given, code in (
        ([messages[2].id], 50016),
        ([messages[2].id] * 101, 50016),
        ([old, messages[2].id], 50034),
    ):
        with pytest.raises(discord.HTTPException) as refused:
            await delete(square, list[int | str](given))
        assert refused.value.code == code


async def test_deleting_twice_is_unknown_message(resident: PersonClient, square: int) -> None:
    sent = await resident.say(square, "once")
    await resident.delete(sent)
    with pytest.raises(Refused) as refused:
        await resident.delete(sent)
    assert (refused.value.status, refused.value.code) == (404, 10008)


async def test_a_person_edits_only_their_own_words(
    resident: PersonClient, bot: discord.Client, square: int
) -> None:
    channel = bot.get_channel(square)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.send("official")
    with pytest.raises(Refused) as refused:
        await resident.request("PATCH", f"/channels/{square}/messages/{message.id}", {"content": "changed"})
    assert refused.value.code == 50005
    with pytest.raises(Refused) as refused:
        await resident.request("DELETE", f"/channels/{square}/messages/{message.id}")
    assert refused.value.code == 50013


async def test_a_refused_edit_changes_nothing(resident: PersonClient, square: int) -> None:
    said = await resident.say(square, "as it was", files={"f.txt": b"x"})
    path = f"/channels/{square}/messages/{said['id']}"
    for body in (
        {"content": "x" * 2001},
        {"content": "", "attachments": []},
        {"content": "new", "embeds": [{}]},
    ):
        with pytest.raises(Refused):
            await resident.request("PATCH", path, body)
    (after,) = await resident.history(square)
    assert (after["content"], after["edited_timestamp"]) == ("as it was", None)
    assert len(after["attachments"]) == 1


async def test_reactions_and_pins_reach_the_client(
    resident: PersonClient, bot: discord.Client, square: int
) -> None:
    sent = await resident.say(square, "a good idea")
    heard: list[str] = []

    @bot.event
    async def on_raw_reaction_add(payload: discord.RawReactionActionEvent) -> None:
        heard.append(f"+{payload.emoji}")

    @bot.event
    async def on_raw_reaction_remove(payload: discord.RawReactionActionEvent) -> None:
        heard.append(f"-{payload.emoji}")

    path = f"/channels/{square}/messages/{sent['id']}/reactions/%F0%9F%91%8D/@me"
    await resident.request("PUT", path)
    await resident.request("DELETE", path)
    await until(lambda: len(heard) == 2)
    assert heard == ["+👍", "-👍"]
    channel = bot.get_channel(square)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.fetch_message(int(sent["id"]))
    await message.pin()
    assert [m.id async for m in channel.pins()] == [message.id]
    assert (await resident.history(square, limit=1))[0]["type"] == 6
    with pytest.raises(Refused) as refused:
        await resident.request("DELETE", f"/channels/{square}/messages/pins/{sent['id']}")
    assert refused.value.code == 50013


async def test_a_slowed_channel_makes_residents_wait_but_not_staff(
    city: Community, resident: PersonClient, bot: discord.Client, square: int
) -> None:
    channel = bot.get_channel(square)
    assert isinstance(channel, discord.TextChannel)
    await channel.edit(slowmode_delay=30)
    await resident.say(square, "first")
    with pytest.raises(Refused) as refused:
        await resident.say(square, "second")
    assert (refused.value.status, refused.value.code) == (429, 20016)
    await channel.send("one")
    await channel.send("two")


async def test_a_poll_counts_votes_and_ends(resident: PersonClient, bot: discord.Client, square: int) -> None:
    channel = bot.get_channel(square)
    assert isinstance(channel, discord.TextChannel)
    poll = discord.Poll("Park hours?", timedelta(hours=1)).add_answer(text="Longer").add_answer(text="As now")
    message = await channel.send(poll=poll)
    path = f"/channels/{square}/polls/{message.id}/answers/@me"
    await resident.request("PUT", path, {"answer_ids": ["1"]})
    await resident.request("PUT", path, {"answer_ids": ["2"]})
    message = await channel.fetch_message(message.id)
    assert message.poll
    assert [answer.vote_count for answer in message.poll.answers] == [0, 1]
    assert [user.name async for user in message.poll.answers[1].voters()] == ["resident"]
    ended = await message.end_poll()
    assert ended.poll
    assert ended.poll.is_finalized()
    with pytest.raises(Refused):
        await resident.request("PUT", path, {"answer_ids": ["1"]})


async def test_the_oldest_messages_make_room_over_the_cap(
    city: Community, resident: PersonClient, square: int
) -> None:
    log = city.channels["town-square"].log
    log._cap = 3
    sent = [(await resident.say(square, str(n), files={"f.txt": b"x"}))["id"] for n in range(5)]
    assert [m["id"] for m in await resident.history(square)] == sent[:1:-1]
    assert len(city.sandbox.world.files) == 3


async def test_many_people_at_once_are_served_in_turn(
    city: Community, resident: PersonClient, bot: discord.Client, square: int
) -> None:
    heard: list[int] = []

    @bot.event
    async def on_message(message: discord.Message) -> None:
        heard.append(message.id)

    sent = await asyncio.gather(*(resident.say(square, str(n)) for n in range(200)))
    await until(lambda: len(heard) == 200)
    assert heard == sorted(int(message["id"]) for message in sent)
