"""A sample case for the words that Beadle sends, and what of them Discord counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.messages.dossier import Dossier
from bot.ports import Card
from rules.policy import Policy
from rules.post import Author, Place, Post
from rules.verdict import Action, Category, Finding, Match, Priority, Verdict

NOW = datetime(2026, 11, 20, 15, 31, tzinfo=UTC)
CHICAGO = ZoneInfo("America/Chicago")
SSN = "219-09-9999"
FORM = [
    "Site and channel",
    "Date of original post",
    "Screen name of poster",
    "Reason for removal",
    "Date removed",
    "Removed by",
    "Other information",
    "Date received by the coordinator",
]
"""The fields of the removed-comments form, in its order."""
MASK = "[masked: private information]"

POLICY = Policy.model_validate(
    {
        "name": "Sample",
        "contacts": {"coordinator": {"title": "Communications coordinator", "email": "talk@city.example"}},
        "clauses": [
            {"id": "privacy", "title": "Private information", "text": "No private data.", "source": "here"},
            {"id": "spam", "title": "Spam", "text": "No repeated posts.", "source": "here"},
        ],
        "rules": [
            {
                "id": "private-ssn",
                "clause": "privacy",
                "category": "privacy",
                "action": "hide",
                "authorised_by": "Council resolution 7",
                "authorised_on": "2026-09-01",
                "authorised_why": "Numbers are stolen within minutes.",
                "when": {"private": ["ssn"]},
            },
        ],
    }
)


def matched(text: str, words: str, category: Category = Category.PRIVACY, part: str = "text") -> Finding:
    """Return a finding of `words` where they stand in `text`."""
    at = text.index(words)
    match = Match(part, at, at + len(words), words)
    rule, clause = ("private-ssn", "privacy") if category is Category.PRIVACY else ("repeats", "spam")
    return Finding(rule, clause, category, Action.HIDE, Priority.NORMAL, (match,))


def dossier(text: str = f"mine is {SSN}, call me", *findings: Finding, **changes: Any) -> Dossier:
    """Return a case about a post that says `text`."""
    post = Post(
        id=1,
        community=2,
        place=Place(3, "town-square"),
        author=Author(4, "rosa", "Rosa A."),
        text=text,
        created_at=NOW,
        url="https://discord.example/1",
    )
    verdict = Verdict(Action.HIDE, Priority.NORMAL, findings or (matched(text, SSN),))
    case = Dossier(
        number=12,
        city="Sample City",
        zone=CHICAGO,
        policy=POLICY,
        ruleset_version="f" * 64,
        post=post,
        verdict=verdict,
        opened_at=NOW,
        mask=lambda text: text.replace(SSN, "[masked: social security number]"),
        removed_at=NOW,
    )
    to_post = {k: v for k, v in changes.items() if hasattr(post, k)}
    rest = {k: v for k, v in changes.items() if not hasattr(post, k)}
    return replace(case, post=replace(post, **to_post), **rest)


def fields(card: Card | None) -> dict[str, str]:
    assert card is not None
    return {field.label: field.value for field in card.fields}


def size(card: Card | None) -> int:
    """Return what Discord counts of an embed."""
    assert card is not None
    inside = sum(len(f.label) + len(f.value) for f in card.fields)
    return len(card.title) + len(card.body) + len(card.footer) + inside
