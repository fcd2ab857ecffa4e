"""The messages of one channel, in order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque

from .messages import Message


class Log:
    """Messages by id; the oldest go when there are more than `cap`."""

    def __init__(self, cap: int) -> None:
        """Start empty."""
        self._by_id: dict[int, Message] = {}
        self._ids: list[int] = []
        self._cap = cap
        self.created = 0
        self.removed = 0
        self.deleted: deque[int] = deque(maxlen=cap)
        """The ids of the messages deleted last, in the order they went."""

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def ids(self) -> list[int]:
        """Return the ids that stand, oldest first."""
        return list(self._ids)

    @property
    def last_id(self) -> int | None:
        """Return the newest id."""
        return self._ids[-1] if self._ids else None

    def get(self, message_id: int) -> Message | None:
        """Return a message that stands."""
        return self._by_id.get(message_id)

    def add(self, message: Message) -> list[Message]:
        """Keep a message and return those that had to make room."""
        self._by_id[message.id] = message
        insort(self._ids, message.id)
        self.created += 1
        over = self._ids[: -self._cap]
        del self._ids[: -self._cap]
        return [self._by_id.pop(message_id) for message_id in over]

    def remove(self, message: Message) -> None:
        """Forget a message that was deleted."""
        del self._by_id[message.id]
        del self._ids[bisect_left(self._ids, message.id)]
        self.deleted.append(message.id)
        self.removed += 1
        message.gone = True

    def page(
        self, limit: int, *, before: int | None = None, after: int | None = None, around: int | None = None
    ) -> list[Message]:
        """Return up to `limit` messages on one side of an id, or around it, newest first."""
        if around is not None:
            middle = bisect_left(self._ids, around)
            start = max(0, middle - limit // 2)
            ids = self._ids[start : start + limit]
        elif after is not None:
            start = bisect_right(self._ids, after)
            ids = self._ids[start : start + limit]
        else:
            end = len(self._ids) if before is None else bisect_left(self._ids, before)
            ids = self._ids[max(0, end - limit) : end]
        return [self._by_id[message_id] for message_id in reversed(ids)]
