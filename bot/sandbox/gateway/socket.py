"""One client's WebSocket: HELLO, IDENTIFY or RESUME, heartbeats, member requests."""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from collections.abc import Callable

from aiohttp import WSMsgType, web

from bot.sandbox.wire import Json, dumps
from bot.sandbox.world import permissions, shapes
from bot.sandbox.world.models import Channel, Guild, Member, User
from bot.sandbox.world.state import INTENTS_PRIVILEGED, World

from .hub import Hub
from .intents import GUILD_MEMBERS, GUILD_PRESENCES, KNOWN
from .session import Outbox, Session

CHUNK = 1_000
ACK_AFTER = 0.05
"""Seconds between a heartbeat and its answer."""
MAX_FRAME = 64 * 1024
"""Bytes a client may send at once; Discord closes at 4,096, which large commands pass here."""


class GatewayError(Exception):
    """Ends the connection with a gateway close code."""

    def __init__(self, code: int, reason: str) -> None:
        """Refuse."""
        self.code = code
        super().__init__(reason)


class Connection:
    """Speaks gateway v10 with one client (developer documentation, "Gateway")."""

    def __init__(self, world: World, hub: Hub, may_resume: Callable[[], bool]) -> None:
        """Serve one client; `may_resume` says whether a RESUME is honoured."""
        self._world = world
        self._hub = hub
        self._may_resume = may_resume
        self._outbox = Outbox()
        self._session: Session | None = None

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Run until either side closes."""
        ws = web.WebSocketResponse(max_msg_size=MAX_FRAME, autoping=True, compress=False)
        await ws.prepare(request)
        compress = request.query.get("compress") == "zlib-stream"
        writer = asyncio.create_task(self._write(ws, compress))
        interval = self._world.settings.heartbeat_interval
        self._op(10, {"heartbeat_interval": round(interval * 1000), "_trace": ["sandbox"]})
        try:
            await self._read(ws, interval * 2)
        except GatewayError as error:
            await ws.close(code=error.code, message=str(error).encode())
        finally:
            self._detach()
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
        return ws

    async def _write(self, ws: web.WebSocketResponse, compress: bool) -> None:
        packer = zlib.compressobj(level=1)
        while (frame := await self._outbox.frames.get()) is not None:
            try:
                if compress:
                    data = packer.compress(frame.encode())
                    await ws.send_bytes(data + packer.flush(zlib.Z_SYNC_FLUSH))
                else:
                    await ws.send_str(frame)
            except ConnectionError:
                return
        if not ws.closed:
            await ws.close(code=self._outbox.close_code)

    async def _read(self, ws: web.WebSocketResponse, patience: float) -> None:
        while True:
            try:
                message = await ws.receive(timeout=patience)
            except TimeoutError:
                raise GatewayError(4009, "Session timed out.") from None
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            try:
                frame = json.loads(message.data)
                op, data = frame["op"], frame.get("d")
            except (ValueError, KeyError, TypeError, AttributeError):
                raise GatewayError(4002, "Error while decoding payload.") from None
            self._handle(op, data)

    def _handle(self, op: int, data: Json) -> None:
        if op in (2, 6, 8) and not isinstance(data, dict):
            raise GatewayError(4002, "Error while decoding payload.")
        if op == 1:
            # discord.py notes when it sent a heartbeat only after sending it: an answer that overtakes the
            # note is taken for a late one to the heartbeat before.
            asyncio.get_running_loop().call_later(ACK_AFTER, self._op, 11, None)
        elif op in (2, 6):
            if self._session:
                raise GatewayError(4005, "Already authenticated.")
            self._identify(data) if op == 2 else self._resume(data)
        elif not self._session:
            raise GatewayError(4003, "Not authenticated.")
        elif op == 8:
            self._request_members(self._session, data)

    def _op(self, op: int, data: object) -> None:
        self._outbox.put(dumps({"op": op, "d": data, "s": None, "t": None}))

    def _identify(self, data: Json) -> None:
        user = self._world.tokens.get(str(data.get("token", "")))
        if user is None:
            raise GatewayError(4004, "Authentication failed.")
        intents = None
        if user.bot:
            intents = data.get("intents")
            if not isinstance(intents, int) or not 0 <= intents <= KNOWN:
                raise GatewayError(4013, "Invalid intent(s).")
            if intents & INTENTS_PRIVILEGED & ~self._world.application_of(user).privileged:
                raise GatewayError(4014, "Disallowed intent(s).")
        self._session = self._hub.open(user, intents, self._outbox, self._world.settings.replay)
        self._greet(self._session, data)

    def _greet(self, session: Session, data: Json) -> None:
        user = session.user
        guilds = [guild for guild in self._world.guilds.values() if user.id in guild.members]
        ready: Json = {
            "v": 10,
            "user": shapes.own_user(user),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self._world.gateway,
            "shard": data.get("shard") or [0, 1],
        }
        if user.bot:
            application = self._world.application_of(user)
            flags = shapes.application_flags(application)
            ready["application"] = {"id": str(application.id), "flags": flags}
        else:
            dms = [c for c in self._world.channels.values() if user in c.recipients]
            ready["private_channels"] = [shapes.channel(c) for c in dms]
        session.send("READY", dumps(ready))
        for guild in guilds:
            session.send("GUILD_CREATE", dumps(self._guild(guild, session)))

    def _guild(self, guild: Guild, session: Session) -> Json:
        own = guild.members[session.user.id]
        whole = session.intents is None or (
            session.intents & GUILD_PRESENCES and session.intents & GUILD_MEMBERS
        )
        members = list(guild.members.values()) if whole else [own]
        seen = guild.channels.values() if session.user.bot else self._seen(guild.channels, session.user)
        threads = [t for t in self._seen(guild.threads, session.user) if t.thread and not t.thread.archived]
        return shapes.guild(guild) | {
            "joined_at": own.joined_at.isoformat(),
            "large": len(guild.members) > 250,
            "unavailable": False,
            "member_count": len(guild.members),
            "voice_states": [],
            "members": [shapes.member(member) for member in members],
            "channels": [shapes.channel(channel) for channel in seen],
            "threads": [_own_thread(thread, session.user) for thread in threads],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def _seen(self, channels: dict[int, Channel], user: User) -> list[Channel]:
        now = self._world.now()
        seen = permissions.VIEW_CHANNEL
        return [c for c in channels.values() if permissions.of_user(user.id, c, now) & seen]

    def _resume(self, data: Json) -> None:
        session = self._hub.sessions.get(str(data.get("session_id", "")))
        seq = data.get("seq")
        missed = session.missed(seq) if session and isinstance(seq, int) and self._may_resume() else None
        if session is None or missed is None or session.user.token != data.get("token"):
            self._op(9, False)
            return
        if session.outbox:
            session.outbox.close(4000)
        session.outbox, session.detached_at = self._outbox, None
        self._session = session
        for frame in missed:
            self._outbox.put(frame)
        session.send("RESUMED", '{"_trace":["sandbox"]}')

    def _detach(self) -> None:
        if self._session and self._session.outbox is self._outbox:
            self._session.outbox = None
            self._session.detached_at = self._world.now()

    def _request_members(self, session: Session, data: Json) -> None:
        guild = self._world.guilds.get(_snowflake(data.get("guild_id")))
        if guild is None or session.user.id not in guild.members:
            return
        asked = data.get("user_ids")
        missing: list[str] = []
        if asked:
            asked = asked if isinstance(asked, list) else [asked]
            found = [guild.members.get(_snowflake(user_id)) for user_id in asked[:100]]
            members = [member for member in found if member]
            missing = [str(user_id) for user_id in asked[:100] if _snowflake(user_id) not in guild.members]
        else:
            members = _named(guild, str(data.get("query") or ""), _snowflake(data.get("limit")))
        chunks = [members[n : n + CHUNK] for n in range(0, len(members), CHUNK)] or [[]]
        for index, chunk in enumerate(chunks):
            body: Json = {
                "guild_id": str(guild.id),
                "members": [shapes.member(member) for member in chunk],
                "chunk_index": index,
                "chunk_count": len(chunks),
                "not_found": missing,
            }
            if data.get("nonce"):
                body["nonce"] = data["nonce"]
            session.send("GUILD_MEMBERS_CHUNK", dumps(body))


def _snowflake(value: object) -> int:
    text = str(value)
    return int(text) if text.isdecimal() and text.isascii() else 0


def _named(guild: Guild, query: str, limit: int) -> list[Member]:
    wanted = query.lower()
    members = [
        m
        for m in guild.members.values()
        if any(
            (name or "").lower().startswith(wanted) for name in (m.nick, m.user.global_name, m.user.username)
        )
    ]
    return members[:limit] if limit else members


def _own_thread(thread: Channel, user: User) -> Json:
    shape = shapes.channel(thread)
    if thread.thread and (joined := thread.thread.members.get(user.id)):
        shape["member"] = shapes.thread_member(thread, user.id, joined)
    return shape
