"""A session: one client's stream of events, which outlives its connection."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from datetime import datetime

from bot.sandbox.world.models import User

from .intents import MESSAGE_CONTENT

QUEUE = 200_000
"""Frames that may wait for a slow client before it is cut off."""


class Outbox:
    """The frames on their way to one connection; None ends it."""

    def __init__(self) -> None:
        """Start empty."""
        self.frames: asyncio.Queue[str | None] = asyncio.Queue(QUEUE)
        self.close_code = 1000

    def put(self, frame: str) -> None:
        """Queue a frame; a client too slow to take it is cut off."""
        if self.frames.full():
            self.close(4008)
        else:
            self.frames.put_nowait(frame)

    def close(self, code: int) -> None:
        """End the connection at once, dropping what still waits."""
        self.close_code = code
        while not self.frames.empty():
            self.frames.get_nowait()
        self.frames.put_nowait(None)


class Session:
    """What IDENTIFY makes and RESUME takes up again."""

    def __init__(self, user: User, intents: int | None, outbox: Outbox, replay: int) -> None:
        """Begin; `intents` is None for a person, who is sent everything they may see."""
        self.id = secrets.token_hex(16)
        self.user = user
        self.intents = intents
        self.outbox: Outbox | None = outbox
        self.detached_at: datetime | None = None
        self.seq = 0
        self._sent: deque[tuple[str, str]] = deque(maxlen=replay)

    def listens(self, intent: int) -> bool:
        """Return whether the session asked for events of an intent."""
        return self.intents is None or not intent or bool(self.intents & intent)

    @property
    def sees_content(self) -> bool:
        """Return whether others' words are shown to it."""
        return self.intents is None or bool(self.intents & MESSAGE_CONTENT)

    def send(self, event: str, body: str) -> None:
        """Send a dispatch whose data is already JSON."""
        self.seq += 1
        self._sent.append((event, body))
        if self.outbox:
            self.outbox.put(_frame(self.seq, event, body))

    def missed(self, seq: int) -> list[str] | None:
        """Return the frames after `seq`, None where they are no longer known."""
        count = self.seq - seq
        if not 0 <= count <= len(self._sent):
            return None
        recent = list(self._sent)[len(self._sent) - count :]
        return [_frame(n, event, body) for n, (event, body) in enumerate(recent, seq + 1)]


def _frame(seq: int, event: str, body: str) -> str:
    return f'{{"op":0,"t":"{event}","s":{seq},"d":{body}}}'
