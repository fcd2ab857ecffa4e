"""Threads and forum posts."""

from __future__ import annotations

from bot.sandbox import automod
from bot.sandbox.errors import ApiError, Code, Form, invalid
from bot.sandbox.http.call import Call, Reply, Routes, snowflake
from bot.sandbox.wire import Json
from bot.sandbox.world import audit, building, permissions, posting, shapes
from bot.sandbox.world.message_shapes import message as message_shape
from bot.sandbox.world.messages import Flag, Message, MessageType
from bot.sandbox.world.models import Channel, ChannelType, Guild, Thread
from bot.sandbox.world.state import World

from .messages import compose

routes = Routes()

DURATIONS = (60, 1_440, 4_320, 10_080)
"""Minutes without a word until a thread is archived."""
PINNED = 1 << 1
_TEXT = (ChannelType.TEXT, ChannelType.ANNOUNCEMENT)


@routes("POST", "/channels/{channel_id}/messages/{message_id}/threads")
def create_thread_from_message(call: Call) -> Reply:
    """Begin a thread at a message; it takes the message's id."""
    channel = call.channel(permissions.CREATE_PUBLIC_THREADS | permissions.READ_MESSAGE_HISTORY)
    message = call.world.message(channel, call.id("message_id"))
    if channel.type not in _TEXT:
        raise ApiError(Code.WRONG_CHANNEL_TYPE)
    if message.thread:
        raise ApiError(Code.THREAD_EXISTS)
    announced = channel.type is ChannelType.ANNOUNCEMENT
    kind = ChannelType.ANNOUNCEMENT_THREAD if announced else ChannelType.PUBLIC_THREAD
    thread = _begin(call, channel, kind, message.id)
    message.thread = thread
    message.flags |= Flag.HAS_THREAD
    posting.changed(call.world, message)
    starter = Message(call.world.ids.next(), thread, message.author, call.now)
    starter.type, starter.reference = MessageType.THREAD_STARTER_MESSAGE, posting.reference(message)
    starter.replies_to = message
    posting.post(call.world, starter)
    return Reply(201, shapes.channel(thread))


@routes("POST", "/channels/{channel_id}/threads")
def create_thread(call: Call) -> Reply:
    """Begin a thread on its own, or a post in a forum with its first message."""
    channel = call.channel()
    if channel.type is ChannelType.FORUM:
        permissions.require(call.actor.id, channel, permissions.SEND_MESSAGES, call.now)
        thread, first = start_post(call, channel)
        return Reply(201, shapes.channel(thread) | {"message": message_shape(first, call.actor)})
    if channel.type not in _TEXT:
        raise ApiError(Code.WRONG_CHANNEL_TYPE)
    kind = ChannelType(int(call.json.get("type") or ChannelType.PRIVATE_THREAD))
    private = kind is ChannelType.PRIVATE_THREAD
    needed = permissions.CREATE_PRIVATE_THREADS if private else permissions.CREATE_PUBLIC_THREADS
    permissions.require(call.actor.id, channel, needed, call.now)
    thread = _begin(call, channel, kind, call.world.ids.next())
    if not private:
        note = Message(
            call.world.ids.next(), channel, call.actor, call.now, thread.name, MessageType.THREAD_CREATED
        )
        note.reference = {
            "type": 0,
            "channel_id": str(thread.id),
            "guild_id": str(thread.guild.id if thread.guild else 0),
        }
        posting.post(call.world, note)
    return Reply(201, shapes.channel(thread))


def start_post(call: Call, forum: Channel, first: Message | None = None) -> tuple[Channel, Message]:
    """Begin a post of a forum with its first message, whose id it takes."""
    body = call.json
    tags = [snowflake(tag, "applied_tags") for tag in body.get("applied_tags") or []]
    if {str(tag) for tag in tags} - {tag["id"] for tag in forum.tags} or len(tags) > 5:
        raise invalid("applied_tags", "Unknown tag", "FORUM_TAG_INVALID")
    _check_name(body.get("name") or body.get("thread_name"))
    if first is None:
        thread_id = call.world.ids.next()
        place = Channel(thread_id, ChannelType.PUBLIC_THREAD, call.world.new_log(), forum.guild, parent=forum)
        may = call.world.allowed(call.actor, forum)
        first = compose.new(call.world, place, call.actor, body.get("message") or {}, call.files, may)
        first.id = thread_id
        automod.check(call.world, first)
    thread = _begin(call, forum, ChannelType.PUBLIC_THREAD, first.id)
    if thread.thread:
        thread.thread.applied_tags = tags
    first.channel = thread
    posting.post(call.world, first)
    return thread, first


def _check_name(name: object) -> None:
    form = Form()
    form.between("name", name, 1, 100)
    form.check()


