"""Find street addresses of the United States, whatever their case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rules.detectors.patterns.expressions import compiled
from rules.detectors.private import streets
from rules.detectors.private.numbers import Finder, Span, alone, cued

_SIDE = r"(?:north|south|east|west|northeast|northwest|southeast|southwest|[ns]\.?[ew]\.?|[nsew])\.?"
_UNIT = r"(?:,?\s{0,2}(?:apt|apartment|unit|suite|ste|lot|trlr|#)\b?\.?\s{0,2}#?\s?[a-z0-9-]{1,6}\b)"
_NUMBER = r"\d{1,6}(?:[a-d]\b|-\d{1,4}|\s1/2)?"
_STREET = compiled(
    rf"\b({_NUMBER}),?\s{{1,2}}((?:(?:\pL[\pL'.-]{{0,24}}|\d{{1,3}}(?:st|nd|rd|th)?)\s{{1,2}}){{1,5}}?)"
    rf"({streets.KINDS})\b\.?(?:\s{_SIDE}\b)?({_UNIT})?"
)
_ROUTE = compiled(
    rf"\b({_NUMBER})\s(?:{_SIDE}\s)?(?:old\s)?"
    r"(?:county (?:road|rd|highway|hwy)|co\.? rd|c\.?r\.?|(?:state|us)? ?(?:route|road|highway|hwy)|rte"
    r"|rural route|fm)\s\d{1,4}\b(?:\s[nsew]\b)?"
)
_KIND_FIRST = compiled(
    rf"\b({_NUMBER})\s(?:{_SIDE}\s)?"
    r"(?:(?:calle|avenida|camino|paseo|rue)\s\pL[\pL'-]{1,20}|broadway|avenue (?:of the \pL{3,20}|[a-z]))\b"
    r"(?:\s[nsew]\b)?"
)
_NAMED = compiled(rf"\b({_NUMBER})\s((?:{_SIDE}\s)?[\pL][\pL'-]{{2,20}})(?:\s{_SIDE}\b)?({_UNIT})?")

_HOME = compiled(rf"\b(?:{streets.HOME})\b")
_PUBLIC = compiled(rf"\b(?:{streets.PUBLIC})\b")
_MY_HOME = compiled(
    r"\b(?:(?:my|our|his|her|their|your) (?:house|home|place|apartment|yard|driveway)|i live|lives?)\b"
)
_LIVES = compiled(
    r"\b(?:lives?|lived|living|resid\w+|staying|stays|moved|house|home|apartment|address|place)\b"
    r"(?:\s(?:is|are|at|in|to|on)){0,2}[\s:]{1,2}$"
)
_LIVES_REACH = 30
_REACH = 60

_SHAPES = (
    rf"(?s)\d.*\b(?:{streets.KINDS})\b",
    r"(?s)\d.*\b(?:road|rd|highway|hwy|route|rte|fm|r)\.?\s\d",
    r"(?s)\d.*\b(?:calle|avenida|camino|paseo|rue|broadway|avenue)\b",
    r"(?s)\b(?:live|lived|lives|living|resid\w+|staying|stays|moved|house|home|apartment|address|place)\b.*\d",
)
"""What each of the patterns above cannot do without."""


def _addresses(data: bytes, tries: int) -> Iterator[Span]:
    """Yield house numbers with their street. One that is said to be a public place is none of a person's."""
    taken: list[Span] = []
    for find in (_numbered, _streets, _named):
        for start, end in find(data, tries):
            if alone(data, start, end) and not any(low < end and start < high for low, high in taken):
                taken.append((start, end))
                if not _public(data, start, end):
                    yield start, end


def _each(pattern: Any, data: bytes, tries: int) -> Iterator[Any]:
    """Yield the matches of a pattern from every house number on: `30-22, 482 Elm Way` has one at 482, too."""
    at = 0
    while tries > 0 and (match := pattern.search(data, at)):
        yield match
        tries -= 1
        at = match.end(1)


def _streets(data: bytes, tries: int) -> Iterator[Span]:
    for match in _each(_STREET, data, tries):
        number, name, kind, unit = match.groups()
        words = name.lower().replace(b".", b"").split()
        if streets.NO_NAMES.isdisjoint(words) and (unit or _written_as_name(number, name, kind)):
            yield match.span()


def _written_as_name(number: bytes, name: bytes, kind: bytes) -> bool:
    """Return whether a loose kind of street is meant as one, by its capital letter or its long number."""
    if kind.lower() not in streets.LOOSE or kind[:1].isupper() or len(number) >= 3:
        return True
    return name[:1].isupper() or (len(number) == 2 and kind.lower() in (b"st", b"dr", b"ct", b"pl"))


def _numbered(data: bytes, tries: int) -> Iterator[Span]:
    for pattern in (_ROUTE, _KIND_FIRST):
        for match in _each(pattern, data, tries):
            if len(match[1]) >= 3:
                yield match.span()


def _named(data: bytes, tries: int) -> Iterator[Span]:
    """Yield numbers with the bare name of a street, where somebody is said to live there."""
    for match in _each(_NAMED, data, tries):
        words = match[2].lower().split()
        if streets.NO_NAMES.isdisjoint(words) and cued(_LIVES, data, match.start(), _LIVES_REACH):
            before = data[max(0, match.start() - 4) : match.start()].lower()
            if match[2][:1].isupper() or before.endswith(b"at "):
                yield match.span()


def _public(data: bytes, start: int, end: int) -> bool:
    if not cued(_PUBLIC, data, start, _REACH) or cued(_HOME, data, start, _REACH):
        return False
    return not _MY_HOME.search(data[end : end + _REACH])


_PUNCTUATION = re.compile(rb"[^0-9a-z\x80-\xff]+")


def normal_address(written: str) -> str | None:
    """Return an address as it is compared, with its kind and side written short, or None for what is none."""
    data = written.lower().encode("utf-8", "replace")
    if not _STREET.fullmatch(data) and not _ROUTE.fullmatch(data):
        return None
    words = _PUNCTUATION.sub(b" ", data).split()
    return b" ".join(streets.SHORT.get(word, word) for word in words).decode()


ADDRESSES = (Finder(_SHAPES, _addresses),)
