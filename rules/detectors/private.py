"""Find private data: social security numbers, payment cards, phone numbers and e-mail addresses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import phonenumbers

from rules.detectors.patterns import compiled, spans
from rules.detectors.scan import Index, Lists, Numbered, Scan, gather
from rules.when import Private, PrivateKind

LABELS: dict[PrivateKind, str] = {
    "ssn": "social security number",
    "card": "payment card number",
    "phone": "phone number",
    "email": "e-mail address",
}
"""What is said in place of private data, which itself is never repeated."""

_NOT_DIGITS = bytes(c for c in range(256) if not chr(c).isdigit() or c >= 0x80)
_NUMBERS = 20
"""How many numbers or addresses are looked at for each match that is kept."""
_PHONES = 2
"""The same of phone numbers, each of which takes some 30 microseconds."""
_FEWEST_DIGITS = 7
_Span = tuple[int, int]
_Find = Callable[[bytes, int], Iterator[_Span]]

_SSN = compiled(r"(?:\d{3}-\d{2}-\d{4}|\d{3}[ .]\d{2}[ .]\d{4}|\d{9})")
_SSN_CUE = compiled(
    r"\b(?:ssn|ss ?#|s\.s\.n|social security|social(?: is|'s| number|:)|soc sec|tax ?id|itin)"
)
_NOT_BEFORE = tuple(bytes([c]) for c in b"@#&=_/.$-")
_NOT_AFTER = tuple(bytes([c]) for c in b"/_>")
_CUE_REACH = 60
"""How many bytes before a number a word may stand that says what it is."""

_CARD = compiled(r"\d(?:[ -]?\d){12,18}")
_CARDS = (
    (re.compile(rb"4"), {13, 16, 19}),
    (re.compile(rb"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), {16}),
    (re.compile(rb"3[47]"), {15}),
    (re.compile(rb"6011|64[4-9]|65|62|35(?:2[89]|[3-8])"), {16}),
    (re.compile(rb"30[0-5]|36|38"), {14}),
)
"""Issuer prefixes and lengths: Visa, Mastercard, American Express, Discover/UnionPay/JCB, Diners Club."""

_PHONE = compiled(r"\+?\(?\d(?:[-. ()/]{0,3}\d){6,14}")
_PHONE_CUE = compiled(r"\b(?:call|phone|text|tel|cell|mobile|number|reach|whatsapp|ring)\b")
_PERSONAL = frozenset(
    {
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        phonenumbers.PhoneNumberType.VOIP,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
    }
)
"""The kinds of number that may be a person's; a toll-free one never is."""
_ADDRESS = re.compile(r"[^@\s]*@[^@\s]*[^@\s.]")
_EMAIL = compiled(r"[a-z0-9._%+-]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}")


def _digits(data: bytes) -> bytes:
    return data.translate(None, _NOT_DIGITS)


def _alone(data: bytes, start: int, end: int) -> bool:
    """Return whether a span is no part of a longer number, a name, a mention, a sum or a link."""
    before, after, beyond = data[start - 1 : start], data[end : end + 1], data[end + 1 : end + 2]
    if before.isalnum() or after.isalnum() or before in _NOT_BEFORE or after in _NOT_AFTER:
        return False
    return not (after in (b"-", b".") and beyond.isdigit())


def _cued(cue: Any, data: bytes, start: int) -> bool:
    return bool(cue.search(data[max(0, start - _CUE_REACH) : start]))


def _ssns(data: bytes, most: int) -> Iterator[_Span]:
    for start, end in spans(_SSN, data, most * _NUMBERS):
        digits = _digits(data[start:end])
        area, group, serial = digits[:3], digits[3:5], digits[5:]
        valid = area not in (b"000", b"666") and area < b"900" and group != b"00" and serial != b"0000"
        dashed = data[start + 3 : start + 4] == b"-"
        meant = dashed or _cued(_SSN_CUE, data, start)
        if valid and meant and _alone(data, start, end):
            yield start, end


def luhn(digits: bytes) -> bool:
    """Return whether digits pass the check of ISO/IEC 7812-1, annex B."""
    total = sum(d - 48 for d in digits[-1::-2]) + sum(
        (d - 48) * 2 // 10 + (d - 48) * 2 % 10 for d in digits[-2::-2]
    )
    return total % 10 == 0


def _cards(data: bytes, most: int) -> Iterator[_Span]:
    for start, end in spans(_CARD, data, most * _NUMBERS):
        digits = _digits(data[start:end])
        issued = any(prefix.match(digits) and len(digits) in lengths for prefix, lengths in _CARDS)
        if issued and len(set(digits)) > 1 and luhn(digits) and _alone(data, start, end):
            yield start, end


def _emails(data: bytes, most: int) -> Iterator[_Span]:
    return spans(_EMAIL, data, most * _NUMBERS)


def _phones(region: str) -> _Find:
    def search(data: bytes, most: int) -> Iterator[_Span]:
        for start, end in spans(_PHONE, data, most * _PHONES):
            written = data[start:end].decode()
            bare = written.isdigit()
            if not _alone(data, start, end) or (bare and not _cued(_PHONE_CUE, data, start)):
                continue
            number = valid_phone(written, region)
            if number and phonenumbers.number_type(number) in _PERSONAL:
                yield start, end

    return search


def valid_phone(written: str, region: str) -> phonenumbers.PhoneNumber | None:
    """Return a valid phone number, or None."""
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


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
            numbers = len(_digits(text.shown)) >= _FEWEST_DIGITS
            address = b"@" in text.shown
            if not numbers and not address:
                continue
            for kind, find, who in searches:
                if address if kind == "email" else numbers:
                    for start, end in find(text.shown, scan.most):
                        span = text.traced_shown.span(start, end)
                        written = text.shown[start:end].decode()
                        for number, allowed in who:
                            if kind not in ("phone", "email") or written not in allowed:
                                scan.add(number, text.match(span, LABELS[kind]))

    return scan_private


def _finder(kind: PrivateKind, region: str) -> _Find:
    return {"ssn": _ssns, "card": _cards, "email": _emails}.get(kind) or _phones(region)
