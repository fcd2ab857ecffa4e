"""Compile a policy into a ruleset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rules.conditions import asks_the_model, condition, denied_detectors
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
    numbered: list[Detector] = []
    denied: set[int] = set()

    def number(detector: Detector) -> int:
        numbered.append(detector)
        return len(numbered) - 1

    by_detector: defaultdict[int, list[CompiledRule]] = defaultdict(list)
    for rule in policy.rules:
        if rule.action.removes and asks_the_model(rule.when):
            raise ValueError(f"the rule {rule.id} asks the model, and so may only flag")
        if rule.enabled:
            first = len(numbered)
            holds = condition(rule.when, number)
            own = range(first, len(numbered))
            under_not = [*map(id, denied_detectors(rule.when))]
            denied.update(n for n in own if id(numbered[n]) in under_not)
            secret = tuple(n for n in own if isinstance(numbered[n], Private))
            excusable = any(n in denied and isinstance(numbered[n], Sentences) for n in own)
            compiled = CompiledRule(rule, holds, secret, excusable)
            for n in own:
                by_detector[n].append(compiled)
    ruleset = Ruleset(policy, _indexes(policy, numbered, denied, clock), dict(by_detector))
    for sample in SAMPLES:
        ruleset.mask(sample.decode())
    return ruleset


def _indexes(policy: Policy, numbered: list[Detector], denied: set[int], clock: Clock | None) -> Indexes:
    """Return what searches. Sentences that are only asked for under `not`, the `denied`, are excuses."""

    def of(kind: type[D]) -> list[tuple[int, D]]:
        return [(n, detector) for n, detector in enumerate(numbered) if isinstance(detector, kind)]

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
    meant = [wanted for wanted in spoken if wanted.detector not in denied]
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

        model = classifier.build(of(Classifier))
    alone, beside = terms.vocabulary(found)
    vocabulary = Vocabulary(alone, beside | patterns.vocabulary(searched) | sentences.vocabulary(meant))
    built.append(floods.build(of(Repeats), of(Rate)))
    excuses = [wanted for wanted in spoken if wanted.detector in denied]
    return Indexes(tuple(built), sentences.build_excuses(excuses) if excuses else None, model, vocabulary)


def _public(contacts: Iterable[Contact]) -> tuple[str, ...]:
    entries = ((contact.phone, contact.email, contact.address) for contact in contacts)
    return tuple(entry for own in entries for entry in own if entry)
