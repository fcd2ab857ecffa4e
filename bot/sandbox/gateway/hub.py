"""Sends each event to the sessions that may see it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.wire import Json, dumps
from bot.sandbox.world import permissions
from bot.sandbox.world.ids import Clock
from bot.sandbox.world.message_shapes import BLANK
from bot.sandbox.world.models import Channel, Guild, User

from .intents import needed
from .session import Outbox, Session

MAX_SESSIONS = 1_000
DETACHED_FOR = timedelta(minutes=30)
"""How long a session without a connection can be resumed."""
MOST_DETACHED = 5
"""How many such sessions a user has at most: the last ones."""


@dataclass(slots=True)
class Disturbance:
    """What a fault does to one event: copies sent, seconds late, or after the event that follows."""

    copies: int = 1
    late: float = 0.0
    swap: bool = False


class Hub:
    """The open sessions."""

    def __init__(self, clock: Clock, disturb: Callable[[User, str], Disturbance | None]) -> None:
        """Ask `disturb` about each event before it goes to a bot."""
        self.sessions: dict[str, Session] = {}
        self._now = clock
        self._disturb = disturb
        self._held: dict[str, list[tuple[str, str]]] = {}

    def open(self, user: User, intents: int | None, outbox: Outbox, replay: int) -> Session:
        """Begin a session, forgetting those nobody came back to."""
        self._forget(self._now())
        session = Session(user, intents, outbox, replay)
        self.sessions[session.id] = session
        return session

    def _forget(self, now: datetime) -> None:
        gone: list[str] = []
        detached: Counter[int] = Counter()
        for session in reversed(self.sessions.values()):
            if session.detached_at:
                detached[session.user.id] += 1
                late = now - session.detached_at > DETACHED_FOR
                if late or detached[session.user.id] > MOST_DETACHED:
                    gone.append(session.id)
        gone += list(self.sessions)[: max(0, len(self.sessions) - MAX_SESSIONS)]
        for session_id in gone:
            lost = self.sessions.pop(session_id, None)
            if lost and lost.outbox:
                lost.outbox.close(4009)

    def of(self, user: User) -> list[Session]:
        """Return the connected sessions of a user."""
        return [s for s in self.sessions.values() if s.user is user and s.outbox]

    def drop(self, code: int, user_id: int | None = None) -> None:
        """Cut the connections of a user, or of all, leaving the sessions."""
        for session in self.sessions.values():
            if session.outbox and user_id in (None, session.user.id):
                session.outbox.close(code)

    def publish(
        self,
        name: str,
        data: Json,
        *,
        guild: Guild | None = None,
        channel: Channel | None = None,
        only: tuple[User, ...] | None = None,
    ) -> None:
        """Send an event to those who see `channel`, to the members of `guild`, or to `only`."""
        intent = needed(name, direct=channel is not None and channel.guild is None)
        now = self._now()
        body = blank = ""
        for session in list(self.sessions.values()):
            user = session.user
            if not session.listens(intent) or (only is not None and user not in only):
                continue
            if channel is not None:
                if not permissions.of_user(user.id, channel, now) & permissions.VIEW_CHANNEL:
                    continue
            elif guild is not None and user.id not in guild.members:
                continue
            if not session.sees_content and _hides_words(name, data, user):
                blank = blank or dumps({k: v for k, v in data.items() if k != "poll"} | BLANK)
                self._send(session, name, blank)
            else:
                body = body or dumps(data)
                self._send(session, name, body)

    def _send(self, session: Session, name: str, body: str) -> None:
        undisturbed = session.intents is None or session.outbox is None
        if undisturbed or not (done := self._disturb(session.user, name)):
            session.send(name, body)
        elif done.swap:
            self._held.setdefault(session.id, []).append((name, body))
            return
        elif done.late:
            asyncio.get_running_loop().call_later(done.late, session.send, name, body)
        else:
            for _ in range(done.copies):
                session.send(name, body)
        for held in self._held.pop(session.id, ()):
            session.send(*held)


def _hides_words(name: str, data: Json, viewer: User) -> bool:
    if name not in ("MESSAGE_CREATE", "MESSAGE_UPDATE") or "guild_id" not in data:
        return False
    own = data["author"]["id"] == str(viewer.id)
    return not own and all(who["id"] != str(viewer.id) for who in data["mentions"])
