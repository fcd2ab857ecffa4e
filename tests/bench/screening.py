"""Measure what screening adds to a message event: `uv run python tests/bench/screening.py [FILE...]`.

One process, one core. Each comment goes as a MESSAGE_CREATE payload through discord.py, from the payload to
the listener, standard json: once to a client whose listener does nothing, once to Beadle's client, whose
listener makes a post of the message and judges it. The two take turns, so that both meet the same machine.
Each FILE holds comments: CSV with a column `comment_text`, `text`, `comment` or `tweet`. Without one,
comments are made up.

It prints the cost of an event and, as parts of it, what screening adds: to the comments as they are, and to
messages of 35 characters; by a large ruleset, and by the default policy with all its rules; then what
compiling costs, and the slowest of the inputs that tests/rules/hostile.py makes up.
"""

from __future__ import annotations

import asyncio
import csv
import gc
import json
import random
import resource
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import discord
from discord.gateway import DiscordWebSocket

from bot.discord.client import Client
from bot.policies import read_policy
from rules.compile import compile_policy
from rules.policy import Policy
from rules.post import Author, Place, Post
from rules.ruleset import Ruleset
from rules.window import Window
from tests.rules import hostile

GUILD, CHANNEL, BOT = 1_100_000_000_000_000_001, 1_100_000_000_000_000_002, 1_100_000_000_000_000_003
PEOPLE = 500
COMMENTS = 20_000
WORDS, PATTERNS, DOMAINS = 5_000, 300, 10_000
LISTS = ("vulgarity", "slurs", "sexual")
COLUMNS = ("comment_text", "text", "comment", "tweet")
SHORT = 35
WARM = 1_000
COLLECTED = 25
"""After so many comments garbage is collected, between events: in the midst of one it would nearly always be
screening that sets off the collector, whose work is to look through discord.py's cache of messages."""
REPEATED = 15
"""How often each slow input is judged; the median counts."""


class Listening:
    """A discord.py client that has received one server, and what its listener noted of time."""

    def __init__(self, client: discord.Client, guild: dict[str, Any]) -> None:
        self.client = client
        state: Any = client._connection
        state.user = discord.ClientUser(state=state, data=cast("Any", person(BOT, "beadle")))
        loop = asyncio.get_running_loop()
        client.loop = loop
        self.socket = DiscordWebSocket(cast("Any", None), loop=loop)
        self.socket._discord_parsers = state.parsers
        self.socket._dispatch = client.dispatch
        self.socket.shard_id = None
        self.socket._keep_alive = None
        state._add_guild_from_data(guild)

    async def receive(self, payload: str) -> float:
        """Return the seconds that discord.py and the listener take over a payload."""
        started = time.thread_time()
        await self.socket.received_message(payload)
        # The listener is a task of its own, and runs before this one goes on.
        await asyncio.sleep(0)
        return time.thread_time() - started


class Bare(discord.Client):
    """Listens and does nothing."""

    async def on_message(self, message: discord.Message) -> None:
        """Do nothing."""


class Judge:
    """Judges every post that Beadle's client hands on, and counts those that are not allowed."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.window = Window()
        self.found = 0
        self.seconds = 0.0

    async def post(self, post: Post) -> None:
        started = time.thread_time()
        verdict = self.ruleset.evaluate(post, self.window)
        self.seconds += time.thread_time() - started
        self.found += bool(verdict.findings)


def person(number: int, name: str) -> dict[str, Any]:
    return {
        "id": str(number),
        "username": name,
        "discriminator": "0",
        "global_name": name.title(),
        "avatar": f"{number:032x}",
        "avatar_decoration_data": None,
        "collectibles": None,
        "display_name_styles": None,
        "primary_guild": None,
        "public_flags": 0,
    }


def server() -> dict[str, Any]:
    """Return a GUILD_CREATE payload of a small city's server."""
    everyone = {"id": str(GUILD), "name": "@everyone", "permissions": "0", "position": 0, "color": 0}
    more = {"hoist": False, "managed": False, "mentionable": False, "flags": 0}
    channel = {
        "id": str(CHANNEL),
        "type": 0,
        "name": "town-square",
        "position": 0,
        "permission_overwrites": [],
    }
    return {
        "id": str(GUILD),
        "name": "Town",
        "owner_id": str(BOT),
        "roles": [{**everyone, **more}],
        "channels": [channel],
        "members": [],
        "emojis": [],
        "features": [],
        "member_count": PEOPLE,
        "large": False,
        "threads": [],
    }


