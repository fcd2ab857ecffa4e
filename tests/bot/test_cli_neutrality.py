"""`beadle check --neutrality`, and the warning that loading gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.cli_support import Beadle

ONE_SIDED = """\
name: Rivertown policy
clauses:
  - {id: river, title: The river, text: Be kind.}
rules:
  - id: lutherans-only
    clause: river
    category: other
    when: {words: [lutherans]}
"""


@pytest.fixture
def one_sided(tmp_path: Path) -> str:
    (tmp_path / "one_sided.yaml").write_text(ONE_SIDED, encoding="utf-8")
    return "one_sided.yaml"


def test_a_policy_that_names_one_group_is_shown_with_every_pair(beadle: Beadle, one_sided: str) -> None:
    ran = beadle("check", "--neutrality", one_sided)
    assert (ran.code, ran.err) == (1, "")
    pair = "\n".join(
        [
            "lutherans-only: I hate {group}. (shipped:neutrality/frames.txt:102)",
            "    allow: I hate Black people.",
            "    flag (lutherans-only: other): I hate Lutherans.",
        ]
    )
    assert pair in ran.out
    assert ran.out.count("    flag (") >= 100
    assert "pairs judged unlike, in 306 sentences" in ran.out.splitlines()[-1]


def test_an_even_handed_policy_says_so(beadle: Beadle, policy: str) -> None:
    ran = beadle("check", "--neutrality", policy)
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == "policy.yaml: no pair judged unlike, in 306 sentences"


def test_frames_of_ones_own_are_tried_first(beadle: Beadle, policy: str, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("The {Zambezi|Nile} floods.\n", encoding="utf-8")
    ran = beadle("check", "--neutrality", "--frames", "mine.txt", policy)
    assert ran.code == 1
    assert ran.out.splitlines()[1:] == [
        "river-name: The {Zambezi|Nile} floods. (mine.txt:1)",
        "    flag (river-name: other): The Zambezi floods.",
        "    allow: The Nile floods.",
        "policy.yaml: 1 pair judged unlike, in 307 sentences",
    ]


def test_every_bad_frame_is_named_with_its_line(beadle: Beadle, policy: str, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("# Ours\n\n{grp} came\nhello\n{group} and } came\n", encoding="utf-8")
    ran = beadle("check", "--neutrality", "--frames", "mine.txt", policy)
    assert ran.code == 1
    third, fourth, fifth = ran.out.splitlines()[1:]
    assert third.startswith("mine.txt:3: names no set by {grp}; expected {one|another} or one of group, ")
    assert fourth == "mine.txt:4: names nothing that can be swapped; name a set in braces, such as {group}"
    assert fifth == "mine.txt:5: has a '}' without its other half at character 13"


def test_a_file_of_frames_that_is_not_there_is_one_clear_line(beadle: Beadle, policy: str) -> None:
    ran = beadle("check", "--neutrality", "--frames", "none.txt", policy)
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "none.txt:1: cannot be read: No such file or directory"


def test_frames_without_neutrality_are_a_mistake(beadle: Beadle, policy: str) -> None:
    refused = beadle("check", "--frames", "mine.txt", policy)
    assert refused.code == 2
    assert "--neutrality" in refused.err


def test_loading_warns_and_leaves_the_policy_in_order(beadle: Beadle, one_sided: str) -> None:
    ran = beadle("check", one_sided)
    assert ran.code == 0
    assert ran.out.splitlines()[1].startswith(
        "one_sided.yaml: warning: The policy judges comments unlike by whom they name, in "
    )
