from __future__ import annotations

from datetime import timedelta

from bot.enforcement.plan import ARCHIVE, NOTICE
from bot.sandbox import Answer, Community, Dms
from bot.sandbox.world.message_shapes import message as shape
from bot.sandbox.world.messages import Message
from storage.cases import Case
from storage.schema import EnforcementState
from tests.e2e.e2e_support import FOUL, POLICY, SSN, Beadle, People, Start, eventually, fields
from tests.sandbox_support import Json, PersonClient


async def answer(person: PersonClient, message: Message, label: str) -> str:
    """Let a person press a button and return what only they are told."""
    watch = person.seen if person.seen.events else await person.watch()
    (button,) = [part for row in message.components for part in row["components"] if part["label"] == label]
    heard = len(watch.of("MESSAGE_UPDATE"))
    await person.press(shape(message), button["custom_id"])

    def told(event: Json) -> bool:
        return event in watch.of("MESSAGE_UPDATE")[heard:] and bool(event["flags"] & 64)

    return str((await watch.wait("MESSAGE_UPDATE", told))["content"])


async def test_the_author_is_told_what_why_when_and_how_to_ask_for_another_look(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    post = await people["resident"].say(square, f"Well, {FOUL}")
    case = await beadle.case(post["id"])
    notice = await beadle.the(case, NOTICE)
    assert notice.channel.recipients
    assert notice.channel.guild is None
    for words in (
        f"Case {case.number} · notice from Sample City",
        "Your comment in #town-square from ",
        f"> Well, {FOUL}",
        "Conduct",
        "No foul words and no threats.",
        "as authorised by City Council resolution 2025-14",
        f"write to the Communications Coordinator at talk@samplecity.example and name case {case.number}",
    ):
        assert words in notice.content.replace("\\", "")
    assert not notice.components


async def _closed_door(
    beadle: Beadle, community: Community, people: People, square: int
) -> tuple[Case, Message]:
    community.sandbox.fault(Dms(user_id=community.people["resident"].id, open=False))
    post = await people["resident"].say(square, f"{FOUL}, and {SSN} is hers")
    case = await beadle.case(post["id"])
    return case, await beadle.the(case, NOTICE)


async def test_an_author_who_takes_no_direct_messages_gets_one_short_public_line(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    case, line = await _closed_door(beadle, community, people, square)
    resident = community.people["resident"]
    assert line.channel is community.channels["town-square"]
    assert line.mentions == [resident]
    assert line.content.count(f"<@{resident.id}>") == 1
    assert "zounderkite" not in line.content
    assert len(line.content) < 250
    assert f"Case {case.number} · notice" in line.content


async def test_only_the_author_can_open_see_why(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    case, line = await _closed_door(beadle, community, people, square)
    for stranger in ("neighbor", "moderator"):
        told = await answer(people[stranger], line, "See why")
        assert told == "Only whom it was sent to can open this."
    why = await answer(people["resident"], line, "See why")
    assert f"Case {case.number} · notice from Sample City" in why
    assert "Conduct" in why or "Private information" in why
    assert SSN not in why
    assert line.channel.log.get(line.id) is line


async def test_why_is_told_by_the_policy_that_was_in_force_then(
    start: Start, community: Community, people: People, square: int
) -> None:
    beadle = await start()
    _, line = await _closed_door(beadle, community, people, square)
    await beadle.stop()
    await start(POLICY.replace("No foul words and no threats.", "Be kind."))
    why = await answer(people["resident"], line, "See why")
    assert "No foul words and no threats." in why
    assert "Be kind." not in why


async def test_the_coordinator_stamps_a_form_once_and_it_is_kept_for_a_year_from_then(
    beadle: Beadle, people: People, square: int
) -> None:
    post = await people["resident"].say(square, FOUL)
    case = await beadle.case(post["id"])
    form = await beadle.the(case, ARCHIVE)
    label = "Received by the coordinator"
    for other in ("moderator", "clerk"):
        assert await answer(people[other], form, label) == (
            "Only the communications coordinator can stamp this form."
        )
    assert (await beadle.case(post["id"])).received_at is None
    stamped = await answer(people["coordinator"], form, label)
    assert stamped.startswith(f"Stamped: case {case.number} was received ")
    received = await beadle.case(post["id"])
    assert received.received_by == "Cora Lindqvist"
    assert received.received_at
    assert received.due_at
    assert received.due_at - received.received_at in (timedelta(days=365), timedelta(days=366))
    await eventually(lambda: not form.components, "the button goes")
    assert fields(form)["Date received by the coordinator"].endswith(", Cora Lindqvist")
    assert fields(form)["Reason for removal"]


async def test_a_second_press_on_a_form_already_stamped_says_so(
    beadle: Beadle, people: People, square: int
) -> None:
    post = await people["resident"].say(square, FOUL)
    form = await beadle.the(await beadle.case(post["id"]), ARCHIVE)
    button = form.components[0]["components"][0]["custom_id"]
    before = shape(form)
    coordinator = people["coordinator"]
    await answer(coordinator, form, "Received by the coordinator")
    # A client that has not yet seen the button go can still press it.
    form.components = before["components"]
    again = await answer(coordinator, form, "Received by the coordinator")
    assert button == "beadle:received:1"
    assert again.startswith("It was stamped already: received ")


async def test_a_form_with_files_keeps_them_when_it_is_stamped(
    beadle: Beadle, people: People, square: int
) -> None:
    post = await people["resident"].say(square, FOUL, files={"plan.txt": b"the plan"})
    form = await beadle.the(await beadle.case(post["id"]), ARCHIVE)
    await answer(people["coordinator"], form, "Received by the coordinator")
    await eventually(lambda: not form.components, "the button goes")
    assert [file.data for file in form.attachments] == [b"the plan"]
    assert "plan.txt" in fields(form)["Other information"]
    assert "not kept" not in fields(form)["Other information"]


async def test_a_button_of_a_case_that_is_not_on_record_says_so(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    row = {
        "type": 1,
        "components": [{"type": 2, "style": 2, "label": "See why", "custom_id": "beadle:why:99"}],
    }
    async with PersonClient(community.ready(), f"Bot {community.bot.token}") as ourselves:
        sent = await ourselves.say(square, "left from another record", components=[row])
    message = community.channels["town-square"].log.get(int(sent["id"]))
    assert message
    assert await answer(people["resident"], message, "See why") == "Case 99 is not on record."


async def test_where_the_thread_is_gone_the_public_line_stands_in_its_channel(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    community.sandbox.fault(Dms(user_id=community.people["resident"].id, open=False))
    community.sandbox.fault(Answer(status=500, method="POST", route="/users/@me/channels", times=1))
    begun = {"name": "Benches", "type": 11}
    thread = await people["neighbor"].request("POST", f"/channels/{square}/threads", begun)
    post = await people["resident"].say(thread["id"], FOUL)
    await eventually(lambda: not beadle.stands(post), "the post is gone")
    await people["admin"].request("DELETE", f"/channels/{thread['id']}")
    line = await beadle.the(await beadle.case(post["id"]), NOTICE)
    assert line.channel is community.channels["town-square"]
    assert line.mentions == [community.people["resident"]]


async def test_where_a_forum_post_is_gone_nobody_is_asked_to_mend_what_cannot_be(
    beadle: Beadle, community: Community, people: People
) -> None:
    community.sandbox.fault(Dms(user_id=community.people["resident"].id, open=False))
    community.sandbox.fault(Answer(status=500, method="POST", route="/users/@me/channels", times=1))
    thread = await people["neighbor"].post(community.channels["ask-city-hall"].id, "Benches", "Where?")
    post = await people["resident"].say(thread["id"], FOUL)
    await eventually(lambda: not beadle.stands(post), "the post is gone")
    await people["admin"].request("DELETE", f"/channels/{thread['id']}")
    case = await beadle.case(post["id"])
    assert (await beadle.states(case))[NOTICE] is EnforcementState.FAILED
