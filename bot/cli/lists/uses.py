"""Tell how the rules of a policy use a list."""

from __future__ import annotations

from collections.abc import Iterator

from rules.conditions import detectors
from rules.detectors.links.reading import domains, normal_domain
from rules.policy import NamedList, Policy
from rules.when import Detector, Links, When

OWN = "own-domains"


def is_used(policy: Policy, list_id: str) -> bool:
    """Return whether a rule names a list."""
    wanted = (detector for rule in policy.rules for detector in detectors(rule.when))
    fields = ("lists", "except_lists", "imitating_lists")
    return any(list_id in getattr(detector, field, ()) for detector in wanted for field in fields)


def decides_alone(policy: Policy, list_id: str) -> bool:
    """Return whether a rule finds a comment by nothing but an entry of a list, or none uses the list yet."""
    wanted = (detector for rule in policy.rules for detector in _alone(rule.when))
    found = any(list_id in getattr(detector, "lists", ()) for detector in wanted)
    return found or not is_used(policy, list_id)


def _alone(when: When) -> Iterator[Detector]:
    if when.detector:
        yield when.detector
    for part in when.any or ():
        yield from _alone(part)


def own_domain(entry: str, named: NamedList, policy: Policy) -> str | None:
    """Return why a domain of the city's own cannot go into a list of links that a rule looks for."""
    wanted = (detector for rule in policy.rules for detector in detectors(rule.when))
    if not any(isinstance(detector, Links) and named.id in detector.lists for detector in wanted):
        return None
    own = {
        normal_domain(known): known for other in policy.lists if other.id == OWN for known in other.entries
    }
    covering = next((own[name] for name in domains(normal_domain(entry)) if name in own), None)
    return covering and f"is one of the city's own and trusted sites ({covering!r} in the list {OWN})"
