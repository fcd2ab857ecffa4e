"""Reactions under messages."""

from __future__ import annotations

import re

from bot.sandbox.errors import ApiError, Code
from bot.sandbox.http.call import Call, Routes
from bot.sandbox.wire import Json
from bot.sandbox.world import permissions, shapes
from bot.sandbox.world.messages import Message, Reaction

routes = Routes()

MOST = 20
"""Different emoji on one message."""
_ON = "/channels/{channel_id}/messages/{message_id}/reactions"
_CUSTOM = re.compile(r"(\w{2,32}):(\d{1,20})")


def _emoji(call: Call) -> Json:
    name = call.params["emoji_name"]
    if custom := _CUSTOM.fullmatch(name):
        return {"id": custom.group(2), "name": custom.group(1)}
    if not name or len(name) > 32 or (name.isascii() and not name.endswith("\u20e3")):
        raise ApiError(Code.UNKNOWN_EMOJI)
    return {"id": None, "name": name}


def _where(message: Message) -> Json:
    where: Json = {"channel_id": str(message.channel.id), "message_id": str(message.id)}
    if message.channel.guild:
        where["guild_id"] = str(message.channel.guild.id)
    return where


def _target(call: Call, needed: int = 0) -> Message:
    channel = call.channel(needed | permissions.READ_MESSAGE_HISTORY)
    if channel.thread and channel.thread.archived:
        raise ApiError(Code.THREAD_ARCHIVED)
    return call.world.message(channel, call.id("message_id"))


@routes("PUT", _ON + "/{emoji_name}/@me")
def add_my_reaction(call: Call) -> None:
    """React; a new emoji takes ADD_REACTIONS."""
    message, emoji = _target(call), _emoji(call)
    key = emoji["id"] or emoji["name"]
    if key not in message.reactions:
        if not call.world.allowed(call.actor, message.channel) & permissions.ADD_REACTIONS:
            raise ApiError(Code.MISSING_PERMISSIONS)
        if len(message.reactions) >= MOST:
            raise ApiError(Code.MAX_REACTIONS)
        message.reactions[key] = Reaction(emoji)
    if call.actor.id in message.reactions[key].users:
        return
    message.reactions[key].users[call.actor.id] = call.actor
    event = _event(message, emoji, call.actor.id)
    event["message_author_id"] = str(message.author.id)
    guild = message.channel.guild
    if guild and (member := guild.members.get(call.actor.id)):
        event["member"] = shapes.member(member)
    call.world.publish("MESSAGE_REACTION_ADD", event, channel=message.channel)
    call.world.tell(call.actor, f"reacted {emoji['name']}", message.channel)


def _event(message: Message, emoji: Json, user_id: int) -> Json:
    return _where(message) | {"user_id": str(user_id), "emoji": emoji, "burst": False, "type": 0}


@routes("DELETE", _ON + "/{emoji_name}/@me")
def delete_my_reaction(call: Call) -> None:
    """Take one's own reaction back."""
    _remove(call, _target(call), call.actor.id)


@routes("DELETE", _ON + "/{emoji_name}/{user_id}")
def delete_user_reaction(call: Call) -> None:
    """Take another's reaction away."""
    _remove(call, _target(call, permissions.MANAGE_MESSAGES), call.id("user_id"))


def _remove(call: Call, message: Message, user_id: int) -> None:
    emoji = _emoji(call)
    key = emoji["id"] or emoji["name"]
    reaction = message.reactions.get(key)
    if reaction is None or user_id not in reaction.users:
        raise ApiError(Code.UNKNOWN_EMOJI)
    del reaction.users[user_id]
    if not reaction.users:
        del message.reactions[key]
    call.world.publish("MESSAGE_REACTION_REMOVE", _event(message, emoji, user_id), channel=message.channel)


@routes("GET", _ON + "/{emoji_name}")
def list_reactions(call: Call) -> list[Json]:
    """Return who reacted with an emoji."""
    message, emoji = _target(call), _emoji(call)
    reaction = message.reactions.get(emoji["id"] or emoji["name"])
    after = call.query_id("after") or 0
    users = sorted(reaction.users.values(), key=lambda user: user.id) if reaction else []
    return [shapes.user(user) for user in users if user.id > after][: call.limit(25, 100)]


@routes("DELETE", _ON)
def delete_all_reactions(call: Call) -> None:
    """Take every reaction away."""
    message = _target(call, permissions.MANAGE_MESSAGES)
    message.reactions.clear()
    call.world.publish("MESSAGE_REACTION_REMOVE_ALL", _where(message), channel=message.channel)


@routes("DELETE", _ON + "/{emoji_name}")
def delete_emoji_reactions(call: Call) -> None:
    """Take every reaction with one emoji away."""
    message, emoji = _target(call, permissions.MANAGE_MESSAGES), _emoji(call)
    if message.reactions.pop(emoji["id"] or emoji["name"], None) is None:
        raise ApiError(Code.UNKNOWN_EMOJI)
    event = _where(message) | {"emoji": emoji}
    call.world.publish("MESSAGE_REACTION_REMOVE_EMOJI", event, channel=message.channel)
