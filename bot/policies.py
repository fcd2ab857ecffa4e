"""Read policy files, those that come with Beadle and a city's own, and try whether they are even-handed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, timezone
from importlib.resources import files
from pathlib import Path, PurePosixPath
from time import perf_counter
from types import MappingProxyType

from bot.config import is_file_name, read_text, shipped_policies
from bot.ports import Clock, utc_now
from rules.documents import InvalidDocument, Problem
from rules.load import load_policy
from rules.merge import SHIPPED
from rules.neutrality import Uneven, example_frames, find_uneven, with_ballot
from rules.neutrality.frames import read_frames, read_swaps
from rules.policy import Policy
from rules.ruleset import Ruleset

_SWAPS = f"{SHIPPED}neutrality/swaps.yaml"
_FRAMES = f"{SHIPPED}neutrality/frames.txt"
_NOTHING: Mapping[str, str] = MappingProxyType({})
FIRST_ZONE = timezone(timedelta(hours=14))
"""Where a day begins first: a policy does not say where its city lies, and no date of today is refused."""


def read_policy(name: str, clock: Clock = utc_now, unsaved: Mapping[str, str] = _NOTHING) -> Policy:
    """Return the policy that a file or the name of a shipped policy means. Raises InvalidDocument.

    `unsaved` are texts, by their file's name, that take the place of what the disk has.
    """
    today = clock().astimezone(FIRST_ZONE).date()
    if is_file_name(name):
        return load_policy(name, lambda file: unsaved.get(file) or read_file(file), perf_counter, today)
    if name not in shipped_policies():
        expected = f"a file that ends in .yaml, or a shipped policy: {', '.join(shipped_policies())}"
        raise InvalidDocument([Problem(name, 1, "", f"is no policy; expected {expected}")])
    return load_policy(f"{SHIPPED}policies/{name}.yaml", read_file, perf_counter, today)


@dataclass(frozen=True, slots=True)
class Trial:
    """How even-handed a policy proved: the sentences that were tried, and the pairs that it judges unlike."""

    frames: int
    pairs: tuple[Uneven, ...]


def try_neutrality(ruleset: Ruleset, own_frames: Path | None = None, most: int | None = None) -> Trial:
    """Swap groups, parties, candidates and sides in sentences of a file, in the shipped ones and in examples.

    Judges at most `most` texts, or all: some ten thousand, which takes seconds and is not for an event loop.
    Raises InvalidDocument if the file cannot be used.
    """
    policy = ruleset.policy
    swaps = with_ballot(read_swaps(read_file(_SWAPS), _SWAPS), policy)
    own = read_frames(read_text(own_frames), str(own_frames), swaps) if own_frames else []
    shipped = read_frames(read_file(_FRAMES), _FRAMES, swaps)
    frames = [*own, *shipped, *example_frames(policy, swaps)]
    return Trial(len(frames), tuple(find_uneven(ruleset, frames, most)))


def read_file(name: str) -> str:
    """Return the text of a policy file, or of one that comes with Beadle. Raises FileNotFoundError."""
    if not name.startswith(SHIPPED):
        path = Path(name)
        if not path.exists():
            raise FileNotFoundError(name)
        return read_text(path)
    path_inside = PurePosixPath(name.removeprefix(SHIPPED))
    if ".." in path_inside.parts:
        raise FileNotFoundError(name)
    return files("rules").joinpath(*path_inside.parts).read_text("utf-8")
