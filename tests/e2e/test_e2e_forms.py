from __future__ import annotations

import hashlib
import json

from bot.enforcement.plan import ARCHIVE, NOTICE, QUEUE
from bot.sandbox import Answer, Cdn, Community, Dms, Exchange
from bot.sandbox.world.messages import Message
from storage import evidence
from storage.schema import FileState
from tests.bot.messages_support import FORM
from tests.e2e.e2e_support import FOUL, SSN, Beadle, People, Start, eventually, fields, seen, shown

TRICKS = (
    "{foul} @everyone @here <@{someone}> <@&{role}> <#{channel}> ```py\ncode``` `x` **bold** ||spoiler|| "
    "https://evil.example/x [text](https://evil.example/y) <https://evil.example/z>\n"
    "> quoted\n# heading\n- item"
)


async def test_the_form_carries_every_field_of_the_removed_comments_form(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    resident = community.people["resident"]
    post = await people["resident"].say(square, f"Well, {FOUL}!")
    case = await beadle.case(post["id"])
    form = await beadle.the(case, ARCHIVE)
    assert form.content == f"**Case {case.number} · removed comment**"
    assert form.embeds[0]["title"] == "Removed comment"
    assert "Well, you __**zounderkite**__!" in form.embeds[0]["description"]
    told = fields(form)
    assert list(told) == FORM
    assert told["Site and channel"] == "Sample City community server, #town-square"
    assert told["Screen name of poster"] == f"Rosa Alvarez\n@resident, id {resident.id}"
    assert "**Conduct** (clause `conduct`)" in told["Reason for removal"]
    assert "rule `foul`: “zounderkite”" in told["Reason for removal"]
    assert told["Removed by"] == (
        "Beadle (automatic), authorised by City Council resolution 2025-14, September 2, 2025"
    )
    assert post["id"] in told["Other information"]
    assert case.ruleset_version[:12] in told["Other information"]
    assert told["Date received by the coordinator"] == "not yet"
    for date in ("Date of original post", "Date removed"):
        assert told[date].endswith(("CST", "CDT"))


async def test_a_comment_too_long_for_the_form_is_attached_whole(
    beadle: Beadle, people: People, square: int
) -> None:
    # Every asterisk is shown with a backslash before it, so this does not fit.
    text = f"{FOUL} " + "*" * 1_900
    post = await people["resident"].say(square, text)
    case = await beadle.case(post["id"])
    form = await beadle.the(case, ARCHIVE)
    (file,) = form.attachments
    assert file.filename == f"case-{case.number}-comment.txt"
    assert file.data.decode() == text
    assert "The entire comment is attached" in form.embeds[0]["description"]


async def test_a_form_too_long_for_its_card_is_attached_whole(
    beadle: Beadle, people: People, square: int
) -> None:
    files = {f"page-{n}-{'of-the-long-report-' * 8}.txt": b"page" for n in range(1, 10)}
    post = await people["resident"].say(square, FOUL, files=files)
    case = await beadle.case(post["id"])
    form = await beadle.the(case, ARCHIVE)
    assert fields(form)["Other information"].endswith("attached as a text file.*")
    whole, *rest = form.attachments
    assert whole.filename == f"case-{case.number}-form.txt"
    assert [file.filename for file in rest] == list(files)
    assert all(f": {name}, 4 bytes\n" in whole.data.decode() for name in files)


async def test_attachments_are_kept_with_their_hash_and_copied_onto_the_form(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    files = {"plan.txt": b"the plan", "photo.png": bytes(range(256)) * 50}
    post = await people["resident"].say(square, FOUL, files=files)
    case = await beadle.case(post["id"])
    (version,) = await beadle.evidence(case)
    for kept, (name, data) in zip(version.files, files.items(), strict=True):
        assert (kept.filename, kept.size, kept.state) == (name, len(data), FileState.KEPT)
        assert kept.sha256 == hashlib.sha256(data).hexdigest()
        assert await beadle.read(evidence.file_data, kept.id) == data
    form = await beadle.the(case, ARCHIVE)
    assert {file.filename: file.data for file in form.attachments} == files
    assert len(community.sandbox.world.files) == 2


async def test_a_file_larger_than_is_kept_is_noted_with_size_and_hash(
    start: Start, people: People, square: int
) -> None:
    beadle = await start(attachments={"keep_up_to_mb": 0})
    post = await people["resident"].say(square, FOUL, files={"plan.txt": b"the plan"})
    case = await beadle.case(post["id"])
    ((kept,),) = [version.files for version in await beadle.evidence(case)]
    assert (kept.state, kept.sha256) == (FileState.TOO_LARGE, hashlib.sha256(b"the plan").hexdigest())
    form = await beadle.the(case, ARCHIVE)
    assert form.attachments == []
    assert "plan.txt, 8 bytes, not kept: larger than the 0 MB" in fields(form)["Other information"]


async def test_more_files_than_one_message_holds_go_on_further_messages(
    beadle: Beadle, people: People, square: int
) -> None:
    text = f"{FOUL} " + "*" * 1_900
    files = {f"page-{n}.txt": f"page {n}".encode() for n in range(10)}
    post = await people["resident"].say(square, text, files=files)
    case = await beadle.case(post["id"])
    messages = await beadle.made(case, ARCHIVE)
    assert len(messages) == 2
    assert len([file for message in messages for file in message.attachments]) == 11


async def test_an_attachment_that_the_file_server_will_not_give_is_noted_and_the_post_still_removed(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    community.sandbox.fault(Cdn(status=404, times=1))
    post = await people["resident"].say(square, FOUL, files={"gone.txt": b"x"})
    case = await beadle.case(post["id"])
    assert not beadle.stands(post)
    ((kept,),) = [version.files for version in await beadle.evidence(case)]
    assert kept.state is FileState.UNAVAILABLE
    assert kept.reason
    assert "gone.txt, 1 byte, not kept: " in fields(await beadle.the(case, ARCHIVE))["Other information"]


async def test_an_attachment_is_fetched_again_when_the_file_server_stumbles(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    community.sandbox.fault(Cdn(status=500, times=1))
    post = await people["resident"].say(square, FOUL, files={"here.txt": b"here"})
    case = await beadle.case(post["id"])
    (form,) = await beadle.made(case, ARCHIVE)
    assert [file.data for file in form.attachments] == [b"here"]


async def test_what_a_privacy_rule_matched_is_masked_wherever_it_could_show(
    beadle: Beadle, people: People, square: int
) -> None:
    asked = await people["neighbor"].say(square, "What is your number?")
    reference = {"message_id": asked["id"], "channel_id": asked["channel_id"]}
    files = {f"{SSN}.txt": SSN.encode()}
    post = await people["resident"].say(square, f"It is {SSN}", message_reference=reference, files=files)
    case = await beadle.case(post["id"])
    assert not beadle.stands(post)
    for purpose in (ARCHIVE, QUEUE, NOTICE):
        for message in await beadle.made(case, purpose):
            assert SSN not in json.dumps(seen(message))
            assert "masked: social security number" in shown(message).replace("\\", "")
    assert [version.post.text for version in await beadle.evidence(case)] == [f"It is {SSN}"]


async def test_private_data_beside_a_post_is_masked_too(
    start: Start, community: Community, people: People, square: int
) -> None:
    me = f"/guilds/{community.guild.id}/members/@me"
    await people["neighbor"].request("PATCH", me, {"nick": f"Ned {SSN}"})
    asked = await people["neighbor"].say(square, f"my number is {SSN}")
    beadle = await start()
    reference = {"message_id": asked["id"], "channel_id": asked["channel_id"]}
    post = await people["resident"].say(square, FOUL, message_reference=reference)
    case = await beadle.case(post["id"])
    form, entry = fields(await beadle.the(case, ARCHIVE)), fields(await beadle.the(case, QUEUE))
    for text in (form["Other information"], entry["In answer to"], entry["Before it"]):
        assert "my number is" in text
        assert SSN not in text.replace("\\", "")


async def test_nothing_that_people_write_pings_anybody_or_becomes_a_link_or_formatting(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    text = TRICKS.format(
        foul=FOUL,
        someone=community.people["neighbor"].id,
        role=community.roles["Moderator"].id,
        channel=square,
    )
    post = await people["resident"].say(square, text)
    case = await beadle.case(post["id"])
    for purpose in (ARCHIVE, QUEUE, NOTICE):
        message = await beadle.the(case, purpose)
        assert not message.mentions
        assert not message.mention_roles
        assert not message.mention_everyone
        words = _quoted(message)
        for live in ("```", "||", "https://", "](", "<@", "<#", "\n> #", "\n> - ", "\n> > "):
            assert live not in _without_escapes(words), live


async def test_every_message_asks_to_ping_nobody_but_the_public_line_its_one_author(
    beadle: Beadle, community: Community, people: People, exchanges: list[Exchange], square: int
) -> None:
    neighbor = community.people["neighbor"]
    community.sandbox.fault(Dms(user_id=neighbor.id, open=False))
    for name in ("resident", "neighbor"):
        await beadle.case((await people[name].say(square, FOUL))["id"])
    asked = [e.body["allowed_mentions"] for e in exchanges if e.bot and e.body and "content" in e.body]
    assert len(asked) >= 6
    assert [mentions for mentions in asked if mentions["parse"]] == []
    named = [users for mentions in asked if (users := mentions.get("users") or mentions.get("roles"))]
    assert [[str(user) for user in users] for users in named] == [[str(neighbor.id)]]


async def test_a_name_full_of_tricks_pings_nobody_either(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    me = f"/guilds/{community.guild.id}/members/@me"
    await people["resident"].request("PATCH", me, {"nick": "@everyone **Rosa** `x`"})
    post = await people["resident"].say(square, FOUL)
    case = await beadle.case(post["id"])
    name = fields(await beadle.the(case, ARCHIVE))["Screen name of poster"]
    assert name.startswith("\\@everyone \\*\\*Rosa\\*\\* \\`x\\`")


def _quoted(message: Message) -> str:
    card = message.embeds[0]["description"] if message.embeds else message.content
    return "\n".join(line for line in card.splitlines() if line.startswith(">"))


def _without_escapes(text: str) -> str:
    """Return a text without what a backslash keeps from counting."""
    out, escaped = [], False
    for letter in text:
        if escaped or letter == "\\":
            escaped = not escaped
        else:
            out.append(letter)
    return "".join(out)


async def test_the_forms_of_two_bad_versions_of_one_post_name_each_other_and_what_came_between(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    route = "/channels/{channel_id}/messages/{message_id}"
    community.sandbox.fault(Answer(status=403, code=50013, method="DELETE", route=route, times=1))
    post = await people["resident"].say(square, f"{FOUL} one")
    await eventually(lambda: beadle.standing("alerts"), "the post cannot be removed")
    await people["resident"].edit(post, "the mayor is wrong")
    await people["resident"].edit(post, f"{FOUL} two")
    first, second = await beadle.case(post["id"]), await beadle.case(post["id"], nth=2)
    assert not beadle.stands(post)
    assert first.removed_at is not None
    assert second.removed_at is not None
    form, other = await beadle.the(first, ARCHIVE), await beadle.the(second, ARCHIVE)
    named = f"Other versions of it: case {second.number}"
    await eventually(lambda: named in fields(form)["Other information"], "the first form names the second")
    told = fields(other)["Other information"]
    assert f"Other versions of it: case {first.number}" in told
    versions = [line for line in told.splitlines() if line.startswith("Earlier version")]
    assert versions == [f"Earlier version: {FOUL} one", "Earlier version: the mayor is wrong"]
    entry = fields(await beadle.the(second, QUEUE))
    assert entry["Other versions of it"] == f"case {first.number}"
