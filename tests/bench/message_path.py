"""Measure the way of a message: `uv run python tests/bench/message_path.py`.

The sandbox and the people who post run in this process, Beadle and a bare discord.py bot, which deletes
without recording anything, in one each. Both bots look at their own server in the same sandbox. It prints:

- the time from sending the event of a violating message to receiving its deletion, for both bots in turns,
  and how long the disk takes to keep what a record writes, once a record: the bare bot does not wait for it;
- the highest steady rate of messages, 1 % of them violating, at which Beadle removed every violating one
  within two seconds for thirty seconds, and its memory before and after.

It ends by itself, within about four minutes.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import random
import statistics
import tempfile
import time
from datetime import timedelta
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import discord
import psutil  # type: ignore[import-untyped]

from bot import app
from bot.config import Config
from bot.discord.client import intents
from bot.discord.endpoints import use_endpoints
from bot.sandbox import Community, Exchange, Sandbox, sample_community
from bot.sandbox.rest.messages import compose
from bot.sandbox.world import building, permissions, posting
from bot.sandbox.world.models import Channel, User

POLICY = """\
extends: default
name: Policy for measuring
rules:
  - id: private-ssn
    action: hide
    authorised_by: City Council
    authorised_on: 2025-01-06
    authorised_why: To be measured.
  # The detectors of floods do their work, but a few hundred people who post all the time are none.
  - {id: repeats, when: {repeats: {posts: 100, seconds: 1, min_letters: 8}}, examples: {}}
  - {id: repeats-many, when: {repeats: {posts: 100, seconds: 1, by: many, min_letters: 60}}, examples: {}}
  - {id: rate, when: {rate: {posts: 100, seconds: 1}}, examples: {}}
"""
VIOLATING = "my neighbor's social security number is 219-45-6789, just so that everybody knows"
WORDS = tuple(
    "the council park road library winter budget meeting bridge river school bus snow plow garden "  # noqa: SIM905
    "market street light trail music summer mayor vote plan water tax open closed early late again".split()
)
PEOPLE = 300
CHANNELS = ("town-square", "parks-and-rec")

ROUNDS, SAMPLES = 20, 10
APART = 0.1
"""Seconds between two violating messages, in which a bot ends what it does about the first."""

RECORD, SYNCS = 17 * 4096, 100
"""Bytes that a record writes to the database's log, and how often their keeping is timed."""

ONE_IN = 100
KEPT_UP = 2.0
"""Seconds within which each violating message must be gone."""
PROBE, PROOF = 5.0, 30.0
STEP = 0.02
LOWEST, HIGHEST = 100, 12_800


class Town:
    """The sandbox with two servers, and a stopwatch for deletions."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(observer=self._watch)
        self._gone: dict[int, float] = {}
        self._sent: dict[int, float] = {}
        self._random = random.Random(1)
        self.crowd: list[User] = []

    async def start(self) -> tuple[Community, Community]:
        """Build the two servers, the first with a crowd that joined long ago."""
        await self.sandbox.start()
        first, second = sample_community(self.sandbox), sample_community(self.sandbox)
        world = self.sandbox.world
        for number in range(PEOPLE):
            person = world.new_user(f"person-{number}", name=f"Person {number}")
            building.join(world, first.guild, person).joined_at -= timedelta(days=400 + number)
            self.crowd.append(person)
        return first, second

    def _watch(self, exchange: Exchange) -> None:
        if not exchange.bot or not exchange.route or exchange.status >= 300:
            return
        if exchange.route.endswith("/messages/bulk-delete"):
            self._gone.update(dict.fromkeys(map(int, exchange.body["messages"]), time.perf_counter()))
        elif exchange.method == "DELETE" and exchange.route.endswith("/messages/{message_id}"):
            self._gone[int(exchange.path.rpartition("/")[2])] = time.perf_counter()

    def post(self, who: User, where: Channel, text: str) -> int:
        """Post as a person and return the message's id."""
        world = self.sandbox.world
        may = permissions.of_user(who.id, where, world.now())
        message = posting.post(world, compose.new(world, where, who, {"content": text}, {}, may))
        self._sent[message.id] = time.perf_counter()
        return message.id

    def chat(self) -> str:
        """Return words that break no rule and were not said before."""
        return " ".join(self._random.choices(WORDS, k=18))

    def took(self, message_id: int) -> float | None:
        """Return the seconds from the event of a message to its deletion; None while it stands."""
        gone = self._gone.get(message_id)
        return None if gone is None else gone - self._sent[message_id]

    def age(self, message_id: int) -> float:
        """Return for how many seconds a message has stood."""
        return time.perf_counter() - self._sent[message_id]


