"""The sandbox's own routes: the fault switch, the state, and the CDN's files."""

from __future__ import annotations

import asyncio
import mimetypes

from aiohttp import web
from pydantic import ValidationError

from . import faults as f
from .errors import ApiError
from .gateway.hub import Hub
from .http.api import Api
from .wire import Json, dumps
from .world import permissions, posting, shapes
from .world.models import Overwrite
from .world.state import World, place


class Control:
    """Carries out faults and shows what stands where."""

    def __init__(self, world: World, hub: Hub, faults: f.Faults, api: Api) -> None:
        """Control these parts of one sandbox."""
        self._world = world
        self._hub = hub
        self._faults = faults
        self._api = api
        self._lift: asyncio.TimerHandle | None = None
        self.gateway_down = False

    async def set_fault(self, request: web.Request) -> web.Response:
        """Answer `POST /sandbox/faults`: one fault, or a list of them."""
        try:
            given = await request.json()
            wanted = [
                f.ADAPTER.validate_python(one) for one in (given if isinstance(given, list) else [given])
            ]
            for fault in wanted:
                self.apply(fault)
        except ApiError as error:
            return _json(error.body, error.status)
        except ValidationError as error:
            return _json(
                {"errors": error.errors(include_url=False, include_context=False, include_input=False)}, 400
            )
        except (ValueError, KeyError) as error:
            return _json({"errors": [str(error)]}, 400)
        return await self.list_faults(request)

    async def list_faults(self, _: web.Request) -> web.Response:
        """Answer `GET /sandbox/faults` with those that wait."""
        waiting = [fault.model_dump() | {"left": left} for fault, left in self._faults.left()]
        return _json(
            {"waiting": waiting, "gateway_down": self.gateway_down, "rate_limits": self._api.limits.on}
        )

    async def show_state(self, _: web.Request) -> web.Response:
        """Answer `GET /sandbox/state`."""
        return _json(self.state())

    async def download(self, request: web.Request) -> web.Response:
        """Answer a CDN address; 404 once the message is gone."""
        if fault := self._faults.take(f.Cdn):
            return web.Response(status=fault.status)
        name = request.match_info["file_id"]
        data = self._world.files.get(int(name)) if name.isdecimal() else None
        if data is None:
            return web.Response(status=404, text="This content is no longer available.")
        kind = mimetypes.guess_type(request.match_info["filename"])[0] or "application/octet-stream"
        return web.Response(body=data, content_type=kind)

    def apply(self, fault: f.Fault) -> None:
        """Carry out a fault, or let it wait. Raises ApiError or KeyError where it names what is not there."""
        match fault:
            case f.GatewayDrop():
                bots = [u.id for u in self._world.users.values() if u.bot]
                for user_id in bots if fault.user_id is None else [fault.user_id]:
                    self._hub.drop(fault.code, user_id)
            case f.GatewayDown():
                self._down(fault.seconds)
            case f.GatewayUp():
                self._up()
            case f.Dms():
                self._world.user(fault.user_id).takes_dms = fault.open
            case f.Permission():
                self._permission(fault)
            case f.Preview():
                self._preview(fault)
            case f.RateLimits():
                self._api.limits.on = fault.on
            case f.Clear():
                self._faults.clear()
                self._up()
            case _:
                self._faults.add(fault)

    def may_resume(self) -> bool:
        """Return whether a RESUME is honoured, using up a fault that refuses it."""
        return self._faults.take(f.RefuseResume) is None

    def _down(self, seconds: float | None) -> None:
        self._up()
        self.gateway_down = True
        self._hub.drop(1001)
        if seconds is not None:
            self._lift = asyncio.get_running_loop().call_later(seconds, self._up)

    def _up(self) -> None:
        self.gateway_down = False
        self.close()

    def close(self) -> None:
        """Cancel what would happen later."""
        if self._lift:
            self._lift.cancel()
            self._lift = None

    def _permission(self, fault: f.Permission) -> None:
        channel = self._world.channel(fault.channel_id)
        names = permissions.bits(*fault.names)
        own = channel.overwrites.setdefault(fault.user_id, Overwrite(fault.user_id, 1))
        own.deny = own.deny | names if fault.taken else own.deny & ~names
        if fault.taken:
            own.allow &= ~names
        self._world.publish("CHANNEL_UPDATE", shapes.channel(channel), guild=channel.guild)

    def _preview(self, fault: f.Preview) -> None:
        message = self._world.message(self._world.channel(fault.channel_id), fault.message_id)
        embed = {
            "type": "link",
            "url": "https://example.org/page",
            "title": fault.title,
            "description": "A preview.",
        }
        message.embeds = [*message.embeds, embed]
        posting.changed(self._world, message)

    def state(self) -> Json:
        """Return what stands where: channels, DMs by person, requests by route, sessions."""
        world = self._world
        channels: Json = {}
        dms: Json = {}
        for channel in world.channels.values():
            ids = channel.log.ids
            entry: Json = {
                "name": place(channel),
                "type": int(channel.type),
                "messages": len(ids),
                "ids": [str(i) for i in ids],
                "created": channel.log.created,
                "deleted": [str(i) for i in channel.log.deleted],
            }
            channels[str(channel.id)] = entry
            for user in channel.recipients:
                if not user.bot:
                    dms[user.username] = dms.get(user.username, 0) + len(ids)
        requests: Json = {}
        for (method, route, status), count in self._api.requests.items():
            requests.setdefault(f"{method} {route}", {})[str(status)] = count
        sessions = [
            {
                "id": s.id,
                "user_id": str(s.user.id),
                "bot": s.user.bot,
                "connected": s.outbox is not None,
                "seq": s.seq,
            }
            for s in self._hub.sessions.values()
        ]
        hidden = [m for m in world.ephemeral.values() if m.only_for]
        return {
            "channels": channels,
            "dms": dms,
            "ephemeral": {str(m.id): m.only_for.username for m in hidden if m.only_for},
            "deletes": sum(channel.log.removed for channel in world.channels.values()),
            "files": len(world.files),
            "requests": requests,
            "sessions": sessions,
        }


def _json(body: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=dumps(body).encode(), content_type="application/json")
