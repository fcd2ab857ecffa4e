from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import discord
import pytest

from bot.sandbox import Community, Happening, Permission
from bot.sandbox.sample import BOT_PERMISSIONS
from bot.sandbox.world import permissions
from bot.sandbox.world.models import Overwrite
from tests.sandbox_support import PersonClient, Refused, Watch, until

Enter = Callable[[str], Awaitable[PersonClient]]


@pytest.fixture
def square(city: Community) -> int:
    return city.channels["town-square"].id


def allow_everything(city: Community) -> None:
    city.roles["Beadle"].permissions = permissions.ALL


def member(bot: discord.Client, city: Community, name: str) -> discord.Member:
    guild = bot.get_guild(city.guild.id)
    found = guild.get_member(city.people[name].id) if guild else None
    assert found
    return found


def test_the_bot_has_what_it_needs_and_no_more() -> None:
    assert not BOT_PERMISSIONS & permissions.bits(
        "ADMINISTRATOR", "BAN_MEMBERS", "KICK_MEMBERS", "MENTION_EVERYONE"
    )


async def test_overwrites_apply_from_everyone_over_roles_to_the_member(city: Community, square: int) -> None:
    channel, guild = city.channels["town-square"], city.guild
    clerk, role = city.people["clerk"].id, city.roles["Clerk"].id
    send, view = permissions.SEND_MESSAGES, permissions.VIEW_CHANNEL

    def may() -> int:
        return permissions.of_user(clerk, channel, city.sandbox.world.now())

    channel.overwrites[guild.id] = Overwrite(guild.id, 0, deny=send)
    assert not may() & send
    channel.overwrites[role] = Overwrite(role, 0, allow=send)
    assert may() & send
    channel.overwrites[clerk] = Overwrite(clerk, 1, deny=send)
    assert not may() & (send | permissions.ATTACH_FILES)
    channel.overwrites[clerk] = Overwrite(clerk, 1, deny=view, allow=send)
    assert may() == 0
    assert permissions.of_user(guild.owner_id, channel, city.sandbox.world.now()) == permissions.ALL
    assert permissions.of_user(1, channel, city.sandbox.world.now()) == 0


async def test_residents_do_not_reach_staff_channels(city: Community, resident: PersonClient) -> None:
    queue = city.channels["review-queue"].id
    for method, path in (
        ("GET", f"/channels/{queue}"),
        ("GET", f"/channels/{queue}/messages"),
        ("POST", f"/channels/{queue}/messages"),
        ("POST", f"/channels/{queue}/typing"),
    ):
        with pytest.raises(Refused) as refused:
            await resident.request(method, path)
        assert (refused.value.status, refused.value.code) == (403, 50001)
    with pytest.raises(Refused) as refused:
        await resident.say(city.channels["announcements"].id, "news")
    assert refused.value.code == 50013


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/channels/1", 10003),
        ("/guilds/1", 10004),
        ("/users/1", 10013),
        ("/webhooks/1", 10015),
        ("/channels/x", 50035),
    ],
)
async def test_what_is_not_there_is_named(resident: PersonClient, path: str, code: int) -> None:
    with pytest.raises(Refused) as refused:
        await resident.request("GET", path)
    assert refused.value.code == code


async def test_a_permission_taken_from_the_bot_is_refused_and_known(
    city: Community, bot: discord.Client, resident: PersonClient, square: int
) -> None:
    sent = await resident.say(square, "to delete")
    channel = bot.get_channel(square)
    assert isinstance(channel, discord.TextChannel)
    names = ["MANAGE_MESSAGES"]
    city.sandbox.fault(Permission(user_id=city.bot.id, channel_id=square, names=names))
    await until(lambda: not channel.permissions_for(channel.guild.me).manage_messages)
    with pytest.raises(discord.Forbidden) as refused:
        await channel.get_partial_message(int(sent["id"])).delete()
    assert refused.value.code == 50013
    city.sandbox.fault(Permission(user_id=city.bot.id, channel_id=square, names=names, taken=False))
    await channel.get_partial_message(int(sent["id"])).delete()
    city.sandbox.fault(Permission(user_id=city.bot.id, channel_id=square, names=["VIEW_CHANNEL"]))
    with pytest.raises(discord.Forbidden) as refused:
        await channel.send("hello?")
    assert refused.value.code == 50001


async def test_a_timeout_silences_and_is_announced_and_logged(
    city: Community, bot: discord.Client, resident: PersonClient, square: int
) -> None:
    changes: list[bool] = []
    entries: list[discord.AuditLogEntry] = []

    @bot.event
    async def on_member_update(_: discord.Member, after: discord.Member) -> None:
        changes.append(after.is_timed_out())

    @bot.event
    async def on_audit_log_entry_create(entry: discord.AuditLogEntry) -> None:
        entries.append(entry)

    target = member(bot, city, "resident")
    await target.timeout(timedelta(minutes=5), reason="Flood: 20 posts – case 7")
    with pytest.raises(Refused) as refused:
        await resident.say(square, "but")
    assert refused.value.code == 50013
    assert await resident.history(square) == []
    await target.timeout(None)
    await resident.say(square, "thank you")
    await until(lambda: len(entries) == 2)
    assert changes == [True, False]
    assert entries[0].reason == "Flood: 20 posts – case 7"
    assert entries[0].target == target
    with pytest.raises(discord.HTTPException) as over:
        await target.timeout(timedelta(days=29))
    assert over.value.code == 50035