async def latency(town: Town, communities: dict[str, Community]) -> None:
    """Print how long each bot takes, from rounds in turns."""
    times: dict[str, list[float]] = {name: [] for name in communities}
    for number in range(ROUNDS + 1):
        for name, community in communities.items():
            resident, square = community.people["resident"], community.channels["town-square"]
            for _ in range(SAMPLES):
                post = town.post(resident, square, VIOLATING)
                while (took := town.took(post)) is None:
                    if town.age(post) > 10:
                        raise TimeoutError(f"{name} does not delete")
                    await asyncio.sleep(0.0005)
                # The first round warms both up.
                if number:
                    times[name].append(took * 1000)
                await asyncio.sleep(APART)
    for name, all_of_them in times.items():
        middle, p99 = statistics.median(all_of_them), statistics.quantiles(all_of_them, n=100)[98]
        print(f"{name:>6}: median {middle:.2f} ms, p99 {p99:.2f} ms, of {len(all_of_them)} posts")
    ratio = statistics.median(times["beadle"]) / statistics.median(times["bare"])
    print(f" ratio: {ratio:.2f} at the median (at most 3)")


def disk(folder: str) -> None:
    """Print how long the disk takes to keep so many bytes as a record writes."""
    took = []
    with Path(folder, "disk").open("wb", buffering=0) as file:
        file.write(bytes(RECORD * SYNCS))
        os.fsync(file.fileno())
        file.seek(0)
        for _ in range(SYNCS):
            file.write(os.urandom(RECORD))
            started = time.perf_counter()
            os.fsync(file.fileno())
            took.append((time.perf_counter() - started) * 1000)
            time.sleep(APART / 10)
    print(f"  disk: median {statistics.median(took):.2f} ms to keep {RECORD // 1024} KiB")


async def kept_up(town: Town, community: Community, rate: int, seconds: float) -> bool:
    """Post at a rate and return whether each violating message was removed in time."""
    channels = [community.channels[name] for name in CHANNELS]
    violating: list[int] = []
    started, posted = time.perf_counter(), 0
    while (now := time.perf_counter()) < started + seconds:
        due = int((now - started) * rate)
        for n in range(posted, due):
            bad = n % ONE_IN == ONE_IN - 1
            person = town.crowd[n % PEOPLE]
            post = town.post(person, channels[n % 2], VIOLATING if bad else town.chat())
            if bad:
                violating.append(post)
        posted = max(posted, due)
        if any(town.took(post) is None and town.age(post) > KEPT_UP for post in violating[-200:]):
            break
        await asyncio.sleep(STEP)
    behind = time.perf_counter() - started - seconds
    await asyncio.sleep(KEPT_UP)
    late = [post for post in violating if (town.took(post) or KEPT_UP) >= KEPT_UP]
    offered = posted / (time.perf_counter() - KEPT_UP - started)
    good = not late and behind < 1 and offered > rate * 0.97
    removed = sorted(took for post in violating if (took := town.took(post)) is not None)
    middle = f"{statistics.median(removed) * 1000:.0f} ms" if removed else "none"
    slow = f", but the sandbox offered only {offered:.0f}/s" if offered <= rate * 0.97 and not late else ""
    print(f"  {rate:>5}/s for {seconds:.0f} s: {'kept up' if good else 'not kept up'}, median {middle}{slow}")
    await drained(town, violating)
    return good


