"""What happens to messages, with the events and traces each leaves."""

from __future__ import annotations

from collections.abc import Iterable

from bot.sandbox.wire import Json, iso

from . import message_shapes, shapes
from .messages import Flag, Message, MessageType
from .models import Channel, User
from .state import World

TOLD = 5
"""How many of the messages that are deleted together the transcript quotes."""


def event(world: World, message: Message) -> Json:
    """Return a message as the gateway sends it."""
    shape = message_shapes.message(message)
    guild = message.channel.guild
    if guild is not None:
        shape["guild_id"] = str(guild.id)
        if message.webhook_id is None and (member := guild.members.get(message.author.id)):
            shape["member"] = shapes.member(member, with_user=False)
    return shape


def _publish(world: World, name: str, message: Message, data: Json) -> None:
    if message.only_for:
        world.publish(name, data, channel=message.channel, only=(message.only_for,))
    else:
        world.publish(name, data, channel=message.channel)


def post(world: World, message: Message) -> Message:
    """Put a message where it belongs and tell everyone who sees the place."""
    channel = message.channel
    world.files.update((file.id, file.data) for file in message.attachments)
    if message.only_for:
        world.ephemeral[message.id] = message
        _bound(world)
    else:
        for old in channel.log.add(message):
            _drop_files(world, old)
        if channel.thread:
            _thread_said(world, channel, message)
    _publish(world, "MESSAGE_CREATE", message, event(world, message))
    world.tell(message.author, _did(message), channel, words(message), message)
    return message


def _did(message: Message) -> str:
    if message.only_for:
        return f"told {message.only_for.name} alone"
    if message.type is MessageType.CHANNEL_PINNED_MESSAGE:
        return "pinned a message"
    if message.type is MessageType.CHANNEL_NAME_CHANGE:
        return "changed the title"
    return "is thinking" if message.flags & Flag.LOADING else "wrote"


def words(message: Message) -> str:
    """Return what a message says, in one line."""
    said = [message.content]
    for embed in message.embeds:
        said += [embed.get("title", ""), embed.get("description", "")]
    said += [f"[file {file.filename}]" for file in message.attachments]
    if message.poll:
        said.append(f"[poll {message.poll['question'].get('text', '')}]")
    if message.snapshots:
        said.append("[forwarded] " + message.snapshots[0]["message"]["content"])
    return " / ".join(" ".join(text.split()) for text in said if text)


def _bound(world: World) -> None:
    while len(world.ephemeral) > world.settings.messages_per_channel:
        del world.ephemeral[next(iter(world.ephemeral))]


def _thread_said(world: World, channel: Channel, message: Message) -> None:
    thread = channel.thread
    assert thread
    if message.id != channel.id:
        thread.sent += 1
    if message.type is MessageType.CHANNEL_NAME_CHANGE:
        return
    woken = thread.archived
    if woken:
        thread.archived, thread.archive_timestamp = False, message.at
    joined = not message.webhook_id and message.author.id not in thread.members
    if joined:
        thread.members[message.author.id] = message.at
    if woken:
        world.publish("THREAD_UPDATE", shapes.channel(channel), channel=channel)
    if joined:
        members_changed(world, channel, added=(message.author.id,))


def members_changed(
    world: World, channel: Channel, *, added: Iterable[int] = (), removed: Iterable[int] = ()
) -> None:
    """Tell everyone who joined or left a thread."""
    assert channel.thread
    assert channel.guild
    joined = channel.thread.members
    data = {
        "id": str(channel.id),
        "guild_id": str(channel.guild.id),
        "member_count": min(len(joined), 50),
        "added_members": [
            shapes.thread_member(channel, user_id, joined[user_id])
            | {"member": shapes.member(channel.guild.members[user_id]), "presence": None}
            for user_id in added
        ],
        "removed_member_ids": [str(user_id) for user_id in removed],
    }
    world.publish("THREAD_MEMBERS_UPDATE", data, channel=channel)


def changed(world: World, message: Message, *, by: User | None = None) -> Message:
    """Tell everyone that a message is not what it was."""
    _publish(world, "MESSAGE_UPDATE", message, event(world, message))
    if by:
        world.tell(by, "edited", message.channel, words(message), message)
    return message


def delete(world: World, messages: list[Message], *, by: User | None = None, bulk: bool = False) -> None:
    """Take messages of one channel away, with their files."""
    channel = messages[0].channel
    where: Json = {"channel_id": str(channel.id)}
    if channel.guild:
        where["guild_id"] = str(channel.guild.id)
    for message in messages:
        if message.only_for:
            world.ephemeral.pop(message.id, None)
            message.gone = True
        else:
            channel.log.remove(message)
        _drop_files(world, message)
        if not bulk:
            _publish(world, "MESSAGE_DELETE", message, {"id": str(message.id)} | where)
            world.tell(by, f"deleted a message of {message.author.name}", channel, words(message), message)
    if bulk:
        world.publish("MESSAGE_DELETE_BULK", {"ids": [str(m.id) for m in messages]} | where, channel=channel)
        some = [f"{message.author.name}: {words(message)}" for message in messages[:TOLD]]
        more = [f"and {len(messages) - TOLD} more"] if len(messages) > TOLD else []
        world.tell(by, f"deleted {len(messages)} messages", channel, "\n".join(some + more))


def _drop_files(world: World, message: Message) -> None:
    for file in message.attachments:
        world.files.pop(file.id, None)


def pin(world: World, message: Message, by: User, pinned: bool) -> None:
    """Pin or unpin a message; a pin leaves a system message."""
    now = world.now()
    channel = message.channel
    message.pinned_at = now if pinned else None
    if pinned:
        channel.last_pin = now
    data: Json = {
        "channel_id": str(channel.id),
        "last_pin_timestamp": iso(channel.last_pin) if channel.last_pin else None,
    }
    if channel.guild:
        data["guild_id"] = str(channel.guild.id)
    changed(world, message)
    world.publish("CHANNEL_PINS_UPDATE", data, channel=channel)
    if pinned:
        note = Message(world.ids.next(), channel, by, now, type=MessageType.CHANNEL_PINNED_MESSAGE)
        note.reference = reference(message)
        post(world, note)
    else:
        world.tell(by, "unpinned a message", channel)


def reference(message: Message, kind: int = 0) -> Json:
    """Return a reference to a message: a reply (0) or a forward (1)."""
    shape: Json = {"type": kind, "channel_id": str(message.channel.id), "message_id": str(message.id)}
    if message.channel.guild:
        shape["guild_id"] = str(message.channel.guild.id)
    return shape
