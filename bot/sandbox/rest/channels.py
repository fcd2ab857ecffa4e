"""Channels and their permission overwrites."""

from __future__ import annotations

from bot.sandbox.errors import ApiError, Code, Form, invalid
from bot.sandbox.http.call import Call, Reply, Routes, snowflake
from bot.sandbox.wire import Json
from bot.sandbox.world import audit, building, permissions, shapes
from bot.sandbox.world.models import Channel, ChannelType, Guild, Overwrite

from . import threads

routes = Routes()

MOST = 500
SLOWEST = 21_600
"""Seconds."""
_MAKEABLE = {
    ChannelType.TEXT,
    ChannelType.VOICE,
    ChannelType.CATEGORY,
    ChannelType.ANNOUNCEMENT,
    ChannelType.FORUM,
}


@routes("GET", "/channels/{channel_id}")
def get_channel(call: Call) -> Json:
    """Return a channel."""
    return shapes.channel(call.channel())


@routes("GET", "/guilds/{guild_id}/channels")
def list_guild_channels(call: Call) -> list[Json]:
    """Return every channel of a community that is no thread."""
    return [shapes.channel(channel) for channel in call.guild().channels.values()]


@routes("POST", "/guilds/{guild_id}/channels")
def create_guild_channel(call: Call) -> Reply:
    """Make a channel."""
    guild = call.guild(permissions.MANAGE_CHANNELS)
    if len(guild.channels) >= MOST:
        raise ApiError(Code.MAX_CHANNELS)
    body = call.json
    kind = body.get("type") or 0
    if kind not in _MAKEABLE:
        raise invalid("type", "Value is not a channel type that can be made here.", "BASE_TYPE_CHOICES")
    form = Form()
    form.between("name", body.get("name"), 1, 100)
    form.check()
    overwrites = [_overwrite(call, guild, given) for given in body.get("permission_overwrites") or []]
    channel = building.new_channel(
        call.world, guild, body["name"], ChannelType(kind), parent=_parent(guild, body), overwrites=overwrites
    )
    _set(channel, body)
    audit.record(call.world, guild, audit.Action.CHANNEL_CREATE, call.actor, channel.id, call.reason)
    return Reply(201, shapes.channel(channel))


def _parent(guild: Guild, body: Json) -> Channel | None:
    if body.get("parent_id") is None:
        return None
    parent = guild.channels.get(snowflake(body["parent_id"], "parent_id"))
    if parent is None or parent.type is not ChannelType.CATEGORY:
        raise invalid("parent_id", "Category does not exist", "CHANNEL_PARENT_INVALID")
    return parent


def _set(channel: Channel, body: Json) -> None:
    form = Form()
    if "name" in body:
        form.between("name", body["name"], 1, 100)
    form.longest("topic", body.get("topic"), 4_096 if channel.type is ChannelType.FORUM else 1_024)
    slow = body.get("rate_limit_per_user") or 0
    if not 0 <= slow <= SLOWEST:
        form.wrong(
            "rate_limit_per_user", f"int value should be between 0 and {SLOWEST}.", "NUMBER_TYPE_RANGE"
        )
    form.check()
    channel.name = body.get("name", channel.name)
    if channel.type in (ChannelType.TEXT, ChannelType.ANNOUNCEMENT):
        channel.name = "-".join(channel.name.lower().split())
    channel.topic = body.get("topic", channel.topic)
    channel.nsfw = bool(body.get("nsfw", channel.nsfw))
    if "rate_limit_per_user" in body:
        channel.rate_limit_per_user = slow
        channel.last_said.clear()
    if body.get("position") is not None:
        channel.position = int(body["position"])


@routes("PATCH", "/channels/{channel_id}")
def update_channel(call: Call) -> Json:
    """Change a channel or a thread."""
    channel = call.channel()
    guild = channel.guild
    if guild is None:
        raise ApiError(Code.NOT_IN_DM)
    if channel.thread:
        return threads.update(call, channel, channel.thread, guild)
    permissions.require(call.actor.id, channel, permissions.MANAGE_CHANNELS, call.now)
    body = call.json
    before = shapes.channel(channel)
    overwrites = None
    if body.get("permission_overwrites") is not None:
        permissions.require(call.actor.id, channel, permissions.MANAGE_ROLES, call.now)
        overwrites = [_overwrite(call, guild, given) for given in body["permission_overwrites"]]
    _set(channel, body)
    if "parent_id" in body:
        channel.parent = _parent(guild, body)
    if overwrites is not None:
        channel.overwrites = {overwrite.id: overwrite for overwrite in overwrites}
    if body.get("available_tags") is not None:
        channel.tags = [_tag(call, tag) for tag in body["available_tags"]]
    after = shapes.channel(channel)
    call.world.publish("CHANNEL_UPDATE", after, guild=guild)
    differs = audit.changes(before, after)
    audit.record(
        call.world, guild, audit.Action.CHANNEL_UPDATE, call.actor, channel.id, call.reason, changes=differs
    )
    call.world.tell(call.actor, "changed the channel", channel)
    return after


