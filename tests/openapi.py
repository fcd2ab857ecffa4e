"""Discord's published API description, as a judge of what the bot and the sandbox say to each other.

Objects are closed before use, so a misspelt or invented field is a mismatch as much as a missing one. What
Discord accepts or answers beyond its description stands in openapi_exceptions, each entry with its reason.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jsonschema_rs import Draft202012, Draft202012Validator, Registry, ValidationError

from tests.openapi_events import event_schemas
from tests.openapi_exceptions import AMENDMENTS, AMENDMENTS_SENT, OUT_OF_SCOPE, QUERY_SENT, Amendment

if TYPE_CHECKING:
    from bot.sandbox import Exchange

JSON = "application/json"
FORM = "multipart/form-data"
BOOLEANS = {"true": True, "false": False, "1": True, "0": False}

_SENT, _ANSWERED = "urn:discord:sent", "urn:discord:answered"
_PREFIX = re.compile(r"^/api/v10(?=/)")
# Error is what ErrorResponse and RatelimitedResponse extend by allOf, which closing it would forbid.
_OPEN = {"Error"}


def description_path() -> Path:
    """Name the file the description is read from; it need not exist."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "discord-openapi.json"
    return Path(os.environ.get("BEADLE_DISCORD_OPENAPI") or beside)


@dataclass(frozen=True)
class Operation:
    """One method on one path, with pointers to where each thing said in it is described.

    `bodies` are by content type, `answers` by status; an answer without content has no pointer.
    """

    name: str
    query: Mapping[str, str]
    bodies: Mapping[str, str]
    answers: Mapping[str, str | None]


class ApiDescription:
    """Find what is described of an exchange, a component or an event, and list what departs from it."""

    def __init__(self, path: Path) -> None:
        text = path.read_text("utf-8")
        sent = _amended(text, AMENDMENTS + AMENDMENTS_SENT)
        document = _amended(text, AMENDMENTS)
        self._events = event_schemas(document["components"]["schemas"])
        document["events"] = self._events
        self._registry = Registry([(_SENT, sent), (_ANSWERED, document)], draft=Draft202012)
        self._operations: dict[str, tuple[re.Pattern[str], list[Operation]]] = {}
        for method in ("get", "post", "put", "patch", "delete"):
            # Sorted, "{" comes after every letter and "@": a literal segment wins over a parameter.
            paths = sorted(path for path, item in document["paths"].items() if method in item)
            self._operations[method.upper()] = (
                re.compile("|".join(f"({re.sub('{[^/]*}', '[^/]+', path)})" for path in paths)),
                [_operation(document["paths"], path, method) for path in paths],
            )
        self._validator = cache(self._compile)

    def validate(self, exchange: Exchange) -> list[str]:
        """List every mismatch of one exchange, each as operation, JSON path and what was expected.

        A request that breaks the description is no mismatch when it was refused with 400, as Discord would.
        """
        path = _PREFIX.sub("", exchange.path)
        if any(re.fullmatch(scope, f"{exchange.method} {path}") for scope in OUT_OF_SCOPE):
            return []
        operation = self._find(exchange.method, path)
        if operation is None:
            return [f"{exchange.method} {path}: no such operation is described"]
        problems = list(self._answer_problems(operation, exchange.status, exchange.answer))
        if exchange.status != 400:
            problems += self._request_problems(operation, exchange)
            problems += self._query_problems(operation, exchange.query)
        return [f"{operation.name} {problem}" for problem in problems]

    def validate_component(self, name: str, value: Any) -> list[str]:
        """List every mismatch of a value with a named component of the description."""
        return [f"{name} {problem}" for problem in self._problems(f"/components/schemas/{name}", value)]

    def validate_event(self, name: str, data: Any) -> list[str]:
        """List every mismatch of a gateway event's data, of those events that a bot receives."""
        if name not in self._events:
            return [f"{name}: no such event is described"]
        return [f"{name} {problem}" for problem in self._problems(f"/events/{name}", data)]

    def _find(self, method: str, path: str) -> Operation | None:
        routes, operations = self._operations[method]
        match = routes.fullmatch(path)
        return operations[match.lastindex - 1] if match and match.lastindex else None

    def _request_problems(self, operation: Operation, exchange: Exchange) -> Iterator[str]:
        # A form's payload_json is described by the JSON request; where only a form is, it is mostly files.
        # Discord reads an absent body as an empty object.
        body = {} if exchange.body is None else exchange.body
        if pointer := operation.bodies.get(JSON):
            yield from (f"request {problem}" for problem in self._problems(pointer, body, _SENT))
        elif exchange.body is not None and not operation.bodies:
            yield f"request: no body is described, got {_short(exchange.body)}"
        if exchange.files and FORM not in operation.bodies:
            yield "request: no files are described"

    def _query_problems(self, operation: Operation, query: Mapping[str, str]) -> Iterator[str]:
        for name, value in query.items():
            if pointer := operation.query.get(name):
                readings = [list(self._problems(pointer, reading)) for reading in _readings(value)]
                yield from (f"query {name} {problem}" for problem in min(readings, key=len))
            elif f"{operation.name} {name}" not in QUERY_SENT:
                yield f"query {name}: no such parameter is described"

    def _answer_problems(self, operation: Operation, status: int, answer: Any) -> Iterator[str]:
        if status >= 500:
            return  # the description lists no failures of Discord's own
        listed = next((key for key in (str(status), f"{status // 100}XX") if key in operation.answers), None)
        if listed is None:
            yield f"answered {status}; described are {', '.join(operation.answers)}"
        elif pointer := operation.answers[listed]:
            yield from (f"answer {status} {problem}" for problem in self._problems(pointer, answer))
        elif answer is not None:
            yield f"answer {status}: no body is described, got {_short(answer)}"

    def _problems(self, pointer: str, value: Any, document: str = _ANSWERED) -> Iterator[str]:
        for error in self._validator(document, pointer).iter_errors(value):
            yield from _explain(error)

    def _compile(self, document: str, pointer: str) -> Draft202012Validator:
        reference = {"$ref": f"{document}#{quote(pointer)}"}
        return Draft202012Validator(reference, registry=self._registry, validate_formats=True)


