"""The shipped policies say the same of like sentences, whomever they name."""

from __future__ import annotations

import pytest

from rules.compile import compile_policy
from rules.neutrality import example_frames, find_uneven, with_ballot
from rules.neutrality.frames import read_frames, read_swaps
from tests.rules.rules_support import Files, read_shipped

POLICIES = (
    "default",
    "sample_city",
    "rochester",
    "rosemount",
    "ramsey",
    "little_canada",
    "staff_conduct",
)
SWAPS = read_swaps(read_shipped("shipped:neutrality/swaps.yaml"), "swaps.yaml")
FRAMES = read_shipped("shipped:neutrality/frames.txt")


@pytest.mark.parametrize("name", POLICIES)
def test_a_shipped_policy_judges_no_pair_unlike(name: str) -> None:
    ruleset = compile_policy(Files().load(f"shipped:policies/{name}.yaml"))
    swaps = with_ballot(SWAPS, ruleset.policy)
    frames = [*read_frames(FRAMES, "frames.txt", swaps), *example_frames(ruleset.policy, swaps)]
    pairs = [(pair.rules, pair.one.text, pair.other.text) for pair in find_uneven(ruleset, frames)]
    assert pairs == []
