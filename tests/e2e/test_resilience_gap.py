"""What was posted or edited while Beadle was away is found, once, and the gap is reported."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from pathlib import Path

from bot.sandbox import Events, GatewayDown, GatewayUp, RefuseResume
from bot.sandbox.world.models import Channel
from storage.schema import EnforcementState
from tests.e2e.resilience_city import FINE, FOUL, City, city, until

TALK = 200
FOUL_ONES = 10
GONE = 30
DOWN = 2 * 3600
"""Seconds, on the clock that Discord and Beadle share; nobody waits them out."""
REREAD = 100
"""How many earlier messages of each channel are looked at again, as configured by default."""
ALL_DONE = {EnforcementState.DONE}


async def talk(home: City, places: list[str | Channel], seconds: float = 0) -> dict[int, str | Channel]:
    """Let two hundred messages be posted over some seconds, ten of them foul; return where those are."""
    foul: dict[int, str | Channel] = {}
    for n in range(TALK):
        home.later(seconds / TALK)
        place = places[n // 2 % len(places)]
        if n % (TALK // FOUL_ONES) == 7:
            foul[await home.say(f"{FOUL} {n}", where=place)] = place
        else:
            await home.say(f"{FINE} {n}", where=place)
    return foul


async def test_what_was_posted_while_the_gateway_was_gone_is_found_once_and_reported(tmp_path: Path) -> None:
    async with city(tmp_path) as home:
        await home.start()
        places: list[str | Channel] = ["town-square", "parks-and-rec"]
        places += [await home.thread("Street sweeping"), await home.thread("Bins", where="ask-city-hall")]
        for place in places:
            await home.say(FINE, where=place)
        home.sandbox.fault(RefuseResume())
        home.sandbox.fault(GatewayDown())
        await until(lambda: "Attempting a reconnect" in home.log_text, "Beadle notices")
        foul = await talk(home, places, seconds=GONE)
        home.sandbox.fault(GatewayUp())
        await home.quiet(FOUL_ONES)
        assert set(await home.account(foul)) == ALL_DONE
        await until(lambda: bool(home.alerts("Beadle was away")), "the report")
        (told,) = re.findall(r"Beadle was away for (\d+) seconds", home.alerts()[0])
        assert GONE <= int(told) < 2 * GONE
        assert f"read back {TALK} new posts, " in home.alerts("Beadle was away")[0]
        assert f"cases 1 to {FOUL_ONES} in the review queue" in home.alerts("Beadle was away")[0]


async def test_what_a_resumed_session_replays_and_what_is_read_back_count_once(tmp_path: Path) -> None:
    async with city(tmp_path) as home:
        await home.start()
        await home.say(FINE)
        home.sandbox.fault(GatewayDown())
        foul = await talk(home, ["town-square", "parks-and-rec"])
        home.sandbox.fault(GatewayUp())
        await home.quiet(FOUL_ONES)
        assert set(await home.account(foul)) == ALL_DONE


async def test_what_was_posted_while_beadle_was_stopped_is_found_wherever_it_stands(tmp_path: Path) -> None:
    async with city(tmp_path) as home:
        await home.start()
        old = await home.thread("An old thread")
        await home.say(FINE)
        await home.say(FINE, where=old)
        await home.stop()
        new = await home.thread("A new thread")
        gone = await home.thread("A thread archived since")
        question = await home.thread("A question", where="ask-city-hall")
        foul = [await home.say(FOUL, where=place) for place in (old, new, gone, question, "parks-and-rec")]
        await home.request("PATCH", f"/channels/{gone.id}", "moderator", json={"archived": True})
        await home.start()
        await home.quiet(len(foul))
        assert set(await home.account(foul)) == ALL_DONE
        assert gone.thread is not None
        assert gone.thread.archived


async def test_earlier_posts_that_were_edited_while_beadle_was_stopped_are_found(tmp_path: Path) -> None:
    async with city(tmp_path) as home:
        await home.start()
        posts = [await home.say(f"{FINE} {n}") for n in range(100)]
        await home.stop()
        for post in (posts[0], posts[50], posts[-1]):
            await home.edit(post, FOUL)
        await home.edit(posts[20], "and I stand by it")
        await home.start()
        await home.quiet(3)
        assert set(await home.account([posts[0], posts[50], posts[-1]])) == ALL_DONE


async def test_after_two_hours_down_all_that_was_said_and_edited_is_found_and_the_gap_reported(
    tmp_path: Path,
) -> None:
    async with city(tmp_path) as home:
        await home.start()
        thread = await home.thread("Street sweeping")
        question = await home.thread("Bins", where="ask-city-hall")
        places: list[str | Channel] = ["town-square", "parks-and-rec", thread, question]
        earlier = {
            str(place): [await home.say(f"{FINE} {n}", where=place) for n in range(REREAD)]
            for place in ("town-square", "parks-and-rec")
        }
        for place in (thread, question):
            await home.say(FINE, where=place)
        await until(partial(home.seen, earlier["parks-and-rec"][-1], "parks-and-rec"), "all is seen")
        await home.kill()
        foul = await talk(home, places, seconds=DOWN)
        edited = {post: name for name, posts in earlier.items() for post in (posts[0], posts[50], posts[-1])}
        for post, name in edited.items():
            await home.edit(post, FOUL, where=name)
        for moment in ("after record", "after delete", "after Service._save.<locals>.save"):
            await home.start(moment, 1)
            await home.dead()
            assert await home.passed_over(foul) == []
        await home.start()
        await home.quiet(len(foul) + len(edited))
        assert set(await home.account([*foul, *edited])) == ALL_DONE
        await until(lambda: bool(home.alerts("Beadle was away for 2 hours")), "the report")


async def test_an_edit_of_a_message_that_is_not_in_memory_is_screened(tmp_path: Path) -> None:
    async with city(tmp_path) as home:
        post = await home.say(FINE)
        await home.start()
        await home.edit(post, FOUL)
        await home.quiet(1)
        assert set(await home.account([post])) == ALL_DONE


async def test_events_that_come_twice_or_out_of_order_count_once(tmp_path: Path) -> None:
    async with city(tmp_path) as home:
        await home.start()
        home.sandbox.fault(Events(event="MESSAGE_CREATE", how="duplicate", times=10))
        home.sandbox.fault(Events(event="MESSAGE_CREATE", how="reorder", times=10))
        posts = [await home.say(f"{FOUL} {n}") for n in range(21)]
        await home.quiet(len(posts))
        assert set(await home.account(posts)) == ALL_DONE


async def test_killed_while_it_reads_back_beadle_begins_again_where_it_was(tmp_path: Path) -> None:
    async with city(tmp_path) as home:
        await home.start()
        for place in ("town-square", "parks-and-rec"):
            await home.say(FINE, where=place)
        await home.stop()
        foul = await talk(home, ["town-square", "parks-and-rec"])
        for _ in range(3):
            await home.start("after record", 3)
            await home.dead()
            assert await home.passed_over(foul) == []
        await home.start()
        await home.quiet(FOUL_ONES)
        assert set(await home.account(foul)) == ALL_DONE


async def test_titles_and_names_that_changed_while_beadle_was_stopped_are_found(tmp_path: Path) -> None:
    async with city(tmp_path) as home:
        await home.start()
        thread = await home.thread("Street sweeping")
        await home.say(FINE, where=thread)
        await home.stop()
        await home.request("PATCH", f"/channels/{thread.id}", "resident", json={"name": FOUL})
        await home.start()
        await home.quiet(1)
        assert thread.name == "Title removed (case 1)"


async def test_an_outage_in_which_nothing_was_posted_is_not_worth_an_alert(tmp_path: Path) -> None:
    async with city(tmp_path) as home:
        await home.start()
        await home.say(FINE)
        home.sandbox.fault(RefuseResume())
        home.sandbox.fault(GatewayDown(seconds=0.2))
        await until(lambda: not home.connected, "the gateway is gone")
        await until(lambda: home.connected, "the gateway is back")
        foul = await home.say(FOUL)
        await home.quiet(1)
        await asyncio.sleep(0.5)
        assert set(await home.account([foul])) == ALL_DONE
        assert home.alerts() == []


async def test_a_gateway_that_is_gone_when_beadle_starts_is_waited_for(tmp_path: Path) -> None:
    async with city(tmp_path) as home:
        home.sandbox.fault(GatewayDown())
        home.launch()
        await until(lambda: "Attempting a reconnect" in home.log_text, "the first try to fail")
        home.sandbox.fault(GatewayUp())
        await until(lambda: home.ready.exists() or not home.alive, "Beadle at work")
        assert home.alive, home.log_text
        foul = await home.say(FOUL)
        await home.quiet(1)
        assert set(await home.account([foul])) == ALL_DONE