async def drained(town: Town, violating: list[int]) -> None:
    """Wait, a minute at most, until what is left over is done."""
    async with asyncio.timeout(60):
        while any(town.took(post) is None for post in violating):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    quiet, seen = 0, -1
    async with asyncio.timeout(120):
        while quiet < 10:
            now = town.sandbox.rest.requests.total()
            quiet, seen = (quiet + 1, now) if now == seen else (0, now)
            await asyncio.sleep(0.1)


async def throughput(town: Town, community: Community, beadle: psutil.Process) -> None:
    """Search the highest rate that Beadle keeps up with, and prove it."""
    print("steady rate, 1 % violating:")
    good, bad = 0, LOWEST
    while bad <= HIGHEST and await kept_up(town, community, bad, PROBE):
        good, bad = bad, bad * 2
    while bad - good > good / 8:
        middle = (good + bad) // 2
        if await kept_up(town, community, middle, PROBE):
            good = middle
        else:
            bad = middle
    while good > LOWEST:
        before = beadle.memory_info().rss
        if await kept_up(town, community, good, PROOF):
            after = beadle.memory_info().rss
            print(f"  rate: {good} messages/s kept up for {PROOF:.0f} s")
            print(f"memory: {before / 2**20:.0f} MiB at the start, {after / 2**20:.0f} MiB at the end")
            return
        good = int(good * 0.85)
    print("  no rate was kept up")


def run_beadle(settings: dict[str, Any], token: str, ready: Event) -> None:
    """Run Beadle, in a process of its own, as `beadle run` does."""

    def on_ready() -> None:
        gc.freeze()
        ready.set()

    asyncio.run(app.run(Config.model_validate(settings), token, asyncio.Event(), on_ready=on_ready))


def run_bare(settings: dict[str, Any], token: str, ready: Event) -> None:
    """Run a bot that deletes without recording, in a process of its own."""
    use_endpoints(**settings["discord"])
    client = discord.Client(intents=intents())

    async def on_ready() -> None:
        ready.set()

    async def on_message(message: discord.Message) -> None:
        if "219-45-6789" in message.content:
            await message.delete()

    client.event(on_ready)
    client.event(on_message)
    client.run(token, log_handler=None)


async def started(process: SpawnProcess, ready: Event) -> None:
    """Start a bot and wait until it is ready."""
    process.start()
    if not await asyncio.to_thread(ready.wait, 30):
        raise TimeoutError(f"{process.name} did not start")


async def measure(folder: str) -> None:
    """Start everything, measure and print."""
    spawn = multiprocessing.get_context("spawn")
    town = Town()
    communities = dict(zip(("beadle", "bare"), await town.start(), strict=True))
    processes = {}
    try:
        for name, run in (("beadle", run_beadle), ("bare", run_bare)):
            ready = spawn.Event()
            community = communities[name]
            arguments = (_settings(folder, town, community), community.bot.token, ready)
            processes[name] = spawn.Process(target=run, args=arguments, name=name, daemon=True)
            await started(processes[name], ready)
        await latency(town, communities)
        await asyncio.to_thread(disk, folder)
        await throughput(town, communities["beadle"], psutil.Process(processes["beadle"].pid))
    finally:
        for process in processes.values():
            process.kill()
            process.join()
        await town.sandbox.stop()


def _settings(folder: str, town: Town, community: Community) -> dict[str, Any]:
    sandbox = town.sandbox
    return {
        "community": {"name": "Town", "guild": community.guild.id, "timezone": "America/Chicago"},
        "policy": f"{folder}/policy.yaml",
        "database_path": f"{folder}/beadle.sqlite3",
        "discord": {"api": sandbox.api, "gateway": sandbox.gateway, "cdn": sandbox.cdn},
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="beadle-bench-") as made:
        Path(made, "policy.yaml").write_text(POLICY, "utf-8")
        asyncio.run(measure(made))
