"""Find payment card numbers, by issuer, length and check digit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.detectors.patterns.expressions import compiled
from rules.detectors.private.numbers import SPELLED, Finder, Span, alone, digits_of, grouped, spelled

_CARD_FORM = r"\d(?:[ .-]?\d){12,18}"
_CARD = compiled(_CARD_FORM)
_CARDS = (
    (re.compile(rb"4"), {13, 16, 19}),
    (re.compile(rb"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), {16}),
    (re.compile(rb"3[47]"), {15}),
    (re.compile(rb"6011|64[4-9]|65|62|35(?:2[89]|[3-8])"), {16}),
    (re.compile(rb"30[0-5]|36|38"), {14}),
)
"""Issuer prefixes and lengths: Visa, Mastercard, American Express, Discover/UnionPay/JCB, Diners Club."""
_MAESTRO = re.compile(rb"(?:50|5[6-9]|6\d)\d{14,17}")
"""So many numbers begin like these cards that they must be written in groups of four, as on the card."""
_IN_FOURS = re.compile(rb"(?:\d{4}[ .-]){3,4}\d{1,4}")


def _cards(data: bytes, tries: int) -> Iterator[Span]:
    yield from grouped(_CARD, data, tries, _stands)


def _spelled_cards(data: bytes, tries: int) -> Iterator[Span]:
    for start, end, digits in spelled(data, tries):
        if _is_card(digits):
            yield start, end


def _stands(data: bytes, start: int, end: int) -> bool:
    written, digits = data[start:end], digits_of(data[start:end])
    maestro = _IN_FOURS.fullmatch(written) and _MAESTRO.fullmatch(digits) and luhn(digits)
    return bool(maestro or _is_card(digits)) and alone(data, start, end)


def _is_card(digits: bytes) -> bool:
    issued = any(len(digits) in lengths and prefix.match(digits) for prefix, lengths in _CARDS)
    return issued and len(set(digits)) > 1 and luhn(digits)


def luhn(digits: bytes) -> bool:
    """Return whether digits pass the check of ISO/IEC 7812-1, annex B."""
    doubled = ((digit - 48) * 2 for digit in digits[-2::-2])
    total = sum(digit - 48 for digit in digits[-1::-2]) + sum(d // 10 + d % 10 for d in doubled)
    return total % 10 == 0


CARDS = (Finder((_CARD_FORM,), _cards), Finder((SPELLED,), _spelled_cards))
