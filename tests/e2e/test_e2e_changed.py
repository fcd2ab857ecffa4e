"""What was changed before Beadle could remove it stays, and is judged by itself; the record says so."""

from __future__ import annotations

from pathlib import Path

from bot.enforcement.plan import ARCHIVE, DELETE, NOTICE, QUEUE
from bot.sandbox import Answer, Community, Exchange, GatewayDown, GatewayUp
from bot.screening.screening import READ_BACK
from bot.service import Service
from rules.post import Subject
from storage.cases import Case
from storage.schema import EnforcementState
from tests.e2e.e2e_support import (
    FINE,
    FOUL,
    POLICY,
    SAME,
    SSN,
    Beadle,
    People,
    Start,
    eventually,
    fields,
    posts_wait,
    record_out_of_reach,
    shown,
)
from tests.sandbox_support import Json

ONE = "/channels/{channel_id}/messages/{message_id}"
MANY = "/channels/{channel_id}/messages"
CHANNEL = "/channels/{channel_id}"


def asked(exchanges: list[Exchange], method: str, route: str) -> list[Exchange]:
    return [e for e in exchanges if e.bot and e.method == method and e.route == route]


def is_changed(case: Case) -> bool:
    return case.changed_at is not None and case.removed_at is None and case.gone_at is None


async def test_a_post_that_was_mended_before_a_deletion_is_repeated_stays(
    beadle: Beadle, community: Community, people: People, square: int, exchanges: list[Exchange]
) -> None:
    community.sandbox.fault(Answer(status=500, method="DELETE", route=ONE))
    post = await people["resident"].say(square, FOUL)
    await eventually(lambda: asked(exchanges, "DELETE", ONE), "the deletion fails")
    await people["resident"].edit(post, FINE)
    case = await beadle.case(post["id"])
    assert beadle.stands(post)
    assert is_changed(case)
    assert len(asked(exchanges, "DELETE", ONE)) == 1
    assert len(await beadle.cases(post["id"])) == 1


async def test_a_post_that_was_mended_while_the_record_was_out_of_reach_stays_and_all_are_told_so(
    beadle: Beadle, people: People, square: int, tmp_path: Path
) -> None:
    with record_out_of_reach(tmp_path):
        post = await people["resident"].say(square, f"ssn {SSN}")
        await posts_wait(beadle)
        await people["resident"].edit(post, FINE)
    case = await beadle.case(post["id"])
    assert beadle.stands(post)
    assert is_changed(case)
    assert case.due_at is not None
    assert set((await beadle.states(case)).values()) == {EnforcementState.DONE}
    form = await beadle.the(case, ARCHIVE)
    assert form.content == f"**Case {case.number} · comment changed before removal**"
    assert form.embeds[0]["title"] == "Changed before it could be removed: comment"
    told = fields(form)
    assert told["Date removed"].startswith("changed before it could be removed, found so on ")
    assert told["Removed by"] == "nobody: its author changed it before Beadle (automatic) could"
    assert "the link is dead" not in told["Other information"]
    entry = await beadle.the(case, QUEUE)
    assert entry.embeds[0]["title"] == "Changed comment"
    assert fields(entry)["Now"].startswith("Its author changed it before Beadle could hide it")
    notice = shown(await beadle.the(case, NOTICE))
    assert "was changed before it could be removed" in notice
    assert "was removed" not in notice


