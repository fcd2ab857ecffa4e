from __future__ import annotations

import io
import re
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from bot import service
from bot.cli.afternoon import play, stage
from bot.cli.afternoon.steps import STEPS
from bot.cli.transcript import Transcript
from bot.sandbox import Community
from tests.e2e.e2e_support import People, Start


@pytest.fixture(autouse=True)
def _quick_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "UPKEEP", 0.05)


@pytest.fixture
def console(community: Community) -> Console:
    """Give a console that keeps what is printed on it, the transcript too."""
    console = Console(file=io.StringIO(), width=110, highlight=False)
    community.sandbox.subscribe(Transcript(console, ZoneInfo("America/Chicago")))
    return console


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


async def test_the_afternoon_goes_as_expected(
    start: Start, community: Community, people: People, console: Console
) -> None:
    beadle = await start("sample_city")
    assert await play(community, beadle.config, console)
    story = printed(console)
    assert f"{len(STEPS)} of {len(STEPS)} steps went as expected." in story
    assert "FAILED" not in story
    for line in (
        r"Ned Olson in #parks-and-rec",
        r"The mayor is wrong about the budget\.",
        r"│ > My social security number is \[masked: social security number\], call me",
        r"Beadle to Rosa Alvarez, in a direct message",
        r"Beadle told Ned Olson alone in #town-square",
        r"│ Date received by the coordinator: .*, Cora Lindqvist",
        r"\[file refund\.txt, 57 bytes\]",
    ):
        assert re.search(line, story), line
    # Posts of a flood go together or one by one, as they arrive: each is told once.
    told_gone = re.findall(r"deleted (?:a message of \w+ \w+|(\d+) messages) in #town-square", story)
    assert sum(int(many or 1) for many in told_gone) == len(community.channels["town-square"].log.deleted)
    # Nothing of what Beadle writes for Discord shows through.
    told = [line for line in story.splitlines() if "│" in line]
    assert not [line for line in told if "**" in line or "\\" in line or '{"' in line]


async def test_an_afternoon_that_goes_otherwise_is_told_step_by_step(
    start: Start,
    community: Community,
    people: People,
    console: Console,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stage, "PATIENCE", 1.0)
    # The default policy only flags, so nothing that should be removed is.
    beadle = await start("default")
    assert not await play(community, beadle.config, console)
    story = printed(console)
    assert "4 of 10 steps went as expected." in story
    assert "FAILED   “My social security number is 219-45-6789, call me”" in story
    assert "expected  removed; on record as hide, privacy; told in #review-queue, #staff-archive" in story
    assert "actual    stays up; on record as flag, privacy; told in #review-queue" in story
