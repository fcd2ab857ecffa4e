"""Members: reading, naming, timing out, removing and banning them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.errors import ApiError, Code, Form, invalid
from bot.sandbox.http.call import Call, Routes, snowflake
from bot.sandbox.wire import Json
from bot.sandbox.world import audit, building, permissions, posting, shapes
from bot.sandbox.world.models import Guild, Member, User

from .roles import below

routes = Routes()

LONGEST_TIMEOUT = timedelta(days=28)
PURGE = 604_800
"""Seconds of messages a ban can take along."""


@routes("GET", "/guilds/{guild_id}/members")
def list_guild_members(call: Call) -> list[Json]:
    """Return a page of members by id."""
    guild = call.guild()
    after = call.query_id("after") or 0
    members = sorted(guild.members.values(), key=lambda member: member.user.id)
    return [shapes.member(m) for m in members if m.user.id > after][: call.limit(1, 1000)]


@routes("GET", "/guilds/{guild_id}/members/search")
def search_guild_members(call: Call) -> list[Json]:
    """Return the members whose name begins with the query."""
    query = call.query.get("query", "").lower()
    names = [(m, (m.nick or m.user.name, m.user.username)) for m in call.guild().members.values()]
    found = [m for m, shown in names if any(name.lower().startswith(query) for name in shown)]
    return [shapes.member(member) for member in found[: call.limit(1, 1000)]]


@routes("GET", "/guilds/{guild_id}/members/{user_id}")
def get_guild_member(call: Call) -> Json:
    """Return a member."""
    return shapes.member(call.world.member(call.guild(), call.id("user_id")))


@routes("GET", "/users/@me/guilds/{guild_id}/member")
def get_my_guild_member(call: Call) -> Json:
    """Return the actor as a member."""
    return shapes.member(call.own_member(call.guild()))


@routes("PATCH", "/guilds/{guild_id}/members/@me")
def update_my_guild_member(call: Call) -> Json:
    """Change one's own nickname."""
    guild = call.guild(permissions.CHANGE_NICKNAME)
    return _update(call, call.own_member(guild), {"nick": call.json.get("nick")})


@routes("PATCH", "/guilds/{guild_id}/members/{user_id}")
def update_guild_member(call: Call) -> Json:
    """Change a member's nickname, roles or timeout."""
    guild = call.guild()
    member = call.world.member(guild, call.id("user_id"))
    own = call.own_member(guild)
    needed = {
        "nick": permissions.MANAGE_NICKNAMES,
        "roles": permissions.MANAGE_ROLES,
        "communication_disabled_until": permissions.MODERATE_MEMBERS,
    }
    for key in call.json.keys() & needed.keys():
        if not (key == "nick" and member is own):
            permissions.require_in_guild(call.actor.id, guild, needed[key], call.now)
    if member is not own and call.json.keys() & {"nick", "communication_disabled_until"}:
        permissions.require_above(own, member)
    return _update(call, member, call.json)


def _update(call: Call, member: Member, body: Json) -> Json:
    before = shapes.member(member)
    form = Form()
    form.longest("nick", body.get("nick"), 32)
    form.check()
    until = _until(call, body.get("communication_disabled_until"))
    if "communication_disabled_until" in body:
        if until and permissions.in_guild(member, call.now) == permissions.ALL:
            raise ApiError(Code.MISSING_PERMISSIONS)
        member.communication_disabled_until = until
    if body.get("roles") is not None:
        _set_roles(call, member, [snowflake(role_id, "roles") for role_id in body["roles"]])
    if "nick" in body:
        member.nick = body["nick"] or None
    changed(call, member, before)
    return shapes.member(member)


def _until(call: Call, given: Any) -> datetime | None:
    if not given:
        return None
    try:
        until = datetime.fromisoformat(given)
    except (ValueError, TypeError):
        raise invalid("communication_disabled_until", "Could not parse. Should be ISO8601.") from None
    if until.tzinfo is None or until > call.now + LONGEST_TIMEOUT:
        raise invalid("communication_disabled_until", "Timeout may be at most 28 days.", "DATE_TIME_TYPE_MAX")
    return until


def _set_roles(call: Call, member: Member, wanted: list[int]) -> None:
    for role_id in set(wanted) ^ set(member.roles):
        if below(call, member.guild, role_id).bot_id is not None:
            raise ApiError(Code.MISSING_PERMISSIONS)
    member.roles = list(dict.fromkeys(wanted))


def changed(call: Call, member: Member, before: Json) -> None:
    """Tell everyone that a member is not as before, and enter it in the audit log."""
    guild = member.guild
    after = shapes.member(member)
    differs = audit.changes(before, after)
    if not differs:
        return
    call.world.publish("GUILD_MEMBER_UPDATE", after | {"guild_id": str(guild.id)}, guild=guild)
    roles = [change for change in differs if change["key"] == "roles"]
    rest = [change for change in differs if change["key"] != "roles"]
    target = member.user.id
    if roles:
        action = audit.Action.MEMBER_ROLE_UPDATE
        audit.record(
            call.world, guild, action, call.actor, target, call.reason, changes=_role_changes(guild, roles[0])
        )
    if rest:
        action = audit.Action.MEMBER_UPDATE
        audit.record(call.world, guild, action, call.actor, target, call.reason, changes=rest)
    for change in differs:
        call.world.tell(call.actor, _did(call.actor, member, change))


def _did(actor: User, member: Member, change: Json) -> str:
    whose = member.user.name
    if change["key"] != "nick":
        return f"changed {change['key']} of {whose}"
    own, new = actor is member.user, change.get("new_value")
    if new is None:
        return "dropped the nickname" if own else f"took the nickname off {whose}"
    return f"took the nickname “{new}”" if own else f"gave {whose} the nickname “{new}”"


