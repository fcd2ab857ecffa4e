"""Finds the handler of a request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.sandbox.errors import ApiError, Code

from .call import Route


@dataclass(slots=True)
class _Node:
    literal: dict[str, _Node] = field(default_factory=dict)
    parameter: _Node | None = None
    routes: dict[str, tuple[Route, tuple[str, ...]]] = field(default_factory=dict)


class Router:
    """A tree of path segments; a literal segment goes before a parameter."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Plant every route."""
        self._root = _Node()
        for route in routes:
            self._plant(route)

    def _plant(self, route: Route) -> None:
        node = self._root
        names = []
        for segment in route.path.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment.strip("{}"))
                node.parameter = node = node.parameter or _Node()
            else:
                node = node.literal.setdefault(segment, _Node())
        assert route.method not in node.routes, f"{route.method} {route.path} is given twice"
        node.routes[route.method] = route, tuple(names)

    def find(self, method: str, segments: list[str]) -> tuple[Route, dict[str, str]]:
        """Return the route and the parameters of its path. Raises ApiError 404 or 405."""
        node, values = self._root, []
        for segment in segments:
            following = node.literal.get(segment)
            if following is None:
                following = node.parameter
                values.append(segment)
            if following is None:
                raise ApiError(Code.NOT_FOUND)
            node = following
        if not node.routes:
            raise ApiError(Code.NOT_FOUND)
        if method not in node.routes:
            raise ApiError(Code.METHOD_NOT_ALLOWED)
        route, names = node.routes[method]
        return route, dict(zip(names, values, strict=True))
