"""The sandbox itself: one port with REST, gateway, CDN and the fault switch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from .control import Control
from .faults import Fault, Faults
from .gateway.hub import Hub
from .gateway.socket import Connection
from .http.api import Api, Exchange
from .http.router import Router
from .rest import ROUTES
from .world import posting
from .world.ids import Clock, utc_now
from .world.messages import Message
from .world.models import Channel, User
from .world.state import Happening, Settings, World

HOST = "127.0.0.1"


class Sandbox:
    """Discord on loopback: REST v10, gateway v10 and a CDN on one port, all in memory."""

    def __init__(
        self,
        *,
        port: int = 0,
        observer: Callable[[Exchange], None] | None = None,
        clock: Clock = utc_now,
        settings: Settings | None = None,
    ) -> None:
        """Prepare; port 0 is any free one. `observer` is called with every REST exchange."""
        self._port = port
        self._runner: web.AppRunner | None = None
        self.faults = Faults()
        self.hub = Hub(clock, self.faults.on_event)
        self.world = World(self.hub.publish, settings, clock)
        self.rest = Api(self.world, self.faults, Router(ROUTES), observer)
        self.control = Control(self.world, self.hub, self.faults, self.rest)

    @property
    def api(self) -> str:
        """Return the address of the REST API, such as `http://127.0.0.1:8080/api/v10`."""
        return self.world.api

    @property
    def gateway(self) -> str:
        """Return the address of the gateway."""
        return self.world.gateway

    @property
    def cdn(self) -> str:
        """Return the address of the CDN."""
        return self.world.cdn

    async def start(self) -> None:
        """Listen on 127.0.0.1. Raises OSError where the port is taken."""
        app = web.Application(client_max_size=self.world.settings.request_bytes + 1024 * 1024)
        app.router.add_get("/gateway", self._gateway)
        app.router.add_get("/gateway/", self._gateway)
        app.router.add_get("/cdn/attachments/{channel_id}/{file_id}/{filename}", self.control.download)
        app.router.add_post("/sandbox/faults", self.control.set_fault)
        app.router.add_get("/sandbox/faults", self.control.list_faults)
        app.router.add_get("/sandbox/state", self.control.show_state)
        app.router.add_route("*", "/api/{tail:.*}", self.rest.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self._port = self._runner.addresses[0][1]
        self.world.api = f"http://{HOST}:{self._port}/api/v10"
        self.world.gateway = f"ws://{HOST}:{self._port}/gateway"
        self.world.cdn = f"http://{HOST}:{self._port}/cdn"

    async def stop(self) -> None:
        """Cut every connection and stop listening."""
        if self._runner:
            self.control.close()
            self.hub.drop(1001)
            await self._runner.cleanup()
            self._runner = None

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        if self.control.gateway_down:
            return web.Response(status=503)
        return await Connection(self.world, self.hub, self.control.may_resume).serve(request)

    def fault(self, fault: Fault) -> None:
        """Let something go wrong, as `POST /sandbox/faults` does."""
        self.control.apply(fault)

    def say(self, author: User, channel: Channel, content: str, *, at: datetime | None = None) -> Message:
        """Post a plain message at once, or as of an earlier moment, past every limit and permission."""
        world = self.world
        return posting.post(world, Message(world.ids.next(at), channel, author, at or world.now(), content))

    def subscribe(self, listener: Callable[[Happening], None]) -> None:
        """Call `listener` with each line of the live transcript."""
        self.world.listeners.append(listener)
