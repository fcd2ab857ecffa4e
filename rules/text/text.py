"""One text under screening, with its readings made when first asked for."""

from __future__ import annotations

from functools import cached_property

from rules.text import reading
from rules.text.reading import Traced
from rules.verdict import Match


class Text:
    """A labelled text and its readings. Those that every search needs are made at once.

    `written` is the text as UTF-8; `shown` as it looks, case and punctuation kept, a space before and after;
    `plain` its words in small letters between single spaces.
    """

    def __init__(self, label: str, original: str) -> None:
        """Make the readings of `original`."""
        self.label = label
        self.original = original
        self.written = reading.written(original)
        self.shown = reading.shown(original)
        self.plain = reading.plain(self.shown)

    @cached_property
    def undone(self) -> bytes:
        """Return the plain words with broken-up, spelled-out and drawn-out ones put together."""
        return reading.undone(self.shown)

    @cached_property
    def traced_written(self) -> Traced:
        """Return `written` with origins."""
        return reading.trace_written(self.original)

    @cached_property
    def traced_shown(self) -> Traced:
        """Return `shown` with origins."""
        return reading.trace_shown(self.original)

    @cached_property
    def traced_plain(self) -> Traced:
        """Return `plain` with origins."""
        return reading.trace_plain(self.traced_shown)

    @cached_property
    def traced_joined(self) -> Traced:
        """Return `undone` with origins, before repeated letters are taken out."""
        return reading.trace_joined(self.traced_shown)

    @cached_property
    def traced_undone(self) -> Traced:
        """Return `undone`; its origins are places in `traced_joined`."""
        return reading.trace_undone(self.traced_joined)

    def match(self, span: tuple[int, int], form: str = "", undone: tuple[str, ...] = ()) -> Match:
        """Return a match of the original text at `span`."""
        start, end = span
        return Match(self.label, start, end, self.original[start:end], form, undone)
