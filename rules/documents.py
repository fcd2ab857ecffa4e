"""Read YAML documents safely, keeping the line of every value for error messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

MAX_BYTES = 4 * 1024 * 1024
MAX_NODES = 500_000
MAX_DEPTH = 40

Path = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


class _Loader(yaml.CSafeLoader):
    """The safe loader, less the YAML 1.1 readings that surprise people: `off`, `no` and `7:30`."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":int"))]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
)


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a document: where it is and what was expected. `line` counts from 1."""

    file: str
    line: int
    path: str
    problem: str

    def __str__(self) -> str:
        """Return `file:line: path: problem`."""
        where = f"{self.path}: " if self.path else ""
        # A key may hold a line break, a problem stays in one line.
        return " ".join(f"{self.file}:{self.line}: {where}{self.problem}".splitlines())


class InvalidDocument(ValueError):  # noqa: N818 - reads as what it is at every raise and except
    """A document that cannot be used, with every problem found in it."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems in the order of the file."""
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Document:
    """Plain data read from YAML, and the line of every value by its path."""

    file: str
    data: Any
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """Return the line of the value at `path`, or of the nearest one above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: Path, text: str) -> Problem:
        """Return a problem at `path`."""
        return Problem(self.file, self.line(path), dotted(path), text)

    def parse(self, model: type[M]) -> M:
        """Return the data as `model`. Raises InvalidDocument with every error at once."""
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            found = (explain(e, self.lines.__contains__) for e in error.errors())
            raise InvalidDocument([self.problem(path, text) for path, text in found]) from None


_LENGTHS = {
    "string_too_short": "{min_length} or more characters",
    "string_too_long": "{max_length} or fewer characters",
    "too_short": "{min_length} or more entries",
    "too_long": "{max_length} or fewer entries",
}
_KINDS = _LENGTHS | {
    "string_type": "text",
    "path_type": "a path",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
    "date_type": "a date such as 2026-09-01",
    "date_parsing": "a date such as 2026-09-01",
    "date_from_datetime_parsing": "a date such as 2026-09-01",
    "date_from_datetime_inexact": "a date such as 2026-09-01",
    "datetime_type": "a time such as 2026-09-01T08:30:00Z",
    "datetime_parsing": "a time such as 2026-09-01T08:30:00Z",
    "datetime_from_date_parsing": "a time such as 2026-09-01T08:30:00Z",
    "model_type": "keys and values",
    "dict_type": "keys and values",
    "tuple_type": "a list",
    "literal_error": "{expected}",
    "enum": "{expected}",
}
"""What is expected, by pydantic's name of the error: https://docs.pydantic.dev/latest/errors/validation_errors/"""
_FORMS = {
    r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$": "1 to 64 small letters, digits and inner hyphens",
    "^[A-Z]{2}$": "two capital letters, such as US",
}
_LONGEST_SHOWN = 60


def explain(error: Any, written: Callable[[Path], bool]) -> tuple[Path, str]:
    """Return the path and the plain words of one of pydantic's errors.

    Pydantic's path names steps that no file has, such as the branch of a union that it tried; only those
    that are `written`, and a key that is missing, belong in the path.
    """
    kind = error["type"]
    path: Path = ()
    for step in error["loc"][:-1]:
        path = (*path, step) if written((*path, step)) else path
    if kind == "missing":
        return (*path, error["loc"][-1]), "is required"
    last: Path = error["loc"][-1:]
    path = (*path, *last) if written((*path, *last)) else path
    if kind == "extra_forbidden":
        return path, "unknown key"
    if kind == "value_error":
        return path, error["msg"].removeprefix("Value error, ")
    return path, f"{_expected(error)} (got {_shown(error['input'], counted=kind in _LENGTHS)})"


