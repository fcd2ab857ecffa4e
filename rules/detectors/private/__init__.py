"""Find private data: social security numbers, payment cards, phone numbers and e-mail addresses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from rules.detectors.private.numbers import Find, Span, alone, cards, cued, digits_of, phones, valid_phone
from rules.detectors.patterns import compiled, spans
from rules.detectors.scan import Index, Lists, Numbered, Scan, gather
from rules.verdict import Match
from rules.when import Private, PrivateKind

LABELS: dict[PrivateKind, str] = {
    "ssn": "social security number",
    "card": "payment card number",
    "phone": "phone number",
    "email": "e-mail address",
}
"""What is said in place of private data, which itself is never repeated."""
_LABELS = frozenset(LABELS.values())

_NUMBERS = 20
"""How many numbers or addresses are looked at for each match that is kept."""
_PHONES = 2
"""The same of phone numbers, each of which takes some 30 microseconds."""
_FEWEST_DIGITS = 7

_SSN = compiled(r"(?:\d{3}-\d{2}-\d{4}|\d{3}[ .]\d{2}[ .]\d{4}|\d{9})")
_SSN_CUE = compiled(
    r"\b(?:ssn|ss ?#|s\.s\.n|social security|social(?: is|'s| number|:)|soc sec|tax ?id|itin)"
)
_ADDRESS = re.compile(r"[^@\s]*@[^@\s]*[^@\s.]")
_EMAIL = compiled(r"[a-z0-9._%+-]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}")


def mask_label(match: Match) -> str:
    """Return what is shown in place of a match of a privacy rule: `[masked: phone number]`."""
    # The form of another detector's match is the private text itself.
    return f"[masked: {match.form if match.form in _LABELS else 'private information'}]"


def _ssns(data: bytes, tries: int) -> Iterator[Span]:
    """Yield numbers that the Social Security Administration could have issued.

    One without dashes counts only after words that say what it is.
    """
    for start, end in spans(_SSN, data, tries):
        digits = digits_of(data[start:end])
        area, group, serial = digits[:3], digits[3:5], digits[5:]
        valid = area not in (b"000", b"666") and area < b"900" and group != b"00" and serial != b"0000"
        dashed = data[start + 3 : start + 4] == b"-"
        if valid and (dashed or cued(_SSN_CUE, data, start)) and alone(data, start, end):
            yield start, end


def _emails(data: bytes, tries: int) -> Iterator[Span]:
    return spans(_EMAIL, data, tries)


class Public:
    """Numbers and addresses that a policy calls public."""

    def __init__(self, entries: tuple[str, ...], region: str) -> None:
        self._region = region
        self._addresses = {e.casefold() for e in entries if "@" in e and not e.startswith("@")}
        self._domains = tuple(e[1:].casefold() for e in entries if e.startswith("@"))
        self._phones = [n for e in entries if "@" not in e and (n := valid_phone(e, region))]

    def __contains__(self, written: str) -> bool:
        """Return whether a phone number or an e-mail address is public."""
        address = written.casefold()
        if "@" not in address:
            return valid_phone(address, self._region) in self._phones
        host = address.rpartition("@")[2]
        return address in self._addresses or any(host == d or host.endswith("." + d) for d in self._domains)


def problem(entry: str, region: str = "US") -> str | None:
    """Return what is wrong with an entry of a contact list, if anything."""
    if "@" in entry:
        return None if _ADDRESS.fullmatch(entry) else "is not an e-mail address, nor `@domain`"
    return None if valid_phone(entry, region) else f"is not a valid phone number ({region})"


def build(detectors: Numbered[Private], lists: Lists, public: tuple[str, ...]) -> Index:
    """Return the index of all private-data detectors."""
    owners: defaultdict[tuple[PrivateKind, str], list[tuple[int, Public]]] = defaultdict(list)
    for number, d in detectors:
        known = Public((*public, *gather(d.exceptions, d.except_lists, lists)), d.region)
        for kind in d.any_of:
            owners[kind, d.region if kind == "phone" else ""].append((number, known))
    searches = [(kind, _finder(kind, region), who) for (kind, region), who in owners.items()]

    def scan_private(scan: Scan) -> None:
        for text in scan.texts:
            numbers = len(digits_of(text.shown)) >= _FEWEST_DIGITS
            address = b"@" in text.shown
            if not numbers and not address:
                continue
            for kind, find, who in searches:
                if address if kind == "email" else numbers:
                    for start, end in find(
                        text.shown, scan.most * (_PHONES if kind == "phone" else _NUMBERS)
                    ):
                        span = text.traced_shown.span(start, end)
                        written = text.shown[start:end].decode()
                        for number, allowed in who:
                            if kind not in ("phone", "email") or written not in allowed:
                                scan.add(number, text.match(span, LABELS[kind]))

    return scan_private


def _finder(kind: PrivateKind, region: str) -> Find:
    return {"ssn": _ssns, "card": cards, "email": _emails}.get(kind) or phones(region)
