"""Carry out what was decided, each act once, through outages and crashes.

The database is the queue. An act is marked as about to leave before it leaves; one that is found so marked
later may have happened, and is looked for before it is done again. Where nobody can tell, it is marked
uncertain and staff are told.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from bot.alerts import Alerts
from bot.config import Enforcement as Settings
from bot.enforcement.plan import IN_WORDS, in_words
from bot.messages.text import count
from bot.ports import Clock, PlatformError, Refusal
from storage import cases, enforcements
from storage.cases import Case
from storage.enforcements import Enforcement as Act
from storage.enforcements import SentMessage
from storage.engine.database import Database, Transaction, Unavailable
from storage.recording import Recorded
from storage.schema import EnforcementState

log = logging.getLogger(__name__)

T = TypeVar("T")

AT_ONCE = 16
"""How many acts are under way at a time."""
TRIES = 200
"""How often an act is tried before it is given up: more than a day at the longest pause."""
TICK = 2.0
"""Seconds between looks at what is due."""


class Uncertain(Exception):  # noqa: N818 - reads as what it is at every raise and except
    """Nobody can tell whether the act happened."""


class Hopeless(Exception):  # noqa: N818 - reads as what it is at every raise and except
    """The act cannot happen, and trying again will not change that."""


@dataclass(frozen=True, slots=True)
class Done:
    """An act that happened: the messages it made, and what else the record must say with it.

    `needless` says that somebody else had seen to it before.
    """

    sent: tuple[SentMessage, ...] = ()
    note: Callable[[Transaction, datetime], None] | None = None
    needless: bool = False


Handler = Callable[[Case, Act, bool], Awaitable[Done]]
"""Carries out an act for a case. The flag says that it may have happened already.

