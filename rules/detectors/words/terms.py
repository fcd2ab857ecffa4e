"""The entries of word lists, as they stand in the readings of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from rules.detectors.scan import Lists, gather
from rules.text import reading
from rules.when import Words

MIN_WILDCARD = 3
_MOST_ONES = 3
_SPACED = re.compile(rb" ?[^ ]+ ?")


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


def terms(number: int, words: Words, lists: Lists) -> Iterator[Term]:
    """Yield the terms of a detector, and of each that it excepts."""
    exceptions = (*words.exceptions, *(e for name in words.lists for e in lists[name].exceptions))
    for exception, entries in ((False, gather(words.any_of, words.lists, lists)), (True, exceptions)):
        for entry in entries:
            folded = literal(entry)
            digits = sum(c.isdecimal() for c in entry)
            term = Term(number, folded, folded.decode("utf-8", "replace").strip(), digits, exception)
            yield term
            if not digits and not exception:
                yield from _with_ones(term)


def _with_ones(term: Term) -> Iterator[Term]:
    """Yield a term with some letters l read as the digit one, which otherwise reads as i."""
    places = [n for n, letter in enumerate(term.literal) if letter == ord("l")][:_MOST_ONES]
    for chosen in product((False, True), repeat=len(places)):
        if any(chosen):
            variant = bytearray(term.literal)
            for place, one in zip(places, chosen, strict=True):
                variant[place] = ord("i") if one else ord("l")
            yield replace(term, literal=bytes(variant), ones=sum(chosen))


def vocabulary(found: Iterable[Term]) -> tuple[set[bytes], set[bytes]]:
    """Return the words that terms are, and those that stand in phrases, each with the edges it has there."""
    alone: set[bytes] = set()
    others: set[bytes] = set()
    for term in found:
        if not term.exception and not term.ones:
            words = _SPACED.findall(term.literal.replace(b" ", b"  "))
            (alone if len(words) == 1 else others).update(words)
    return alone, others
