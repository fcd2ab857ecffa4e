"""Things that go wrong when asked to: the fault switch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from .gateway.hub import Disturbance
from .world.models import User

Times = Annotated[int, Field(ge=1, le=1_000_000)]
Seconds = Annotated[float, Field(ge=0, le=3_600)]


class _Fault(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _OnRoute(_Fault):
    method: str | None = None
    """Any, if not given."""
    route: str | None = None
    """As in Discord's API description, such as `/channels/{channel_id}/messages`; any, if not given."""
    params: Mapping[str, str] = Field(default_factory=dict)
    """Path parameters it must have, such as `channel_id`."""
    who: Literal["bots", "people", "all"] = "bots"
    times: Times = 1

    def hits(self, method: str, route: str, params: Mapping[str, str], user: User | None) -> bool:
        """Return whether a request is meant."""
        kind = "people" if user and not user.bot else "bots"
        return (
            self.method in (None, method)
            and self.route in (None, route)
            and self.who in ("all", kind)
            and all(params.get(name) == value for name, value in self.params.items())
        )


class Answer(_OnRoute):
    """Answer the next `times` requests with an error; `after` carries them out first."""

    kind: Literal["answer"] = "answer"
    status: Annotated[int, Field(ge=400, le=599)] = 500
    code: int = 0
    message: str = ""
    retry_after: Seconds = 0.1
    """For 429."""
    everywhere: bool = False
    """Whether a 429 is the global one."""
    after: bool = False


class Cut(_OnRoute):
    """Cut the connection on the next `times` requests; `after` carries them out first."""

    kind: Literal["cut"] = "cut"
    after: bool = False


class Delay(_OnRoute):
    """Answer the next `times` requests late."""

    kind: Literal["delay"] = "delay"
    seconds: Seconds


class Events(_Fault):
    """Disturb the next `times` events of a name on their way to bots."""

    kind: Literal["events"] = "events"
    event: str | None = None
    how: Literal["duplicate", "reorder", "delay", "lose"]
    seconds: Seconds = 0.5
    """For delay."""
    times: Times = 1


class GatewayDrop(_Fault):
    """Cut gateway connections now, of one user or of all bots; sessions can be resumed."""

    kind: Literal["gateway_drop"] = "gateway_drop"
    user_id: int | None = None
    code: Annotated[int, Field(ge=1000, le=4999)] = 4000


class GatewayDown(_Fault):
    """Cut all gateway connections and refuse new ones for some seconds, or until it is lifted."""

    kind: Literal["gateway_down"] = "gateway_down"
    seconds: Seconds | None = None


class GatewayUp(_Fault):
    """Let clients connect again."""

    kind: Literal["gateway_up"] = "gateway_up"


class RefuseResume(_Fault):
    """Answer the next `times` RESUMEs with an invalid session."""

    kind: Literal["refuse_resume"] = "refuse_resume"
    times: Times = 1


class Dms(_Fault):
    """Open or close a person's direct messages."""

    kind: Literal["dms"] = "dms"
    user_id: int
    open: bool = False


class Permission(_Fault):
    """Take permissions from a user in a channel, or give them back; `names` are Discord's."""

    kind: Literal["permission"] = "permission"
    user_id: int
    channel_id: int
    names: Annotated[list[str], Field(min_length=1)]
    taken: bool = True


class Cdn(_Fault):
    """Fail the next `times` downloads of attachments."""

    kind: Literal["cdn"] = "cdn"
    status: Annotated[int, Field(ge=400, le=599)] = 500
    times: Times = 1


class Preview(_Fault):
    """Let a link preview arrive on a message, as an update without an edit."""

    kind: Literal["preview"] = "preview"
    channel_id: int
    message_id: int
    title: str = "A page"


class RateLimits(_Fault):
    """Hold every client to limits like Discord's, or to none."""

    kind: Literal["rate_limits"] = "rate_limits"
    on: bool = True


class Clear(_Fault):
    """Forget every fault that still waits, and let clients connect."""

    kind: Literal["clear"] = "clear"


Waiting = Answer | Cut | Delay | Events | RefuseResume | Cdn
"""The faults that wait for something to happen to."""
AtOnce = GatewayDrop | GatewayDown | GatewayUp | Dms | Permission | Preview | RateLimits | Clear
"""The faults that act when they are set."""
Fault = Waiting | AtOnce
ADAPTER: TypeAdapter[Fault] = TypeAdapter(Annotated[Fault, Field(discriminator="kind")])
"""Reads a fault from JSON."""

W = TypeVar("W", Answer, Cut, Delay, Events, RefuseResume, Cdn)


class Faults:
    """The faults that wait, each used up one by one."""

    def __init__(self) -> None:
        """Start with none."""
        self._waiting: list[tuple[Waiting, list[int]]] = []

    def add(self, fault: Waiting) -> None:
        """Let a fault wait, behind those set before it."""
        self._waiting.append((fault, [fault.times]))

    def clear(self) -> None:
        """Forget them all."""
        self._waiting.clear()

    def left(self) -> list[tuple[Waiting, int]]:
        """Return the faults that wait and how often each will still strike."""
        return [(fault, left[0]) for fault, left in self._waiting]

    def _use(self, entry: tuple[Waiting, list[int]]) -> None:
        entry[1][0] -= 1
        if not entry[1][0]:
            self._waiting.remove(entry)

    def on_request(
        self, method: str, route: str, params: Mapping[str, str], user: User | None
    ) -> Answer | Cut | Delay | None:
        """Return the fault that strikes a request, using it up once."""
        for entry in self._waiting:
            fault = entry[0]
            if isinstance(fault, Answer | Cut | Delay) and fault.hits(method, route, params, user):
                self._use(entry)
                return fault
        return None

    def on_event(self, _: User, name: str) -> Disturbance | None:
        """Return what happens to an event on its way to a bot."""
        for entry in self._waiting:
            fault = entry[0]
            if isinstance(fault, Events) and fault.event in (None, name):
                self._use(entry)
                return Disturbance(
                    copies={"duplicate": 2, "lose": 0}.get(fault.how, 1),
                    late=fault.seconds if fault.how == "delay" else 0.0,
                    swap=fault.how == "reorder",
                )
        return None

    def take(self, kind: type[W]) -> W | None:
        """Return the next fault of a kind, using it up once."""
        for entry in self._waiting:
            if isinstance(entry[0], kind):
                self._use(entry)
                return entry[0]
        return None
