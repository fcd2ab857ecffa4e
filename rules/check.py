"""Check what a single value cannot show: references, authority, and whether the examples hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from rules.compile import compile_policy
from rules.conditions import asked, asks_the_model, holds_on_nothing
from rules.detectors import attachments, links, private, sentences
from rules.detectors.patterns import costs, expressions
from rules.detectors.patterns.costs import Clock
from rules.detectors.words import terms
from rules.documents import Path
from rules.policy import JUDGED, Clause, Example, NamedList, Policy, Rule
from rules.post import Attachment, Author, Place, Post
from rules.ruleset import Ruleset
from rules.verdict import Category
from rules.when import (
    Attachments,
    Campaign,
    Excess,
    Handles,
    Links,
    Mentions,
    Newcomer,
    Patterns,
    Private,
    Sentences,
    When,
    Words,
)
from rules.window import Window

FLAG_ONLY = frozenset({Category.CAMPAIGNING, Category.ILLEGAL, Category.OFF_TOPIC, Category.INSULT})
"""Categories that only a person can judge: a rule of theirs may never hide or hold."""

Found = Iterator[tuple[Path, str]]
_EPOCH = datetime(2026, 1, 1, 12, tzinfo=UTC)
_ENTRY_PROBLEM: dict[str, Callable[[str], str | None]] = {
    "words": terms.problem,
    "patterns": expressions.problem,
    "sentences": sentences.problem,
    "domains": links.problem,
    "contacts": private.problem,
    "hashes": attachments.problem,
}


def find_problems(
    policy: Policy, clock: Clock | None = None, today: date | None = None
) -> list[tuple[Path, str]]:
    """Return everything wrong with a policy, each with its path; examples only if all else holds.

    With a clock, patterns are also timed; with `today`, no authority may be dated later.
    """
    found = [*_clauses(policy), *_lists(policy), *_rules(policy), *(_dates(policy, today) if today else ())]
    return found or [*(_slow(policy, clock) if clock else ()), *_examples(policy)]


def _clauses(policy: Policy) -> Found:
    if not policy.clauses:
        yield ("clauses",), "has no clauses; each rule must serve one"


def _lists(policy: Policy) -> Found:
    by_id = {named.id: named for named in policy.lists}
    kinds = {named.id: named.kind for named in policy.lists}
    for index, named in enumerate(policy.lists):
        if named.kind == "sentences":
            strange = [*_known(("lists", index, "parts_of"), named.parts_of, "sentences", kinds)]
            yield from strange
            if strange:
                continue
        check = entry_check(named, by_id)
        yield from _entries(("lists", index, "entries"), named.entries, check)
        if named.exceptions and named.kind not in ("words", "patterns", "sentences"):
            text = "only a list of words, patterns or sentences has exceptions"
            yield ("lists", index, "except"), text
        yield from _entries(("lists", index, "except"), named.exceptions, check)
        for key, given in (("parts", named.parts), ("parts_of", named.parts_of)):
            if given and named.kind != "sentences":
                yield ("lists", index, key), "only a list of sentences has parts"


def entry_check(named: NamedList, lists: Mapping[str, NamedList]) -> Callable[[str], str | None]:
    """Return what says what is wrong with an entry of a list, if anything."""
    if named.kind == "sentences":
        reader = sentences.Reader(sentences.all_parts(named, lists))
        return lambda entry: sentences.problem(entry, reader)
    return _ENTRY_PROBLEM[named.kind]


def _entries(path: Path, entries: tuple[str, ...], check: Callable[[str], str | None]) -> Found:
    for number, entry in enumerate(entries):
        text = check(entry)
        if text:
            yield (*path, number), f"{entry!r} {text}"


def _rules(policy: Policy) -> Found:
    clauses = {clause.id: clause for clause in policy.clauses}
    lists = {named.id: named.kind for named in policy.lists}
    for index, rule in enumerate(policy.rules):
        path: Path = ("rules", index)
        if rule.clause not in clauses:
            yield (*path, "clause"), f"there is no clause {rule.clause!r} for the rule {rule.id}"
        elif rule.enabled and clauses[rule.clause].served != "rules":
            text = (
                f"the rule {rule.id} is on, but its clause is served by {clauses[rule.clause].served} alone"
            )
            yield (*path, "enabled"), text
        yield from _authority(path, rule, clauses.get(rule.clause))
        if holds_on_nothing(rule.when):
            yield (
                (*path, "when"),
                "would find every comment; a rule must say what it finds, not only what it does not",
            )
        if any(isinstance(d, Sentences) and d.beside and not denied for d, denied in asked(rule.when)):
            yield (
                (*path, "when"),
                "has sentences that stand `beside` others, as they can only under `not`",
            )
        yield from _when((*path, "when"), rule.when, lists)


def _authority(path: Path, rule: Rule, clause: Clause | None) -> Found:
    if not rule.action.removes:
        return
    if rule.flag_only:
        yield (*path, "action"), f"the rule {rule.id} may only flag: {rule.flag_only_why}"
    elif clause is not None and clause.flag_only:
        text = f"rules under the clause {clause.id} may only flag: {clause.flag_only_why}"
        yield (*path, "action"), text
    elif rule.category in FLAG_ONLY:
        yield (
            (*path, "action"),
            f"a rule of category {rule.category.value} may only flag: {JUDGED}",
        )
    if asks_the_model(rule.when):
        yield (*path, "action"), "a rule that asks the model may only flag: a person must judge what it finds"
    for field, who in (("authorised_by", "who"), ("authorised_on", "when"), ("authorised_why", "why")):
        if not getattr(rule, field):
            yield (
                (*path, "action"),
                f"to {rule.action.word}, the city must authorise it: `{field}` ({who}) is missing",
            )


def _dates(policy: Policy, today: date) -> Found:
    for index, rule in enumerate(policy.rules):
        if rule.authorised_on is not None and rule.authorised_on > today:
            text = f"{rule.authorised_on} is yet to come; nothing is authorised before it is decided"
            yield ("rules", index, "authorised_on"), text


def _when(path: Path, when: When, lists: Mapping[str, str]) -> Found:
    here = (*path, when.key)
    detector = when.detector
    if isinstance(detector, Words | Patterns | Sentences):
        check = _ENTRY_PROBLEM[when.key]
        yield from _listed(here, (*detector.any_of, *detector.lists))
        yield from _entries(here, detector.any_of, check)
        yield from _entries((*here, "except"), detector.exceptions, check)
        yield from _known((*here, "lists"), detector.lists, when.key, lists)
    elif isinstance(detector, Links):
        sought = (*detector.any_of, *detector.lists, *detector.imitating, *detector.imitating_lists)
        if not detector.every and not detector.masked:
            yield from _listed(here, sought)
        yield from _entries(here, detector.any_of, links.problem)
        yield from _entries((*here, "except"), detector.exceptions, links.problem)
        yield from _known((*here, "lists"), detector.lists, "domains", lists)
        yield from _entries((*here, "imitating"), detector.imitating, links.problem)
        yield from _known((*here, "imitating_lists"), detector.imitating_lists, "domains", lists)
        yield from _known((*here, "except_lists"), detector.except_lists, "domains", lists)
    elif isinstance(detector, Private):
        yield from _listed(here, detector.any_of)
        yield from _entries((*here, "except"), detector.exceptions, private.problem)
        yield from _known((*here, "except_lists"), detector.except_lists, "contacts", lists)
    elif isinstance(detector, Handles | Campaign):
        yield from _listed(here, (*detector.any_of, *detector.lists))
        yield from _entries(here, detector.any_of, terms.problem)
        yield from _known((*here, "lists"), detector.lists, "words", lists)
    elif isinstance(detector, Mentions | Attachments | Excess | Newcomer):
        if not detector.model_fields_set:
            yield here, "looks for nothing"
        if isinstance(detector, Attachments):
            yield from _entries((*here, "hashes"), detector.hashes, attachments.problem)
            yield from _known((*here, "lists"), detector.lists, "hashes", lists)
    elif not detector and not when.parts:
        yield here, "combines nothing"
    elif when.at_least and when.at_least.count > len(when.parts):
        yield (*here, "count"), f"asks for {when.at_least.count} of {len(when.parts)}"
    for inside, part in _parts(when):
        yield from _when((*here, *inside), part, lists)


def _parts(when: When) -> Iterator[tuple[Path, When]]:
    for number, part in enumerate(when.parts):
        yield {"not": (), "at_least": ("of", number)}.get(when.key, (number,)), part


def _slow(policy: Policy, clock: Clock) -> Found:
    patterns = [*_listed_patterns(policy)]
    for index, rule in enumerate(policy.rules):
        patterns += _own_patterns(("rules", index, "when"), rule.when)
    suspects = costs.costly([pattern for _, pattern in patterns], clock)
    for path, pattern in patterns:
        text = costs.problem(pattern, clock) if pattern in suspects else None
        if text:
            yield path, text


def _listed_patterns(policy: Policy) -> Found:
    for index, named in enumerate(policy.lists):
        if named.kind == "patterns":
            yield from ((("lists", index, "entries", n), entry) for n, entry in enumerate(named.entries))


def _own_patterns(path: Path, when: When) -> Found:
    here = (*path, when.key)
    if isinstance(when.detector, Patterns):
        yield from (((*here, number), entry) for number, entry in enumerate(when.detector.any_of))
    for inside, part in _parts(when):
        yield from _own_patterns((*here, *inside), part)


def _listed(path: Path, wanted: tuple[str, ...]) -> Found:
    if not wanted:
        yield path, "looks for nothing"


def _known(path: Path, names: tuple[str, ...], kind: str, lists: Mapping[str, str]) -> Found:
    for number, name in enumerate(names):
        if name not in lists:
            yield (*path, number), f"there is no list {name!r}"
        elif lists[name] != kind:
            yield (*path, number), f"the list {name!r} is one of {lists[name]}, not of {kind}"


def _examples(policy: Policy) -> Found:
    everywhere = policy.model_copy(
        update={"rules": tuple(rule.model_copy(update={"enabled": True}) for rule in policy.rules)}
    )
    ruleset = compile_policy(everywhere)
    for index, rule in enumerate(policy.rules):
        for side, examples in (("match", rule.examples.match), ("allow", rule.examples.allow)):
            for number, example in enumerate(examples):
                fired = _fires(ruleset, rule, example)
                if fired != (side == "match"):
                    shown = example.text if len(example.text) <= 60 else example.text[:60] + "…"
                    problem = f"finds {shown!r}, which it must allow" if fired else f"does not find {shown!r}"
                    yield ("rules", index, "examples", side, number), f"the rule {rule.id} {problem}"


def _fires(ruleset: Ruleset, rule: Rule, example: Example) -> bool:
    window = Window()
    verdict = None
    for number in range(example.times):
        verdict = ruleset.evaluate(_post(rule, example, number), window)
    return verdict is not None and any(finding.rule == rule.id for finding in verdict.findings)


def _post(rule: Rule, example: Example, number: int) -> Post:
    """Return one of the posts of an example, in a place that the rule covers."""
    channel = rule.scope.channels[0] if rule.scope.channels else "example"
    spread = example.within / max(1, example.times - 1)
    who = number % example.authors + 1
    now = _EPOCH + timedelta(seconds=spread * number)
    author = Author(
        who,
        f"author{who}",
        f"Author {who}",
        roles=frozenset(rule.scope.roles),
        created_at=now - timedelta(hours=example.account_hours),
        joined_at=now - timedelta(hours=example.member_hours),
    )
    return Post(
        id=number + 1,
        community=1,
        place=Place(1, channel),
        author=author,
        text=f"{example.text} {_numeral(number)}" if example.numbered else example.text,
        created_at=now,
        subject=example.subject,
        attachments=tuple(
            Attachment(n, f.filename, f.size, f.content_type, "", f.sha256)
            for n, f in enumerate(example.attachments, 1)
        ),
        mentions=example.mentions,
        mentions_everyone=example.mentions_everyone,
    )


def _numeral(number: int) -> str:
    """Return a word for a number, so that numbered posts differ in their letters."""
    return "".join(chr(ord("a") + int(digit)) * 3 for digit in str(number))
