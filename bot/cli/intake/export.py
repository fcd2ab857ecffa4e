"""Comments from a chat export as DiscordChatExporter writes it in JSON, read as it streams.

Its shape is taken from that program's JsonMessageWriter.cs: an object with `guild`, `channel` and then a list
of `messages`, which may be far larger than memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from bot.cli.intake.comment import EXPECTED, Comment, Malformed, aware, first_problem, number
from bot.cli.intake.streamed import StreamedObject
from rules.post import Attachment, Author, Part, Place, Post, Reply

_SYSTEM_KINDS = frozenset(
    {
        "RecipientAdd",
        "RecipientRemove",
        "Call",
        "ChannelNameChange",
        "ChannelIconChange",
        "ChannelPinnedMessage",
        "GuildMemberJoin",
        "ThreadCreated",
    }
)
"""Kinds whose content the exporter makes up ("Joined the server.")."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel)


class _Role(_Model):
    id: str
    name: str


class _User(_Model):
    id: str
    name: str
    nickname: str | None = None
    is_bot: bool = False
    roles: tuple[_Role, ...] = ()


class _File(_Model):
    id: str
    url: str
    file_name: str
    file_size_bytes: int


class _Words(_Model):
    name: str | None = None
    text: str | None = None
    value: str | None = None


class _Embed(_Model):
    title: str | None = None
    description: str | None = None
    author: _Words = _Words()
    footer: _Words = _Words()
    fields_: tuple[_Words, ...] = Field(default=(), alias="fields")

    def words(self) -> str:
        texts = [self.author.name, self.title, self.description]
        for field in self.fields_:
            texts += [field.name, field.value]
        return "\n".join(text for text in (*texts, self.footer.text) if text)


class _Forward(_Model):
    content: str
    attachments: tuple[_File, ...] = ()


class _Reference(_Model):
    message_id: str | None = None
    channel_id: str | None = None


class _Message(_Model):
    id: str
    type: str
    timestamp: datetime
    timestamp_edited: datetime | None = None
    content: str
    author: _User
    attachments: tuple[_File, ...] = ()
    embeds: tuple[_Embed, ...] = ()
    mentions: tuple[Any, ...] = ()
    reference: _Reference | None = None
    forwarded_message: _Forward | None = None


class _Channel(_Model):
    id: str
    name: str
    category_id: str | None = None
    category: str | None = None


def read_export(chunks: Iterable[bytes]) -> Iterator[Comment | Malformed]:
    """Yield the comments of an export, without the notices that Discord itself wrote."""
    count, place, found = 0, None, False
    document = StreamedObject(chunks)
    try:
        for key in document.fields():
            if key == "channel":
                place = _place(_Channel.model_validate(document.value()))
            elif key != "messages":
                document.value()
            elif place is None:
                yield Malformed("messages", "stand before `channel`, which tells where they were written")
                return
            else:
                found = True
                for count, item in enumerate(document.items(), 1):
                    try:
                        message = _Message.model_validate(item)
                        if message.type not in _SYSTEM_KINDS:
                            yield Comment(message.id, _post(message, place), timed=True)
                    except ValidationError as error:
                        yield Malformed(f"message {count}", first_problem(error))
        if not found:
            yield Malformed("line 1", f"begins a JSON object without `messages`; {EXPECTED}")
        elif document.more():
            yield Malformed(f"after message {count}", "the export ends and something follows")
    except ValidationError as error:
        yield Malformed("channel", first_problem(error))
    except (ValueError, RecursionError) as error:
        yield Malformed(f"after message {count}", f"the file cannot be read further: {error}")


def _place(channel: _Channel) -> Place:
    category_id = number(channel.category_id) if channel.category_id else None
    return Place(
        number(channel.id), channel.name, category_id=category_id, category_name=channel.category or None
    )


def _post(message: _Message, place: Place) -> Post:
    author, forward = message.author, message.forwarded_message
    parts = []
    if author.is_bot:
        # The embeds of a person are link previews: another site's words.
        parts = [Part(f"embed {n}", words) for n, e in enumerate(message.embeds, 1) if (words := e.words())]
    if forward:
        parts.append(Part("forward 1", forward.content))
    reference = message.reference if not forward else None
    reply = None
    if reference and reference.message_id:
        reply = Reply(number(reference.message_id), number(reference.channel_id or 0), None, None)
    return Post(
        id=number(message.id),
        community=0,
        place=place,
        author=Author(
            id=number(author.id),
            name=author.name,
            screen_name=author.nickname or author.name,
            bot=author.is_bot,
            roles=frozenset(key for role in author.roles for key in (role.id, role.name)),
        ),
        text=message.content,
        created_at=aware(message.timestamp),
        edited_at=aware(message.timestamp_edited) if message.timestamp_edited else None,
        parts=tuple(parts),
        attachments=tuple(
            Attachment(number(f.id), f.file_name, f.file_size_bytes, None, f.url)
            for f in (*message.attachments, *(forward.attachments if forward else ()))
        ),
        mentions=len(message.mentions),
        reply=reply,
    )
