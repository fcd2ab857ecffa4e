from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedule import Schedule, parse_duration

CHICAGO = ZoneInfo("America/Chicago")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def given_between(schedule: Schedule, after: str, until: str, zone: ZoneInfo = CHICAGO) -> list[str]:
    """Return the occurrences between two UTC times as `key = UTC time`."""
    found = schedule.between(utc(after), utc(until), zone)
    return [f"{o.key} = {o.at:%m-%d %H:%M}" for o in found]


def test_a_daily_time_is_local_on_both_sides_of_a_clock_change() -> None:
    assert given_between(Schedule(daily="8:00"), "2026-03-07T00:00", "2026-03-09T23:00") == [
        "2026-03-07T08:00 = 03-07 14:00",
        "2026-03-08T08:00 = 03-08 13:00",
        "2026-03-09T08:00 = 03-09 13:00",
    ]


def test_a_time_that_spring_skips_is_given_when_the_gap_ends() -> None:
    assert given_between(Schedule(daily="02:30"), "2026-03-07T00:00", "2026-03-09T23:00") == [
        "2026-03-07T02:30 = 03-07 08:30",
        "2026-03-08T03:00 = 03-08 08:00",
        "2026-03-09T02:30 = 03-09 07:30",
    ]


def test_several_times_in_the_skipped_hour_are_one_occurrence() -> None:
    assert given_between(Schedule(cron="*/20 * * * *"), "2026-03-08T07:30", "2026-03-08T08:25") == [
        "2026-03-08T01:40 = 03-08 07:40",
        "2026-03-08T03:00 = 03-08 08:00",
        "2026-03-08T03:20 = 03-08 08:20",
    ]


def test_the_hour_that_autumn_repeats_counts_once() -> None:
    half_hourly = Schedule(cron="*/30 * * * *")
    expected = [
        "2026-11-01T01:00 = 11-01 06:00",
        "2026-11-01T01:30 = 11-01 06:30",
        "2026-11-01T02:00 = 11-01 08:00",
    ]
    assert given_between(half_hourly, "2026-11-01T05:59", "2026-11-01T08:00") == expected
    # Asked in the middle of the second pass it gives the same answer.
    assert given_between(half_hourly, "2026-11-01T07:10", "2026-11-01T08:00") == expected[2:]


def test_an_interval_does_not_notice_clock_changes_and_is_named_in_utc() -> None:
    assert given_between(Schedule(every="6h"), "2026-10-31T23:59", "2026-11-01T12:00") == [
        "2026-11-01T00:00:00Z = 11-01 00:00",
        "2026-11-01T06:00:00Z = 11-01 06:00",
        "2026-11-01T12:00:00Z = 11-01 12:00",
    ]


def test_the_last_day_of_the_month_follows_the_calendar() -> None:
    last = Schedule(cron="0 12 last * *")
    found = islice(last.between(utc("2027-12-31T23:00"), utc("2029-01-01"), CHICAGO), 3)
    assert [o.key for o in found] == ["2028-01-31T12:00", "2028-02-29T12:00", "2028-03-31T12:00"]


def test_a_leap_day_comes_every_four_years() -> None:
    found = Schedule(cron="0 9 29 feb *").next_after(utc("2026-01-01"), CHICAGO)
    assert found.key == "2028-02-29T09:00"


def test_weekday_names_mean_those_days() -> None:
    keys = [
        o.key for o in Schedule(cron="0 8 * * tue").between(utc("2026-09-01"), utc("2026-09-15"), CHICAGO)
    ]
    assert keys == ["2026-09-01T08:00", "2026-09-08T08:00"]
    assert all(datetime.fromisoformat(key).strftime("%a") == "Tue" for key in keys)


def test_a_gap_of_half_an_hour_ends_on_the_half_hour() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    assert given_between(Schedule(daily="02:10"), "2026-10-03T10:00", "2026-10-04T10:00", lord_howe) == [
        "2026-10-04T02:30 = 10-03 15:30"
    ]


@given(
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    start=st.integers(0, 4 * 365 * 24 * 60).map(
        lambda minutes: utc("2026-01-01") + timedelta(minutes=minutes)
    ),
)
def test_a_daily_notice_comes_once_on_every_local_day(minute: int, hour: int, start: datetime) -> None:
    daily = Schedule(daily=f"{hour:02}:{minute:02}")
    found = list(daily.between(start, start + timedelta(days=400), CHICAGO))
    days = [o.at.astimezone(CHICAGO).date() for o in found]
    assert len(days) in (399, 400, 401)
    assert all(after - before == timedelta(days=1) for before, after in pairwise(days))
    assert all(before.at < after.at and before.key < after.key for before, after in pairwise(found))


@pytest.mark.parametrize("text", ["", "5", "0m", "-5m", "5 weeks", "1.5h", "٣m", "9999999d"])
def test_a_duration_is_a_number_and_a_unit(text: str) -> None:
    with pytest.raises(ValueError, match="such as 90s, 60m, 6h or 2d"):
        parse_duration(text)
