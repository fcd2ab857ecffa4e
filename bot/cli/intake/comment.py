"""A comment from a file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError

from rules.documents import dotted, explain
from rules.post import Post

EXPECTED = 'expected one comment a line, as text or as {"text": …}, or a chat export'
NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: its id as the file gives it, or its place in the file, and the post it makes.

    Only a `timed` one says when it was written, and so can be part of a flood.
    """

    id: int | str
    post: Post
    timed: bool


@dataclass(frozen=True, slots=True)
class Malformed:
    """A part of the file that is no comment: where it stands and what is wrong with it."""

    where: str
    problem: str


def number(name: str | int) -> int:
    """Return the id that stands for a name or id: ids stay, a name gets a number of its own."""
    if isinstance(name, int):
        return name
    if name.isascii() and name.isdigit() and len(name) < 20:
        return int(name)
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=7).digest())


def aware(time: datetime) -> datetime:
    """Return a time in UTC; one without a zone is taken to be in UTC."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def first_problem(error: ValidationError) -> str:
    """Return the first thing that is wrong with a record, and its field."""
    first = error.errors(include_url=False)[0]
    if first["type"] == "json_invalid":
        # It is one line, whatever its number in the file.
        return f"is not valid JSON: {first['ctx']['error'].replace('line 1 ', '')}"
    path, problem = explain(first, lambda _: True)
    return f"{dotted(path)}: {problem}" if path else problem
