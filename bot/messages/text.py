"""Show people's words to the letter: nothing pinged, linked, formatted or turned around."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

# Discord's markdown, mentions and links. A heading, list or quote counts at the start of a line only; a
# backslash before the colon keeps an address from becoming a link that somebody might follow.
_SYNTAX = re.compile(r"([\\*_~`|<@\[\]])|^([ \t]*)([#>+-])|(?<=\w):(?=//)", re.MULTILINE)
# What sets the direction of writing would turn around the words that follow it too (Unicode Annex 9, 2).
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def escape(text: str) -> str:
    """Return text that Discord shows to the letter, and marks of the direction of writing as `⟨U+202E⟩`."""
    plain = _TURNS.sub(lambda m: f"⟨U+{ord(m[0]):04X}⟩", text)
    return _SYNTAX.sub(lambda m: f"{m[2] or ''}\\{m[1] or m[3] or m[0]}", plain)


def clip(text: str, limit: int) -> str:
    """Return text of at most `limit` characters, an ellipsis in place of what was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip("\\") + "…"


def quote(text: str) -> str:
    """Return escaped text as a block quote."""
    return "\n".join(f"> {line}" for line in text.splitlines()) or "> (no text)"


def local(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment in the city's time: `Nov 20, 2026, 9:31 am CST`."""
    there = moment.astimezone(zone)
    hour = there.hour % 12 or 12
    half = "am" if there.hour < 12 else "pm"
    return f"{there:%b} {there.day}, {there.year}, {hour}:{there:%M} {half} {there.tzname()}"


def count(number: int, thing: str, things: str | None = None) -> str:
    """Return `1 comment`, `2 comments`."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def ranges(numbers: Iterable[int]) -> str:
    """Return `4 to 8 and 11`: numbers in order, three or more in a row by their ends."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [p for run in runs for p in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run))]
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
