"""Find sentences, all of a ruleset's in one pass over the words of a text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial, reduce
from operator import or_
from typing import Any

from rules.detectors.patterns.expressions import MAX_PROGRAM, compiled, spans
from rules.detectors.scan import Index, Lists, Scan
from rules.detectors.sentences.grammar import Item, Malformed
from rules.detectors.sentences.grammar import Reader as Reader
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """A detector's sentences and its exceptions, as trees."""

    detector: int
    sentences: tuple[Item, ...]
    exceptions: tuple[Item, ...]


def problem(sentence: str, reader: Reader | None = None) -> str | None:
    """Return what is wrong with a sentence, and where, if anything."""
    try:
        item = (reader or Reader({})).read(sentence)
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
    sentences, exceptions = [*_trees(detector.any_of)], [*_trees(detector.exceptions)]
    for named in map(lists.__getitem__, detector.lists):
        parts = tuple(all_parts(named, lists).items())
        sentences += _trees(named.entries, parts)
        exceptions += _trees(named.exceptions, parts)
    return Wanted(number, tuple(sentences), tuple(exceptions))


@lru_cache(maxsize=256)
def _trees(sentences: tuple[str, ...], parts: tuple[tuple[str, str], ...] = ()) -> tuple[Item, ...]:
    """Return sentences as trees. A policy is compiled once to try its examples, and once to be used."""
    return tuple(map(Reader(dict(parts)).read, sentences))


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
        self._excused = {
            wanted.detector: [compiled(lexicon.expression(item)) for item in wanted.exceptions]
            for wanted in detectors
        }
        items = [(w.detector, item) for w in detectors for said in w.sentences for item in branches(said)]
        self._sentences = [(detector, compiled(lexicon.expression(item))) for detector, item in items]
        self._meets: defaultdict[bytes, int] = defaultdict(int)
        """The needs that each word meets, as bits: the first of every sentence, then the second…"""
        self._met = 0
        """The needs that are met by any words, since a sentence has fewer."""
        for number, (_, item) in enumerate(items):
            wanted = [lexicon.codes(need) for need in needs(item)]
            for n in range(_MOST_NEEDS):
                bit = 1 << number + n * len(items)
                if n >= len(wanted):
                    self._met |= bit
                else:
                    for code in wanted[n]:
                        self._meets[code] |= bit

    def codes(self, words: bytes) -> list[bytes]:
        """Return the words of a text as sentences tell them apart."""
        return [*map(self._code, words.split())]

    def find(self, codes: list[bytes], most: int) -> Iterator[tuple[int, list[Span]]]:
        """Yield the detectors whose sentences are said, and the words that say them, `most` times at most."""
        data = b"".join(codes)
        for detector, pattern in self._possible(codes):
            found = [*spans(pattern, data, most)]
            if not found:
                continue
            excused = [span for p in self._excused[detector] for span in spans(p, data, most)]
            kept = [(a, b) for a, b in found if not any(low < b and a < high for low, high in excused)]
            if kept:
                yield detector, [(start // CODE, end // CODE) for start, end in kept]

    def _possible(self, codes: list[bytes]) -> Iterator[tuple[int, Any]]:
        """Yield the sentences whose needs are met."""
        met = reduce(or_, map(self._meets.__getitem__, {*codes}), self._met)
        count = len(self._sentences)
        possible = (1 << count) - 1
        for n in range(_MOST_NEEDS):
            possible &= met >> n * count
        while possible:
            yield self._sentences[(possible & -possible).bit_length() - 1]
            possible &= possible - 1


def build(detectors: Sequence[Wanted]) -> Index:
    """Return the index of some sentence detectors."""
    finder = Finder(detectors)

    def scan_sentences(scan: Scan) -> None:
        for text in scan.texts:
            plain: list[bytes] = []
            for words in text.words:
                codes = finder.codes(words)
                # Mostly it is words that no sentence names which are written in another way.
                if codes != plain:
                    plain = plain or codes
                    for detector, found in finder.find(codes, scan.most):
                        scan.add_later(detector, partial(_matches, text, words, found))

    return scan_sentences


def build_excuse(detector: Wanted) -> Index:
    """Return the index of a detector that stands under `not`: it is asked only where that can matter."""
    finder = Finder([detector])

    def scan_excuse(scan: Scan) -> None:
        for text in scan.texts:
            for words in text.words:
                for number, found in finder.find(finder.codes(words), scan.most):
                    scan.add_later(number, partial(_matches, text, words, found))

    return scan_excuse


def _matches(text: Text, data: bytes, found: list[Span]) -> Iterator[Match]:
    """Yield the matches in a reading of a text, each from one word up to another."""
    traced = text.traced(data)
    words = traced.data.split()
    for first, last in found:
        start = 1 + first + sum(map(len, words[:first]))
        form = b" ".join(words[first:last])
        match = text.match(traced.span(start, start + len(form)), form.decode("utf-8", "replace"))
        if match.text.casefold() != match.form:
            match = replace(match, undone=_undone(text, traced, start, words[first:last]))
        yield match


def _undone(text: Text, traced: Traced, start: int, words: list[bytes]) -> tuple[str, ...]:
    """Return what was undone to read each of some words, from a place on, as it was read."""
    undone: list[str] = []
    for word in words:
        written, form = text.match(traced.span(start, start + len(word))).text, word.decode()
        if written.casefold() != form:
            undone += evasions(written, form)
        start += len(word) + 1
    return tuple(dict.fromkeys(undone))
