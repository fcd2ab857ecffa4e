"""A compiled policy, and what it says of a post."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rules.conditions import Condition, asks_the_model, detectors
from rules.detectors.private import mask_label
from rules.detectors.scan import MAX_MATCHES, Hit, Index, Scan
from rules.detectors.sentences.excuses import Excuses
from rules.policy import Clause, Policy, Rule
from rules.post import Author, Place, Post
from rules.text.vocabulary import Vocabulary
from rules.verdict import ALLOWED, Category, Finding, Priority, Verdict
from rules.when import Attachments
from rules.window import Window

_NOWHERE = Place(0, "")
_NOBODY = Author(0, "", "")


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule and its condition. `private` are the numbers of its private-data detectors.

    `needs` are detectors without which it cannot hold.
    """

    rule: Rule
    condition: Condition
    needs: frozenset[int]
    private: tuple[int, ...]
    excuses: Excuses

    def applies(self, post: Post) -> bool:
        """Return whether a post is of the rule's subjects and within its scope."""
        rule, scope = self.rule, self.rule.scope
        if post.subject not in rule.subjects:
            return False
        if scope.exempt_roles and not post.author.roles.isdisjoint(scope.exempt_roles):
            return False
        if scope.roles and post.author.roles.isdisjoint(scope.roles):
            return False
        if not scope.channels and not scope.exempt_channels:
            return True
        keys = post.place.keys
        if not keys.isdisjoint(scope.exempt_channels):
            return False
        return not scope.channels or not keys.isdisjoint(scope.channels)


@dataclass(frozen=True, slots=True)
class Indexes:
    """What looks at a post: the exact ones at every post, the others where their answer can matter."""

    exact: tuple[Index, ...]
    excuses: Mapping[int, Index]
    model: Index | None
    likely: frozenset[int]
    """The numbers of the detectors that the model decides."""
    vocabulary: Vocabulary
    """The words that are known when signs stand for some of their letters."""


