"""The small values of a configuration, and what is said of wrong ones."""

from __future__ import annotations

import difflib
import re
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator

from bot.schedule import parse_duration

Ref = int | str
"""A channel, role or server as staff write it: its id, or its exact name."""


def ref(value: Any) -> Any:
    """Return a channel, role or server without the sign that people write before it. Raises ValueError."""
    if isinstance(value, str):
        name = value.strip().removeprefix("#").removeprefix("@")
        # A quoted id is still an id: Discord's have 17 to 19 digits, and no channel is called that.
        value = int(name) if re.fullmatch(r"[1-9][0-9]{16,18}", name) else name
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        raise ValueError(f"expected an id or a name (got {value!r})")
    if isinstance(value, int) and not 10**16 <= value < 2**63:
        raise ValueError(f"expected a Discord id of 17 to 19 digits, or a name in quotes (got {value})")
    return value


def listed(value: Any) -> Any:
    """Return a list as it is. Raises ValueError on anything else."""
    if not isinstance(value, list | tuple):
        raise ValueError(f"expected a list, such as [{value if isinstance(value, str | int) else 'name'}]")
    return value


def _zone(value: Any) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    zones = available_timezones()
    if isinstance(value, str) and value in zones:
        return ZoneInfo(value)
    near = difflib.get_close_matches(str(value), zones, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"expected a time zone of the IANA list, such as America/Chicago (got {value!r}){hint}")


def _lateness(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    if value == "skip":
        return timedelta(0)
    if isinstance(value, dict) and value.keys() == {"send_within"}:
        return parse_duration(value["send_within"])
    raise ValueError("expected skip or {send_within: 60m}")


def url(*schemes: str) -> BeforeValidator:
    """Return what holds an address to these schemes, the first of which is the usual one."""

    def check(value: Any) -> Any:
        try:
            parts = urlsplit(value)
            good = parts.scheme in schemes and parts.hostname and parts.port != 0
        except (ValueError, AttributeError):
            good = False
        if not good or parts.query or parts.fragment:
            raise ValueError(f"expected an address such as {schemes[0]}://host/path (got {value!r})")
        return value.rstrip("/")

    return BeforeValidator(check)


OneRef = Annotated[Ref, BeforeValidator(ref)]
Refs = Annotated[tuple[OneRef, ...], BeforeValidator(listed)]
TimeZone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Lateness = Annotated[timedelta, BeforeValidator(_lateness)]
"""How late something may still be sent; zero where it is to be skipped."""
