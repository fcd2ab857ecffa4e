"""What a ruleset says of a post."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Action(IntEnum):
    """What is to be done, from the mildest to the gravest."""

    ALLOW = 0
    FLAG = 1
    HOLD = 2
    HIDE = 3

    @property
    def word(self) -> str:
        """Return the action as files and exports spell it."""
        return self.name.lower()

    @property
    def removes(self) -> bool:
        """Return whether the post leaves the channel."""
        return self >= Action.HOLD


class Priority(IntEnum):
    """How soon staff should look."""

    LOW = 0
    NORMAL = 1
    URGENT = 2

    @property
    def word(self) -> str:
        """Return the priority as files and exports spell it."""
        return self.name.lower()


class Category(StrEnum):
    """The harm that a rule is about."""

    DISCRIMINATION = "discrimination"
    HARASSMENT = "harassment"
    INSULT = "insult"
    THREAT = "threat"
    VULGARITY = "vulgarity"
    SEXUAL = "sexual"
    PRIVACY = "privacy"
    SPAM = "spam"
    PROMOTION = "promotion"
    LINKS = "links"
    ILLEGAL = "illegal"
    SAFETY = "safety"
    OWNERSHIP = "ownership"
    CAMPAIGNING = "campaigning"
    OFF_TOPIC = "off_topic"
    UNAUTHORISED = "unauthorised"
    IMPERSONATION = "impersonation"
    CONDUCT = "conduct"
    EMERGENCY = "emergency"
    CRISIS = "crisis"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Match:
    """A span of an original text, in code points: `text == part[start:end]`.

    `form` is the normalised form that matched, `undone` the evasions that were undone to find it.
    """

    part: str
    start: int
    end: int
    text: str
    form: str = ""
    undone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that fired, with its matches (none where the whole post is the match)."""

    rule: str
    clause: str
    category: Category
    action: Action
    priority: Priority
    matches: tuple[Match, ...] = ()
    detail: str = ""
    """What was found, in words, where a span does not tell: "6 like posts in 40 s"."""
    incident: str | None = None
    """The key that groups the posts of one flood."""

    @property
    def private(self) -> bool:
        """Return whether what matched must be masked wherever it is shown."""
        return self.category is Category.PRIVACY


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gravest action of the findings, and the findings, gravest first."""

    action: Action = Action.ALLOW
    priority: Priority = Priority.NORMAL
    findings: tuple[Finding, ...] = ()

    @property
    def lead(self) -> Finding:
        """Return the finding that decides. Raises IndexError on an ALLOW verdict."""
        return self.findings[0]

    @property
    def private(self) -> bool:
        """Return whether a privacy rule is among the findings."""
        return any(f.private for f in self.findings)

    @property
    def incident(self) -> str | None:
        """Return the key of the flood this post belongs to, if any."""
        return next((f.incident for f in self.findings if f.incident), None)


ALLOWED = Verdict()
