"""Find phone numbers that may be a person's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from rules.detectors.patterns.expressions import compiled, spans
from rules.detectors.private.numbers import (
    SPELLED,
    Finder,
    Span,
    alone,
    cued_around,
    digits_of,
    grouped,
    spelled,
)

_PHONE_FORM = r"\+?\(?\d(?:[-. ()/]{0,3}\d){6,14}"
_PHONE = compiled(_PHONE_FORM)
_FROM_ABROAD, _TEN_DIGITS = r"\+\(?\d", r"\d(?:[-. ()/]{0,3}\d){9}"
_LOCAL_FORM = r"\d{3}[-. ]\d{4}"
_LOCAL = compiled(_LOCAL_FORM)
_CUE = compiled(
    r"\b(?:call|calls|called|calling|dial|phone|phones|text|texts|txt|tel|cell|cells|mobile|landline|fax|number"
    r"|numbers|reach|contact|whats ?app|signal|voicemail|ring me|ph|digits|area code|hit me up|hmu"
    r"|message|sms|zelle|venmo|cash ?app|paypal)\b"
)
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
_NANP_NUMBER = re.compile(rb"1?(?!8(?:00|33|44|55|66|77|88)|900)[2-9](?!11)\d\d[2-9](?!11)\d{6}")
"""Area code and exchange of the North American Numbering Plan, toll-free and premium ones aside."""
_NANP_LOCAL = re.compile(rb"[2-9](?!11)\d{6}")
_NANP_GROUPS = frozenset({(10,), (3, 7), (3, 3, 4), (6, 4), (11,), (1, 10), (1, 3, 7), (1, 3, 3, 4)})
"""How the digits of a North American number are grouped; 2026-14-0001 is no phone number."""
_FEWEST_ABROAD = 9
"""Digits of a number with its country code, from which on its form alone tells."""
_GROUP = re.compile(r"\d+")


def phones(region: str) -> tuple[Finder, ...]:
    """Return what finds phone numbers that may be a person's, with or without the code of `region`.

    In North America a number counts by its form, without its area code only beside a word such as "call".
    """
    american = region in _NANP

    def is_phone(data: bytes, start: int, end: int) -> bool:
        written = data[start:end].decode()
        if not alone(data, start, end) or (written.isdigit() and not cued_around(_CUE, data, start, end)):
            return False
        digits = digits_of(data[start:end])
        if american and (not written.startswith("+") or (digits[:1] == b"1" and len(digits) == 11)):
            groups = tuple(map(len, _GROUP.findall(written)))
            return groups in _NANP_GROUPS and _NANP_NUMBER.fullmatch(digits) is not None
        number = _parsed(written, region)
        if number is None:
            return False
        if written.startswith("+") and len(digits) >= _FEWEST_ABROAD:
            return phonenumbers.is_possible_number(number)
        return phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in _PERSONAL

    def find(data: bytes, tries: int) -> Iterator[Span]:
        yield from grouped(_PHONE, data, tries, is_phone)

    if not american:
        return (Finder((_PHONE_FORM,), find),)
    return (
        Finder((_FROM_ABROAD, _TEN_DIGITS), find),
        Finder((_LOCAL_FORM,), _locals),
        Finder((SPELLED,), _spelled_phones),
    )


def _locals(data: bytes, tries: int) -> Iterator[Span]:
    for start, end in spans(_LOCAL, data, tries):
        local = _NANP_LOCAL.fullmatch(digits_of(data[start:end]))
        if local and alone(data, start, end) and cued_around(_CUE, data, start, end):
            yield start, end


def _spelled_phones(data: bytes, tries: int) -> Iterator[Span]:
    for start, end, digits in spelled(data, tries):
        known = _NANP_NUMBER.fullmatch(digits) or _NANP_LOCAL.fullmatch(digits)
        if known and cued_around(_CUE, data, start, end):
            yield start, end


def _parsed(written: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None


def normal_phone(written: str, region: str) -> str | None:
    """Return the digits by which a phone number is compared, or None for what is none.

    In North America these are the ten of area code and number, or the seven of a number alone.
    """
    digits = digits_of(written.encode())
    if region in _NANP and not (written.startswith("+") and digits[:1] != b"1"):
        ten = digits.removeprefix(b"1") if len(digits) == 11 else digits
        known = len(ten) in (7, 10) and ten[:1] >= b"2" and (len(ten) == 7 or ten[3:4] >= b"2")
        return ten.decode() if known else None
    number = _parsed(written, region)
    if number is None or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
