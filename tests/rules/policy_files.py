"""Policy files as text, for the tests of how they are read."""

from __future__ import annotations

from tests.rules.rules_support import Files

HEAD = """\
name: City
clauses:
  - {id: c, title: T, text: X}
rules:
"""
LINE = HEAD.count("\n") + 1


def rule(text: str, rule_id: str = "r") -> str:
    """Return a rule as it stands in a policy file."""
    return f"  - id: {rule_id}\n    clause: c\n    category: other\n" + "".join(
        f"    {line}\n" for line in text.splitlines()
    )


def problems(text: str, **files: str) -> list[str]:
    """Return what is wrong with a policy file, beside which others lie."""
    return Files(city=text, **files).problems()


GOOD = rule("when: {words: [darn]}")
AUTHORITY = "authorised_by: Council\nauthorised_on: 2026-01-02\nauthorised_why: Because.\n"