def _begin(call: Call, parent: Channel, kind: ChannelType, thread_id: int) -> Channel:
    assert parent.guild
    body = call.json
    name = body.get("name") or body.get("thread_name")
    _check_name(name)
    duration = _duration(body, parent.default_auto_archive_duration)
    now = call.now
    thread = Thread(call.actor.id, now, now, duration, invitable=bool(body.get("invitable", True)))
    if call.actor.id in call.world.users:
        thread.members[call.actor.id] = now
    channel = Channel(
        thread_id, kind, call.world.new_log(), parent.guild, str(name), parent=parent, thread=thread
    )
    channel.rate_limit_per_user = int(body.get("rate_limit_per_user") or 0)
    parent.guild.threads[channel.id] = call.world.channels[channel.id] = channel
    call.world.publish("THREAD_CREATE", shapes.channel(channel) | {"newly_created": True}, channel=channel)
    audit.record(call.world, parent.guild, audit.Action.THREAD_CREATE, call.actor, channel.id, call.reason)
    call.world.tell(call.actor, f"began the thread {channel.name}", parent)
    return channel


def _duration(body: Json, default: int) -> int:
    duration = body.get("auto_archive_duration") or default
    if duration not in DURATIONS:
        raise invalid("auto_archive_duration", f"Value must be one of {DURATIONS}.", "BASE_TYPE_CHOICES")
    return int(duration)


def update(call: Call, channel: Channel, thread: Thread, guild: Guild) -> Json:
    """Change a thread: its owner may rename, archive and tag it; the rest takes MANAGE_THREADS."""
    body = call.json
    may = call.world.allowed(call.actor, channel)
    manages = bool(may & permissions.MANAGE_THREADS)
    owned = {"name", "archived", "auto_archive_duration", "applied_tags"}
    opening = body.get("archived") is False and not thread.locked
    if not manages and not (thread.owner_id == call.actor.id and set(body) <= owned) and not opening:
        raise ApiError(Code.MISSING_PERMISSIONS)
    if thread.archived and body.get("archived") is not False and set(body) - {"locked", "archived"}:
        raise ApiError(Code.THREAD_ARCHIVED)
    if "name" in body:
        _check_name(body["name"])
    before = shapes.channel(channel)
    duration = _duration(body, thread.auto_archive_duration)
    channel.name = body.get("name", channel.name)
    channel.rate_limit_per_user = int(body.get("rate_limit_per_user", channel.rate_limit_per_user) or 0)
    channel.flags = int(body.get("flags", channel.flags)) & PINNED
    thread.auto_archive_duration = duration
    thread.locked = bool(body.get("locked", thread.locked))
    thread.invitable = bool(body.get("invitable", thread.invitable))
    if body.get("archived") is not None and body["archived"] != thread.archived:
        thread.archived, thread.archive_timestamp = bool(body["archived"]), call.now
    if body.get("applied_tags") is not None:
        thread.applied_tags = [snowflake(tag, "applied_tags") for tag in body["applied_tags"]]
    after = shapes.channel(channel)
    call.world.publish("THREAD_UPDATE", after, channel=channel)
    differs = audit.changes(before, after)
    audit.record(
        call.world, guild, audit.Action.THREAD_UPDATE, call.actor, channel.id, call.reason, changes=differs
    )
    if channel.name != before["name"]:
        kind = MessageType.CHANNEL_NAME_CHANGE
        posting.post(
            call.world, Message(call.world.ids.next(), channel, call.actor, call.now, channel.name, kind)
        )
    else:
        call.world.tell(call.actor, "changed the thread", channel)
    return after


def delete(call: Call, channel: Channel, guild: Guild) -> Json:
    """Delete a thread with all that stands in it."""
    permissions.require(call.actor.id, channel, permissions.MANAGE_THREADS, call.now)
    shape = shapes.channel(channel)
    remove(call.world, channel, guild)
    audit.record(call.world, guild, audit.Action.THREAD_DELETE, call.actor, channel.id, call.reason)
    call.world.tell(call.actor, f"deleted the thread {channel.name}", channel.parent)
    return shape


def remove(world: World, channel: Channel, guild: Guild) -> None:
    """Take a thread away and tell those who saw it."""
    event = {
        "id": str(channel.id),
        "guild_id": str(guild.id),
        "parent_id": str(channel.parent.id if channel.parent else 0),
        "type": int(channel.type),
    }
    world.publish("THREAD_DELETE", event, channel=channel)
    building.forget_messages(world, channel)
    del guild.threads[channel.id], world.channels[channel.id]


def _thread(call: Call) -> tuple[Channel, Thread]:
    channel = call.channel()
    if channel.thread is None:
        raise ApiError(Code.WRONG_CHANNEL_TYPE)
    return channel, channel.thread


@routes("GET", "/channels/{channel_id}/thread-members")
def list_thread_members(call: Call) -> list[Json]:
    """Return who is in a thread."""
    channel, thread = _thread(call)
    return [shapes.thread_member(channel, user_id, joined) for user_id, joined in thread.members.items()]


