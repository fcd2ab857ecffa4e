"""Writing, reading, editing and deleting messages."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox import automod
from bot.sandbox.errors import ApiError, Code, invalid
from bot.sandbox.gateway.intents import MESSAGE_CONTENT
from bot.sandbox.http.call import Call, Routes, snowflake
from bot.sandbox.wire import Json
from bot.sandbox.world import audit, permissions, posting
from bot.sandbox.world.ids import moment
from bot.sandbox.world.message_shapes import BLANK
from bot.sandbox.world.message_shapes import message as shape
from bot.sandbox.world.messages import DELETABLE, Flag, Message
from bot.sandbox.world.models import Channel, ChannelType, User
from bot.sandbox.world.state import World

from . import compose

routes = Routes()

OLDEST_IN_BULK = timedelta(days=14)


@routes("POST", "/channels/{channel_id}/messages")
def create_message(call: Call) -> Json:
    """Post a message; the same enforced nonce within minutes gives the first message again."""
    channel = call.channel()
    may = sending(call, channel)
    body = call.json
    key = (call.actor.id, channel.id, str(body.get("nonce")))
    if body.get("nonce") is not None and body.get("enforce_nonce"):
        earlier = call.world.nonces.get(key)
        if earlier and not call.world.expired(earlier[0], call.world.settings.nonce_life):
            return shape(earlier[1], call.actor)
    message = compose.new(call.world, channel, call.actor, body, call.files, may)
    automod.check(call.world, message)
    if body.get("enforce_nonce"):
        _remember(call.world, key, message)
    posting.post(call.world, message)
    return shape(message, call.actor)


def _remember(world: World, key: tuple[int, int, str], message: Message) -> None:
    world.nonces[key] = message.at, message
    while True:
        oldest = next(iter(world.nonces))
        few = len(world.nonces) <= world.settings.messages_per_channel
        if few and not world.expired(world.nonces[oldest][0], world.settings.nonce_life):
            break
        del world.nonces[oldest]


def sending(call: Call, channel: Channel) -> int:
    """Return what the actor may do in a channel where they may write now. Raises ApiError otherwise."""
    actor = call.actor
    if channel.guild is None:
        for other in channel.recipients:
            if other is not actor and not _reachable(call.world, actor, other):
                raise ApiError(Code.CANNOT_DM)
        return call.world.allowed(actor, channel)
    needed = permissions.SEND_MESSAGES_IN_THREADS if channel.thread else permissions.SEND_MESSAGES
    may = permissions.require(actor.id, channel, needed, call.now)
    if (
        channel.thread
        and channel.thread.archived
        and channel.thread.locked
        and not may & permissions.MANAGE_THREADS
    ):
        raise ApiError(Code.THREAD_ARCHIVED)
    if channel.rate_limit_per_user:
        _slowed(call, channel, may)
    return may


def _reachable(world: World, actor: User, other: User) -> bool:
    if actor.bot and other.bot:
        return False
    return other.takes_dms and world.shares_guild(actor, other)


def _slowed(call: Call, channel: Channel, may: int) -> None:
    if may & (permissions.MANAGE_MESSAGES | permissions.MANAGE_CHANNELS | permissions.BYPASS_SLOWMODE):
        return
    last = channel.last_said.get(call.actor.id)
    if last is not None:
        wait = channel.rate_limit_per_user - (call.now - last).total_seconds()
        if wait > 0:
            raise ApiError(Code.SLOWMODE, retry_after=wait)
    channel.last_said[call.actor.id] = call.now


@routes("GET", "/channels/{channel_id}/messages")
def list_messages(call: Call) -> list[Json]:
    """Return a page of history, newest first; none at all without the permission to read it."""
    channel = call.channel()
    limit = call.limit(50, 100)
    sides = {name: call.query_id(name) for name in ("before", "after", "around") if name in call.query}
    if len(sides) > 1:
        raise invalid("_", "before, after and around are mutually exclusive", "MUTUALLY_EXCLUSIVE")
    if not call.world.allowed(call.actor, channel) & permissions.READ_MESSAGE_HISTORY:
        return []
    hides = _hides_words(call, channel)
    return [_shown(call, message, hides) for message in channel.log.page(limit, **sides)]


def _hides_words(call: Call, channel: Channel) -> bool:
    """Return whether the actor is a bot that was not granted the message-content intent."""
    if channel.guild is None or not call.actor.bot:
        return False
    return not call.world.application_of(call.actor).privileged & MESSAGE_CONTENT


def _shown(call: Call, message: Message, hides: bool) -> Json:
    whole = shape(message, call.actor)
    own = message.author is call.actor or call.actor in message.mentions
    return whole | BLANK if hides and not own else whole


@routes("GET", "/channels/{channel_id}/messages/{message_id}")
def get_message(call: Call) -> Json:
    """Return one message."""
    channel = call.channel(permissions.READ_MESSAGE_HISTORY)
    message = call.world.message(channel, call.id("message_id"))
    return _shown(call, message, _hides_words(call, channel))


@routes("PATCH", "/channels/{channel_id}/messages/{message_id}")
def edit_message(call: Call) -> Json:
    """Change one's own message; others may only hide its embeds."""
    channel = call.channel()
    message = call.world.message(channel, call.id("message_id"))
    may = call.world.allowed(call.actor, channel)
    _awake(channel)
    if message.author is not call.actor:
        if set(call.json) - {"flags"}:
            raise ApiError(Code.NOT_YOURS)
        permissions.require(call.actor.id, channel, permissions.MANAGE_MESSAGES, call.now)
        message.flags = (
            message.flags & ~Flag.SUPPRESS_EMBEDS | int(call.json.get("flags", 0)) & Flag.SUPPRESS_EMBEDS
        )
        return shape(posting.changed(call.world, message), call.actor)
    draft = compose.revised(call.world, message, call.json, call.files, may)
    automod.check(call.world, draft)
    compose.take_over(call.world, message, draft)
    message.edited = call.now
    return shape(posting.changed(call.world, message, by=call.actor), call.actor)


