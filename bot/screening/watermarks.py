"""How far each channel has been dealt with, so that a restart rereads what it must and no more."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_TIME_BITS = 22
"""How far the milliseconds since then are shifted in an id: https://docs.discord.com/developers/reference#snowflakes"""


@dataclass
class _Channel:
    mark: int | None
    under_way: list[int] = field(default_factory=list)
    """A heap of ids begun, those done among them removed lazily."""
    done: set[int] = field(default_factory=set)
    newest: int = 0
    gap: bool = True


class Watermarks:
    """Keeps, for each channel, the id up to which every post has been dealt with.

    A mark never passes a post that is under way, and never moves while the channel has a gap: from the loss
    of the connection until what was missed has been read back.
    """

    def __init__(self) -> None:
        self._channels: dict[int, _Channel] = {}
        self._moved: set[int] = set()
        self.connected = False
        self._begun: int | None = None

    def restore(self, marks: dict[int, int], begun: datetime | None) -> None:
        """Take over the marks an earlier run left, and when it began. Every channel starts with a gap.

        It may have ended before it left a mark.
        """
        if begun is not None:
            self._begun = (begun - _EPOCH) // timedelta(milliseconds=1) << _TIME_BITS
        for channel_id, mark in marks.items():
            self._channels[channel_id] = _Channel(mark, newest=mark)

    def get(self, channel_id: int) -> int | None:
        """Return a channel's mark, or None where nothing is known of it."""
        channel = self._channels.get(channel_id)
        return channel.mark if channel else None

    def newest(self) -> int | None:
        """Return the highest mark of all, which tells about when Beadle was last at work.

        Without any, that is the first id there could be since Beadle began, or None before it first did.
        """
        return max((c.mark for c in self._channels.values() if c.mark is not None), default=self._begun)

    def begin(self, channel_id: int, message_id: int) -> None:
        """Note that a post is being dealt with."""
        channel = self._channels.get(channel_id)
        if channel is None:
            # Without a gap, nothing older than the first post ever seen in a channel was missed.
            mark = message_id - 1 if self.connected else None
            channel = self._channels[channel_id] = _Channel(mark, gap=not self.connected)
        heapq.heappush(channel.under_way, message_id)
        channel.newest = max(channel.newest, message_id)

    def end(self, channel_id: int, message_id: int) -> None:
        """Note that a post has been dealt with: it is allowed, or on record."""
        channel = self._channels[channel_id]
        channel.done.add(message_id)
        while channel.under_way and channel.under_way[0] in channel.done:
            channel.done.discard(heapq.heappop(channel.under_way))
        self._advance(channel_id, channel)

    def open_gaps(self) -> None:
        """Hold every mark where it is: from now on events may be missed."""
        self.connected = False
        for channel in self._channels.values():
            channel.gap = True

    def close_gaps(self) -> None:
        """Note that everything missed has been read back, so that an unknown channel is a new one."""
        self.connected = True

    def close_gap(self, channel_id: int, upto: int) -> None:
        """Let a channel's mark move again: everything up to `upto` has been dealt with or begun."""
        channel = self._channels.setdefault(channel_id, _Channel(None))
        channel.gap = False
        channel.newest = max(channel.newest, upto)
        self._advance(channel_id, channel)

    def take_moved(self) -> dict[int, int]:
        """Return the marks that moved since the last call, for saving."""
        marks = {channel_id: self._channels[channel_id].mark for channel_id in self._moved}
        self._moved.clear()
        return {channel_id: mark for channel_id, mark in marks.items() if mark is not None}

    def put_back(self, channel_ids: Iterable[int]) -> None:
        """Offer these marks again: saving them failed."""
        self._moved.update(channel_ids)

    def _advance(self, channel_id: int, channel: _Channel) -> None:
        if channel.gap:
            return
        mark = channel.under_way[0] - 1 if channel.under_way else channel.newest
        if channel.mark is None or mark > channel.mark:
            channel.mark = mark
            self._moved.add(channel_id)
