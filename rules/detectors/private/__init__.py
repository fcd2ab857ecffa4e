"""Find private data: numbers, addresses and dates that identify or locate a person."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from rules.detectors.patterns.sets import PatternSet
from rules.detectors.private.addresses import ADDRESSES
from rules.detectors.private.cards import CARDS
from rules.detectors.private.emails import EMAILS, may_have_email
from rules.detectors.private.numbers import Find, Finder, digits_of, spells
from rules.detectors.private.people import BIRTHS, PLATES, SSNS
from rules.detectors.private.phones import phones
from rules.detectors.private.public import Public
from rules.detectors.private.public import problem as problem
from rules.detectors.scan import Index, Lists, Numbered, Scan, gather
from rules.text.reading import Traced, cut, leave_out
from rules.text.text import Text
from rules.verdict import Match
from rules.when import Private, PrivateKind

LABELS: dict[PrivateKind, str] = {
    "ssn": "social security number",
    "card": "payment card number",
    "phone": "phone number",
    "email": "e-mail address",
    "address": "street address",
    "birth": "date of birth",
    "plate": "license plate",
}
"""What is said in place of private data, which itself is never repeated."""
_LABELS = frozenset(LABELS.values())

_MOST_TRIES = 10
"""How many numbers or addresses are looked at for each match that is kept."""
_TRIES: dict[PrivateKind, int] = {"phone": 2, "address": 5}
"""The same of kinds that take longer to look at: a phone number from abroad takes some 30 microseconds."""
_MARKS = re.compile(
    rb"(?:[*_~|]{2,6}|`{1,3})(?:(?=[0-9])|(?<=[0-9][*_~|`])|(?<=[0-9].[*_~|`])|(?<=[0-9]..[*_~|`]))"
    rb"|(?<![0-9*_])[*_](?=[0-9])|(?<=[0-9])[*_](?![0-9*_])"
)
"""Markdown beside a digit. A single sign between two digits is left: it may be a sum."""
_unmark = leave_out(_MARKS)
_IS_PUBLIC: dict[PrivateKind, Callable[[Public, str], bool]] = {
    "phone": Public.phone,
    "email": Public.mailbox,
    "address": Public.street,
}


def mask_label(match: Match) -> str:
    """Return what is shown in place of a match of a privacy rule: `[masked: phone number]`."""
    # The form of another detector's match is the private text itself.
    return f"[masked: {match.form if match.form in _LABELS else 'private information'}]"


@dataclass(frozen=True, slots=True)
class _Search:
    """One kind of private data, and the detectors that look for it with what each calls public."""

    kind: PrivateKind
    find: Find
    owners: tuple[tuple[int, Public], ...]

    def __call__(self, scan: Scan, text: Text, data: bytes, trace: Callable[[], Traced]) -> None:
        """Search a reading of a text, whose origins `trace` returns."""
        is_public = _IS_PUBLIC.get(self.kind)
        for start, end in self.find(data, scan.most * _TRIES.get(self.kind, _MOST_TRIES)):
            match = text.match(trace().span(start, end), LABELS[self.kind])
            written = data[start:end].decode("utf-8", "replace")
            for number, public in self.owners:
                if is_public is None or not is_public(public, written):
                    scan.add(number, match)
            if all(scan.full(number) for number, _ in self.owners):
                return


def build(detectors: Numbered[Private], lists: Lists, public: tuple[str, ...]) -> Index:
    """Return the index of all private-data detectors."""
    owners: defaultdict[tuple[PrivateKind, str], list[tuple[int, Public]]] = defaultdict(list)
    for number, d in detectors:
        known = Public((*public, *gather(d.exceptions, d.except_lists, lists)), d.region)
        for kind in d.any_of:
            owners[kind, d.region if kind == "phone" else ""].append((number, known))
    searches = [
        (shape, _Search(kind, finder.find, tuple(who)))
        for (kind, region), who in owners.items()
        for finder in _finders(kind, region)
        for shape in finder.shapes
    ]
    shaped = PatternSet([shape for shape, _ in searches])

    def scan_private(scan: Scan) -> None:
        for text in scan.texts:
            data, words = text.shown, text.plain
            if digits_of(data) or spells(words) or may_have_email(data, words):
                look(scan, text, data, partial(getattr, text, "traced_shown"))
                if _MARKS.search(data):
                    look(scan, text, cut(data, _unmark), partial(_unmarked, text))

    def look(scan: Scan, text: Text, data: bytes, trace: Callable[[], Traced]) -> None:
        for search in {searches[number][1]: None for number in shaped.found(data)}:
            search(scan, text, data, trace)

    return scan_private


def _unmarked(text: Text) -> Traced:
    return text.traced_shown.without(_unmark)


def _finders(kind: PrivateKind, region: str) -> tuple[Finder, ...]:
    finders: dict[PrivateKind, tuple[Finder, ...]] = {
        "ssn": SSNS,
        "card": CARDS,
        "email": EMAILS,
        "address": ADDRESSES,
        "birth": BIRTHS,
        "plate": PLATES,
    }
    return finders.get(kind) or phones(region)
