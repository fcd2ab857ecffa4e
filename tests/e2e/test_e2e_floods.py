from __future__ import annotations

from bot.enforcement.plan import ARCHIVE, DELETE, NOTICE, QUEUE
from bot.sandbox import Answer, Community
from storage import cases, enforcements, ledger
from tests.e2e.e2e_support import FOUL, SSN, Beadle, People, Start, eventually, fields, shown

TEXT = "GARAGE SALE at the old mill, everything must go"


async def test_a_flood_of_twenty_gets_a_form_each_but_one_queue_entry_and_one_notice(
    beadle: Beadle, community: Community, people: People, square: int, parks: int
) -> None:
    posts = [await people["neighbor"].say(parks if n % 3 else square, TEXT) for n in range(20)]
    found = [await beadle.case(post["id"]) for post in posts[2:]]
    assert [beadle.stands(post) for post in posts] == [True] * 2 + [False] * 18
    assert {case.incident_id for case in found} == {found[0].incident_id}
    assert found[0].incident_id is not None
    assert set(await beadle.states(found[0])) == {DELETE, ARCHIVE, NOTICE, QUEUE}
    for case in found[1:]:
        assert set(await beadle.states(case)) == {DELETE, ARCHIVE}
    assert len(beadle.standing("staff-archive")) == 18
    (entry,) = beadle.standing("review-queue")
    await eventually(lambda: "18 comments of one flood" in shown(entry), "the entry counts them all")
    await eventually(lambda: community.sandbox.control.state()["dms"] == {"neighbor": 1}, "one notice")
    assert "this one notice is for all of them" in (await beadle.the(found[0], NOTICE)).content


async def test_the_count_in_the_queue_entry_grows_with_the_flood(
    beadle: Beadle, people: People, square: int
) -> None:
    posts = [await people["neighbor"].say(square, TEXT) for _ in range(4)]
    await beadle.case(posts[2]["id"])
    (entry,) = beadle.standing("review-queue")
    await eventually(lambda: "2 comments of one flood" in shown(entry), "the count begins at two")
    for _ in range(3):
        await people["neighbor"].say(square, TEXT)
    await eventually(lambda: "5 comments of one flood" in shown(entry), "the count is brought up to date")
    assert f"Ned Olson: {TEXT}" in fields(entry)["Before it"]


async def test_a_count_that_could_not_be_shown_is_shown_later(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    posts = [await people["neighbor"].say(square, TEXT) for _ in range(3)]
    await beadle.case(posts[2]["id"])
    (entry,) = beadle.standing("review-queue")
    community.sandbox.fault(Answer(status=503, method="PATCH"))
    posts += [await people["neighbor"].say(square, TEXT) for _ in range(3)]
    await eventually(lambda: "4 comments of one flood" in shown(entry), "the count is brought up to date")


async def test_the_id_of_every_message_made_for_a_case_is_on_record(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    posts = [await people["neighbor"].say(square, text) for text in (FOUL, "I will hurt you", *[TEXT] * 6)]
    for post in (*posts[:2], *posts[4:]):
        await beadle.case(post["id"])
    world = community.sandbox.world
    made = {
        message_id
        for channel in world.channels.values()
        for message_id in channel.log.ids
        if (message := channel.log.get(message_id)) and message.author is community.bot
    }
    every = await beadle.read(cases.open_cases, community.guild.id)
    recorded = {
        sent.message_id for case in every for sent in await beadle.read(enforcements.messages_of, case.id)
    }
    assert made == recorded
    assert await beadle.read(ledger.verify, community.guild.id) is None


async def test_two_people_who_flood_are_two_incidents(beadle: Beadle, people: People, square: int) -> None:
    mine = [await people["neighbor"].say(square, TEXT) for _ in range(4)]
    theirs = [await people["resident"].say(square, "Win a cruise, ask me how, today only") for _ in range(4)]
    first, second = await beadle.case(mine[-1]["id"]), await beadle.case(theirs[-1]["id"])
    assert first.incident_id != second.incident_id
    await eventually(lambda: len(beadle.standing("review-queue")) == 2, "two queue entries")


async def test_posts_of_a_flood_that_another_rule_decides_on_are_told_of_by_themselves(
    start: Start, people: People, square: int
) -> None:
    beadle = await start("sample_city")
    plain = [await people["neighbor"].say(square, TEXT) for _ in range(5)]
    private = [await people["neighbor"].say(square, f"{TEXT} {SSN}") for _ in range(2)]
    flood = await beadle.case(plain[-1]["id"])
    first, second = [await beadle.case(post["id"]) for post in private]
    assert first.incident_id == second.incident_id != flood.incident_id
    assert "Private information" in (await beadle.the(first, NOTICE)).content
    (form,) = await beadle.made(second, ARCHIVE)
    assert f"which began with case {first.number}" in fields(form)["Other information"]
