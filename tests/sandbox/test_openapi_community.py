from datetime import timedelta

import discord
import pytest
from discord import AutoModRuleAction, AutoModRuleEventType, AutoModRuleTriggerType, AutoModTrigger

from bot.sandbox.world import building
from tests.openapi_tour import Tour
from tests.sandbox_support import Refused


async def test_logging_in_is_as_described(tour: Tour) -> None:
    assert (await tour.client.application_info()).name
    assert (await tour.client.fetch_user(tour.member("resident").id)).name == "resident"
    assert [guild async for guild in tour.client.fetch_guilds()]
    assert await tour.client.fetch_guild(tour.guild.id)
    assert await tour.client.fetch_guild(tour.guild.id, with_counts=False)
    assert await tour.guild.query_members("res")
    assert await tour.guild.chunk()


async def test_members_are_as_described(tour: Tour) -> None:
    resident = await tour.guild.fetch_member(tour.member("resident").id)
    assert [member async for member in tour.guild.fetch_members(limit=None)]
    await resident.edit(nick="Res", reason="Asked")
    await resident.timeout(timedelta(minutes=5), reason="Flood")
    await resident.timeout(None)
    role = await tour.guild.create_role(name="Warned", colour=discord.Colour.red(), mentionable=True)
    await resident.add_roles(role, reason="Warned")
    await resident.remove_roles(role)
    await role.edit(name="Cautioned", hoist=True, permissions=discord.Permissions(view_channel=True))
    await role.edit(position=2)
    assert await tour.guild.fetch_roles()
    assert await tour.guild.fetch_role(role.id) == role
    await role.delete(reason="Done")
    await tour.guild.me.edit(nick="Beadle")


async def test_kicks_and_bans_are_as_described(tour: Tour) -> None:
    resident, neighbor = tour.member("resident"), tour.member("neighbor")
    await resident.ban(delete_message_seconds=3600, reason="Threat")
    assert (await tour.guild.fetch_ban(resident)).reason == "Threat"
    assert [ban async for ban in tour.guild.bans()]
    await tour.guild.unban(resident, reason="Appeal")
    await tour.guild.bulk_ban([neighbor], reason="Raid")
    await tour.guild.unban(neighbor)
    await tour.member("clerk").kick(reason="Asked to leave")
    assert [entry async for entry in tour.guild.audit_logs(limit=10)]


async def test_automod_is_as_described(tour: Tour) -> None:
    alert = AutoModRuleAction(channel_id=tour.text("alerts").id)
    rule = await tour.guild.create_automod_rule(
        name="Phishing",
        event_type=AutoModRuleEventType.message_send,
        trigger=AutoModTrigger(
            type=AutoModRuleTriggerType.keyword, keyword_filter=["phish"], regex_patterns=["x+y"]
        ),
        actions=[AutoModRuleAction(custom_message="See the policy"), alert],
        enabled=True,
        reason="Policy",
    )
    async with tour.person("resident") as resident:
        with pytest.raises(Refused, match="200000"):
            await resident.say(tour.text("town-square").id, "phish")
    await tour.received("AUTO_MODERATION_ACTION_EXECUTION")
    await rule.edit(name="Phishing links", enabled=False)
    assert await tour.guild.fetch_automod_rules()
    assert await tour.guild.fetch_automod_rule(rule.id)
    await rule.delete(reason="Done")


async def test_what_else_a_community_has_is_as_described(tour: Tour) -> None:
    assert await tour.guild.fetch_emojis() == []
    assert await tour.guild.fetch_stickers() == []
    await tour.guild.welcome_screen()
    await tour.guild.edit(description="A city", reason="Clearer")
    await tour.received("GUILD_UPDATE")
    await tour.guild.leave()


async def test_somebody_joining_is_as_described(tour: Tour) -> None:
    world = tour.community.sandbox.world
    building.join(world, tour.community.guild, world.new_user("newcomer"))
    await tour.received("GUILD_MEMBER_ADD")


async def test_resuming_after_a_dropped_connection_is_as_described(tour: Tour) -> None:
    tour.community.sandbox.hub.drop(4000, tour.community.bot.id)
    await tour.received("RESUMED")


@pytest.mark.parametrize(
    "path",
    [
        "/gateway",
        "/gateway/bot",
        "/applications/@me",
        "/users/@me/guilds/{guild}/member",
        "/guilds/{guild}/members/search?query=res",
        "/guilds/{guild}/roles/member-counts",
        "/channels/{channel}/pins",
    ],
)
async def test_what_a_bot_seldom_reads_is_as_described(tour: Tour, path: str) -> None:
    address = path.format(guild=tour.guild.id, channel=tour.text("town-square").id)
    assert await tour.client.http.request(discord.http.Route("GET", address)) is not None
