"""Find words and phrases, all of a ruleset's at once, in the readings of a text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, product

from ahocorasick_rs import BytesAhoCorasick

from rules.detectors.scan import Index, Lists, Numbered, Scan, gather
from rules.text import reading
from rules.text.characters import fold_character
from rules.text.evasions import evasions
from rules.text.text import Text
from rules.when import Words

MIN_WILDCARD = 3
_MOST_ONES = 3
_RUN = re.compile(rb"(.)\1*", re.DOTALL)
_DRAWN_OUT = tuple(bytes([letter]) * 3 for letter in range(ord("a"), ord("z") + 1))


@dataclass(frozen=True, slots=True)
class Term:
    """A folded entry of one detector. A space at an end of `literal` is the edge of a word."""

    detector: int
    literal: bytes
    form: str
    digits: int
    exception: bool
    ones: int = 0
    """How many of its letters l are written as the digit one."""

    @property
    def core(self) -> bytes:
        """Return the literal without its edges."""
        return self.literal.strip(b" ")


def literal(entry: str) -> bytes:
    """Return an entry as it stands in the plain reading, its edges marked by spaces."""
    core = reading.plain(reading.shown(entry.strip().strip("*"))).strip(b" ")
    begin = b"" if entry.strip().startswith("*") else b" "
    end = b"" if entry.strip().endswith("*") else b" "
    return begin + core + end


def problem(entry: str) -> str | None:
    """Return what is wrong with an entry of a word list, if anything."""
    core = literal(entry).strip(b" ").decode("utf-8", "replace")
    if "*" in entry.strip().strip("*"):
        return "a `*` may stand only at the beginning or the end"
    if len(core) < 2 and core.isascii():
        return "needs at least two letters or digits"
    if "*" in entry and len(core) < MIN_WILDCARD and core.isascii():
        return f"needs at least {MIN_WILDCARD} letters beside a `*`, or it would match too much"
    return None


def build(detectors: Numbered[Words], lists: Lists) -> Index:
    """Return the index of all word detectors."""
    terms = [term for number, words in detectors for term in _terms(number, words, lists)]
    plain = _Automaton(terms, extra=_DRAWN_OUT)
    undone = _Automaton(terms, squash=True)

    def scan_words(scan: Scan) -> None:
        for text in scan.texts:
            found = plain.find(text.plain)
            drawn_out = False
            if found:
                drawn_out = any(pattern >= plain.size for pattern, _, _ in found)
                _add(scan, text, text.plain, plain.candidates(found), _place_plain)
            if drawn_out or reading.evades(text.shown, text.plain):
                found = undone.find(text.undone)
                if found:
                    _add(scan, text, text.undone, undone.candidates(found), _place_undone)

    return scan_words


def _terms(number: int, words: Words, lists: Lists) -> Iterable[Term]:
    exceptions = (*words.exceptions, *(e for name in words.lists for e in lists[name].exceptions))
    for exception, entries in ((False, gather(words.any_of, words.lists, lists)), (True, exceptions)):
        for entry in entries:
            folded = literal(entry)
            digits = sum(c.isdecimal() for c in entry)
            form = folded.decode("utf-8", "replace").strip()
            yield Term(number, folded, form, digits, exception)
            if not digits and not exception:
                for variant, ones in _with_ones(folded):
                    yield Term(number, variant, form, digits, exception, ones)


def _with_ones(folded: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield a literal with some letters l read as the digit one, which otherwise reads as i, and how many."""
    places = [n for n, letter in enumerate(folded) if letter == ord("l")][:_MOST_ONES]
    for chosen in product((False, True), repeat=len(places)):
        if any(chosen):
            variant = bytearray(folded)
            for place, one in zip(places, chosen, strict=True):
                variant[place] = ord("i") if one else ord("l")
            yield bytes(variant), sum(chosen)


_Found = Sequence[tuple[int, int, int]]
_Candidates = list[tuple[Term, int, int]]


