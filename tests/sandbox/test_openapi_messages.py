import io
from datetime import timedelta

import discord

from tests.openapi_tour import Tour


def file(text: str = "Agenda") -> discord.File:
    return discord.File(io.BytesIO(text.encode()), "agenda.txt", description="The agenda")


def everything_pressable() -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(
        discord.ui.Button(label="See why", custom_id="why", style=discord.ButtonStyle.primary, emoji="ℹ️")
    )
    view.add_item(discord.ui.Button(label="The policy", url="https://example.gov/policy"))
    view.add_item(
        discord.ui.Select(custom_id="clause", options=[discord.SelectOption(label="R1", value="r1")])
    )
    for kind in (discord.ui.UserSelect, discord.ui.RoleSelect, discord.ui.ChannelSelect):
        view.add_item(kind(custom_id=kind.__name__))
    return view


async def test_messages_of_every_kind_are_as_described(tour: Tour) -> None:
    square = tour.text("town-square")
    embed = discord.Embed(title="Notice", description="Water", colour=0x336699, url="https://example.gov")
    embed.set_author(name="Clerk", icon_url="https://example.gov/i.png").set_footer(text="City")
    embed.add_field(name="When", value="Monday", inline=False).set_image(url="attachment://agenda.txt")
    embed.timestamp = discord.utils.utcnow()
    first = await square.send("Hello", nonce="beadle-1", silent=True)
    await square.send(embed=embed, file=file(), view=everything_pressable())
    await square.send("<@1>", allowed_mentions=discord.AllowedMentions(everyone=False, users=[], roles=False))
    await square.send(files=[file(), file("Map")], tts=True, suppress_embeds=True)
    await first.reply("Welcome", mention_author=False)
    await first.forward(tour.text("parks-and-rec"))
    await (await tour.text("announcements").send("News")).publish()


async def test_a_message_laid_out_in_components_is_as_described(tour: Tour) -> None:
    card: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container(
        discord.ui.TextDisplay("# Case 1"),
        discord.ui.Separator(),
        discord.ui.Section("Before", accessory=discord.ui.Thumbnail("https://example.gov/i.png")),
        discord.ui.Section("Details", accessory=discord.ui.Button(label="More", custom_id="more")),
        discord.ui.MediaGallery(discord.MediaGalleryItem("https://example.gov/i.png", description="Map")),
        discord.ui.File("attachment://agenda.txt"),
        discord.ui.ActionRow(discord.ui.Button(label="Keep", custom_id="keep")),
        accent_colour=0x336699,
    )
    layout = discord.ui.LayoutView(timeout=None)
    layout.add_item(card)
    await tour.text("town-square").send(view=layout, file=file())


async def test_a_poll_is_as_described(tour: Tour) -> None:
    poll = discord.Poll("Park hours?", duration=timedelta(hours=4), multiple=True)
    poll.add_answer(text="Longer", emoji="🌳").add_answer(text="As now")
    message = await tour.text("town-square").send(poll=poll)
    async with tour.person("resident") as resident:
        path = f"/channels/{message.channel.id}/polls/{message.id}/answers/@me"
        await resident.request("PUT", path, {"answer_ids": ["1"]})
    assert message.poll is not None
    assert [voter async for voter in message.poll.answers[0].voters()]
    await message.end_poll()


async def test_editing_and_deleting_messages_is_as_described(tour: Tour) -> None:
    square = tour.text("town-square")
    message = await square.send("Hello", file=file())
    await message.edit(
        content="Hello all", embed=discord.Embed(title="T"), allowed_mentions=discord.AllowedMentions.none()
    )
    await message.edit(view=everything_pressable(), attachments=[*message.attachments, file("More")])
    await message.edit(suppress=True)
    await message.delete()
    await square.delete_messages([await square.send(str(n)) for n in range(3)])


async def test_reading_messages_is_as_described(tour: Tour) -> None:
    square = tour.text("town-square")
    sent = [await square.send(str(n)) for n in range(4)]
    assert (await square.fetch_message(sent[0].id)).content == "0"
    assert [message async for message in square.history(limit=3, before=sent[3])]
    assert [message async for message in square.history(limit=3, after=sent[0])]
    assert [message async for message in square.history(limit=3, around=sent[2])]


async def test_reactions_and_pins_are_as_described(tour: Tour) -> None:
    square = tour.text("town-square")
    message = await square.send("Hello")
    for emoji in ("👍", "🌳", "🚲"):
        await message.add_reaction(emoji)
    message = await square.fetch_message(message.id)
    assert [user async for user in message.reactions[0].users()]
    await message.remove_reaction("👍", tour.guild.me)
    async with tour.person("resident") as resident:
        await resident.request("PUT", f"/channels/{square.id}/messages/{message.id}/reactions/🌳/@me")
    await message.remove_reaction("🌳", tour.member("resident"))
    await message.clear_reaction("🌳")
    await message.clear_reactions()
    await message.pin(reason="Notice")
    assert [pinned async for pinned in square.pins()]
    await message.unpin()
    for method in ("PUT", "GET", "DELETE"):
        before = f"/channels/{square.id}/pins" + (f"/{message.id}" if method != "GET" else "")
        await tour.client.http.request(discord.http.Route(method, before))


async def test_direct_messages_are_as_described(tour: Tour) -> None:
    member = tour.member("resident")
    message = await member.send("A notice", view=everything_pressable(), file=file())
    await message.edit(content="A notice, corrected")
    assert [message async for message in message.channel.history()]
    await message.delete()