def _role_changes(guild: Guild, change: Json) -> list[Json]:
    old, new = set(change["old_value"]), set(change["new_value"])

    def named(ids: set[str]) -> list[Json]:
        return [{"id": i, "name": guild.roles[int(i)].name} for i in sorted(ids) if int(i) in guild.roles]

    both = [("$add", named(new - old)), ("$remove", named(old - new))]
    return [{"key": key, "new_value": roles} for key, roles in both if roles]


@routes("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
def add_guild_member_role(call: Call) -> None:
    """Give a member a role below one's own."""
    _role(call, give=True)


@routes("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
def delete_guild_member_role(call: Call) -> None:
    """Take a role from a member."""
    _role(call, give=False)


def _role(call: Call, *, give: bool) -> None:
    guild = call.guild(permissions.MANAGE_ROLES)
    member = call.world.member(guild, call.id("user_id"))
    role = below(call, guild, call.id("role_id"))
    before = shapes.member(member)
    if give and role.id not in member.roles:
        member.roles.append(role.id)
    elif not give and role.id in member.roles:
        member.roles.remove(role.id)
    changed(call, member, before)


def _target(call: Call, guild: Guild) -> User:
    user = call.world.user(call.id("user_id"))
    if member := guild.members.get(user.id):
        permissions.require_above(call.own_member(guild), member)
    return user


@routes("DELETE", "/guilds/{guild_id}/members/{user_id}")
def delete_guild_member(call: Call) -> None:
    """Remove a member, who may come back."""
    guild = call.guild(permissions.KICK_MEMBERS)
    user = _target(call, guild)
    call.world.member(guild, user.id)
    building.leave(call.world, guild, user)
    audit.record(call.world, guild, audit.Action.MEMBER_KICK, call.actor, user.id, call.reason)


@routes("GET", "/guilds/{guild_id}/bans")
def list_guild_bans(call: Call) -> list[Json]:
    """Return a page of bans by user."""
    guild = call.guild(permissions.BAN_MEMBERS)
    before, after = call.query_id("before"), call.query_id("after") or 0
    ids = [i for i in sorted(guild.bans) if i > after and (before is None or i < before)]
    return [_ban(call, guild, user_id) for user_id in ids[: call.limit(1000, 1000)]]


def _ban(call: Call, guild: Guild, user_id: int) -> Json:
    if user_id not in guild.bans:
        raise ApiError(Code.UNKNOWN_BAN)
    return {"user": shapes.user(call.world.user(user_id)), "reason": guild.bans[user_id]}


@routes("GET", "/guilds/{guild_id}/bans/{user_id}")
def get_guild_ban(call: Call) -> Json:
    """Return a ban."""
    return _ban(call, call.guild(permissions.BAN_MEMBERS), call.id("user_id"))


@routes("PUT", "/guilds/{guild_id}/bans/{user_id}")
def ban_user_from_guild(call: Call) -> None:
    """Ban a user and, if asked, delete what they wrote in the last seconds."""
    guild = call.guild(permissions.BAN_MEMBERS)
    user = _target(call, guild)
    seconds = call.json.get("delete_message_seconds") or call.limit(0, PURGE, "delete_message_seconds", 0)
    if not 0 <= int(seconds) <= PURGE:
        raise invalid(
            "delete_message_seconds", f"int value should be between 0 and {PURGE}.", "NUMBER_TYPE_RANGE"
        )
    _banish(call, guild, user, timedelta(seconds=int(seconds)))


def _banish(call: Call, guild: Guild, user: User, purge: timedelta) -> None:
    guild.bans[user.id] = call.reason
    if user.id in guild.members:
        building.leave(call.world, guild, user)
    event = {"guild_id": str(guild.id), "user": shapes.user(user)}
    call.world.publish("GUILD_BAN_ADD", event, guild=guild)
    audit.record(call.world, guild, audit.Action.MEMBER_BAN_ADD, call.actor, user.id, call.reason)
    if not purge:
        return
    for channel in [*guild.channels.values(), *guild.threads.values()]:
        recent = channel.log.page(len(channel.log))
        gone = [m for m in recent if m.author is user and m.at >= call.now - purge]
        if gone:
            posting.delete(call.world, gone, by=call.actor, bulk=True)


@routes("POST", "/guilds/{guild_id}/bulk-ban")
def bulk_ban_users_from_guild(call: Call) -> Json:
    """Ban up to 200 users."""
    guild = call.guild(permissions.BAN_MEMBERS | permissions.MANAGE_GUILD)
    ids = [snowflake(value, "user_ids") for value in (call.json.get("user_ids") or [])[:200]]
    purge = timedelta(seconds=min(int(call.json.get("delete_message_seconds") or 0), PURGE))
    banned = [user_id for user_id in ids if user_id in call.world.users and user_id != call.actor.id]
    for user_id in banned:
        _banish(call, guild, call.world.users[user_id], purge)
    failed = [str(user_id) for user_id in ids if user_id not in banned]
    return {"banned_users": [str(user_id) for user_id in banned], "failed_users": failed}


@routes("DELETE", "/guilds/{guild_id}/bans/{user_id}")
def unban_user_from_guild(call: Call) -> None:
    """Lift a ban."""
    guild = call.guild(permissions.BAN_MEMBERS)
    user = call.world.user(call.id("user_id"))
    if user.id not in guild.bans:
        raise ApiError(Code.UNKNOWN_BAN)
    del guild.bans[user.id]
    event = {"guild_id": str(guild.id), "user": shapes.user(user)}
    call.world.publish("GUILD_BAN_REMOVE", event, guild=guild)
    audit.record(call.world, guild, audit.Action.MEMBER_BAN_REMOVE, call.actor, user.id, call.reason)