Raises PlatformError, Uncertain or Hopeless.
"""


class Enforcement:
    """Claims acts that are due and carries them out, each kind by its handler."""

    def __init__(
        self,
        db: Database,
        community: int,
        handlers: Mapping[str, Handler],
        alerts: Alerts,
        clock: Clock,
        owner: str,
        settings: Settings,
    ) -> None:
        """Take the handlers by kind, and the name under which work is leased."""
        self._db = db
        self._community = community
        self._handlers = handlers
        self._alerts = alerts
        self._clock = clock
        self._owner = owner
        self._lease = timedelta(seconds=settings.lease_seconds)
        self._first = timedelta(seconds=settings.first_pause_seconds)
        self._longest = timedelta(seconds=settings.longest_pause_seconds)
        minutes = math.ceil(settings.longest_pause_seconds / 60)
        self._often = "every minute" if minutes == 1 else f"every {count(minutes, 'minute')}"
        self._under_way: dict[tuple[int, str], asyncio.Task[None]] = {}
        self._claimed: set[tuple[int, str]] = set()
        self._wake = asyncio.Event()
        self._unsure = False

    async def take_over(self) -> int:
        """Free what a process that is gone had leased, and return how many acts. Raises Unavailable."""
        return await self._db.transaction(enforcements.release_others, self._community, self._owner)

    def begin(self, recorded: Recorded) -> None:
        """Start at once on what a new case leased to us; the rest is due when that is over."""
        ours = [act for act in recorded.enforcements if act.lease_owner == self._owner]
        for act in ours:
            # What was on record before may be under way.
            if act.key not in self._under_way:
                self._start(act, recorded.case)
        if recorded.created and not ours:
            self._wake.set()

    async def hasten(self) -> None:
        """Let everything that was put off fall due now. Raises Unavailable."""
        if await self._db.transaction(enforcements.hasten, self._community, now=self._clock()):
            self._wake.set()

    async def run(self) -> None:
        """Carry out what is due, until cancelled."""
        while True:
            try:
                await self._claim()
            except Unavailable as error:
                self._unsure = True
                log.warning("what is due cannot be read: %s", error)
            except Exception:
                log.exception("claiming what is due failed; it is tried again")
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self._wake.wait()
            self._wake.clear()

    async def drain(self, seconds: float) -> None:
        """Wait for what is under way, at most so many seconds, and let go of the rest."""
        if self._under_way:
            _, left = await asyncio.wait(self._under_way.values(), timeout=seconds)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _claim(self) -> None:
        room = AT_ONCE - len(self._claimed)
        # A transaction for every single act would cost more than the acts.
        if room < AT_ONCE // 2:
            return
        for act, case in await self._db.transaction(self._take, room, frozenset(self._under_way)):
            if act.key not in self._under_way:
                self._claimed.add(act.key)
                self._start(act, case)
        self._unsure = False

    def _take(
        self, tx: Transaction, limit: int, under_way: frozenset[tuple[int, str]]
    ) -> list[tuple[Act, Case]]:
        now = self._clock()
        if self._unsure:
            # A server that went away while it committed may have leased us what we never heard of.
            enforcements.release_idle(tx, self._community, self._owner, under_way)
        acts = enforcements.claim_due(
            tx, self._community, self._owner, now=now, lease_for=self._lease, limit=limit
        )
        for act in acts:
            enforcements.mark_sending(tx, act, now=now, lease_for=self._lease)
        return [(act, cases.get(tx, act.case_id)) for act in acts]

    def _start(self, act: Act, case: Case) -> None:
        task = self._under_way[act.key] = asyncio.create_task(self._carry_out(act, case))
        task.add_done_callback(lambda _: self._finished(act.key))

    def _finished(self, key: tuple[int, str]) -> None:
        del self._under_way[key]
        self._claimed.discard(key)
        self._wake.set()

    async def _carry_out(self, act: Act, case: Case) -> None:
        try:
            await self._attempt(act, case)
        except Exception:
            log.exception("%s of case %s failed", act.kind, case.number)
            self._tell(act, case, "met an error of Beadle's own, and is tried again. The log says more")

    async def _attempt(self, act: Act, case: Case) -> None:
        maybe_done = act.state is EnforcementState.SENDING
        try:
            done = await self._however_long(lambda: self._handlers[act.kind](case, act, maybe_done))
        except Uncertain as error:
            await self._write(enforcements.mark_uncertain, act, str(error))
            self._tell(act, case, f"may or may not have happened. Please look: {error}")
        except Hopeless as error:
            await self._give_up(act, case, str(error))
        except PlatformError as error:
            await self._put_off(act, case, error)
        else:
            await self._write(self._note, act, done)
            if act.error is not None and self._alerts.settle(_waits(act, act.error)):
                mended = "went through: what it waited for is mended"
                self._tell(act, case, "is not needed any more" if done.needless else mended)

    async def _write(self, note: Callable[..., object], *facts: object) -> None:
        """Note how an act ended, however long the database takes: nothing else remembers."""
        await self._however_long(lambda: self._db.transaction(note, *facts, now=self._clock()))

    async def _however_long(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Return what an attempt does that is made again for as long as the database is away.

        A handler asks the database before it asks the platform for anything that must not happen twice.
        """
        while True:
            try:
                return await attempt()
            except Unavailable as error:
                self._unsure = True
                log.warning("waiting for the database: %s", error)
                await asyncio.sleep(TICK)

    def _note(self, tx: Transaction, act: Act, done: Done, *, now: datetime) -> None:
        if enforcements.mark_done(tx, act, now=now, sent=done.sent) and done.note is not None:
            done.note(tx, now)

    async def _put_off(self, act: Act, case: Case, error: PlatformError) -> None:
        if error.refusal in (Refusal.INVALID, Refusal.DOOR_CLOSED) or act.attempts >= TRIES:
            await self._give_up(act, case, str(error))
            return
        if error.refusal is Refusal.UNAVAILABLE:
            pause = min(self._first * 2 ** min(act.attempts, 20), self._longest)
            happened = None
        else:
            # Somebody has to mend a permission or a channel first.
            pause, happened = self._longest, False
            what = f"waits until somebody mends this, and is tried again {self._often}: {error}"
            self._tell(act, case, what, key=_waits(act, str(error)))
        log.info("%s of case %s is put off: %s", act.kind, case.number, error)
        at = self._clock() + pause
        await self._however_long(
            lambda: self._db.transaction(enforcements.retry_at, act, at, str(error), happened=happened)
        )

    async def _give_up(self, act: Act, case: Case, reason: str) -> None:
        await self._write(enforcements.mark_failed, act, reason)
        self._tell(act, case, f"cannot be done: {reason}")

    def _tell(self, act: Act, case: Case, what: str, *, key: str | None = None) -> None:
        self._alerts.tell(f"{in_words(case)}: its {IN_WORDS[act.kind]} {what}.", key=key)


def _waits(act: Act, error: str) -> str:
    """Return the key of the alert that acts of a kind wait until somebody mends what the error names."""
    return f"{act.kind}:{error}"
