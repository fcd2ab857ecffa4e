"""One text under screening, with its readings made when first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from rules.text import reading, undoing
from rules.text.reading import Span, Step, Traced
from rules.text.undoing import NO_SIGNS, Signs
from rules.text.vocabulary import EMPTY, Found, Vocabulary
from rules.verdict import Match

RUNS = (undoing.runs_of(2), undoing.runs_of(1))


class Text:
    """A labelled text and its readings. Those that every search needs are made at once.

    `written` is the text as UTF-8; `shown` as it looks, case and punctuation kept, a space before and after;
    `plain` its words in small letters between single spaces.
    """

    def __init__(
        self, label: str, original: str, vocabulary: Vocabulary = EMPTY, order: Sequence[int] | None = None
    ) -> None:
        """Make the readings of `original`, its characters in another order if one is given."""
        self.label = label
        self.original = original
        self._vocabulary = vocabulary
        self._order = order
        self._source = source = original if order is None else "".join(original[n] for n in order)
        self.written = reading.written(source)
        self.shown = shown = reading.shown(source)
        self.plain = plain = reading.plain(shown)
        telltales, self.found = vocabulary.search(plain)
        """What is sought, in `plain`."""
        words = undoing.broken(shown)
        self.signs = self._signs(words, telltales) if words or telltales else NO_SIGNS
        """Why the other readings of the words may differ from `plain`."""

    def _signs(self, words: list[bytes], telltales: Found) -> Signs:
        broken = self._vocabulary.knows(words) if words else False
        lengthened = self._vocabulary.lengthened(self.plain, telltales)
        return Signs(broken, *lengthened) if broken or any(lengthened) else NO_SIGNS

    @cached_property
    def mended(self) -> bytes:
        """Return `shown` with masked, broken-up and spelled-out words put together."""
        looks = self._filled
        for step in undoing.mending(self.signs, self._vocabulary.segment):
            looks = reading.cut(looks, step)
        return looks

    @cached_property
    def joined(self) -> bytes:
        """Return the plain words of `mended`, less the second letter where letters are doubled."""
        words = reading.plain(self.mended)
        for step in self._undoubling:
            words = reading.cut(words, step)
        return words

    @cached_property
    def _joined_found(self) -> tuple[Found, Found]:
        return self._vocabulary.search(self.joined)

    @property
    def joined_found(self) -> Found:
        """Return what is sought, in `joined`."""
        return self._joined_found[1]

    @cached_property
    def drawn(self) -> bool:
        """Return whether letters are drawn out in `joined`."""
        return self._vocabulary.lengthened(self.joined, self._joined_found[0])[1]

    @cached_property
    def squashed(self) -> bytes:
        """Return `joined` with one letter of each run of a letter."""
        return reading.cut(self.joined, undoing.squash)

    @property
    def looks(self) -> tuple[bytes, ...]:
        """Return the text as it is written, and otherwise: as it looks, with its words put together."""
        looks = (self.written,) if self._source.isascii() else (self.written, self.shown)
        if self.signs is not NO_SIGNS:
            return (*looks, self.mended, self.joined)
        return (*looks, self.plain) if undoing.mixes(self.shown) else looks

    @property
    def words(self) -> tuple[bytes, ...]:
        """Return `plain`, and if it may differ `joined`, or that with its drawn-out letters two and one."""
        return (self.plain,) if self.signs is NO_SIGNS else (self.plain, *self._rereadings)

    @cached_property
    def _rereadings(self) -> tuple[bytes, ...]:
        return tuple(reading.cut(self.joined, runs) for runs in RUNS) if self.drawn else (self.joined,)

    def traced(self, data: bytes) -> Traced:
        """Return one of `looks` or `words`, told by being the very same object, with origins."""
        if data is self.written:
            return self.traced_written
        if data is self.shown:
            return self.traced_shown
        if data is self.plain:
            return self.traced_plain
        if data is self.mended:
            return self.traced_mended
        if data is self.joined:
            return self.traced_joined
        return self.traced_joined.without(RUNS[[each is data for each in self._rereadings].index(True)])

    @cached_property
    def traced_written(self) -> Traced:
        """Return `written` with origins."""
        return reading.trace_written(self._source)

    @cached_property
    def traced_shown(self) -> Traced:
        """Return `shown` with origins."""
        return reading.trace_shown(self._source)

    @cached_property
    def traced_plain(self) -> Traced:
        """Return `plain` with origins."""
        return reading.trace_plain(self.traced_shown)

    @cached_property
    def traced_mended(self) -> Traced:
        """Return `mended` with origins."""
        looks = self.traced_shown.reading(self._filled)
        for step in undoing.mending(self.signs, self._vocabulary.segment):
            looks = looks.without(step)
        return looks

    @cached_property
    def traced_joined(self) -> Traced:
        """Return `joined` with origins."""
        words = reading.trace_plain(self.traced_mended)
        for step in self._undoubling:
            words = words.without(step)
        return words

    @cached_property
    def traced_squashed(self) -> Traced:
        """Return `squashed`; its origins are places in `joined`."""
        return Traced(self.joined, range(len(self.joined))).without(undoing.squash)

    @cached_property
    def _filled(self) -> bytes:
        return self._vocabulary.fill(self.shown) if self.signs.broken else self.shown

    @property
    def _undoubling(self) -> tuple[Step, ...]:
        return undoing.undouble_all, self._vocabulary.undouble, self._vocabulary.settle

    def place(self, span: Span) -> Span:
        """Return where the characters of a span of a reading stand in the original."""
        if self._order is None:
            return span
        places = self._order[slice(*span)]
        return min(places), max(places) + 1

    def match(self, span: Span, form: str = "", undone: tuple[str, ...] = ()) -> Match:
        """Return a match of the text at a span of a reading."""
        start, end = self.place(span)
        return Match(self.label, start, end, self.original[start:end], form, undone)


OVERRIDE, POP = "\u202e", "\u202c"


def displayed(text: str) -> list[int]:
    """Return the order in which a text with right-to-left overrides is displayed, by line."""
    order: list[int] = []
    turned: list[int] | None = None
    for n, character in enumerate(text):
        if turned is not None and character in (POP, "\n"):
            order += reversed(turned)
            turned = None
        elif turned is not None:
            turned.append(n)
            continue
        elif character == OVERRIDE:
            turned = []
        order.append(n)
    return order + (turned or [])[::-1]


def texts(label: str, original: str, vocabulary: Vocabulary = EMPTY) -> tuple[Text, ...]:
    """Return a text as it is written, and as it is displayed if an override turns it around."""
    if OVERRIDE not in original:
        return (Text(label, original, vocabulary),)
    return Text(label, original, vocabulary), Text(label, original, vocabulary, displayed(original))
