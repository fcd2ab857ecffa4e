"""Show people's words to the letter: nothing pinged, linked or formatted, and private data masked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rules.detectors.private import mask_label
from rules.post import TEXT
from rules.verdict import Finding

# Discord's markdown, mentions and links. A heading, list or quote counts at the start of a line only; a
# backslash before the colon keeps an address from becoming a link that somebody might follow.
_SYNTAX = re.compile(r"([\\*_~`|<@\[\]])|^([ \t]*)([#>+-])|(?<=\w):(?=//)", re.MULTILINE)


def escape(text: str) -> str:
    """Return text that Discord shows to the letter."""
    return _SYNTAX.sub(lambda m: f"{m[2] or ''}\\{m[1] or m[3] or m[0]}", text)


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


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a text. `label` stands in its place where a privacy rule matched it."""

    text: str
    matched: bool = False
    label: str = ""


def segments(text: str, findings: Iterable[Finding], part: str = TEXT) -> Iterator[Segment]:
    """Cut a part of a post where its matches begin and end. Overlapping matches run together."""
    spans = sorted(
        (m.start, m.end, mask_label(m) if f.private else "")
        for f in findings
        for m in f.matches
        if m.part == part and m.end > m.start
    )
    merged: list[tuple[int, int, str]] = []
    for start, end, label in spans:
        if merged and start < merged[-1][1]:
            first, last, before = merged[-1]
            merged[-1] = (first, max(last, end), before or label)
        else:
            merged.append((start, end, label))
    at = 0
    for start, end, label in merged:
        if start > at:
            yield Segment(text[at:start])
        yield Segment(text[start:end], True, label)
        at = end
    if at < len(text):
        yield Segment(text[at:])


def masked(parts: Iterable[Segment]) -> str:
    """Return a text with what privacy rules matched taken out, not yet escaped."""
    return "".join(part.label or part.text for part in parts)


def highlighted(parts: Iterable[Segment]) -> str:
    """Return a text, escaped and masked, each match in bold and underlined."""
    out = []
    for part in parts:
        shown = escape(part.label or part.text)
        # Bold ends with a line; white space at an edge would show the asterisks themselves.
        plain = not part.matched or "\n" in part.text or part.text != part.text.strip()
        out.append(shown if plain else f"__**{shown}**__")
    return "".join(out)
