"""Makes a message, or a new version of one, out of a request."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from copy import copy
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from bot.sandbox.errors import ApiError, Code, Form
from bot.sandbox.http.call import Upload, snowflake
from bot.sandbox.wire import Json, iso
from bot.sandbox.world import permissions
from bot.sandbox.world.message_shapes import body as snapshot
from bot.sandbox.world.messages import SETTABLE, Attachment, Flag, Message, MessageType
from bot.sandbox.world.models import Channel, User
from bot.sandbox.world.posting import reference
from bot.sandbox.world.state import World

from . import components, embeds, mentions

CONTENT = 2_000
FILES = 10
STICKERS = 3
_EDITABLE = (
    "content",
    "flags",
    "embeds",
    "attachments",
    "components",
    "mentions",
    "mention_roles",
    "mention_everyone",
)


def new(
    world: World, channel: Channel, author: User, body: Json, files: Mapping[str, Upload], may: int
) -> Message:
    """Return a message of an author who may do `may` there. Raises ApiError on what Discord refuses."""
    if not channel.holds_messages:
        raise ApiError(Code.NOT_A_TEXT_CHANNEL)
    form = Form()
    message = Message(world.ids.next(), channel, author, world.now())
    _words(message, body, may, form)
    nonce = body.get("nonce")
    if nonce is not None and len(str(nonce)) > 25:
        form.longest("nonce", str(nonce), 25)
    message.nonce = nonce
    message.attachments = _uploads(world, channel, body, files, may, form)
    _link_files(message)
    if body.get("sticker_ids"):
        message.stickers = _stickers(body["sticker_ids"], form)
    if body.get("poll"):
        _poll(message, body["poll"], may, form)
    if body.get("message_reference"):
        _refer(world, message, body["message_reference"], form)
    mentions.resolve(world, message, body.get("allowed_mentions"), may, form)
    form.check()
    _not_empty(message)
    return message


def revised(world: World, message: Message, body: Json, files: Mapping[str, Upload], may: int) -> Message:
    """Return what a message would be after an edit; what the request does not name stays."""
    form = Form()
    draft = copy(message)
    _words(draft, body, may, form)
    if "attachments" in body or files:
        kept = body.get("attachments")
        ids = {str(item.get("id")) for item in kept} if kept is not None else None
        stay = [file for file in message.attachments if ids is None or str(file.id) in ids]
        draft.attachments = stay + _uploads(world, message.channel, body, files, may, form)
        if len(draft.attachments) > FILES:
            form.wrong("attachments", f"Must be {FILES} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    _link_files(draft)
    if "content" in body:
        mentions.resolve(world, draft, body.get("allowed_mentions"), may, form)
    form.check()
    _not_empty(draft)
    return draft


def take_over(world: World, message: Message, draft: Message) -> None:
    """Make a message what its draft is, and drop the files it lost."""
    for file in message.attachments:
        if file not in draft.attachments:
            world.files.pop(file.id, None)
    world.files.update((file.id, file.data) for file in draft.attachments)
    for name in _EDITABLE:
        setattr(message, name, getattr(draft, name))


def _words(message: Message, body: Json, may: int, form: Form) -> None:
    """Set text, embeds, components and flags."""
    content = body.get("content", message.content)
    flags = message.flags
    if body.get("flags") is not None:
        flags = flags & ~SETTABLE | int(body["flags"]) & SETTABLE
    v2 = bool(flags & Flag.IS_COMPONENTS_V2)
    if content is not None and not isinstance(content, str | int | float):
        form.wrong("content", "Could not interpret value as string.", "STRING_TYPE_CONVERT")
    content = str(content) if content is not None else ""
    form.longest("content", content, CONTENT)
    shown = embeds.accept(body["embeds"] or [], form) if "embeds" in body else message.embeds
    parts = (
        components.accept(body["components"] or [], form, v2=v2)
        if "components" in body
        else message.components
    )
    if shown and v2:
        form.wrong("embeds", "The 'embeds' field cannot be used when using MessageFlags.IS_COMPONENTS_V2")
    form.check()
    if body.get("embeds") and message.author.bot and not may & permissions.EMBED_LINKS:
        raise ApiError(Code.MISSING_PERMISSIONS)
    message.content, message.embeds, message.components, message.flags = content.strip(), shown, parts, flags


def _not_empty(message: Message) -> None:
    held = (
        message.content,
        message.embeds,
        message.attachments,
        message.stickers,
        message.poll,
        message.snapshots,
    )
    if not any(held) and not message.components:
        raise ApiError(Code.EMPTY_MESSAGE)


def _uploads(
    world: World, channel: Channel, body: Json, files: Mapping[str, Upload], may: int, form: Form
) -> list[Attachment]:
    if not files:
        return []
    if not may & permissions.ATTACH_FILES:
        raise ApiError(Code.MISSING_PERMISSIONS)
    if len(files) > FILES:
        form.wrong("files", f"Must be {FILES} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    described = {str(item.get("id")): item for item in body.get("attachments") or []}
    uploads = []
    for name, file in files.items():
        number = name.removeprefix("files[").removesuffix("]")
        said = described.get(number, {})
        filename = clean_filename(said.get("filename") or file.filename)
        kind = mimetypes.guess_type(filename)[0] or file.content_type
        file_id = world.ids.next()
        url = f"{world.cdn}/attachments/{channel.id}/{file_id}/{quote(filename)}"
        form.longest(f"attachments.{number}.description", said.get("description"), 1_024)
        uploads.append(Attachment(file_id, filename, kind, file.data, url, said.get("description")))
    return uploads


def _link_files(message: Message) -> None:
    """Point what shows a file of the message, as `attachment://name`, to where the file is."""
    addresses = {f"attachment://{file.filename}": file.url for file in message.attachments}
    if addresses:
        message.embeds = _linked(message.embeds, addresses)
        message.components = _linked(message.components, addresses)


def _linked(value: Any, addresses: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _linked(inner, addresses) for key, inner in value.items()}
    if isinstance(value, list):
        return [_linked(inner, addresses) for inner in value]
    return addresses.get(value, value) if isinstance(value, str) else value


def clean_filename(name: str) -> str:
    """Return a file name as Discord stores it: spaces become underscores, odd characters go."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1].replace(" ", "_")
    return re.sub(r"[^\w.()\-\[\]]", "", name).lstrip(".")[:255] or "unknown"


