"""How values are kept: one representation for every database."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_REFUSED = re.compile("[\0\ud800-\udfff]")

Whole = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit integer; SQLite makes a row id only of an INTEGER."""


class Moment(TypeDecorator[datetime]):
    """An aware time, stored on every database as microseconds since 1970 in UTC."""

    impl = Whole
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the count. Raises ValueError on a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected an aware time, got {value!r}")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the time, in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


class Choice(TypeDecorator[Enum]):
    """A member of an enumeration, stored by its value."""

    impl = Text
    cache_ok = True

    def __init__(self, members: type[Enum]) -> None:
        super().__init__()
        self.members = members

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return a whole number for an enumeration of numbers, else text."""
        return Whole if issubclass(self.members, int) else Text()

    def process_bind_param(self, value: Enum | None, dialect: Dialect) -> Any:
        """Return the stored value. Raises ValueError on what is no member."""
        return None if value is None else self.members(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> Enum | None:
        """Return the member."""
        return None if value is None else self.members(value)


class Prose(TypeDecorator[str]):
    """Words from outside, less what a database refuses: NUL and lone surrogates become U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return words that every database takes."""
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """Return `text` as Prose keeps it."""
    return _REFUSED.sub("\ufffd", text)
