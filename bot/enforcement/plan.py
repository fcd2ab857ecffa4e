"""What is to be done about a verdict: which acts, in which order, under which record series."""

from __future__ import annotations

from datetime import datetime

from rules.post import Post, Subject
from rules.ruleset import Ruleset
from rules.verdict import Verdict
from storage.cases import Case
from storage.evidence import KeptFile
from storage.recording import NewCase

DELETE = "delete"
RENAME = "rename"
ARCHIVE = "archive"
NOTICE = "notice"
QUEUE = "queue"

IN_WORDS = {
    DELETE: "removal",
    RENAME: "renaming",
    ARCHIVE: "archive copy",
    NOTICE: "notice to the author",
    QUEUE: "queue entry",
}
"""What staff call each act."""

_SUBJECTS = {Subject.POST: "comment of", Subject.NAME: "screen name of", Subject.TITLE: "thread title of"}


def in_words(case: Case) -> str:
    """Return a case in words for an alert: its number, what it is about, whose that is, and where."""
    place = case.subject_id if case.subject is Subject.TITLE else case.channel_id
    where = f" in <#{place}>" if place else ""
    return f"Case {case.number} ({_SUBJECTS.get(case.subject, 'about')} <@{case.author_id}>{where})"


REMOVED_COMMENTS = "removed-comments"
FLAGS = "flags"


def new_case(
    post: Post,
    verdict: Verdict,
    ruleset: Ruleset,
    *,
    origin: str,
    earlier: tuple[Post, ...] = (),
    files: tuple[KeptFile, ...] = (),
) -> NewCase:
    """Return the case to record for a verdict that is not ALLOW.

    The posts of one flood share a queue entry and a notice; each removed one has its own form.
    """
    removes = verdict.action.removes
    rule = ruleset.rule(verdict.lead.rule)
    return NewCase(
        community=post.community,
        post=post,
        verdict=verdict,
        ruleset_version=ruleset.version,
        first=(_removal(post),) if removes else (),
        then=(ARCHIVE,) if removes else (),
        then_once=_told_once(post, verdict),
        incident_keys=_floods(verdict),
        files=files,
        earlier=earlier,
        origin=origin,
        series=REMOVED_COMMENTS if removes else FLAGS,
        authority=rule.authorised_by if removes else None,
    )


def _told_once(post: Post, verdict: Verdict) -> tuple[str, ...]:
    # Bots and webhooks read no notices.
    reads = not post.author.bot and post.author.webhook_id is None
    return (NOTICE, QUEUE) if verdict.action.removes and reads else (QUEUE,)


def _floods(verdict: Verdict) -> tuple[str, ...]:
    """Return the keys of the floods a post belongs to.

    One that turns from flagged to hidden owes its author a notice of its own, and so do posts in it that
    another rule decides on: the notice cites that rule's clause.
    """
    decided = verdict.action.word if verdict.lead.incident else f"{verdict.lead.rule}:{verdict.action.word}"
    return tuple(f"{finding.incident}:{decided}" for finding in verdict.findings if finding.incident)


def _removal(post: Post) -> str:
    # A thread is never deleted: other people's comments would go with it.
    return DELETE if post.subject is Subject.POST else RENAME


def due(removed_at: datetime, received_at: datetime | None) -> datetime:
    """Return when a removal form's keeping ends: a year after the later of removal and receipt.

    One year is what the City of Rosemount's Removed Comments Tracking Form asks for.
    """
    start = max(removed_at, received_at or removed_at)
    try:
        return start.replace(year=start.year + 1)
    except ValueError:
        # From February 29 a year ends on March 1: a record is never kept a day too short.
        return start.replace(year=start.year + 1, month=3, day=1)
