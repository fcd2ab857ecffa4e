"""Staff are told at the start that their policy judges like comments unlike."""

from __future__ import annotations

from tests.e2e.e2e_support import POLICY, Start, eventually

ONE_SIDED = """\
  - id: one-party
    clause: conduct
    category: other
    when: {words: [democrats, democratic]}
"""


async def test_staff_are_told_of_a_pair_that_their_policy_judges_unlike(start: Start) -> None:
    beadle = await start(POLICY + ONE_SIDED)
    await eventually(lambda: beadle.standing("alerts"), "an alert")
    (alert,) = beadle.standing("alerts")
    assert "The policy judges comments unlike by whom they name" in alert.content
    assert "one-party" in alert.content
    assert "Democrats" in alert.content


async def test_nothing_is_said_of_an_even_handed_policy(start: Start) -> None:
    beadle = await start(POLICY)
    assert not beadle.standing("alerts")
