"""Killed at any moment, Beadle ends what it began, and nothing is done twice or lost."""

from __future__ import annotations

import asyncio
import random
from functools import partial
from pathlib import Path

import pytest

from bot.sandbox import Answer, Cut, Dms, Fault, Permission
from storage.schema import EnforcementState
from tests.e2e.resilience_city import BEFORE_A_FLOOD, FINE, FOUL, SAME, City, city, until

MOMENTS = {
    "record": ("before record", "inside record", "after record"),
    "delete": ("before delete", "after delete", "inside note delete", "after note delete"),
    "claim": ("inside claim", "after claim"),
    "archive": ("before archive", "after archive", "inside note archive", "after note archive"),
    "notice": ("before notice", "after notice", "inside note notice", "after note notice"),
    "queue": ("before queue", "after queue", "inside note queue", "after note queue"),
}
FORGOTTEN = 0.9
"""Seconds after which the sandbox forgets nonces: less than a restart takes, so that they help nobody."""
ALL_DONE = {EnforcementState.DONE}

SILENT_FAULTS: tuple[Fault, ...] = (
    Cut(after=True, method="POST", times=3),
    Answer(after=True, status=503, method="POST", times=3),
    Answer(after=True, status=500, method="POST", times=2),
    Cut(after=True, method="DELETE", times=2),
    Answer(after=True, status=503, method="DELETE"),
)

CITIES = 4
KILLS = 25
PEOPLE = ("resident", "neighbor", "clerk")


@pytest.mark.parametrize("act", MOMENTS)
async def test_killed_at_any_moment_it_does_each_act_once(act: str, tmp_path: Path) -> None:
    async def live_and_die(moment: str) -> None:
        folder = tmp_path / moment.replace(" ", "-")
        folder.mkdir()
        async with city(folder, nonce_life=FORGOTTEN) as home:
            await home.start(moment)
            fine = await home.say(FINE)
            foul = await home.say(FOUL)
            await home.dead()
            await home.start()
            await home.quiet(1)
            assert set(await home.account([foul])) == ALL_DONE
            assert fine in [message.id for message in home.messages("town-square")]

    async with asyncio.TaskGroup() as together:
        for moment in MOMENTS[act]:
            together.create_task(live_and_die(moment), name=moment)


async def test_killed_between_the_parts_of_an_archive_copy_it_sends_each_part_once(tmp_path: Path) -> None:
    async with city(tmp_path, nonce_life=FORGOTTEN) as home:
        await home.start("before archive", 2)
        foul = await home.say(f"{FOUL} {'*' * 1_400}", files=10)
        await home.dead()
        assert len(home.messages("staff-archive")) == 1
        await home.start()
        await home.quiet(1)
        assert set(await home.account([foul])) == ALL_DONE
        files = [
            [file.filename for file in message.attachments] for message in home.messages("staff-archive")
        ]
        assert files == [["case-1-comment.txt", *(f"file-{n}.png" for n in range(9))], ["file-9.png"]]


async def test_killed_after_the_public_notice_it_does_not_mention_the_author_twice(tmp_path: Path) -> None:
    async with city(tmp_path, nonce_life=FORGOTTEN) as home:
        home.sandbox.fault(Dms(user_id=home.community.people["resident"].id, open=False))
        await home.start("after public notice")
        foul = await home.say(FOUL)
        await home.dead()
        await home.start()
        await home.quiet(1)
        assert set(await home.account([foul])) == ALL_DONE


async def test_what_cannot_be_looked_up_after_a_kill_is_marked_uncertain_and_staff_are_told(
    tmp_path: Path,
) -> None:
    async with city(tmp_path, nonce_life=FORGOTTEN) as home:
        await home.start("after archive")
        foul = await home.say(FOUL)
        await home.dead()
        archive = home.channel("staff-archive").id
        bot = home.community.bot.id
        home.sandbox.fault(Permission(user_id=bot, channel_id=archive, names=["READ_MESSAGE_HISTORY"]))
        await home.start()
        await home.quiet(1)
        ends = await home.account([foul])
        assert ends == {EnforcementState.DONE: 3, EnforcementState.UNCERTAIN: 1}
        await until(lambda: bool(home.alerts("its archive copy may or may not have happened")), "an alert")


async def test_what_discord_did_without_saying_so_is_not_done_again(tmp_path: Path) -> None:
    async def be_misled(number: int, fault: Fault) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        async with city(folder) as home:
            await home.start()
            home.sandbox.fault(fault)
            foul = await home.say(FOUL)
            await home.quiet(1)
            assert set(await home.account([foul])) == ALL_DONE

    async with asyncio.TaskGroup() as together:
        for number, fault in enumerate(SILENT_FAULTS):
            together.create_task(be_misled(number, fault), name=repr(fault))


async def test_a_flood_goes_on_as_the_same_after_a_kill_and_costs_its_author_one_notice(
    tmp_path: Path,
) -> None:
    async with city(tmp_path) as home:
        posts: list[int] = []
        await home.start()
        for number in (1, 1, 5, 5):
            posts += [await home.say(SAME) for _ in range(number)]
            await home.quiet(max(0, len(posts) - BEFORE_A_FLOOD))
            await until(partial(home.seen, posts[-1], "town-square"), "how far it has seen is saved")
            await home.kill()
            await home.start()
        await home.quiet(len(posts) - BEFORE_A_FLOOD)
        assert set(await home.account(posts[BEFORE_A_FLOOD:])) == ALL_DONE
        assert len({case.incident_id for case in await home.cases()}) == 1


async def test_killed_a_hundred_times_during_floods_it_does_each_act_once(tmp_path: Path) -> None:
    async def last_through(seed: int) -> None:
        folder = tmp_path / f"city-{seed}"
        folder.mkdir()
        async with city(folder, nonce_life=FORGOTTEN) as home:
            posts: list[int] = []
            await home.start()
            over = asyncio.Event()
            flood = asyncio.create_task(_flood(home, posts, over))
            for number in range(KILLS):
                if number:
                    home.launch()
                await asyncio.sleep(random.Random(f"{seed} {len(posts)}").uniform(0.1, 1.7))
                await home.kill()
            over.set()
            await flood
            await home.start()
            await home.quiet(len(posts))
            await home.account(posts)

    async with asyncio.TaskGroup() as together:
        for seed in range(CITIES):
            together.create_task(last_through(seed))


async def _flood(home: City, posts: list[int], over: asyncio.Event) -> None:
    while not over.is_set():
        who = PEOPLE[len(posts) % len(PEOPLE)]
        posts.append(await home.say(f"{FOUL} {len(posts)}", who=who))
        await asyncio.sleep(0.2)
