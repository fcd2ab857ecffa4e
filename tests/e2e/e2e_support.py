"""Beadle at work in the sample community, and what a test asks of both."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from bot import app
from bot.config import Config
from bot.discord.client import Client
from bot.discord.platform import DiscordPlatform
from bot.ports import Clock, Platform
from bot.sandbox import Community
from bot.sandbox.world.message_shapes import message as shape
from bot.sandbox.world.messages import Message
from rules.post import Subject
from storage import Database, Transaction, cases, enforcements, evidence, open_database
from storage.cases import Case
from storage.enforcements import Enforcement
from storage.evidence import Evidence
from storage.schema import EnforcementState
from tests.sandbox_support import Json, PersonClient

P = ParamSpec("P")
T = TypeVar("T")

People = dict[str, PersonClient]

PATIENCE = 30.0
"""Seconds after which a test gives up on something that must come. Nothing is timed."""
LOCK_PATIENCE = 0.5
"""Seconds that Beadle waits for a lock on its database."""
UNFINISHED = (EnforcementState.PENDING, EnforcementState.SENDING)
SENTINEL = "zzyzx"

POLICY = """\
name: Sample City test policy
city: Sample City
contacts:
  coordinator: {title: Communications Coordinator, email: talk@samplecity.example}
clauses:
  - {id: privacy, title: Private information, text: Do not post private information.}
  - {id: conduct, title: Conduct, text: No foul words and no threats.}
  - {id: floods, title: Floods, text: Do not flood a channel.}
rules:
  - id: private-ssn
    clause: privacy
    category: privacy
    action: hide
    when: {private: [ssn]}
    authorised_by: City Council resolution 2025-14
    authorised_on: 2025-09-02
    authorised_why: Its form is exact.
  - id: foul
    clause: conduct
    category: vulgarity
    action: hide
    subjects: [post, title, name]
    when: {words: [zounderkite]}
    authorised_by: City Council resolution 2025-14
    authorised_on: 2025-09-02
    authorised_why: One word, of which nobody is in doubt.
  - id: threat
    clause: conduct
    category: threat
    priority: urgent
    when: {words: [hurt you]}
  - id: flood
    clause: floods
    category: spam
    action: hide
    when: {repeats: {posts: 3, seconds: 600, min_letters: 20}}
    authorised_by: City Council resolution 2025-14
    authorised_on: 2025-09-02
    authorised_why: The first posts stay up.
  - id: sentinel
    clause: conduct
    category: other
    priority: low
    when: {words: [zzyzx]}
