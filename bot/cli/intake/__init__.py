"""Read comments from a file whatever its shape: plain lines, JSON Lines or a chat export."""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from itertools import chain
from typing import Protocol

from bot.cli.intake.comment import EXPECTED, Comment, Malformed
from bot.cli.intake.export import read_export
from bot.cli.intake.lines import read_json_lines, read_plain_lines

__all__ = ["Comment", "Malformed", "read_comments"]

_CHUNK = 64 * 1024
_LONGEST_HEAD = 1024 * 1024
# One object over several lines, or a chat export, whichever of its parts comes first.
_OBJECT = re.compile(
    rb'\{[^\S\n]*\n\s*"'
    rb'|\{\s*"(?:(?:guild|channel|dateRange)"\s*:\s*\{|messages"\s*:\s*\[|(?:exportedAt|messageCount)")'
)
_JSON_LINES = re.compile(rb'\{\s*"')
_LIST = re.compile(rb'\[[^\S\n]*\n\s*[\[{"]|\[\s*\{|\[\s*"(?:[^"\\\n]|\\.)*"\s*[,\]]')
_UTF_16 = (BOM_UTF16_LE, BOM_UTF16_BE)


class Readable(Protocol):
    """A binary stream that gives what has arrived without waiting for more."""

    def read1(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


def read_comments(stream: Readable) -> Iterator[Comment | Malformed]:
    """Yield the comments in `stream` in order, and what could not be read as one.

    A file that holds one JSON object is taken as DiscordChatExporter's export, one that begins with a JSON
    object as JSON Lines, any other as one comment a line. A JSON list and UTF-16 are refused whole.
    """
    head = _head(stream)
    if head.startswith(_UTF_16):
        # Cut at its line ends, half of such a file passes for text in which nothing is ever found.
        return iter([Malformed("line 1", "is UTF-16 text; save the file as UTF-8")])
    start = head.lstrip()
    if _LIST.match(start):
        return iter([Malformed("line 1", f"is a JSON list; {EXPECTED}")])
    chunks = chain([head], _chunks(stream))
    if _OBJECT.match(start):
        return read_export(chunks)
    if _JSON_LINES.match(start):
        return read_json_lines(chunks)
    return read_plain_lines(chunks)


def _head(stream: Readable) -> bytes:
    """Return as much as tells the shape of the file, and not the mark that some editors put before it."""
    head = b""
    for chunk in _chunks(stream):
        head = (head + chunk).removeprefix(b"\xef\xbb\xbf")
        start = head.lstrip()
        if (b"\n" in start and start[1:].strip()) or len(head) > _LONGEST_HEAD:
            break
    return head


def _chunks(stream: Readable) -> Iterator[bytes]:
    return iter(lambda: stream.read1(_CHUNK), b"")
