"""When a reminder is due: the arithmetic of local time, pure and without a clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from pydantic import BaseModel, BeforeValidator, ConfigDict, field_validator, model_validator

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([1-9][0-9]{0,5}) ?([smhd])")
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_WEEKDAY = "(?:mon|tue|wed|thu|fri|sat|sun)"
_WEEKDAYS = re.compile(rf"\*|{_WEEKDAY}(?:-{_WEEKDAY})?(?:,{_WEEKDAY}(?:-{_WEEKDAY})?)*", re.IGNORECASE)
ONE_KIND = 'expected exactly one of cron: "0 8 * * mon-fri", daily: "08:00" and every: 6h'
_SHORTEST = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_duration(value: Any) -> timedelta:
    """Return the time span that `90s`, `60m`, `6h` or `2d` stands for. Raises ValueError."""
    if isinstance(value, timedelta):
        return value
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"expected a number and a unit, such as 90s, 60m, 6h or 2d (got {value!r})")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time at which something is due.

    `key` names it for good: the local date and time for a wall-clock schedule, so that an hour the clock
    repeats in autumn counts once, and the UTC time for an interval. `at` is aware and in UTC.
    """

    key: str
    at: datetime


class Schedule(BaseModel):
    """When something is due: one of a cron line, a daily time and an interval.

    `cron` has five fields read as local time; day of the month and weekday must both hold, as in APScheduler.
    `every` counts from midnight UTC of 1 January 1970, so that a restart does not shift it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cron: str | None = None
    daily: str | None = None
    every: Duration | None = None

    @field_validator("cron")
    @classmethod
    def _is_a_cron_line(cls, value: str) -> str:
        fields = value.split()
        if len(fields) != 5:
            raise ValueError(
                'expected five fields (minute, hour, day, month, weekday), as in "0 8 * * mon-fri" '
                f"(got {value!r})"
            )
        if not _WEEKDAYS.fullmatch(fields[4]):
            raise ValueError(
                f"expected weekdays by name, such as mon-fri or tue,thu (got {fields[4]!r}): "
                "numbers are refused because cron's 1 is Monday and APScheduler's 1 is Tuesday"
            )
        try:
            trigger = _wall_clock(value)
        except ValueError as error:
            raise ValueError(f"is not a cron line: {error}") from None
        if trigger.get_next_fire_time(None, _EPOCH) is None:
            raise ValueError(f"names a date that never comes (got {value!r})")
        return value

    @field_validator("daily")
    @classmethod
    def _is_a_time_of_day(cls, value: str) -> str:
        if not _TIME.fullmatch(value):
            raise ValueError(
                f'expected a time of day between 00:00 and 23:59, such as "08:00" (got {value!r})'
            )
        return value

    @field_validator("every")
    @classmethod
    def _is_not_too_often(cls, value: timedelta) -> timedelta:
        if value < _SHORTEST:
            raise ValueError("expected at least 1m between two reminders")
        return value

    @model_validator(mode="after")
    def _is_one_kind(self) -> Schedule:
        if sum(kind is not None for kind in (self.cron, self.daily, self.every)) != 1:
            raise ValueError(ONE_KIND)
        return self

    def next_after(self, after: datetime, zone: ZoneInfo) -> Occurrence:
        """Return the first occurrence later than `after`. Raises OverflowError past the year 9999.

        A local time that the clock skips in spring occurs when the gap ends; one that it repeats in autumn
        occurs the first time only.
        """
        if self.every is not None:
            at = _EPOCH + ((after - _EPOCH) // self.every + 1) * self.every
            return Occurrence(f"{at:%Y-%m-%dT%H:%M:%SZ}", at)
        trigger = _wall_clock(self.cron or _daily(self.daily or ""))
        wall = after.astimezone(zone).replace(tzinfo=UTC)
        # A wall time later than that of `after` can still be an earlier instant while an hour repeats.
        while True:
            found: datetime | None = trigger.get_next_fire_time(None, wall + timedelta(microseconds=1))
            if found is None:
                raise OverflowError("the calendar ends with the year 9999")
            wall = found
            at = _instant(wall.replace(tzinfo=None), zone)
            if at > after:
                return Occurrence(f"{at.astimezone(zone):%Y-%m-%dT%H:%M}", at)

    def between(self, after: datetime, until: datetime, zone: ZoneInfo) -> Iterator[Occurrence]:
        """Yield the occurrences later than `after` and not later than `until`, in order."""
        found = self.next_after(after, zone)
        while found.at <= until:
            yield found
            found = self.next_after(found.at, zone)


def instant_of(key: str, zone: ZoneInfo) -> datetime:
    """Return when the occurrence was due that `key` names, in UTC."""
    named = datetime.fromisoformat(key)
    return _instant(named, zone) if named.tzinfo is None else named


def _daily(time: str) -> str:
    hour, minute = time.split(":")
    return f"{int(minute)} {int(hour)} * * *"


@lru_cache(maxsize=256)
def _wall_clock(cron: str) -> CronTrigger:
    # In UTC no hour is skipped or repeated: the trigger then walks the face of the local clock.
    return CronTrigger.from_crontab(cron, timezone=UTC)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return when a local clock first shows `wall`, or when the gap ends in which it never does."""
    at = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while at - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(at - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            at = middle
    return at
