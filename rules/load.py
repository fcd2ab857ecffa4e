"""Load a policy from YAML, and write it back."""

from __future__ import annotations

from collections.abc import Callable

import yaml
from pydantic import ValidationError

from rules.check import find_problems
from rules.documents import InvalidDocument, explain
from rules.merge import Merged, gather_documents
from rules.policy import Policy


def load_policy(file: str, read: Callable[[str], str]) -> Policy:
    """Return the policy in `file`, laid over those it extends.

    `read` returns the text of a file by its name and raises FileNotFoundError; a name that begins with
    `shipped:` means a file below the folder of this package. Raises InvalidDocument with every problem found.
    """
    merged = Merged()
    for document in gather_documents(file, read):
        merged.lay(document, read)
    if merged.problems:
        raise InvalidDocument(merged.problems)
    try:
        policy = Policy.model_validate(merged.data)
    except ValidationError as error:
        explained = (explain(e, merged.written) for e in error.errors())
        raise InvalidDocument([merged.locate(path, text) for path, text in explained]) from None
    found = find_problems(policy)
    if found:
        raise InvalidDocument([merged.locate(path, text) for path, text in found])
    return policy


def dump_policy(policy: Policy) -> str:
    """Return a policy as YAML that loads to the same version."""
    data = policy.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)
