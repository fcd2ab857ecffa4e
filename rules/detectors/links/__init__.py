"""Find links by domain, and invitations to other Discord servers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from rules.detectors.patterns import compiled, spans
from rules.detectors.scan import Index, Lists, Numbered, Scan, gather
from rules.text.text import Text
from rules.when import Invites, Links

_LINKS = 10
"""How many links are looked at for each match that is kept."""

_LINK = compiled(
    r"https?:/{1,3}[^\s<>\"'|]+"
    r"|(?:[\pL\pN](?:[\pL\pN-]{0,62}[\pL\pN])?\.)+(?:[\pL]{2,24}|xn--[a-z0-9-]{2,40})(?:[:/?#][^\s<>\"'|]*)?"
)
_DOMAIN = compiled(r"^(?:[\pL\pN](?:[\pL\pN-]{0,62}[\pL\pN])?\.)+[\pL\pN-]{2,63}$")
_COMMON = re.compile(
    "com|org|net|gov|edu|mil|int|info|biz|io|co|us|uk|ca|au|de|fr|eu|es|it|nl|ru|cn|in|br|mx|jp|me|tv|gg|cc|xyz"
    "|top|online|site|shop|store|club|live|app|dev|ai|ly|link|click|page|tech|space|website|news|blog|vip|win"
    "|gift|icu|world|life|work|pro|name|mobi|tk|ml|ga|cf|gq|to|so|sh|ws|su|be|ch|se|no|dk|fi|pl|cz|at|nz|za"
)
"""Endings that make a bare `word.ending` a link; with https:// any ending will do."""
_INVITE_HOSTS = frozenset({"discord.gg", "discord.io", "dsc.gg"})
_INVITE_PATHS = ("discord.com", "discordapp.com")


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text: where it is, its host in small letters, and the first parts of its path.

    `certain` tells a link from words that lack a space after a full stop.
    """

    start: int
    end: int
    host: str
    path: tuple[str, ...]
    certain: bool


def normal_domain(entry: str) -> str:
    """Return a domain as it is compared: small letters, international names in ASCII, no dot at the end."""
    name = entry.strip().casefold().strip(".")
    try:
        return name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return name


def problem(entry: str) -> str | None:
    """Return what is wrong with an entry of a domain list, if anything."""
    name = normal_domain(entry)
    if "/" in name or ":" in name or "@" in name:
        return "must be a domain alone, such as example.com, without https:// or a path"
    if "*" in name:
        return "needs no `*`: subdomains are always included"
    if entry.startswith(".") or _DOMAIN.search(name.encode("utf-8", "replace")):
        return None if name else "names no domain"
    return "is not a domain such as example.com; write `.gov` for all that end in gov"


def links(data: bytes, most: int) -> Iterator[Link]:
    """Yield the first `most` links in a text as it looks."""
    if b"." not in data:
        return
    for start, stop in spans(_LINK, data, most):
        trimmed = data[start:stop].rstrip(b".,;:!?)]}*_~")
        end = start + len(trimmed)
        written = trimmed.decode("utf-8", "replace")
        scheme, _, rest = written.partition("://") if "://" in written else ("", "", written)
        rest = rest.replace("\\", "/").lstrip("/")
        bare = not scheme and not written.casefold().startswith(("http:", "https:"))
        authority, _, path = rest.replace("?", "/").replace("#", "/").partition("/")
        host = normal_domain(authority.rpartition("@")[2].partition(":")[0])
        if host and not (bare and data[start - 1 : start] == b"@"):
            certain = not bare or host.startswith("www.") or bool(_COMMON.fullmatch(host.rpartition(".")[2]))
            yield Link(start, end, host, tuple(path.split("/")[:3]), certain)


def domains(host: str) -> Iterator[str]:
    """Yield a host and every domain above it."""
    while host:
        yield host
        host = host.partition(".")[2]


def invite_code(link: Link) -> str | None:
    """Return the code of an invitation to a Discord server, or None for another link."""
    host = link.host.removeprefix("www.").removeprefix("canary.").removeprefix("ptb.")
    if host in _INVITE_HOSTS and link.path[0]:
        return link.path[0]
    if host in _INVITE_PATHS and link.path[0].casefold() == "invite" and len(link.path) > 1:
        return link.path[1]
    return None


def build(detectors: Numbered[Links], invites: Numbered[Invites], lists: Lists) -> Index:
    """Return the index of all link and invitation detectors."""
    blocked: defaultdict[str, list[int]] = defaultdict(list)
    allowed: dict[int, frozenset[str]] = {}
    every = [number for number, wanted in detectors if wanted.every]
    for number, wanted in detectors:
        for entry in gather(wanted.any_of, wanted.lists, lists):
            blocked[normal_domain(entry)].append(number)
        excepted = gather(wanted.exceptions, wanted.except_lists, lists)
        allowed[number] = frozenset(map(normal_domain, excepted))

    def scan_links(scan: Scan) -> None:
        for text in scan.texts:
            for link in links(text.shown, scan.most * _LINKS):
                names = list(domains(link.host))
                genuine = _genuine(text, link)
                wanted = every if link.certain else ()
                for number in {*wanted, *(n for name in names for n in blocked.get(name, ()))}:
                    if not (genuine and allowed[number].intersection(names)):
                        _add(scan, text, number, link)
                code = invite_code(link)
                for number, invite in invites:
                    if code is not None and code not in invite.exceptions:
                        _add(scan, text, number, link)

    return scan_links


def _genuine(text: Text, link: Link) -> bool:
    """Return whether a link is written in ASCII, so that no look-alike passes for an allowed domain."""
    low, high = text.traced_shown.span(link.start, link.end)
    return text.original[low:high].isascii()


def _add(scan: Scan, text: Text, number: int, link: Link) -> None:
    span = text.traced_shown.span(link.start, link.end)
    match = text.match(span, link.host)
    if not scan.overlaps(number, match):
        scan.add(number, match)
