"""Measure the privacy detectors and vulgar words: `python tests/quality/private.py [--misses]`.

Reads `private.tsv`, and `private_fresh.tsv`, which another author wrote later. Sentences marked official name
the offices of a city, which would list them: they are counted apart. Only the dev half is ever shown.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.policies import read_policy
from rules.compile import compile_policy
from rules.policy import Policy
from rules.post import Author, Place, Post
from rules.ruleset import Ruleset

FILES = [Path(__file__).parent / f"{name}.tsv" for name in ("private", "private_fresh")]
KINDS = {
    "ssn": "ssn",
    "card": "card",
    "phone": "phone",
    "email": "email",
    "address": "address",
    "dob": "birth",
    "plate": "plate",
}
VULGAR = "vulgar"
OFFICES = ("@gov", "@brookhaven.gov")
"""Domains that the city of the set would list; its numbers and addresses are left for the rules to tell."""


def ruleset() -> Ruleset:
    """Return a ruleset of one rule for each kind of private data, and one for the vulgar words shipped."""
    shipped = [named for named in read_policy("default").lists if named.id in ("vulgarity", "sexual")]
    rules: list[dict[str, Any]] = [
        {
            "id": label,
            "clause": "privacy",
            "category": "privacy",
            "when": {"private": {"any_of": [kind], "except": OFFICES}},
        }
        for label, kind in KINDS.items()
    ]
    vulgar = {"words": {"lists": [named.id for named in shipped]}}
    rules.append({"id": VULGAR, "clause": "privacy", "category": "vulgarity", "when": vulgar})
    clause = {"id": "privacy", "title": "Privacy", "text": "Post no private data."}
    return compile_policy(
        Policy.model_validate({"name": "p", "clauses": [clause], "lists": shipped, "rules": rules})
    )


def measure(rules: Ruleset, file: Path) -> None:
    """Print recall and precision by kind and half, and the dev misses if asked for."""
    hits: Counter[tuple[str, str, str]] = Counter()
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            at = datetime(2026, 1, 1, tzinfo=UTC)
            post = Post(1, 1, Place(1, "c"), Author(1, "a", "A"), row["text"], at)
            expected = set(row["label"].split(",")) - {"none"}
            found = {finding.rule for finding in rules.evaluate(post).findings}
            if file.stem == "private":
                found.discard(VULGAR)  # of which this set says nothing
            half = "official" if row["kind"] == "official" else row["split"]
            for label in expected | found:
                outcome = ("missed", "found")[label in found] if label in expected else "false"
                hits[half, label, outcome] += 1
            if "--misses" in sys.argv and row["split"] == "dev" and found != expected:
                print(f"  {sorted(expected)} found as {sorted(found)}: {row['text']}")
    for half in dict.fromkeys(half for half, _, _ in hits):
        for label in (*KINDS, VULGAR):
            count = {outcome: hits[half, label, outcome] for outcome in ("found", "missed", "false")}
            if any(count.values()):
                print(file.stem, half, label, count)


def main() -> None:
    rules = ruleset()
    for file in FILES:
        measure(rules, file)


if __name__ == "__main__":
    main()
