"""Measure the privacy detectors on `private.tsv`: `python tests/quality/private.py [--misses]`.

Sentences marked official name the offices of a city, which would list them: they are counted apart. Only
sentences of the dev half are ever shown.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from rules.compile import compile_policy
from rules.policy import Policy
from rules.post import Author, Place, Post
from rules.ruleset import Ruleset

FILE = Path(__file__).with_suffix(".tsv")
KINDS = {
    "ssn": "ssn",
    "card": "card",
    "phone": "phone",
    "email": "email",
    "address": "address",
    "dob": "birth",
    "plate": "plate",
}
OFFICES = ("@gov", "@brookhaven.gov")
"""Domains that the city of the set would list; its numbers and addresses are left for the rules to tell."""


def ruleset() -> Ruleset:
    """Return a ruleset of one rule for each kind of private data."""
    rules = [
        {
            "id": label,
            "clause": "privacy",
            "category": "privacy",
            "when": {"private": {"any_of": [kind], "except": OFFICES}},
        }
        for label, kind in KINDS.items()
    ]
    clause = {"id": "privacy", "title": "Privacy", "text": "Post no private data."}
    return compile_policy(Policy.model_validate({"name": "p", "clauses": [clause], "rules": rules}))


def main() -> None:
    """Print recall and precision by kind and half, and the dev misses if asked for."""
    rules = ruleset()
    hits: Counter[tuple[str, str, str]] = Counter()
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            post = Post(
                1, 1, Place(1, "c"), Author(1, "a", "A"), row["text"], datetime(2026, 1, 1, tzinfo=UTC)
            )
            found = {finding.rule for finding in rules.evaluate(post).findings}
            expected = set(row["label"].split(",")) - {"none"}
            half = "official" if row["kind"] == "official" else row["split"]
            for label in KINDS:
                outcome = ("missed", "found")[label in found] if label in expected else "false"
                if label in expected or label in found:
                    hits[half, label, outcome] += 1
            if "--misses" in sys.argv and row["split"] == "dev" and found != expected:
                print(f"  {sorted(expected)} found as {sorted(found)}: {row['text']}")
    for half in ("dev", "test", "official"):
        for label in (*KINDS, "all"):
            count = {
                outcome: sum(
                    n for (h, k, o), n in hits.items() if (h, o) == (half, outcome) and label in (k, "all")
                )
                for outcome in ("found", "missed", "false")
            }
            print(half, label, count)


if __name__ == "__main__":
    main()
