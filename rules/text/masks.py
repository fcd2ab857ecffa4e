"""Read words in which signs stand for letters: f*ck, b!tch, s**t."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache
from string import ascii_letters, digits

from rules.text.reading import LETTERS

_SURE = b"*#%&^!?+|"
_UNSURE = b"_~.(/-"
"""Signs that stand for one letter at most: they are also what words are broken up by."""
_SIGN = re.compile(
    rb"[*#%&^!?+_~.|(/-](?:(?<=[A-Za-z0-9@$].)[*#%&^!?+_~.|(/-]{0,3}(?=[A-Za-z0-9@$])|(?<=[A-Za-z0-9]{2}[*#%^+]))"
)
"""A sign inside a word, or at its end one that does not also end a sentence or a bracket."""
_TOKEN = re.compile(rb"[A-Za-z0-9@$]{1,20}(?:[*#%&^!?+_~.|(/-]{1,4}[A-Za-z0-9@$]{1,20}){0,6}[*#%^+]{0,4}")
_SPELLED = re.compile(rb"[A-Za-z0-9@$](?:[*#%&^!?+_~.|(/-]+[A-Za-z0-9@$]){3,}")
"""Letters one by one between signs, which stand for nothing but themselves."""
_WORD = (ascii_letters + digits + "@$").encode()
_LONGEST = 20
_HOLES = re.compile(rb"[*?]+")


def _letter(code: int) -> int:
    return ord("*") if code in _SURE else ord("?") if code in _UNSURE else LETTERS[code]


_KNOWN = bytes(map(_letter, range(256)))


_Index = dict[tuple[int, int, int], list[bytes]]
"""Words by their length, their first letter, and their last one or a sign, the likeliest first."""


class Masks:
    """The words that one with signs for letters may stand for."""

    def __init__(self, words: Collection[bytes], others: Collection[bytes]) -> None:
        """Take words of small letters, those to prefer first; a space at either end is the edge of a word."""
        self._rank = _ranks(words) | {word: 0 for word in _ranks(others) if word not in words}
        self._whole = self._index(self._rank)
        self._beginnings = self._index({word.strip(b" ") for word in words if not word.endswith(b" ")})
        self._lengths = sorted({length for length, _, _ in self._beginnings})
        self._filled = lru_cache(maxsize=4096)(self._fill)

    def fill(self, looks: bytes) -> bytes:
        """Return a text as it looks, as long as before, with letters where signs stand for them."""
        filled, at = [], 0
        for sign in _SIGN.finditer(looks):
            if sign.start() >= at:
                start = max(at, _beginning(looks, sign.start()))
                token = _TOKEN.match(looks, start)
                if token:
                    filled += [looks[at:start], self._filled(token[0])]
                    at = token.end()
        return b"".join([*filled, looks[at:]]) if filled else looks

    def _fill(self, written: bytes) -> bytes:
        if _SPELLED.fullmatch(written) or written.rstrip(_SURE).isdigit():
            return written
        token = written.translate(_KNOWN)
        if not _enough(token):
            return written
        best = self._find(self._whole, token)
        rank, filled = (self._rank[best], best) if best else (-1, written)
        holes = [match.end() for match in _HOLES.finditer(token)]
        if len(holes) > 1 or b"?" in token:
            return filled
        for length in self._lengths:
            if holes[0] <= length < len(token):
                begun = self._find(self._beginnings, token[:length])
                if begun and self._rank[begun] > rank:
                    rank, filled = self._rank[begun], begun + written[length:]
        return filled

    def _index(self, words: Iterable[bytes]) -> _Index:
        index: defaultdict[tuple[int, int, int], list[bytes]] = defaultdict(list)
        for word in sorted(words, key=lambda word: (-self._rank[word], word)):
            if len(word) >= 3 and word.isalpha():
                for last in (word[-1], ord("*")):
                    index[len(word), word[0], last].append(word)
        return dict(index)

    def _find(self, index: _Index, token: bytes) -> bytes | None:
        candidates = index.get((len(token), token[0], token[-1]), ())
        return next((word for word in candidates if _agrees(token, word)), None)


def _beginning(looks: bytes, sign: int) -> int:
    """Return where the letters before a sign begin."""
    before = looks[max(0, sign - _LONGEST) : sign]
    return sign - len(before) + len(before.rstrip(_WORD))


def _ranks(literals: Collection[bytes]) -> dict[bytes, int]:
    """Return words by how many of them begin with each: of two that fit, that one is the likelier."""
    words = {literal.strip(b" ") for literal in literals}
    beginnings = Counter(word[:length] for word in words for length in range(3, len(word) + 1))
    return {word: beginnings[word] for word in words}


def _enough(token: bytes) -> bool:
    """Return whether enough letters of a word are known to tell what the others are."""
    unsure = token.count(b"?")
    holes = unsure + token.count(b"*")
    most = len(token) // 2 if token.endswith(b"*") else len(token) - 2
    return 0 < holes <= most and not (unsure and (holes > 1 or len(token) < 4))


def _agrees(token: bytes, word: bytes) -> bool:
    return all(known in (letter, 42, 63) for known, letter in zip(token, word, strict=True))
