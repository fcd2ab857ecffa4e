"""Measure what the default policy finds: `python tests/quality/found.py [--shown]`.

Reads `held_out.tsv` and `fresh.tsv`, whose lines trained nothing: half was there to choose thresholds on
(`tune`), the other (`final`) to measure. A comment counts as found if any rule flags it, campaigning aside.
With `--shown` it prints the comments of the tuning half that were missed or flagged wrongly.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

from bot.policies import read_policy
from rules.compile import compile_policy
from rules.post import Author, Place, Post
from rules.ruleset import Ruleset
from rules.verdict import Category, Finding

HERE = Path(__file__).parent
HEADS = ("abuse", "hate", "threat", "emergency", "crisis", "promotion")
OFFICIAL = ("pol_", "to_official")


def findings(ruleset: Ruleset, text: str) -> list[Finding]:
    """Return what the rules say of a comment, campaigning aside."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    post = Post(1, 1, Place(1, "town-square"), Author(2, "ann", "Ann"), text, at)
    return [f for f in ruleset.evaluate(post).findings if f.category is not Category.CAMPAIGNING]


def measure(ruleset: Ruleset, rows: list[dict[str, str]], shown: bool) -> None:
    """Print how many of each kind are found, and of the harmless ones how many, and as what."""
    found: defaultdict[str, list[bool]] = defaultdict(list)
    wrongly: Counter[str] = Counter()
    for row in rows:
        said = findings(ruleset, row["text"])
        heads = [head for head in HEADS if row[head] == "1"]
        plain = ["harmless", *(["to officials"] if row["kind"].startswith(OFFICIAL) else [])]
        for kind in heads or plain:
            found[kind].append(bool(said))
        if not heads:
            wrongly.update({f.category.value for f in said})
        if shown and bool(said) != bool(heads):
            print(f"    {', '.join(heads or (f.rule for f in said))}: {row['text']}")
    for kind, each in found.items():
        print(f"  {kind:13} {sum(each):4} of {len(each):4} = {sum(each) / len(each):.1%}")
    print(f"  harmless as {dict(wrongly.most_common())}")


def main() -> None:
    ruleset = compile_policy(read_policy("default"))
    for name in ("held_out", "fresh"):
        with (HERE / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
        for split in ("tune", "final"):
            print(f"{name}, {split}")
            chosen = [row for row in rows if row["split"] == split]
            measure(ruleset, chosen, split == "tune" and "--shown" in sys.argv)


if __name__ == "__main__":
    main()