"""
FOUL = "you zounderkite"
SAME = "Buy the finest apartments of the city today, only from us"
"""What is posted again and again: a flood."""
FINE = "the mayor is wrong about the budget"
SSN = "219-45-6789"


class Start(Protocol):
    """Starts Beadle under a policy, by its text or shipped name, with sections of the configuration set."""

    def __call__(self, policy: str = ..., **sections: Any) -> Awaitable[Beadle]: ...


class Beadle:
    """Beadle in this process, and its record."""

    def __init__(self, community: Community, people: People, config: Config) -> None:
        self.community = community
        self.config = config
        self.client: Client
        self.db: Database
        self._people = people
        self._sentinels = count(1)
        self._stop = asyncio.Event()
        self._run: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start, and return once what was missed has been read."""
        ready = asyncio.Event()
        self._stop = asyncio.Event()
        token = self.community.bot.token
        self._run = asyncio.create_task(
            app.run(
                self.config,
                token,
                self._stop,
                open_platform=self._open_platform,
                open_db=partial(open_database, busy_timeout=LOCK_PATIENCE),
                on_ready=ready.set,
            )
        )
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({self._run, waiting}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._run.done():
            await self._run
        assert ready.is_set(), "Beadle did not become ready"
        self.db = await open_database(self.config.database)

    async def stop(self) -> None:
        """Stop in good order."""
        if self._run is not None:
            self._stop.set()
            await self._run
            self._run = None
            await self.db.close()

    def _open_platform(self, client: Client, guild_id: int, clock: Clock) -> Platform:
        self.client = client
        # discord.py waits so long for more servers before it calls itself ready; here there is one.
        client._connection.guild_ready_timeout = 0.05
        return DiscordPlatform(client, guild_id, clock)

    async def read(
        self, work: Callable[Concatenate[Transaction, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what the record says."""
        return await self.db.read(work, *args, **kwargs)

    async def cases(self, subject_id: int | str, subject: Subject = Subject.POST) -> tuple[Case, ...]:
        """Return the cases there are of a post, name or title, oldest first."""
        return await self.read(cases.of_subject, self.community.guild.id, subject, int(subject_id))

    async def case(self, subject_id: int | str, subject: Subject = Subject.POST, *, nth: int = 1) -> Case:
        """Return a case of a post, name or title once all that was planned for it has been carried out."""

        async def carried_out() -> bool:
            found = await self.cases(subject_id, subject)
            return len(found) >= nth and not any(
                a.state in UNFINISHED for a in await self.acts(found[nth - 1])
            )

        await eventually(carried_out, f"case {nth} of {subject} {subject_id} is carried out")
        return (await self.cases(subject_id, subject))[nth - 1]

    async def acts(self, case: Case) -> tuple[Enforcement, ...]:
        """Return what was planned for a case, and how far that is."""
        return await self.read(enforcements.for_case, case.id)

    async def states(self, case: Case) -> dict[str, EnforcementState]:
        """Return the state of each act of a case, by its kind."""
        return {act.kind: act.state for act in await self.acts(case)}

    async def evidence(self, case: Case) -> tuple[Evidence, ...]:
        """Return what is on record of a case."""
        return await self.read(evidence.of_case, case.id)

    async def made(self, case: Case, purpose: str) -> list[Message]:
        """Return the messages that were made for a case with one purpose and still stand."""
        sent = await self.read(enforcements.messages_of, case.id)
        world = self.community.sandbox.world
        found = (world.channel(m.channel_id).log.get(m.message_id) for m in sent if m.purpose == purpose)
        return [message for message in found if message is not None]

    async def the(self, case: Case, purpose: str) -> Message:
        """Return the one message made for a case with one purpose."""
        (message,) = await self.made(case, purpose)
        return message

    async def everything_seen(self) -> None:
        """Return once all that happened so far has been screened and, if need be, recorded.

        Events are screened in the order they come, and cases recorded in that order.
        """
        text = f"{SENTINEL} {next(self._sentinels)}"
        sentinel = await self._people["admin"].say(self.community.channels["announcements"].id, text)
        await self.case(sentinel["id"])

    async def untouched(self, post: Json) -> bool:
        """Return whether a post stands and has no case, once everything so far has been seen."""
        await self.everything_seen()
        return not await self.cases(post["id"]) and self.stands(post)

    def stands(self, post: Json) -> bool:
        """Return whether a post stands."""
        return (
            self.community.sandbox.world.channel(int(post["channel_id"])).log.get(int(post["id"])) is not None
        )

    def standing(self, channel: str) -> list[Message]:
        """Return what stands in a channel, oldest first."""
        log = self.community.channels[channel].log
        return [message for key in log.ids if (message := log.get(key)) is not None]


def settings(community: Community, folder: Path, policy: str, **sections: Any) -> Config:
    """Return a configuration for the sample community, with some sections set otherwise."""
    if "\n" in policy:
        file = folder / "policy.yaml"
        file.write_text(policy, "utf-8")
        policy = str(file)
    box = community.sandbox
    given: dict[str, Any] = {
        "community": {"name": "Sample City", "guild": community.guild.id, "timezone": "America/Chicago"},
        "policy": policy,
        "database_path": folder / "beadle.sqlite3",
        "discord": {"api": box.api, "gateway": box.gateway, "cdn": box.cdn},
        "roles": {"coordinator": ["Coordinator"], "moderator": ["Moderator"]},
        "enforcement": {"lease_seconds": 5, "first_pause_seconds": 1, "longest_pause_seconds": 1},
    }
    return Config.model_validate(given | sections)


@contextmanager
def record_out_of_reach(folder: Path) -> Iterator[None]:
    """Keep Beadle from writing to its record, and so from removing anything."""
    other = sqlite3.connect(folder / "beadle.sqlite3", isolation_level=None, timeout=PATIENCE)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.close()


async def new_webhook(maker: PersonClient, channel_id: int) -> Json:
    """Let somebody who may make a webhook in a channel."""
    return dict(await maker.request("POST", f"/channels/{channel_id}/webhooks", {"name": "City News"}))


async def speak(sender: PersonClient, hook: Json, **body: Any) -> Json:
    """Post through a webhook."""
    path = f"/webhooks/{hook['id']}/{hook['token']}"
    return dict(await sender.request("POST", path, body, params={"wait": "true"}))


def shown(message: Message) -> str:
    """Return all the words of a message, those on its card and its files' names too, as one text."""
    words = [message.content]
    for embed in message.embeds:
        words += [embed.get("title", ""), embed.get("description", "")]
        words += [f"{field['name']}: {field['value']}" for field in embed.get("fields", ())]
    return "\n".join([*words, *(file.filename for file in message.attachments)])


def fields(message: Message) -> dict[str, str]:
    """Return the fields of a message's card."""
    (embed,) = message.embeds
    return {field["name"]: field["value"] for field in embed["fields"]}


def seen(message: Message) -> Json:
    """Return a message as the API shows it."""
    return shape(message)


async def posts_wait(beadle: Beadle) -> None:
    """Wait until staff are told that the record cannot be written."""
    await eventually(
        lambda: any("cannot be written" in m.content for m in beadle.standing("alerts")),
        "posts wait for the record",
    )


async def eventually(holds: Callable[[], Any], what: str) -> None:
    """Wait for something that must come; `holds` may be a coroutine function."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not await _truth(holds):  # noqa: ASYNC110 - what is waited for tells nobody that it came
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"this did not come: {what}") from None


async def _truth(holds: Callable[[], Any]) -> bool:
    found = holds()
    return bool(await found if asyncio.iscoroutine(found) else found)
