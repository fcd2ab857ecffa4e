"""Let a request leave once, and only while it still should.

discord.py (2.7, `HTTPClient.request`) waits for its turn under a rate limit, and repeats by itself what was
answered with 429, 500, 502, 504 or 524: meanwhile what the request was for may have changed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from types import SimpleNamespace

import aiohttp

from bot.ports import PlatformError, Refusal

_may_leave: ContextVar[Callable[[], bool] | None] = ContextVar("may_leave", default=None)


def watch() -> aiohttp.TraceConfig:
    """Return what a discord.py client must be given as its `http_trace`."""
    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(_on_request_start)
    return trace


async def once(ask: Callable[[], Awaitable[object]], leaves: Callable[[], bool]) -> None:
    """Ask, if `leaves`, called when the request is about to leave, says so, and never repeat it.

    Raises PlatformError, UNAVAILABLE, in place of the repetition and of the request that is not to leave.
    """
    left = False

    def may_leave() -> bool:
        nonlocal left
        if left or not leaves():
            return False
        left = True
        return True

    token = _may_leave.set(may_leave)
    try:
        await ask()
    finally:
        _may_leave.reset(token)


async def _on_request_start(
    session: aiohttp.ClientSession, context: SimpleNamespace, request: aiohttp.TraceRequestStartParams
) -> None:
    may_leave = _may_leave.get()
    if may_leave is not None and not may_leave():
        raise PlatformError(Refusal.UNAVAILABLE, "it was not done at once, so it has to be looked at again")
