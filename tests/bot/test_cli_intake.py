from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.cli.intake import Comment, Malformed, read_comments
from bot.cli.intake.lines import LONGEST_LINE
from rules.post import Part


class Trickle(io.BytesIO):
    """A stream that gives few bytes at a time, as a pipe may."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self._size = size

    def read1(self, size: int | None = -1, /) -> bytes:
        return super().read1(self._size)


def read(data: bytes | str) -> list[Comment | Malformed]:
    raw = data.encode() if isinstance(data, str) else data
    return list(read_comments(io.BytesIO(raw)))


def comments(data: bytes | str) -> list[Comment]:
    found = read(data)
    assert all(isinstance(item, Comment) for item in found)
    return [item for item in found if isinstance(item, Comment)]


def test_plain_lines_are_comments_known_by_their_line() -> None:
    found = comments("first\r\n\n  \nséance\u2028same line\nlast")
    assert [(c.id, c.post.text) for c in found] == [(1, "first"), (4, "séance\u2028same line"), (5, "last")]
    assert not any(c.timed for c in found)
    assert len({c.post.author.id for c in found}) == 3


def test_an_empty_file_holds_no_comment() -> None:
    assert read(b"") == []
    assert read(b"\xef\xbb\xbf\n \n") == []


def test_a_byte_order_mark_is_no_part_of_the_first_comment() -> None:
    assert comments(b"\xef\xbb\xbfhello\n")[0].post.text == "hello"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_is_refused_whole(encoding: str) -> None:
    (refused,) = read("\ufeffhello\nthere\n".encode(encoding))
    assert refused == Malformed("line 1", "is UTF-16 text; save the file as UTF-8")


def test_json_lines_may_say_who_where_and_when() -> None:
    (found,) = comments(
        '{"text": "hi", "id": "a7", "author": "Ann", "channel": "parks", "at": "2026-03-08T09:30:00-06:00"}\n'
    )
    assert (found.id, found.timed) == ("a7", True)
    assert found.post.author.name == "Ann"
    assert found.post.place.keys >= {"parks"}
    assert found.post.created_at == datetime(2026, 3, 8, 15, 30, tzinfo=UTC)


def test_the_same_author_is_the_same_person_on_every_line() -> None:
    lines = [
        {"text": "x", "author": who}
        for who in ("Ann", "Bob", "Ann", 123456789012345678, "123456789012345678")
    ]
    ann, bob, again, by_number, by_digits = (
        c.post.author.id for c in comments("\n".join(map(json.dumps, lines)))
    )
    assert ann == again != bob
    assert by_number == by_digits == 123456789012345678


def test_lines_that_are_no_comment_are_named_and_the_rest_goes_on() -> None:
    good = b'{"text": "fine"}'
    bad = [
        b'{"text": 5}',
        b'{"txt": "x"}',
        b'{"text": "x"',
        b'{"text": "\xff"}',
        b'{"text": "x", "at": "noon"}',
        b'{"text": "x", "id": {}}',
        b"[1]",
    ]
    bad.append(b'{"text": "x", "at": "0001-01-01T00:00:00+14:00"}')
    found = read(b"\n".join([good, *bad, good]))
    assert [item.id for item in found if isinstance(item, Comment)] == [1, 10]
    problems = [item for item in found if isinstance(item, Malformed)]
    assert [p.where for p in problems] == [f"line {n}" for n in range(2, 10)]
    assert [p.problem for p in problems] == [
        "text: expected text (got 5)",
        "text: is required",
        "is not valid JSON: EOF while parsing an object at column 12",
        "is not UTF-8 text at byte 11",
        "at: expected a time such as 2026-09-01T08:30:00Z (got 'noon')",
        "id: expected text or a whole number",
        "expected keys and values (got a list)",
        "at: the time is out of range",
    ]


def test_a_huge_line_is_refused_and_the_next_one_read() -> None:
    found = read(b"one\n" + b"a" * (3 * LONGEST_LINE) + b"\ntwo\n")
    assert [getattr(item, "id", None) for item in found] == [1, None, 3]
    assert found[1] == Malformed("line 2", "is longer than 1024 KiB")


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_how_a_pipe_cuts_the_bytes_makes_no_difference(size: int) -> None:
    for data in (
        b"one\ntwo\n\nthree",
        b'{"text": "one"}\n{"text": "two"}\n',
        export(_message(content="one")),
    ):
        assert list(read_comments(Trickle(data, size))) == read(data)


def _message(**changes: Any) -> dict[str, Any]:
    """Return a message as DiscordChatExporter writes it."""
    author: dict[str, Any] = {
        "id": "1100000000000000011",
        "name": "ann",
        "discriminator": "0000",
        "nickname": "Ann L.",
    }
    author |= {"color": None, "isBot": False, "avatarUrl": ""}
    author["roles"] = [{"id": "1100000000000000021", "name": "Resident", "color": None, "position": 1}]
    return {
        "id": "1100000000000000101",
        "type": "Default",
        "timestamp": "2026-03-08T09:30:00.123-06:00",
        "timestampEdited": None,
        "callEndedTimestamp": None,
        "isPinned": False,
        "content": "Potholes again on Main Street",
        "author": author,
        "attachments": [],
        "embeds": [],
        "stickers": [],
        "reactions": [],
        "mentions": [],
        "inlineEmojis": [],
    } | changes


def export(*messages: Any) -> bytes:
    """Return an export file of one channel."""
    channel: dict[str, Any] = {
        "id": "1100000000000000031",
        "type": "GuildTextChat",
        "categoryId": "1100000000000000041",
    }
    channel |= {"category": "Public", "name": "town-square", "topic": None}
    document = {
        "guild": {"id": "1100000000000000001", "name": "Rivertown", "iconUrl": ""},
        "channel": channel,
        "dateRange": {"after": None, "before": None},
        "exportedAt": "2026-04-01T00:00:00+00:00",
        "messages": list(messages),
        "messageCount": len(messages),
    }
    return json.dumps(document, indent=2, ensure_ascii=False).encode()


def test_an_export_keeps_author_place_time_and_files() -> None:
    file = {
        "id": "1100000000000000051",
        "url": "https://cdn.example/a.png",
        "fileName": "a.png",
        "fileSizeBytes": 9,
    }
    reference = {"messageId": "1100000000000000100", "channelId": "1100000000000000031", "guildId": None}
    (found,) = comments(export(_message(attachments=[file], reference=reference, type="Reply")))
    post = found.post
    assert (found.id, found.timed) == ("1100000000000000101", True)
    assert post.place.keys >= {"town-square", "1100000000000000031", "Public", "1100000000000000041"}
    assert (post.author.screen_name, set(post.author.roles)) == (
        "Ann L.",
        {"Resident", "1100000000000000021"},
    )
    assert post.created_at == datetime(2026, 3, 8, 15, 30, 0, 123000, tzinfo=UTC)
    assert [(a.filename, a.size) for a in post.attachments] == [("a.png", 9)]
    assert post.reply
    assert post.reply.message_id == 1100000000000000100


def test_what_discord_itself_says_is_no_comment() -> None:
    assert comments(export(_message(type="GuildMemberJoin", content="Joined the server."))) == []


def test_words_a_bot_put_in_an_embed_are_read_and_link_previews_are_not() -> None:
    embed = {"title": "Notice", "description": "Water off", "fields": [{"name": "When", "value": "Monday"}]}
    bot = _message()["author"] | {"isBot": True}
    by_bot, by_person = comments(export(_message(author=bot, embeds=[embed]), _message(embeds=[embed])))
    assert by_bot.post.parts == (Part("embed 1", "Notice\nWater off\nWhen\nMonday"),)
    assert by_person.post.parts == ()


@pytest.mark.parametrize("layout", [{"indent": 2}, {"indent": 0}, {}, {"separators": (",", ":")}])
def test_an_export_is_known_whatever_order_and_layout_it_was_given(layout: dict[str, Any]) -> None:
    document = json.loads(export(_message()))
    document["guild"] = document.pop("guild")
    assert comments(json.dumps(document, **layout)) == comments(export(_message()))
    assert comments(json.dumps(document, sort_keys=True, **layout)) == comments(export(_message()))


def test_an_export_that_tells_too_late_where_it_is_from_is_refused() -> None:
    document = json.loads(export(_message()))
    document["channel"] = document.pop("channel")
    (refused,) = read(json.dumps(document, indent=2))
    assert refused == Malformed("messages", "stand before `channel`, which tells where they were written")


def test_only_the_first_of_two_exports_in_one_file_is_read_and_that_is_told() -> None:
    first, told = read(export(_message()) + b"\n" + export(_message()))
    assert isinstance(first, Comment)
    assert told == Malformed("after message 1", "the export ends and something follows")


@pytest.mark.parametrize("indent", [2, None])
@pytest.mark.parametrize("items", [[{"text": "one"}, {"text": "two"}], ["one", "two"]])
def test_a_json_list_is_refused_in_one_line(items: list[Any], indent: int | None) -> None:
    (refused,) = read(json.dumps(items, indent=indent))
    assert isinstance(refused, Malformed)
    assert refused.problem.startswith("is a JSON list; expected one comment a line")


def test_an_object_over_several_lines_is_refused_in_one_line() -> None:
    (refused,) = read('{\n  "text": "one"\n}\n{\n  "text": "two"\n}\n')
    assert isinstance(refused, Malformed)
    assert refused.problem.startswith("begins a JSON object without `messages`; expected one comment a line")


@pytest.mark.parametrize(
    "line", ["[sigh] again", '["so-called" news]', "{shrug}", "[[a wiki link]]", "{", "[", "[]", "{}"]
)
def test_plain_comments_may_begin_with_a_bracket(line: str) -> None:
    assert [c.post.text for c in comments(f"{line}\nnext\n")] == [line, "next"]


def test_a_forwarded_comment_is_read_too() -> None:
    forward = {"timestamp": "2026-03-08T09:30:00+00:00", "content": "see this", "attachments": []}
    (found,) = comments(export(_message(content="", forwardedMessage=forward)))
    assert found.post.parts == (Part("forward 1", "see this"),)


def test_a_message_of_the_wrong_shape_is_named_and_the_rest_goes_on() -> None:
    first, second = read(export({"id": "5"}, _message()))
    assert first == Malformed("message 1", "type: is required")
    assert isinstance(second, Comment)


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda data: data[: data.rindex(b"]")], "expected a value, found the end of the file"),
        (lambda data: data.replace(b'"mentions"', b"\xff"), "'utf-8' codec can't decode byte 0xff"),
        (lambda data: data.replace(b'"mentions"', b"mentions"), "Expecting property name"),
        (
            lambda data: data.replace(b'"channel": {', b'"channel": 5, "x": {'),
            "expected keys and values",
        ),
        (lambda data: data.replace(b'"exportedAt"', b"5"), "expected a key, found 5"),
        (lambda data: data.replace(b'"embeds": [', b'"embeds": ' + b"[" * 200_000), "recursion"),
    ],
)
def test_a_damaged_export_is_read_as_far_as_it_goes(damage: Any, expected: str) -> None:
    *_, last = read(damage(export(_message())))
    assert isinstance(last, Malformed)
    assert expected in last.problem


def test_an_export_larger_than_any_buffer_is_read_whole() -> None:
    found = comments(export(*(_message(id=str(10**18 + n), content=f"{n} " * 500) for n in range(300))))
    assert [c.id for c in found] == [str(10**18 + n) for n in range(300)]


def test_a_comment_is_given_before_the_rest_of_the_pipe_arrives() -> None:
    class Pipe:
        def __init__(self) -> None:
            self.parts: Iterator[bytes] = iter([b"first\n", b"second\n", b""])

        def read1(self, size: int, /) -> bytes:
            return next(self.parts)

    pipe = Pipe()
    found = read_comments(pipe)
    first = next(found)
    assert isinstance(first, Comment)
    assert next(pipe.parts) == b"second\n"
