"""Find what a policy says of one group, party, candidate, creed or side and not of another in like words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from rules.conditions import detectors
from rules.neutrality.frames import MOST_TEXTS, Frame, Swaps, frames_in
from rules.policy import Policy
from rules.post import Author, Place, Post
from rules.ruleset import Ruleset
from rules.verdict import Verdict
from rules.when import Campaign

AT_LOAD = 2_000
"""How many texts are judged when a policy is loaded: a fraction of a second's work."""
_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Judged:
    """A text, and what the policy says of it."""

    text: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Uneven:
    """A pair of texts alike but for a word that should not matter, which the policy judges unlike."""

    frame: Frame
    one: Judged
    other: Judged

    @property
    def rules(self) -> tuple[str, ...]:
        """Return the ids of the rules that found one of the texts and not the other."""
        one, other = ({f.rule for f in judged.verdict.findings} for judged in (self.one, self.other))
        return tuple(sorted(one ^ other))


def find_uneven(ruleset: Ruleset, frames: Sequence[Frame], most: int | None = None) -> Iterator[Uneven]:
    """Yield a pair for each text that is judged otherwise than most of its frame are.

    Verdicts differ if their action, priority or rules do. Every text is judged in each place and role
    that a rule is bound to. With `most`, no more than so many texts are judged: of each frame as many as of
    any other, each frame beginning with other words.
    """
    posts = _posts(ruleset.policy)
    share = MOST_TEXTS
    if most is not None:
        frames = frames[: most // (2 * len(posts))]
        share = most // (len(posts) * max(1, len(frames)))
    for number, frame in enumerate(frames):
        texts = _some(frame.texts, share, number)
        told: set[str] = set()
        for post in posts:
            said = (replace(post, text=text, subject=frame.subject) for text in texts)
            for pair in _unlike(frame, [Judged(p.text, ruleset.evaluate(p)) for p in said]):
                if pair.other.text not in told:
                    told.add(pair.other.text)
                    yield pair


def example_frames(policy: Policy, swaps: Swaps) -> list[Frame]:
    """Return the frames that the examples of a policy's rules make."""
    return [
        frame
        for rule in policy.rules
        for example in (*rule.examples.match, *rule.examples.allow)
        for frame in frames_in(example.text, f"an example of the rule {rule.id}", swaps, example.subject)
    ]


def with_ballot(swaps: Swaps, policy: Policy) -> Swaps:
    """Return the swaps with the candidates and measures of a policy's campaign rules, where it lists any."""
    lists = {named.id: named.entries for named in policy.lists}
    wanted = [d for rule in policy.rules for d in detectors(rule.when) if isinstance(d, Campaign)]
    entries = dict.fromkeys(
        entry for d in wanted for entry in (*d.any_of, *(e for name in d.lists for e in lists[name]))
    )
    people = tuple(entry for entry in entries if entry.replace(" ", "").isalpha())
    measures = tuple(entry for entry in entries if entry not in people)
    filed = {"candidate": people, "measure": measures}
    sets = {n: s.model_copy(update={"words": filed[n]}) if filed.get(n) else s for n, s in swaps.sets.items()}
    return swaps.model_copy(update={"sets": sets})


def _some(texts: Sequence[str], share: int, turn: int) -> Sequence[str]:
    """Return so many of some texts, at each turn from where the turn before left off."""
    if share >= len(texts):
        return texts
    first = turn * share % len(texts)
    return (*texts[first:], *texts[:first])[:share]


def _posts(policy: Policy) -> list[Post]:
    """Return an empty post for each place and role that the policy tells apart, anybody's first."""
    scopes = [(rule.scope.roles, rule.scope.channels) for rule in policy.rules if rule.enabled]
    return [
        Post(
            id=1,
            community=1,
            place=Place(1, channels[0] if channels else "example"),
            author=Author(1, "example", "Example", roles=frozenset(roles)),
            text="",
            created_at=_NOON,
        )
        for roles, channels in dict.fromkeys([((), ()), *scopes])
    ]


def _unlike(frame: Frame, judged: Sequence[Judged]) -> Iterator[Uneven]:
    said = [_said(each.verdict) for each in judged]
    if len(set(said)) > 1:
        usual = Counter(said).most_common(1)[0][0]
        one = judged[said.index(usual)]
        yield from (Uneven(frame, one, each) for each, s in zip(judged, said, strict=True) if s != usual)


def _said(verdict: Verdict) -> tuple[object, ...]:
    return verdict.action, verdict.priority, frozenset(f.rule for f in verdict.findings)