def _amended(text: str, amendments: tuple[Amendment, ...]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    schemas = document["components"]["schemas"]
    for amendment in amendments:
        for place in amendment.places:
            *way, name = (step.replace("~1", "/") for step in place.split("/"))
            node = document if way[:1] == [""] else schemas
            for step in filter(None, way):
                node = node[step]
            node[name] = amendment.schema
    _close(document["paths"])
    for name, schema in schemas.items():
        if name not in _OPEN:
            _close(schema)
    return document


def _close(node: Any) -> None:
    if isinstance(node, list):
        for item in node:
            _close(item)
    elif isinstance(node, dict):
        if "properties" in node:
            node.setdefault("additionalProperties", False)
        for key, value in node.items():
            if key != "allOf":
                _close(value)


def _operation(paths: Mapping[str, Any], path: str, method: str) -> Operation:
    described = paths[path][method]
    pointer = f"/paths/{path.replace('/', '~1')}/{method}"
    answers: dict[str, str | None] = {}
    for status, answer in described["responses"].items():
        if reference := answer.get("$ref"):
            answers[status] = f"{reference.removeprefix('#')}/{_content(JSON)}"
        else:
            json_described = JSON in answer.get("content", {})
            answers[status] = f"{pointer}/responses/{status}/{_content(JSON)}" if json_described else None
    return Operation(
        name=f"{method.upper()} {path}",
        query={
            parameter["name"]: f"{pointer}/parameters/{index}/schema"
            for index, parameter in enumerate(described.get("parameters", ()))
            if parameter["in"] == "query"
        },
        bodies={
            kind: f"{pointer}/requestBody/{_content(kind)}"
            for kind in described.get("requestBody", {}).get("content", {})
        },
        answers=answers,
    )


def _content(kind: str) -> str:
    return f"content/{kind.replace('/', '~1')}/schema"


def _readings(value: str) -> Iterator[Any]:
    """Yield what a query's text may stand for: a number, a boolean or itself, the narrowest first."""
    if value.isdecimal():
        yield int(value)
    if value.lower() in BOOLEANS:
        yield BOOLEANS[value.lower()]
    yield value


def _explain(error: ValidationError) -> Iterator[str]:
    """Follow a failed choice into the alternative that was meant: the right kind, the fewest errors."""
    alternatives = getattr(error.kind, "context", None)
    if not alternatives or not all(alternatives):  # no choice, or more than one alternative fits
        path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
        yield f"${path}: {_short(error.message)}"
        return
    depth = len(error.instance_path)

    def remoteness(errors: list[ValidationError]) -> tuple[bool, int, int]:
        other_kind = any(_tells_the_kind(inner, depth) for inner in errors)
        foreign = sum(
            len(getattr(inner.kind, "unexpected", ()))
            for inner in errors
            if len(inner.instance_path) == depth
        )
        return other_kind, foreign, len(errors)

    for inner in min(alternatives, key=remoteness):
        yield from _explain(inner)


def _tells_the_kind(error: ValidationError, depth: int) -> bool:
    below = error.instance_path[depth:]
    return (not below and error.kind.name == "type") or below == ["type"]


def _short(value: Any, limit: int = 200) -> str:
    text = str(value)
    return text if len(text) <= limit else f"{text[: limit // 2]} … {text[-limit // 2 :]}"
