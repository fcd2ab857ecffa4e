"""Find links by what they lead to, by what they pass for, and invitations to other Discord servers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from rules.detectors.links.lookalikes import Lookalikes
from rules.detectors.links.reading import Link, domains, invite_code, links, may_link, normal_domain, spelled
from rules.detectors.links.reading import problem as problem
from rules.detectors.scan import Index, Lists, Numbered, Scan, gather
from rules.text.text import Text
from rules.when import Invites, Links

_LINKS = 10
"""How many links are looked at for each match that is kept; of as many as are kept, whom they pass for."""


def build(detectors: Numbered[Links], invites: Numbered[Invites], lists: Lists) -> Index:
    """Return the index of all link and invitation detectors."""
    blocked: defaultdict[str, list[int]] = defaultdict(list)
    allowed: dict[int, frozenset[str]] = {}
    every = [number for number, wanted in detectors if wanted.every]
    masked = [number for number, wanted in detectors if wanted.masked]
    imitating: list[tuple[int, Lookalikes]] = []
    for number, wanted in detectors:
        for entry in gather(wanted.any_of, wanted.lists, lists):
            blocked[normal_domain(entry)].append(number)
        excepted = gather(wanted.exceptions, wanted.except_lists, lists)
        allowed[number] = frozenset(map(normal_domain, excepted))
        genuine = [normal_domain(e) for e in gather(wanted.imitating, wanted.imitating_lists, lists)]
        if genuine:
            imitating.append((number, Lookalikes(genuine)))

    def decide(link: Link, genuine: bool, closely: bool) -> Iterator[tuple[int, str]]:
        """Yield the detectors that a link is for, and what there is to say of it."""
        yield from ((number, "") for number in (every if link.certain else ()))
        yield from ((number, "") for name in domains(link.host) for number in blocked.get(name, ()))
        if link.claims and _family(link.claims).isdisjoint(_family(link.host)):
            yield from ((number, f"shown as {link.claims}") for number in masked)
        for number, known in imitating if closely and link.certain else ():
            if imitated := known.imitated(link.host, ascii_as_written=genuine):
                yield number, f"passes for {imitated}"

    def scan_links(scan: Scan) -> None:
        for text in scan.texts:
            if not may_link(text.shown, text.plain):
                continue
            most = scan.most * _LINKS
            found = chain(links(text.shown, most), spelled(text.shown, text.plain, most))
            for place, link in enumerate(found):
                genuine = _genuine(text, link)
                for number, detail in decide(link, genuine, place < scan.most):
                    if not genuine or allowed[number].isdisjoint(domains(link.host)):
                        _add(scan, text, number, link, detail)
                code = invite_code(link)
                for number, invite in invites:
                    if code is not None and code not in invite.exceptions:
                        _add(scan, text, number, link)

    return scan_links


def _family(host: str) -> set[str]:
    """Return a host and the domains above it, but for its ending."""
    return {name for name in domains(host.removeprefix("www.")) if "." in name}


def _genuine(text: Text, link: Link) -> bool:
    """Return whether a link is written in ASCII, so that no look-alike passes for an allowed domain."""
    if text.original.isascii():
        return True
    low, high = text.traced_shown.span(link.start, link.end)
    return text.original[low:high].isascii()


def _add(scan: Scan, text: Text, number: int, link: Link, detail: str = "") -> None:
    if scan.full(number):
        return
    span = text.traced_shown.span(link.start, link.end)
    match = text.match(span, link.host)
    if not scan.overlaps(number, match):
        scan.add(number, match)
        if detail:
            scan.hit(number).details.append(detail)
