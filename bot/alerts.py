"""Tell staff what stands in the way: in their alerts channel, once, and in the log always."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.messages.text import clip
from bot.ports import Clock, Outgoing, Platform, PlatformError, Refusal

log = logging.getLogger(__name__)

QUIET = timedelta(minutes=10)
"""How long the same alert is not repeated."""
REMEMBERED = 500
WAITING = 200
TRIES = 6


class Alerts:
    """Posts short messages to staff. Works without the database, and never raises."""

    def __init__(
        self,
        platform: Platform,
        channel: Callable[[], int | None],
        clock: Clock,
        *,
        pause: float = 2.0,
    ) -> None:
        """Take `channel`, which finds the alerts channel, and the first pause between tries in seconds."""
        self._platform = platform
        self._channel = channel
        self._clock = clock
        self._pause = pause
        self._told: dict[str, datetime] = {}
        self._queue: asyncio.Queue[str] = asyncio.Queue(WAITING)

    def tell(self, text: str, *, key: str | None = None) -> None:
        """Send `text` to staff. A `key` is told once in ten minutes; without one it is told every time."""
        now = self._clock()
        if key is not None:
            last = self._told.get(key)
            if last is not None and now - last < QUIET:
                return
            if len(self._told) >= REMEMBERED:
                self._told.clear()
            self._told[key] = now
        log.warning("alert: %s", text)
        try:
            self._queue.put_nowait(text)
        except asyncio.QueueFull:
            log.error("too many alerts wait for Discord; this one is in the log only")

    def settle(self, key: str) -> bool:
        """Forget an alert, so that it is told again if it comes back. Returns whether it had been told."""
        return self._told.pop(key, None) is not None

    async def run(self) -> None:
        """Send what is told, one after the other, until cancelled."""
        while True:
            text = await self._queue.get()
            try:
                await self._send(text)
            except Exception:
                log.exception("an alert could not be posted")

    async def _send(self, text: str) -> None:
        nonce = f"alert{self._clock().timestamp():.6f}"[:25]
        for attempt in range(TRIES):
            try:
                channel = self._channel()
                if channel is None:
                    raise PlatformError(Refusal.MISSING, "the alerts channel does not exist")
                await self._platform.send(channel, Outgoing(clip(text, 1900)), nonce)
            except PlatformError as error:
                log.warning("an alert could not be posted: %s", error)
                if error.refusal is not Refusal.UNAVAILABLE:
                    return
                await asyncio.sleep(self._pause * 2**attempt)
            else:
                return
