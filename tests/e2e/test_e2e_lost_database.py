"""An act that happened while the database went away is noted as soon as it is back, and happens once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.enforcement.plan import ARCHIVE, DELETE, NOTICE, QUEUE
from bot.sandbox import Community, Delay
from storage.schema import EnforcementState
from tests.e2e.e2e_support import FOUL, People, Start, eventually, record_out_of_reach

MESSAGE = "/channels/{channel_id}/messages/{message_id}"
MESSAGES = "/channels/{channel_id}/messages"
LEASE = 600
"""Seconds, much longer than the test waits for anything."""


@pytest.mark.parametrize(("method", "route"), [("DELETE", MESSAGE), ("POST", MESSAGES)])
async def test_what_could_not_be_noted_is_noted_when_the_database_is_back(
    start: Start,
    community: Community,
    people: People,
    square: int,
    tmp_path: Path,
    method: str,
    route: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    beadle = await start(enforcement={"lease_seconds": LEASE})
    community.sandbox.fault(Delay(method=method, route=route, seconds=0.3))
    post = await people["resident"].say(square, FOUL)
    await eventually(lambda: beadle.cases(post["id"]), "the case is on record")
    if method == "POST":

        async def sending() -> bool:
            (case,) = await beadle.cases(post["id"])
            return EnforcementState.SENDING in (await beadle.states(case)).values()

        await eventually(sending, "the post is deleted, and a copy is on its way")
    with record_out_of_reach(tmp_path):
        await eventually(lambda: "waiting for the database" in caplog.text, "an act cannot be noted")
    case = await beadle.case(post["id"])
    assert await beadle.states(case) == dict.fromkeys((DELETE, ARCHIVE, NOTICE, QUEUE), EnforcementState.DONE)
    assert len(community.channels["town-square"].log.deleted) == 1
    for channel in ("staff-archive", "review-queue"):
        assert len(beadle.standing(channel)) == 1
    assert community.sandbox.control.state()["dms"] == {"resident": 1}
