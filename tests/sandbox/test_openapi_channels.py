import io

import discord

from tests.openapi_tour import Tour


async def test_threads_are_as_described(tour: Tour) -> None:
    square = tour.text("town-square")
    message = await square.send("Shall we?")
    thread = await message.create_thread(name="Shall we?", auto_archive_duration=60)
    apart = await square.create_thread(name="Apart", type=discord.ChannelType.public_thread, slowmode_delay=5)
    private = await square.create_thread(name="Private", invitable=False)
    await thread.send("First")
    await thread.add_user(tour.member("neighbor"))
    await thread.leave()
    await thread.join()
    assert await thread.fetch_members()
    assert await thread.fetch_member(tour.member("neighbor").id)
    await thread.remove_user(tour.member("neighbor"))
    assert await tour.guild.active_threads()
    await apart.edit(name="Set apart", archived=True, locked=True, reason="Off topic")
    await private.edit(archived=True)
    assert [archived async for archived in square.archived_threads()]
    assert [archived async for archived in square.archived_threads(private=True)]
    assert [archived async for archived in square.archived_threads(private=True, joined=True)]
    await private.delete()


async def test_forum_posts_are_as_described(tour: Tour) -> None:
    forum = tour.forum
    tag = await forum.create_tag(name="Roads", emoji=discord.PartialEmoji(name="🚧"))
    picture = discord.File(io.BytesIO(b"PNG"), "hole.png")
    post = await forum.create_thread(name="A pothole", content="On Main", file=picture, applied_tags=[tag])
    await post.thread.send("Reported")
    await post.thread.edit(name="Main Street", applied_tags=[])
    await post.message.edit(content="On Main Street")
    await post.message.delete()
    await post.thread.delete()


async def test_channels_are_as_described(tour: Tour) -> None:
    nobody = discord.PermissionOverwrite(view_channel=False)
    category = await tour.guild.create_category("Staff", overwrites={tour.guild.default_role: nobody})
    channel = await tour.guild.create_text_channel(
        "desk", category=category, topic="Front desk", slowmode_delay=5
    )
    await tour.guild.create_forum("ideas")
    await channel.edit(name="front-desk", slowmode_delay=0, sync_permissions=True)
    await channel.set_permissions(tour.member("clerk"), view_channel=True, reason="On duty")
    await channel.set_permissions(tour.member("clerk"), overwrite=None)
    async with channel.typing():
        pass
    assert await tour.client.fetch_channel(channel.id) == channel
    assert await tour.guild.fetch_channels()
    await channel.move(beginning=True)
    await channel.delete(reason="Closed")


async def test_webhooks_are_as_described(tour: Tour) -> None:
    square = tour.text("town-square")
    webhook = await square.create_webhook(name="Restored", reason="Restoring")
    message = await webhook.send(
        "Once more",
        username="resident",
        avatar_url="https://example.gov/a.png",
        embed=discord.Embed(description="Restored by staff"),
        file=discord.File(io.BytesIO(b"Agenda"), "agenda.txt"),
        allowed_mentions=discord.AllowedMentions.none(),
        wait=True,
    )
    await webhook.send("No answer wanted")
    thread = await (await square.send("Topic")).create_thread(name="Topic")
    await webhook.send("In a thread", thread=thread, wait=True)
    await webhook.fetch_message(message.id)
    await webhook.edit_message(message.id, content="Once more, masked", attachments=[])
    await webhook.delete_message(message.id)
    assert await square.webhooks()
    assert await tour.guild.webhooks()
    assert await webhook.fetch()
    assert await tour.client.fetch_webhook(webhook.id)
    await webhook.edit(name="Restorer", reason="Plainer")
    await webhook.delete()
    with_token_only = discord.Webhook.from_url(
        (await square.create_webhook(name="Restored")).url, client=tour.client
    )
    await with_token_only.fetch(prefer_auth=False)
    await with_token_only.edit(name="Restorer", prefer_auth=False)
    await with_token_only.delete(prefer_auth=False)
    post = await (await tour.forum.create_webhook(name="Posts")).send(
        "A question, restored", thread_name="A question", wait=True
    )
    assert post.id