def payloads(comments: list[str]) -> list[str]:
    """Return the comments with all that Discord sends of them, two a second, by many people."""
    chance = random.Random(7)
    born = discord.utils.time_snowflake(datetime(2026, 5, 1, tzinfo=UTC))
    sent = []
    for number, text in enumerate(comments):
        message_id = born + (number * 500 << 22)
        who = chance.randrange(PEOPLE)
        message = {
            "id": str(message_id),
            "type": 0,
            "content": text,
            "channel_id": str(CHANNEL),
            "guild_id": str(GUILD),
            "channel_type": 0,
            "author": person(GUILD + 100 + who, f"resident{who}"),
            "member": {
                "roles": [],
                "joined_at": "2025-03-01T12:00:00.000000+00:00",
                "premium_since": None,
                "communication_disabled_until": None,
                "avatar": None,
                "banner": None,
                "nick": None,
                "deaf": False,
                "mute": False,
                "pending": False,
                "flags": 0,
            },
            "attachments": [],
            "embeds": [],
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "pinned": False,
            "tts": False,
            "timestamp": discord.utils.snowflake_time(message_id).isoformat(),
            "edited_timestamp": None,
            "flags": 0,
            "components": [],
            "nonce": str(message_id),
        }
        sent.append(json.dumps({"t": "MESSAGE_CREATE", "s": number + 1, "op": 0, "d": message}))
    return sent


def read_comments(files: list[Path]) -> list[str]:
    """Return the comments of some files, in one order however often it is asked."""
    comments = []
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            column = next((n for n in COLUMNS if n in (rows.fieldnames or ())), None)
            if column is None:
                raise SystemExit(f"{path}: has no column {', '.join(COLUMNS)}")
            comments += [text[: hostile.LENGTH] for row in rows if (text := row[column].strip())]
    random.Random(3).shuffle(comments)
    return comments[:COMMENTS]


COMMON = (
    "the a to of and is in that it for on you this are not be have with was they at what there all so "
    "council park road library winter budget meeting bridge river school bus snow plow garden market vote "
    "street light trail music summer mayor water tax open closed early late again people don't "
    "well-known e.g. U.S. $5,000 10:30 https://www.example.gov/news/item?id=31 and/or really? yes! Thanks,"
)


def made_up_comments() -> list[str]:
    """Return comments of common words, with the signs, addresses and numbers that people put between them."""
    chance = random.Random(3)
    words = COMMON.split()
    ends = (". ", ", ", "! ", "? ", "... ", " ", " ", " ", " ", " ", " ", " ", " - ", "\n")
    return [
        "".join(
            chance.choice(words) + chance.choice(ends)
            for _ in range(min(300, 3 + int(chance.expovariate(0.05))))
        )
        for _ in range(COMMENTS)
    ]


def large_policy() -> Policy:
    """Return the words of the default policy and made-up ones, made-up patterns and domains, and counters."""
    shipped = read_policy("default")
    chance = random.Random(1)
    syllables = [a + b for a in "bcdfghjklmnprstvwz" for b in "aeiou"]

    def coin(least: int, most: int) -> str:
        return "".join(chance.choices(syllables, k=chance.randint(least, most)))

    known = [named for named in shipped.lists if named.id in LISTS]
    words = list(dict.fromkeys(entry for named in known for entry in named.entries))
    while len(words) < WORDS:
        words.append(chance.choice((coin(3, 5), coin(3, 4), f"{coin(2, 3)} {coin(2, 3)}", coin(3, 4) + "*")))
    shapes = (r"\b{}\w*\s+{}\b", r"{}[0-9]{{2,5}} ?{}", r"(?:{}|{})(?:s|ed)?\s+\d+", r"\b{}\b.{{0,20}}\b{}\b")
    patterns = [chance.choice(shapes).format(coin(3, 3), coin(3, 3)) for _ in range(PATTERNS)]
    domains = [f"{coin(3, 5)}{n}.{chance.choice(('com', 'net', 'xyz'))}" for n in range(DOMAINS)]
    rules = {
        "words": {"words": {"lists": ["words"]}},
        "patterns": {"patterns": patterns},
        "links": {"links": {"lists": ["domains"]}},
        "repeats": {"repeats": {"posts": 5, "seconds": 60, "min_letters": 8}},
        "many": {"repeats": {"posts": 5, "seconds": 60, "by": "many", "min_letters": 60}},
        "rate": {"rate": {"posts": 10, "seconds": 10}},
    }
    return Policy.model_validate(
        {
            "name": "large",
            "clauses": [{"id": "c", "title": "Clause", "text": "Text."}],
            "lists": [
                {"id": "words", "kind": "words", "entries": words[:WORDS]},
                {"id": "domains", "kind": "domains", "entries": domains},
            ],
            "rules": [{"id": k, "clause": "c", "category": "other", "when": v} for k, v in rules.items()],
        }
    )


