from __future__ import annotations

import asyncio
from typing import cast

from bot.service import Service
from rules.compile import compile_policy
from rules.load import load_policy
from tests.e2e.e2e_support import FOUL, POLICY, Beadle, People

SWAPS = 8


async def test_rules_that_change_while_people_post_drop_and_delay_nothing(
    beadle: Beadle, people: People, square: int, parks: int
) -> None:
    screening = cast("Service", beadle.client.events).screening
    first = screening.ruleset
    policy = load_policy("p.yaml", {"p.yaml": POLICY}.__getitem__)

    async def change() -> None:
        for _ in range(SWAPS):
            screening.ruleset = await asyncio.to_thread(compile_policy, policy)

    async def post() -> list[int]:
        said = [await people["neighbor"].say((square, parks)[n % 2], f"{FOUL} {n}") for n in range(30)]
        return [message["id"] for message in said]

    posts, _ = await asyncio.gather(post(), change())
    found = [await beadle.case(post) for post in posts]
    assert screening.ruleset is not first
    assert len({case.number for case in found}) == len(posts)
    assert [case.number for case in found] == sorted(case.number for case in found)
