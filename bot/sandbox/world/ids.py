"""Snowflakes and secrets."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
"""Discord's first second (developer documentation, "Snowflakes")."""

Clock = Callable[[], datetime]
"""Returns the time, aware and in UTC."""


def utc_now() -> datetime:
    """Return the time of the machine."""
    return datetime.now(UTC)


def floor(at: datetime) -> int:
    """Return the smallest snowflake of a moment."""
    return int((at - EPOCH) / timedelta(milliseconds=1)) << 22


def moment(snowflake: int) -> datetime:
    """Return the moment a snowflake was made."""
    return EPOCH + timedelta(milliseconds=snowflake >> 22)


class Ids:
    """Makes snowflakes: unique, and increasing as long as the clock does not go back."""

    def __init__(self, clock: Clock) -> None:
        """Take the time from `clock`."""
        self._clock = clock
        self._last = 0
        self._made = 0

    def next(self, at: datetime | None = None) -> int:
        """Return a new id, of now or of an earlier moment."""
        self._made += 1
        if at is not None:
            return floor(at) | self._made & 0x3FFFFF
        self._last = max(floor(self._clock()), self._last + 1)
        return self._last


def user_token(user_id: int) -> str:
    """Return a secret that names its user, as Discord's do."""
    name = base64.urlsafe_b64encode(str(user_id).encode()).decode().rstrip("=")
    return f"{name}.{secrets.token_urlsafe(4)}.{secrets.token_urlsafe(28)}"


def secret() -> str:
    """Return a token for a webhook or an interaction."""
    return secrets.token_urlsafe(48)
