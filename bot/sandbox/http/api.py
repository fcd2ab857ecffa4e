"""Takes a request through authentication, faults and limits to its handler."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from bot.sandbox.errors import ApiError, Code
from bot.sandbox.faults import Answer, Cut, Delay, Faults
from bot.sandbox.http.limits import RateLimits
from bot.sandbox.wire import Json, dumps
from bot.sandbox.world.models import User
from bot.sandbox.world.state import World

from .body import read
from .call import Call, Reply, Route, Upload
from .router import Router

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. `method` and `route` name the operation in Discord's API description.

    `route` is None where no operation answers the path. `faulted` says that a fault wrote the answer.
    """

    method: str
    route: str | None
    path: str
    query: dict[str, str]
    body: Any
    files: tuple[str, ...]
    status: int
    answer: Any
    headers: dict[str, str]
    user_id: int | None
    bot: bool
    faulted: bool


class Api:
    """Answers everything under `/api`."""

    def __init__(
        self, world: World, faults: Faults, router: Router, observer: Callable[[Exchange], None] | None
    ) -> None:
        """Serve `world`; `observer` is called with each exchange."""
        self._world = world
        self._faults = faults
        self._router = router
        self._observer = observer
        self.limits = RateLimits()
        self.requests: Counter[tuple[str, str, int]] = Counter()
        """Answers given, by method, route and status."""

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        route: Route | None = None
        params: dict[str, str] = {}
        body: Any = None
        files: dict[str, Upload] = {}
        headers: dict[str, str] = {}
        user: User | None = None
        fault: Answer | Cut | Delay | None = None
        reply: Reply
        try:
            segments = [unquote(s) for s in request.rel_url.raw_path.strip("/").split("/")]
            route, params = self._router.find(request.method, segments[2:])
            user = self._authenticate(request, route)
            body, files = await read(request, self._world.settings)
            fault = self._faults.on_request(route.method, route.path, params, user)
            headers, refusal = self.limits.count(_client(user, params), route, params)
            if refusal:
                reply = _too_many(refusal.retry_after, refusal.everywhere, headers)
            else:
                if isinstance(fault, Delay):
                    await asyncio.sleep(fault.seconds)
                call = Call(self._world, params, request.query, body, files, _reason(request), user)
                reply = self._carry_out(route, call, fault, headers)
        except ApiError as error:
            reply = _refuse(error, headers)
        except Exception:
            _log.exception("the sandbox failed on %s %s", request.method, request.path)
            reply = _refuse(ApiError(Code.INTERNAL), headers)
        return self._answer(request, route, body, files, reply, headers, user, fault)

    def _authenticate(self, request: web.Request, route: Route) -> User | None:
        given = request.headers.get("Authorization", "")
        bot = given.startswith("Bot ")
        user = self._world.tokens.get(given.removeprefix("Bot "))
        if user is not None and user.bot is bot:
            return user
        if route.open:
            return None
        raise ApiError(Code.UNAUTHORIZED)

    def _carry_out(
        self, route: Route, call: Call, fault: Answer | Cut | Delay | None, headers: dict[str, str]
    ) -> Reply:
        if isinstance(fault, Answer | Cut) and not fault.after:
            return _faulty(fault, headers)
        result = route.handler(call)
        if isinstance(fault, Answer | Cut):
            return _faulty(fault, headers)
        if isinstance(result, Reply):
            return result
        return Reply(204) if result is None else Reply(200, result)

    def _answer(
        self,
        request: web.Request,
        route: Route | None,
        body: Any,
        files: dict[str, Upload],
        reply: Reply,
        headers: dict[str, str],
        user: User | None,
        fault: Answer | Cut | Delay | None,
    ) -> web.StreamResponse:
        path = route.path if route else request.path
        self.requests[(request.method, path if route else "unknown", reply.status)] += 1
        headers = {"Via": "1.1 sandbox"} | headers
        if self._observer:
            exchange = Exchange(
                request.method,
                route.path if route else None,
                request.path,
                dict(request.query),
                body,
                tuple(files),
                reply.status,
                reply.body,
                headers,
                user.id if user else None,
                bool(user and user.bot),
                isinstance(fault, Answer | Cut),
            )
            self._observer(exchange)
        if isinstance(fault, Cut) and request.transport:
            request.transport.close()
        if reply.status == 204:
            return web.Response(status=204, headers=headers)
        text = dumps(reply.body).encode()
        return web.Response(status=reply.status, body=text, content_type="application/json", headers=headers)


def _client(user: User | None, params: dict[str, str]) -> str:
    return str(user.id) if user else params.get("webhook_token", params.get("interaction_token", ""))


def _reason(request: web.Request) -> str | None:
    reason = request.headers.get("X-Audit-Log-Reason")
    if reason is not None and len(reason) > 512:
        tree: Json = {
            "reason": {
                "_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 512 or fewer in length."}]
            }
        }
        raise ApiError(Code.INVALID_FORM, tree)
    return unquote(reason) if reason else None


def _too_many(retry_after: float, everywhere: bool, headers: dict[str, str]) -> Reply:
    headers["Retry-After"] = str(int(retry_after) + 1)
    headers["X-RateLimit-Scope"] = "global" if everywhere else "user"
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    body = {
        "message": "You are being rate limited.",
        "retry_after": retry_after,
        "global": everywhere,
        "code": 0,
    }
    return Reply(429, body)


def _refuse(error: ApiError, headers: dict[str, str]) -> Reply:
    if error.retry_after is not None:
        headers["Retry-After"] = str(int(error.retry_after) + 1)
    return Reply(error.status, error.body)


def _faulty(fault: Answer | Cut, headers: dict[str, str]) -> Reply:
    if isinstance(fault, Cut):
        return Reply(500, {"message": "the connection was cut", "code": 0})
    if fault.status == 429:
        return _too_many(fault.retry_after, fault.everywhere, headers)
    return Reply(
        fault.status, {"message": fault.message or f"{fault.status}: a fault was set", "code": fault.code}
    )
