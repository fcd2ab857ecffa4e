"""Find far more capitals, lines, emoji or marks upon letters than talk needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.detectors.scan import Index, Numbered, Scan
from rules.text.text import Text
from rules.when import Excess

_CAPITALS = bytes(range(ord("A"), ord("Z") + 1))
_LETTERS = _CAPITALS + _CAPITALS.lower()
_NOT_CAPITALS = bytes(set(range(256)) - set(_CAPITALS))
_NOT_LETTERS = bytes(set(range(256)) - set(_LETTERS))

_EMOJI = re.compile(
    "[\U0001f000-\U0001f3fa\U0001f400-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u231a\u231b\u23e9-\u23f3]"
    r"|<a?:\w{2,32}:\d{15,21}>"
)
"""Pictures of the Unicode blocks that hold them, less skin tones, and a community's own."""
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
"""Runs of marks that may be piled upon a letter; those with which other scripts spell are none."""


def build(detectors: Numbered[Excess]) -> Index:
    """Return the index of all detectors of excess."""

    def scan_excess(scan: Scan) -> None:
        for text in scan.texts:
            for number, wanted in detectors:
                for detail in _excesses(text, wanted):
                    scan.hit(number).details.append(detail)

    return scan_excess


def _excesses(text: Text, wanted: Excess) -> Iterator[str]:
    original = text.original
    if wanted.capitals is not None and len(original) >= wanted.letters:
        letters = len(text.shown.translate(None, _NOT_LETTERS))
        capitals = len(text.shown.translate(None, _NOT_CAPITALS))
        if letters >= wanted.letters and capitals * 100 >= wanted.capitals * letters:
            yield f"{capitals * 100 // letters} % capitals"
    if wanted.lines is not None and original.count("\n") >= wanted.lines:
        yield f"{original.count(chr(10)) + 1} lines"
    ascii_only = original.isascii()
    if wanted.emoji is not None and (not ascii_only or "<" in original):
        emoji = len(_EMOJI.findall(original))
        if emoji > wanted.emoji:
            yield f"{emoji} emoji"
    if wanted.marks is not None and not ascii_only:
        marks = max((len(run[0]) for run in _MARKS.finditer(original)), default=0)
        if marks > wanted.marks:
            yield f"{marks} marks on a letter"
