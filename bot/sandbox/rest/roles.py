"""Roles, within the order they stand in."""

from __future__ import annotations

from bot.sandbox.errors import ApiError, Code, Form
from bot.sandbox.http.call import Call, Routes, snowflake
from bot.sandbox.wire import Json
from bot.sandbox.world import audit, building, permissions, shapes
from bot.sandbox.world.models import Guild, Member, Role

routes = Routes()


def below(call: Call, guild: Guild, role_id: int) -> Role:
    """Return a role that the actor stands above. Raises ApiError 10011 or 50013."""
    role = guild.roles.get(role_id)
    if role is None:
        raise ApiError(Code.UNKNOWN_ROLE)
    own = call.own_member(guild)
    if own.user.id != guild.owner_id and role.position >= permissions.top_role(own).position:
        raise ApiError(Code.MISSING_PERMISSIONS)
    return role


def _set(call: Call, member: Member, role: Role, body: Json) -> None:
    form = Form()
    form.longest("name", body.get("name"), 100)
    form.check()
    granted = int(body.get("permissions") or role.permissions) if "permissions" in body else role.permissions
    if (granted & ~role.permissions) & permissions.ALL & ~permissions.in_guild(member, call.now):
        raise ApiError(Code.MISSING_PERMISSIONS)
    role.permissions = granted
    role.name = body.get("name") or role.name
    colors = body.get("colors") or {}
    role.color = int(colors.get("primary_color") or body.get("color") or role.color)
    role.hoist = bool(body.get("hoist", role.hoist))
    role.mentionable = bool(body.get("mentionable", role.mentionable))


@routes("GET", "/guilds/{guild_id}/roles")
def list_guild_roles(call: Call) -> list[Json]:
    """Return every role."""
    return [shapes.role(role) for role in call.guild().roles.values()]


@routes("GET", "/guilds/{guild_id}/roles/{role_id}")
def get_guild_role(call: Call) -> Json:
    """Return a role."""
    role = call.guild().roles.get(call.id("role_id"))
    if role is None:
        raise ApiError(Code.UNKNOWN_ROLE)
    return shapes.role(role)


@routes("GET", "/guilds/{guild_id}/roles/member-counts")
def guild_role_member_counts(call: Call) -> Json:
    """Return how many members hold each role."""
    guild = call.guild()
    counts = dict.fromkeys((str(role_id) for role_id in guild.roles if role_id != guild.id), 0)
    for member in guild.members.values():
        for role_id in member.roles:
            counts[str(role_id)] += 1
    return counts


@routes("POST", "/guilds/{guild_id}/roles")
def create_guild_role(call: Call) -> Json:
    """Make a role, the lowest of all."""
    guild = call.guild(permissions.MANAGE_ROLES)
    member = call.own_member(guild)
    fresh = Role(0, "new role", guild.roles[guild.id].permissions, 1)
    _set(call, member, fresh, call.json)
    role = building.new_role(call.world, guild, fresh.name, fresh.permissions, lowest=True)
    _set(call, member, role, call.json)
    call.world.publish("GUILD_ROLE_UPDATE", _event(guild, role), guild=guild)
    audit.record(call.world, guild, audit.Action.ROLE_CREATE, call.actor, role.id, call.reason)
    return shapes.role(role)


def _event(guild: Guild, role: Role) -> Json:
    return {"guild_id": str(guild.id), "role": shapes.role(role)}


@routes("PATCH", "/guilds/{guild_id}/roles/{role_id}")
def update_guild_role(call: Call) -> Json:
    """Change a role below one's own."""
    guild = call.guild(permissions.MANAGE_ROLES)
    role = below(call, guild, call.id("role_id"))
    before = shapes.role(role)
    _set(call, call.own_member(guild), role, call.json)
    call.world.publish("GUILD_ROLE_UPDATE", _event(guild, role), guild=guild)
    differs = audit.changes(before, shapes.role(role))
    audit.record(
        call.world, guild, audit.Action.ROLE_UPDATE, call.actor, role.id, call.reason, changes=differs
    )
    return shapes.role(role)


@routes("PATCH", "/guilds/{guild_id}/roles")
def bulk_update_guild_roles(call: Call) -> list[Json]:
    """Move roles that stand below one's own."""
    guild = call.guild(permissions.MANAGE_ROLES)
    for given in call.body if isinstance(call.body, list) else []:
        role = below(call, guild, snowflake(given.get("id"), "id"))
        role.position = int(given.get("position") or role.position)
        call.world.publish("GUILD_ROLE_UPDATE", _event(guild, role), guild=guild)
    return [shapes.role(role) for role in guild.roles.values()]


@routes("DELETE", "/guilds/{guild_id}/roles/{role_id}")
def delete_guild_role(call: Call) -> None:
    """Delete a role below one's own."""
    guild = call.guild(permissions.MANAGE_ROLES)
    role = below(call, guild, call.id("role_id"))
    if role.id == guild.id or role.bot_id is not None:
        raise ApiError(Code.MISSING_PERMISSIONS)
    del guild.roles[role.id]
    for member in guild.members.values():
        if role.id in member.roles:
            member.roles.remove(role.id)
    for channel in guild.channels.values():
        channel.overwrites.pop(role.id, None)
    event = {"guild_id": str(guild.id), "role_id": str(role.id)}
    call.world.publish("GUILD_ROLE_DELETE", event, guild=guild)
    audit.record(call.world, guild, audit.Action.ROLE_DELETE, call.actor, role.id, call.reason)
