"""Tell the words without which a sentence cannot be said, so that most sentences need no search at all."""

from __future__ import annotations

from collections.abc import Iterator

from rules.detectors.sentences.grammar import ANY, Choice, Edge, Item, Row, Times, Words

Needs = frozenset[Words]
"""Groups of words, one of which must come."""

_COMMON = frozenset(
    """
    a about after again all always am an and another any anyone anything are around as at away back be
    because been before being but by came can cant come coming could day did didnt do does doesnt doing
    dont down even ever every everyone first for from get getting give go going gonna good got great had
    has have having he her here him his how i id if ill im in into is isnt it its ive just keep know
    last let like little long look looking made make man many may me might more most much must my need
    needs never new next no nobody not nothing now of off on one only or other our out over people place
    put really right said same say see she should so some someone something still stop such sure take
    tell than that thats the their them then there theres they theyre thing things think this those time
    to today too try trying two u under until up us use very want wants was wasnt way we well went were
    what when where which while who why will with without wont work would year years yes yet you your
    youre
    """.split()  # noqa: SIM905 - a list would be four times as long to read
)
"""Words that stand in comments of every kind."""


def needs(item: Item) -> list[Needs]:
    """Return what a sentence cannot do without, the rarest first."""
    return sorted(_needs(item), key=_commonness)


def branches(item: Item) -> Iterator[Item]:
    """Yield the sentences that one of several is, each of which needs more than all together."""
    if isinstance(item, Choice):
        for branch in item.items:
            yield from branches(branch)
    else:
        yield item


def telling_words(item: Item) -> frozenset[str]:
    """Return the words of a sentence that do not stand in comments of every kind."""
    match item:
        case Words():
            return item.words - _COMMON
        case Row() | Choice():
            return frozenset().union(*map(telling_words, item.items))
        case Times():
            return telling_words(item.item)
        case Edge():
            return frozenset()


def _needs(item: Item) -> list[Needs]:
    match item:
        case Words():
            return [] if item == ANY else [frozenset([item])]
        case Row():
            return [need for part in item.items for need in _needs(part)]
        case Choice():
            each = [min(_needs(branch), key=_commonness, default=None) for branch in item.items]
            wanted = [need for need in each if need is not None]
            return [frozenset().union(*wanted)] if len(wanted) == len(each) else []
        case Times():
            return _needs(item.item) if item.least else []
        case Edge():
            return []


def _commonness(needs: Needs) -> tuple[int, int]:
    words: frozenset[str] = frozenset().union(*(group.words for group in needs))
    return len(words & _COMMON), len(words)
