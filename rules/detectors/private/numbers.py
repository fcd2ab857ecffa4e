"""Find numbers that people write in groups of digits: payment cards and phone numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import phonenumbers

from rules.detectors.patterns import compiled

Span = tuple[int, int]
Find = Callable[[bytes, int], Iterator[Span]]
"""Returns where private data stands in a text as it looks, after so many tries at most."""

_NOT_DIGITS = bytes(c for c in range(256) if not chr(c).isdigit() or c >= 0x80)
_DIGITS = b"0123456789"
_NOT_BEFORE = tuple(bytes([c]) for c in b"@#&=_/.$-")
_NOT_AFTER = tuple(bytes([c]) for c in b"/_>")

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
_NANP = frozenset({"US", "CA"})
_NANP_GROUPS = frozenset({(10,), (3, 7), (3, 3, 4), (6, 4), (11,), (1, 10), (1, 3, 7), (1, 3, 3, 4)})
"""How the digits of a North American number are grouped; 2026-14-0001 is no phone number."""
_GROUP = re.compile(r"\d+")
_CUE_REACH = 60
"""How many bytes before a number a word may stand that says what it is."""


def digits_of(data: bytes) -> bytes:
    """Return the digits alone."""
    return data.translate(None, _NOT_DIGITS)


def alone(data: bytes, start: int, end: int) -> bool:
    """Return whether a span is no part of a longer number, a name, a mention, a sum or a link."""
    before, after, beyond = data[start - 1 : start], data[end : end + 1], data[end + 1 : end + 2]
    if before.isalnum() or after.isalnum() or before in _NOT_BEFORE or after in _NOT_AFTER:
        return False
    return not (after in (b"-", b".") and beyond.isdigit())


def cued(cue: Any, data: bytes, start: int) -> bool:
    """Return whether a pattern matches shortly before a span."""
    return bool(cue.search(data[max(0, start - _CUE_REACH) : start]))


def _grouped(
    pattern: Any, data: bytes, tries: int, accept: Callable[[bytes, int, int], bool]
) -> Iterator[Span]:
    """Yield what is accepted of each match of a pattern: the most of its groups, from the first on.

    Two numbers side by side look like one longer number, so the last groups are given back one by one.
    """
    at = 0
    while tries > 0 and (match := pattern.search(data, at)):
        start, end = match.span()
        at = start + len(data[start:end]) - len(data[start:end].lstrip(b"+(").lstrip(_DIGITS))
        while start < end and tries > 0:
            tries -= 1
            if accept(data, start, end):
                yield start, end
                at = end
                break
            end = start + len(data[start:end].rstrip(_DIGITS).rstrip(b"-. ()/+"))


def cards(data: bytes, tries: int) -> Iterator[Span]:
    """Yield where payment card numbers stand."""
    return _grouped(_CARD, data, tries, _is_card)


def _is_card(data: bytes, start: int, end: int) -> bool:
    digits = digits_of(data[start:end])
    issued = any(len(digits) in lengths and prefix.match(digits) for prefix, lengths in _CARDS)
    return issued and len(set(digits)) > 1 and luhn(digits) and alone(data, start, end)


def luhn(digits: bytes) -> bool:
    """Return whether digits pass the check of ISO/IEC 7812-1, annex B."""
    doubled = ((digit - 48) * 2 for digit in digits[-2::-2])
    total = sum(digit - 48 for digit in digits[-1::-2]) + sum(d // 10 + d % 10 for d in doubled)
    return total % 10 == 0


def phones(region: str) -> Find:
    """Return what finds phone numbers that may be a person's, with or without the code of `region`."""

    def is_phone(data: bytes, start: int, end: int) -> bool:
        written = data[start:end].decode()
        if not alone(data, start, end) or (written.isdigit() and not cued(_PHONE_CUE, data, start)):
            return False
        if (
            region in _NANP
            and "+" not in written
            and tuple(map(len, _GROUP.findall(written))) not in _NANP_GROUPS
        ):
            return False
        number = valid_phone(written, region)
        return number is not None and phonenumbers.number_type(number) in _PERSONAL

    return lambda data, tries: _grouped(_PHONE, data, tries, is_phone)


def valid_phone(written: str, region: str) -> phonenumbers.PhoneNumber | None:
    """Return a valid phone number, or None."""
    if region in _NANP and not written.startswith("+"):
        digits = digits_of(written.encode()).removeprefix(b"1")
        if len(digits) != 10 or digits[0] < ord("2") or digits[3] < ord("2"):
            return None
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None
