"""Tell domains that pass for known ones: letters changed, words added, the known name out of its place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from rules.detectors.links.reading import domains
from rules.text.reading import shown

_BAIT = frozenset(
    b"""
    account accounts airdrop alert auth bill billing billpay bonus campaign card cards claim confirm customer
    delivery deposit drop fee fees fine fines free gift gifts giveaway gov help id invoice link log login mail
    member nitro notice official online parking pay payment payments pays portal prize promo redeem refund
    register renew reward rewards safe secure security service services shop sign signin store support survey
    tax taxes team ticket tickets toll tolls tracking trade update user utility verify voucher wallet water
    web win
    """.decode().split()
)
"""Words that are put beside a known name to pass for it: `known-login`, `knownbilling`."""
_BETWEEN = re.compile("[-.]")
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_SIGNS = str.maketrans("0134579im", "oleastgln")
_TWICE = re.compile(r"(.)\1+")
_SECOND = frozenset({"co", "com", "org", "net", "gov", "ac", "edu"})
"""What stands before a country's ending: `co.uk`."""
_COUNTRY = 2
_LEAST = 5
"""The fewest letters by which a name is known in any place of a host."""
_CHANGED = 6
"""The fewest letters of a name that is known with one of them changed."""
_LONG = 12
"""The letters of a name from which on two may be changed."""


class Lookalikes:
    """The domains that others must not pass for."""

    def __init__(self, genuine: Iterable[str]) -> None:
        """Take domains such as `city.gov`; mere endings such as `.gov` have no name to pass for."""
        self._genuine = [domain for domain in genuine if "." in domain]
        self._by_skeleton = {skeleton(_name(domain)): domain for domain in reversed(self._genuine)}
        self._by_part: defaultdict[str, set[str]] = defaultdict(set)
        for bones in self._by_skeleton:
            if len(bones) >= _CHANGED:
                for part in _parts(bones):
                    self._by_part[part].add(bones)
        self._long = sorted((b for b in self._by_skeleton if len(b) >= _LEAST), key=len, reverse=True)
        self._within = re.compile("|".join(map(re.escape, self._long)) or "(?!)")

    def imitated(self, host: str, *, ascii_as_written: bool) -> str | None:
        """Return the domain that a host passes for, if any. A host of that domain itself passes for none."""
        plain = _readable(host)
        own = set(domains(plain))
        if not own.isdisjoint(self._genuine):
            # It reads as genuine, and is, unless other letters were needed to write it.
            exact = ascii_as_written and plain == host
            return None if exact else next(d for d in self._genuine if d in own)
        return self._misplaced(plain) or self._changed(plain)

    def _misplaced(self, host: str) -> str | None:
        """Return the domain that stands in front of another one: `known.com.bad.example`."""
        labels = host.split(".")
        for first in range(len(labels) - 2):
            for last in range(first + 2, len(labels)):
                if (found := ".".join(labels[first:last])) in self._genuine:
                    return found
        return None

    def _changed(self, host: str) -> str | None:
        name, ending = _name(host), host.rpartition(".")[2]
        bones = skeleton(name)
        same = self._by_skeleton.get(bones)
        if same is not None:
            # A company may well own its name in other countries.
            return None if name == _name(same) and len(ending) == _COUNTRY else same
        if found := self._near(bones):
            return found
        words = _BETWEEN.split(host.removeprefix("www.").rpartition(".")[0])
        if not _BAIT.isdisjoint(words):
            for number, word in enumerate(map(skeleton, words)):
                known = self._by_skeleton.get(word) or self._near(word)
                if known and (len(word) >= _LEAST or number == 0):
                    return known
        return self._grown(bones)

    def _near(self, bones: str) -> str | None:
        """Return the domain whose name is one letter away, or two of a long one."""
        if len(bones) < _CHANGED - 1:
            return None
        close = {known for part in _parts(bones) for known in self._by_part.get(part, ())}
        known = next((k for k in sorted(close) if _distance(bones, k) <= (2 if len(k) >= _LONG else 1)), None)
        return None if known is None else self._by_skeleton[known]

    def _grown(self, bones: str) -> str | None:
        """Return the domain whose name stands among nothing but bait: `knownlogin`, `secureknownpay`."""
        joined = bones.replace("-", "")
        match = self._within.search(joined)
        if match is None:
            return None
        rest = joined[: match.start()], joined[match.end() :]
        return self._by_skeleton[match[0]] if all(not r or _SKELETAL.fullmatch(r) for r in rest) else None


def skeleton(name: str) -> str:
    """Return a name with letters that look alike made the same, and doubled letters single."""
    for pair, letter in _PAIRS:
        name = name.replace(pair, letter)
    return _TWICE.sub(r"\1", name.translate(_SIGNS))


_SKELETAL = re.compile(f"(?:{'|'.join(sorted(map(skeleton, _BAIT), key=len, reverse=True))})+")


def _readable(host: str) -> str:
    """Return a host as it looks, other scripts' look-alikes as ASCII."""
    if "xn--" not in host and host.isascii():
        return host
    try:
        host = host.encode("ascii").decode("idna") if host.isascii() else host
    except UnicodeError:
        return host
    return shown(host).decode("utf-8", "replace").strip()


def _name(domain: str) -> str:
    """Return the part of a domain that somebody registered, without its ending."""
    labels = domain.split(".")
    if len(labels) > 2 and labels[-2] in _SECOND and len(labels[-1]) == _COUNTRY:
        return labels[-3]
    return labels[-2] if len(labels) > 1 else labels[0]


def _parts(word: str) -> Iterator[str]:
    """Yield a word and what it is with one letter left out, and of a long word with two."""
    yield word
    for n in range(len(word)):
        less = word[:n] + word[n + 1 :]
        yield less
        if len(word) >= _LONG - 2:
            yield from (less[:m] + less[m + 1 :] for m in range(n, len(less)))


def _distance(a: str, b: str) -> int:
    """Return how many letters to put in, leave out, change or swap with the next one make `a` into `b`."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        now = [i]
        for j, y in enumerate(b, 1):
            cost = min(row[j] + 1, now[j - 1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        before, row = row, now
    return row[-1]
