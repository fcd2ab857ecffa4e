"""Who may do what where (developer documentation, "Permissions")."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.sandbox.errors import ApiError, Code

from .models import Channel, ChannelType, Guild, Member, Overwrite, Role

KICK_MEMBERS = 1 << 1
BAN_MEMBERS = 1 << 2
ADMINISTRATOR = 1 << 3
MANAGE_CHANNELS = 1 << 4
MANAGE_GUILD = 1 << 5
ADD_REACTIONS = 1 << 6
VIEW_AUDIT_LOG = 1 << 7
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
SEND_TTS_MESSAGES = 1 << 12
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MENTION_EVERYONE = 1 << 17
USE_EXTERNAL_EMOJIS = 1 << 18
CHANGE_NICKNAME = 1 << 26
MANAGE_NICKNAMES = 1 << 27
MANAGE_ROLES = 1 << 28
MANAGE_WEBHOOKS = 1 << 29
MANAGE_GUILD_EXPRESSIONS = 1 << 30
USE_APPLICATION_COMMANDS = 1 << 31
MANAGE_THREADS = 1 << 34
CREATE_PUBLIC_THREADS = 1 << 35
CREATE_PRIVATE_THREADS = 1 << 36
SEND_MESSAGES_IN_THREADS = 1 << 38
MODERATE_MEMBERS = 1 << 40
SEND_POLLS = 1 << 49
PIN_MESSAGES = 1 << 51
BYPASS_SLOWMODE = 1 << 52

NAMES = {name: bit for name, bit in globals().items() if name.isupper() and isinstance(bit, int)}
"""Every permission the sandbox knows, by Discord's name."""

ALL = sum(NAMES.values())
EVERYONE = (
    ADD_REACTIONS | VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_MESSAGE_HISTORY
    | USE_EXTERNAL_EMOJIS | CHANGE_NICKNAME | USE_APPLICATION_COMMANDS | CREATE_PUBLIC_THREADS
    | SEND_MESSAGES_IN_THREADS | SEND_POLLS
)  # fmt: skip
"""What an ordinary resident may do where no channel says otherwise."""

_DIRECT = (
    ADD_REACTIONS | VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_MESSAGE_HISTORY
    | USE_EXTERNAL_EMOJIS | USE_APPLICATION_COMMANDS | SEND_POLLS | PIN_MESSAGES
)  # fmt: skip
_TIMED_OUT = VIEW_CHANNEL | READ_MESSAGE_HISTORY
_NEED_SENDING = MENTION_EVERYONE | SEND_TTS_MESSAGES | ATTACH_FILES | EMBED_LINKS | SEND_POLLS


def bits(*names: str) -> int:
    """Return the permissions of those names. Raises KeyError on an unknown one."""
    return sum(NAMES[name] for name in names)


def in_guild(member: Member, now: datetime) -> int:
    """Return what a member may do in a community, before any channel's overwrites."""
    guild = member.guild
    if guild.owner_id == member.user.id:
        return ALL
    allowed = guild.roles[guild.id].permissions
    for role_id in member.roles:
        allowed |= guild.roles[role_id].permissions
    if allowed & ADMINISTRATOR:
        return ALL
    if member.timed_out(now):
        allowed &= _TIMED_OUT
    return allowed


def in_channel(member: Member, channel: Channel, now: datetime) -> int:
    """Return what a member may do in a channel; a thread follows its parent."""
    base = in_guild(member, now)
    if base == ALL:
        return ALL
    home = channel.parent if channel.thread and channel.parent else channel
    if home.overwrites:
        base = _overwrite(base, member, home.overwrites)
    if not base & VIEW_CHANNEL:
        return 0
    if channel.thread:
        invited = channel.type is not ChannelType.PRIVATE_THREAD or member.user.id in channel.thread.members
        if not invited and not base & MANAGE_THREADS:
            return 0
    elif not base & SEND_MESSAGES:
        base &= ~_NEED_SENDING
    if member.timed_out(now):
        base &= _TIMED_OUT
    return base


def _overwrite(base: int, member: Member, overwrites: Mapping[int, Overwrite]) -> int:
    everyone = overwrites.get(member.guild.id)
    if everyone:
        base = base & ~everyone.deny | everyone.allow
    allow = deny = 0
    for role_id in member.roles:
        if role := overwrites.get(role_id):
            allow |= role.allow
            deny |= role.deny
    base = base & ~deny | allow
    if own := overwrites.get(member.user.id):
        base = base & ~own.deny | own.allow
    return base


def of_user(user_id: int, channel: Channel, now: datetime) -> int:
    """Return what a user may do in a channel, 0 where they are not a member of it."""
    if channel.guild is None:
        return _DIRECT if any(user.id == user_id for user in channel.recipients) else 0
    member = channel.guild.members.get(user_id)
    return in_channel(member, channel, now) if member else 0


def require(user_id: int, channel: Channel, needed: int, now: datetime) -> int:
    """Return what a user may do in a channel. Raises ApiError 50001 or 50013 where `needed` is not in it."""
    allowed = of_user(user_id, channel, now)
    if not allowed & VIEW_CHANNEL:
        raise ApiError(Code.MISSING_ACCESS)
    if allowed & needed != needed:
        raise ApiError(Code.MISSING_PERMISSIONS)
    return allowed


def require_in_guild(user_id: int, guild: Guild, needed: int, now: datetime) -> Member:
    """Return the member. Raises ApiError 50001 for a stranger, 50013 where `needed` is missing."""
    member = guild.members.get(user_id)
    if member is None:
        raise ApiError(Code.MISSING_ACCESS)
    if in_guild(member, now) & needed != needed:
        raise ApiError(Code.MISSING_PERMISSIONS)
    return member


def top_role(member: Member) -> Role:
    """Return the highest role of a member."""
    roles = member.guild.roles
    return max((roles[r] for r in (member.guild.id, *member.roles)), key=lambda role: role.position)


def require_above(actor: Member, target: Member) -> None:
    """Raise ApiError 50013 unless `actor` stands above `target` in the order of roles."""
    guild = actor.guild
    if target.user.id == guild.owner_id and actor is not target:
        raise ApiError(Code.MISSING_PERMISSIONS)
    if actor.user.id == guild.owner_id:
        return
    if top_role(actor).position <= top_role(target).position:
        raise ApiError(Code.MISSING_PERMISSIONS)
