"""Discord's published API description, as a judge of what the bot and the sandbox say to each other.

Objects are closed before use, so a misspelt or invented field is a mismatch as much as a missing one. What
Discord accepts or answers beyond its description stands in the tables below, each entry with its reason.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from jsonschema_rs import Draft202012, Draft202012Validator, Registry, ValidationError
from openapi_events import Schema, event_schemas


class Amendment(NamedTuple):
    """Admit a property that a component of the description lacks or words too narrowly."""

    component: str
    name: str
    schema: Schema
    reason: str


AMENDMENTS: tuple[Amendment, ...] = ()

OUT_OF_SCOPE = {
    r"POST /interactions": "how a person's own client acts; only the routes of bots are described",
    r"\w+ /sandbox/.*": "the sandbox's own switches",
    r"\w+ /cdn/.*": "files, not the API",
}

_BASE = "urn:discord"
_PREFIX = re.compile(r"^/api/v10(?=/)")
# Error is what ErrorResponse and RatelimitedResponse extend by allOf, which closing it would forbid.
_OPEN = {"Error"}


class Exchange(Protocol):
    """One request and its answer, as the sandbox reports it."""

    method: str
    path: str
    body: Any
    status: int
    answer: Any


def description_path() -> Path:
    """Name the file the description is read from; it need not exist."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "discord-openapi.json"
    return Path(os.environ.get("BEADLE_DISCORD_OPENAPI") or beside)


@dataclass(frozen=True)
class Operation:
    """One method on one path: where its request and its answers by status are described."""

    name: str
    bodiless: bool
    request: str | None
    answers: Mapping[str, str | None]


class ApiDescription:
    """Find what is described of an exchange, a component or an event, and list what departs from it."""

    def __init__(self, path: Path) -> None:
        document = json.loads(path.read_text("utf-8"))
        schemas = document["components"]["schemas"]
        for amendment in AMENDMENTS:
            schemas[amendment.component]["properties"][amendment.name] = amendment.schema
        for name, schema in schemas.items():
            if name not in _OPEN:
                _close(schema)
        self._events = event_schemas(schemas)
        document["events"] = self._events
        self._registry = Registry([(_BASE, document)], draft=Draft202012)
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
            problems += self._request_problems(operation, exchange.body)
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

    def _request_problems(self, operation: Operation, body: Any) -> Iterator[str]:
        if operation.request:
            yield from (f"request {problem}" for problem in self._problems(operation.request, body))
        elif operation.bodiless and body is not None:
            yield f"request: no body is described, got {_short(body)}"

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

    def _problems(self, pointer: str, value: Any) -> Iterator[str]:
        for error in self._validator(pointer).iter_errors(value):
            yield from _explain(error)

    def _compile(self, pointer: str) -> Draft202012Validator:
        reference = {"$ref": f"{_BASE}#{quote(pointer)}"}
        return Draft202012Validator(reference, registry=self._registry, validate_formats=True)


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
    content = "content/application~1json/schema"
    request = described.get("requestBody", {}).get("content", {})
    answers: dict[str, str | None] = {}
    for status, answer in described["responses"].items():
        if reference := answer.get("$ref"):
            answers[status] = f"{reference.removeprefix('#')}/{content}"
        else:
            json_described = "application/json" in answer.get("content", {})
            answers[status] = f"{pointer}/responses/{status}/{content}" if json_described else None
    # A multipart request repeats the JSON one for its payload_json; described alone, it is only files.
    return Operation(
        name=f"{method.upper()} {path}",
        bodiless="requestBody" not in described,
        request=f"{pointer}/requestBody/{content}" if "application/json" in request else None,
        answers=answers,
    )


def _explain(error: ValidationError) -> Iterator[str]:
    """Follow a failed choice into the alternative that was meant: the right kind, the fewest errors."""
    alternatives = getattr(error.kind, "context", None)
    if not alternatives or error.kind.name not in ("oneOf", "anyOf") or not any(alternatives):
        path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
        yield f"${path}: {_short(error.message)}"
        return
    depth = len(error.instance_path)

    def remoteness(errors: list[ValidationError]) -> tuple[bool, int]:
        return any(_tells_the_kind(inner, depth) for inner in errors), len(errors)

    for inner in min(alternatives, key=remoteness):
        yield from _explain(inner)


def _tells_the_kind(error: ValidationError, depth: int) -> bool:
    below = error.instance_path[depth:]
    return (not below and error.kind.name == "type") or below == ["type"]


def _short(value: Any, limit: int = 200) -> str:
    text = str(value)
    return text if len(text) <= limit else f"{text[: limit // 2]} … {text[-limit // 2 :]}"
