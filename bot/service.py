"""The use cases of one community, wired together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from bot.alerts import Alerts
from bot.config import Config, Ref
from bot.enforcement.casefile import Casefile
from bot.enforcement.deliveries import Deliveries
from bot.enforcement.enforcement import Enforcement
from bot.enforcement.plan import ARCHIVE, DELETE, NOTICE, QUEUE, RENAME
from bot.enforcement.recorder import Recorder
from bot.enforcement.removal import Removal
from bot.enforcement.standing import Standing
from bot.ports import Clock, Platform, PlatformError, Refusal
from bot.presses import Presses
from bot.reminders import Reminders
from bot.roll_call import Landmarks, absent
from bot.screening.catch_up import CatchUp
from bot.screening.screening import Screening
from bot.screening.watermarks import Watermarks
from rules.load import dump_policy
from rules.post import Author, Post
from rules.ruleset import Ruleset
from storage import Database, Transaction, Unavailable, cases, cursors, evidence, ledger, rulesets
from storage.rulesets import RulesetChange

log = logging.getLogger(__name__)

UPKEEP = 2.0
"""Seconds between savings of what has been seen."""
FLOODS_LAST = timedelta(minutes=10)
"""How long after its last post a flood may go on as the same."""
DRAIN = 8.0
"""Seconds that acts under way get to end when Beadle stops."""


class Service:
    """Everything Beadle does for one community, once it leads there."""

    def __init__(
        self,
        config: Config,
        db: Database,
        platform: Platform,
        ruleset: Ruleset,
        *,
        community: int,
        owner: str,
        resolve: Callable[[Ref], int | None],
        landmarks: Callable[[], Landmarks],
        clock: Clock,
        on_ready: Callable[[], None],
    ) -> None:
        """Take what the platform knows, and `on_ready`, called when what was missed is read.

        `resolve` finds a channel's id; `landmarks` says which channels and roles there are.
        """
        channels = config.channels
        lease = timedelta(seconds=config.enforcement.lease_seconds)
        self._db = db
        self._community = community
        self._clock = clock
        self._on_ready = on_ready
        self._config = config
        self._landmarks = landmarks
        self._tasks: list[asyncio.Task[None]] = []
        self.marks = Watermarks()
        self.alerts = Alerts(platform, lambda: resolve(channels.alerts), clock)
        casefile = Casefile(
            db, config.community.name, config.community.timezone, lambda: self.screening.ruleset
        )
        standing = Standing(platform, clock)
        removal = Removal(
            platform,
            casefile,
            standing,
            clock,
            tell=self.alerts.tell,
            screen=lambda post: self.edit(post, None),
        )
        self.deliveries = Deliveries(
            platform,
            casefile,
            archive_channel=lambda: _existing("staff_archive", channels.staff_archive, resolve),
            queue_channel=lambda: _existing("review_queue", channels.review_queue, resolve),
        )
        self.enforcement = Enforcement(
            db,
            community,
            {
                DELETE: removal.delete,
                RENAME: removal.rename,
                ARCHIVE: self.deliveries.archive,
                NOTICE: self.deliveries.notice,
                QUEUE: self.deliveries.queue,
            },
            self.alerts,
            clock,
            owner,
            config.enforcement,
        )
        self.recorder = Recorder(db, self.alerts, clock, owner, lease)
        self.screening = Screening(
            config, ruleset, platform, self.recorder, self.enforcement, standing, self.marks, self.alerts
        )
        self.catch_up = CatchUp(platform, self.screening, self.marks, self.alerts, clock, config.catch_up)
        self.reminders = Reminders(
            config,
            db,
            platform,
            community=community,
            owner=owner,
            resolve_channel=resolve,
            clock=clock,
            alert=self.alerts.tell,
        )
        coordinators = frozenset(map(str, config.roles.coordinator))
        self.presses = Presses(casefile, platform, clock, community, coordinators)

    async def start(self) -> None:
        """Take over where an earlier run ended. Raises Unavailable."""
        freed = await self.enforcement.take_over()
        if freed:
            log.info("taking over %s acts that an earlier run left", freed)
        self._last_awake, self._began = await self._db.transaction(self._take_stock)
        for post, incident in await self._db.read(self._last_floods):
            self.screening.recall(post, incident)
        self.catch_up.lost(self._last_awake)

    def _take_stock(self, tx: Transaction) -> tuple[datetime | None, datetime | None]:
        ruleset = self.screening.ruleset
        current = rulesets.current(tx, self._community)
        change = RulesetChange(
            version=ruleset.version,
            source=dump_policy(ruleset.policy),
            diff="",
            author_id=None,
            author="policy file",
            reason="loaded at start",
        )
        rulesets.remember(
            tx, self._community, change, parent=current.number if current else None, now=self._clock()
        )
        last = cursors.last_beat(tx, self._community)
        if last is None:
            # A first run may end before it leaves a mark, and the next must not take itself for the first.
            cursors.beat(tx, self._community, now=self._clock())
        self.marks.restore(cursors.positions(tx, self._community), last)
        return last, ledger.began(tx, self._community)

    def _last_floods(self, tx: Transaction) -> list[tuple[Post, str | None]]:
        """Return the removed and flagged posts of floods that may still go on."""
        since = self._clock() - FLOODS_LAST
        last = (evidence.of_case(tx, case.id)[-1] for case in cases.of_incidents(tx, self._community, since))
        return [(found.post, found.verdict.incident) for found in last if found.verdict is not None]

    async def connected(self) -> None:
        """Begin to work, on the first connection, and read back what was missed, on every one."""
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(work)
                for work in (
                    self.alerts.run(),
                    self.enforcement.run(),
                    self.reminders.start(self._last_awake, self._began),
                    self._upkeep(),
                )
            ]
            self._call_the_roll()
        try:
            await self.catch_up.run()
        except Exception:
            log.exception("what was missed could not be read back")
            self.alerts.tell(
                "What was missed could not be read back, on an error of Beadle's own: see its log."
            )
        # At once: without a mark on record, the run after a crash would take itself for the first.
        with suppress(Unavailable):
            await self._save()
        self._on_ready()

    def _call_the_roll(self) -> None:
        try:
            missing = absent(self._config, self.screening.ruleset.policy, self._landmarks())
        except PlatformError as error:
            log.warning("the names in the configuration could not be looked up: %s", error)
            return
        if missing:
            named = "\n".join(missing)
            self.alerts.tell(
                f"The server has no channel or role of these names in the configuration:\n{named}"
            )

    def disconnected(self) -> None:
        """Note that from now on posts may be missed."""
        self.catch_up.lost()

    async def post(self, post: Post) -> None:
        """Screen a new post, name or title."""
        await self.screening.see(post)

    async def edit(self, post: Post, before: Post | None) -> None:
        """Screen an edited post."""
        await self.screening.see(post, origin="edit", before=before)

    async def mended(self) -> None:
        """Try again at once what was put off because Discord refused it."""
        try:
            await self.enforcement.hasten()
        except Unavailable as error:
            log.warning("what was put off waits for its time: %s", error)

    async def press(self, action: str, who: Author) -> str:
        """Answer a button."""
        return await self.presses.answer(action, who)

    async def stop(self) -> None:
        """End what is under way, save what has been seen, and stop."""
        await self.reminders.stop()
        await self.enforcement.drain(DRAIN)
        await self.recorder.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(Unavailable):
            await self._save()

    async def _upkeep(self) -> None:
        while True:
            await asyncio.sleep(UPKEEP)
            try:
                await self._save()
                await self.deliveries.refresh(self._community)
            except Unavailable as error:
                log.warning("what has been seen cannot be saved: %s", error)
            except Exception:
                log.exception("saving what has been seen failed; it is tried again")

    async def _save(self) -> None:
        moved = self.marks.take_moved()

        def save(tx: Transaction) -> None:
            now = self._clock()
            cursors.advance(tx, self._community, moved, now=now)
            # An edit made during a gap is looked for from the last beat on.
            if self.marks.connected:
                cursors.beat(tx, self._community, now=now)

        try:
            await self._db.transaction(save)
        except Unavailable:
            self.marks.put_back(moved)
            raise


def _existing(use: str, ref: Ref, resolve: Callable[[Ref], int | None]) -> int:
    found = resolve(ref)
    if found is None:
        other = f"name another in the configuration, as channels.{use}, and start Beadle again"
        mend = f"Either make a channel of that name, or {other}"
        raise PlatformError(Refusal.MISSING, f"there is no channel {ref!r}. {mend}")
    return found
