from __future__ import annotations

from bot.sandbox import Community
from rules.post import Subject
from tests.e2e.e2e_support import FINE, FOUL, Beadle, People, Start


async def test_what_was_said_before_beadle_came_is_not_its_to_judge(
    start: Start, community: Community, people: People, square: int, parks: int
) -> None:
    forum = community.channels["ask-city-hall"].id
    earlier = [await people["resident"].say(channel, FOUL) for channel in (square, parks)]
    thread = await people["resident"].post(forum, FOUL, FINE)
    beadle = await start()
    for post in earlier:
        assert await beadle.untouched(post)
    assert not await beadle.cases(thread["id"], Subject.TITLE)
    assert not beadle.standing("alerts")


async def test_what_was_said_while_beadle_was_away_is_found_wherever_it_was_said(
    beadle: Beadle, community: Community, people: People, square: int, parks: int
) -> None:
    await people["resident"].say(square, FINE)
    await beadle.everything_seen()
    await beadle.stop()
    thread = await people["resident"].post(community.channels["ask-city-hall"].id, "A question", FINE)
    # Younger posts elsewhere must not hide older ones in a place that Beadle has never seen.
    missed = [await people["resident"].say(channel, FOUL) for channel in (thread["id"], square, parks)]
    await beadle.start()
    for post in missed:
        assert (await beadle.case(post["id"])).origin == "catch_up"
        assert not beadle.stands(post)
    (alert,) = beadle.standing("alerts")
    assert "has read back " in alert.content
    assert "What breaks the policy or may: cases 2 to 4 in the review queue." in alert.content


async def test_the_report_names_the_case_that_stands_in_the_queue_for_a_flood_and_one_of_a_name(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    await people["resident"].say(square, FINE)
    await beadle.everything_seen()
    await beadle.stop()
    same = "Buy the finest apartments of the city today, only from us"
    posts = [await people["resident"].say(square, same) for _ in range(8)]
    me = f"/guilds/{community.guild.id}/members/@me"
    await people["neighbor"].request("PATCH", me, {"nick": FOUL})
    await beadle.start()
    last = await beadle.case(posts[-1]["id"])
    name = await beadle.case(community.people["neighbor"].id, Subject.NAME)
    assert name.number == last.number + 1
    first = await beadle.case(posts[2]["id"])
    (alert,) = beadle.standing("alerts")
    assert "has read back 8 new posts, and looked again for edits, names and titles. " in alert.content
    assert (
        f"cases {first.number} to {name.number}. In the review queue: {first.number} and {name.number}; "
        "the others under the first case of the flood that each belongs to."
    ) in alert.content


async def test_a_bad_name_taken_while_beadle_was_away_is_found(
    beadle: Beadle, community: Community, people: People
) -> None:
    await beadle.everything_seen()
    await beadle.stop()
    me = f"/guilds/{community.guild.id}/members/@me"
    await people["resident"].request("PATCH", me, {"nick": FOUL})
    await beadle.start()
    resident = community.people["resident"].id
    assert (await beadle.case(resident, Subject.NAME)).origin == "catch_up"