async def take_turns(comments: list[str], ruleset: Ruleset) -> tuple[list[float], list[float], Judge]:
    """Return the seconds of every bare event, of every judged one, and the judge."""
    judge = Judge(ruleset)
    watching = Client(lambda: datetime.now(UTC), nicknames=False)
    watching.guild_id = GUILD
    watching.events = cast("Any", judge)
    bare, judged = Listening(Bare(intents=watching.intents), server()), Listening(watching, server())
    sent = payloads(comments)
    gc.collect()
    gc.freeze()
    for payload in sent[:WARM]:
        await bare.receive(payload)
        await judged.receive(payload)
    judge.window, judge.found, judge.seconds = Window(), 0, 0.0
    gc.collect()
    gc.disable()
    alone: list[float] = []
    screened: list[float] = []
    for number, payload in enumerate(sent):
        if number % COLLECTED == 0:
            gc.collect(1 if number % (10 * COLLECTED) == 0 else 0)
        if number % 2:
            alone.append(await bare.receive(payload))
            screened.append(await judged.receive(payload))
        else:
            screened.append(await judged.receive(payload))
            alone.append(await bare.receive(payload))
    gc.enable()
    return alone, screened, judge


def report(title: str, comments: list[str], ruleset: Ruleset) -> None:
    """Print what screening adds to the events of some comments."""
    alone, screened, judge = asyncio.run(take_turns(comments, ruleset))
    event = statistics.fmean(alone)
    # The same comment cost the bare client this much a moment before or after.
    added = [s - a for s, a in zip(screened, alone, strict=True)]
    p99 = statistics.quantiles(added, n=100)[98]
    judging = judge.seconds / len(comments)
    print(
        f"{title:>44}: event {event * 1e6:5.1f} µs, adds {statistics.fmean(added) * 1e6:5.1f} µs"
        f" = {statistics.fmean(added) / event:.2f} (p99 {p99 / event:.2f}), of it judging"
        f" {judging * 1e6:5.1f} µs"
        f" = {judging / event:.2f}; found {judge.found / len(comments):.1%}"
    )


def compiled(policy: Policy) -> Ruleset:
    """Compile a policy in a thread, as Beadle does, and print the time and the memory that it takes."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    with ThreadPoolExecutor() as pool:
        ruleset = pool.submit(compile_policy, policy).result()
    took = time.perf_counter() - started
    kibibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"compiling: {took * 1000:.0f} ms, {kibibytes / 1024:.0f} MiB")
    return ruleset


def slowest(ruleset: Ruleset) -> None:
    """Print the worst of the hostile inputs."""
    place, author, at = Place(CHANNEL, "town-square"), Author(1, "a", "A"), datetime(2026, 5, 1, tzinfo=UTC)
    times = {}
    for name, text in hostile.texts().items():
        posts = [Post(n, GUILD, place, author, text, at) for n in range(REPEATED)]
        window = Window()
        took = []
        for post in posts:
            started = time.thread_time()
            ruleset.evaluate(post, window)
            took.append(time.thread_time() - started)
        times[name] = statistics.median(took)
    worst = sorted(times, key=times.__getitem__, reverse=True)[:5]
    print(f"of {len(times)} hostile inputs: " + ", ".join(f"{n} {times[n] * 1000:.2f} ms" for n in worst))


def main(files: list[str]) -> None:
    """Measure and print."""
    comments = read_comments(list(map(Path, files))) if files else made_up_comments()
    print(f"{len(comments)} comments of {statistics.fmean(map(len, comments)):.0f} characters on average")
    large, shipped = compiled(large_policy()), compiled(read_policy("default"))
    report("5,000 words, 300 patterns, 10,000 domains", comments, large)
    report(f"the same, {SHORT} characters", [text[:SHORT] for text in comments], large)
    report("the default policy", comments, shipped)
    slowest(large)
    slowest(shipped)


if __name__ == "__main__":
    main(sys.argv[1:])
