"""Find private data: numbers, addresses and dates that identify or locate a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from rules.detectors.private.addresses import addresses
from rules.detectors.private.cards import cards
from rules.detectors.private.emails import emails, spells_email
from rules.detectors.private.numbers import Find, digits_of, spells
from rules.detectors.private.people import births, plates, ssns
from rules.detectors.private.phones import phones
from rules.detectors.private.public import Public
from rules.detectors.private.public import problem as problem
from rules.detectors.scan import Index, Lists, Numbered, Scan, gather
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
_NEEDS: dict[PrivateKind, int] = {"ssn": 7, "card": 7, "phone": 7, "address": 1, "birth": 4, "plate": 1}
"""The fewest digits that each kind needs, spelled-out ones aside."""
_SPELLED_KINDS = frozenset({"ssn", "card", "phone"})
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

    def __call__(self, scan: Scan, text: Text) -> None:
        is_public = _IS_PUBLIC.get(self.kind)
        for start, end in self.find(text.shown, scan.most * _TRIES.get(self.kind, _MOST_TRIES)):
            match = text.match(text.traced_shown.span(start, end), LABELS[self.kind])
            written = text.shown[start:end].decode("utf-8", "replace")
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
    searches = [_Search(kind, _finder(kind, region), tuple(who)) for (kind, region), who in owners.items()]

    def scan_private(scan: Scan) -> None:
        for text in scan.texts:
            data, words = text.shown, text.plain
            digits = len(digits_of(data))
            spelled = spells(words)
            address = b"@" in data or spells_email(data, words)
            if not digits and not spelled and not address:
                continue
            for search in searches:
                kind = search.kind
                if kind == "email":
                    wanted = address
                else:
                    wanted = digits >= _NEEDS[kind] or (spelled and kind in _SPELLED_KINDS)
                if wanted:
                    search(scan, text)

    return scan_private


def _finder(kind: PrivateKind, region: str) -> Find:
    finders: dict[PrivateKind, Find] = {
        "ssn": ssns,
        "card": cards,
        "email": emails,
        "address": addresses,
        "birth": births,
        "plate": plates,
    }
    return finders.get(kind) or phones(region)
