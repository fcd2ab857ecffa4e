"""Native AutoMod: rules that act before a message is posted."""

from __future__ import annotations

import re
from datetime import timedelta

import re2

from bot.sandbox.errors import ApiError, Code
from bot.sandbox.wire import Json
from bot.sandbox.world import permissions, posting, shapes
from bot.sandbox.world.messages import Message, MessageType
from bot.sandbox.world.models import Guild, Member, User
from bot.sandbox.world.state import World

KEYWORD, SPAM, PRESET, MENTION_SPAM = 1, 3, 4, 5
BLOCK, ALERT, TIMEOUT = 1, 2, 3


def check(world: World, message: Message) -> None:
    """Run a community's rules on what someone is about to say. Raises ApiError 200000 where one blocks."""
    guild = message.channel.guild
    member = guild.members.get(message.author.id) if guild else None
    if guild is None or member is None or message.author.bot:
        return
    if permissions.in_guild(member, world.now()) & permissions.MANAGE_GUILD:
        return
    for rule in list(guild.automod.values()):
        if not rule["enabled"] or _exempt(rule, member, message):
            continue
        matched = _match(rule, message)
        if matched is not None:
            _act(world, guild, member, rule, message, *matched)


def _exempt(rule: Json, member: Member, message: Message) -> bool:
    places = {str(message.channel.id), str(message.channel.parent.id) if message.channel.parent else ""}
    roles = {str(role_id) for role_id in member.roles}
    return bool(places & set(rule["exempt_channels"]) or roles & set(rule["exempt_roles"]))


def _match(rule: Json, message: Message) -> tuple[str, str] | None:
    """Return the keyword and the words it matched."""
    meta = rule["trigger_metadata"]
    if rule["trigger_type"] == MENTION_SPAM:
        count = len(message.mentions) + len(message.mention_roles)
        return ("", "") if count > meta.get("mention_total_limit", 20) else None
    if rule["trigger_type"] != KEYWORD:
        return None
    text = message.content
    for allowed in meta.get("allow_list", []):
        text = keyword(allowed).sub(" ", text)
    for word in meta.get("keyword_filter", []):
        if found := keyword(word).search(text):
            return word, found.group()
    for pattern in meta.get("regex_patterns", []):
        if found := re2.search("(?i)" + pattern, text):
            return pattern, found.group()
    return None


def keyword(word: str) -> re.Pattern[str]:
    """Return a pattern for a keyword: whole words, `*` at either end for any beginning or ending."""
    start = "" if word.startswith("*") else r"(?<!\w)"
    end = "" if word.endswith("*") else r"(?!\w)"
    return re.compile(start + re.escape(word.strip("*")) + end, re.IGNORECASE)


def _act(
    world: World, guild: Guild, member: Member, rule: Json, message: Message, word: str, matched: str
) -> None:
    blocked = any(action["type"] == BLOCK for action in rule["actions"])
    alert = None
    for action in rule["actions"]:
        if action["type"] == ALERT:
            alert = _alert(world, guild, rule, action, message, word, matched)
        elif action["type"] == TIMEOUT:
            member.communication_disabled_until = world.now() + timedelta(
                seconds=action["metadata"]["duration_seconds"]
            )
            data = shapes.member(member) | {"guild_id": str(guild.id)}
            world.publish("GUILD_MEMBER_UPDATE", data, guild=guild)
    for action in rule["actions"]:
        event: Json = {
            "guild_id": str(guild.id),
            "action": action,
            "rule_id": rule["id"],
            "rule_trigger_type": rule["trigger_type"],
            "user_id": str(member.user.id),
            "channel_id": str(message.channel.id),
            "content": message.content,
            "matched_keyword": word or None,
            "matched_content": matched or None,
        }
        if not blocked:
            event["message_id"] = str(message.id)
        if alert:
            event["alert_system_message_id"] = str(alert.id)
        world.publish("AUTO_MODERATION_ACTION_EXECUTION", event, guild=guild, only=_managers(world, guild))
    world.tell(
        member.user, f"was {'blocked' if blocked else 'noticed'} by AutoMod", message.channel, message.content
    )
    if blocked:
        raise ApiError(Code.AUTOMOD_BLOCKED)


def _managers(world: World, guild: Guild) -> tuple[User, ...]:
    now = world.now()
    manage = permissions.MANAGE_GUILD
    return tuple(m.user for m in guild.members.values() if permissions.in_guild(m, now) & manage)


def _alert(
    world: World, guild: Guild, rule: Json, action: Json, message: Message, word: str, matched: str
) -> Message | None:
    channel = guild.channels.get(int(action["metadata"]["channel_id"]))
    if channel is None:
        return None
    notice = Message(
        world.ids.next(), channel, message.author, world.now(), type=MessageType.AUTO_MODERATION_ACTION
    )
    fields = {
        "rule_name": rule["name"],
        "channel_id": str(message.channel.id),
        "keyword": word,
        "keyword_matched_content": matched,
    }
    shown = [{"name": name, "value": value, "inline": False} for name, value in fields.items()]
    notice.embeds = [{"type": "auto_moderation_message", "description": message.content, "fields": shown}]
    return posting.post(world, notice)
