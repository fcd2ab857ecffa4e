"""Polls: voting, who voted, and ending one."""

from __future__ import annotations

from datetime import datetime

from bot.sandbox.errors import ApiError, Code, invalid
from bot.sandbox.http.call import Call, Routes, snowflake
from bot.sandbox.wire import Json, iso
from bot.sandbox.world import permissions, posting, shapes
from bot.sandbox.world.message_shapes import message as shape
from bot.sandbox.world.messages import Message

routes = Routes()


def _poll(call: Call) -> tuple[Message, Json]:
    channel = call.channel(permissions.READ_MESSAGE_HISTORY)
    message = call.world.message(channel, call.id("message_id"))
    if message.poll is None:
        raise ApiError(Code.UNKNOWN_MESSAGE)
    return message, message.poll


@routes("PUT", "/channels/{channel_id}/polls/{message_id}/answers/@me")
def vote(call: Call) -> None:
    """Set one's own votes, as a person's client does."""
    message, poll = _poll(call)
    if poll["results"]["is_finalized"] or datetime.fromisoformat(poll["expiry"]) <= call.now:
        raise ApiError(Code.POLL_EXPIRED)
    chosen = {snowflake(value, "answer_ids") for value in call.json.get("answer_ids") or []}
    known = {answer["answer_id"] for answer in poll["answers"]}
    if chosen - known or (len(chosen) > 1 and not poll["allow_multiselect"]):
        raise invalid("answer_ids", "Invalid answer", "POLL_ANSWER_INVALID")
    for answer in sorted(known):
        voters = message.votes.setdefault(answer, set())
        voted = call.actor.id in voters
        if voted != (answer in chosen):
            (voters.discard if voted else voters.add)(call.actor.id)
            _publish(call, message, answer, "REMOVE" if voted else "ADD")


def _publish(call: Call, message: Message, answer: int, change: str) -> None:
    event: Json = {
        "user_id": str(call.actor.id),
        "channel_id": str(message.channel.id),
        "message_id": str(message.id),
        "answer_id": answer,
    }
    if message.channel.guild:
        event["guild_id"] = str(message.channel.guild.id)
    call.world.publish(f"MESSAGE_POLL_VOTE_{change}", event, channel=message.channel)


@routes("GET", "/channels/{channel_id}/polls/{message_id}/answers/{answer_id}")
def get_answer_voters(call: Call) -> Json:
    """Return who voted for an answer."""
    message, _ = _poll(call)
    after = call.query_id("after") or 0
    voters = sorted(message.votes.get(call.id("answer_id"), ()))
    shown = [user_id for user_id in voters if user_id > after][: call.limit(25, 100)]
    return {"users": [shapes.user(call.world.user(user_id)) for user_id in shown]}


@routes("POST", "/channels/{channel_id}/polls/{message_id}/expire")
def poll_expire(call: Call) -> Json:
    """End one's own poll at once."""
    message, poll = _poll(call)
    if message.author is not call.actor:
        raise ApiError(Code.NOT_YOURS)
    if poll["results"]["is_finalized"]:
        raise ApiError(Code.POLL_EXPIRED)
    message.poll = poll | {"expiry": iso(call.now), "results": {"answer_counts": [], "is_finalized": True}}
    posting.changed(call.world, message)
    return shape(message, call.actor)
