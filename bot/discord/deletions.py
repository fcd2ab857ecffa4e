"""Tell what Beadle deleted from what others did."""

from __future__ import annotations

from collections.abc import Iterable

REMEMBERED = 20_000
"""How many messages of either kind are remembered, the latest ones."""


class Deletions:
    """The messages that Beadle asked Discord to delete, and those that were deleted without its asking."""

    def __init__(self) -> None:
        self._asked: dict[int, None] = {}
        self._gone: dict[int, None] = {}

    def heard(self, message_ids: Iterable[int]) -> None:
        """Note that messages were deleted, by whomever."""
        for key in message_ids:
            if key not in self._asked:
                _remember(self._gone, key)

    def gone(self, message_ids: Iterable[int]) -> frozenset[int]:
        """Return which of these were deleted without Beadle's asking."""
        return frozenset(key for key in message_ids if key in self._gone)

    def asked(self, message_id: int) -> bool:
        """Return whether Beadle has asked for a deletion, and was not refused."""
        return message_id in self._asked

    def ask(self, message_ids: Iterable[int]) -> None:
        """Note that Beadle is about to ask for deletions."""
        for key in message_ids:
            _remember(self._asked, key)

    def refused(self, message_id: int) -> None:
        """Note that a deletion that Beadle asked for was refused."""
        self._asked.pop(message_id, None)


def _remember(among: dict[int, None], key: int) -> None:
    among[key] = None
    if len(among) > REMEMBERED:
        del among[next(iter(among))]
