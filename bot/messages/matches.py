"""What rules matched, as it may be shown: the private part of it is masked, whichever rule matched it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.messages.text import escape
from rules.detectors.private import mask_label
from rules.post import TEXT
from rules.verdict import Finding, Match

MASKED = "[masked: private information]"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a text, from its `start` on. `label` is shown in its place where it is private."""

    text: str
    start: int
    matched: bool = False
    label: str = ""

    @property
    def end(self) -> int:
        """Return where it ends in the text."""
        return self.start + len(self.text)


def segments(
    text: str, findings: Sequence[Finding], part: str = TEXT, mask: Callable[[str], str] = str
) -> Iterator[Segment]:
    """Cut a part of a post where its matches begin and end. Overlapping matches run together.

    What `mask` changes between private matches is shown as `mask` has it, for findings keep only so many.
    """
    matches = [(f.private, m) for f in findings for m in f.matches if m.part == part and m.end > m.start]
    private = _merged((m.start, m.end, mask_label(m)) for hidden, m in matches if hidden)
    others = _merged((m.start, m.end, "") for hidden, m in matches if not hidden)
    at = 0
    for start, end, label in [*private, (len(text), len(text), "")]:
        stretch = text[at:start]
        if stretch and (shown := mask(stretch)) != stretch:
            yield Segment(stretch, at, label=shown)
        else:
            yield from _lit(text, at, start, others)
        if label:
            yield Segment(text[start:end], start, True, label)
        at = end


def words(match: Match, cut: Iterable[Segment]) -> str:
    """Return the words of a match in a part cut so, each private piece masked; nothing if all of it is."""
    pieces = [s for s in cut if s.start < match.end and match.start < s.end]
    if all(piece.label for piece in pieces):
        return ""
    return "".join(
        # The label of a stretch beside the private matches is that whole stretch.
        (s.label if s.matched else MASKED)
        if s.label
        else s.text[max(match.start - s.start, 0) : match.end - s.start]
        for s in pieces
    )


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


def _merged(spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    merged: list[tuple[int, int, str]] = []
    for start, end, label in sorted(spans):
        if merged and start < merged[-1][1]:
            first, last, before = merged[-1]
            merged[-1] = (first, max(last, end), before)
        else:
            merged.append((start, end, label))
    return merged


def _lit(text: str, at: int, end: int, spans: Iterable[tuple[int, int, str]]) -> Iterator[Segment]:
    """Cut a stretch with nothing private in it where the other matches begin and end."""
    for first, last, _ in spans:
        start, stop = max(first, at), min(last, end)
        if start < stop:
            if at < start:
                yield Segment(text[at:start], at)
            yield Segment(text[start:stop], start, True)
            at = stop
    if at < end:
        yield Segment(text[at:end], at)
