from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from bot.cli.transcript import Transcript
from bot.sandbox import Community, Sandbox, sample_community
from bot.sandbox.world import building, posting
from bot.sandbox.world.messages import Flag, Message
from bot.sandbox.world.models import User

NOON = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


@pytest.fixture
def city() -> Community:
    """Give a sample community that nobody connects to."""
    return sample_community(Sandbox(clock=lambda: NOON))


@pytest.fixture
def told(city: Community) -> Callable[[], list[str]]:
    """Give what the transcript has said since it was last asked, less white space at the ends of lines."""
    paper = io.StringIO()
    console = Console(file=paper, width=100, highlight=False)
    city.sandbox.subscribe(Transcript(console, ZoneInfo("America/Chicago")))

    def read() -> list[str]:
        lines = [line.rstrip() for line in paper.getvalue().splitlines()]
        paper.seek(0)
        paper.truncate()
        return lines

    return read


def said(
    city: Community, author: User, text: str = "", channel: str = "town-square", **rest: object
) -> Message:
    world = city.sandbox.world
    place = city.channels[channel]
    return posting.post(world, Message(world.ids.next(), place, author, NOON, text, **rest))  # type: ignore[arg-type]


def test_a_post_is_shown_with_the_city_s_time_its_author_its_place_and_its_id(
    city: Community, told: Callable[[], list[str]]
) -> None:
    message = said(city, city.people["resident"], "Hello **there** [red]you[/red] <@1>")
    assert told() == [
        f"12:00:00  Rosa Alvarez in #town-square  {message.id}",
        "          Hello **there** [red]you[/red] <@1>",
    ]


def test_what_beadle_writes_is_shown_as_discord_would_show_it(
    city: Community, told: Callable[[], list[str]]
) -> None:
    said(city, city.bot, r"**Case 1** · \*not this\* `rule` __**match**__ \\ \@you")
    assert told()[1] == r"          Case 1 · *not this* rule match \ @you"


def test_a_mention_is_shown_by_name(city: Community, told: Callable[[], list[str]]) -> None:
    resident = city.people["resident"]
    said(city, city.bot, f"<@{resident.id}> A post of yours", mentions=[resident])
    assert told()[1] == "          @Rosa Alvarez A post of yours"


def test_a_card_is_shown_whole_and_then_only_what_is_new_on_it(
    city: Community, told: Callable[[], list[str]]
) -> None:
    fields = [{"name": "Posted", "value": "today"}, {"name": "Received", "value": "not yet\nor so"}]
    card = {"title": "Removed comment", "description": "> quoted", "fields": fields}
    message = said(city, city.bot, "Case 1", "staff-archive", embeds=[card])
    assert [line.strip(" │╭╮╰╯─") for line in told()[2:-1]] == [
        "Removed comment",
        "> quoted",
        "Posted: today",
        "Received: not yet · or so",
    ]
    message.embeds = [card | {"fields": [fields[0], {"name": "Received", "value": "by Cora"}]}]
    posting.changed(city.sandbox.world, message, by=city.bot)
    shown = [line.strip(" │╭╮╰╯─") for line in told()]
    assert shown[2:-1] == ["Removed comment", "Received: by Cora"]


def test_a_field_that_is_too_long_for_the_line_is_cut(city: Community, told: Callable[[], list[str]]) -> None:
    card = {"title": "Form", "fields": [{"name": "Other", "value": "word " * 200}]}
    said(city, city.bot, "Case 1", "staff-archive", embeds=[card])
    (line,) = [line for line in told() if "Other: " in line]
    assert line.endswith("… │")


def test_direct_messages_and_words_for_one_alone_say_whom_they_are_for(
    city: Community, told: Callable[[], list[str]]
) -> None:
    world, resident = city.sandbox.world, city.people["resident"]
    private = building.open_dm(world, city.bot, resident)
    posting.post(world, Message(world.ids.next(), private, city.bot, NOON, "Case 1"))
    said(city, city.bot, "Only you", only_for=resident)
    said(city, city.bot, only_for=resident, flags=int(Flag.LOADING))
    headlines = [line for line in told() if line.startswith("12:00:00")]
    assert [line.rpartition("  ")[0] for line in headlines] == [
        "12:00:00  Beadle to Rosa Alvarez, in a direct message",
        "12:00:00  Beadle told Rosa Alvarez alone in #town-square",
    ]


def test_a_deletion_shows_what_went(city: Community, told: Callable[[], list[str]]) -> None:
    message = said(city, city.people["resident"], "gone soon")
    told()
    posting.delete(city.sandbox.world, [message], by=city.bot)
    assert told() == [
        "12:00:00  Beadle deleted a message of Rosa Alvarez in #town-square",
        "          gone soon",
    ]


def test_answers_polls_files_and_buttons_are_named(city: Community, told: Callable[[], list[str]]) -> None:
    asked = said(city, city.people["neighbor"], "Which park?")
    answers = [{"answer_id": n, "poll_media": {"text": text}} for n, text in enumerate("AB", 1)]
    poll = {"question": {"text": "Which?"}, "answers": answers, "results": {"is_finalized": False}}
    buttons = [{"type": 1, "components": [{"type": 2, "label": "See why", "custom_id": "beadle:why:1"}]}]
    told()
    said(city, city.people["resident"], "This", replies_to=asked, poll=poll, components=buttons)
    assert [line.strip() for line in told()[1:]] == [
        "in answer to Ned Olson: Which park?",
        "This",
        "[poll: Which? A, B]",
        "See why",
    ]


def test_beadle_s_words_show_people_and_channels_by_name(
    city: Community, told: Callable[[], list[str]]
) -> None:
    resident, square = city.people["resident"], city.channels["town-square"]
    said(city, city.bot, f"of <@{resident.id}> in <#{square.id}>, not <@5>")
    assert told()[1] == "          of @Rosa Alvarez in #town-square, not @5"


def test_messages_deleted_together_are_shown_some_of_them(
    city: Community, told: Callable[[], list[str]]
) -> None:
    posts = [said(city, city.people["neighbor"], f"spam {n}") for n in range(7)]
    told()
    posting.delete(city.sandbox.world, posts, by=city.people["moderator"], bulk=True)
    lines = told()
    assert lines[0].endswith("Mai Vang deleted 7 messages in #town-square")
    assert [line.strip() for line in lines[1:]] == [*(f"Ned Olson: spam {n}" for n in range(5)), "and 2 more"]
