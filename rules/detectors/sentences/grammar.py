"""Read sentences: patterns whose letters are words.

    {i} (will|am going to) (really)? kill _{0,2} (you|him|her)

Words stand between spaces; `kill*` is every word that begins so, `_` any word, `(a|b c)` one of several, `^`
and `$` the beginning and the end of the text. After a word, a group or `_`, `?` makes it optional and `{0,3}`
says how often it may come; after a group, `_` or a part, `*` and `+` mean any number. `{name}` stands for the
list's part of that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rules.text.reading import plain, shown

MOST_TIMES = 30
MOST_NODES = 20_000
_DEEPEST = 20
_TOKEN = re.compile(
    r"\s+|(?P<part>\{[a-z_]+\})|(?P<times>\{(?P<least>\d+)(?P<to>,(?P<most>\d*))?\})"
    r"|(?P<sign>[()|?*+^$])|(?P<word>[^\s(){}|?*+^$]+(?:\*(?![^\s(){}|?*+^$]))?)"
)


@dataclass(frozen=True, slots=True)
class Words:
    """One word out of several; one that ends in `*` is every word that begins so. None at all is any word."""

    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Row:
    """Items one after the other."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several items."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """An item so often; without `most`, any number of times."""

    item: Item
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Edge:
    """The beginning of a text, or its end."""

    end: bool


Item = Words | Row | Choice | Times | Edge
ANY = Words(frozenset())


class Malformed(ValueError):  # noqa: N818 - reads as what it is at every raise and except
    """A sentence that cannot be read: what is wrong, and where."""


@lru_cache(maxsize=16_384)
def spelled(word: str) -> str:
    """Return a word as it stands in the plain reading, with the `*` at its end if it has one."""
    folded = plain(shown(word.rstrip("*"))).strip(b" ").decode("utf-8", "replace")
    return folded + "*" if word.endswith("*") else folded


class Reader:
    """Reads the sentences of one list, and each of the list's parts once."""

    def __init__(self, parts: Mapping[str, str]) -> None:
        """Take the parts that sentences may name."""
        self._parts = parts
        self._known: dict[str, Item] = {}
        self._open: list[str] = []
        self._nodes = 0

    def read(self, sentence: str) -> Item:
        """Return a sentence as a tree. Raises Malformed."""
        self._open, self._nodes = [], 0
        return self._read(sentence)

    def _read(self, sentence: str) -> Item:
        tokens = list(self._tokens(sentence))
        item, at = self._choice(tokens, 0, 0)
        if at < len(tokens):
            raise Malformed(f"has a `)` too many at character {tokens[at].start() + 1}")
        return item

    def _tokens(self, sentence: str) -> Iterator[re.Match[str]]:
        at = 0
        while at < len(sentence):
            token = _TOKEN.match(sentence, at)
            if token is None:
                raise Malformed(f"has a {sentence[at]!r} that means nothing at character {at + 1}")
            at = token.end()
            if token.lastgroup:
                yield token

    def _choice(self, tokens: list[re.Match[str]], at: int, depth: int) -> tuple[Item, int]:
        if depth > _DEEPEST:
            raise Malformed(f"has groups more than {_DEEPEST} deep")
        rows: list[list[Item]] = [[]]
        while at < len(tokens) and tokens[at][0] != ")":
            sign = tokens[at][0]
            if sign == "|":
                rows.append([])
                at += 1
            elif sign == "(":
                start = tokens[at].start() + 1
                item, at = self._choice(tokens, at + 1, depth + 1)
                if at == len(tokens):
                    raise Malformed(f"has a `(` without its `)` at character {start}")
                rows[-1].append(item)
                at += 1
            else:
                rows[-1].append(self._item(tokens[at], rows[-1]))
                at += 1
        return _one_of([_in_a_row(row) for row in rows]), at

    def _item(self, token: re.Match[str], before: list[Item]) -> Item:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise Malformed(f"is too large: more than {MOST_NODES:,} words")
        if token["word"]:
            return ANY if token["word"] == "_" else self._word(token["word"])
        if token["part"]:
            return self._part(token["part"])
        if token[0] in "^$":
            return Edge(token[0] == "$")
        return self._times(token, before)

    def _word(self, word: str) -> Item:
        folded = spelled(word).split()
        if not folded or folded == ["*"]:
            raise Malformed(f"names {word!r}, which is no word")
        return _in_a_row([Words(frozenset([part])) for part in folded])

    def _times(self, token: re.Match[str], before: list[Item]) -> Item:
        if not before or isinstance(before[-1], Edge):
            raise Malformed(f"repeats nothing with `{token[0]}` at character {token.start() + 1}")
        if token[0] in "?*+":
            return Times(before.pop(), int(token[0] == "+"), 1 if token[0] == "?" else None)
        least = int(token["least"])
        most = int(token["most"] or MOST_TIMES) if token["to"] else least
        if not least <= most <= MOST_TIMES:
            raise Malformed(
                f"repeats {token[0]} times; expected at most {MOST_TIMES}, the smaller number first"
            )
        return Times(before.pop(), least, most)

    def _part(self, token: str) -> Item:
        name = token[1:-1]
        if name not in self._parts:
            raise Malformed(f"names a part {token} that its list does not have")
        if name in self._open:
            raise Malformed(f"names the part {token} inside itself")
        if name not in self._known:
            self._open.append(name)
            self._known[name] = self._read(self._parts[name])
            self._open.pop()
        return self._known[name]


def _in_a_row(items: list[Item]) -> Item:
    return items[0] if len(items) == 1 else Row(tuple(items))


def _one_of(items: list[Item]) -> Item:
    """Return a choice whose single words are one item, so that they cost no more than one word."""
    if len(items) == 1:
        return items[0]
    words = [item.words for item in items if isinstance(item, Words) and item.words]
    others = [item for item in items if not (isinstance(item, Words) and item.words)]
    if words:
        others.insert(0, Words(frozenset().union(*words)))
    return others[0] if len(others) == 1 else Choice(tuple(others))
