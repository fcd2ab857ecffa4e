"""Find what identifies a person: social security numbers, dates of birth, license plates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from rules.detectors.patterns.expressions import compiled, spans
from rules.detectors.private.numbers import (
    SPELLED,
    Finder,
    Span,
    alone,
    cued,
    cued_around,
    digits_of,
    spelled,
)

_SSN_FORM = r"\d{3} ?- ?\d{2} ?- ?\d{4}|\d{3}[ ./_-]{0,3}\d{2}[ ./_-]{0,3}\d{4}"
_SSN = compiled(_SSN_FORM)
_SSN_CUE = compiled(
    r"\b(?:ssn|ss ?(?:#|no|num)|s\.s\.n|(?:social|soc|seguro)\.? ?(?:sec\w*|social)|social(?: is|'s|:| no\b)"
    r"|social (?:#|number)|(?:my|his|her|their|your|full|whole) social|tax ?id|itin)"
)
_SOCIAL = compiled(r"\b(?:social|ss)\b")
"""Enough for nine digits in the groups of a social security number, not for nine digits in a row."""

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_ONE = r"(?:[12]\d|3[01]|0?[1-9])"
"""A day or a month: which of them it is depends on the country."""
_DATE_FORM = (
    rf"{_ONE}[/.-]{_ONE}[/.-](?:{_YEAR}|'?\d\d)|{_ONE} {_ONE} {_YEAR}|{_YEAR}[/.-]{_ONE}[/.-]{_ONE}"
    rf"|{_MONTH}\s{{0,2}}{_DAY}(?:,|\sof)?\s{{0,2}},?\s?(?:{_YEAR}|'\d\d)|{_DAY}\s(?:of\s)?{_MONTH},?\s{_YEAR}"
)
_DATE = compiled(_DATE_FORM)
_BIRTH_CUE = compiled(
    r"\bd\.?\s?o\.?\s?b\b|\bbirth ?(?:date|days?)?\b|\bb[ -]?days?\b|\bborn\b|\bcumplea|\bnacid[oa]\b"
)
_OWN_BIRTH = compiled(r"\b(?:my|his|her|their) (?:birth ?da(?:y|te)|b-?day|date of birth|d\.?o\.?b)\b")
"""Words that tell from farther off, too."""
_IS_BIRTH = compiled(
    r"^[\s,(-]{1,3}(?:is|was)? ?(?:my|his|her|their|the)? ?"
    r"(?:d\.?o\.?b|birth ?da(?:y|te)|b-?day|date of birth)\b"
)
_BIRTH_REACH, _OWN_BIRTH_REACH = 30, 60

_TAG = r"(?:[a-z0-9] ){4,7}[a-z0-9]|[a-z0-9]{1,5}[ -][a-z0-9]{1,5}|[a-z0-9]{4,8}"
_USUAL = r"\d[a-z]{3}\d{3}|[a-z]{3}[ -]?\d{3,4}|\d{3}[ -]?[a-z]{3}"
"""The plates of most states."""
_PLATE_WORD = r"\b(?:licen[sc]e plates?|plates?|tags?|lic\.?|licen[sc]e)"
_VEHICLE = (
    r"\b(?:drives|driver|pickup|truck|sedan|suv|van|minivan|jeep|car|motorcycle|vehicle|corolla|civic|honda|toyota"
    r"|ford|chevy|subaru|kia|tesla)\b"
)
_PLATE = compiled(
    rf"{_PLATE_WORD}(?:\s?(?:#|\bno\b\.?|\bnum(?:ber)?\b))?"
    r"(?:\s(?:is|are|was|were|reads?|says?|said|number|with|the|it'?s|starts?|starting|ending)\b){0,3}"
    rf"[\s:=#.\"'(-]{{0,4}}({_TAG})\b"
)
_NEAR_PLATE = compiled(
    rf"{_PLATE_WORD}\b[^\n]{{1,40}}?\s({_USUAL})\b"
    rf"|\b({_USUAL})[\s,]{{1,2}}(?:is |was |are )?(?:the |his |her |their )?plates?\b"
    rf"|{_VEHICLE}[^\n]{{0,20}}?\s({_USUAL})\b"
)
_PLATE_FORM = re.compile(rb"(?=.*\d)(?=.*[A-Z])[A-Z0-9 -]+|(?=.*\d)(?=.*[a-z])[a-z0-9-]+|[a-z]{3} \d{3,4}")
"""A plate mixes digits and letters; in small letters, one with a space has three and then the digits."""
_CAPITAL = re.compile(rb"[A-Z0-9 -]+")
_MACHINE = re.compile(rb" (?:mower|lawn|snow|generator|engine|model|series|edition)")
"""What follows the name of a model, which looks like a plate."""


def _ssns(data: bytes, tries: int) -> Iterator[Span]:
    """Yield numbers that the Social Security Administration could have issued.

    One without dashes counts only beside words that say what it is. So does a taxpayer number, which begins
    with a nine.
    """
    for start, end in spans(_SSN, data, tries):
        written = data[start:end]
        said = cued_around(_SSN_CUE, data, start, end)
        if not said:
            said = written.count(b"-") == 2 or (not written.isdigit() and cued(_SOCIAL, data, start))
            said = said and written[:1] != b"9"
        if said and _is_ssn(digits_of(written)) and alone(data, start, end):
            yield start, end


def _spelled_ssns(data: bytes, tries: int) -> Iterator[Span]:
    for start, end, digits in spelled(data, tries):
        if _is_ssn(digits) and cued_around(_SSN_CUE, data, start, end):
            yield start, end


def _is_ssn(digits: bytes) -> bool:
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    valid = area not in (b"000", b"666") and group != b"00" and serial != b"0000"
    return valid and len(digits) == 9 and (area < b"900" or group >= b"50")


def _births(data: bytes, tries: int) -> Iterator[Span]:
    """Yield dates, with their year, beside words such as "born" or "DOB"."""
    for start, end in spans(_DATE, data, tries):
        said = cued(_BIRTH_CUE, data, start, _BIRTH_REACH) or _IS_BIRTH.search(data[end : end + _BIRTH_REACH])
        if (said or cued(_OWN_BIRTH, data, start, _OWN_BIRTH_REACH)) and alone(data, start, end):
            yield start, end


def _plates(data: bytes, tries: int) -> Iterator[Span]:
    """Yield license plates after words that say so."""
    for match in islice(_PLATE.finditer(data), tries):
        start, end = match.span(1)
        if _PLATE_FORM.fullmatch(data[start:end]) and alone(data, start, end):
            yield start, end


def _plates_nearby(data: bytes, tries: int) -> Iterator[Span]:
    """Yield what has the usual form of a plate near a word for a car or a plate."""
    for match in islice(_NEAR_PLATE.finditer(data), tries):
        start, end = match.span(match.lastindex)
        named = _CAPITAL.fullmatch(data[start:end]) and not _MACHINE.match(data, end)
        if named and alone(data, start, end):
            yield start, end


SSNS = (Finder((_SSN_FORM,), _ssns), Finder((SPELLED,), _spelled_ssns))
BIRTHS = (Finder((_DATE_FORM,), _births),)
PLATES = (Finder((_PLATE_WORD,), _plates), Finder((_PLATE_WORD, _VEHICLE), _plates_nearby))
