"""A city's server in the sandbox, its people, its Beadle in another process, and the count afterwards."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import aiohttp

from bot.sandbox import Exchange, Sandbox, Settings, sample_community
from bot.sandbox.world.messages import Message
from bot.sandbox.world.models import Channel
from rules.post import Subject
from storage import Database, Transaction, cases, cursors, enforcements, ledger, open_database
from storage.cases import Case
from storage.schema import EnforcementState
from tests.e2e.resilience_bot import Ahead, Life, start

POLICY = """\
name: Harbor City community policy
city: Harbor City
clauses:
  - {id: privacy, title: Private information, text: Do not post private information.}
  - {id: conduct, title: Conduct, text: No foul words.}
  - {id: floods, title: Floods, text: Do not flood a channel.}
rules:
  - id: private-ssn
    clause: privacy
    category: privacy
    action: hide
    when: {private: [ssn]}
    authorised_by: City Council
    authorised_on: 2025-01-06
    authorised_why: Exact.
  - id: foul
    clause: conduct
    category: vulgarity
    action: hide
    when: {words: [zounderkite]}
    authorised_by: City Council
    authorised_on: 2025-01-06
    authorised_why: Exact.
  - id: flood
    clause: floods
    category: spam
    action: hide
    when: {repeats: {posts: 3, seconds: 600, min_letters: 60}}
    authorised_by: City Council
    authorised_on: 2025-01-06
    authorised_why: Exact.
"""
FOUL = "you zounderkite"
FINE = "the mayor is wrong about the budget"
SAME = "Buy the finest harbor view apartments in all of Harbor City today, only from us, only this week"
BEFORE_A_FLOOD = 2
"""How many posts of one text are no flood yet, by the policy."""
PATIENCE = 60.0
"""Seconds after which a test gives up on something that must come. Nothing is timed."""
UNFINISHED = (EnforcementState.PENDING, EnforcementState.SENDING)


async def until(holds: Callable[[], bool | Awaitable[bool]], what: str) -> None:
    """Wait for something that must come."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not (await answer if isinstance(answer := holds(), Awaitable) else answer):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"this did not come: {what}") from None


