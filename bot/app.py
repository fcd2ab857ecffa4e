"""Log in, take the lead, and run one community's service until told to stop: the composition root."""

from __future__ import annotations

import asyncio
import gc
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from time import perf_counter
from typing import Any

from bot.config import Config
from bot.discord.client import Client
from bot.discord.endpoints import use_endpoints
from bot.discord.errors import admitted
from bot.discord.platform import DiscordPlatform
from bot.errors import NeedsMending
from bot.messages import uneven
from bot.policies import read_policy, try_neutrality
from bot.ports import Clock, Platform, PlatformError, utc_now
from bot.service import Service
from rules.compile import compile_policy
from rules.neutrality import AT_LOAD
from storage import Database, Incompatible, Unavailable, open_database
from storage.leader import Leadership

log = logging.getLogger(__name__)

PAUSE = 3.0
"""Seconds between tries to reach Discord or the database, or to take the lead from another process."""


class LeadLost(NeedsMending):
    """Another process acts for the community now, so this one must not."""


async def run(
    config: Config,
    token: str,
    stop: asyncio.Event,
    *,
    clock: Clock = utc_now,
    open_platform: Callable[[Client, int, Clock], Platform] = DiscordPlatform,
    open_db: Callable[[str], Awaitable[Database]] = open_database,
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Run until `stop` is set. `on_ready` is called each time that what was missed has been read.

    Raises InvalidDocument on a bad policy, and LoginRefused, ServerMissing, Incompatible or LeadLost.
    """
    ruleset = await asyncio.to_thread(lambda: compile_policy(read_policy(config.policy, clock), perf_counter))
    trial = await asyncio.to_thread(try_neutrality, ruleset, most=AT_LOAD)
    # What is loaded by now stays: the collector need not look through it again and again.
    gc.collect()
    gc.freeze()
    use_endpoints(config.discord.api, config.discord.gateway, config.discord.cdn)
    async with AsyncExitStack() as stack:
        client = Client(clock, nicknames=config.screening.nicknames)
        stack.push_async_callback(client.close)
        if not await _patiently(
            stop, f"Discord at {config.discord.api}", lambda: client.enter(token, config.community.guild)
        ):
            return
        community = client.guild_id
        db = await open_db(config.database)
        stack.push_async_callback(db.close)
        lead = db.leadership(community)
        stack.push_async_callback(lead.release)
        if not await _patiently(stop, "the database", db.upgrade):
            return
        if not await _patiently(stop, "another process, which acts for this community", lead.acquire):
            return
        service = Service(
            config,
            db,
            open_platform(client, community, clock),
            ruleset,
            community=community,
            owner=f"beadle-{secrets.token_hex(6)}",
            resolve=client.resolve,
            landmarks=client.landmarks,
            clock=clock,
            on_ready=on_ready,
        )
        if told := uneven.warning(trial, config.policy):
            service.alerts.tell(told)
        if not await _patiently(stop, "the database", service.start):
            return
        stack.push_async_callback(service.stop)
        client.events = service
        with admitted():
            await _first_of(stop.wait(), client.connect(), _keep(lead))


async def _patiently(
    stop: asyncio.Event, whom: str, attempt: Callable[[], Coroutine[Any, Any, bool | None]]
) -> bool:
    """Try until it works, by not returning False, or the stop is set, which returns False.

    Raises Incompatible at once: waiting does not mend it.
    """
    told = ""
    while not stop.is_set():
        trying = asyncio.create_task(attempt())
        try:
            await _first_of(stop.wait(), trying)
            if trying.cancelled():
                return False
            if trying.result() is not False:
                return True
            problem = "not yet"
        except Incompatible:
            raise
        except (Unavailable, PlatformError) as error:
            problem = str(error)
        if problem != told:
            log.warning("waiting for %s: %s", whom, problem)
            told = problem
        with suppress(TimeoutError):
            async with asyncio.timeout(PAUSE):
                await stop.wait()
    return False


async def _keep(lead: Leadership) -> None:
    """Hold the lead, and take it again where a database that was away had let go of it. Raises LeadLost."""
    while True:
        await asyncio.sleep(PAUSE)
        # While the database is away, nobody else can take the lead either.
        with suppress(Unavailable):
            if not await lead.acquire():
                raise LeadLost("another process acts for this community now")


async def _first_of(*works: Awaitable[Any]) -> None:
    """Run all until the first ends, end the others, and raise what it raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
