"""Rate limits: the headers always, the refusals when switched on."""

from __future__ import annotations

import hashlib
import math
import time
from dataclasses import dataclass, field
from functools import cache

from .call import Route

MAJOR = ("channel_id", "guild_id", "webhook_id", "application_id")
"""The path parameters that each have a bucket of their own (developer documentation, "Rate Limits")."""
EVERYWHERE = 50
"""Requests a second one client may make over all routes."""
MAX_WINDOWS = 10_000

_LIMITS = {
    ("POST", "/channels/{channel_id}/messages"): (5, 5.0),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): (5, 5.0),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}"): (5, 1.0),
    ("POST", "/channels/{channel_id}/messages/bulk-delete"): (1, 3.0),
    ("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"): (1, 0.25),
    ("POST", "/webhooks/{webhook_id}/{webhook_token}"): (5, 2.0),
    ("PATCH", "/channels/{channel_id}"): (2, 600.0),
}
_USUAL = 50, 1.0
_UNLIMITED = 10_000, 1.0


@dataclass(slots=True)
class _Window:
    ends: float
    used: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request too many: when to come back, in seconds, and whether all routes are meant."""

    retry_after: float
    everywhere: bool


@dataclass(slots=True)
class RateLimits:
    """Counts requests in fixed windows."""

    on: bool = False
    _windows: dict[tuple[str, ...], _Window] = field(default_factory=dict)

    def count(
        self, client: str, route: Route, params: dict[str, str]
    ) -> tuple[dict[str, str], Refusal | None]:
        """Count a request and return its headers and, over the limit, the refusal."""
        bucket = _bucket(route.method, route.path)
        now = time.monotonic()
        if not self.on:
            return _headers(_UNLIMITED[0], 0, now + _UNLIMITED[1], now, bucket), None
        limit, seconds = _LIMITS.get((route.method, route.path), _USUAL)
        major = "+".join(params[name] for name in MAJOR if name in params)
        window = self._window((client, bucket, major), now, seconds)
        headers = _headers(limit, window.used + 1, window.ends, now, bucket)
        overall = self._window((client,), now, 1.0)
        if overall.used >= EVERYWHERE:
            return headers, Refusal(_ceil(overall.ends - now), True)
        if window.used >= limit:
            return headers, Refusal(_ceil(window.ends - now), False)
        window.used += 1
        overall.used += 1
        return headers, None

    def _window(self, key: tuple[str, ...], now: float, seconds: float) -> _Window:
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            if len(self._windows) > MAX_WINDOWS:
                self._windows = {k: w for k, w in self._windows.items() if w.ends > now}
            window = self._windows[key] = _Window(now + seconds)
        return window


@cache
def _bucket(method: str, path: str) -> str:
    return hashlib.md5(f"{method} {path}".encode(), usedforsecurity=False).hexdigest()


def _headers(limit: int, used: int, ends: float, now: float, bucket: str) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(max(0, limit - used)),
        "X-RateLimit-Reset": f"{time.time() + ends - now:.3f}",
        "X-RateLimit-Reset-After": f"{ends - now:.3f}",
        "X-RateLimit-Bucket": bucket,
    }


def _ceil(seconds: float) -> float:
    return math.ceil(seconds * 1000) / 1000
