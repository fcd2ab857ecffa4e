"""Read a configuration from its file, and the token from the environment."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from bot.config.files import is_file_name, read_text, shipped_policies
from bot.config.sections import Config
from bot.config.together import conflicts
from bot.errors import NeedsMending
from rules.documents import Document, InvalidDocument, Problem, read_document
from rules.documents import Path as Keys

TOKEN_VARIABLE = "BEADLE_TOKEN"  # noqa: S105 - the variable's name, not a secret


class TokenMissing(NeedsMending):
    """The bot's token is not in the environment, or is not a token."""


def load_config(path: Path) -> Config:
    """Return the configuration in the file at `path`, its relative paths resolved beside that file.

    Raises InvalidDocument with every problem at once, a file that cannot be read among them.
    """
    document = _with_sections(read_document(read_text(path), str(path)))
    problems = {*_wrong_keys(document, Config, document.data, ()), *_wrong_policy(document, path.parent)}
    known = {problem.path for problem in problems}
    problems.update(conflicts(document))
    try:
        config = document.parse(Config)
    except InvalidDocument as error:
        problems.update(problem for problem in error.problems if problem.path not in known)
        raise InvalidDocument([*problems]) from None
    if problems:
        raise InvalidDocument([*problems])
    policy = str(path.parent / config.policy) if is_file_name(config.policy) else config.policy
    database_path = (path.parent / config.database_path).absolute()
    return config.model_copy(update={"policy": policy, "database_path": database_path})


def token_from_env() -> str:
    """Return the bot's token from BEADLE_TOKEN. Raises TokenMissing."""
    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    if not token:
        raise TokenMissing(f"set the environment variable {TOKEN_VARIABLE} to the bot's token")
    if not token.isprintable() or " " in token:
        raise TokenMissing(f"{TOKEN_VARIABLE} is not a token: expected one word, without `Bot ` before it")
    return token


def _with_sections(document: Document) -> Document:
    """Add the sections that must be there, empty, so that all is named that they need."""
    if not isinstance(document.data, dict):
        return document
    names = [name for name, field in Config.model_fields.items() if field.is_required()]
    data: dict[str, Any] = {name: {} for name in names} | document.data
    return replace(document, data=data, lines={(name,): 1 for name in names} | dict(document.lines))


def _wrong_policy(document: Document, folder: Path) -> Iterator[Problem]:
    """Find that there is no such policy, while it is known which line names it."""
    name = document.data.get("policy") if isinstance(document.data, dict) else None
    if not isinstance(name, str):
        return
    if is_file_name(name):
        try:
            (folder / name).open("rb").close()
        except OSError as error:
            yield document.problem(("policy",), f"{name} cannot be read: {error.strerror}")
    elif name not in (known := shipped_policies()):
        expected = f"a file that ends in .yaml, or a shipped policy: {', '.join(known)}"
        yield document.problem(("policy",), f"expected {expected} (got {name!r})")


def _wrong_keys(document: Document, model: type[BaseModel], data: Any, at: Keys) -> Iterator[Problem]:
    """Find keys that do not belong, and say which were likely meant; pydantic only says that they do not."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    if not isinstance(data, dict):
        yield document.problem(at, f"expected a section with the keys {', '.join(fields)}")
        return
    for key, value in data.items():
        path = (*at, key)
        if key not in fields:
            yield document.problem(path, _advice(key, list(fields)))
            continue
        inner = _model(fields[key].annotation)
        if inner and isinstance(value, list):
            for n, item in enumerate(value):
                yield from _wrong_keys(document, inner, item, (*path, n))
        elif inner:
            yield from _wrong_keys(document, inner, value, path)


def _advice(key: str, known: list[str]) -> str:
    if "token" in key.lower():
        return f"the token is never written in a file: set the environment variable {TOKEN_VARIABLE}"
    near = difflib.get_close_matches(key, known, n=1)
    return f"unknown key; did you mean {near[0]}?" if near else f"unknown key; expected {', '.join(known)}"


def _model(annotation: Any) -> type[BaseModel] | None:
    """Return the section that a field holds, or holds several of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for argument in get_args(annotation) if (model := _model(argument))), None)
