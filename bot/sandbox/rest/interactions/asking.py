"""What a person does with a bot: a command, a press, a modal, a value half typed."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.sandbox.errors import ApiError, Code, Form, invalid
from bot.sandbox.http.call import Call, snowflake
from bot.sandbox.rest.messages.components import SELECTS, Kind, walk
from bot.sandbox.wire import Json
from bot.sandbox.world import permissions, shapes
from bot.sandbox.world.ids import secret
from bot.sandbox.world.message_shapes import message as message_shape
from bot.sandbox.world.messages import Message
from bot.sandbox.world.models import Application, Channel, Interaction
from bot.sandbox.world.state import World

from . import commands, resolving

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5


def begin(call: Call) -> None:
    """Hand what a person did to the bot; the person's sessions are told how it goes."""
    body, world = call.json, call.world
    kind = body.get("type")
    if kind not in (COMMAND, COMPONENT, AUTOCOMPLETE, MODAL):
        raise invalid("type", "Value must be one of (2, 3, 4, 5).", "BASE_TYPE_CHOICES")
    application = world.application(snowflake(body.get("application_id"), "application_id"))
    channel = world.channel(snowflake(body.get("channel_id"), "channel_id"))
    permissions.require(call.actor.id, channel, permissions.VIEW_CHANNEL, call.now)
    resolver = resolving.Resolver(world, call.actor, channel)
    data = body.get("data")
    if not isinstance(data, dict):
        raise invalid("data", "This field is required", "BASE_TYPE_REQUIRED")
    message: Message | None = None
    opener: Interaction | None = None
    if kind in (COMMAND, AUTOCOMPLETE):
        shown = _command(call, application, channel, data, resolver, typing=kind == AUTOCOMPLETE)
    elif kind == COMPONENT:
        message = _pressed(call, application, channel)
        shown = _component(message, data, resolver)
    else:
        opener = _opened(call, application, data)
        message = opener.message
        shown = _modal(opener, data, resolver)
    if resolver.found:
        shown["resolved"] = resolver.found
    interaction = Interaction(
        id=world.ids.next(),
        token=secret(),
        type=kind,
        application=application,
        user=call.actor,
        channel=channel,
        at=call.now,
        nonce=body.get("nonce"),
        data=shown,
        message=message,
        opener=opener,
    )
    _hand_over(world, interaction)


def _hand_over(world: World, interaction: Interaction) -> None:
    _forget(world)
    world.interactions[interaction.token] = interaction
    if interaction.type != AUTOCOMPLETE:
        tell(world, interaction, "INTERACTION_CREATE")
        world.tell(interaction.user, _did(interaction), interaction.channel)
    bot = interaction.application.bot
    world.publish("INTERACTION_CREATE", _event(world, interaction), only=(bot,))
    asyncio.get_running_loop().call_later(world.settings.first_answer_within, _expire, world, interaction)


def _did(interaction: Interaction) -> str:
    data = interaction.data
    if interaction.type == COMPONENT:
        return f"pressed “{_label(interaction)}”"
    return f"submitted {data['custom_id']}" if interaction.type == MODAL else f"used /{data['name']}"


def _label(interaction: Interaction) -> str:
    """Return what a component says, to people or else to its application."""
    custom_id: str = interaction.data["custom_id"]
    rows = interaction.message.components if interaction.message else []
    parts = [part for row in rows for part in row.get("components", ()) if part.get("custom_id") == custom_id]
    return next((part.get("label") or part.get("placeholder") or custom_id for part in parts), custom_id)


def _expire(world: World, interaction: Interaction) -> None:
    if interaction.answered:
        return
    interaction.failed = True
    if interaction.type != AUTOCOMPLETE:
        tell(world, interaction, "INTERACTION_FAILURE", reason_code=1)
        world.tell(interaction.application.bot, "did not answer in time", interaction.channel)


def _forget(world: World) -> None:
    """Let go of what can no longer be followed up."""
    while world.interactions:
        oldest = next(iter(world.interactions.values()))
        few = len(world.interactions) <= world.settings.messages_per_channel
        if few and not world.expired(oldest.at, world.settings.token_life):
            break
        del world.interactions[oldest.token]
        for file_id in oldest.data.get("resolved", {}).get("attachments", {}):
            world.files.pop(int(file_id), None)


def tell(world: World, interaction: Interaction, event: str, **more: Any) -> None:
    """Tell the sessions of the person who acted."""
    data = {"id": str(interaction.id), "nonce": interaction.nonce} | more
    world.publish(event, data, only=(interaction.user,))


def _event(world: World, interaction: Interaction) -> Json:
    channel, guild = interaction.channel, interaction.channel.guild
    event: Json = {
        "id": str(interaction.id),
        "application_id": str(interaction.application.id),
        "type": interaction.type,
        "data": interaction.data,
        "channel_id": str(channel.id),
        "channel": shapes.channel(channel),
        "token": interaction.token,
        "version": 1,
        "app_permissions": str(world.allowed(interaction.application.bot, channel)),
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": owners(interaction),
        "context": 0 if guild else 1,
        "attachment_size_limit": world.settings.file_bytes,
    }
    if guild:
        member = guild.members[interaction.user.id]
        may = str(permissions.in_channel(member, channel, world.now()))
        event |= {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.preferred_locale, "features": guild.features},
            "guild_locale": guild.preferred_locale,
            "member": shapes.member(member) | {"permissions": may},
        }
    else:
        event["user"] = shapes.user(interaction.user)
    if interaction.message:
        event["message"] = message_shape(interaction.message)
    return event


