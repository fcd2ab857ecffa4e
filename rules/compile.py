"""Compile a policy into a ruleset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from itertools import chain

from rules.conditions import asked, asks_the_model, condition, needs
from rules.detectors import (
    attachments,
    campaign,
    excess,
    floods,
    handles,
    links,
    mentions,
    newcomers,
    patterns,
    private,
    sentences,
    words,
)
from rules.detectors.patterns.costs import SAMPLES, Clock
from rules.detectors.scan import D, Index
from rules.detectors.sentences.excuses import Excuses
from rules.detectors.words import terms
from rules.policy import Contact, Policy
from rules.ruleset import CompiledRule, Indexes, Ruleset
from rules.text.vocabulary import Vocabulary
from rules.when import (
    Attachments,
    Campaign,
    Classifier,
    Detector,
    Excess,
    Handles,
    Invites,
    Joins,
    Links,
    Mentions,
    Newcomer,
    Patterns,
    Private,
    Rate,
    Repeats,
    Sentences,
    Words,
)


def compile_policy(policy: Policy, clock: Clock | None = None) -> Ruleset:
    """Return the ruleset of a policy that has been checked, warmed up on sample comments.

    Takes up to half a second: not for an event loop. With a clock, patterns that would slow the others down
    are found by timing and searched for by themselves. Raises ValueError if a rule that asks the model would
    remove a comment.
    """
    for rule in policy.rules:
        if rule.action.removes and asks_the_model(rule.when):
            raise ValueError(f"the rule {rule.id} asks the model, and so may only flag")
    enabled = [(rule, [*asked(rule.when)]) for rule in policy.rules if rule.enabled]
    numbers: dict[Detector, int] = {}
    for detector, _ in chain.from_iterable(own for _, own in enabled):
        numbers.setdefault(detector, len(numbers))
    meant = {detector for _, own in enabled for detector, denied in own if not denied}
    excuses = {n for d, n in numbers.items() if isinstance(d, Sentences) and d not in meant}
    by_detector: defaultdict[int, list[CompiledRule]] = defaultdict(list)
    for rule, detectors in enabled:
        own = {numbers[detector]: detector for detector, _ in detectors}
        secret = tuple(n for n, detector in own.items() if isinstance(detector, Private))
        holds = condition(rule.when, numbers.__getitem__)
        needed = needs(rule.when, numbers.__getitem__)
        said = {n for n, d in own.items() if isinstance(d, Words | Patterns | Sentences)} - excuses
        beside = {n for n, d in own.items() if isinstance(d, Sentences) and d.beside}
        excusing = Excuses(tuple(excuses & own.keys()), frozenset(beside), frozenset(said))
        compiled = CompiledRule(rule, holds, needed, secret, excusing)
        for n in own:
            by_detector[n].append(compiled)
    ruleset = Ruleset(policy, _indexes(policy, numbers, excuses, clock), dict(by_detector))
    for sample in SAMPLES:
        ruleset.mask(sample.decode())
    return ruleset


def _indexes(
    policy: Policy, numbers: Mapping[Detector, int], excuses: Set[int], clock: Clock | None
) -> Indexes:
    """Return what searches. Sentences that are only asked for under `not` are `excuses`."""

    def of(kind: type[D]) -> list[tuple[int, D]]:
        return [(n, detector) for detector, n in numbers.items() if isinstance(detector, kind)]

    lists = {named.id: named for named in policy.lists}
    public = _public(policy.contacts.values())
    built: list[Index] = []
    found = [term for number, detector in of(Words) for term in terms.terms(number, detector, lists)]
    if found:
        built.append(words.build(found))
    searched = [(number, patterns.with_lists(detector, lists)) for number, detector in of(Patterns)]
    if searched:
        built.append(patterns.build(searched, clock))
    spoken = [sentences.with_lists(number, detector, lists) for number, detector in of(Sentences)]
    meant = [wanted for wanted in spoken if wanted.detector not in excuses]
    built += [sentences.build(meant)] if meant else []
    linked, invited = of(Links), of(Invites)
    if linked or invited:
        built.append(links.build(linked, invited, lists))
    if of(Private):
        built.append(private.build(of(Private), lists, public))
    if of(Mentions):
        built.append(mentions.build(of(Mentions)))
    if of(Attachments):
        built.append(attachments.build(of(Attachments), lists))
    if of(Excess):
        built.append(excess.build(of(Excess)))
    if of(Handles):
        built.append(handles.build(of(Handles), lists, policy.city))
    if of(Campaign):
        built.append(campaign.build(of(Campaign), lists))
    young, waves = of(Newcomer), of(Joins)
    if young or waves:
        built.append(newcomers.build(young, waves))
    model = None
    if of(Classifier):
        from rules.detectors import classifier  # noqa: PLC0415 - only a policy that asks for it loads NumPy

        model = classifier.build(of(Classifier), _beside_the_model(policy, numbers))
    alone, beside = terms.vocabulary(found)
    others = beside | patterns.vocabulary(searched) | sentences.vocabulary(meant)
    vocabulary = Vocabulary(alone, others, words.literals(found))
    built.append(floods.build(of(Repeats), of(Rate)))
    excusing = {w.detector: sentences.build_excuse(w) for w in spoken if w.detector in excuses}
    likely = frozenset(number for number, _ in of(Classifier))
    return Indexes(tuple(built), excusing, model, likely, vocabulary)


def _beside_the_model(policy: Policy, numbers: Mapping[Detector, int]) -> set[int]:
    """Return the detectors without a find of which no rule asks the model about parts of a text."""
    found: set[int] = set()
    for rule in policy.rules:
        own = [*asked(rule.when)] if rule.enabled else []
        if any(isinstance(d, Classifier) and d.anywhere for d, _ in own):
            found |= {numbers[d] for d, denied in own if not denied and not isinstance(d, Classifier)}
    return found


def _public(contacts: Iterable[Contact]) -> tuple[str, ...]:
    entries = ((contact.phone, contact.email, contact.address) for contact in contacts)
    return tuple(entry for own in entries for entry in own if entry)
