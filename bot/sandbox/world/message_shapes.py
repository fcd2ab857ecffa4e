"""Messages as Discord's API shows them."""

from __future__ import annotations

from bot.sandbox.wire import Json, iso

from . import shapes
from .messages import Attachment, Message
from .models import User

BLANK: Json = {"content": "", "embeds": [], "attachments": [], "components": []}
"""What a bot without the message-content intent sees of others' messages."""


def attachment(it: Attachment) -> Json:
    """Return an attachment."""
    shape: Json = {
        "id": str(it.id),
        "filename": it.filename,
        "size": len(it.data),
        "url": it.url,
        "proxy_url": it.url,
        "content_type": it.content_type,
    }
    if it.description is not None:
        shape["description"] = it.description
    return shape


def body(it: Message) -> Json:
    """Return what a forward keeps of a message."""
    shape: Json = {
        "type": int(it.type),
        "content": it.content,
        "mentions": [shapes.user(who) for who in it.mentions],
        "mention_roles": [str(role_id) for role_id in it.mention_roles],
        "attachments": [attachment(a) for a in it.attachments],
        "embeds": it.embeds,
        "timestamp": iso(it.at),
        "edited_timestamp": iso(it.edited) if it.edited else None,
        "flags": it.flags,
        "components": it.components,
    }
    if it.stickers:
        shape["sticker_items"] = it.stickers
    return shape


def message(it: Message, viewer: User | None = None, *, deep: bool = True) -> Json:
    """Return a message as `viewer` sees it; `deep` adds the message it replies to."""
    shape = body(it) | {
        "id": str(it.id),
        "channel_id": str(it.channel.id),
        "author": shapes.user(it.author),
        "pinned": it.pinned_at is not None,
        "mention_everyone": it.mention_everyone,
        "tts": False,
    }
    if it.nonce is not None:
        shape["nonce"] = it.nonce
    if it.webhook_id is not None:
        shape["webhook_id"] = str(it.webhook_id)
    if it.application_id is not None:
        shape["application_id"] = str(it.application_id)
    if it.reference is not None:
        shape["message_reference"] = it.reference
    if deep and it.replies_to is not None:
        shape["referenced_message"] = (
            None if it.replies_to.gone else message(it.replies_to, viewer, deep=False)
        )
    if it.snapshots:
        shape["message_snapshots"] = it.snapshots
    if it.thread is not None:
        shape["thread"] = shapes.channel(it.thread)
    if it.interaction is not None:
        shape["interaction_metadata"] = it.interaction
    if it.reactions:
        shape["reactions"] = [_reaction(r.emoji, list(r.users), viewer) for r in it.reactions.values()]
    if it.poll is not None:
        shape["poll"] = poll(it, viewer)
    return shape


def _reaction(emoji: Json, users: list[int], viewer: User | None) -> Json:
    return {
        "emoji": emoji,
        "count": len(users),
        "count_details": {"burst": 0, "normal": len(users)},
        "burst_colors": [],
        "me_burst": False,
        "me": viewer is not None and viewer.id in users,
    }


def poll(it: Message, viewer: User | None = None) -> Json:
    """Return a message's poll with its counts."""
    assert it.poll is not None
    counts = [
        {"id": answer, "count": len(voters), "me_voted": viewer is not None and viewer.id in voters}
        for answer, voters in it.votes.items()
    ]
    return it.poll | {
        "results": {"answer_counts": counts, "is_finalized": it.poll["results"]["is_finalized"]}
    }
