"""The words that a ruleset knows, in words that are broken up, spelled out, drawn out, doubled or masked."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from string import ascii_lowercase

from ahocorasick_rs import BytesAhoCorasick, Implementation

from rules.text.masks import Masks
from rules.text.reading import LETTERS, Span, Traced, cut
from rules.text.undoing import runs_of, squash

_LONG = [
    *(letter.encode() * (4 if letter == "w" else 3) for letter in ascii_lowercase),
    *(b" " + letter.encode() * 2 for letter in "bcdfghjkmnpqrstvwxyz"),
]
"""Letters drawn out, or doubled at the beginning of a word."""
_APART = [f" {one} {other} ".encode() for one, other in product(ascii_lowercase, repeat=2)]
_OWN = len(_LONG) + len(_APART)
"""How many telltales there are before a vocabulary's own."""
_THREE_APART = re.compile(rb" [^ ] [^ ] [^ ] ")
_SIGNS = bytes(code for code in range(128) if not chr(code).isalnum() and chr(code) not in "@$")
_MOST_FAST = 50_000
"""How many words, as they are and with a letter doubled, are indexed for speed, at some 600 bytes each."""
_FEWEST, _LEAST = 4, 3
"""Letters of the shortest word that is looked for, and of the shortest beside it."""
_DRAWN = re.compile(rb"([a-z])\1{2,}")
_RUN = re.compile(rb"([a-z])\1*")
_LONGEST = 20
_LONGEST_RUN = 200
"""Letters of the longest run that is parted into words; to part one takes time by its length."""
_ENDING = re.compile(rb"(?:e[drsn]?|es|ing|ers?|y|ies)$")
"""What doubles the consonant before it in ordinary words: raped and rapped."""
_ALONE = frozenset({b"a", b"i", b"u"})
"""Letters that are words."""


Found = Sequence[tuple[int, int, int]]
"""What was found by its number, and where it begins and ends."""


