"""Find sentences, all of a ruleset's in one pass over the words of a text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from rules.detectors.patterns.expressions import MAX_PROGRAM, compiled, spans
from rules.detectors.scan import Index, Lists, Scan
from rules.detectors.sentences.grammar import Item, Malformed, read
from rules.detectors.sentences.lexicon import CODE, Lexicon
from rules.detectors.sentences.needs import branches, needs, telling_words
from rules.policy import NamedList
from rules.text.evasions import evasions
from rules.text.reading import Span, Traced
from rules.text.text import Text
from rules.verdict import Match
from rules.when import Sentences

_MOST_NEEDS = 4
"""How many needs, the rarest first, must be met before a sentence is searched for."""
_WORD = re.compile(rb"[^ ]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A detector's sentences and its exceptions, as trees."""

    detector: int
    sentences: tuple[Item, ...]
    exceptions: tuple[Item, ...]


def problem(sentence: str, parts: Mapping[str, str] | None = None) -> str | None:
    """Return what is wrong with a sentence, and where, if anything."""
    try:
        item = read(sentence, parts or {})
    except Malformed as error:
        return str(error)
    expression = compiled(Lexicon([item]).expression(item))
    if expression.programsize > MAX_PROGRAM:
        return f"is too large: {expression.programsize} instructions, at most {MAX_PROGRAM}"
    if not all(map(needs, branches(item))):
        return "needs no word, and so would match too much"
    return None


def all_parts(named: NamedList, lists: Lists) -> dict[str, str]:
    """Return the parts that a list has, its own before those that it shares."""
    shared: dict[str, str] = {}
    for other in named.parts_of:
        shared |= lists[other].parts
    return shared | named.parts


def with_lists(number: int, detector: Sentences, lists: Lists) -> Wanted:
    """Return the trees of a detector's own sentences and of those of its lists."""
    sentences = [read(sentence, {}) for sentence in detector.any_of]
    exceptions = [read(sentence, {}) for sentence in detector.exceptions]
    for named in map(lists.__getitem__, detector.lists):
        parts = all_parts(named, lists)
        sentences += [read(sentence, parts) for sentence in named.entries]
        exceptions += [read(sentence, parts) for sentence in named.exceptions]
    return Wanted(number, tuple(sentences), tuple(exceptions))


def vocabulary(detectors: Iterable[Wanted]) -> set[bytes]:
    """Return the words that stand in sentences, common ones left out."""
    words = {word for wanted in detectors for item in wanted.sentences for word in telling_words(item)}
    return {f" {word.rstrip('*')}{'' if word.endswith('*') else ' '}".encode() for word in words}


class Finder:
    """Many sentences, of which a text is searched only for those whose rarest words it has."""

    def __init__(self, detectors: Sequence[Wanted]) -> None:
        """Index the sentences of some detectors."""
        lexicon = Lexicon([item for wanted in detectors for item in (*wanted.sentences, *wanted.exceptions)])
        self._code = lexicon.__getitem__
        self._sentences: list[tuple[int, Any]] = []
        self._excused: dict[int, list[Any]] = {}
        self._needs: list[defaultdict[bytes, int]] = [defaultdict(int) for _ in range(_MOST_NEEDS)]
        self._free = [0] * _MOST_NEEDS
        for wanted in detectors:
            self._excused[wanted.detector] = [
                compiled(lexicon.expression(item)) for item in wanted.exceptions
            ]
            for item in (branch for sentence in wanted.sentences for branch in branches(sentence)):
                self._index(1 << len(self._sentences), [lexicon.codes(need) for need in needs(item)])
                self._sentences.append((wanted.detector, compiled(lexicon.expression(item))))

    def _index(self, bit: int, wanted: list[set[bytes]]) -> None:
        """Note which words meet the needs of a sentence: its bit in the number of each."""
        for n, having in enumerate(self._needs):
            if n >= len(wanted):
                self._free[n] |= bit
            else:
                for code in wanted[n]:
                    having[code] |= bit

    def find(self, words: bytes, most: int) -> Iterator[tuple[int, list[Span]]]:
        """Yield the detectors whose sentences are said, and the words that say them, `most` times at most."""
        codes = [*map(self._code, words.split())]
        present = {*codes}
        possible = -1
        for having, free in zip(self._needs, self._free, strict=True):
            met = free
            for code in having.keys() & present:
                met |= having[code]
            possible &= met
            if not possible:
                return
        data = b"".join(codes)
        while possible:
            number = (possible & -possible).bit_length() - 1
            possible &= possible - 1
            detector, pattern = self._sentences[number]
            if not pattern.search(data):
                continue
            found = spans(pattern, data, most)
            excused = [span for p in self._excused[detector] for span in spans(p, data, most)]
            kept = [(a, b) for a, b in found if not any(low < b and a < high for low, high in excused)]
            if kept:
                yield detector, [(start // CODE, end // CODE) for start, end in kept]


def build(detectors: Sequence[Wanted]) -> Index:
    """Return the index of some sentence detectors."""
    finder = Finder(detectors)

    def scan_sentences(scan: Scan) -> None:
        for text in scan.texts:
            for detector, found in finder.find(text.plain, scan.most):
                _add(scan, text, partial(getattr, text, "traced_plain"), detector, found)
            for number, words in enumerate(text.rereadings):
                for detector, found in finder.find(words, scan.most):
                    _add(scan, text, partial(text.traced_rereading, number), detector, found)

    return scan_sentences


def build_excuses(detectors: Sequence[Wanted]) -> Index:
    """Return the index of detectors that stand under `not`: they are asked only where that can matter."""
    finder = Finder(detectors)

    def scan_excuses(scan: Scan) -> None:
        readings = [words for text in scan.texts for words in (text.plain, *text.rereadings)]
        for detector in {detector for words in readings for detector, _ in finder.find(words, 1)}:
            scan.hit(detector)

    return scan_excuses


def _add(scan: Scan, text: Text, trace: Callable[[], Traced], detector: int, found: list[Span]) -> None:
    """Add matches, from one word up to another, to the scan."""
    scan.add_later(detector, partial(_matches, text, trace, found))


def _matches(text: Text, trace: Callable[[], Traced], found: list[Span]) -> Iterator[Match]:
    traced = trace()
    words = [word.span() for word in _WORD.finditer(traced.data)]
    for first, last in found:
        start, end = words[first][0], words[last - 1][1]
        match = text.match(traced.span(start, end), traced.data[start:end].decode("utf-8", "replace"))
        yield replace(match, undone=_undone(text, traced, words[first:last]))


def _undone(text: Text, traced: Traced, words: list[Span]) -> tuple[str, ...]:
    """Return what was undone to read each of some words as it was read."""
    forms = ((text.match(traced.span(*word)).text, traced.data[slice(*word)].decode()) for word in words)
    changed = ((written, form) for written, form in forms if written.casefold() != form)
    return tuple(dict.fromkeys(name for written, form in changed for name in evasions(written, form)))
