"""Read comments from a file whatever its shape: plain lines, JSON Lines or a chat export."""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from itertools import chain
from typing import Protocol

from bot.cli.intake.comment import Comment, Malformed
from bot.cli.intake.export import read_export
from bot.cli.intake.lines import read_json_lines, read_plain_lines

__all__ = ["Comment", "Malformed", "read_comments"]

_CHUNK = 64 * 1024
_LONGEST_HEAD = 1024 * 1024
_EXPORT = b'{"guild":'
_JSON_LINES = b'{"'
_UTF_16 = (BOM_UTF16_LE, BOM_UTF16_BE)


class Readable(Protocol):
    """A binary stream that gives what has arrived without waiting for more."""

    def read1(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


def read_comments(stream: Readable) -> Iterator[Comment | Malformed]:
    """Yield the comments in `stream` in order, and what could not be read as one.

    A file that begins as DiscordChatExporter's JSON does is taken as its export, one that begins with a JSON
    object as JSON Lines, any other as one comment a line.
    """
    head = _head(stream)
    if head.startswith(_UTF_16):
        # Cut at its line ends, half of such a file passes for text in which nothing is ever found.
        return iter([Malformed("line 1", "is UTF-16 text; save the file as UTF-8")])
    start = b"".join(head[:_LONGEST_HEAD].split())
    chunks = chain([head], _chunks(stream))
    if start.startswith(_EXPORT):
        return read_export(chunks)
    if start.startswith(_JSON_LINES):
        return read_json_lines(chunks)
    return read_plain_lines(chunks)


def _head(stream: Readable) -> bytes:
    """Return as much as tells the shape of the file, and not the mark that some editors put before it."""
    head = b""
    for chunk in _chunks(stream):
        head = (head + chunk).removeprefix(b"\xef\xbb\xbf")
        start = b"".join(head.split())[: len(_EXPORT)]
        if len(start) == len(_EXPORT) or not _EXPORT.startswith(start) or len(head) > _LONGEST_HEAD:
            break
    return head


def _chunks(stream: Readable) -> Iterator[bytes]:
    return iter(lambda: stream.read1(_CHUNK), b"")
