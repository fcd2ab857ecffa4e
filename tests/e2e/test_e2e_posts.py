from __future__ import annotations

import asyncio

from bot.enforcement.plan import ARCHIVE, DELETE, NOTICE, QUEUE
from bot.sandbox import Answer, Community, Events, Preview
from storage.schema import EnforcementState
from tests.e2e.e2e_support import (
    FINE,
    FOUL,
    Beadle,
    People,
    Start,
    eventually,
    fields,
    new_webhook,
    shown,
    speak,
)

DONE = EnforcementState.DONE


async def test_a_post_that_breaks_the_policy_is_recorded_removed_archived_queued_and_its_author_told(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    post = await people["resident"].say(square, FOUL)
    case = await beadle.case(post["id"])
    assert not beadle.stands(post)
    assert await beadle.states(case) == {DELETE: DONE, ARCHIVE: DONE, NOTICE: DONE, QUEUE: DONE}
    assert (case.rule, case.clause, case.origin, case.channel_id) == ("foul", "conduct", "live", square)
    assert case.authority == "City Council resolution 2025-14"
    (evidence,) = await beadle.evidence(case)
    assert evidence.post.text == FOUL
    channels = {ARCHIVE: "staff-archive", QUEUE: "review-queue"}
    for purpose, name in channels.items():
        assert (await beadle.the(case, purpose)).channel.name == name
    assert community.people["resident"] in (await beadle.the(case, NOTICE)).channel.recipients


async def test_a_flagged_post_stays_up_and_waits_in_the_queue_with_all_that_staff_need(
    beadle: Beadle, people: People, square: int
) -> None:
    await people["neighbor"].say(square, "Is the meeting tonight?")
    post = await people["resident"].say(square, "I will hurt you, clerk")
    case = await beadle.case(post["id"])
    assert beadle.stands(post)
    assert set(await beadle.states(case)) == {QUEUE}
    entry = await beadle.the(case, QUEUE)
    assert "I will __**hurt you**__, clerk" in entry.embeds[0]["description"]
    told = fields(entry)
    assert told["Clause"] == "Conduct (`conduct`)"
    assert "`threat`" in told["Found"]
    assert "hurt you" in told["Found"]
    assert f"https://discord.com/channels/{case.community}/{square}/{post['id']}" in told["Where"]
    assert told["Before it"] == "Ned Olson: Is the meeting tonight?"
    assert "URGENT" in entry.content


async def test_ordinary_talk_is_left_alone(beadle: Beadle, people: People, square: int) -> None:
    post = await people["resident"].say(square, FINE)
    assert await beadle.untouched(post)


async def test_talk_and_criticism_is_left_alone_by_the_policies_that_come_with_beadle(
    start: Start, people: People, square: int
) -> None:
    beadle = await start("sample_city")
    texts = (
        "the mayor is wrong about the budget",
        "this council is a disgrace, vote them out",
        "Thank you to the crew that fixed Elm Street!",
        "kill the bill, council member Ortiz, it is a waste of our money",
    )
    posts = [await people["resident"].say(square, text) for text in texts]
    threat = await people["neighbor"].say(square, "I know where you live and I will kill you")
    await beadle.case(threat["id"])
    assert [
        post["content"] for post in posts if await beadle.cases(post["id"]) or not beadle.stands(post)
    ] == []


async def test_an_edit_that_turns_bad_is_caught_and_the_earlier_version_kept(
    beadle: Beadle, people: People, square: int
) -> None:
    post = await people["resident"].say(square, FINE)
    await people["resident"].edit(post, FOUL)
    case = await beadle.case(post["id"])
    assert not beadle.stands(post)
    assert case.origin == "edit"
    assert [version.post.text for version in await beadle.evidence(case)] == [FINE, FOUL]
    assert f"Earlier version: {FINE}" in fields(await beadle.the(case, ARCHIVE))["Other information"]


async def test_an_edit_of_a_post_from_before_beadle_came_is_caught(
    start: Start, people: People, square: int
) -> None:
    post = await people["resident"].say(square, FINE)
    beadle = await start()
    await people["resident"].edit(post, FOUL)
    case = await beadle.case(post["id"])
    assert not beadle.stands(post)
    assert [version.post.text for version in await beadle.evidence(case)] == [FOUL]


async def test_a_flagged_post_that_is_edited_again_opens_a_second_case(
    beadle: Beadle, people: People, square: int
) -> None:
    post = await people["resident"].say(square, "I will hurt you")
    await beadle.case(post["id"])
    await people["resident"].edit(post, "I will hurt you badly")
    second = await beadle.case(post["id"], nth=2)
    assert beadle.stands(post)
    assert second.origin == "edit"


async def test_the_entry_of_a_flagged_version_says_when_the_post_went_with_another(
    start: Start, community: Community, people: People, square: int
) -> None:
    # So long a pause that only a change of the server brings the removal forward.
    beadle = await start(enforcement={"lease_seconds": 5, "longest_pause_seconds": 3600})
    route = "/channels/{channel_id}/messages/{message_id}"
    community.sandbox.fault(Answer(status=403, code=50013, method="DELETE", route=route))
    post = await people["resident"].say(square, "I will hurt you")
    flagged = await beadle.case(post["id"])
    await people["resident"].edit(post, FOUL)
    await eventually(lambda: beadle.standing("alerts"), "the post cannot be removed")
    entry = await beadle.the(flagged, QUEUE)
    assert "stays up until somebody decides" in fields(entry)["Now"]
    await people["admin"].request(
        "POST", f"/guilds/{community.guild.id}/channels", {"name": "new", "type": 0}
    )
    second = await beadle.case(post["id"], nth=2)
    assert not beadle.stands(post)
    went = f"It is not to be seen any more: the whole comment went with case {second.number}."
    await eventually(lambda: fields(entry)["Now"] == went, "the entry says so")
    assert "URGENT" not in entry.content
    assert "https://" not in fields(entry)["Where"]


async def test_quick_edits_leave_no_entry_that_calls_a_removed_post_standing(
    beadle: Beadle, people: People, square: int
) -> None:
    post = await people["resident"].say(square, FINE)
    texts = ("I will hurt you", "I will hurt you soon", "I will hurt you badly")
    await asyncio.gather(*(people["resident"].edit(post, t) for t in texts))
    await people["resident"].edit(post, FOUL)
    await beadle.everything_seen()
    for n, _ in enumerate(await beadle.cases(post["id"]), 1):
        await beadle.case(post["id"], nth=n)
    assert not beadle.stands(post)

    def standing() -> bool:
        entries = [m for m in beadle.standing("review-queue") if f"message {post['id']}" not in shown(m)]
        return any("hurt you" in shown(m) for m in entries)

    await eventually(lambda: not standing(), "every entry says that the post is gone")


async def test_a_link_preview_is_no_new_revision(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    post = await people["resident"].say(square, "I will hurt you https://example.org/page")
    await beadle.case(post["id"])
    community.sandbox.fault(Preview(channel_id=square, message_id=int(post["id"]), title=FOUL))
    await beadle.everything_seen()
    assert len(await beadle.cases(post["id"])) == 1
    assert beadle.stands(post)


async def test_the_comment_that_was_answered_is_shown_with_the_answer(
    beadle: Beadle, people: People, square: int
) -> None:
    asked = await people["neighbor"].say(square, "Who closed the library on Sundays?")
    reference = {"message_id": asked["id"], "channel_id": asked["channel_id"]}
    post = await people["resident"].say(square, FOUL, message_reference=reference)
    case = await beadle.case(post["id"])
    assert (
        "In answer to Ned Olson: Who closed" in fields(await beadle.the(case, ARCHIVE))["Other information"]
    )
    assert (
        fields(await beadle.the(case, QUEUE))["In answer to"]
        == "Ned Olson: Who closed the library on Sundays?"
    )


async def test_a_forwarded_post_is_screened_where_it_arrives(
    start: Start, people: People, square: int, parks: int
) -> None:
    beadle = await start(screening={"only": ["parks-and-rec", "announcements"]})
    original = await people["neighbor"].say(square, FOUL)
    reference = {"type": 1, "message_id": original["id"], "channel_id": original["channel_id"]}
    forward = await people["resident"].say(parks, message_reference=reference)
    case = await beadle.case(forward["id"])
    assert not beadle.stands(forward)
    assert beadle.stands(original)
    assert f"forward 1: {FOUL}" in shown(await beadle.the(case, ARCHIVE))


async def test_a_poll_is_screened_in_question_and_answers(
    beadle: Beadle, people: People, square: int
) -> None:
    poll = {
        "question": {"text": "Best park?"},
        "answers": [{"poll_media": {"text": "Mill Pond"}}, {"poll_media": {"text": FOUL}}],
    }
    post = await people["resident"].say(square, poll=poll)
    case = await beadle.case(post["id"])
    assert not beadle.stands(post)
    form = shown(await beadle.the(case, ARCHIVE))
    assert "poll question: Best park?" in form
    assert f"poll answer 2: {FOUL}" in form


async def test_what_a_webhook_writes_on_a_card_is_screened_where_webhooks_are(
    start: Start, people: People, square: int
) -> None:
    beadle = await start(screening={"webhooks": True})
    hook = await new_webhook(people["admin"], square)
    post = await speak(people["admin"], hook, embeds=[{"title": "News", "description": FOUL}])
    case = await beadle.case(post["id"])
    assert not beadle.stands(post)
    assert NOTICE not in await beadle.states(case)
    assert "(webhook)" in fields(await beadle.the(case, ARCHIVE))["Screen name of poster"]


async def test_the_name_of_an_attachment_is_screened(beadle: Beadle, people: People, square: int) -> None:
    post = await people["resident"].say(square, "look", files={"zounderkite.txt": b"harmless"})
    case = await beadle.case(post["id"])
    assert not beadle.stands(post)
    assert "zounderkite.txt" in fields(await beadle.the(case, ARCHIVE))["Other information"]


async def test_a_post_that_its_author_deletes_first_is_on_record_all_the_same(
    beadle: Beadle, people: People, square: int
) -> None:
    post = await people["resident"].say(square, FOUL)
    await asyncio.gather(people["resident"].delete(post), return_exceptions=True)
    case = await beadle.case(post["id"])
    assert await beadle.states(case) == {DELETE: DONE, ARCHIVE: DONE, NOTICE: DONE, QUEUE: DONE}


async def test_an_event_that_comes_twice_makes_one_case(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    community.sandbox.fault(Events(event="MESSAGE_CREATE", how="duplicate"))
    post = await people["resident"].say(square, FOUL)
    await beadle.case(post["id"])
    await beadle.everything_seen()
    assert len(await beadle.cases(post["id"])) == 1
    await eventually(lambda: len(beadle.standing("staff-archive")) == 1, "one form")
