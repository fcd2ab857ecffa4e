"""The audit log of a community."""

from __future__ import annotations

from enum import IntEnum

from bot.sandbox.wire import Json

from . import permissions
from .models import Guild, User
from .state import World


class Action(IntEnum):
    """The events the sandbox enters (developer documentation, "Audit Log Events")."""

    GUILD_UPDATE = 1
    CHANNEL_CREATE = 10
    CHANNEL_UPDATE = 11
    CHANNEL_DELETE = 12
    CHANNEL_OVERWRITE_CREATE = 13
    CHANNEL_OVERWRITE_UPDATE = 14
    CHANNEL_OVERWRITE_DELETE = 15
    MEMBER_KICK = 20
    MEMBER_BAN_ADD = 22
    MEMBER_BAN_REMOVE = 23
    MEMBER_UPDATE = 24
    MEMBER_ROLE_UPDATE = 25
    ROLE_CREATE = 30
    ROLE_UPDATE = 31
    ROLE_DELETE = 32
    WEBHOOK_CREATE = 50
    WEBHOOK_UPDATE = 51
    WEBHOOK_DELETE = 52
    MESSAGE_DELETE = 72
    MESSAGE_BULK_DELETE = 73
    MESSAGE_PIN = 74
    MESSAGE_UNPIN = 75
    THREAD_CREATE = 110
    THREAD_UPDATE = 111
    THREAD_DELETE = 112
    APPLICATION_COMMAND_PERMISSION_UPDATE = 121
    AUTO_MODERATION_RULE_CREATE = 140
    AUTO_MODERATION_RULE_UPDATE = 141
    AUTO_MODERATION_RULE_DELETE = 142
    AUTO_MODERATION_BLOCK_MESSAGE = 143
    AUTO_MODERATION_FLAG_TO_CHANNEL = 144
    AUTO_MODERATION_USER_TIMEOUT = 145


def record(
    world: World,
    guild: Guild,
    action: Action,
    actor: User,
    target_id: int | None,
    reason: str | None = None,
    *,
    changes: list[Json] | None = None,
    options: Json | None = None,
) -> None:
    """Enter what `actor` did and tell those who may read the log."""
    entry: Json = {
        "id": str(world.ids.next()),
        "action_type": int(action),
        "user_id": str(actor.id),
        "target_id": str(target_id) if target_id else None,
    }
    if changes:
        entry["changes"] = changes
    if options:
        entry["options"] = options
    if reason:
        entry["reason"] = reason
    guild.audit.append(entry)
    now = world.now()
    readers = tuple(
        member.user
        for member in guild.members.values()
        if member.user.bot and permissions.in_guild(member, now) & permissions.VIEW_AUDIT_LOG
    )
    world.publish(
        "GUILD_AUDIT_LOG_ENTRY_CREATE", entry | {"guild_id": str(guild.id)}, guild=guild, only=readers
    )


def changes(before: Json, after: Json) -> list[Json]:
    """Return what differs between two shapes, as the log shows it."""
    keys = [key for key in after if before.get(key) != after[key]]
    return [{"key": key, "old_value": before.get(key), "new_value": after[key]} for key in keys]