def _expected(error: Any) -> str:
    context = error.get("ctx", {})
    if error["type"] == "string_pattern_mismatch":
        pattern = context["pattern"]
        return f"expected {_FORMS.get(pattern, f'text of the form {pattern}')}"
    if (words := _KINDS.get(error["type"])) is None:
        return str(error["msg"]).replace("Input should be", "expected", 1)
    return "expected " + words.format_map(context).replace("'", "")


def _shown(given: Any, *, counted: bool) -> str:
    if counted:
        return str(len(given))
    if isinstance(given, str | int | float):
        text = repr(given)
        return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
    if given is None or isinstance(given, date):
        return str(given or "nothing")
    return "keys and values" if isinstance(given, dict) else "a list"


def dotted(path: Path) -> str:
    """Return a path as people write it: `rules[2].when.words`."""
    out = ""
    for key in path:
        out += f"[{key}]" if isinstance(key, int) else f".{key}" if out else key
    return out


def read_document(text: str, file: str) -> Document:
    """Return the one YAML document in `text`.

    Anchors and aliases are refused, so that no small file can grow into a large one. Only `true` and `false`
    are booleans, and `7:30` is text, as in YAML 1.2. Raises InvalidDocument on malformed YAML, a repeated
    key, a tag, an alias, or more than 4 MiB, 500,000 values or 40 levels.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise InvalidDocument([Problem(file, 1, "", f"is larger than {MAX_BYTES // 1024 // 1024} MiB")])
    try:
        _refuse_aliases(text, file)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise InvalidDocument([Problem(file, line, "", f"is not valid YAML: {error.problem}")]) from None
    except yaml.reader.ReaderError as error:
        # The position counts bytes.
        line = text.encode()[: error.position].count(b"\n") + 1
        problem = f"is not valid YAML: {error.reason} (U+{error.character:04X})"
        raise InvalidDocument([Problem(file, line, "", problem)]) from None
    if node is None:
        return Document(file, {}, {(): 1})
    build = _Build(file)
    data = build.value(node, ())
    if build.problems:
        raise InvalidDocument(build.problems)
    return Document(file, data, build.lines)


def _refuse_aliases(text: str, file: str) -> None:
    """Look at the event stream, whose cost is linear, before anything is composed."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            problem = "anchors and aliases are not allowed; repeat the value"
            raise InvalidDocument([Problem(file, line, "", problem)])
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise InvalidDocument([Problem(file, line, "", f"is nested more than {MAX_DEPTH} levels deep")])
        if count > MAX_NODES:
            raise InvalidDocument([Problem(file, line, "", f"has more than {MAX_NODES} values")])


_STANDARD = "tag:yaml.org,2002:"
_COLLECTIONS = frozenset({f"{_STANDARD}map", f"{_STANDARD}seq"})


class _Build:
    """Turns composed nodes into plain data, noting lines and problems on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self._scalars = _Loader("")

    def value(self, node: yaml.Node, path: Path) -> Any:
        self.lines[path] = node.start_mark.line + 1
        if not isinstance(node, yaml.ScalarNode) and node.tag not in _COLLECTIONS:
            problem = f"has a tag, {node.tag.removeprefix(_STANDARD)!r}, which is not allowed; leave it out"
            self.problems.append(Problem(self.file, self.lines[path], dotted(path), problem))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, n)) for n, child in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[Hashable, Any]:
        out: dict[Hashable, Any] = {}
        for key_node, child in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            line = key_node.start_mark.line + 1
            if key is None or not key_node.tag.startswith(_STANDARD):
                self.problems.append(Problem(self.file, line, dotted(path), "a key must be plain text"))
                continue
            if key in out:
                self.problems.append(Problem(self.file, line, dotted((*path, key)), "the key is given twice"))
            out[key] = self.value(child, (*path, key))
            self.lines[(*path, key)] = line
        return out

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        try:
            return self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            problem = getattr(error, "problem", None) or str(error)
            self.problems.append(Problem(self.file, self.lines[path], dotted(path), problem))
            return None
