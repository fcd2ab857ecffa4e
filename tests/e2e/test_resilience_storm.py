"""A flood of violating posts, while Discord limits and fails: all is recorded and done, nothing twice."""

from __future__ import annotations

import asyncio
from itertools import cycle
from pathlib import Path

import pytest

from bot.sandbox import Answer
from storage.schema import EnforcementState
from tests.e2e.resilience_city import BEFORE_A_FLOOD, FOUL, SAME, City, city, until

PEOPLE = ("resident", "neighbor", "clerk", "admin")
EACH = 100
EVERY = 20
"""Requests of Beadle's, one of which goes wrong."""
LONGEST = 600
"""Seconds until it is given up on a machine that has much else to do; on a quiet one it takes a dozen."""
STORM = (
    Answer(status=429, retry_after=0.2, times=3),
    Answer(status=429, retry_after=0.2, everywhere=True),
    Answer(status=500),
    Answer(status=429, retry_after=0.1, times=5, method="POST", route="/channels/{channel_id}/messages"),
    Answer(status=500, after=True, method="POST", route="/channels/{channel_id}/messages"),
    Answer(status=503, after=True, method="POST"),
    Answer(status=429, retry_after=0.1, method="POST", route="/channels/{channel_id}/messages/bulk-delete"),
    Answer(status=500, method="DELETE"),
)


async def storm(home: City) -> None:
    """Let something go wrong every few requests of Beadle's, until cancelled.

    What has struck nothing yet is not set again: a dozen in a row on one late request would keep it
    from being answered for minutes, since discord.py waits longer after each.
    """
    for fault in cycle(STORM):
        if fault not in (waiting for waiting, _ in home.sandbox.faults.left()):
            home.sandbox.fault(fault)
        next_one = home.asked.total() + EVERY
        while home.asked.total() < next_one:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.timeout(LONGEST)
async def test_a_flood_under_a_storm_of_refusals_is_dealt_with_whole_and_once(tmp_path: Path) -> None:
    async with city(tmp_path) as home:
        await home.start()

        async def rant(who: str) -> list[int]:
            return [await home.say(f"{FOUL} {n}", who=who) for n in range(EACH)]

        async def flood() -> list[int]:
            return [await home.say(SAME, who="moderator", where="parks-and-rec") for _ in range(EACH)]

        trouble = asyncio.create_task(storm(home))
        *rants, same = await asyncio.gather(*(rant(who) for who in PEOPLE), flood())
        posts = [post for posts in rants for post in posts] + same[BEFORE_A_FLOOD:]
        await home.quiet(len(posts))
        trouble.cancel()
        assert set(await home.account(posts)) == {EnforcementState.DONE}
        assert home.channel("parks-and-rec").log.ids == same[:BEFORE_A_FLOOD]
        shown = f"{len(same) - BEFORE_A_FLOOD} comments of one flood"
        await until(lambda: shown in titles(home), "the queue entry counts the whole flood")


def titles(home: City) -> str:
    return "\n".join(embed["title"] for m in home.messages("review-queue") for embed in m.embeds)
