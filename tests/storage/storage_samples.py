"""Posts and cases to put on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rules.post import Attachment, Author, Part, Place, Post, Reply
from rules.verdict import Action, Category, Finding, Match, Priority, Verdict
from storage import Database, NewCase, Recorded, record

NOW = datetime(2026, 3, 2, 15, 4, 5, 678901, tzinfo=UTC)
LEASE = timedelta(seconds=30)
CITY = 4_611_686_018_427_387_904
"""A community id that needs 64 bits."""

POST = Post(
    id=1_300_000_000_000_000_001,
    community=CITY,
    place=Place(11, "town-square", category_id=10, category_name="Residents"),
    author=Author(21, "alex", "Alex 🐦", roles=frozenset({"resident", "77"}), joined_at=NOW),
    text="call 555-0100, ask for Sam",
    created_at=NOW,
    parts=(Part("embed", "a preview"),),
    attachments=(Attachment(31, "flyer.png", 4, "image/png", "https://cdn.example/flyer.png"),),
    mentions=2,
    reply=Reply(41, 11, "Robin", "who do I ask?"),
)

MATCH = Match("text", 5, 13, "555-0100", "5550100", ("separators",))
FINDING = Finding("private-phone", "privacy", Category.PRIVACY, Action.HIDE, Priority.URGENT, (MATCH,), "one")
VERDICT = Verdict(Action.HIDE, Priority.URGENT, (FINDING,))


def new_case(n: int = 1, **changes: Any) -> NewCase:
    """Return a case about the `n`th post."""
    post = replace(POST, id=POST.id + n)
    case = NewCase(CITY, post, VERDICT, "v" * 64, ("delete",), ("archive",), ("notice", "queue"))
    return replace(case, **changes)


async def recorded(db: Database, n: int = 1, *, owner: str = "one", **changes: Any) -> Recorded:
    """Put a case about the `n`th post on record."""
    return await record(db, new_case(n, **changes), now=NOW, owner=owner, lease_for=LEASE)
