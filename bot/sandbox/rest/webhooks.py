"""Webhooks: keeping them, and speaking through them."""

from __future__ import annotations

from dataclasses import replace

from bot.sandbox.errors import ApiError, Code, Form
from bot.sandbox.http.call import Call, Routes
from bot.sandbox.wire import Json
from bot.sandbox.world import audit, permissions, posting, shapes
from bot.sandbox.world.ids import secret
from bot.sandbox.world.message_shapes import message as message_shape
from bot.sandbox.world.messages import Message
from bot.sandbox.world.models import Channel, ChannelType, User, Webhook

from . import threads
from .messages import compose

routes = Routes()

MOST = 15
"""In one channel."""
_REFUSED = ("clyde", "discord")
"""Words no webhook's name may hold (developer documentation, "Create Webhook")."""
_MAY = permissions.ALL & ~permissions.MENTION_EVERYONE


def check_name(name: object, path: str, form: Form) -> None:
    """Note in `form` a name that a webhook may not go by."""
    form.between(path, name, 1, 80)
    for word in _REFUSED:
        if word in str(name).lower():
            form.wrong(path, f'Username cannot contain "{word}"', "USERNAME_INVALID_CONTAINS")
    if str(name).lower() in ("everyone", "here"):
        form.wrong(path, f'Username cannot be "{name}"', "USERNAME_INVALID")


@routes("POST", "/channels/{channel_id}/webhooks")
def create_webhook(call: Call) -> Json:
    """Make a webhook."""
    channel = call.channel(permissions.MANAGE_WEBHOOKS)
    if channel.guild is None or channel.thread:
        raise ApiError(Code.WRONG_CHANNEL_TYPE)
    if sum(hook.channel is channel for hook in call.world.webhooks.values()) >= MOST:
        raise ApiError(Code.MAX_WEBHOOKS)
    form = Form()
    check_name(call.json.get("name"), "name", form)
    form.check()
    application = call.world.application_of(call.actor).id if call.actor.bot else None
    hook = Webhook(call.world.ids.next(), channel, call.json["name"], secret(), call.actor, application)
    call.world.webhooks[hook.id] = hook
    _changed(call, hook, audit.Action.WEBHOOK_CREATE)
    return shapes.webhook(hook, api=call.world.api)


def _changed(call: Call, hook: Webhook, action: audit.Action) -> None:
    guild = hook.channel.guild
    assert guild
    event = {"guild_id": str(guild.id), "channel_id": str(hook.channel.id)}
    call.world.publish("WEBHOOKS_UPDATE", event, channel=hook.channel)
    audit.record(call.world, guild, action, call.user or hook.user, hook.id, call.reason)


@routes("GET", "/channels/{channel_id}/webhooks")
def list_channel_webhooks(call: Call) -> list[Json]:
    """Return the webhooks of a channel."""
    channel = call.channel(permissions.MANAGE_WEBHOOKS)
    return [_shown(call, hook) for hook in call.world.webhooks.values() if hook.channel is channel]


@routes("GET", "/guilds/{guild_id}/webhooks")
def get_guild_webhooks(call: Call) -> list[Json]:
    """Return the webhooks of a community."""
    guild = call.guild(permissions.MANAGE_WEBHOOKS)
    return [_shown(call, hook) for hook in call.world.webhooks.values() if hook.channel.guild is guild]


def _shown(call: Call, hook: Webhook) -> Json:
    """Return a webhook; an application's token is shown to its own bot alone."""
    own = hook.application_id is None or hook.user is call.actor
    return shapes.webhook(hook, api=call.world.api, with_token=own)


def _managed(call: Call) -> Webhook:
    hook = call.world.webhook(call.id("webhook_id"))
    permissions.require(call.actor.id, hook.channel, permissions.MANAGE_WEBHOOKS, call.now)
    return hook


def by_token(call: Call) -> Webhook:
    """Return the webhook of the path. Raises ApiError 50027 where the token is not its own."""
    hook = call.world.webhook(call.id("webhook_id"))
    if hook.token != call.params["webhook_token"]:
        raise ApiError(Code.INVALID_WEBHOOK_TOKEN)
    return hook


@routes("GET", "/webhooks/{webhook_id}")
def get_webhook(call: Call) -> Json:
    """Return a webhook."""
    return _shown(call, _managed(call))


