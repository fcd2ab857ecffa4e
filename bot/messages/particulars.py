"""What every message about a case says in the same words: where, who, what was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from bot.messages.dossier import Dossier
from bot.messages.matches import Segment
from bot.messages.text import clip, count, escape, quote
from rules.detectors.classifier import LIKELY
from rules.post import TEXT, Subject

SUBJECTS = {Subject.POST: "comment", Subject.NAME: "screen name", Subject.TITLE: "thread title"}
OTHERS = {
    Subject.POST: "Other versions of it",
    Subject.NAME: "Other cases about this member's name",
    Subject.TITLE: "Other cases about this thread's title",
}
"""What further cases about the same are called: an edited post is one act, each name and title its own."""
MOST_MATCHES = 5
FEWEST_LETTERS = 3
"""Shorter words weigh in the model as well, and tell a reader nothing."""

Show = Callable[[str], str]
"""How people's own words are shown: `escape` on Discord, `str` in a file."""

_SCORE = re.compile(r"model: (\w+ (\d\.\d+))( in a part)?")


def where(case: Dossier, show: Show = escape) -> str:
    """Return the channel, and the thread in it, in words."""
    place = case.post.place
    if not place.channel_id:
        return "the member list"
    name = show(case.mask(place.channel_name))
    return f"“{name}” in #{show(place.parent_name)}" if place.parent_name else f"#{name}"


def quoted(case: Dossier, show: Callable[[Iterable[Segment]], str]) -> str:
    """Return the text and what else told against the post, quoted. The form holds the other parts too."""
    return "\n".join(
        ("" if part.label == TEXT else f"{part.label}:\n") + quote(show(case.shown(part.text, part.label)))
        for part in case.telling
    )


def who(case: Dossier, show: Show = escape) -> str:
    """Return the author's screen name, account name and id."""
    author = case.post.author
    kind = " (webhook)" if author.webhook_id else " (bot)" if author.bot else ""
    return f"{show(case.mask(author.screen_name))}{kind}\n@{show(case.mask(author.name))}, id {author.id}"


def also(case: Dossier) -> str:
    """Return the numbers of the other cases about the same, in words."""
    numbers = ", ".join(map(str, case.others))
    return f"case {numbers}" if len(case.others) == 1 else f"cases {numbers}"


def reasons(case: Dossier, show: Show = escape) -> Iterator[str]:
    """Yield a line for each finding: the rule, and what it found."""
    for finding in case.verdict.findings:
        detail = show(_line(_SCORE.sub(_likely, case.mask(finding.detail))))
        seen = case.words(finding)
        by_model = any(float(score[2]) >= LIKELY for score in _SCORE.finditer(finding.detail))
        if finding.private or (finding.matches and not seen):
            told = [detail, "what it matched is masked"]
        elif by_model:
            told = [detail, _listed((s for s in seen if sum(map(str.isalpha, s)) >= FEWEST_LETTERS), show)]
        else:
            told = [detail, _listed(seen, show)]
        what = (", most for " if by_model and seen else "; ").join(filter(None, told))
        yield f"rule `{finding.rule}`" + (f": {what}" if what else "")


def _likely(score: re.Match[str]) -> str:
    what = "it" if score[3] is None else "a part of it"
    if float(score[2]) >= LIKELY:
        return f"the model finds {what} likely ({score[1]})"
    return f"the model does not rule {what} out ({score[1]})"


def _listed(seen: Iterable[str], show: Show) -> str:
    shown = list(dict.fromkeys(clip(show(_line(words)), 80) for words in seen))
    left = len(shown) - MOST_MATCHES
    what = ", ".join(f"“{words}”" for words in shown[:MOST_MATCHES])
    return what + (f" and {count(left, 'more match', 'more matches')}" if left > 0 else "")


def _line(text: str) -> str:
    return " ".join(text.split())
