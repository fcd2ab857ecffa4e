"""The scripted afternoon, step by step. The people, places and numbers are invented.

Nobody posts more than ten times: all within some seconds, that would be a flood of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from bot.cli.afternoon.people import Json
from bot.cli.afternoon.stage import DIRECT, UNTOUCHED, Outcome, Stage
from bot.enforcement.plan import ARCHIVE, NOTICE, QUEUE

ARCHIVED, QUEUED = "#staff-archive", "#review-queue"
SQUARE, PARKS = "town-square", "parks-and-rec"
NUMBER = "219-45-6789"
PHISHING = "https://samplecity-payments.example/refund"
RECEIVED = "Received by the coordinator"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to be seen: what was expected of it and what it was."""

    what: str
    expected: object
    actual: object

    @property
    def holds(self) -> bool:
        """Return whether it is as expected."""
        return self.expected == self.actual


Step = Callable[[Stage], AsyncIterator[Check]]


async def friendly_talk(stage: Stage) -> AsyncIterator[Check]:
    """Neighbors talk about the park"""
    posts = [
        await stage["neighbor"].say(stage.channels[PARKS], "The new bench by the duck pond is lovely."),
        await stage["resident"].say(
            stage.channels[PARKS], "It is! Does anybody know when the splash pad opens?"
        ),
        await stage["clerk"].say(stage.channels[PARKS], "On Saturday at ten. Bring sunscreen!"),
    ]
    for post in posts:
        yield Check(_quoted(post), UNTOUCHED, await stage.outcome(post))


async def criticism(stage: Stage) -> AsyncIterator[Check]:
    """Residents criticise the city, which is their right"""
    texts = (
        "The mayor is wrong about the budget.",
        "This council is a disgrace, vote them out!",
        "Potholes on Birch Lane since March. Does public works even exist?",
    )
    posts = [await stage["resident"].say(stage.channels[SQUARE], text) for text in texts]
    for post in posts:
        yield Check(_quoted(post), UNTOUCHED, await stage.outcome(post))


async def flood(stage: Stage) -> AsyncIterator[Check]:
    """Somebody floods the square"""
    text = "GARAGE SALE at the old mill, everything must go, come now!"
    posts = [await stage["neighbor"].say(stage.channels[SQUARE], text) for _ in range(6)]
    outcomes = Counter([str(await stage.outcome(post)) for post in posts])
    first = Outcome(stands=False, case="hide, spam", told=frozenset({ARCHIVED, QUEUED, DIRECT}))
    others = Outcome(stands=False, case="hide, spam", told=frozenset({ARCHIVED}))
    yield Check("the first three posts", 3, outcomes[str(UNTOUCHED)])
    yield Check("the fourth, which opens the incident", f"1 {first}", f"{outcomes[str(first)]} {first}")
    yield Check("the other two, a form each", f"2 {others}", f"{outcomes[str(others)]} {others}")


async def phishing(stage: Stage) -> AsyncIterator[Check]:
    """A link to a known phishing site, with a flyer attached"""
    resident = stage["resident"]
    flyer = b"Refund of your water bill! Enter your card number below.\n"
    text = f"The city refunds water bills at {PHISHING}"
    post = await resident.say(stage.channels[SQUARE], text, {"refund.txt": flyer})
    expected = Outcome(stands=False, case="hide, spam", told=frozenset({ARCHIVED, QUEUED, DIRECT}))
    yield Check(_quoted(post), expected, await stage.outcome(post))
    form = await stage.delivered((await stage.cases(post))[0], ARCHIVE, "coordinator")
    copies = [await resident.download(file["url"]) for file in form["attachments"]]
    yield Check("the flyer on the form", [_digest(flyer)], [_digest(copy) for copy in copies])
    lost = await resident.download(post["attachments"][0]["url"])
    yield Check("the flyer at its old address", None, lost)


async def social_security_number(stage: Stage) -> AsyncIterator[Check]:
    """A resident posts a social security number"""
    post = await stage["resident"].say(
        stage.channels[SQUARE], f"My social security number is {NUMBER}, call me"
    )
    expected = Outcome(stands=False, case="hide, privacy", told=frozenset({ARCHIVED, QUEUED, DIRECT}))
    yield Check(_quoted(post), expected, await stage.outcome(post))
    case = (await stage.cases(post))[0]
    readers = {ARCHIVE: "coordinator", QUEUE: "moderator", NOTICE: "resident"}
    told = [await stage.delivered(case, purpose, reader) for purpose, reader in readers.items()]
    shown = [message for message in told if NUMBER in json.dumps(message)]
    yield Check("messages that show the number", 0, len(shown))


