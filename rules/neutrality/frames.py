"""Read the words that are swapped, and the sentences that they are swapped in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice, product

from rules.documents import InvalidDocument, Problem, read_document
from rules.post import Subject
from rules.when import Entries, Model

MOST_FRAMES = 10_000
MOST_TEXTS = 500
"""The most texts that one frame gives."""
LONGEST = 4000
_SLOT = re.compile(r"\{([^{}]*)\}")


class Swap(Model):
    """Words that may stand for one another."""

    words: Entries
    before: Entries = ()
    """In a sentence without braces, only before one of these words."""
    found: bool = True
    """Whether the words are looked for in sentences without braces."""


class Swaps(Model):
    """The sets of words that are swapped, by name."""

    sets: dict[str, Swap]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a sentence. Those of the same name hold the same word."""

    name: str
    words: tuple[str, ...]
    article: bool = False

    def filled(self, word: str) -> str:
        """Return a word as it stands in the place, after `a` or `an` where one is asked for."""
        return f"{'an' if word[0].lower() in 'aeiou' else 'a'} {word}" if self.article else word


@dataclass(frozen=True)
class Frame:
    """A sentence with places for words that are swapped. `where` says whose sentence it is."""

    where: str
    written: str
    pieces: tuple[str | Slot, ...]
    subject: Subject = Subject.POST

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Return the sentence with each of the words, at most MOST_TEXTS times."""
        choices = {slot.name: slot.words for slot in self.pieces if isinstance(slot, Slot)}
        filled = (dict(zip(choices, words, strict=True)) for words in product(*choices.values()))
        return tuple(map(self._text, islice(filled, MOST_TEXTS)))

    def _text(self, words: Mapping[str, str]) -> str:
        return "".join(p if isinstance(p, str) else p.filled(words[p.name]) for p in self.pieces)


def read_swaps(text: str, file: str) -> Swaps:
    """Return the sets of words that a YAML document names. Raises InvalidDocument."""
    return read_document(text, file).parse(Swaps)


def read_frames(text: str, file: str, swaps: Swaps) -> list[Frame]:
    """Return the frames of a plain text: a sentence a line, empty lines and those that begin with `#` aside.

    `{group}` stands for the words of that set, `{a group}` for one with its article, and `{tea|coffee}` for
    words of the frame's own. In a sentence without braces the words of all sets are looked for. Raises
    InvalidDocument with every line that cannot be used.
    """
    frames: list[Frame] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), 1):
        sentence = line.strip()
        if not sentence or sentence.startswith("#"):
            continue
        if number > MOST_FRAMES:
            problems.append(Problem(file, number, "", f"is beyond the {MOST_FRAMES:,} lines that are read"))
            break
        try:
            frames += _read(sentence, f"{file}:{number}", swaps)
        except ValueError as error:
            problems.append(Problem(file, number, "", str(error)))
    if problems:
        raise InvalidDocument(problems)
    return frames


def _read(sentence: str, where: str, swaps: Swaps) -> list[Frame]:
    if len(sentence) > LONGEST:
        raise ValueError(f"is longer than {LONGEST:,} characters")
    if "{" in sentence or "}" in sentence:
        return [Frame(where, sentence, tuple(_pieces(sentence, swaps)))]
    found = [*frames_in(sentence, where, swaps)]
    if not found:
        raise ValueError("names nothing that can be swapped; name a set in braces, such as {group}")
    return found


def _pieces(sentence: str, swaps: Swaps) -> Iterator[str | Slot]:
    end = 0
    for brace in _SLOT.finditer(sentence):
        yield _plain(sentence, end, brace.start())
        yield _slot(brace[1].strip(), swaps)
        end = brace.end()
    yield _plain(sentence, end, len(sentence))


def _plain(sentence: str, start: int, end: int) -> str:
    lone = next((n for n in range(start, end) if sentence[n] in "{}"), None)
    if lone is not None:
        raise ValueError(f"has a {sentence[lone]!r} without its other half at character {lone + 1}")
    return sentence[start:end]


def _slot(inside: str, swaps: Swaps) -> Slot:
    if "|" in inside:
        words = tuple(word.strip() for word in inside.split("|"))
        if not all(words):
            raise ValueError(f"has an empty word in {{{inside}}}")
        return Slot(inside, words)
    name = inside.removeprefix("a ").strip()
    if name not in swaps.sets:
        expected = ", ".join(swaps.sets)
        raise ValueError(f"names no set by {{{inside}}}; expected {{one|another}} or one of {expected}")
    return Slot(name, swaps.sets[name].words, inside.startswith("a "))


def frames_in(sentence: str, where: str, swaps: Swaps, subject: Subject = Subject.POST) -> Iterator[Frame]:
    """Yield a frame for each different word in a sentence that can be swapped."""
    for name, swap in swaps.sets.items():
        if not swap.found:
            continue
        for word in sorted(swap.words, key=len, reverse=True):
            places = [*_places(word, swap.before).finditer(sentence)]
            if not places:
                continue
            words = tuple(map(str.lower, swap.words)) if places[0][0].islower() else swap.words
            pieces: list[str | Slot] = []
            end = 0
            for place in places:
                pieces += [sentence[end : place.start()], Slot(name, words)]
                end = place.end()
            yield Frame(where, sentence, (*pieces, sentence[end:]), subject)


@cache
def _places(word: str, before: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds a word by itself: inside no other, with no apostrophe after it."""
    ahead = rf"(?=\s+(?:{'|'.join(map(re.escape, before))})\b)" if before else ""
    return re.compile(rf"(?<!\w){re.escape(word)}(?![\w'’]){ahead}", re.IGNORECASE)