class _Automaton:
    """The literals of many terms, found in one pass."""

    def __init__(self, terms: Iterable[Term], *, squash: bool = False, extra: Sequence[bytes] = ()) -> None:
        owners: defaultdict[bytes, list[Term]] = defaultdict(list)
        for term in terms:
            owners[reading.REPEATS.sub(b"", term.literal) if squash else term.literal].append(term)
        self._owners = list(owners.values())
        self.size = len(owners)
        self._automaton = BytesAhoCorasick([*owners, *extra])

    def find(self, data: bytes) -> _Found:
        return self._automaton.find_matches_as_indexes(data, overlapping=True)

    def candidates(self, found: _Found) -> _Candidates:
        """Return the terms found, with the bytes of the word itself, its edges left out."""
        return [
            (term, start + term.literal.startswith(b" "), end - term.literal.endswith(b" "))
            for number, start, end in found
            if number < self.size
            for term in self._owners[number]
        ]


def _place_plain(text: Text, term: Term, start: int, end: int) -> tuple[tuple[int, int], str]:
    form = term.form if term.ones else text.plain[start:end].decode("utf-8", "replace")
    return text.traced_plain.span(start, end), form


def _place_undone(text: Text, term: Term, start: int, end: int) -> tuple[tuple[int, int], str] | None:
    """Place a match in the reading in which each run of a letter is one letter.

    Each run must be the term's own, or drawn out to three letters or more.
    """
    kept, joined = text.traced_undone.origins, text.traced_joined
    first, last = kept[start], kept[end]
    runs = zip(_RUN.finditer(joined.data[first:last]), _RUN.finditer(term.core), strict=False)
    lengths = [(len(there[0]), len(own[0])) for there, own in runs]
    if any(there != own and there < max(own, 3) for there, own in lengths):
        return None
    return joined.span(first, last), term.form


_Place = Callable[[Text, Term, int, int], tuple[tuple[int, int], str] | None]


def _add(scan: Scan, text: Text, data: bytes, candidates: _Candidates, place: _Place) -> None:
    """Add the candidates that stand up: not excepted, and written as somebody would write the word."""
    excused = _exceptions(candidates)
    for term, start, end in candidates:
        if term.exception or scan.full(term.detector) or _inside(excused.get(term.detector), start, end):
            continue
        placed = place(text, term, start, end)
        if placed is None or not _plausible(term, text.original[slice(*placed[0])]):
            continue
        whole = place(text, term, data.rfind(b" ", 0, start) + 1, data.find(b" ", end)) or placed
        span, form = whole
        match = text.match(span, form, evasions(text.original[slice(*span)], form))
        if not scan.overlaps(term.detector, match):
            scan.add(term.detector, match)


_Excused = tuple[list[int], list[int]]
"""Where exceptions begin, and the farthest that any of those so far reaches."""


def _exceptions(candidates: _Candidates) -> dict[int, _Excused]:
    spans: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for term, start, end in candidates:
        if term.exception:
            spans[term.detector].append((start, end))
    excused = {}
    for detector, found in spans.items():
        found.sort()
        excused[detector] = [s for s, _ in found], list(accumulate((e for _, e in found), max))
    return excused


def _inside(excused: _Excused | None, start: int, end: int) -> bool:
    if excused is None:
        return False
    at = bisect_right(excused[0], start)
    return at > 0 and excused[1][at - 1] >= end


def _plausible(term: Term, original: str) -> bool:
    """Return whether somebody who wrote `original` wrote the word, and not a number that reads like it."""
    digits = sum(c.isdecimal() for c in original)
    if term.digits:
        return digits >= term.digits
    if sum(c in "1I|!" for c in original) < term.ones:
        return False
    letters = sum(fold_character(c).strip().isalpha() for c in original)
    total = digits + letters + sum(c in "@$" for c in original)
    return letters > 0 and (digits * 2 <= total if total < 5 else digits * 3 <= total * 2)
