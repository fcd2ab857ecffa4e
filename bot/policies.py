"""Read policy files: those that come with Beadle, and a city's own."""

from __future__ import annotations

from datetime import timedelta, timezone
from importlib.resources import files
from pathlib import Path, PurePosixPath
from time import perf_counter

from bot.config import is_file_name, read_text, shipped_policies
from bot.ports import Clock, utc_now
from rules.documents import InvalidDocument, Problem
from rules.load import load_policy
from rules.merge import SHIPPED
from rules.policy import Policy

FIRST_ZONE = timezone(timedelta(hours=14))
"""Where a day begins first: a policy does not say where its city lies, and no date of today is refused."""


def read_policy(name: str, clock: Clock = utc_now) -> Policy:
    """Return the policy that a file or the name of a shipped policy means. Raises InvalidDocument."""
    today = clock().astimezone(FIRST_ZONE).date()
    if is_file_name(name):
        return load_policy(name, _read, perf_counter, today)
    if name not in shipped_policies():
        expected = f"a file that ends in .yaml, or a shipped policy: {', '.join(shipped_policies())}"
        raise InvalidDocument([Problem(name, 1, "", f"is no policy; expected {expected}")])
    return load_policy(f"{SHIPPED}policies/{name}.yaml", _read, perf_counter, today)


def _read(name: str) -> str:
    if not name.startswith(SHIPPED):
        path = Path(name)
        if not path.exists():
            raise FileNotFoundError(name)
        return read_text(path)
    path_inside = PurePosixPath(name.removeprefix(SHIPPED))
    if ".." in path_inside.parts:
        raise FileNotFoundError(name)
    return files("rules").joinpath(*path_inside.parts).read_text("utf-8")