@routes("GET", "/channels/{channel_id}/thread-members/{user_id}")
def get_thread_member(call: Call) -> Json:
    """Return one who is in a thread."""
    channel, thread = _thread(call)
    user_id = call.id("user_id")
    if user_id not in thread.members:
        raise ApiError(Code.UNKNOWN_MEMBER)
    return shapes.thread_member(channel, user_id, thread.members[user_id])


@routes("PUT", "/channels/{channel_id}/thread-members/@me")
def join_thread(call: Call) -> None:
    """Join a thread."""
    _add(call, call.actor.id)


@routes("PUT", "/channels/{channel_id}/thread-members/{user_id}")
def add_thread_member(call: Call) -> None:
    """Bring somebody into a thread."""
    _add(call, call.id("user_id"))


def _add(call: Call, user_id: int) -> None:
    channel, thread = _thread(call)
    assert channel.guild
    if thread.archived:
        raise ApiError(Code.THREAD_ARCHIVED)
    call.world.member(channel.guild, user_id)
    if user_id in thread.members:
        return
    thread.members[user_id] = call.now
    if channel.type is ChannelType.PRIVATE_THREAD:
        user = call.world.user(user_id)
        call.world.publish("THREAD_CREATE", shapes.channel(channel), channel=channel, only=(user,))
    posting.members_changed(call.world, channel, added=(user_id,))


@routes("DELETE", "/channels/{channel_id}/thread-members/@me")
def leave_thread(call: Call) -> None:
    """Leave a thread."""
    _leave(call, call.actor.id)


@routes("DELETE", "/channels/{channel_id}/thread-members/{user_id}")
def delete_thread_member(call: Call) -> None:
    """Take somebody out of a thread."""
    channel, _ = _thread(call)
    permissions.require(call.actor.id, channel, permissions.MANAGE_THREADS, call.now)
    _leave(call, call.id("user_id"))


def _leave(call: Call, user_id: int) -> None:
    channel, thread = _thread(call)
    if thread.members.pop(user_id, None) is None:
        raise ApiError(Code.UNKNOWN_MEMBER)
    posting.members_changed(call.world, channel, removed=(user_id,))


@routes("GET", "/guilds/{guild_id}/threads/active")
def get_active_guild_threads(call: Call) -> Json:
    """Return every thread that is not archived and that the actor sees, newest first."""
    threads = [t for t in call.guild().threads.values() if t.thread and not t.thread.archived]
    return _page(call, [thread for thread in threads if call.world.sees(call.actor, thread)])


@routes("GET", "/channels/{channel_id}/threads/archived/public")
def list_public_archived_threads(call: Call) -> Json:
    """Return the archived public threads of a channel."""
    channel = call.channel(permissions.READ_MESSAGE_HISTORY)
    return _page(call, _archived(call, channel, private=False), call.limit(50, 100, least=2))


@routes("GET", "/channels/{channel_id}/threads/archived/private")
def list_private_archived_threads(call: Call) -> Json:
    """Return the archived private threads of a channel."""
    channel = call.channel(permissions.READ_MESSAGE_HISTORY | permissions.MANAGE_THREADS)
    return _page(call, _archived(call, channel, private=True), call.limit(50, 100, least=2))


@routes("GET", "/channels/{channel_id}/users/@me/threads/archived/private")
def list_my_private_archived_threads(call: Call) -> Json:
    """Return the archived private threads of a channel that the actor is in."""
    channel = call.channel(permissions.READ_MESSAGE_HISTORY)
    threads = _archived(call, channel, private=True)
    joined = [t for t in threads if t.thread and call.actor.id in t.thread.members]
    return _page(call, joined, call.limit(50, 100, least=2))


def _archived(call: Call, parent: Channel, *, private: bool) -> list[Channel]:
    assert parent.guild
    before = call.query.get("before", "")
    found = []
    for channel in parent.guild.threads.values():
        thread = channel.thread
        if thread is None or channel.parent is not parent or not thread.archived:
            continue
        if (channel.type is ChannelType.PRIVATE_THREAD) is not private:
            continue
        stamp = str(channel.id) if before.isdecimal() else thread.archive_timestamp.isoformat()
        if not before or stamp < before.replace(" ", "+"):
            found.append(channel)
    return found


def _page(call: Call, threads: list[Channel], limit: int | None = None) -> Json:
    def newest(channel: Channel) -> tuple[str, int]:
        archived = channel.thread and channel.thread.archived
        return (
            channel.thread.archive_timestamp.isoformat() if channel.thread and archived else "",
            channel.id,
        )

    threads = sorted(threads, key=newest, reverse=True)
    shown = threads[:limit]
    members = [
        shapes.thread_member(channel, call.actor.id, channel.thread.members[call.actor.id])
        for channel in shown
        if channel.thread and call.actor.id in channel.thread.members
    ]
    more = len(threads) > len(shown)
    return {"threads": [shapes.channel(channel) for channel in shown], "members": members, "has_more": more}
