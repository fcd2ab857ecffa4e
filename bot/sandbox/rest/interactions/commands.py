"""Application commands: registering them, and who may use them."""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.errors import ApiError, Code, Form, invalid
from bot.sandbox.http.call import Call, Reply, Routes
from bot.sandbox.wire import Json
from bot.sandbox.world import audit, permissions
from bot.sandbox.world.models import Application, Channel, Guild, Member
from bot.sandbox.world.state import World

routes = Routes()

CHAT, USER, MESSAGE = 1, 2, 3
MOST = {CHAT: 100, USER: 15, MESSAGE: 15}
"""Commands of each type, global and in each community."""
OPTIONS = 25
SUBCOMMAND, GROUP = 1, 2
_NAME = re.compile(r"[-_'\w]{1,32}")
_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"
_LOCALIZED = ("name_localizations", "description_localizations")


def _guild_id(call: Call) -> int | None:
    if "guild_id" not in call.params:
        return None
    guild = call.world.guild(call.id("guild_id"))
    if call.actor.id not in guild.members:
        raise ApiError(Code.MISSING_ACCESS)
    return guild.id


def _owned(application: Application, guild_id: int | None) -> list[Json]:
    wanted = None if guild_id is None else str(guild_id)
    return [command for command in application.commands.values() if command.get("guild_id") == wanted]


def _one(call: Call) -> tuple[Application, Json]:
    application = call.application()
    guild_id = _guild_id(call)
    command = application.commands.get(call.id("command_id"))
    if command is None or command not in _owned(application, guild_id):
        raise ApiError(Code.UNKNOWN_COMMAND)
    return application, command


def _checked(given: Any, form: Form, path: str) -> Json:
    if not isinstance(given, dict):
        raise invalid(path + "_", "Only dictionaries may be used in a DictType", "DICT_TYPE_CONVERT")
    kind = given.get("type") or CHAT
    _name(given.get("name"), form, path + "name", chat=kind == CHAT)
    if kind == CHAT:
        form.between(path + "description", given.get("description"), 1, 100)
        _options(given.get("options"), form, path + "options")
    elif given.get("description") or given.get("options"):
        form.wrong(
            path + "description", "Context menu commands cannot have description", "APPLICATION_COMMAND_BAD"
        )
    return given


def _name(name: object, form: Form, path: str, *, chat: bool) -> None:
    form.between(path, name, 1, 32)
    if chat and isinstance(name, str) and (not _NAME.fullmatch(name) or name != name.lower()):
        form.wrong(path, "Command name is invalid", "APPLICATION_COMMAND_INVALID_NAME")


