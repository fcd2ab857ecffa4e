"""Find words for or against candidates and ballot measures: both alike, so that no side is favoured."""

from __future__ import annotations

from itertools import islice
from typing import Any

from rules.detectors.patterns.expressions import compiled
from rules.detectors.scan import Index, Lists, Numbered, Scan, gather
from rules.text import reading
from rules.when import Campaign

_BETWEEN = (
    r"(?:(?:for|to|the|our|my|your|a|an|candidate|mayor|council|council ?(?:man|woman|member|or)|judge"
    r"|senator|commissioner|representative|rep|sheriff|governor|president|mr|mrs|ms|dr|friend"
    r"|neighbor|please|all"
    r"|again|back) ){0,4}"
)
_BEFORE = (
    r"(?:vot(?:e|es|ed|ing)(?: (?:for|against|yes|no|yes on|no on|in|out|down))?|(?:re ?)?elect(?:ing)?"
    r"|unelect|endors(?:e|es|ed|ing)|oppos(?:e|es|ing)|support(?:s|ing)?|reject(?:s|ing)?|back(?:s|ing)"
    r"|defeat(?:ing)?|(?:yes|no) (?:on|to)|(?:donate|contribute|chip in) to"
    r"|(?:canvass|volunteer|campaign)(?:ing)? (?:for|against)|stick with|any(?:one|body) but|never"
    r"|keep|oust|unseat|dump|recall)"
)
_OFFICE = (
    "mayor|city council|council|school board|sheriff|governor|senate|congress|house|president|commissioner"
    "|county board|judge"
)
_AFTER = (
    rf"(?:for (?:{_OFFICE})"
    r"|(?:has|have|gets?|got|earned|lost|deserves?|wont get|will get|will not get|doesnt deserve)"
    r" (?:my|our|your) votes?"
    r"|is (?:the|our) (?:best|only|right|worst|wrong) (?:choice|candidate)"
    r"|(?:must|(?:needs|has) to) (?:pass|fail|win|lose)|2o2[a-z0-9])"
)
"""The plain reading spells digits as letters: `2o2b` is 2028."""


def build(detectors: Numbered[Campaign], lists: Lists) -> Index:
    """Return the index of all detectors of campaigning."""
    named = [(number, gather(d.any_of, d.lists, lists)) for number, d in detectors]
    searches = [(number, _pattern(entries)) for number, entries in named if entries]

    def scan_campaigns(scan: Scan) -> None:
        for text in scan.texts:
            for number, pattern in searches:
                if not pattern.search(text.plain):
                    continue
                for match in islice(pattern.finditer(text.plain), scan.most):
                    words = match[0].strip(b" ")
                    start = text.plain.find(words, match.start())
                    span = text.traced_plain.span(start, start + len(words))
                    scan.add(number, text.match(span, words.decode("utf-8", "replace")))

    return scan_campaigns


def _pattern(entries: tuple[str, ...]) -> Any:
    names = "|".join(
        sorted({form for entry in entries for form in _forms(entry)}, key=lambda f: (-len(f), f))
    )
    return compiled(rf" (?:{_BEFORE} {_BETWEEN}(?:{names})|(?:{names}) {_AFTER}) ")


def _forms(entry: str) -> tuple[str, ...]:
    """Return a name as it reads in plain words, and the last name of a person alone."""
    words = reading.plain(reading.shown(entry)).decode("utf-8", "replace").split()
    person = len(words) == 2 and entry.replace(" ", "").isalpha()
    return (" ".join(words), words[-1]) if person else (" ".join(words),)