async def test_a_post_that_was_bad_only_while_the_connection_was_gone_stays(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    post = await people["resident"].say(square, FINE)
    await beadle.everything_seen()
    community.sandbox.fault(GatewayDown())
    await people["resident"].edit(post, FOUL)
    await people["resident"].edit(post, "the mayor is right about the budget")
    community.sandbox.fault(GatewayUp())
    case = await beadle.case(post["id"])
    await beadle.everything_seen()
    assert beadle.stands(post)
    assert is_changed(case)


async def test_a_post_that_was_changed_into_another_bad_one_is_removed_on_a_case_of_its_own(
    beadle: Beadle, people: People, square: int, tmp_path: Path
) -> None:
    with record_out_of_reach(tmp_path):
        post = await people["resident"].say(square, f"ssn {SSN}")
        await posts_wait(beadle)
        await people["resident"].edit(post, FOUL)
    first, second = await beadle.case(post["id"]), await beadle.case(post["id"], nth=2)
    assert not beadle.stands(post)
    assert is_changed(first)
    assert second.removed_at is not None
    assert (await beadle.evidence(second))[-1].post.text == FOUL


async def test_a_post_that_is_changed_back_is_removed_all_the_same(
    beadle: Beadle, people: People, square: int, tmp_path: Path
) -> None:
    with record_out_of_reach(tmp_path):
        post = await people["resident"].say(square, FOUL)
        await posts_wait(beadle)
        await people["resident"].edit(post, FINE)
    first = await beadle.case(post["id"])
    await people["resident"].edit(post, FOUL)
    second = await beadle.case(post["id"], nth=2)
    assert not beadle.stands(post)
    assert [is_changed(first), first.occasion, second.occasion] == [True, 1, 2]
    assert second.removed_at is not None


async def test_of_a_flood_what_was_changed_stays_and_the_rest_is_read_together_and_removed(
    beadle: Beadle, people: People, square: int, tmp_path: Path, exchanges: list[Exchange]
) -> None:
    with record_out_of_reach(tmp_path):
        posts = [await people["resident"].say(square, SAME) for _ in range(8)]
        await posts_wait(beadle)
        await people["resident"].edit(posts[-1], FINE)
    found = [await beadle.case(post["id"]) for post in posts[2:]]
    assert [is_changed(case) for case in found] == [False] * 5 + [True]
    assert [beadle.stands(post) for post in posts[2:]] == [False] * 5 + [True]
    assert not asked(exchanges, "GET", ONE)


async def test_what_is_removed_at_once_is_not_read_again(
    beadle: Beadle, people: People, square: int, exchanges: list[Exchange]
) -> None:
    await beadle.everything_seen()
    before = len(exchanges)
    post = await people["resident"].say(square, FOUL)
    case = await beadle.case(post["id"])
    assert (await beadle.states(case))[DELETE] is EnforcementState.DONE
    since = exchanges[before:]
    deleted = since.index(asked(since, "DELETE", ONE)[0])
    assert not asked(since[:deleted], "GET", MANY)


async def test_a_title_that_was_mended_before_it_could_be_removed_stays(
    beadle: Beadle, community: Community, people: People, square: int, tmp_path: Path
) -> None:
    with record_out_of_reach(tmp_path):
        thread = await begin(people, square, FOUL)
        await posts_wait(beadle)
        await rename(people, thread, "Road works")
    case = await beadle.case(thread["id"], Subject.TITLE)
    assert is_changed(case)
    assert community.sandbox.world.channel(int(thread["id"])).name == "Road works"
    assert FOUL not in [line.content for line in beadle.standing("town-square")]


async def test_a_title_that_was_mended_before_its_renaming_is_repeated_stays(
    beadle: Beadle, community: Community, people: People, square: int, exchanges: list[Exchange]
) -> None:
    community.sandbox.fault(Answer(status=500, method="PATCH", route=CHANNEL))
    thread = await begin(people, square, FOUL)
    await eventually(lambda: asked(exchanges, "PATCH", CHANNEL), "the renaming fails")
    await rename(people, thread, "Road works")
    case = await beadle.case(thread["id"], Subject.TITLE)
    assert is_changed(case)
    assert community.sandbox.world.channel(int(thread["id"])).name == "Road works"


async def test_a_title_that_was_read_before_its_removal_and_is_looked_at_afterwards_has_not_come_back(
    beadle: Beadle, people: People, square: int
) -> None:
    thread = await begin(people, square, FOUL)
    case = await beadle.case(thread["id"], Subject.TITLE)
    await look_again(beadle, case)
    await beadle.everything_seen()
    assert len(await beadle.cases(thread["id"], Subject.TITLE)) == 1
    await rename(people, thread, FOUL)
    again = await beadle.case(thread["id"], Subject.TITLE, nth=2)
    assert again.occasion == 2
    assert again.removed_at is not None


async def test_a_name_that_was_read_before_its_removal_and_is_looked_at_afterwards_has_not_come_back(
    beadle: Beadle, community: Community, people: People
) -> None:
    resident = community.people["resident"]
    path = f"/guilds/{community.guild.id}/members/@me"
    await people["resident"].request("PATCH", path, {"nick": FOUL})
    case = await beadle.case(resident.id, Subject.NAME)
    await look_again(beadle, case)
    await beadle.everything_seen()
    assert len(await beadle.cases(resident.id, Subject.NAME)) == 1
    await people["resident"].request("PATCH", path, {"nick": FOUL})
    again = await beadle.case(resident.id, Subject.NAME, nth=2)
    assert again.occasion == 2


async def test_beadles_own_titles_and_names_are_not_judged(
    start: Start, community: Community, people: People, square: int
) -> None:
    beadle = await start(POLICY.replace("[zounderkite]", "[zounderkite, removed, member]"))
    resident = community.people["resident"]
    thread = await begin(people, square, FOUL)
    case = await beadle.case(thread["id"], Subject.TITLE)
    await people["resident"].request(
        "PATCH", f"/guilds/{community.guild.id}/members/@me", {"nick": f"the {FOUL}"}
    )
    await beadle.case(resident.id, Subject.NAME)
    await beadle.everything_seen()
    assert community.sandbox.world.channel(int(thread["id"])).name == f"Title removed (case {case.number})"
    assert community.guild.members[resident.id].nick == f"Member {resident.id % 10_000:04}"
    assert len(await beadle.cases(thread["id"], Subject.TITLE)) == 1
    assert len(await beadle.cases(resident.id, Subject.NAME)) == 1


async def look_again(beadle: Beadle, case: Case) -> None:
    """Let Beadle come, in reading back, to what it had read before it removed it."""
    service = beadle.client.events
    assert isinstance(service, Service)
    (judged,) = await beadle.evidence(case)
    await service.screening.see(judged.post, origin=READ_BACK)


async def begin(people: People, channel_id: int, title: str) -> Json:
    body = {"name": title, "type": 11}
    return dict(await people["resident"].request("POST", f"/channels/{channel_id}/threads", body))


async def rename(people: People, thread: Json, title: str) -> None:
    await people["resident"].request("PATCH", f"/channels/{thread['id']}", {"name": title})
