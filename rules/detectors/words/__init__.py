"""Find words and phrases, all of a ruleset's at once, in the readings of a text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate

from ahocorasick_rs import BytesAhoCorasick, Implementation

from rules.detectors.scan import Index, Scan
from rules.detectors.words.terms import Term
from rules.text import reading, undoing
from rules.text.characters import fold_character
from rules.text.evasions import evasions
from rules.text.reading import Span
from rules.text.text import Text
from rules.text.undoing import NO_SIGNS
from rules.text.vocabulary import Found

_RUN = re.compile(rb"(.)\1*", re.DOTALL)


def literals(terms: Iterable[Term]) -> list[bytes]:
    """Return what is to be sought in texts for the index of some terms."""
    return [*dict.fromkeys(term.literal for term in terms)]


def build(terms: Sequence[Term]) -> Index:
    """Return the index of the terms of all word detectors."""
    owners, squashed_owners = _owners(terms, lambda term: term.literal), _owners(terms, _squashed)
    plain, squashed = [*owners.values()], [*squashed_owners.values()]
    automaton = BytesAhoCorasick([*squashed_owners], implementation=Implementation.ContiguousNFA)

    def scan_words(scan: Scan) -> None:
        for text in scan.texts:
            if text.found:
                _add(scan, text, text.plain, _candidates(plain, text.found), _place_plain)
            if text.signs is NO_SIGNS:
                continue
            if text.drawn:
                found = automaton.find_matches_as_indexes(text.squashed, overlapping=True)
                _add(scan, text, text.squashed, _candidates(squashed, found), _place_squashed)
            else:
                _add(scan, text, text.joined, _candidates(plain, text.joined_found), _place_joined)

    return scan_words


_Candidates = list[tuple[Term, int, int]]


def _squashed(term: Term) -> bytes:
    return reading.cut(term.literal, undoing.squash)


def _owners(terms: Iterable[Term], form: Callable[[Term], bytes]) -> dict[bytes, list[Term]]:
    owners: defaultdict[bytes, list[Term]] = defaultdict(list)
    for term in terms:
        owners[form(term)].append(term)
    return owners


def _candidates(owners: Sequence[Sequence[Term]], found: Found) -> _Candidates:
    """Return the terms found, each with the bytes of the word itself; none if all are exceptions."""
    if all(term.exception for number, _, _ in found for term in owners[number]):
        return []
    return [
        (term, start + term.literal.startswith(b" "), end - term.literal.endswith(b" "))
        for number, start, end in found
        for term in owners[number]
    ]


_Placed = tuple[Span, str]
_Place = Callable[[Text, Term, int, int], _Placed | None]


def _place_plain(text: Text, term: Term, start: int, end: int) -> _Placed:
    form = term.form if term.ones else text.plain[start:end].decode("utf-8", "replace")
    return text.traced_plain.span(start, end), form


def _place_joined(text: Text, term: Term, start: int, end: int) -> _Placed:
    return text.traced_joined.span(start, end), term.form


def _place_squashed(text: Text, term: Term, start: int, end: int) -> _Placed | None:
    """Place a match in the reading in which each run of a letter is one letter.

    Each run must be the term's own, or drawn out to three letters or more.
    """
    kept, joined = text.traced_squashed.origins, text.joined
    first, last = kept[start], kept[end]
    runs = zip(_RUN.finditer(joined[first:last]), _RUN.finditer(term.core), strict=False)
    lengths = [(len(there[0]), len(own[0])) for there, own in runs]
    if any(there != own and there < max(own, 3) for there, own in lengths):
        return None
    return text.traced_joined.span(first, last), term.form


def _add(scan: Scan, text: Text, data: bytes, candidates: _Candidates, place: _Place) -> None:
    """Add the candidates that stand up: not excepted, and written as somebody would write the word."""
    excused = _exceptions(candidates)
    for term, start, end in candidates:
        if term.exception or scan.full(term.detector) or _inside(excused.get(term.detector), start, end):
            continue
        placed = place(text, term, start, end)
        if placed is None or not _plausible(text.match(placed[0]).text, term.digits, term.ones):
            continue
        begin, stop = data.rfind(b" ", 0, start) + 1, data.find(b" ", end)
        if (begin, stop) != (start, end):
            placed = place(text, term, begin, stop) or placed
        span, form = placed
        match = text.match(span, form)
        if not scan.overlaps(term.detector, match):
            scan.add(term.detector, replace(match, undone=evasions(match.text, form)))


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


@lru_cache(maxsize=4096)
def _plausible(original: str, own_digits: int, ones: int) -> bool:
    """Return whether somebody who wrote `original` wrote a word, and not a number that reads like it.

    `own_digits` are the digits of the word itself, `ones` the letters l that are the digit one.
    """
    digits = sum(c.isdecimal() for c in original)
    if own_digits:
        return digits >= own_digits
    if sum(c in "1I|!" or fold_character(c) == "1" for c in original) < ones:
        return False
    letters = sum(fold_character(c).strip().isalpha() for c in original)
    total = digits + letters + sum(c in "@$" for c in original)
    return letters > 0 and (digits * 2 <= total if total < 5 else digits * 3 <= total * 2)
