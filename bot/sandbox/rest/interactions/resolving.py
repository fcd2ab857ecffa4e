"""What a person filled in, checked against what was asked, with the things it names looked up."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.sandbox.errors import Form
from bot.sandbox.http.call import Upload, snowflake
from bot.sandbox.rest.messages.compose import clean_filename
from bot.sandbox.wire import Json
from bot.sandbox.world import permissions, shapes
from bot.sandbox.world.message_shapes import attachment
from bot.sandbox.world.messages import Attachment, Message
from bot.sandbox.world.models import Channel, User
from bot.sandbox.world.state import World

from .commands import GROUP, SUBCOMMAND

STRING, INTEGER, BOOLEAN, WHO, WHERE, ROLE, MENTIONABLE, NUMBER, FILE = 3, 4, 5, 6, 7, 8, 9, 10, 11
LONGEST = 6_000
_FITS: dict[int, tuple[type, ...]] = {INTEGER: (int,), NUMBER: (int, float), BOOLEAN: (bool,), STRING: (str,)}


class Resolver:
    """Looks up users, roles, channels, messages and files, and keeps what it found as `resolved`."""

    def __init__(self, world: World, user: User, channel: Channel) -> None:
        """Look up as `user` in `channel` would."""
        self._world = world
        self._user = user
        self._channel = channel
        self.found: dict[str, Json] = {}

    def _add(self, kind: str, key: int, shape: Json) -> None:
        self.found.setdefault(kind, {})[str(key)] = shape

    def user(self, user_id: int) -> None:
        """Find a user, and the member they are here."""
        self._add("users", user_id, shapes.user(self._world.user(user_id)))
        guild = self._channel.guild
        if guild and (member := guild.members.get(user_id)):
            may = str(permissions.in_channel(member, self._channel, self._world.now()))
            self._add("members", user_id, shapes.member(member, with_user=False) | {"permissions": may})

    def role(self, role_id: int) -> bool:
        """Find a role; return whether there is one."""
        role = self._channel.guild.roles.get(role_id) if self._channel.guild else None
        if role:
            self._add("roles", role_id, shapes.role(role))
        return role is not None

    def channel(self, channel_id: int) -> None:
        """Find a channel that the person sees."""
        channel = self._world.channel(channel_id)
        shape = shapes.channel(channel)
        kept = (
            "id",
            "type",
            "name",
            "parent_id",
            "guild_id",
            "flags",
            "position",
            "thread_metadata",
            "topic",
            "nsfw",
        )
        partial = {key: shape[key] for key in kept if key in shape}
        may = self._world.allowed(self._user, channel)
        self._add("channels", channel_id, partial | {"permissions": str(may)})

    def message(self, message: Message, shape: Json) -> None:
        """Note a message."""
        self._add("messages", message.id, shape)

    def file(self, upload: Upload) -> str:
        """Keep a file and return its id."""
        name = clean_filename(upload.filename)
        file_id = self._world.ids.next()
        url = f"{self._world.cdn}/attachments/{self._channel.id}/{file_id}/{quote(name)}"
        kind = mimetypes.guess_type(name)[0] or upload.content_type
        self._world.files[file_id] = upload.data
        shape = attachment(Attachment(file_id, name, kind, upload.data, url)) | {"ephemeral": True}
        self._add("attachments", file_id, shape)
        return str(file_id)

    def named(self, kind: int, value: object, name: str) -> None:
        """Find what an option or a select of a kind names."""
        target = snowflake(value, name)
        if kind == WHO:
            self.user(target)
        elif kind == WHERE:
            self.channel(target)
        elif not (kind in (ROLE, MENTIONABLE) and self.role(target)):
            self.user(target)


def options(
    given: Any, asked: list[Json], resolver: Resolver, files: Mapping[str, Upload], *, typing: bool
) -> list[Json]:
    """Return the options as the bot gets them. Raises ApiError 50035 where they do not fit the command.

    While the person is still `typing`, an autocompleted command may lack options or hold half a value.
    """
    form = Form()
    out = _level(given or [], asked, resolver, files, form, typing)
    form.check()
    return out


def _level(
    given: list[Json],
    asked: list[Json],
    resolver: Resolver,
    files: Mapping[str, Upload],
    form: Form,
    typing: bool,
) -> list[Json]:
    known = {option["name"]: option for option in asked}
    out = []
    for n, option in enumerate(given):
        name = str(option.get("name"))
        definition = known.get(name)
        if definition is None:
            form.wrong(f"options.{n}.name", f'Unknown option "{name}"', "APPLICATION_COMMAND_OPTION_UNKNOWN")
            continue
        kind = definition["type"]
        if kind in (SUBCOMMAND, GROUP):
            inner = definition.get("options", [])
            below = _level(option.get("options") or [], inner, resolver, files, form, typing)
            out.append({"name": name, "type": kind, "options": below})
            continue
        value = option.get("value")
        if not typing:
            value = _value(value, definition, resolver, files, form, f"options.{n}.value")
        shown: Json = {"name": name, "type": kind, "value": value}
        if option.get("focused"):
            shown["focused"] = True
        out.append(shown)
    sent = {option["name"] for option in out}
    for definition in [] if typing else asked:
        if definition.get("required") and definition["name"] not in sent:
            form.wrong(f"options.{definition['name']}", "This field is required", "BASE_TYPE_REQUIRED")
    if asked and asked[0]["type"] in (SUBCOMMAND, GROUP) and len(out) != 1:
        form.wrong("options", "Exactly one subcommand is expected", "APPLICATION_COMMAND_SUBCOMMAND")
    return out


def _value(
    value: Any, asked: Json, resolver: Resolver, files: Mapping[str, Upload], form: Form, path: str
) -> Any:
    kind = asked["type"]
    if kind == FILE:
        upload = files.get(f"files[{value}]")
        if upload is None:
            form.require(path, None)
            return None
        return resolver.file(upload)
    if kind in (WHO, WHERE, ROLE, MENTIONABLE):
        resolver.named(kind, value, path)
        return str(value)
    if not isinstance(value, _FITS[kind]) or (isinstance(value, bool) and kind != BOOLEAN):
        form.wrong(path, f"The value is not of the option's type ({kind}).", "BASE_TYPE_BAD")
        return value
    if asked.get("choices") and value not in [choice["value"] for choice in asked["choices"]]:
        form.wrong(path, "The value is not one of the choices.", "BASE_TYPE_CHOICES")
    if kind == STRING:
        low, high = asked.get("min_length", 0), asked.get("max_length", LONGEST)
        form.between(path, value, low, high)
    elif kind in (INTEGER, NUMBER) and not asked.get("min_value", value) <= value <= asked.get(
        "max_value", value
    ):
        form.wrong(path, "The value is out of the option's range.", "NUMBER_TYPE_RANGE")
    return value


def selected(component: Json, values: Any, resolver: Resolver, path: str) -> list[str]:
    """Return what was chosen in a select. Raises ApiError 50035 where it does not fit."""
    form = Form()
    form.between(path, values, component.get("min_values", 1), component.get("max_values", 1))
    form.check()
    kind = component["type"]
    chosen = [str(value) for value in values]
    if kind == 3:
        if set(chosen) - {option["value"] for option in component["options"]}:
            form.wrong(path, "The value is not one of the options.", "BASE_TYPE_CHOICES")
            form.check()
        return chosen
    for value in chosen:
        resolver.named({5: WHO, 6: ROLE, 7: MENTIONABLE, 8: WHERE}[kind], value, path)
    return chosen
