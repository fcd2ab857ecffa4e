"""Write cases to the record, together where they come together, and wait out a database that is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from bot.alerts import Alerts
from bot.enforcement.batching import Batcher
from bot.messages.text import count
from bot.ports import Clock
from storage.engine.database import Database, Unavailable
from storage.recording import NewCase, Recorded, record_many

log = logging.getLogger(__name__)

BATCH = 50
OUTAGE = "record"
"""The key of the alert that the record cannot be written."""


class Recorder:
    """Commits cases in batches. While the database is away they wait, and their posts stay up."""

    def __init__(
        self,
        db: Database,
        alerts: Alerts,
        clock: Clock,
        owner: str,
        lease_for: timedelta,
        *,
        first_pause: float = 1.0,
        longest_pause: float = 30.0,
    ) -> None:
        """Take the name under which work is leased, and the pauses between tries, in seconds."""
        self._db = db
        self._alerts = alerts
        self._clock = clock
        self._owner = owner
        self._lease_for = lease_for
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self._batcher: Batcher[NewCase, Recorded] = Batcher(self._write, limit=BATCH)

    async def record(self, new: NewCase) -> Recorded:
        """Return a case once it is on record, however long the database takes."""
        return await self._batcher.submit(new)

    async def close(self) -> None:
        """Stop, giving up what still waits: its posts are read again after a restart."""
        await self._batcher.close()

    async def _write(self, batch: Sequence[NewCase]) -> Sequence[Recorded | Exception]:
        pause = self._first_pause
        while True:
            try:
                recorded = await self._commit(batch)
            except Unavailable as error:
                log.warning("the record cannot be written: %s", error)
                waiting = len(batch) + len(self._batcher)
                self._alerts.tell(
                    "The record cannot be written, so nothing is removed: posts that break the policy stay "
                    f"up until it can be. {count(waiting, 'post')} so far. ({error})",
                    key=OUTAGE,
                )
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._longest_pause)
            else:
                if self._alerts.settle(OUTAGE):
                    waited = count(len(batch) + len(self._batcher), "post")
                    self._alerts.tell(f"The record can be written again. Dealt with now: {waited}.")
                return recorded

    async def _commit(self, batch: Sequence[NewCase]) -> Sequence[Recorded | Exception]:
        now = self._clock()
        try:
            return await record_many(self._db, batch, now=now, owner=self._owner, lease_for=self._lease_for)
        except Unavailable:
            raise
        except Exception as error:
            if len(batch) == 1:
                return [error]
            # One case that cannot be written must not keep the others off the record.
            return [result for new in batch for result in await self._commit([new])]
