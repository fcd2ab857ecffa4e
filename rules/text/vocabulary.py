"""The words that a ruleset knows, in words that signs break up or stand in for: b!tch, s**t."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from string import ascii_letters, digits

from ahocorasick_rs import BytesAhoCorasick

from rules.text.reading import LETTERS, cut
from rules.text.undoing import squash

_SIGNS = b"*#%&^!?+_~.|(/-"
"""Signs that people put in place of letters."""
_HOLE = ord("*")
_FEWEST = 4
_SIGN = re.compile(
    rb"[*#%&^!?+_~.|(/-](?:(?<=[A-Za-z0-9@$].)[*#%&^!?+_~.|(/-]{0,3}(?=[A-Za-z0-9@$])|(?<=[A-Za-z0-9]{2}[*#%^+]))"
)
"""A sign inside a word, or at its end one that does not also end a sentence or a bracket."""
_TOKEN = re.compile(rb"[A-Za-z0-9@$]{1,20}(?:[*#%&^!?+_~.|(/-]{1,4}[A-Za-z0-9@$]{1,20}){0,6}[*#%^+]{0,4}")
_SPELLED = re.compile(rb"[A-Za-z0-9@$](?:[*#%&^!?+_~.|(/-]+[A-Za-z0-9@$]){3,}")
"""Letters one by one between signs, which stand for nothing but themselves."""
_WORD = (ascii_letters + digits + "@$").encode()
_LONGEST = 20


def _letter(code: int) -> int:
    return _HOLE if code in _SIGNS else LETTERS[code]


_KNOWN = bytes(map(_letter, range(256)))
_DROPPED = bytes(code for code in range(128) if not chr(code).isalnum() and chr(code) not in "@$")


class Vocabulary:
    """The words that a broken-up or masked one may stand for."""

    def __init__(self, literals: Iterable[bytes]) -> None:
        """Take words of small letters; a space at either end is the edge of a word."""
        known = set(literals)
        self._automaton = BytesAhoCorasick([*{cut(literal, squash) for literal in known}])
        self._words = _index(literal.strip(b" ") for literal in known)
        self._beginnings = _index(literal.strip(b" ") for literal in known if not literal.endswith(b" "))
        self._lengths = sorted({length for length, _, _ in self._beginnings})

    def knows(self, words: Iterable[bytes]) -> bool:
        """Return whether words that signs break up, or whose letters are drawn out, may be some of these."""
        pieces = []
        for word in words:
            if self.fill(word) != word:
                return True
            pieces.append(word.translate(LETTERS, _DROPPED))
        together = cut(b" " + b" ".join(pieces) + b" ", squash)
        return bool(self._automaton.find_matches_as_indexes(together))

    def fill(self, looks: bytes) -> bytes:
        """Return a text as it looks, as long as before, with letters where signs stand for them."""
        filled, at = [], 0
        for sign in _SIGN.finditer(looks):
            if sign.start() >= at:
                start = max(at, _beginning(looks, sign.start()))
                token = _TOKEN.match(looks, start)
                if token:
                    filled += [looks[at:start], self._fill(token[0])]
                    at = token.end()
        return b"".join([*filled, looks[at:]]) if filled else looks

    def _fill(self, written: bytes) -> bytes:
        if _SPELLED.fullmatch(written):
            return written
        token = written.translate(_KNOWN)
        whole = _find(self._words, token)
        if whole:
            return whole
        hole = token.find(b"*")
        for length in self._lengths:
            if hole + 1 < length < len(token) and (length, token[0], token[length - 1]) in self._beginnings:
                begun = _find(self._beginnings, token[:length])
                if begun:
                    return begun + written[length:]
        return written


def _beginning(looks: bytes, sign: int) -> int:
    """Return where the letters before a sign begin."""
    before = looks[max(0, sign - _LONGEST) : sign]
    return sign - len(before) + len(before.rstrip(_WORD))


_Index = dict[tuple[int, int, int], list[bytes]]
"""Words by their length, their first letter, and their last one or a hole."""


def _index(words: Iterable[bytes]) -> _Index:
    index: defaultdict[tuple[int, int, int], list[bytes]] = defaultdict(list)
    for word in sorted(set(words)):
        if len(word) >= _FEWEST and word.isalpha():
            for last in (word[-1], _HOLE):
                index[len(word), word[0], last].append(word)
    return dict(index)


def _find(index: _Index, token: bytes) -> bytes | None:
    holes = token.count(b"*")
    if not holes or holes > (len(token) // 2 if token[-1] == _HOLE else len(token) - 2):
        return None
    candidates = index.get((len(token), token[0], token[-1]), ())
    return next((word for word in candidates if _agrees(token, word)), None)


def _agrees(token: bytes, word: bytes) -> bool:
    return all(known in (letter, _HOLE) for known, letter in zip(token, word, strict=True))


EMPTY = Vocabulary(())
