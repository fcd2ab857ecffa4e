"""A post that somebody else deletes before Beadle can: on record, and nothing says that Beadle removed it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from bot.enforcement.plan import ARCHIVE, NOTICE, QUEUE
from bot.sandbox import Answer, Community, Dms, Events
from rules.post import Subject
from storage import Transaction
from storage.cases import Case
from storage.schema import EnforcementState, ledger
from tests.e2e.e2e_support import (
    FOUL,
    SAME,
    Beadle,
    People,
    eventually,
    fields,
    posts_wait,
    record_out_of_reach,
    shown,
)

DELETE = "/channels/{channel_id}/messages/{message_id}"


def entries(tx: Transaction, case: Case) -> list[str]:
    query = select(ledger.c.kind).where(ledger.c.case_number == case.number)
    return list(tx.execute(query).scalars())


async def test_a_post_that_its_author_deleted_first_is_on_record_as_gone_not_as_removed(
    beadle: Beadle, people: People, square: int, tmp_path: Path
) -> None:
    with record_out_of_reach(tmp_path):
        post = await people["resident"].say(square, FOUL)
        await posts_wait(beadle)
        await people["resident"].delete(post)
    case = await beadle.case(post["id"])
    assert case.removed_at is None
    assert case.gone_at is not None
    assert case.due_at is not None
    assert case.due_at.year == case.gone_at.year + 1
    assert set((await beadle.states(case)).values()) == {EnforcementState.DONE}
    kinds = await beadle.read(entries, case)
    assert "case.gone" in kinds
    assert "case.removed" not in kinds
    form = await beadle.the(case, ARCHIVE)
    assert form.content == f"**Case {case.number} · comment gone before removal**"
    assert form.embeds[0]["title"] == "Gone before it could be removed: comment"
    told = fields(form)
    assert told["Date removed"].startswith("gone before it could be removed, found so on ")
    assert told["Removed by"] == "its author or somebody else, before Beadle (automatic) could"
    entry = await beadle.the(case, QUEUE)
    assert entry.embeds[0]["title"] == "Gone comment"
    assert fields(entry)["Now"].startswith("It was gone before Beadle could hide it")
    notice = shown(await beadle.the(case, NOTICE))
    assert "was gone before it could be removed: you or somebody else took it away." in notice
    assert "would have removed it, as authorised by" in notice
    assert "was removed" not in notice


async def test_one_that_is_found_gone_only_on_deleting_is_told_so_too(
    beadle: Beadle, community: Community, people: People, square: int, tmp_path: Path
) -> None:
    resident = community.people["resident"]
    community.sandbox.fault(Dms(user_id=resident.id, open=False))
    community.sandbox.fault(Events(event="MESSAGE_DELETE", how="lose"))
    with record_out_of_reach(tmp_path):
        post = await people["resident"].say(square, FOUL)
        await posts_wait(beadle)
        await people["resident"].delete(post)
    case = await beadle.case(post["id"])
    assert case.gone_at is not None
    line = await beadle.the(case, NOTICE)
    assert (
        "A post of yours here was gone before it could be removed under the community policy." in line.content
    )


async def test_a_flood_says_of_each_post_who_took_it_away(
    beadle: Beadle, people: People, square: int, tmp_path: Path
) -> None:
    with record_out_of_reach(tmp_path):
        posts = [await people["resident"].say(square, SAME) for _ in range(8)]
        await posts_wait(beadle)
        await people["resident"].delete(posts[-1])
    found = [await beadle.case(post["id"]) for post in posts[2:]]
    assert [case.gone_at is not None for case in found] == [False] * 5 + [True]
    assert [case.removed_at is None for case in found] == [False] * 5 + [True]


async def test_a_deletion_that_happened_though_it_was_answered_with_an_error_is_beadles_own(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    community.sandbox.fault(Answer(status=502, after=True, method="DELETE", route=DELETE))
    post = await people["resident"].say(square, FOUL)
    case = await beadle.case(post["id"])
    assert case.removed_at is not None
    assert case.gone_at is None


async def test_a_post_deleted_while_beadle_was_not_allowed_to_is_no_work_of_beadles(
    beadle: Beadle, community: Community, people: People, square: int
) -> None:
    community.sandbox.fault(Answer(status=403, code=50013, method="DELETE", route=DELETE, times=2))
    post = await people["resident"].say(square, FOUL)
    await eventually(lambda: bool(beadle.standing("alerts")), "staff are told")
    await people["resident"].delete(post)
    case = await beadle.case(post["id"])
    assert case.gone_at is not None
    assert case.removed_at is None


async def test_a_bad_title_of_a_thread_that_was_deleted_is_given_up_as_gone(
    beadle: Beadle, community: Community, people: People, square: int, tmp_path: Path
) -> None:
    with record_out_of_reach(tmp_path):
        made = await people["resident"].request(
            "POST", f"/channels/{square}/threads", {"name": FOUL, "type": 11}
        )
        await posts_wait(beadle)
        await people["moderator"].request("DELETE", f"/channels/{made['id']}")
    case = await beadle.case(made["id"], Subject.TITLE)
    assert case.gone_at is not None
    assert not beadle.standing("town-square"), "the line that the thread was begun repeats the title"
