"""Find names that claim an office of the city: `CityOfficer`, `Mayor of Springfield`."""

from __future__ import annotations

import re

from rules.detectors.scan import Index, Lists, Numbered, Scan, gather
from rules.post import Subject
from rules.text import reading
from rules.when import Handles

_HUMP = re.compile(rb"(?<=[a-z0-9])(?=[A-Z])")
"""Where a word begins inside another: `CityOfficer`."""
_JOINTS = rb"(?:of|the|for|s)*"


def build(detectors: Numbered[Handles], lists: Lists, city: str) -> Index:
    """Return the index of all detectors of names. `city` is the city's own name, or nothing."""
    searches = [(number, _claim(d, lists, city), _harmless(d)) for number, d in detectors]

    def scan_handles(scan: Scan) -> None:
        if scan.post.subject is not Subject.NAME:
            return
        for text in scan.texts:
            words = reading.plain(_HUMP.sub(b" ", text.shown)).split()
            joined, begins = b"".join(words), _begins(words)
            for number, claim, harmless in searches:
                found = any(match.start() in begins for match in claim.finditer(joined))
                if found and harmless.isdisjoint(words):
                    scan.add(number, text.match((0, len(text.original)), joined.decode("utf-8", "replace")))

    return scan_handles


def _claim(wanted: Handles, lists: Lists, city: str) -> re.Pattern[bytes]:
    """Return a pattern of an office beside a place, in either order, over words without their spaces."""
    offices = _either(gather(wanted.any_of, wanted.lists, lists))
    places = _either((*wanted.places, *([city] if city else ())))
    return re.compile(rb"%b%b%b|%b%b%b" % (places, _JOINTS, offices, offices, _JOINTS, places))


def _either(entries: tuple[str, ...]) -> bytes:
    joined = {b"".join(reading.plain(reading.shown(entry)).split()) for entry in entries} - {b""}
    longest_first = sorted(joined, key=lambda word: (-len(word), word))
    return b"(?:%b)" % b"|".join(map(re.escape, longest_first)) if joined else b"(?!)"


def _harmless(wanted: Handles) -> frozenset[bytes]:
    words = (reading.plain(reading.shown(entry)).split() for entry in wanted.exceptions)
    return frozenset(word for entry in words for word in entry)


def _begins(words: list[bytes]) -> frozenset[int]:
    """Return where each word begins once they are joined."""
    at, begins = 0, set()
    for word in words:
        begins.add(at)
        at += len(word)
    return frozenset(begins)
