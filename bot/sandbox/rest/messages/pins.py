"""Pinned messages, by the old routes and the new."""

from __future__ import annotations

from datetime import datetime

from bot.sandbox.errors import ApiError, Code, invalid
from bot.sandbox.http.call import Call, Routes
from bot.sandbox.wire import Json, iso
from bot.sandbox.world import audit, permissions, posting
from bot.sandbox.world.message_shapes import message as shape
from bot.sandbox.world.messages import Message

routes = Routes()

MOST = 250


def _pinned(call: Call) -> list[tuple[datetime, Message]]:
    """Return what is pinned, newest pin first."""
    channel = call.channel(permissions.READ_MESSAGE_HISTORY)
    standing = channel.log.page(len(channel.log))
    pins = [(message.pinned_at, message) for message in standing if message.pinned_at]
    return sorted(pins, key=lambda pin: (pin[0], pin[1].id), reverse=True)


@routes("GET", "/channels/{channel_id}/pins")
def deprecated_list_pins(call: Call) -> list[Json]:
    """Return up to 50 pinned messages."""
    return [shape(message, call.actor) for _, message in _pinned(call)[:50]]


@routes("GET", "/channels/{channel_id}/messages/pins")
def list_pins(call: Call) -> Json:
    """Return a page of pinned messages."""
    pins = _pinned(call)
    if "before" in call.query:
        try:
            before = datetime.fromisoformat(call.query["before"])
        except ValueError:
            raise invalid("before", "Could not parse. Should be ISO8601.", "DATE_TIME_TYPE_PARSE") from None
        pins = [pin for pin in pins if pin[0] < before]
    limit = call.limit(50, 50)
    items = [{"pinned_at": iso(at), "message": shape(message, call.actor)} for at, message in pins[:limit]]
    return {"items": items, "has_more": len(pins) > limit}


@routes("PUT", "/channels/{channel_id}/messages/pins/{message_id}")
@routes("PUT", "/channels/{channel_id}/pins/{message_id}")
def create_pin(call: Call) -> None:
    """Pin a message."""
    channel = call.channel(permissions.PIN_MESSAGES | permissions.READ_MESSAGE_HISTORY)
    message = call.world.message(channel, call.id("message_id"))
    if message.pinned_at:
        return
    if len(_pinned(call)) >= MOST:
        raise ApiError(Code.MAX_PINS)
    posting.pin(call.world, message, call.actor, True)
    _record(call, message, audit.Action.MESSAGE_PIN)


@routes("DELETE", "/channels/{channel_id}/messages/pins/{message_id}")
@routes("DELETE", "/channels/{channel_id}/pins/{message_id}")
def delete_pin(call: Call) -> None:
    """Unpin a message."""
    channel = call.channel(permissions.PIN_MESSAGES | permissions.READ_MESSAGE_HISTORY)
    message = call.world.message(channel, call.id("message_id"))
    if not message.pinned_at:
        raise ApiError(Code.UNKNOWN_MESSAGE)
    posting.pin(call.world, message, call.actor, False)
    _record(call, message, audit.Action.MESSAGE_UNPIN)


def _record(call: Call, message: Message, action: audit.Action) -> None:
    if message.channel.guild:
        options = {"channel_id": str(message.channel.id), "message_id": str(message.id)}
        audit.record(
            call.world,
            message.channel.guild,
            action,
            call.actor,
            message.author.id,
            call.reason,
            options=options,
        )
