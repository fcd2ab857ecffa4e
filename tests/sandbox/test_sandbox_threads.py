from __future__ import annotations

from collections.abc import Awaitable, Callable

import discord
import pytest

from bot.sandbox import Community
from tests.sandbox_support import PersonClient, Refused, until

Enter = Callable[[str], Awaitable[PersonClient]]


@pytest.fixture
def square(city: Community, bot: discord.Client) -> discord.TextChannel:
    channel = bot.get_channel(city.channels["town-square"].id)
    assert isinstance(channel, discord.TextChannel)
    return channel


async def test_a_thread_takes_the_id_of_its_message(
    city: Community, bot: discord.Client, square: discord.TextChannel, resident: PersonClient
) -> None:
    begun: list[discord.Thread] = []
    heard: list[discord.Message] = []

    @bot.event
    async def on_thread_create(thread: discord.Thread) -> None:
        begun.append(thread)

    @bot.event
    async def on_message(message: discord.Message) -> None:
        heard.append(message)

    said = await resident.say(square.id, "what of the park?")
    path = f"/channels/{square.id}/messages/{said['id']}/threads"
    thread = await resident.request("POST", path, {"name": "The park"})
    await resident.say(thread["id"], "inside")
    await until(lambda: any(m.content == "inside" for m in heard))
    assert begun[0].id == int(said["id"])
    assert begun[0].parent == square
    assert isinstance(heard[-1].channel, discord.Thread)
    with pytest.raises(Refused) as refused:
        await resident.request("POST", path, {"name": "Again"})
    assert refused.value.code == 160004


async def test_a_forum_post_outlives_its_first_message(
    city: Community, bot: discord.Client, resident: PersonClient
) -> None:
    forum = city.channels["ask-city-hall"]
    post = await resident.post(forum.id, "Potholes", "On Main Street")
    await resident.say(post["id"], "And on Oak")
    thread = bot.get_channel(int(post["id"])) or await bot.fetch_channel(int(post["id"]))
    assert isinstance(thread, discord.Thread)
    first = await thread.fetch_message(thread.id)
    assert first.content == "On Main Street"
    await first.delete()
    assert [m.content async for m in thread.history()] == ["And on Oak"]
    await thread.edit(name="A title")
    with pytest.raises(Refused) as refused:
        await resident.say(forum.id, "not in a post")
    assert refused.value.code == 50008


async def test_an_archived_thread_wakes_and_a_locked_one_does_not(
    square: discord.TextChannel, resident: PersonClient
) -> None:
    thread = await square.create_thread(name="Budget", type=discord.ChannelType.public_thread)
    said = await thread.send("first")
    await thread.edit(archived=True)
    with pytest.raises(discord.HTTPException) as refused:
        await said.delete()
    assert refused.value.code == 50083
    await resident.say(thread.id, "still open?")
    assert not (await square.guild.active_threads())[0].archived
    await thread.edit(archived=True, locked=True)
    with pytest.raises(Refused) as closed:
        await resident.say(thread.id, "and now?")
    assert closed.value.code == 50083
    assert [t.id async for t in square.archived_threads()] == [thread.id]
    assert await square.guild.active_threads() == []


async def test_a_private_thread_is_for_its_members(
    city: Community, square: discord.TextChannel, resident: PersonClient, person: Enter
) -> None:
    thread = await square.create_thread(name="An appeal", type=discord.ChannelType.private_thread)
    with pytest.raises(Refused) as refused:
        await resident.history(thread.id)
    assert refused.value.code == 50001
    seen = await resident.watch()
    await thread.add_user(discord.Object(city.people["resident"].id))
    await seen.wait("THREAD_CREATE", lambda t: t["id"] == str(thread.id))
    await resident.say(thread.id, "here I am")
    assert await (await person("moderator")).history(thread.id)
    with pytest.raises(Refused):
        await (await person("neighbor")).history(thread.id)


async def test_deleting_a_channel_takes_its_threads_along(
    city: Community, bot: discord.Client, square: discord.TextChannel
) -> None:
    gone: list[int] = []

    @bot.event
    async def on_raw_thread_delete(payload: discord.RawThreadDeleteEvent) -> None:
        gone.append(payload.thread_id)

    thread = await square.create_thread(name="Budget", type=discord.ChannelType.public_thread)
    await square.delete()
    await until(lambda: gone)
    assert gone == [thread.id]
    with pytest.raises(discord.NotFound):
        await thread.send("anybody?")


async def test_a_webhook_begins_a_forum_post(city: Community, bot: discord.Client) -> None:
    forum = bot.get_channel(city.channels["ask-city-hall"].id)
    assert isinstance(forum, discord.ForumChannel)
    hook = await forum.create_webhook(name="Restored")
    message = await hook.send("my question", thread_name="A question", wait=True)
    assert message.id == message.channel.id
    with pytest.raises(discord.HTTPException):
        await hook.send("nowhere", wait=True)
    await hook.send("more", thread=discord.Object(message.id), wait=True)
    assert city.sandbox.world.channels[message.id].name == "A question"


async def test_a_new_title_is_told_in_a_line_of_the_thread_that_nobody_may_delete(
    city: Community, bot: discord.Client, resident: PersonClient
) -> None:
    post = await resident.post(city.channels["ask-city-hall"].id, "Potholes", "On Main Street")
    await resident.request("PATCH", f"/channels/{post['id']}", {"name": "Potholes on Main"})
    await resident.request(
        "PATCH", f"/channels/{post['id']}", {"name": "Potholes on Main", "archived": False}
    )
    thread = bot.get_channel(int(post["id"])) or await bot.fetch_channel(int(post["id"]))
    assert isinstance(thread, discord.Thread)
    _, line = [message async for message in thread.history(oldest_first=True)]
    assert line.type is discord.MessageType.channel_name_change
    assert line.content == "Potholes on Main"
    assert line.author.id == city.people["resident"].id
    with pytest.raises(discord.Forbidden) as refused:
        await line.delete()
    assert refused.value.code == 50021