class Vocabulary:
    """The words that one written in another way may stand for.

    `words` are what rules look for, `others` what stands beside them in phrases and patterns. Both are small
    letters; a space at either end is the edge of a word.
    """

    def __init__(
        self, words: Collection[bytes] = (), others: Collection[bytes] = (), sought: Sequence[bytes] = ()
    ) -> None:
        """Index the words, and what is `sought` in the same pass as the telltales."""
        bare = {word.strip(b" ") for word in (*words, *others)}
        long = [word for word in words if len(word.strip(b" ")) >= _FEWEST]
        beside = [
            b" " + word + b" " for word in {other.strip(b" ") for other in others} if len(word) >= _LEAST
        ]
        doubled = {
            variant: place
            for literal in sorted({*long, *beside})
            for variant, place in _doubled(literal)
            if variant.strip(b" ") not in bare
        }
        self.fill = Masks(words, others).fill
        known = {*words, *(other for other in others if len(other.strip(b" ")) >= _FEWEST)}
        self._known = BytesAhoCorasick([*{cut(word, squash) for word in known}])
        fast = len(doubled) + len(sought) <= _MOST_FAST
        self._automaton = BytesAhoCorasick(
            [*_LONG, *_APART, *doubled, *sought],
            implementation=Implementation.DFA if fast else Implementation.ContiguousNFA,
        )
        self._doubled = [0] * _OWN + [*doubled.values()]
        self.segment = lru_cache(maxsize=1024)(self._segment)
        self._settled = lru_cache(maxsize=1024)(self._settle)
        self._pieces = _ALONE.union(word for word in bare if len(word) > 1)
        self._squashed: defaultdict[bytes, list[bytes]] = defaultdict(list)
        for word in sorted(bare):
            self._squashed[cut(word, squash)].append(word)

    def knows(self, words: Iterable[bytes]) -> bool:
        """Return whether words that signs break up, or whose letters are drawn out, may be some of these."""
        pieces = []
        for word in words:
            if self.fill(word) != word:
                return True
            pieces.append(word.translate(LETTERS, _SIGNS))
        together = cut(b" " + b" ".join(pieces) + b" ", squash)
        return bool(self._known.find_matches_as_indexes(together))

    def search(self, words: bytes) -> tuple[Found, Found]:
        """Return the telltales in plain words, and what is sought, by its number."""
        found = self._automaton.find_matches_as_indexes(words, overlapping=True)
        if not found:
            return (), ()
        first = len(self._doubled)
        telltales = [match for match in found if match[0] < first]
        return telltales, [(n - first, start, end) for n, start, end in found if n >= first]

    def lengthened(self, words: bytes, telltales: Found) -> tuple[bool, bool, bool]:
        """Return whether in plain words letters stand apart, are drawn out, are doubled in a known one."""
        if not telltales:
            return False, False, False
        numbers = {number for number, _, _ in telltales}
        places = (start for number, start, _ in telltales if number < len(_LONG))
        drawn = [words[start:end] for start, end in _around(words, places)]
        return (
            any(len(_LONG) <= n < _OWN for n in numbers) and _THREE_APART.search(words) is not None,
            bool(drawn) and self.knows(drawn),
            max(numbers) >= _OWN,
        )

    def undouble(self, words: bytes) -> Iterator[Span]:
        """Leave out the second letter where one of a known word is doubled: a step."""
        found, _ = self.search(words)
        places = {start + self._doubled[number] for number, start, _ in found if self._doubled[number]}
        return ((place, place + 1) for place in sorted(places))

    def settle(self, words: bytes) -> Iterator[Span]:
        """Leave out the letters by which a known word is drawn out to three and more: a step."""
        for start, end in _around(words, (match.start() for match in _DRAWN.finditer(words))):
            yield from ((start + low, start + high) for low, high in self._settled(words[start:end]))

    def _settle(self, word: bytes) -> list[Span]:
        for known in self._squashed.get(cut(word, squash), ()):
            runs = [
                (there.start(), len(there[0]), len(own[0]))
                for there, own in zip(_RUN.finditer(word), _RUN.finditer(known), strict=True)
            ]
            if all(there == own or there >= max(own, 3) for _, there, own in runs):
                return [(at + own, at + there) for at, there, own in runs if there > own]
        return []

    def _segment(self, letters: bytes) -> list[int]:
        """Return where words end in letters that were spelled out without a word's end.

        Known words must cover all the letters, or those of four letters and more all that they can.
        """
        if len(letters) > _LONGEST_RUN:
            return []
        for step in (runs_of(2), runs_of(1)):
            kept = Traced(letters, range(len(letters))).without(step)
            ends = _cover(kept.data, self._pieces, 1, complete=True)
            if ends:
                return [kept.origins[end] for end in ends]
        return _cover(letters, self._pieces, _FEWEST, complete=False)


def _around(words: bytes, places: Iterable[int]) -> Iterator[Span]:
    """Yield where the words stand that places, given in order, lie in."""
    at = 0
    for place in places:
        if place >= at:
            at = words.find(b" ", place + 1)
            yield words.rfind(b" ", 0, place + 1) + 1, at


def _doubled(literal: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield a word with one letter doubled where that makes no other word, and the place of the second."""
    for n, letter in enumerate(literal):
        if chr(letter).isalpha() and _may_double(literal.rstrip(b" "), n):
            yield literal[:n] + bytes([letter]) + literal[n:], n + 1


def _may_double(word: bytes, n: int) -> bool:
    """Return whether the letter at `n` doubled makes a word that nobody means."""
    letter, after = word[n : n + 1], word[n + 1 :]
    if letter in (b"e", b"o"):
        return bool(after)
    return not (_ENDING.match(after) if after else letter in (b"s", b"l", b"f", b"z"))


def _cover(letters: bytes, known: Collection[bytes], fewest: int, *, complete: bool) -> list[int]:
    """Return the ends of the known words that cover the most letters, the fewest words first."""
    best: list[tuple[int, int, list[int]]] = [(0, 0, [])]
    for end in range(1, len(letters) + 1):
        missing, words, ends = best[end - 1]
        choices = [(missing + 1, words, ends)]
        for start in range(max(0, end - _LONGEST), end - fewest + 1):
            if letters[start:end] in known:
                missing, words, ends = best[start]
                choices.append((missing, words + 1, [*ends, start, end]))
        best.append(min(choices))
    missing, _, ends = best[-1]
    return [] if complete and missing else sorted({end for end in ends if 0 < end < len(letters)})


EMPTY = Vocabulary()