def _tag(call: Call, given: Json) -> Json:
    return {
        "id": str(given.get("id") or call.world.ids.next()),
        "name": given["name"],
        "moderated": bool(given.get("moderated")),
        "emoji_id": given.get("emoji_id"),
        "emoji_name": given.get("emoji_name"),
    }


@routes("PATCH", "/guilds/{guild_id}/channels")
def bulk_update_guild_channels(call: Call) -> None:
    """Move channels."""
    guild = call.guild(permissions.MANAGE_CHANNELS)
    for given in call.body if isinstance(call.body, list) else []:
        channel = guild.channels.get(snowflake(given.get("id"), "id"))
        if channel is None:
            raise ApiError(Code.UNKNOWN_CHANNEL)
        if given.get("position") is not None:
            channel.position = int(given["position"])
        if "parent_id" in given:
            channel.parent = _parent(guild, given)
        call.world.publish("CHANNEL_UPDATE", shapes.channel(channel), guild=guild)


@routes("DELETE", "/channels/{channel_id}")
def delete_channel(call: Call) -> Json:
    """Delete a channel or a thread with all that stands in it."""
    channel = call.channel()
    guild = channel.guild
    shape = shapes.channel(channel)
    if guild is None:
        return shape
    if channel.thread:
        return threads.delete(call, channel, guild)
    permissions.require(call.actor.id, channel, permissions.MANAGE_CHANNELS, call.now)
    for thread in [thread for thread in guild.threads.values() if thread.parent is channel]:
        threads.remove(call.world, thread, guild)
    call.world.publish("CHANNEL_DELETE", shape, guild=guild)
    building.forget_messages(call.world, channel)
    del guild.channels[channel.id], call.world.channels[channel.id]
    call.world.webhooks = {i: hook for i, hook in call.world.webhooks.items() if hook.channel is not channel}
    audit.record(call.world, guild, audit.Action.CHANNEL_DELETE, call.actor, channel.id, call.reason)
    call.world.tell(call.actor, f"deleted the channel #{channel.name}")
    return shape


def _overwrite(call: Call, guild: Guild, given: Json) -> Overwrite:
    target = snowflake(given.get("id"), "id")
    kind = int(given.get("type") or 0)
    allow, deny = int(given.get("allow") or 0), int(given.get("deny") or 0)
    if kind == 0 and target not in guild.roles:
        raise ApiError(Code.UNKNOWN_ROLE)
    member = call.own_member(guild)
    may = permissions.in_guild(member, call.now)
    if (allow | deny) & permissions.ALL & ~may:
        raise ApiError(Code.MISSING_PERMISSIONS)
    return Overwrite(target, kind, allow, deny)


@routes("PUT", "/channels/{channel_id}/permissions/{overwrite_id}")
def set_channel_permission_overwrite(call: Call) -> None:
    """Set what a role or a member may do in a channel."""
    channel = call.channel(permissions.MANAGE_ROLES)
    if channel.guild is None or channel.thread:
        raise ApiError(Code.WRONG_CHANNEL_TYPE)
    overwrite = _overwrite(call, channel.guild, call.json | {"id": call.params["overwrite_id"]})
    new = overwrite.id not in channel.overwrites
    channel.overwrites[overwrite.id] = overwrite
    call.world.publish("CHANNEL_UPDATE", shapes.channel(channel), guild=channel.guild)
    action = audit.Action.CHANNEL_OVERWRITE_CREATE if new else audit.Action.CHANNEL_OVERWRITE_UPDATE
    options = {"id": str(overwrite.id), "type": str(overwrite.type)}
    audit.record(call.world, channel.guild, action, call.actor, channel.id, call.reason, options=options)


@routes("DELETE", "/channels/{channel_id}/permissions/{overwrite_id}")
def delete_channel_permission_overwrite(call: Call) -> None:
    """Take an overwrite away."""
    channel = call.channel(permissions.MANAGE_ROLES)
    overwrite = channel.overwrites.pop(call.id("overwrite_id"), None)
    if overwrite is None or channel.guild is None:
        raise ApiError(Code.UNKNOWN_OVERWRITE)
    call.world.publish("CHANNEL_UPDATE", shapes.channel(channel), guild=channel.guild)
    options = {"id": str(overwrite.id), "type": str(overwrite.type)}
    action = audit.Action.CHANNEL_OVERWRITE_DELETE
    audit.record(call.world, channel.guild, action, call.actor, channel.id, call.reason, options=options)
