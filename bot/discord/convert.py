"""Turn what Discord sends into posts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache

import discord

from rules.post import Attachment, Author, Part, Place, Post, Reply, Subject

Speaker = discord.Member | discord.User

_NO_ROLES: frozenset[str] = frozenset()
_born = lru_cache(maxsize=4096)(discord.utils.snowflake_time)
"""When the owner of an id came to be: the same people post again and again."""


def is_comment(message: discord.Message, client: discord.Client) -> bool:
    """Return whether somebody other than Beadle wrote what a message says.

    Discord's own lines are no comments: what they repeat of a title is screened as that thread's title.
    """
    if message.author == client.user:
        return False
    if message.webhook_id is not None and message.application_id == client.application_id:
        return False
    return not message.is_system()


def to_post(message: discord.Message) -> Post:
    """Return a message as the post it is at this moment."""
    channel = message.channel
    has_more = message.embeds or message.attachments or message.message_snapshots or message.poll is not None
    return Post(
        id=message.id,
        community=message.guild.id if message.guild else 0,
        place=to_place(channel),
        author=to_author(message.author, message.webhook_id),
        text=message.content,
        created_at=message.created_at,
        edited_at=message.edited_at,
        parts=tuple(_parts(message)) if has_more else (),
        attachments=tuple(to_attachment(a) for a in _attachments(message)) if has_more else (),
        mentions=_mentions(message) if "<@" in message.content else 0,
        mentions_everyone=message.mention_everyone,
        reply=_reply(message),
        opens_thread=message.flags.has_thread or message.id == channel.id,
        url=message.jump_url,
    )


def to_place(channel: object) -> Place:
    """Return where a channel or thread stands. A channel that is not in the cache has no name but its id."""
    channel_id: int = getattr(channel, "id", 0)
    name = getattr(channel, "name", None) or str(channel_id)
    if isinstance(channel, discord.Thread):
        parent = channel.parent
        category = parent.category if parent else None
        return Place(
            channel_id,
            name,
            channel.parent_id,
            parent.name if parent else None,
            category.id if category else None,
            category.name if category else None,
        )
    category = getattr(channel, "category", None)
    if category is None:
        return Place(channel_id, name)
    return Place(channel_id, name, category_id=category.id, category_name=category.name)


def to_author(speaker: Speaker, webhook_id: int | None = None) -> Author:
    """Return who spoke, under the name shown at this moment."""
    member = speaker if isinstance(speaker, discord.Member) else None
    # A member's first role is @everyone, which says nothing about the person.
    roles = member.roles[1:] if member else []
    return Author(
        id=speaker.id,
        name=speaker.name,
        screen_name=speaker.display_name,
        bot=speaker.bot,
        webhook_id=webhook_id,
        roles=frozenset(key for role in roles for key in (str(role.id), role.name)) if roles else _NO_ROLES,
        created_at=_born(speaker.id),
        joined_at=member.joined_at if member else None,
    )


def to_attachment(attachment: discord.Attachment) -> Attachment:
    """Return a file on a message, before its bytes are fetched."""
    return Attachment(
        attachment.id, attachment.filename, attachment.size, attachment.content_type, attachment.url
    )


def name_post(member: discord.Member, now: datetime) -> Post:
    """Return the name a member shows in the community as something to screen."""
    return Post(
        id=member.id,
        community=member.guild.id,
        place=Place(0, ""),
        author=to_author(member),
        text=member.display_name,
        created_at=now,
        subject=Subject.NAME,
    )


def title_post(thread: discord.Thread, owner: Speaker | None, now: datetime) -> Post:
    """Return a thread's title as something to screen."""
    author = to_author(owner) if owner else Author(thread.owner_id or 0, "", "unknown")
    return Post(
        id=thread.id,
        community=thread.guild.id,
        place=to_place(thread),
        author=author,
        text=thread.name,
        created_at=thread.created_at or now,
        subject=Subject.TITLE,
        url=thread.jump_url,
    )


def _mentions(message: discord.Message) -> int:
    return len(set(message.raw_mentions)) + len(set(message.raw_role_mentions))


def _attachments(message: discord.Message) -> Iterator[discord.Attachment]:
    yield from message.attachments
    for snapshot in message.message_snapshots:
        yield from snapshot.attachments


def _parts(message: discord.Message) -> Iterator[Part]:
    yield from _embeds(message.embeds, message.content, "embed")
    for n, snapshot in enumerate(message.message_snapshots, 1):
        label = f"forward {n}"
        yield Part(label, snapshot.content)
        yield from _embeds(snapshot.embeds, snapshot.content, f"{label} embed")
    if message.poll is not None:
        yield Part("poll question", str(message.poll.question))
        for n, answer in enumerate(message.poll.answers, 1):
            yield Part(f"poll answer {n}", answer.text)
    for n, attachment in enumerate(_attachments(message), 1):
        if attachment.description:
            yield Part(f"description of attachment {n}", attachment.description)


def _embeds(embeds: Sequence[discord.Embed], content: str, label: str) -> Iterator[Part]:
    """Yield the words of embeds that the sender wrote.

    A link preview is another site's words, arrives seconds later as an edit, and is left out: it is of
    another type than `rich`, or shows an address that stands in the message.
    """
    for n, embed in enumerate(embeds, 1):
        if embed.type != "rich" or (embed.url and embed.url in content):
            continue
        texts = [embed.author.name, embed.title, embed.description]
        for field in embed.fields:
            texts += [field.name, field.value]
        texts.append(embed.footer.text)
        words = "\n".join(text for text in texts if text)
        if words:
            yield Part(f"{label} {n}", words)


def _reply(message: discord.Message) -> Reply | None:
    reference = message.reference
    if reference is None or reference.message_id is None or message.message_snapshots:
        return None
    answered = reference.resolved or reference.cached_message
    if not isinstance(answered, discord.Message):
        return Reply(reference.message_id, reference.channel_id, None, None)
    return Reply(
        reference.message_id, reference.channel_id, answered.author.display_name, answered.content or None
    )
