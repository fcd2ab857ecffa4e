"""Write verdicts: one JSON object a line for programs, a table for people."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.cli.intake import Comment
from bot.messages.text import clip, count
from rules.post import TEXT
from rules.verdict import Action, Finding, Match, Verdict

MOST_ROWS = 1_000
"""How many comments a table shows; the rest are only counted."""


class JsonLines:
    """One object for each comment, written as soon as it is known."""

    def add(self, comment: Comment, verdict: Verdict) -> None:
        """Write a verdict."""
        row = {
            "id": comment.id,
            "action": verdict.action.word,
            "priority": verdict.priority.word,
            "findings": [_finding(finding) for finding in verdict.findings],
        }
        typer.echo(json.dumps(row))

    def close(self) -> None:
        """Write nothing more: every line stands for itself."""


class Summary:
    """A table of what was found, and counts of all, written at the end."""

    def __init__(self) -> None:
        self._table = Table("comment", "action", "priority", "rules", "found")
        self._actions: Counter[Action] = Counter()
        self._rules: Counter[str] = Counter()

    def add(self, comment: Comment, verdict: Verdict) -> None:
        """Count a verdict, and show it if there is something to see and room for it."""
        self._actions[verdict.action] += 1
        self._rules.update(finding.rule for finding in verdict.findings)
        if verdict.findings and self._table.row_count < MOST_ROWS:
            rules = ", ".join(finding.rule for finding in verdict.findings)
            cells = (str(comment.id), verdict.action.word, verdict.priority.word, rules, _seen(verdict))
            self._table.add_row(*(_plain(cell) for cell in cells))

    def close(self) -> None:
        """Write the table, how often each rule fired, and how many comments got which action."""
        console = Console()
        found = self._actions.total() - self._actions[Action.ALLOW]
        if found:
            console.print(self._table)
            if found > MOST_ROWS:
                console.print(f"and {found - MOST_ROWS:,} more")
            fired = Table("rule", "comments")
            for rule, times in self._rules.most_common():
                fired.add_row(_plain(rule), f"{times:,}")
            console.print(fired)
        actions = ", ".join(f"{action.word} {self._actions[action]:,}" for action in Action)
        console.print(f"{count(self._actions.total(), 'comment')}: {actions}")


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "category": finding.category.value,
        "clause": finding.clause,
        "matches": [_match(match) for match in finding.matches],
    }


def _match(match: Match) -> dict[str, Any]:
    found: dict[str, Any] = {"start": match.start, "end": match.end, "text": match.text}
    # Only exports have other parts, such as the name of a file; offsets then count from its beginning.
    return found if match.part == TEXT else found | {"part": match.part}


def _seen(verdict: Verdict) -> str:
    return "; ".join(m.text for f in verdict.findings for m in f.matches) or verdict.lead.detail


def _plain(text: str) -> Text:
    """Return text that can neither colour nor command a terminal."""
    return Text(clip("".join(c if c.isprintable() else "\ufffd" for c in text), 200))
