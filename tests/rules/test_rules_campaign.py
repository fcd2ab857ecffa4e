from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.rules_support import found, looking_for, steady

CAMPAIGN = looking_for({"campaign": ["Pat Doe", "Kim Roe", "Measure 26-210", "school levy"]})


@pytest.mark.parametrize(
    "text",
    [
        "Vote for Pat Doe on Tuesday",
        "vote against pat doe",
        "please don't vote for Doe",
        "I proudly endorse Kim Roe",
        "We oppose Kim Roe",
        "Roe for mayor!",
        "Doe 2026",
        "Kim Roe has my vote",
        "Pat Doe won't get my vote",
        "Yes on Measure 26-210",
        "vote NO on measure 26-210",
        "Measure 26-210 must fail",
        "support the school levy",
        "reject the school levy",
        "VOTE 4 nobody but re-elect Mayor Pat Doe",
    ],
)
def test_words_for_or_against_one_on_the_ballot_are_found(text: str) -> None:
    assert found(CAMPAIGN, text)


@pytest.mark.parametrize(
    "text",
    [
        "Pat Doe is wrong about the budget",
        "I support Mayor Doe's budget",
        "The council votes on Measure 26-210 tonight",
        "What would Measure 26-210 change?",
        "Kim Roe answered my letter",
        "Pat Doe voted to close the pool",
        "vote for somebody else",
        "Where do I vote?",
        "vote no on measure 26-211",
        "the levy pays for the school",
    ],
)
def test_talk_of_them_is_left_alone(text: str) -> None:
    assert found(CAMPAIGN, text) == []


PAIRS = [
    ("for", "against"),
    ("support", "oppose"),
    ("elect", "reject"),
    ("yes on", "no on"),
    ("keep", "oust"),
]


@steady()
@given(
    st.sampled_from(PAIRS),
    st.sampled_from(["Pat Doe", "Kim Roe", "the school levy"]),
    st.sampled_from(["{} {}", "vote {} {}", "please {} {} this fall", "I {} {}", "why we {} our own {}"]),
)
def test_both_sides_and_all_on_the_ballot_are_judged_alike(
    pair: tuple[str, str], name: str, frame: str
) -> None:
    outcomes = {
        bool(found(CAMPAIGN, frame.format(side, who)))
        for side in pair
        for who in (name, "Pat Doe", "Kim Roe", "the school levy")
    }
    assert len(outcomes) == 1
