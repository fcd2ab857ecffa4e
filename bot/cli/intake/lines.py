"""Comments one a line: plain, or as JSON objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from bot.cli.intake.comment import NO_TIME, Comment, Malformed, aware, first_problem, number
from rules.post import Author, Place, Post

LONGEST_LINE = 1024 * 1024
_NOWHERE = Place(0, "")


def _is_a_name(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("expected text or a whole number")
    return value


_Name = Annotated[int | str, BeforeValidator(_is_a_name)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=False)

    text: str
    id: _Name | None = None
    author: _Name | None = None
    channel: _Name | None = None
    at: datetime | None = None


def read_plain_lines(chunks: Iterable[bytes]) -> Iterator[Comment | Malformed]:
    """Yield each line as a comment by an author of its own, known by the line's number. Skips blank lines."""
    for n, line in _texts(chunks):
        if isinstance(line, Malformed):
            yield line
        else:
            yield _comment(n, _Record(text=line))


def read_json_lines(chunks: Iterable[bytes]) -> Iterator[Comment | Malformed]:
    """Yield each line's object, which has `text` and may have `id`, `author`, `channel` and `at`."""
    for n, line in _texts(chunks):
        if isinstance(line, Malformed):
            yield line
            continue
        try:
            yield _comment(n, _Record.model_validate_json(line))
        except ValidationError as error:
            yield Malformed(f"line {n}", first_problem(error))
        except OverflowError:
            yield Malformed(f"line {n}", "at: the time is out of range")


def _comment(n: int, record: _Record) -> Comment:
    # Where nobody is named, nobody else wrote the same: the author is this line.
    author = Author(-n, "", "") if record.author is None else _author(record.author)
    place = _NOWHERE if record.channel is None else Place(number(record.channel), str(record.channel))
    post = Post(
        id=n,
        community=0,
        place=place,
        author=author,
        text=record.text,
        created_at=NO_TIME if record.at is None else aware(record.at),
    )
    return Comment(n if record.id is None else record.id, post, timed=record.at is not None)


def _author(name: int | str) -> Author:
    return Author(number(name), str(name), str(name))


def _texts(chunks: Iterable[bytes]) -> Iterator[tuple[int, str | Malformed]]:
    """Yield the lines that are not blank, with their numbers."""
    for n, line in enumerate(_lines(chunks), 1):
        if line is None:
            yield n, Malformed(f"line {n}", f"is longer than {LONGEST_LINE // 1024} KiB")
            continue
        try:
            text = line.decode().removesuffix("\r")
        except UnicodeDecodeError as error:
            yield n, Malformed(f"line {n}", f"is not UTF-8 text at byte {error.start + 1}")
            continue
        if text and not text.isspace():
            yield n, text


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes | None]:
    """Yield each line, or None for one that is too long to keep in memory."""
    rest: bytes | None = b""
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        rest = _grown(rest, first)
        for other in others:
            yield rest
            rest = _grown(b"", other)
    if rest != b"":
        yield rest


def _grown(line: bytes | None, more: bytes) -> bytes | None:
    return None if line is None or len(line) + len(more) > LONGEST_LINE else line + more