def _awake(channel: Channel) -> None:
    if channel.thread and channel.thread.archived:
        raise ApiError(Code.THREAD_ARCHIVED)


@routes("DELETE", "/channels/{channel_id}/messages/{message_id}")
def delete_message(call: Call) -> None:
    """Delete one's own message, or another's with MANAGE_MESSAGES."""
    channel = call.channel()
    message = call.world.message(channel, call.id("message_id"))
    _awake(channel)
    if message.type not in DELETABLE:
        raise ApiError(Code.SYSTEM_MESSAGE)
    if message.author is not call.actor:
        if channel.guild is None:
            raise ApiError(Code.NOT_IN_DM)
        permissions.require(call.actor.id, channel, permissions.MANAGE_MESSAGES, call.now)
    posting.delete(call.world, [message], by=call.actor)
    if message.author is not call.actor and channel.guild:
        options = {"channel_id": str(channel.id), "count": "1"}
        audit.record(
            call.world,
            channel.guild,
            audit.Action.MESSAGE_DELETE,
            call.actor,
            message.author.id,
            call.reason,
            options=options,
        )


@routes("POST", "/channels/{channel_id}/messages/{message_id}/crosspost")
def crosspost_message(call: Call) -> Json:
    """Publish a message of an announcement channel."""
    channel = call.channel(permissions.SEND_MESSAGES)
    message = call.world.message(channel, call.id("message_id"))
    if channel.type is not ChannelType.ANNOUNCEMENT:
        raise ApiError(Code.WRONG_CHANNEL_TYPE)
    message.flags |= Flag.CROSSPOSTED
    return shape(posting.changed(call.world, message), call.actor)


@routes("POST", "/channels/{channel_id}/messages/bulk-delete")
def bulk_delete(call: Call) -> None:
    """Delete 2 to 100 messages of the last two weeks; ids that are gone already are passed over."""
    channel = call.channel(permissions.MANAGE_MESSAGES)
    if channel.guild is None:
        raise ApiError(Code.NOT_IN_DM)
    given = call.json.get("messages")
    if not isinstance(given, list) or not 2 <= len(given) <= 100:
        raise ApiError(Code.BULK_COUNT)
    ids = list(dict.fromkeys(snowflake(value, "messages") for value in given))
    if any(moment(message_id) < call.now - OLDEST_IN_BULK for message_id in ids):
        raise ApiError(Code.TOO_OLD)
    standing = [message for message_id in ids if (message := channel.log.get(message_id))]
    if not standing:
        return
    posting.delete(call.world, standing, by=call.actor, bulk=True)
    options = {"count": str(len(standing))}
    audit.record(
        call.world,
        channel.guild,
        audit.Action.MESSAGE_BULK_DELETE,
        call.actor,
        channel.id,
        call.reason,
        options=options,
    )


@routes("POST", "/channels/{channel_id}/typing")
def typing(call: Call) -> None:
    """Show that the actor writes."""
    channel = call.channel()
    sending(call, channel)
    data: Json = {
        "channel_id": str(channel.id),
        "user_id": str(call.actor.id),
        "timestamp": int(call.now.timestamp()),
    }
    if channel.guild:
        data["guild_id"] = str(channel.guild.id)
    call.world.publish("TYPING_START", data, channel=channel)
