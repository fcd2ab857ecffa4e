"""Find e-mail addresses, also those spelled out: `name at host dot com`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from rules.detectors.patterns.expressions import compiled
from rules.detectors.private.numbers import Finder, Span, cued

_AT = r"(?:\s?@\s?|\s?[(\[{<]\s?at\s?[)\]}>]\s?|\sat\s)"
_DOT = r"(?:\.|\s?[(\[{<]\s?(?:dot|\.)\s?[)\]}>]\s?|\sdot\s)"
_ENDING = r"(?:com|org|net|edu|gov|us|io|co|me|info|biz|mail|email|example)"
_PLAIN_FORM = r"[a-z0-9._%+-]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}"
_PLAIN = compiled(_PLAIN_FORM)
_SPELLED_SHAPE = rf"(?s){_AT}[a-z0-9-].*{_DOT}{_ENDING}\b"
_SPELLED = compiled(
    rf"([a-z0-9_%+-]{{1,40}}(?:(?:{_DOT}|_)[a-z0-9_%+-]{{1,40}}){{0,2}})({_AT})"
    rf"([a-z0-9-]{{2,63}})((?:{_DOT}[a-z0-9-]{{2,63}})?{_DOT}){_ENDING}\b"
)
_CUE = compiled(r"\b(?:e-?mails?|mail|mailed|write|reach|contact|address|message|send|forward|ping)\b")
_PROVIDERS = frozenset(
    b"""
    gmail googlemail yahoo ymail hotmail outlook aol icloud proton protonmail comcast msn live gmx zoho mail
    charter verizon att sbcglobal
    """.split()
)
_NO_NAMES = frozenset(
    b"""
    look looking find us me it them her him you shop order online sale sold available visit sign register
    more info is was be are here there stay jobs work works working page posted site website or and not live
    """.split()
)
"""Words before "at" that are no mailbox: "look at amazon dot com"."""


def _emails(data: bytes, tries: int) -> Iterator[Span]:
    for match in islice(_PLAIN.finditer(data), tries):
        yield match.span()


def _spelled_emails(data: bytes, tries: int) -> Iterator[Span]:
    """Yield spelled addresses, which need a sign, a known provider or a cue such as "email"."""
    for match in islice(_SPELLED.finditer(data), tries):
        name, at, host, dot = (part.lower() for part in match.groups())
        if at == b"@" and dot == b".":
            continue
        certain = not at.strip().isalpha() or host in _PROVIDERS
        meant = name not in _NO_NAMES and (not name.isalpha() or cued(_CUE, data, match.start()))
        if certain or meant:
            yield match.span()


def may_have_email(data: bytes, words: bytes) -> bool:
    """Return whether a text may have an e-mail address. `words` are its plain words."""
    return b"@" in data or (b" at " in words and (b" dot " in words or b"." in data))


EMAILS = (Finder((_PLAIN_FORM,), _emails), Finder((_SPELLED_SHAPE,), _spelled_emails))