async def test_the_order_of_roles_protects_those_above(
    city: Community, bot: discord.Client, person: Enter
) -> None:
    guild = bot.get_guild(city.guild.id)
    assert guild
    owner = guild.get_member(city.guild.owner_id)
    assert owner
    with pytest.raises(discord.Forbidden):
        await owner.timeout(timedelta(minutes=1))
    city.roles["Clerk"].position = city.roles["Beadle"].position + 1
    with pytest.raises(discord.Forbidden):
        await member(bot, city, "clerk").edit(nick="Clerk")
    await member(bot, city, "resident").edit(nick="Rosa (resident)")
    assert city.guild.members[city.people["resident"].id].nick == "Rosa (resident)"
    moderator = await person("moderator")
    path = f"/guilds/{guild.id}/members/{city.people['resident'].id}/roles/{city.roles['Admin'].id}"
    with pytest.raises(Refused) as refused:
        await moderator.request("PUT", path)
    assert refused.value.code == 50013


async def test_a_ban_takes_the_last_messages_along(
    city: Community, bot: discord.Client, resident: PersonClient, square: int, person: Enter
) -> None:
    allow_everything(city)
    neighbor = await person("neighbor")
    await neighbor.say(square, "stays")
    for n in range(3):
        await resident.say(square, str(n))
    await member(bot, city, "resident").ban(delete_message_seconds=60)
    assert [m["content"] for m in await neighbor.history(square)] == ["stays"]
    with pytest.raises(Refused) as refused:
        await resident.say(square, "again")
    assert refused.value.code == 50001


async def test_a_nickname_a_person_gives_themselves_is_announced(
    city: Community, bot: discord.Client, resident: PersonClient
) -> None:
    names: list[str | None] = []

    @bot.event
    async def on_member_update(_: discord.Member, after: discord.Member) -> None:
        names.append(after.nick)

    told: list[Happening] = []
    city.sandbox.subscribe(told.append)
    await resident.request("PATCH", f"/guilds/{city.guild.id}/members/@me", {"nick": "City Hall"})
    await until(lambda: names)
    assert names == ["City Hall"]
    await member(bot, city, "resident").edit(nick="Member 1")
    await resident.request("PATCH", f"/guilds/{city.guild.id}/members/@me", {"nick": None})
    assert [f"{line.actor} {line.did}" for line in told] == [
        "Rosa Alvarez took the nickname “City Hall”",
        "Beadle gave Rosa Alvarez the nickname “Member 1”",
        "Rosa Alvarez dropped the nickname",
    ]
    with pytest.raises(Refused):
        await resident.request("PATCH", f"/guilds/{city.guild.id}/members/@me", {"nick": "n" * 33})


async def test_direct_messages_reach_both_and_can_be_closed(
    city: Community, bot: discord.Client, resident: PersonClient
) -> None:
    heard: list[discord.Message] = []

    @bot.event
    async def on_message(message: discord.Message) -> None:
        heard.append(message)

    seen: Watch = await resident.watch()
    target = member(bot, city, "resident")
    notice = await target.send("a notice")
    assert (await seen.wait("MESSAGE_CREATE"))["id"] == str(notice.id)
    await resident.say(await resident.dm(city.bot.id), "why?")
    await until(lambda: len(heard) == 2)
    assert (heard[1].content, heard[1].guild) == ("why?", None)
    city.people["resident"].takes_dms = False
    with pytest.raises(discord.Forbidden) as refused:
        await target.send("another")
    assert refused.value.code == 50007


async def test_a_webhook_speaks_under_another_name_but_not_any(
    city: Community, bot: discord.Client, resident: PersonClient, square: int
) -> None:
    channel = bot.get_channel(square)
    assert isinstance(channel, discord.TextChannel)
    hook = await channel.create_webhook(name="Restored comments")
    message = await hook.send("my words", username="Rosa (restored)", wait=True)
    assert message.author.name == "Rosa (restored)"
    assert message.webhook_id == hook.id
    for name in ("Discord staff", "clyde", "everyone", "n" * 81):
        with pytest.raises(discord.HTTPException) as refused:
            await hook.send("no", username=name)
        assert refused.value.code == 50035
    edited = await message.edit(content="changed")
    assert edited.content == "changed"
    wrong = discord.Webhook.partial(hook.id, "wrong", client=bot)
    with pytest.raises(discord.HTTPException) as refused:
        await wrong.send("no")
    assert refused.value.code == 50027
    with pytest.raises(Refused):
        await resident.request("GET", f"/channels/{square}/webhooks")
    await hook.delete()
    with pytest.raises(discord.NotFound) as gone:
        await hook.send("gone")
    assert gone.value.code == 10015


async def test_automod_blocks_alerts_and_tells_the_bot(
    city: Community, bot: discord.Client, resident: PersonClient, square: int
) -> None:
    executions: list[discord.AutoModAction] = []

    @bot.event
    async def on_automod_action(execution: discord.AutoModAction) -> None:
        executions.append(execution)

    guild = bot.get_guild(city.guild.id)
    assert guild
    alerts = city.channels["alerts"].id
    await guild.create_automod_rule(
        name="Phishing",
        event_type=discord.AutoModRuleEventType.message_send,
        trigger=discord.AutoModTrigger(keyword_filter=["free nitro*"], allow_list=["free nitrogen"]),
        actions=[
            discord.AutoModRuleAction(custom_message="Not here"),
            discord.AutoModRuleAction(channel_id=alerts),
        ],
        enabled=True,
    )
    await resident.say(square, "free nitrogen for the garden")
    with pytest.raises(Refused) as refused:
        await resident.say(square, "get FREE NITROS now")
    assert refused.value.code == 200000
    await until(lambda: len(executions) == 2)
    assert {execution.message_id for execution in executions} == {None}
    assert executions[0].content == "get FREE NITROS now"
    assert executions[0].matched_content == "FREE NITRO"
    assert [m.type for m in city.channels["alerts"].log.page(5)] == [24]
    assert len(await resident.history(square)) == 1
