"""Where the afternoon plays: the people, the channels, the record, and what becomes of a post."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import aiohttp

from bot.cli.afternoon.people import Json, Person
from bot.sandbox import Community, Happening
from rules.post import Subject
from storage import Database, Transaction, cases, cursors, enforcements, evidence, ledger
from storage.cases import Case
from storage.enforcements import SentMessage
from storage.schema import EnforcementState

PATIENCE = 20.0
"""Seconds after which what has not happened is taken not to happen."""
LOOK = 0.05
"""Seconds between looks."""
DIRECT = "direct message"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a post: whether it stands, what is on record of it, and where somebody was told."""

    stands: bool
    case: str = ""
    told: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """Return the outcome in words."""
        where = "stays up" if self.stands else "removed"
        case = f"on record as {self.case}" if self.case else "no case"
        told = f"told in {', '.join(sorted(self.told))}" if self.told else "nobody told"
        return f"{where}; {case}; {told}"


UNTOUCHED = Outcome(stands=True)


class Stage:
    """The sample community with its people on it."""

    def __init__(self, community: Community, http: aiohttp.ClientSession, db: Database) -> None:
        """Take a running community and the record that Beadle keeps of it."""
        facts = community.ready()
        self.channels: dict[str, str] = facts["channels"]
        self._names = {int(key): f"#{name}" for name, key in self.channels.items()}
        self._people = {name: Person(http, facts, name) for name in facts["people"]}
        self._guild = community.guild.id
        self._db = db
        self._told_alone: list[tuple[str, str]] = []
        community.sandbox.subscribe(self._hear)

    def __getitem__(self, name: str) -> Person:
        """Return a person."""
        return self._people[name]

    async def outcome(self, post: Json) -> Outcome:
        """Return what became of a post, once Beadle has dealt with it and all that follows."""
        found = await self.cases(post)
        author = next(p for p in self._people.values() if p.id == post["author"]["id"])
        stands = await author.look(post["channel_id"], post["id"]) is not None
        if not found:
            return Outcome(stands)
        case = found[-1]
        told = {await self._place(author, sent) for sent in await self.sent(case)}
        return Outcome(stands, f"{case.action.word}, {case.category}", frozenset(told))

    async def cases(self, post: Json) -> tuple[Case, ...]:
        """Return the cases of a post, once they are carried out; none once it was found to be in order."""

        async def settled() -> tuple[Case, ...] | None:
            return await self._db.read(self._settled, post)

        return await wait_for(settled) or ()

    def _settled(self, tx: Transaction, post: Json) -> tuple[Case, ...] | None:
        channel_id, message_id = int(post["channel_id"]), int(post["id"])
        found = cases.of_subject(tx, self._guild, Subject.POST, message_id)
        acts = [act for case in found for act in enforcements.for_case(tx, case.id)]
        if found:
            under_way = (EnforcementState.PENDING, EnforcementState.SENDING)
            return None if any(act.state in under_way for act in acts) else found
        # The cursor tells of posts as they came; of an edit only a case does.
        passed = cursors.positions(tx, self._guild).get(channel_id, 0) >= message_id
        return () if passed and not post["edited_timestamp"] else None

    async def sent(self, case: Case) -> tuple[SentMessage, ...]:
        """Return every message that Beadle made for a case."""
        return await self._db.read(enforcements.messages_of, case.id)

    async def delivered(self, case: Case, purpose: str, reader: str) -> Json:
        """Return the message made for a case with one purpose, as a reader sees it. Raises LookupError."""
        for sent in await self.sent(case):
            if sent.purpose == purpose:
                message = await self[reader].look(sent.channel_id, sent.message_id)
                if message is not None:
                    return message
        raise LookupError(f"case {case.number} has no {purpose} that {reader} can see")

    async def now(self, case: Case) -> Case:
        """Return a case as it is on record at this moment."""
        return await self._db.read(cases.get, case.id)

    async def earlier_versions(self, case: Case) -> list[str]:
        """Return the texts of the versions on record before the one that the case is about."""
        return [version.post.text for version in (await self._db.read(evidence.of_case, case.id))[:-1]]

    async def ledger_holds(self) -> bool:
        """Return whether every entry of the ledger is sealed to the one before it."""
        return await self._db.read(ledger.verify, self._guild) is None

    async def answer(self, person: Person, message: Json, label: str) -> str:
        """Let a person press a button, and return what only they are told."""
        heard = len(self._told_alone)
        await person.press(message, label)

        async def told() -> str | None:
            return next((words for who, words in self._told_alone[heard:] if who == person.id), None)

        return await wait_for(told) or "nothing"

    def _hear(self, happening: Happening) -> None:
        message = happening.message
        if message is not None and message.only_for is not None and message.content:
            self._told_alone.append((str(message.only_for.id), message.content))

    async def _place(self, author: Person, sent: SentMessage) -> str:
        """Return where a message stands, seen by those it is for."""
        name = self._names.get(sent.channel_id, DIRECT)
        reader = author if name in (DIRECT, "#town-square", "#parks-and-rec") else self["moderator"]
        return name if await reader.look(sent.channel_id, sent.message_id) else f"{name} (but not to be seen)"


async def wait_for(look: Callable[[], Awaitable[T | None]]) -> T | None:
    """Look again and again until there is something to see, or return None when patience ends."""
    try:
        async with asyncio.timeout(PATIENCE):
            while (seen := await look()) is None:  # noqa: ASYNC110 - the record tells nobody that it grew
                await asyncio.sleep(LOOK)
            return seen
    except TimeoutError:
        return None