class City:
    """The sample community, with what its people and the test do to it."""

    def __init__(
        self,
        folder: Path,
        sandbox: Sandbox,
        http: aiohttp.ClientSession,
        db: Database,
        database: str,
        asked: Counter[str],
        clock: Path,
    ) -> None:
        self._folder = folder
        self._http = http
        self._lives = count(1)
        self.sandbox = sandbox
        self.community = sample_community(sandbox)
        self.beadle: ForkServerProcess | None = None
        self.pages = folder / "pages"
        self._clock = clock
        self.asked = asked
        """Beadle's requests, by method."""
        self.db = db
        (folder / "policy.yaml").write_text(POLICY, "utf-8")
        path = database.removeprefix("sqlite:///")
        self.settings: dict[str, Any] = {
            **({"database_url": database} if path == database else {"database_path": path}),
            "community": {"name": "Harbor City", "guild": self.id, "timezone": "America/Chicago"},
            "policy": str(folder / "policy.yaml"),
            "discord": {"api": sandbox.api, "gateway": sandbox.gateway, "cdn": sandbox.cdn},
            "enforcement": {"lease_seconds": 5, "first_pause_seconds": 1, "longest_pause_seconds": 2},
            "roles": {"coordinator": ["Coordinator"]},
        }

    @property
    def id(self) -> int:
        """Return the id of the server."""
        return self.community.guild.id

    # What Beadle's process goes through.

    async def start(self, moment: str = "", number: int = 1) -> None:
        """Start Beadle, to die at a moment if one is given, and wait until it has caught up or has died."""
        self.launch(moment, number)
        await until(lambda: self.ready.exists() or not self.alive, f"Beadle is ready; see {self.log}")
        assert self.alive or moment, self.log_text

    def launch(self, moment: str = "", number: int = 1) -> None:
        """Start Beadle and do not wait."""
        life = next(self._lives)
        self.ready, self.log = self._folder / f"ready-{life}", self._folder / f"log-{life}"
        token = self.community.bot.token
        self.beadle = start(
            Life(self.settings, token, self.log, self.ready, self.pages, self._clock, moment, number)
        )

    @property
    def alive(self) -> bool:
        """Return whether Beadle's process lives."""
        return self.beadle is not None and self.beadle.is_alive()

    @property
    def connected(self) -> bool:
        """Return whether Beadle is connected to the gateway."""
        return bool(self.sandbox.hub.of(self.community.bot))

    @property
    def log_text(self) -> str:
        """Return what Beadle has logged in this life."""
        return self.log.read_text("utf-8") if self.log.exists() else ""

    async def dead(self) -> None:
        """Wait until Beadle has been killed where it was to be."""
        await until(lambda: not self.alive, f"Beadle dies; see {self.log}")
        assert self.beadle is not None
        assert self.beadle.exitcode == -9, self.log_text

    async def kill(self) -> None:
        """Kill Beadle, as a power cut would."""
        assert self.beadle is not None
        self.beadle.kill()
        await self.dead()

    def end(self) -> None:
        """Kill whatever runs."""
        if self.alive and self.beadle is not None:
            self.beadle.kill()
            self.beadle.join()

    async def stop(self) -> None:
        """Stop Beadle in good order."""
        assert self.beadle is not None
        self.beadle.terminate()
        await until(lambda: not self.alive, "Beadle stops")

    def later(self, seconds: float) -> None:
        """Let so many seconds pass in no time, for Discord and Beadle alike."""
        Ahead(self._clock).advance(seconds)

    # What people do.

    async def say(
        self, text: str, *, who: str = "resident", where: str | Channel = "town-square", files: int = 0
    ) -> int:
        """Post a message as a person, with so many files, and return its id."""
        path, body = f"/channels/{self.channel(where).id}/messages", {"content": text}
        if not files:
            return int((await self.request("POST", path, who, json=body))["id"])
        form = aiohttp.FormData()
        form.add_field("payload_json", json.dumps(body), content_type="application/json")
        for n in range(files):
            form.add_field(f"files[{n}]", b"x" * 1_000, filename=f"file-{n}.png")
        return int((await self.request("POST", path, who, data=form))["id"])

    async def edit(
        self, message_id: int, text: str, *, who: str = "resident", where: str = "town-square"
    ) -> None:
        """Edit a message as its author."""
        path = f"/channels/{self.channel(where).id}/messages/{message_id}"
        await self.request("PATCH", path, who, json={"content": text})

    async def thread(self, title: str, *, who: str = "resident", where: str = "town-square") -> Channel:
        """Open a thread, or a post in a forum, and return it."""
        body: dict[str, Any] = {"name": title, "type": 11}
        if where == "ask-city-hall":
            body = {"name": title, "message": {"content": "A question."}}
        made = await self.request("POST", f"/channels/{self.channel(where).id}/threads", who, json=body)
        return self.sandbox.world.channel(int(made["id"]))

    async def request(self, method: str, path: str, who: str, **arguments: Any) -> Any:
        """Ask the sandbox as a person's client does."""
        headers = {"Authorization": self.community.people[who].token}
        url = self.sandbox.api + path
        async with self._http.request(method, url, headers=headers, **arguments) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json() if answer.status != 204 else None

    # What stands in the sandbox and in the record.

    def channel(self, where: str | Channel) -> Channel:
        """Return a channel by its name."""
        return self.community.channels[where] if isinstance(where, str) else where

    def messages(self, where: str | Channel) -> list[Message]:
        """Return what stands in a channel, oldest first."""
        log = self.channel(where).log
        return [message for key in log.ids if (message := log.get(key)) is not None]

    def own(self, channels: Iterable[Channel]) -> list[Message]:
        """Return what Beadle said in some channels."""
        return [m for channel in channels for m in self.messages(channel) if m.author is self.community.bot]

    def deleted(self, where: str | Channel = "town-square") -> Sequence[int]:
        """Return the ids of the messages that were deleted from a channel, one for each deletion."""
        return self.channel(where).log.deleted

    def alerts(self, about: str = "") -> list[str]:
        """Return what staff were told in the alerts channel."""
        return [m.content for m in self.messages("alerts") if about in m.content]

    async def cases(self) -> list[Case]:
        """Return the cases on record."""

        def read(tx: Transaction) -> list[Case]:
            found: list[Case] = []
            while (case := cases.by_number(tx, self.id, len(found) + 1)) is not None:
                found.append(case)
            return found

        return await self.db.read(read)

    async def seen(self, message_id: int, where: str) -> bool:
        """Return whether a restart would read a channel back from this message on."""
        marks = await self.db.read(cursors.positions, self.id)
        return marks.get(self.channel(where).id, 0) >= message_id

    async def passed_over(self, posts: Mapping[int, str | Channel]) -> list[int]:
        """Return which of these posts have no case, though a restart would not read back so far."""
        marks = await self.db.read(cursors.positions, self.id)
        on_record = {case.subject_id for case in await self.cases()}
        return [
            post
            for post, where in posts.items()
            if post not in on_record and marks.get(self.channel(where).id, 0) >= post
        ]

    async def quiet(self, expected: int) -> None:
        """Wait until so many cases are on record and nothing is left to do for any.

        As long as something still moves, there is no hurry.
        """

        def busy(tx: Transaction) -> str:
            states = enforcements.count_by_state(tx, self.id)
            left = {state.name: n for state, n in states.items() if state in UNFINISHED}
            made = expected == 0 or cases.by_number(tx, self.id, expected) is not None
            done = sum(states.values()) - sum(left.values())
            return "" if made and not left else f"case {expected} on record: {made}; {left} left, {done} done"

        clock, last = asyncio.get_running_loop().time, ""
        while busy_with := await self.db.read(busy):
            assert self.alive, self.log_text
            if busy_with != last:
                last, since = busy_with, clock()
            assert clock() - since < PATIENCE, f"{busy_with}; see {self.log}"
            await asyncio.sleep(0.05)

    async def account(self, posts: Iterable[int]) -> Counter[EnforcementState]:
        """Check that each post was dealt with exactly once, and return how its acts ended.

        Exactly: one case each, one deletion, one archive copy, and one queue entry and one notice for each
        case or incident. Only an act that is openly marked uncertain may have left none; none may leave two.
        """
        found = await self.cases()
        assert sorted(case.subject_id for case in found) == sorted(posts)
        assert await self.db.read(ledger.verify, self.id) is None
        world = self.sandbox.world
        removed = Counter(key for channel in world.channels.values() for key in channel.log.deleted)
        assert removed == Counter(case.subject_id for case in found if case.subject is Subject.POST)
        said = {
            "archive": self.own([self.channel("staff-archive")]),
            "queue": self.own([self.channel("review-queue")]),
            "notice": self.own(c for c in world.channels.values() if c.guild is None),
        }
        said["notice"] += self.own([self.channel("town-square")])
        purposes = {"archive": "removed comment**", "queue": "for review", "notice": "notice"}
        ends: Counter[EnforcementState] = Counter()
        for case in found:
            acts = {act.kind: act.state for act in await self.db.read(enforcements.for_case, case.id)}
            ends.update(acts.values())
            for kind, purpose in purposes.items():
                sent = sum(f"Case {case.number} · {purpose}" in message.content for message in said[kind])
                unsure = acts.get(kind) is EnforcementState.UNCERTAIN
                allowed = (0, 1) if unsure else (int(kind in acts),)
                assert sent in allowed, f"case {case.number} has {sent} of {kind}"
        owners = [case.incident_id or -case.id for case in found]
        leads = [
            case.incident_id or -case.id
            for case in found
            if {"queue", "notice"} <= {act.kind for act in await self.db.read(enforcements.for_case, case.id)}
        ]
        assert sorted(leads) == sorted(set(owners))
        return ends


@asynccontextmanager
async def city(folder: Path, database: str = "", *, nonce_life: float = 300.0) -> AsyncIterator[City]:
    """Build a city, with no Beadle in it yet, and take it down afterwards with whatever Beadle it has.

    `nonce_life` is for how many seconds the sandbox refuses to post a message twice, as Discord does.
    """
    database = database or f"sqlite:///{folder}/beadle.sqlite3"
    async with AsyncExitStack() as stack:
        asked: Counter[str] = Counter()

        def watch(exchange: Exchange) -> None:
            asked[exchange.method] += exchange.bot

        clock = folder / "clock"
        sandbox = Sandbox(settings=Settings(nonce_life=nonce_life), observer=watch, clock=Ahead(clock))
        await sandbox.start()
        stack.push_async_callback(sandbox.stop)
        db = await open_database(database)
        stack.push_async_callback(db.close)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        made = City(folder, sandbox, http, db, database, asked, clock)
        stack.callback(made.end)
        yield made
