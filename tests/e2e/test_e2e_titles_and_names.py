from __future__ import annotations

import pytest

from bot.enforcement.plan import ARCHIVE, NOTICE, QUEUE, RENAME
from bot.sandbox import Answer, Community
from bot.sandbox.rest.messages import routes
from bot.sandbox.world import building
from bot.sandbox.world.messages import MessageType
from bot.sandbox.world.models import Member
from rules.post import Subject
from storage.schema import EnforcementState
from tests.e2e.e2e_support import FINE, FOUL, Beadle, People, Start, eventually, fields
from tests.sandbox_support import Json, PersonClient


async def test_a_bad_thread_title_is_renamed_and_the_thread_stays(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    body = {"name": f"About {FOUL}", "type": 11}
    thread = await people["resident"].request("POST", f"/channels/{square}/threads", body)
    inside = await people["neighbor"].say(thread["id"], "I have a thought on that")
    case = await beadle.case(thread["id"], Subject.TITLE)
    assert set(await beadle.states(case)) == {RENAME, ARCHIVE, NOTICE, QUEUE}
    assert community.sandbox.world.channel(int(thread["id"])).name == f"Title removed (case {case.number})"
    assert beadle.stands(inside)
    form = await beadle.the(case, ARCHIVE)
    assert "**Entire thread title**" in form.embeds[0]["description"]


async def test_a_bad_title_is_one_case_and_the_line_that_its_thread_was_begun_goes_with_it(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    body = {"name": f"About {FOUL}", "type": 11}
    thread = await people["resident"].request("POST", f"/channels/{square}/threads", body)
    (line,) = beadle.standing("town-square")
    assert line.type is MessageType.THREAD_CREATED
    await beadle.case(thread["id"], Subject.TITLE)
    await beadle.everything_seen()
    assert not await beadle.cases(line.id)
    assert not beadle.standing("town-square")
    assert not beadle.standing("alerts")


async def test_the_line_that_a_thread_was_begun_stays_where_only_a_later_title_was_bad(
    beadle: Beadle, people: People, square: int
) -> None:
    body = {"name": "Road works", "type": 11}
    thread = await people["resident"].request("POST", f"/channels/{square}/threads", body)
    await rename(people, thread, FOUL)
    await beadle.case(thread["id"], Subject.TITLE)
    assert [line.content for line in beadle.standing("town-square")] == ["Road works"]


async def test_staff_hear_of_a_line_that_a_thread_was_begun_which_beadle_may_not_delete(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    route = "/channels/{channel_id}/messages/{message_id}"
    community.sandbox.fault(Answer(status=403, code=50013, method="DELETE", route=route))
    body = {"name": FOUL, "type": 11}
    thread = await people["resident"].request("POST", f"/channels/{square}/threads", body)
    await beadle.case(thread["id"], Subject.TITLE)
    await eventually(lambda: beadle.standing("alerts"), "an alert")
    (alert,) = beadle.standing("alerts")
    assert "a line of Discord's own may still show the old one. Please look: " in alert.content


async def test_a_title_that_is_changed_into_a_bad_one_is_renamed(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    body = {"name": "Road works", "type": 11}
    thread = await people["resident"].request("POST", f"/channels/{square}/threads", body)
    await people["resident"].request("PATCH", f"/channels/{thread['id']}", {"name": FOUL})
    case = await beadle.case(thread["id"], Subject.TITLE)
    assert community.sandbox.world.channel(int(thread["id"])).name == f"Title removed (case {case.number})"


async def test_a_forum_opener_is_removed_and_the_thread_and_its_other_comments_stay(
    beadle: Beadle, community: Community, people: People
) -> None:
    thread = await people["resident"].post(community.channels["ask-city-hall"].id, "A question", FOUL)
    answer = await people["neighbor"].say(thread["id"], "Please stay polite")
    case = await beadle.case(thread["id"])
    world = community.sandbox.world
    assert world.channel(int(thread["id"])).log.get(int(thread["id"])) is None
    assert world.channel(int(thread["id"])).name == "A question"
    assert beadle.stands(answer)
    assert "“A question” in #ask-city-hall" in fields(await beadle.the(case, ARCHIVE))["Site and channel"]


async def test_the_title_and_the_opener_of_a_forum_post_are_two_cases(
    beadle: Beadle, community: Community, people: People
) -> None:
    thread = await people["resident"].post(community.channels["ask-city-hall"].id, FOUL, FOUL)
    assert (await beadle.case(thread["id"])).subject is Subject.POST
    assert (await beadle.case(thread["id"], Subject.TITLE)).subject is Subject.TITLE


async def test_a_post_in_a_thread_is_removed_there(
    beadle: Beadle, community: Community, people: People
) -> None:
    thread = await people["resident"].post(community.channels["ask-city-hall"].id, "A question", FINE)
    post = await people["neighbor"].say(thread["id"], FOUL)
    case = await beadle.case(post["id"])
    assert not beadle.stands(post)
    assert case.channel_id == int(thread["id"])


async def test_a_bad_name_is_changed_when_somebody_joins_with_it(
    beadle: Beadle, community: Community
) -> None:
    member = _joins(community, FOUL)
    case = await beadle.case(member.user.id, Subject.NAME)
    assert member.nick == f"Member {member.user.id % 10_000:04}"
    form = await beadle.the(case, ARCHIVE)
    assert fields(form)["Site and channel"] == "Sample City community server, the member list"
    assert fields(await beadle.the(case, QUEUE))["Where"] == "the member list"
    assert (await beadle.states(case))[NOTICE] is EnforcementState.DONE


async def test_a_bad_nickname_is_changed_when_somebody_takes_it(
    beadle: Beadle, community: Community, people: People
) -> None:
    resident = community.people["resident"]
    member = community.guild.members[resident.id]
    await people["resident"].request("PATCH", f"/guilds/{community.guild.id}/members/@me", {"nick": FOUL})
    await beadle.case(resident.id, Subject.NAME)
    assert member.nick == f"Member {resident.id % 10_000:04}"


async def test_names_are_left_alone_where_the_configuration_says_so(
    start: Start, community: Community
) -> None:
    beadle = await start(screening={"nicknames": False})
    member = _joins(community, FOUL)
    await beadle.everything_seen()
    assert not await beadle.cases(member.user.id, Subject.NAME)
    assert member.nick is None


async def test_a_name_that_beadle_may_not_change_is_told_to_staff(
    beadle: Beadle, community: Community
) -> None:
    # The owner of a server stands above every bot in it.
    owner = community.sandbox.world.users[community.guild.owner_id]
    async with PersonClient(community.ready(), owner.token) as client:
        await client.request("PATCH", f"/guilds/{community.guild.id}/members/@me", {"nick": FOUL})
    await eventually(lambda: beadle.standing("alerts"), "an alert")
    (alert,) = beadle.standing("alerts")
    (case,) = await beadle.cases(owner.id, Subject.NAME)
    told = f"Case {case.number} (screen name of <@{owner.id}>): its renaming waits until somebody mends this"
    assert told in alert.content
    assert (await beadle.states(case))[RENAME] is EnforcementState.PENDING


def _joins(community: Community, name: str) -> Member:
    world = community.sandbox.world
    return building.join(world, community.guild, world.new_user("newcomer", name=name))


async def rename(people: People, thread: Json, name: str) -> None:
    await people["resident"].request("PATCH", f"/channels/{thread['id']}", {"name": name})


async def test_the_lines_that_tell_of_a_title_are_no_comments_and_staff_hear_of_one_that_stays(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    thread = await people["resident"].request(
        "POST", f"/channels/{square}/threads", {"name": "Road works", "type": 11}
    )
    await rename(people, thread, FOUL)
    case = await beadle.case(thread["id"], Subject.TITLE)
    await rename(people, thread, "Road works on Main Street")
    await beadle.everything_seen()
    log = community.sandbox.world.channel(int(thread["id"])).log
    lines = [
        line for key in log.ids if (line := log.get(key)) and line.type is MessageType.CHANNEL_NAME_CHANGE
    ]
    assert [line.content for line in lines] == [
        FOUL,
        f"Title removed (case {case.number})",
        "Road works on Main Street",
    ]
    assert not [case for line in lines for case in await beadle.cases(line.id)]
    (alert,) = beadle.standing("alerts")
    author = community.people["resident"].id
    told = f"Case {case.number} (thread title of <@{author}> in <#{thread['id']}>): the title was changed"
    assert alert.content.startswith(told)
    assert "still shows the old one, and Discord lets nobody delete it" in alert.content


async def test_a_line_that_repeats_a_bad_title_is_deleted_where_discord_lets_it_be(
    beadle: Beadle, community: Community, people: People, square: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "DELETABLE", frozenset(MessageType))
    thread = await people["resident"].request(
        "POST", f"/channels/{square}/threads", {"name": "Road works", "type": 11}
    )
    await rename(people, thread, FOUL)
    case = await beadle.case(thread["id"], Subject.TITLE)
    await rename(people, thread, "Road works on Main Street")
    await beadle.everything_seen()
    log = community.sandbox.world.channel(int(thread["id"])).log
    assert FOUL not in [line.content for key in log.ids if (line := log.get(key))]
    assert case.removed_at is not None
    assert beadle.standing("alerts") == []
