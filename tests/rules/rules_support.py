"""What the tests of the rules share: small policies, posts, and a reader of policy files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

from hypothesis import settings

from rules.compile import compile_policy
from rules.documents import InvalidDocument
from rules.load import load_policy
from rules.policy import Policy
from rules.post import Author, Place, Post
from rules.ruleset import Ruleset
from rules.verdict import Finding, Match

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
CLAUSE = {"id": "c", "title": "Clause", "text": "Text."}


def steady(examples: int = 100) -> settings:
    """Return settings for a property test that is the same at every run and has no deadline."""
    return settings(max_examples=examples, deadline=None, derandomize=True)


def post(text: str = "", *, id: int = 1, author: int = 1, at: float = 0, **more: Any) -> Post:  # noqa: A002
    """Return a post, `at` seconds after noon."""
    more = {"place": Place(5, "town-square"), "created_at": NOON + timedelta(seconds=at), **more}
    return Post(id=id, community=1, author=more.pop("author_", Author(author, "a", "A")), text=text, **more)


def policy(*rules: dict[str, Any], **more: Any) -> Policy:
    """Return a policy of some rules, each of which may leave out what every rule has."""
    full = [{"id": f"r{n}", "clause": "c", "category": "other", **rule} for n, rule in enumerate(rules)]
    return Policy.model_validate({"name": "p", "clauses": [CLAUSE], "rules": full, **more})


def ruleset(*rules: dict[str, Any], **more: Any) -> Ruleset:
    return compile_policy(policy(*rules, **more))


def looking_for(when: dict[str, Any], **more: Any) -> Ruleset:
    """Return a ruleset of one rule that looks for one thing."""
    return ruleset({"when": when}, **more)


def findings(rules: Ruleset, text: str, **more: Any) -> tuple[Finding, ...]:
    return rules.evaluate(post(text, **more)).findings


def matches(rules: Ruleset, text: str, **more: Any) -> list[Match]:
    return [match for finding in findings(rules, text, **more) for match in finding.matches]


def found(rules: Ruleset, text: str, **more: Any) -> list[str]:
    """Return the pieces of the original text that matched."""
    return [match.text for match in matches(rules, text, **more)]


def read_shipped(name: str) -> str:
    folder, path = resources.files("rules"), name.removeprefix("shipped:")
    return folder.joinpath(path).read_text("utf-8")


class Files:
    """Policy files in memory, beside the shipped ones."""

    def __init__(self, **files: str) -> None:
        self.files = {name.replace("_", "/") + ".yaml": text for name, text in files.items()}

    def __call__(self, name: str) -> str:
        if name in self.files:
            return self.files[name]
        if name.startswith("shipped:"):
            return read_shipped(name)
        raise FileNotFoundError(name)

    def load(self, name: str = "city.yaml") -> Policy:
        return load_policy(name, self)

    def problems(self, name: str = "city.yaml") -> list[str]:
        try:
            self.load(name)
        except InvalidDocument as error:
            return [str(problem) for problem in error.problems]
        return []
