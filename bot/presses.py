"""Answer the buttons on Beadle's messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.enforcement.casefile import Casefile
from bot.enforcement.plan import ARCHIVE, due
from bot.messages import notice, removed
from bot.messages.text import escape, local
from bot.ports import Clock, Platform, PlatformError, Sent
from rules.post import Author
from storage import cases, enforcements, ledger
from storage.cases import Case
from storage.engine.database import Transaction, Unavailable

Answer = Callable[[Case, Author], Awaitable[str]]


class Presses:
    """Carries out what a button says, for those who may press it."""

    def __init__(
        self,
        casefile: Casefile,
        platform: Platform,
        clock: Clock,
        community: int,
        coordinators: frozenset[str],
    ) -> None:
        """Take the ids and names of the roles that hold the coordinator's office."""
        self._casefile = casefile
        self._platform = platform
        self._clock = clock
        self._community = community
        self._coordinators = coordinators
        self._answers: dict[str, Answer] = {notice.WHY: self._why, removed.RECEIVED: self._received}

    async def answer(self, action: str, presser: Author) -> str:
        """Do what `action`, as `verb:case number`, says, and return words for the presser alone."""
        verb, _, number = action.partition(":")
        answer = self._answers.get(verb)
        if answer is None or not number.isdecimal() or len(number) > 18:
            return "This button is from another version of Beadle and does nothing any more."
        try:
            case = await self._casefile.db.read(cases.by_number, self._community, int(number))
            if case is None:
                return f"Case {number} is not on record."
            return await answer(case, presser)
        except Unavailable:
            return "The record cannot be reached right now. Please try again in a minute."

    async def _why(self, case: Case, presser: Author) -> str:
        if presser.id != case.author_id:
            return "Only whom it was sent to can open this."
        return notice.direct_notice(await self._casefile.open(case.id)).text

    async def _received(self, case: Case, presser: Author) -> str:
        if self._coordinators.isdisjoint(presser.roles):
            return "Only the communications coordinator can stamp this form."
        stamped = await self._casefile.db.transaction(self._stamp, case.id, presser, self._clock())
        dossier = await self._casefile.open(case.id)
        when = local(dossier.received_at, dossier.zone) if dossier.received_at else ""
        if not stamped:
            return f"It was stamped already: received {when} by {escape(dossier.received_by or '')}."
        copies = await self._casefile.db.read(enforcements.messages_of, case.id)
        form = next((m for m in copies if m.purpose == ARCHIVE), None)
        if form is not None:
            try:
                shown = removed.archive_copy(dossier)[0]
                await self._platform.edit(Sent(form.channel_id, form.message_id), shown)
            except PlatformError as error:
                return f"Stamped on record: received {when}. The form here could not be changed: {error}"
        return f"Stamped: case {case.number} was received {when}."

    def _stamp(self, tx: Transaction, case_id: int, presser: Author, now: datetime) -> bool:
        case = cases.get(tx, case_id)
        if case.received_at is not None:
            return False
        removed_at = case.ended_at
        ends = due(removed_at, now) if removed_at else None
        cases.amend(tx, case.id, {"received_at": now, "received_by": presser.screen_name, "due_at": ends})
        ledger.append(
            tx, case.community, "case.received", {}, at=now, actor=str(presser.id), case_number=case.number
        )
        return True
