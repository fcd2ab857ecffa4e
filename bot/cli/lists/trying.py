"""Tell which new entries of a list would be found where they should not be."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.messages.text import clip, count
from bot.policies import read_file
from rules.check import find_problems
from rules.compile import compile_policy
from rules.merge import SHIPPED
from rules.policy import NamedList, Policy, Rule
from rules.post import Author, Place, Post
from rules.verdict import Category

COMMON = 3
"""In how many ordinary comments an entry is found that is too common for a rule to go by it alone."""
_TALK = ("model/data/civic.tsv", "model/data/ordinary.tsv")
_DETECTORS = {"words": "words", "patterns": "patterns", "sentences": "sentences", "domains": "links"}
"""What looks for the entries of each kind of list. The other kinds are never looked for in talk."""
_POST = Post(1, 1, Place(1, "example"), Author(1, "example", "Example"), "", datetime.min.replace(tzinfo=UTC))
_LONGEST = 100
_GROUP = 500
"""How many entries are tried as one, before those of a group that finds anything are tried one by one."""


def found_in_talk(named: NamedList, new: Sequence[str], policy: Policy) -> dict[str, tuple[int, str]]:
    """Return the entries that are found in ordinary comments: in how many, and what to say of that.

    The comments are those that rules of the policy must allow, and some hundreds that come with Beadle.
    """
    talk = list(dict.fromkeys(_talk(policy)))
    among = count(len(talk), "ordinary comment")
    return {
        entry: (len(texts), f"is in {len(texts)} of {among}, such as “{clip(texts[0], _LONGEST)}”")
        for entry, texts in _found(named, new, policy, talk).items()
    }


def found_in_examples(named: NamedList, new: Sequence[str], policy: Policy) -> dict[str, str]:
    """Return the entries with which examples of rules no longer hold, and the first such of each."""
    if not new:
        return {}
    grown = named.model_copy(update={"entries": (*named.entries, *new)})
    lists = tuple(grown if other.id == named.id else other for other in policy.lists)
    broken: dict[str, str] = {}
    for path, problem in find_problems(policy.model_copy(update={"lists": lists})):
        place: Any = path
        if place[2:3] == ("examples",):
            example = getattr(policy.rules[place[1]].examples, place[3])[place[4]]
            broken.setdefault(example.text, problem)
    found = _found(named, new, policy, list(broken))
    return {
        entry: f"breaks an example: {broken[texts[0]]}"
        + (f", and {len(texts) - 1} more" if len(texts) > 1 else "")
        for entry, texts in found.items()
    }


def _found(named: NamedList, new: Sequence[str], policy: Policy, texts: list[str]) -> dict[str, list[str]]:
    """Return the texts in which each entry is found by itself, without those found in none."""
    if named.kind not in _DETECTORS or not texts:
        return {}
    groups = [new[start : start + _GROUP] for start in range(0, len(new), _GROUP)]
    hits = _hits(named, groups, policy, texts)
    suspects = [entry for group, found in zip(groups, hits, strict=True) if found for entry in group]
    each = _hits(named, [[entry] for entry in suspects], policy, texts)
    return {entry: found for entry, found in zip(suspects, each, strict=True) if found}


def _hits(
    named: NamedList, groups: Sequence[Sequence[str]], policy: Policy, texts: list[str]
) -> list[list[str]]:
    """Return the texts in which each group of entries is found, by a rule for each."""
    lists = [
        named.model_copy(update={"id": f"trial-{number}", "entries": tuple(group)})
        for number, group in enumerate(groups)
    ]
    trial = Policy(name="trial", lists=(*lists, *policy.lists), rules=tuple(_rules(named.kind, lists)))
    ruleset = compile_policy(trial)
    found: dict[str, list[str]] = {trial_list.id: [] for trial_list in lists}
    for text in texts:
        for finding in ruleset.evaluate(replace(_POST, text=text)).findings:
            found[finding.rule].append(text)
    return list(found.values())


def _rules(kind: str, lists: list[NamedList]) -> Iterator[Rule]:
    for named in lists:
        when = {_DETECTORS[kind]: {"lists": [named.id]}}
        part = {"id": named.id, "clause": "trial", "category": Category.OTHER, "when": when}
        yield Rule.model_validate(part)


def _talk(policy: Policy) -> Iterator[str]:
    for rule in policy.rules:
        yield from (example.text for example in rule.examples.allow if example.text)
    for name in _TALK:
        rows = csv.DictReader(read_file(SHIPPED + name).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
        yield from (row["text"] for row in rows)
