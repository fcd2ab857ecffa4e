"""How far a channel has been dealt with."""

from hypothesis import given
from hypothesis import strategies as st

from bot.screening.watermarks import Watermarks

TOWN = 7


def connected(marks: dict[int, int] | None = None) -> Watermarks:
    """Return watermarks whose gaps have been read back."""
    found = Watermarks()
    found.restore(marks or {}, None)
    for channel, mark in (marks or {}).items():
        found.close_gap(channel, mark)
    found.close_gaps()
    found.take_moved()
    return found


def test_a_post_that_is_dealt_with_moves_the_mark_to_it() -> None:
    marks = connected({TOWN: 10})
    marks.begin(TOWN, 11)
    assert marks.take_moved() == {}
    marks.end(TOWN, 11)
    assert marks.take_moved() == {TOWN: 11}


def test_the_mark_never_passes_a_post_that_is_under_way() -> None:
    marks = connected({TOWN: 10})
    for post in (11, 12, 13):
        marks.begin(TOWN, post)
    marks.end(TOWN, 13)
    marks.end(TOWN, 11)
    assert marks.get(TOWN) == 11
    marks.end(TOWN, 12)
    assert marks.get(TOWN) == 13


def test_the_mark_stands_still_from_the_loss_of_the_connection_until_the_gap_is_read() -> None:
    marks = connected({TOWN: 10})
    marks.open_gaps()
    marks.begin(TOWN, 20)
    marks.end(TOWN, 20)
    assert marks.get(TOWN) == 10
    marks.close_gap(TOWN, 15)
    assert marks.get(TOWN) == 20


def test_a_channel_first_seen_during_a_gap_has_no_mark_until_it_is_read() -> None:
    marks = Watermarks()
    marks.begin(TOWN, 20)
    marks.end(TOWN, 20)
    assert marks.get(TOWN) is None
    assert marks.newest() is None
    marks.close_gap(TOWN, 20)
    assert marks.get(TOWN) == 20


def test_a_channel_first_seen_while_connected_begins_at_its_first_post() -> None:
    marks = connected()
    marks.begin(TOWN, 20)
    assert marks.get(TOWN) == 19


def test_a_post_seen_twice_leaves_nothing_behind() -> None:
    marks = connected({TOWN: 10})
    for _ in range(2):
        marks.begin(TOWN, 11)
        marks.end(TOWN, 11)
    marks.begin(TOWN, 12)
    marks.end(TOWN, 12)
    assert marks.get(TOWN) == 12


def test_marks_that_could_not_be_saved_are_offered_again() -> None:
    marks = connected({TOWN: 10})
    marks.begin(TOWN, 11)
    marks.end(TOWN, 11)
    moved = marks.take_moved()
    marks.put_back(moved)
    assert marks.take_moved() == {TOWN: 11}


@given(st.lists(st.one_of(st.none(), st.integers(0, 50)), max_size=60))
def test_in_whatever_order_posts_end_the_mark_is_just_before_the_oldest_under_way(
    steps: list[int | None],
) -> None:
    marks = connected({TOWN: 0})
    newest, under_way = 0, []
    for step in steps:
        if step is None:
            newest += 1
            marks.begin(TOWN, newest)
            under_way.append(newest)
        elif under_way:
            marks.end(TOWN, under_way.pop(step % len(under_way)))
            assert marks.get(TOWN) == (under_way[0] - 1 if under_way else newest)
