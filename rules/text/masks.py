"""Read words in which signs stand for letters: f*ck, b!tch, s**t."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from rules.text.reading import LETTERS

_SIGNS = b"*#%&^!?+_~.|(/-"
"""Signs that people put in place of letters."""
_HOLE = ord("*")
_FEWEST = 4
_TOKEN = re.compile(
    rb"(?<![A-Za-z0-9@$])[A-Za-z0-9@$]{1,20}"
    rb"(?:[*#%&^!?+_~.|(/-]{1,4}[A-Za-z0-9@$]{1,20}){0,6}(?:[*#%&^!?+_~.|(/-]{1,4}[A-Za-z0-9@$]{1,20}|[*#%^+]{1,4})"
)
"""A word with signs inside, or at its end those that do not also end a sentence or a bracket."""


def _letter(code: int) -> int:
    return _HOLE if code in _SIGNS else LETTERS[code]


_KNOWN = bytes(map(_letter, range(256)))


class Masks:
    """The words that a masked one may stand for."""

    def __init__(self, words: Iterable[bytes], beginnings: Iterable[bytes] = ()) -> None:
        """Take words of small letters, whole ones and beginnings; those under four letters are left out."""
        self._words = _index(words)
        self._beginnings = _index(beginnings)
        self._lengths = sorted({length for length, _, _ in self._beginnings})

    def fill(self, looks: bytes) -> bytes:
        """Return a text as it looks, as long as before, with letters where signs stand for them."""
        return _TOKEN.sub(self._fill, looks)

    def _fill(self, match: re.Match[bytes]) -> bytes:
        token = match[0].translate(_KNOWN)
        whole = _find(self._words, token)
        if whole:
            return whole
        for length in self._lengths:
            if length >= len(token):
                break
            begun = _find(self._beginnings, token[:length]) if token[length - 1] != _HOLE else None
            if begun:
                return begun + match[0][length:]
        return match[0]


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


NO_MASKS = Masks(())