def owners(interaction: Interaction) -> Json:
    """Return by whose installation a bot is here: the community's."""
    guild = interaction.channel.guild
    return {"0": str(guild.id) if guild else "0"}


def _command(
    call: Call,
    application: Application,
    channel: Channel,
    data: Json,
    resolver: resolving.Resolver,
    *,
    typing: bool,
) -> Json:
    command = application.commands.get(snowflake(data.get("id"), "data.id"))
    guild = channel.guild
    if command is None or command.get("guild_id") not in (None, str(guild.id) if guild else None):
        raise ApiError(Code.UNKNOWN_COMMAND)
    if data.get("version") not in (None, command["version"]):
        message = "This command is outdated, please try again in a few minutes"
        raise invalid("data.version", message, "INTERACTION_APPLICATION_COMMAND_INVALID_VERSION")
    if guild:
        permissions.require(call.actor.id, channel, permissions.USE_APPLICATION_COMMANDS, call.now)
        if not commands.may_use(call.world, application, command, call.own_member(guild), channel):
            raise ApiError(Code.MISSING_PERMISSIONS)
    elif not command.get("dm_permission", False):
        raise ApiError(Code.UNKNOWN_COMMAND)
    shown: Json = {key: command[key] for key in ("id", "name", "type")}
    if "guild_id" in command:
        shown["guild_id"] = command["guild_id"]
    if command["type"] == commands.CHAT:
        given = data.get("options")
        shown["options"] = resolving.options(given, command["options"], resolver, call.files, typing=typing)
        return shown
    target = snowflake(data.get("target_id"), "data.target_id")
    shown["target_id"] = str(target)
    if command["type"] == commands.USER:
        resolver.user(target)
    else:
        meant = call.world.message(channel, target)
        resolver.message(meant, message_shape(meant))
    return shown


def _pressed(call: Call, application: Application, channel: Channel) -> Message:
    """Return the message whose component was pressed, which the bot wrote and the person sees."""
    message_id = snowflake(call.json.get("message_id"), "message_id")
    message = channel.log.get(message_id) or call.world.ephemeral.get(message_id)
    if message is None or message.only_for not in (None, call.actor) or message.channel is not channel:
        raise ApiError(Code.UNKNOWN_MESSAGE)
    if message.author is not application.bot and message.application_id != application.id:
        raise invalid(
            "application_id", "The message is not of this application", "COMPONENT_VALIDATION_FAILED"
        )
    return message


def _component(message: Message, data: Json, resolver: resolving.Resolver) -> Json:
    wanted = data.get("component_type"), data.get("custom_id")
    found = next((c for c in walk(message.components) if (c["type"], c.get("custom_id")) == wanted), None)
    if found is None or found.get("disabled"):
        raise invalid("data.custom_id", "Component validation failed", "COMPONENT_VALIDATION_FAILED")
    shown: Json = {"component_type": found["type"], "custom_id": found["custom_id"], "id": found["id"]}
    if found["type"] in SELECTS:
        shown["values"] = resolving.selected(found, data.get("values"), resolver, "data.values")
    return shown


def _opened(call: Call, application: Application, data: Json) -> Interaction:
    """Return the interaction that opened the modal, which can be submitted once."""
    opened = snowflake(data.get("id"), "data.id")
    for interaction in call.world.interactions.values():
        own = interaction.user is call.actor and interaction.application is application
        shown = interaction.modal and interaction.modal["custom_id"] == data.get("custom_id")
        if interaction.id == opened and own and shown:
            return interaction
    raise ApiError(Code.UNKNOWN_INTERACTION)


def _modal(opener: Interaction, data: Json, resolver: resolving.Resolver) -> Json:
    assert opener.modal
    given = {part.get("custom_id"): part for part in walk(data.get("components") or [])}
    form = Form()
    shown = [_filled(part, given, resolver, form) for part in opener.modal["components"]]
    form.check()
    custom_id = opener.modal["custom_id"]
    opener.modal = None
    return {"custom_id": custom_id, "components": shown}


def _filled(asked: Json, given: dict[Any, Json], resolver: resolving.Resolver, form: Form) -> Json:
    shown: Json = {"type": asked["type"], "id": asked["id"]}
    if "components" in asked:
        shown["components"] = [_filled(part, given, resolver, form) for part in asked["components"]]
    if "component" in asked:
        shown["component"] = _filled(asked["component"], given, resolver, form)
    if "custom_id" not in asked:
        return shown
    custom_id = asked["custom_id"]
    shown["custom_id"] = custom_id
    answer = given.get(custom_id, {})
    path = f"data.components.{custom_id}"
    if asked["type"] == Kind.TEXT_INPUT:
        shown["value"] = value = str(answer.get("value") or "")
        if value or asked.get("required", True):
            form.between(path, value, max(asked["min_length"] or 0, 1), asked["max_length"] or 4_000)
    elif asked["type"] in SELECTS:
        values = answer.get("values") or []
        optional = not values and not asked.get("required", True)
        shown["values"] = [] if optional else resolving.selected(asked, values, resolver, path)
    return shown
