from __future__ import annotations

from bot.enforcement.plan import ARCHIVE, DELETE, NOTICE, QUEUE
from bot.sandbox import Answer, Community, Permission
from bot.sandbox.world import building, posting
from bot.sandbox.world.messages import Message
from storage.schema import EnforcementState
from tests.e2e.e2e_support import FOUL, Beadle, People, Start, eventually, shown

DONE, PENDING = EnforcementState.DONE, EnforcementState.PENDING


async def test_posts_of_one_letter_or_of_nothing_that_shows_are_no_trouble(
    start: Start, community: Community, people: People, square: int
) -> None:
    beadle = await start("sample_city")
    texts = (
        "a" * 4_000,
        "a." * 2_000,
        "\u200b\u200c\u200d\u2060\ufeff" * 800,
        "\u202e\u0301" * 2_000,
    )
    posts = [long_post(community, text) for text in texts]
    threat = await people["neighbor"].say(square, "I know where you live and I will kill you")
    await beadle.case(threat["id"])
    for post in posts:
        assert not post.gone
        assert not await beadle.cases(post.id)


async def test_a_post_of_four_thousand_characters_that_breaks_the_policy_is_archived_whole(
    beadle: Beadle, community: Community
) -> None:
    text = f"{FOUL} " + "_" * (3_999 - len(FOUL))
    post = long_post(community, text)
    case = await beadle.case(post.id)
    assert post.gone
    assert [file.data.decode() for file in (await beadle.the(case, ARCHIVE)).attachments] == [text]
    assert await beadle.states(case) == {DELETE: DONE, ARCHIVE: DONE, NOTICE: DONE, QUEUE: DONE}


def long_post(community: Community, text: str) -> Message:
    """Post as somebody who pays for 4,000 characters, which the sandbox allows nobody."""
    world, resident = community.sandbox.world, community.people["resident"]
    square = community.channels["town-square"]
    return posting.post(world, Message(world.ids.next(), square, resident, world.now(), text))


async def test_a_channel_that_beadle_may_not_see_is_no_trouble_and_comes_under_its_care_when_it_may(
    start: Start, community: Community, people: People, square: int, parks: int
) -> None:
    hidden = Permission(user_id=community.bot.id, channel_id=parks, names=["VIEW_CHANNEL"])
    community.sandbox.fault(hidden)
    beadle = await start()
    unseen = await people["resident"].say(parks, FOUL)
    post = await people["resident"].say(square, FOUL)
    await beadle.case(post["id"])
    assert await beadle.untouched(unseen)
    community.sandbox.fault(hidden.model_copy(update={"taken": False}))
    later = await people["resident"].say(parks, FOUL)
    await beadle.case(later["id"])
    assert not beadle.stands(later)


async def test_a_post_that_beadle_may_not_delete_is_on_record_and_told_to_staff_and_removed_when_it_may(
    beadle: Beadle, community: Community, people: People, parks: int
) -> None:
    taken = Permission(user_id=community.bot.id, channel_id=parks, names=["MANAGE_MESSAGES"])
    community.sandbox.fault(taken)
    post = await people["resident"].say(parks, FOUL)
    await eventually(lambda: beadle.standing("alerts"), "an alert")
    (case,) = await beadle.cases(post["id"])
    assert (
        f"Case {case.number} (comment of <@{case.author_id}> in <#{parks}>): its removal waits until "
        f"somebody mends this, and is tried again every minute: deleting a message in <#{parks}>: "
        "Discord answered “Missing Permissions” (status 403, code 50013)."
        == beadle.standing("alerts")[0].content
    )
    assert beadle.stands(post)
    assert (await beadle.states(case))[NOTICE] is PENDING
    community.sandbox.fault(taken.model_copy(update={"taken": False}))
    await beadle.case(post["id"])
    assert not beadle.stands(post)


async def test_a_form_whose_channel_was_deleted_is_told_to_staff_and_delivered_when_there_is_one_again(
    start: Start, community: Community, people: People, square: int
) -> None:
    # So long a pause that only the new channel itself can bring the form forward.
    beadle = await start(enforcement={"lease_seconds": 5, "longest_pause_seconds": 3600})
    archive = community.channels["staff-archive"]
    await people["admin"].request("DELETE", f"/channels/{archive.id}")
    post = await people["resident"].say(square, FOUL)
    await eventually(lambda: beadle.standing("alerts"), "an alert")
    (case,) = await beadle.cases(post["id"])
    assert (
        f"Case {case.number} (comment of <@{case.author_id}> in <#{square}>): "
        "its archive copy waits until somebody mends this" in beadle.standing("alerts")[0].content
    )
    assert (await beadle.states(case))[DELETE] is DONE
    new = building.new_channel(
        community.sandbox.world,
        community.guild,
        "staff-archive",
        overwrites=archive.overwrites.values(),
    )
    await beadle.case(post["id"])
    assert await beadle.states(case) == {DELETE: DONE, ARCHIVE: DONE, NOTICE: DONE, QUEUE: DONE}
    assert (await beadle.the(case, ARCHIVE)).channel is new
    await eventually(lambda: len(beadle.standing("alerts")) == 2, "staff hear that it went through")
    waits, fixed = (alert.content for alert in beadle.standing("alerts"))
    assert "Either make a channel of that name, or name another in the configuration" in waits
    assert "its archive copy went through: what it waited for is mended." in fixed


async def test_what_waited_for_a_permission_is_told_once_to_have_gone_through(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    route = "/channels/{channel_id}/messages/{message_id}"
    community.sandbox.fault(Answer(status=403, code=50013, method="DELETE", route=route, times=2))
    post = await people["resident"].say(square, FOUL)
    case = await beadle.case(post["id"])
    await eventually(lambda: len(beadle.standing("alerts")) == 2, "staff hear that it went through")
    await beadle.everything_seen()
    waits, fixed = (alert.content for alert in beadle.standing("alerts"))
    assert "its removal waits until somebody mends this" in waits
    assert f"Case {case.number} " in fixed
    assert "its removal went through: what it waited for is mended." in fixed


async def test_a_channel_or_role_that_the_server_does_not_have_is_told_to_staff_at_the_start(
    start: Start,
) -> None:
    beadle = await start(channels={"review_queue": "queue"}, roles={"moderator": ["Moderator", "Mods"]})
    await eventually(lambda: beadle.standing("alerts"), "an alert")
    (alert,) = beadle.standing("alerts")
    assert alert.content.endswith("\nchannels.review_queue: 'queue'\nroles.moderator: 'Mods'")


async def test_without_an_alerts_channel_beadle_works_on(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    for name in ("alerts", "staff-archive"):
        await people["admin"].request("DELETE", f"/channels/{community.channels[name].id}")
    post = await people["resident"].say(square, FOUL)
    await eventually(lambda: not beadle.stands(post), "the post is removed")
    await beadle.everything_seen()


async def test_a_comment_of_mentions_and_markdown_alone_is_archived_readably(
    beadle: Beadle, people: People, square: int
) -> None:
    post = await people["resident"].say(square, f"||**__{FOUL}__**||")
    case = await beadle.case(post["id"])
    form = shown(await beadle.the(case, ARCHIVE)).replace("\\", "")
    assert "||" in form
    assert "zounderkite" in form