async def threat(stage: Stage) -> AsyncIterator[Check]:
    """A threat waits for a person's decision"""
    post = await stage["neighbor"].say(stage.channels[SQUARE], "I know where you live and I will hurt you")
    expected = Outcome(stands=True, case="flag, threat", told=frozenset({QUEUED}))
    yield Check(_quoted(post), expected, await stage.outcome(post))


async def bad_edit(stage: Stage) -> AsyncIterator[Check]:
    """A harmless post is edited into something else"""
    resident = stage["resident"]
    harmless = "Does anybody have a ladder that I can borrow?"
    post = await resident.say(stage.channels[PARKS], harmless)
    yield Check(_quoted(post), UNTOUCHED, await stage.outcome(post))
    post = await resident.edit(post, f"Pay your parking fine here: {PHISHING}")
    expected = Outcome(stands=False, case="hide, spam", told=frozenset({ARCHIVED, QUEUED, DIRECT}))
    yield Check(_quoted(post), expected, await stage.outcome(post))
    case = (await stage.cases(post))[0]
    yield Check("the earlier version, on record", [harmless], await stage.earlier_versions(case))


async def closed_door(stage: Stage) -> AsyncIterator[Check]:
    """Somebody who takes no direct messages is told in public, in one neutral line"""
    neighbor, resident = stage["neighbor"], stage["resident"]
    await neighbor.close_door()
    post = await neighbor.say(stage.channels[SQUARE], f"Claim yours now: {PHISHING}")
    told = frozenset({ARCHIVED, QUEUED, f"#{SQUARE}"})
    yield Check(_quoted(post), Outcome(False, "hide, spam", told), await stage.outcome(post))
    case = (await stage.cases(post))[0]
    line = await stage.delivered(case, NOTICE, "resident")
    yield Check("whom the line mentions", [neighbor.id], [user["id"] for user in line["mentions"]])
    refused = await stage.answer(resident, line, "See why")
    yield Check("what a stranger is told", "Only whom it was sent to can open this.", refused)
    reason = await stage.answer(neighbor, line, "See why")
    yield Check(
        "what the author is told", f"**Case {case.number} · notice from Sample City**", _first_line(reason)
    )


async def stamp(stage: Stage) -> AsyncIterator[Check]:
    """The coordinator stamps a removal form as received"""
    post = await stage["resident"].say(stage.channels[SQUARE], f"Is this real? {PHISHING}")
    case = (await stage.cases(post))[0]
    form = await stage.delivered(case, ARCHIVE, "coordinator")
    refused = await stage.answer(stage["moderator"], form, RECEIVED)
    yield Check(
        "what a moderator is told", "Only the communications coordinator can stamp this form.", refused
    )
    answer = await stage.answer(stage["coordinator"], form, RECEIVED)
    stamped = f"Stamped: case {case.number} was received"
    yield Check("what the coordinator is told", stamped, answer[: len(stamped)])
    form = await stage.delivered(case, ARCHIVE, "coordinator")
    fields = {field["name"]: field["value"] for field in form["embeds"][0]["fields"]}
    received_by = fields["Date received by the coordinator"].rpartition(", ")[2]
    yield Check("who received it, on the form", "Cora Lindqvist", received_by)
    case = await stage.now(case)
    yield Check("who received it, on record", "Cora Lindqvist", case.received_by)
    years = case.due_at.year - case.received_at.year if case.due_at and case.received_at else 0
    yield Check("years that the form is kept", 1, years)


async def the_record(stage: Stage) -> AsyncIterator[Check]:
    """The record of the afternoon proves itself"""
    yield Check("the ledger", "verifies", "verifies" if await stage.ledger_holds() else "is broken")


STEPS: tuple[Step, ...] = (
    friendly_talk,
    criticism,
    flood,
    phishing,
    social_security_number,
    threat,
    bad_edit,
    closed_door,
    stamp,
    the_record,
)


def _quoted(post: Json) -> str:
    return f"“{post['content']}”"


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def _digest(data: bytes | None) -> str:
    return hashlib.sha256(data or b"").hexdigest()
