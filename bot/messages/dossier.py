"""All that the words about one case are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.messages.matches import Segment, segments, words
from bot.messages.replacement import replacement
from rules.policy import Clause, Policy
from rules.post import TEXT, Part, Post
from rules.verdict import Finding, Verdict


@dataclass(frozen=True, slots=True)
class Keepsake:
    """What became of an attachment: `missing` says in words why it is not on record. `size` is in bytes.

    The bytes are there only where they were asked for.
    """

    filename: str
    size: int
    sha256: str | None
    data: bytes | None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case as the archive copy, the queue entry and the notice describe it.

    `mask` takes private data out of texts beside the post itself: names, file names, what it answered.
    """

    number: int
    city: str
    zone: ZoneInfo
    policy: Policy
    ruleset_version: str
    post: Post
    verdict: Verdict
    opened_at: datetime
    mask: Callable[[str], str]
    files: tuple[Keepsake, ...] = ()
    earlier: tuple[Post, ...] = ()
    """The versions of it before this one, as far as they are on record, oldest first."""
    others: tuple[int, ...] = ()
    """The numbers of the cases about other versions of it, or about other names or titles of the same."""
    context: tuple[Post, ...] = ()
    """The comments before it, oldest first, where they were asked for."""
    removed_at: datetime | None = None
    gone_at: datetime | None = None
    """When it was found gone before Beadle could remove it: its author, or somebody else, took it away."""
    changed: bool = False
    """Whether it was gone only in that it said something else by then: its author changed it."""
    taken_under: int | None = None
    """The number of another case with which the post went, whichever version of it that one is about."""
    received_at: datetime | None = None
    received_by: str | None = None
    posts_in_incident: int = 1
    flood_began_with: int | None = None
    """The number of the first case of the flood that the post belongs to."""

    @property
    def stands(self) -> bool:
        """Return whether the post, name or title is still to be seen, as far as is on record."""
        return self.removed_at is None and self.gone_at is None and self.taken_under is None

    @property
    def is_there(self) -> bool:
        """Return whether a post, name or title is still where it was, whatever it says now."""
        return self.stands or (self.changed and self.taken_under is None)

    @property
    def lead(self) -> Finding:
        """Return the finding that decided."""
        return self.verdict.lead

    @property
    def clause(self) -> Clause:
        """Return the clause of the policy that the case cites."""
        return next(c for c in self.policy.clauses if c.id == self.lead.clause)

    @property
    def authority(self) -> str:
        """Return who authorised the rule to remove, and when, or nothing for a rule that only flags."""
        rule = next((r for r in self.policy.rules if r.id == self.lead.rule), None)
        if rule is None or not rule.authorised_by:
            return ""
        return f"{rule.authorised_by}, {rule.authorised_on:%B %-d, %Y}"

    def shown(self, text: str, part: str = TEXT) -> tuple[Segment, ...]:
        """Return a part of the post cut at its matches, nothing private in it."""
        mask = self.mask if self.verdict.private else str
        return tuple(segments(text, self.verdict.findings, part, mask))

    def words(self, finding: Finding) -> tuple[str, ...]:
        """Return the words of what a finding matched, each once, as far as they are not private."""
        if finding.private:
            return ()
        parts = {match.part for match in finding.matches}
        cut = {p.label: self.shown(p.text, p.label) for p in self.post.texts() if p.label in parts}
        shown = (words(match, cut.get(match.part, ())) for match in finding.matches)
        return tuple(dict.fromkeys(filter(None, shown)))

    @property
    def telling(self) -> tuple[Part, ...]:
        """Return the parts in which something was found, and the text first unless there is none."""
        found = {match.part for finding in self.verdict.findings for match in finding.matches} - {TEXT}
        others = tuple(part for part in self.post.texts() if part.label in found)
        return others if others and not self.post.text else (Part(TEXT, self.post.text), *others)

    @property
    def replacement(self) -> str:
        """Return the neutral title or name that takes the place of one that is removed."""
        return replacement(self.post.subject, self.post.id, self.number)

    def marker(self, purpose: str) -> str:
        """Return the words by which a message about this case is found again."""
        return f"Case {self.number} · {purpose}"
