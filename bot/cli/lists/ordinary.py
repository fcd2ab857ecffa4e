"""Tell which new entries of a list would be found in ordinary talk."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from bot.messages.text import clip, count
from bot.policies import read_file
from rules.compile import compile_policy
from rules.merge import SHIPPED
from rules.policy import NamedList, Policy, Rule
from rules.post import Author, Place, Post
from rules.verdict import Category

_TALK = ("model/data/civic.tsv", "model/data/ordinary.tsv")
_DETECTORS = {"words": "words", "patterns": "patterns", "sentences": "sentences", "domains": "links"}
"""What looks for the entries of each kind of list. The other kinds are never looked for in talk."""
_POST = Post(1, 1, Place(1, "example"), Author(1, "example", "Example"), "", datetime.min.replace(tzinfo=UTC))
_LONGEST = 100


def found_in_talk(named: NamedList, new: tuple[str, ...], policy: Policy) -> Iterator[str]:
    """Yield what the new entries of a list find in ordinary comments, how often, and where for example.

    The comments are those that rules of the policy must allow, and some hundreds that come with Beadle.
    """
    if named.kind not in _DETECTORS or not new:
        return
    trial = named.model_copy(update={"entries": new})
    lists = (trial, *(other for other in policy.lists if other.id != named.id))
    when = {_DETECTORS[named.kind]: {"lists": [named.id]}}
    rule = Rule.model_validate({"id": "trial", "clause": "trial", "category": Category.OTHER, "when": when})
    ruleset = compile_policy(Policy(name="trial", lists=lists, rules=(rule,)))
    found: Counter[str] = Counter()
    where: dict[str, str] = {}
    talk = list(dict.fromkeys(_talk(policy)))
    for text in talk:
        for finding in ruleset.evaluate(replace(_POST, text=text)).findings:
            words = {match.text.casefold() for match in finding.matches}
            found.update(words)
            where = dict.fromkeys(words, text) | where
    for words_found, times in found.most_common():
        example = clip(where[words_found], _LONGEST)
        yield f"“{words_found}” is in {times} of {count(len(talk), 'ordinary comment')}, such as “{example}”"


def _talk(policy: Policy) -> Iterator[str]:
    for rule in policy.rules:
        yield from (example.text for example in rule.examples.allow if example.text)
    for name in _TALK:
        rows = csv.DictReader(read_file(SHIPPED + name).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
        yield from (row["text"] for row in rows)
