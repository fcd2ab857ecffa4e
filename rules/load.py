"""Load a policy from YAML, and write it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from rules.check import find_problems
from rules.detectors.patterns.costs import Clock
from rules.documents import InvalidDocument, Problem, explain
from rules.merge import AUTHORITY, Merged, gather_documents
from rules.policy import Policy
from rules.verdict import Category

_STAND_INS: dict[str, dict[str, Any]] = {
    "clauses": {"title": "", "text": ""},
    "rules": {"category": Category.OTHER, "when": {"words": ["stand-in"]}, "enabled": False},
}
"""What stands for that of a part which cannot be read, while the rest of it is checked."""
_DEED = {"action", *AUTHORITY}


def load_policy(
    file: str, read: Callable[[str], str], clock: Clock | None = None, today: date | None = None
) -> Policy:
    """Return the policy in `file`, laid over those it extends.

    `read` returns the text of a file by its name and raises FileNotFoundError; a name that begins with
    `shipped:` means a file below the folder of this package. With a clock, patterns are timed, and those too
    slow refused; with `today`, an authority that is dated later is too. Raises InvalidDocument with every
    problem found.
    """
    merged = Merged()
    for document in gather_documents(file, read):
        merged.lay(document, read)
    problems = list(merged.problems)
    policy = _validate(merged, problems)
    if policy is not None:
        problems += [merged.locate(path, text) for path, text in find_problems(policy, clock, today)]
    if problems or policy is None:
        raise InvalidDocument(problems)
    return policy


def _validate(merged: Merged, problems: list[Problem]) -> Policy | None:
    """Return the policy with what can be read of its clauses and rules, after adding to the problems.

    Returns None if more is malformed, since then nothing said of references would be true.
    """
    try:
        return Policy.model_validate(merged.data)
    except ValidationError as error:
        errors = error.errors()
    problems += dict.fromkeys(_explained(merged, errors))
    bad: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for e in errors:
        if e["loc"][0] not in _STAND_INS or (e["loc"][0], e["loc"][2]) == ("clauses", "id"):
            return None
        bad[str(e["loc"][0]), int(e["loc"][1])].add(str(e["loc"][2]))
    for (section, place), keys in bad.items():
        merged.data[section][place] = _readable(section, merged.data[section][place], keys)
    loose = {
        place for (section, place), keys in bad.items() if section == "rules" and keys & {"id", "clause"}
    }
    merged.leave_out("rules", loose)
    return Policy.model_validate(merged.data)


def _readable(section: str, part: dict[str, Any], bad: set[str]) -> dict[str, Any]:
    """Return a part with what can be read of it, such that nothing untrue is found wrong with the rest."""
    unsure = {"examples", *bad}
    if unsure & _DEED:
        unsure |= _DEED
    return _STAND_INS[section] | {key: value for key, value in part.items() if key not in unsure}


def _explained(merged: Merged, errors: list[ErrorDetails]) -> Iterator[Problem]:
    missing: defaultdict[tuple[int | str, ...], list[str]] = defaultdict(list)
    for error in errors:
        if error["type"] == "missing" and len(error["loc"]) == 3:
            missing[error["loc"][:2]].append(str(error["loc"][2]))
    lost = {part: merged.unfamiliar(str(part[0]), int(part[1]), keys) for part, keys in missing.items()}
    for error in errors:
        problem = lost.get(error["loc"][:2]) if error["type"] == "missing" else None
        yield problem or merged.locate(*explain(error, merged.written))


class _Dumper(yaml.SafeDumper):
    """The safe dumper, with line breaks that YAML would take for a plain one written as escapes."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = '"' if any(c in text for c in "\r\x85\u2028\u2029\ufeff") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def dump_policy(policy: Policy) -> str:
    """Return a policy as YAML that loads to the same version."""
    data = policy.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
