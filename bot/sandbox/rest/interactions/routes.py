"""The routes of interactions, and of webhooks, whose addresses they share."""

from __future__ import annotations

from bot.sandbox.errors import ApiError, Code
from bot.sandbox.http.call import Call, Reply, Routes
from bot.sandbox.rest import webhooks
from bot.sandbox.wire import Json
from bot.sandbox.world import posting
from bot.sandbox.world.message_shapes import message as message_shape
from bot.sandbox.world.messages import Message
from bot.sandbox.world.models import Interaction

from . import answering, asking

routes = Routes()

_SAID = "/webhooks/{webhook_id}/{webhook_token}/messages"


@routes("POST", "/interactions")
def create_interaction(call: Call) -> None:
    """Use a command, press a component, submit a modal or ask for choices, as a person's client does."""
    if call.actor.bot:
        raise ApiError(Code.UNAUTHORIZED)
    asking.begin(call)


@routes("POST", "/interactions/{interaction_id}/{interaction_token}/callback", open=True)
def create_interaction_response(call: Call) -> Json | None:
    """Answer an interaction for the first time."""
    interaction = call.world.interactions.get(call.params["interaction_token"])
    if interaction is None or interaction.id != call.id("interaction_id"):
        raise ApiError(Code.UNKNOWN_INTERACTION)
    return answering.answer(call, interaction)


def _interaction(call: Call) -> Interaction | None:
    """Return the interaction that the path names, None where it names a webhook."""
    if call.id("webhook_id") not in call.world.applications:
        return None
    interaction = call.world.interactions.get(call.params["webhook_token"])
    if interaction is None or call.world.expired(interaction.at, call.world.settings.token_life):
        raise ApiError(Code.INVALID_WEBHOOK_TOKEN)
    return interaction


@routes("POST", "/webhooks/{webhook_id}/{webhook_token}", open=True)
def execute_webhook(call: Call) -> Json | Reply | None:
    """Post through a webhook, or follow an interaction up."""
    interaction = _interaction(call)
    return answering.follow_up(call, interaction) if interaction else webhooks.execute(call)


def _message(call: Call) -> tuple[Interaction | None, Message]:
    interaction = _interaction(call)
    message_id = call.params.get("message_id", "@original")
    if interaction is None:
        return None, webhooks.spoken_message(call)
    return interaction, answering.said(call, interaction, message_id)


@routes("GET", _SAID + "/{message_id}", open=True)
@routes("GET", _SAID + "/@original", open=True)
def get_webhook_message(call: Call) -> Json:
    """Return what a webhook or an interaction said."""
    return message_shape(_message(call)[1])


@routes("PATCH", _SAID + "/{message_id}", open=True)
@routes("PATCH", _SAID + "/@original", open=True)
def update_webhook_message(call: Call) -> Json:
    """Change what a webhook or an interaction said."""
    interaction, message = _message(call)
    return answering.edit(call, message) if interaction else webhooks.edit(call, message)


@routes("DELETE", _SAID + "/{message_id}", open=True)
@routes("DELETE", _SAID + "/@original", open=True)
def delete_webhook_message(call: Call) -> None:
    """Delete what a webhook or an interaction said."""
    _, message = _message(call)
    posting.delete(call.world, [message], by=message.author)
