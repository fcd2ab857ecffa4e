"""Read links in a text: written out, bare, spelled, or behind the words of a markdown link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rules.detectors.patterns.expressions import compiled, spans

_LINK = compiled(
    r"h(?:tt|xx)ps?:/{1,3}[^\s<>\"'|\]]+"
    r"|(?:[\pL\pN][\pL\pN-]*\.)+(?:\pL{2,24}|xn--[a-z0-9-]{2,40})(?:[:/?#][^\s<>\"'|\]]*)?"
)
_DOT = r"(?:\s?[(\[{<]\s?(?:dot|\.)\s?[)\]}>]\s?|\sdot\s|\s\.\s?)"
_ENDINGS = (
    "com|org|net|gov|info|biz|io|co|us|xyz|top|online|site|shop|store|club|live|app|gg|ly|link|click|example"
    "|test"
)
_SPELLED = compiled(rf"(?:[\pL\pN][\pL\pN-]*(?:\.|{_DOT})){{0,3}}[\pL\pN][\pL\pN-]+{_DOT}(?:{_ENDINGS})\b")
_DOTS = re.compile(r"[\s()\[\]{}<>]*(?:\bdot\b|\.)[\s()\[\]{}<>]*", re.IGNORECASE)
_LABEL = 200
"""The longest text of a markdown link that is looked at, in bytes."""
_HINT = re.compile(
    rb"\.(?:(?<=[A-Za-z0-9\x80-\xff]\.)[A-Za-z\x80-\xff]|(?<=[\s\[({<]\.)[\s)\]}>]{0,2}(?:%b)\b)"
    % _ENDINGS.encode(),
    re.IGNORECASE,
)
"""What links have without `https://` or a `dot`; most comments lack it, and finding links takes time."""
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

    `certain` tells a link from words that lack a space after a full stop. `claims` is the host that a reader
    is shown in place of it: `[city.example](https://bad.example)`, `https://city.example@bad.example`.
    """

    start: int
    end: int
    host: str
    path: tuple[str, ...]
    certain: bool
    claims: str | None = None


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


def may_link(data: bytes, words: bytes) -> bool:
    """Return whether a text may hold a link: one way or another, every link has a sign of it.

    `words` are the plain words of the text.
    """
    return b":/" in data or b" dot " in words or _HINT.search(data) is not None


def links(data: bytes, most: int) -> Iterator[Link]:
    """Yield the first `most` links in a text as it looks."""
    for start, stop in spans(_LINK, data, most):
        trimmed = data[start:stop].rstrip(b".,;:!?)]}*_~")
        end = start + len(trimmed)
        written = trimmed.decode("utf-8", "replace")
        scheme, _, rest = written.partition("://") if "://" in written else ("", "", written)
        rest = rest.replace("\\", "/").lstrip("/")
        bare = not scheme and not written.casefold().startswith(("http", "hxxp"))
        authority, _, path = rest.replace("?", "/").replace("#", "/").partition("/")
        user, _, place = authority.rpartition("@")
        host = normal_domain(place.partition(":")[0])
        if host and not (bare and data[start - 1 : start] == b"@"):
            certain = not bare or host.startswith("www.") or bool(_COMMON.fullmatch(host.rpartition(".")[2]))
            claims = normal_domain(user.partition(":")[0]) if "." in user else _claimed(data, start)
            yield Link(start, end, host, tuple(path.split("/")[:3]), certain, claims)


def spelled(data: bytes, words: bytes, most: int) -> Iterator[Link]:
    """Yield the first `most` domains that are spelled: `bad dot example`, `bad[.]example`, `bad . com`.

    `words` are the plain words of the text.
    """
    if b" dot " in words or b" ." in data or b"[." in data or b"(." in data or b"{." in data:
        for start, end in spans(_SPELLED, data, most):
            host = normal_domain(_DOTS.sub(".", data[start:end].decode("utf-8", "replace")))
            yield Link(start, end, host, (), certain=True)


def _claimed(data: bytes, start: int) -> str | None:
    """Return the host named in the text of the markdown link whose address begins at `start`, if any."""
    if data[start - 2 : start] != b"](":
        return None
    begin = data.rfind(b"[", max(0, start - _LABEL), start)
    label = next(links(data[begin + 1 : start - 2], 1), None) if begin >= 0 else None
    return label.host.removeprefix("www.") if label and label.certain else None


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
