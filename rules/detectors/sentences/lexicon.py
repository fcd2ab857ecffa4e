"""The words that sentences name, each with a code for the groups of words that it belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rules.detectors.sentences.grammar import ANY, Choice, Edge, Item, Row, Times, Words

CODE = 3
"""The bytes of a code."""
_FIRST = 0x4E00
_OTHER = chr(_FIRST)
_REMEMBERED = 50_000
_LONGEST = 40


class Lexicon(dict[bytes, bytes]):
    """The codes of words by their letters. A word that is asked for is remembered, within bounds."""

    def __init__(self, items: Iterable[Item]) -> None:
        """Take the sentences whose words are to be told apart."""
        groups = {
            group: number for number, group in enumerate(dict.fromkeys(g for i in items for g in _groups(i)))
        }
        belongs: defaultdict[str, set[int]] = defaultdict(set)
        for group, number in groups.items():
            for word in group.words:
                belongs[word].add(number)
        self._begin = {word[:-1] for word in belongs if word.endswith("*")}
        sets = {word: frozenset(own | self._begun(word, belongs)) for word, own in belongs.items()}
        order = sorted(set(sets.values()), key=sorted)
        codes = {numbers: chr(_FIRST + 1 + n) for n, numbers in enumerate(order)}
        super().__init__((w.encode(), codes[numbers].encode()) for w, numbers in sets.items() if w[-1] != "*")
        self._stems = {
            w[:-1].encode(): codes[numbers].encode() for w, numbers in sets.items() if w[-1] == "*"
        }
        self._shortest = min(map(len, self._stems), default=_LONGEST)
        of_group: defaultdict[int, list[str]] = defaultdict(list)
        for numbers in order:
            for number in numbers:
                of_group[number].append(codes[numbers])
        self._of_group = {group: "".join(of_group[number]) for group, number in groups.items()}
        self._words = [word.encode() for word in belongs if not word.endswith("*")]

    def words(self) -> list[bytes]:
        """Return the words that sentences name as they stand."""
        return self._words

    def codes(self, groups: Iterable[Words]) -> set[bytes]:
        """Return the codes of all words of some groups."""
        return {code.encode() for group in groups for code in self._of_group[group]}

    def _begun(self, word: str, belongs: dict[str, set[int]]) -> set[int]:
        """Return the groups to which a word belongs by how it begins."""
        letters = word.rstrip("*")
        stems = (letters[:n] + "*" for n in range(1, len(letters) + 1) if letters[:n] in self._begin)
        return {number for stem in stems for number in belongs[stem]}

    def __missing__(self, word: bytes) -> bytes:
        """Return the code of a word that no sentence names as it stands."""
        begun = (word[:n] for n in range(min(len(word), _LONGEST), self._shortest - 1, -1))
        code = next((self._stems[stem] for stem in begun if stem in self._stems), _OTHER.encode())
        if len(self) < _REMEMBERED:
            self[word] = code
        return code

    def expression(self, item: Item) -> str:
        """Return a sentence as a regular expression over codes."""
        if item == ANY:
            return "."
        match item:
            case Words():
                return f"[{self._of_group[item]}]"
            case Edge():
                return r"\z" if item.end else r"\A"
            case Row():
                return "".join(map(self.expression, item.items))
            case Choice():
                return f"(?:{'|'.join(map(self.expression, item.items))})"
            case Times():
                most = "" if item.most is None else item.most
                return f"(?:{self.expression(item.item)}){{{item.least},{most}}}"


def _groups(item: Item) -> Iterator[Words]:
    match item:
        case Words():
            if item != ANY:
                yield item
        case Row() | Choice():
            for part in item.items:
                yield from _groups(part)
        case Times():
            yield from _groups(item.item)
        case Edge():
            pass