class Ruleset:
    """A compiled policy. It never changes; a new version is a new ruleset."""

    def __init__(self, policy: Policy, indexes: Indexes, rules: Mapping[int, Sequence[CompiledRule]]) -> None:
        """Keep the indexes that search, and the rules that each detector may decide, by its number."""
        self.policy = policy
        self.version = policy.version
        self._indexes = indexes
        self._exact = {n: [r for r in own if not asks_the_model(r.rule.when)] for n, own in rules.items()}
        self._asking = {n: [r for r in own if asks_the_model(r.rule.when)] for n, own in rules.items()}
        self._urgent = {
            n: [r for r in own if r.rule.priority is Priority.URGENT and n in r.excuses.said]
            for n, own in self._asking.items()
        }
        """By what finds their words, the rules that call for somebody at once if the model bears them out."""
        secret = (r for compiled in rules.values() for r in compiled if r.rule.category is Category.PRIVACY)
        self._private = frozenset(number for compiled in secret for number in compiled.private)
        self._rules = {rule.id: rule for rule in policy.rules}
        self._clauses = {clause.id: clause for clause in policy.clauses}
        wanted = [d for rule in policy.rules if rule.enabled for d in detectors(rule.when)]
        self.needs_digests = any(isinstance(d, Attachments) and bool(d.hashes or d.lists) for d in wanted)
        """Whether a rule asks for digests of files, which are known only once a post's files are fetched."""

    def evaluate(self, post: Post, window: Window | None = None) -> Verdict:
        """Return what the policy says of a post, and record the post in the window.

        A removal stands on exact rules alone: of a post that one of them removes, the model is asked only
        where it may hold a threat or a call for help besides.
        """
        scan = self._search(Scan(post, self._indexes.vocabulary, window))
        if not scan.hits and self._indexes.model is None:
            return ALLOWED
        held = _applying(self._holding(scan, self._exact), post)
        removed = any(r.rule.action.removes for r, _ in held)
        if self._indexes.model is not None and (not removed or self._may_be_urgent(scan)):
            self._indexes.model(scan)
        held += _applying(self._holding(scan, self._asking), post)
        if not held:
            return ALLOWED
        findings = [_finding(r.rule, hits) for r, hits in held]
        findings.sort(key=lambda f: (-f.action, -f.priority, f.rule))
        return Verdict(max(f.action for f in findings), max(f.priority for f in findings), tuple(findings))

    def mask(self, text: str) -> str:
        """Return a text with a label in place of everything that a privacy rule matches in it.

        Its private data is masked always, other matches where the rule as a whole holds.
        """
        post = Post(0, 0, _NOWHERE, _NOBODY, text, datetime.min.replace(tzinfo=UTC))
        scan = self._search(Scan(post, self._indexes.vocabulary, most=max(1, len(text))))
        hits = [scan.hits[number] for number in self._private & scan.hits.keys()]
        holding = self._holding(scan, self._exact) + self._holding(scan, self._asking)
        hits += [h for r, held in holding if r.rule.category is Category.PRIVACY for h in held]
        return _masked(text, sorted((m.start, m.end, mask_label(m)) for hit in hits for m in hit.matches))

    def rule(self, rule_id: str) -> Rule:
        """Return a rule by its id. Raises KeyError."""
        return self._rules[rule_id]

    def clause(self, clause_id: str) -> Clause:
        """Return a clause by its id. Raises KeyError."""
        return self._clauses[clause_id]

    def _search(self, scan: Scan) -> Scan:
        for index in self._indexes.exact:
            index(scan)
        return scan

    def _may_be_urgent(self, scan: Scan) -> bool:
        """Return whether a rule that calls for somebody at once would hold if the model said so."""
        rules = {id(r): r for number in scan.hits for r in self._urgent.get(number, ())}
        supposed = {**scan.hits, **dict.fromkeys(self._indexes.likely, Hit())} if rules else scan.hits
        return any(r.condition(supposed) is not None for r in rules.values())

    def _holding(self, scan: Scan, rules: _Rules) -> _Held:
        """Return which of the rules hold, once each, with the hits they hold by."""
        hits = scan.hits.keys()
        awakened = {id(r): r for number in hits for r in rules.get(number, ()) if r.needs <= hits}
        held = _held(awakened.values(), scan)
        excuses = {number for r, _ in held for number in r.excuses.all}
        for number in excuses:
            self._indexes.excuses[number](scan)
        if excuses.isdisjoint(scan.hits):
            return held
        again = ((r, r.condition(r.excuses.without_far(scan))) for r, _ in held)
        return [(r, satisfied) for r, satisfied in again if satisfied is not None]


_Rules = Mapping[int, Sequence[CompiledRule]]
_Held = list[tuple[CompiledRule, list[Hit]]]


def _applying(held: _Held, post: Post) -> _Held:
    return [(r, hits) for r, hits in held if r.applies(post)]


def _held(rules: Iterable[CompiledRule], scan: Scan) -> _Held:
    return [(r, hits) for r in rules if (hits := r.condition(scan.hits)) is not None]


def _finding(rule: Rule, hits: list[Hit]) -> Finding:
    # Several detectors may find the same words: what says most of how they were written stands for all.
    told = sorted((m for hit in hits for m in hit.matches), key=lambda m: (len(m.undone), m.undone, m.form))
    found = {(m.part != "text", m.part, m.start, m.end): m for m in told}
    matches = [match for _, match in sorted(found.items())]
    return Finding(
        rule.id,
        rule.clause,
        rule.category,
        rule.action,
        rule.priority,
        tuple(matches[:MAX_MATCHES]),
        "; ".join(dict.fromkeys(detail for hit in hits for detail in hit.details)),
        next((hit.incident for hit in hits if hit.incident), None),
    )


def _masked(text: str, spans: list[tuple[int, int, str]]) -> str:
    out, at = [], 0
    for start, end, label in spans:
        if start >= at:
            out += [text[at:start], label]
        at = max(at, end)
    return "".join([*out, text[at:]])