@routes("GET", "/webhooks/{webhook_id}/{webhook_token}", open=True)
def get_webhook_by_token(call: Call) -> Json:
    """Return a webhook, to whoever has its token."""
    return shapes.webhook(by_token(call), api=call.world.api, with_user=False)


@routes("PATCH", "/webhooks/{webhook_id}")
def update_webhook(call: Call) -> Json:
    """Rename a webhook, or move it."""
    hook = _managed(call)
    _rename(call, hook)
    if call.json.get("channel_id"):
        hook.channel = call.world.channel(int(call.json["channel_id"]))
    _changed(call, hook, audit.Action.WEBHOOK_UPDATE)
    return shapes.webhook(hook, api=call.world.api)


@routes("PATCH", "/webhooks/{webhook_id}/{webhook_token}", open=True)
def update_webhook_by_token(call: Call) -> Json:
    """Rename a webhook."""
    hook = by_token(call)
    _rename(call, hook)
    _changed(call, hook, audit.Action.WEBHOOK_UPDATE)
    return shapes.webhook(hook, api=call.world.api, with_user=False)


def _rename(call: Call, hook: Webhook) -> None:
    if "name" in call.json:
        form = Form()
        check_name(call.json["name"], "name", form)
        form.check()
        hook.name = call.json["name"]


@routes("DELETE", "/webhooks/{webhook_id}")
def delete_webhook(call: Call) -> None:
    """Delete a webhook."""
    _delete(call, _managed(call))


@routes("DELETE", "/webhooks/{webhook_id}/{webhook_token}", open=True)
def delete_webhook_by_token(call: Call) -> None:
    """Delete a webhook."""
    _delete(call, by_token(call))


def _delete(call: Call, hook: Webhook) -> None:
    del call.world.webhooks[hook.id]
    _changed(call, hook, audit.Action.WEBHOOK_DELETE)


def execute(call: Call) -> Json | None:
    """Post through a webhook, in its channel, a thread of it or, in a forum, a new post."""
    hook = by_token(call)
    body = call.json
    face = _face(hook, body)
    place = _place(call, hook)
    call = replace(call, user=face)
    if place.type is ChannelType.FORUM:
        first_id = call.world.ids.next()
        holder = Channel(first_id, ChannelType.PUBLIC_THREAD, call.world.new_log(), place.guild, parent=place)
        first = _spoken(call, hook, holder)
        first.id = first_id
        _, message = threads.start_post(call, place, first)
    else:
        message = posting.post(call.world, _spoken(call, hook, place))
    return message_shape(message) if call.flag("wait") else None


def _face(hook: Webhook, body: Json) -> User:
    form = Form()
    name = body.get("username")
    if name:
        check_name(name, "username", form)
    form.check()
    return User(hook.id, name or hook.name, bot=True, discriminator="0000", avatar=hook.avatar)


def _spoken(call: Call, hook: Webhook, place: Channel) -> Message:
    message = compose.new(call.world, place, call.actor, call.json, call.files, _MAY)
    message.webhook_id, message.application_id = hook.id, hook.application_id
    return message


def _place(call: Call, hook: Webhook) -> Channel:
    thread_id = call.query_id("thread_id")
    form = Form()
    if thread_id is None:
        if hook.channel.type is ChannelType.FORUM and not call.json.get("thread_name"):
            form.wrong("_", "Webhooks posted to forum channels must have a thread_name or thread_id")
            form.check()
        return hook.channel
    thread = call.world.channel(thread_id)
    if thread.parent is not hook.channel:
        raise ApiError(Code.UNKNOWN_CHANNEL)
    if thread.thread and thread.thread.locked and thread.thread.archived:
        raise ApiError(Code.THREAD_ARCHIVED)
    return thread


def spoken_message(call: Call) -> Message:
    """Return a message that the webhook of the path posted."""
    hook = by_token(call)
    message = _place(call, hook).log.get(call.id("message_id"))
    if message is None or message.webhook_id != hook.id:
        raise ApiError(Code.UNKNOWN_MESSAGE)
    return message


def edit(call: Call, message: Message) -> Json:
    """Change what a webhook posted."""
    draft = compose.revised(call.world, message, call.json, call.files, _MAY)
    compose.take_over(call.world, message, draft)
    message.edited = call.now
    return message_shape(posting.changed(call.world, message, by=message.author))