def _stickers(given: Any, form: Form) -> list[Json]:
    if not isinstance(given, list) or len(given) > STICKERS:
        form.wrong("sticker_ids", f"Must be {STICKERS} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
        return []
    return [{"id": str(snowflake(i, "sticker_ids")), "name": f"sticker {i}", "format_type": 1} for i in given]


def _poll(message: Message, given: Json, may: int, form: Form) -> None:
    if not may & permissions.SEND_POLLS:
        raise ApiError(Code.MISSING_PERMISSIONS)
    question, answers = given.get("question") or {}, given.get("answers") or []
    form.between("poll.question.text", question.get("text"), 1, 300)
    form.between("poll.answers", answers, 1, 10)
    for n, answer in enumerate(answers):
        media = answer.get("poll_media") or {}
        if not media.get("emoji"):
            form.between(f"poll.answers.{n}.poll_media.text", media.get("text"), 1, 55)
    hours = given.get("duration") or 24
    if not 1 <= hours <= 768:
        form.wrong("poll.duration", "int value should be between 1 and 768.", "NUMBER_TYPE_RANGE")
    form.check()
    message.poll = {
        "question": {"text": question["text"]},
        "answers": [
            {"answer_id": n, "poll_media": {k: v for k, v in answer["poll_media"].items() if v is not None}}
            for n, answer in enumerate(answers, 1)
        ],
        "expiry": iso(message.at + timedelta(hours=hours)),
        "allow_multiselect": bool(given.get("allow_multiselect")),
        "layout_type": 1,
        "results": {"answer_counts": [], "is_finalized": False},
    }


def _refer(world: World, message: Message, given: Json, form: Form) -> None:
    forward = given.get("type") == 1
    channel = message.channel
    if given.get("channel_id"):
        channel = world.channel(snowflake(given["channel_id"], "message_reference.channel_id"))
    elif forward:
        form.require("message_reference.channel_id", None)
        return
    if channel is not message.channel and not (forward and world.sees(message.author, channel)):
        form.wrong(
            "message_reference", "Cannot reply to a message in a different channel", "REPLIES_CANNOT_CROSS"
        )
        return
    if not world.allowed(message.author, channel) & permissions.READ_MESSAGE_HISTORY:
        raise ApiError(Code.REPLY_WITHOUT_HISTORY)
    found = channel.log.get(snowflake(given.get("message_id"), "message_reference.message_id"))
    if found is None:
        if given.get("fail_if_not_exists", True):
            form.wrong("message_reference", "Unknown message", "REPLIES_UNKNOWN_MESSAGE")
        return
    message.reference = reference(found, int(forward))
    if forward:
        message.snapshots = found.snapshots or [{"message": snapshot(found)}]
        message.flags |= Flag.HAS_SNAPSHOT
    else:
        message.type = MessageType.REPLY
        message.replies_to = found