def _options(given: Any, form: Form, path: str) -> None:
    if given is None:
        return
    form.between(path, given, 0, OPTIONS)
    optional = False
    for n, option in enumerate(given):
        at = f"{path}.{n}"
        _name(option.get("name"), form, f"{at}.name", chat=True)
        form.between(f"{at}.description", option.get("description"), 1, 100)
        if option.get("type") in (SUBCOMMAND, GROUP):
            _options(option.get("options"), form, f"{at}.options")
            continue
        if option.get("required") and optional:
            message = "Required options must be placed before non-required options"
            form.wrong(at, message, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID")
        optional = optional or not option.get("required")
        choices = option.get("choices") or []
        form.between(f"{at}.choices", choices, 0, OPTIONS)
        for m, choice in enumerate(choices):
            form.between(f"{at}.choices.{m}.name", choice.get("name"), 1, 100)


def _stored(
    call: Call, application: Application, given: Json, guild_id: int | None, old: Json | None
) -> Json:
    kind = given.get("type") or CHAT
    needed = given.get("default_member_permissions")
    command: Json = {
        "id": old["id"] if old else str(call.world.ids.next()),
        "application_id": str(application.id),
        "version": str(call.world.ids.next()),
        "default_member_permissions": None if needed is None else str(needed),
        "type": kind,
        "name": given["name"],
        "name_localizations": given.get("name_localizations"),
        "description": given.get("description") or "",
        "description_localizations": given.get("description_localizations"),
        "integration_types": given.get("integration_types") or [0],
        "nsfw": bool(given.get("nsfw")),
    }
    if kind == CHAT:
        command["options"] = [_option(option) for option in given.get("options") or []]
    if guild_id is None:
        command["contexts"] = given.get("contexts")
        command["dm_permission"] = given.get("dm_permission") is not False
    else:
        command["guild_id"] = str(guild_id)
    if old and {**old, "version": ""} == {**command, "version": ""}:
        return old
    return command


def _option(given: Json) -> Json:
    option = {key: value for key, value in given.items() if value is not None}
    if "options" in option:
        option["options"] = [_option(inner) for inner in option["options"]]
    return option


@routes("GET", _GLOBAL)
@routes("GET", _GUILD)
def list_commands(call: Call) -> list[Json]:
    """Return the commands of an application, global or of one community."""
    commands = _owned(call.application(), _guild_id(call))
    if call.flag("with_localizations"):
        return commands
    return [{key: value for key, value in command.items() if key not in _LOCALIZED} for command in commands]


@routes("PUT", _GLOBAL)
@routes("PUT", _GUILD)
def bulk_set_commands(call: Call) -> list[Json]:
    """Replace all commands; those of a known name keep their id."""
    application, guild_id = call.application(), _guild_id(call)
    given = call.body if isinstance(call.body, list) else []
    form = Form()
    checked = [_checked(command, form, f"{n}.") for n, command in enumerate(given)]
    form.check()
    _count(checked)
    old = {(command["type"], command["name"]): command for command in _owned(application, guild_id)}
    keys = [(command.get("type") or CHAT, command["name"]) for command in checked]
    if len(set(keys)) != len(keys):
        form.wrong("_", "Application command names must be unique", "APPLICATION_COMMANDS_DUPLICATE_NAME")
        form.check()
    for command in old.values():
        del application.commands[int(command["id"])]
    for key, command in zip(keys, checked, strict=True):
        stored = _stored(call, application, command, guild_id, old.get(key))
        application.commands[int(stored["id"])] = stored
    return _owned(application, guild_id)


def _count(commands: list[Json]) -> None:
    form = Form()
    for kind, most in MOST.items():
        if sum((command.get("type") or CHAT) == kind for command in commands) > most:
            form.wrong(
                "_", f"Maximum number of application commands reached ({most}).", "APPLICATION_COMMAND_MAX"
            )
    form.check()


@routes("POST", _GLOBAL)
@routes("POST", _GUILD)
def create_command(call: Call) -> Reply:
    """Register a command, in the place of one with its name."""
    application, guild_id = call.application(), _guild_id(call)
    form = Form()
    given = _checked(call.json, form, "")
    form.check()
    key = (given.get("type") or CHAT, given["name"])
    old = next((c for c in _owned(application, guild_id) if (c["type"], c["name"]) == key), None)
    command = _stored(call, application, given, guild_id, old)
    _count([*(c for c in _owned(application, guild_id) if c is not old), command])
    application.commands[int(command["id"])] = command
    return Reply(200 if old else 201, command)


@routes("GET", _GLOBAL + "/{command_id}")
@routes("GET", _GUILD + "/{command_id}")
def get_command(call: Call) -> Json:
    """Return a command."""
    return _one(call)[1]


@routes("PATCH", _GLOBAL + "/{command_id}")
@routes("PATCH", _GUILD + "/{command_id}")
def update_command(call: Call) -> Json:
    """Change a command."""
    application, command = _one(call)
    form = Form()
    given = _checked(command | call.json, form, "")
    form.check()
    stored = _stored(call, application, given, _guild_id(call), command)
    application.commands[int(stored["id"])] = stored
    return stored


@routes("DELETE", _GLOBAL + "/{command_id}")
@routes("DELETE", _GUILD + "/{command_id}")
def delete_command(call: Call) -> None:
    """Delete a command."""
    application, command = _one(call)
    del application.commands[int(command["id"])]


@routes("GET", _GUILD + "/permissions")
def list_command_permissions(call: Call) -> list[Json]:
    """Return who may use each command whose use is regulated."""
    application, guild_id = call.application(), _guild_id(call)
    known = application.command_permissions
    return [_shown(application, *key, given) for key, given in known.items() if key[0] == guild_id]


def _shown(application: Application, guild_id: int, command_id: int, given: list[Json]) -> Json:
    return {
        "id": str(command_id),
        "application_id": str(application.id),
        "guild_id": str(guild_id),
        "permissions": given,
    }


@routes("GET", _GUILD + "/{command_id}/permissions")
def get_command_permissions(call: Call) -> Json:
    """Return who may use a command."""
    application, guild_id = call.application(), call.id("guild_id")
    given = application.command_permissions.get((guild_id, call.id("command_id")))
    if given is None:
        raise ApiError(Code.UNKNOWN_COMMAND_PERMISSIONS)
    return _shown(application, guild_id, call.id("command_id"), given)


@routes("PUT", _GUILD + "/{command_id}/permissions")
def set_command_permissions(call: Call) -> Json:
    """Say who may use a command, as somebody who manages the community."""
    application = call.world.application(call.id("application_id"))
    guild = call.guild(permissions.MANAGE_GUILD | permissions.MANAGE_ROLES)
    command_id = call.id("command_id")
    if command_id not in application.commands:
        raise ApiError(Code.UNKNOWN_COMMAND)
    given = [
        {"id": str(entry["id"]), "type": int(entry["type"]), "permission": bool(entry["permission"])}
        for entry in (call.json.get("permissions") or [])[:100]
    ]
    application.command_permissions[(guild.id, command_id)] = given
    shown = _shown(application, guild.id, command_id, given)
    call.world.publish("APPLICATION_COMMAND_PERMISSIONS_UPDATE", shown, guild=guild)
    action = audit.Action.APPLICATION_COMMAND_PERMISSION_UPDATE
    audit.record(call.world, guild, action, call.actor, command_id, call.reason)
    return shown


@routes("GET", "/guilds/{guild_id}/application-command-index")
def application_command_index(call: Call) -> Json:
    """Return the commands a person can use in a community, as their client asks for them."""
    guild = call.guild()
    member = call.own_member(guild)
    shown = [
        command
        for application in call.world.applications.values()
        if application.bot.id in guild.members
        for command in application.commands.values()
        if command.get("guild_id") in (None, str(guild.id))
        and may_use(call.world, application, command, member, None)
    ]
    present = [a for a in call.world.applications.values() if a.bot.id in guild.members]
    applications = [{"id": str(a.id), "name": a.name, "bot_id": str(a.bot.id)} for a in present]
    return {"applications": applications, "application_commands": shown, "version": str(guild.id)}


def may_use(
    world: World, application: Application, command: Json, member: Member, channel: Channel | None
) -> bool:
    """Return whether a member may use a command: what the community says of it, else its default."""
    guild = member.guild
    may = permissions.in_guild(member, world.now())
    if may == permissions.ALL:
        return True
    given = application.command_permissions.get((guild.id, int(command["id"])), [])
    if channel and not _in_channel(given, guild, channel):
        return False
    said = {(entry["type"], int(entry["id"])): entry["permission"] for entry in given}
    if (2, member.user.id) in said:
        return bool(said[2, member.user.id])
    roles = [said[1, role_id] for role_id in member.roles if (1, role_id) in said]
    if roles:
        return any(roles)
    if (1, guild.id) in said:
        return bool(said[1, guild.id])
    needed = command["default_member_permissions"]
    return needed is None or (int(needed) != 0 and may & int(needed) == int(needed))


def _in_channel(given: list[Json], guild: Guild, channel: Channel) -> bool:
    said = {int(entry["id"]): entry["permission"] for entry in given if entry["type"] == 3}
    home = channel.parent if channel.thread and channel.parent else channel
    return bool(said.get(home.id, said.get(guild.id - 1, True)))
