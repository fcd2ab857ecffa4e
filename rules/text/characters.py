"""Fold one character outside ASCII to what it looks like."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rules.text.lookalikes import LOOKALIKES

_DASHES = "‐‑‒–—―−﹣－"
_QUOTES = "‘’‚‛′`´＇ʼ"
_BLANKS = "\u115f\u1160\u3164\uffa0\u2800"
"""Letters and signs that show nothing though Unicode does not call them spaces or controls."""

_COMBINING = (
    (0x0300, 0x036F),
    (0x0483, 0x0489),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE20, 0xFE2F),
)
"""Marks that may sit on a Latin letter. Marks that spell (Devanagari, Arabic, Thai) are kept."""

_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF))
"""Scripts that write no spaces between words: each of their characters is a word of its own."""


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


def combining(character: str) -> bool:
    """Return whether a character is a mark that sits on the letter before it."""
    return _within(ord(character), _COMBINING)


def invisible(character: str) -> bool:
    """Return whether a character shows nothing: zero-width, bidirectional control, filler, variation."""
    if character in _BLANKS or 0xFE00 <= ord(character) <= 0xFE0F:
        return True
    return unicodedata.category(character) == "Cf"


def _fold_one(character: str) -> str:
    if character.isascii():
        return character
    if character in LOOKALIKES:
        return LOOKALIKES[character]
    if invisible(character) or combining(character):
        return ""
    if character in _DASHES:
        return "-"
    if character in _QUOTES:
        return "'"
    return character.casefold() if unicodedata.category(character)[0] in "LMN" else " "


def _settle(character: str) -> str:
    """Fold until folding changes nothing more."""
    folded = "".join(map(_fold_one, unicodedata.normalize("NFKD", LOOKALIKES.get(character, character))))
    return folded if folded in (character, "") else "".join(map(_settle, folded))


def _set_apart(character: str) -> str:
    unspaced = _within(ord(character), _UNSPACED) and unicodedata.category(character)[0] in "LN"
    return f" {character} " if unspaced else character


@lru_cache(maxsize=8192)
def fold_character(character: str) -> str:
    """Return what a character looks like: ASCII where it passes for ASCII, a space where it separates.

    Invisible characters and accents fold to nothing; a letter of a script without spaces stands apart.
    """
    return "".join(map(_set_apart, _settle(character)))
