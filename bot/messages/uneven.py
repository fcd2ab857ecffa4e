"""What staff are told of comments that a policy judges unlike, though they differ only in whom they name."""

from __future__ import annotations

from collections.abc import Iterator

from bot.messages.text import clip, count, escape
from bot.policies import Trial
from rules.neutrality import Judged, Uneven

LONGEST = 300


def warning(trial: Trial, policy: str) -> str | None:
    """Return what to say of a policy that is not even-handed, with one pair, or None of one that is."""
    if not trial.pairs:
        return None
    shown = escape("\n".join(lines(trial.pairs[0])))
    return (
        f"The policy judges comments unlike by whom they name, in {count(len(trial.pairs), 'pair')} of like "
        f"comments or more. `beadle check --neutrality {policy}` lists them all. For example:\n{shown}"
    )


def lines(pair: Uneven) -> Iterator[str]:
    """Yield the rules that tell a pair apart and its sentence, then each text with its verdict."""
    yield f"{', '.join(pair.rules)}: {clip(pair.frame.written, LONGEST)} ({pair.frame.where})"
    yield f"    {_judged(pair.one)}"
    yield f"    {_judged(pair.other)}"


def _judged(judged: Judged) -> str:
    findings = judged.verdict.findings
    found = f" ({', '.join(f'{f.rule}: {f.category.value}' for f in findings)})" if findings else ""
    return f"{judged.verdict.action.word}{found}: {clip(judged.text, LONGEST)}"
