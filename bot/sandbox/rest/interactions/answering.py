"""What a bot answers: a message, a wait, an update, choices, a modal, and what follows."""

from __future__ import annotations

from bot.sandbox.errors import ApiError, Code, Form, invalid
from bot.sandbox.http.call import Call
from bot.sandbox.rest.messages import compose
from bot.sandbox.rest.messages.components import accept_modal
from bot.sandbox.wire import Json
from bot.sandbox.world import permissions, posting, shapes
from bot.sandbox.world.message_shapes import message as message_shape
from bot.sandbox.world.messages import Flag, Message, MessageType
from bot.sandbox.world.models import Interaction

from .asking import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, owners, tell

PONG, SAY, DEFER, DEFER_UPDATE, UPDATE, CHOICES, SHOW_MODAL = 1, 4, 5, 6, 7, 8, 9
_FITTING = {
    COMMAND: {SAY, DEFER, SHOW_MODAL},
    COMPONENT: {SAY, DEFER, DEFER_UPDATE, UPDATE, SHOW_MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL: {SAY, DEFER, DEFER_UPDATE, UPDATE},
}
_MAY = permissions.ALL & ~permissions.MENTION_EVERYONE


def answer(call: Call, interaction: Interaction) -> Json | None:
    """Carry out the first answer to an interaction."""
    if interaction.answered:
        raise ApiError(Code.ALREADY_ACKNOWLEDGED)
    if interaction.failed:
        raise ApiError(Code.UNKNOWN_INTERACTION)
    kind, data = call.json.get("type"), call.json.get("data") or {}
    needs_message = kind in (DEFER_UPDATE, UPDATE)
    if kind not in _FITTING[interaction.type] or (needs_message and interaction.message is None):
        raise invalid(
            "type", "This answer does not fit the interaction.", "INTERACTION_RESPONSE_TYPE_INVALID"
        )
    if kind == CHOICES:
        _choices(call, interaction, data)
    elif kind == SHOW_MODAL:
        _show_modal(call, interaction, data)
    elif kind == SAY:
        interaction.original = posting.post(call.world, _message(call, interaction, data))
    elif kind == DEFER:
        interaction.original = posting.post(call.world, _thinking(call, interaction, data))
    else:
        interaction.original = interaction.message
        if kind == UPDATE and interaction.message:
            _revise(call, interaction.message, data)
    interaction.answered = True
    if kind != CHOICES:
        tell(call.world, interaction, "INTERACTION_SUCCESS")
    return _receipt(interaction, kind) if call.flag("with_response") else None


def _receipt(interaction: Interaction, kind: int) -> Json:
    channel = interaction.channel
    about: Json = {"id": str(interaction.id), "type": interaction.type, "channel_id": str(channel.id)}
    if channel.guild:
        about["guild_id"] = str(channel.guild.id)
    message = interaction.original
    if message is None:
        return {"interaction": about}
    about |= {
        "response_message_id": str(message.id),
        "response_message_loading": bool(message.flags & Flag.LOADING),
        "response_message_ephemeral": bool(message.flags & Flag.EPHEMERAL),
    }
    if kind not in (SAY, UPDATE):
        return {"interaction": about}
    return {"interaction": about, "resource": {"type": kind, "message": message_shape(message)}}


def _metadata(interaction: Interaction) -> Json:
    shape: Json = {
        "id": str(interaction.id),
        "type": interaction.type,
        "user": shapes.user(interaction.user),
        "authorizing_integration_owners": owners(interaction),
    }
    if interaction.type == COMPONENT and interaction.message:
        shape["interacted_message_id"] = str(interaction.message.id)
    if interaction.opener:
        shape["triggering_interaction_metadata"] = _metadata(interaction.opener)
    return shape


def _dress(interaction: Interaction, message: Message, flags: int) -> Message:
    application = interaction.application
    message.webhook_id = message.application_id = application.id
    message.interaction = _metadata(interaction)
    if interaction.original:
        message.interaction["original_response_message_id"] = str(interaction.original.id)
    elif interaction.type == COMMAND:
        menu = interaction.data["type"] != 1
        message.type = MessageType.CONTEXT_MENU_COMMAND if menu else MessageType.CHAT_INPUT_COMMAND
    if flags & Flag.EPHEMERAL:
        message.flags |= Flag.EPHEMERAL
        message.only_for = interaction.user
    return message


def _message(call: Call, interaction: Interaction, data: Json) -> Message:
    bot = interaction.application.bot
    message = compose.new(call.world, interaction.channel, bot, data, call.files, _MAY)
    return _dress(interaction, message, int(data.get("flags") or 0))


def _thinking(call: Call, interaction: Interaction, data: Json) -> Message:
    bot = interaction.application.bot
    message = Message(call.world.ids.next(), interaction.channel, bot, call.now, flags=int(Flag.LOADING))
    return _dress(interaction, message, int(data.get("flags") or 0))


def _revise(call: Call, message: Message, data: Json) -> None:
    draft = compose.revised(call.world, message, data, call.files, _MAY)
    compose.take_over(call.world, message, draft)
    if message.flags & Flag.LOADING:
        message.flags &= ~Flag.LOADING
    else:
        message.edited = call.now
    posting.changed(call.world, message, by=message.author)


def _choices(call: Call, interaction: Interaction, data: Json) -> None:
    choices = data.get("choices") or []
    form = Form()
    form.between("data.choices", choices, 0, 25)
    for n, choice in enumerate(choices):
        form.between(f"data.choices.{n}.name", choice.get("name"), 1, 100)
        form.longest(f"data.choices.{n}.value", choice.get("value"), 100)
    form.check()
    event = {"choices": choices, "nonce": interaction.nonce}
    call.world.publish("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE", event, only=(interaction.user,))


def _show_modal(call: Call, interaction: Interaction, data: Json) -> None:
    form = Form()
    components = accept_modal(data, form)
    form.check()
    interaction.modal = {"custom_id": data["custom_id"], "title": data["title"], "components": components}
    application = interaction.application
    about = {"id": str(application.id), "name": application.name, "bot": shapes.user(application.bot)}
    place = {"channel_id": str(interaction.channel.id), "application": about}
    tell(call.world, interaction, "INTERACTION_MODAL_CREATE", **place, **interaction.modal)


def follow_up(call: Call, interaction: Interaction) -> Json:
    """Say more; the first thing said after a wait takes the place of the waiting message."""
    if not interaction.answered:
        raise ApiError(Code.UNKNOWN_WEBHOOK)
    original = interaction.original
    if original and original.flags & Flag.LOADING and not original.gone:
        _revise(call, original, call.json)
        return message_shape(original)
    return message_shape(posting.post(call.world, _message(call, interaction, call.json)))


def said(call: Call, interaction: Interaction, message_id: str) -> Message:
    """Return the original answer, or a message that followed."""
    found: Message | None = interaction.original
    if message_id != "@original":
        wanted = int(message_id) if message_id.isdecimal() else 0
        found = interaction.channel.log.get(wanted) or call.world.ephemeral.get(wanted)
        if found and found.application_id != interaction.application.id:
            found = None
    if found is None or found.gone:
        raise ApiError(Code.UNKNOWN_MESSAGE)
    return found


def edit(call: Call, message: Message) -> Json:
    """Change what was said."""
    _revise(call, message, call.json)
    return message_shape(message)
