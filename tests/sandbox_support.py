"""People in the sandbox, acting as their own clients do: REST, and a gateway session when they look on."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import Any

import aiohttp
import discord

from bot.discord.endpoints import use_endpoints

Json = dict[str, Any]
PATIENCE = 10.0
"""Seconds to wait for what must come."""


class Refused(AssertionError):  # noqa: N818 - reads as what it is at every raise
    """An answer that is an error, which the test did not expect."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.code = body.get("code")
        self.body = body


@dataclass
class Watch:
    """A person's gateway session: every dispatch it got, in order."""

    events: list[tuple[str, Json]] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def add(self, name: str, data: Json) -> None:
        async with self._news:
            self.events.append((name, data))
            self._news.notify_all()

    def of(self, name: str) -> list[Json]:
        """Return the data of every event of a name so far."""
        return [data for event, data in self.events if event == name]

    async def wait(self, name: str, where: Callable[[Json], bool] = lambda _: True) -> Json:
        """Return the first event of a name that fits, waiting for it."""

        def found() -> Json | None:
            return next((data for data in self.of(name) if where(data)), None)

        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: found() is not None)
        data = found()
        assert data is not None
        return data


class PersonClient:
    """One person. Use as a context manager; `watch` opens their gateway session."""

    _nonces = count(1)

    def __init__(self, addresses: Mapping[str, Any], token: str) -> None:
        """`addresses` holds `api`, `gateway` and `guild_id`, as the sandbox's ready file does."""
        self._api = str(addresses["api"])
        self._gateway = str(addresses["gateway"])
        self._guild_id = str(addresses["guild_id"])
        self._token = token
        self._http = aiohttp.ClientSession(headers={"Authorization": token})
        self._watching: asyncio.Task[None] | None = None
        self.seen = Watch()

    async def __aenter__(self) -> PersonClient:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._watching:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        await self._http.close()

    async def request(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Return the answer's JSON. Raises Refused."""
        async with self._http.request(method, self._api + path, json=body, **options) as answer:
            data = None if answer.status == 204 else await answer.json()
            if answer.status >= 400:
                raise Refused(answer.status, data or {})
            return data

    async def say(self, channel: int | str, content: str = "", **fields: Any) -> Json:
        """Post a message; `files` maps names to bytes."""
        files: Mapping[str, bytes] = fields.pop("files", {})
        body = {"content": content, "nonce": str(next(self._nonces)), **fields}
        path = f"/channels/{channel}/messages"
        if not files:
            return dict(await self.request("POST", path, body))
        form = aiohttp.FormData(quote_fields=False)
        body["attachments"] = [{"id": str(n), "filename": name} for n, name in enumerate(files)]
        form.add_field("payload_json", json.dumps(body))
        for n, (name, data) in enumerate(files.items()):
            form.add_field(f"files[{n}]", io.BytesIO(data), filename=name)
        async with self._http.post(self._api + path, data=form) as answer:
            if answer.status >= 400:
                raise Refused(answer.status, await answer.json())
            return dict(await answer.json())

    async def edit(self, message: Json, content: str) -> Json:
        """Edit one's own message."""
        path = f"/channels/{message['channel_id']}/messages/{message['id']}"
        return dict(await self.request("PATCH", path, {"content": content}))

    async def delete(self, message: Json) -> None:
        """Delete a message."""
        await self.request("DELETE", f"/channels/{message['channel_id']}/messages/{message['id']}")

    async def history(self, channel: int | str, **query: Any) -> list[Json]:
        """Return a page of history, newest first."""
        return list(await self.request("GET", f"/channels/{channel}/messages", params=query))

    async def dm(self, user: int | str) -> str:
        """Return the id of one's direct messages with a user."""
        return str((await self.request("POST", "/users/@me/channels", {"recipient_id": str(user)}))["id"])

    async def post(self, forum: int | str, title: str, content: str) -> Json:
        """Begin a post in a forum."""
        body = {"name": title, "message": {"content": content}}
        return dict(await self.request("POST", f"/channels/{forum}/threads", body))

    async def watch(self) -> Watch:
        """Open a gateway session and return what it sees, once it is ready."""
        self._watching = asyncio.create_task(self._listen())
        await self.seen.wait("GUILD_CREATE")
        return self.seen

    async def _listen(self) -> None:
        async with self._http.ws_connect(self._gateway + "?v=10&encoding=json", max_msg_size=0) as ws:
            await ws.receive_json()
            await ws.send_json({"op": 2, "d": {"token": self._token, "properties": {}}})
            async for frame in ws:
                payload = json.loads(frame.data)
                if payload["op"] == 0:
                    await self.seen.add(payload["t"], payload["d"])

    async def commands(self) -> dict[str, Json]:
        """Return the commands the person can use, by name."""
        index = await self.request("GET", f"/guilds/{self._guild_id}/application-command-index")
        return {command["name"]: command for command in index["application_commands"]}

    async def use(
        self, name: str, channel: int | str, *, target: int | str | None = None, **options: Any
    ) -> str:
        """Use a command, `name` with its subcommands ("rules list"), and return the nonce."""
        data = await self._command(name, options, target)
        return await self._interact(2, data["application_id"], channel, data)

    async def complete(self, name: str, channel: int | str, focused: str, **options: Any) -> list[Json]:
        """Ask for the choices of an option, half typed."""
        data = await self._command(name, options, None)
        innermost = data["options"]
        while innermost and "options" in innermost[0]:
            innermost = innermost[0]["options"]
        next(option for option in innermost if option["name"] == focused)["focused"] = True
        nonce = await self._interact(4, data["application_id"], channel, data)
        answer = await self.seen.wait(
            "APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE", lambda e: e["nonce"] == nonce
        )
        return list(answer["choices"])

    async def _command(self, name: str, options: Json, target: int | str | None) -> Json:
        known = await self.commands()
        # A context menu's name may hold spaces; a command's do not, and what follows are its subcommands.
        top, *below = [name] if name in known else name.split()
        command = known[top]
        data = {key: command[key] for key in ("id", "application_id", "version", "name", "type")}
        if target is not None:
            return data | {"target_id": str(target)}
        asked, path = command.get("options", []), []
        for part in below:
            option = next(option for option in asked if option["name"] == part)
            path.append(option)
            asked = option.get("options", [])
        types = {option["name"]: option["type"] for option in asked}
        filled = [{"name": key, "type": types[key], "value": value} for key, value in options.items()]
        for option in reversed(path):
            filled = [{"name": option["name"], "type": option["type"], "options": filled}]
        return data | {"options": filled}

    async def press(self, message: Json, custom_id: str) -> str:
        """Press a button and return the nonce."""
        return await self._component(message, {"component_type": 2, "custom_id": custom_id})

    async def choose(self, message: Json, custom_id: str, *values: str, kind: int = 3) -> str:
        """Choose in a select and return the nonce."""
        data = {"component_type": kind, "custom_id": custom_id, "values": list(values)}
        return await self._component(message, data)

    async def _component(self, message: Json, data: Json) -> str:
        application = message.get("application_id") or await self._application_of(message["author"]["id"])
        more = {"message_id": message["id"], "message_flags": message.get("flags", 0)}
        return await self._interact(3, application, message["channel_id"], data, **more)

    async def _application_of(self, bot_id: str) -> str:
        index = await self.request("GET", f"/guilds/{self._guild_id}/application-command-index")
        return next(str(a["id"]) for a in index["applications"] if a["bot_id"] == bot_id)

    async def submit(self, modal: Json, **values: str) -> str:
        """Fill in a modal, by the custom ids of its fields, and return the nonce."""
        rows = [
            {"type": 1, "components": [{"type": 4, "custom_id": key, "value": value}]}
            for key, value in values.items()
        ]
        data = {"id": modal["id"], "custom_id": modal["custom_id"], "components": rows}
        return await self._interact(5, modal["application"]["id"], modal["channel_id"], data)

    async def _interact(
        self, kind: int, application: int | str, channel: int | str, data: Json, **more: Any
    ) -> str:
        nonce = str(next(self._nonces))
        where = await self.request("GET", f"/channels/{channel}")
        body = {
            "type": kind,
            "application_id": str(application),
            "channel_id": str(channel),
            "session_id": "session",
            "nonce": nonce,
            "data": data,
            **more,
        }
        if "guild_id" in where:
            body["guild_id"] = where["guild_id"]
        await self.request("POST", "/interactions", body)
        return nonce


class QuickClient(discord.Client):
    """The real client, less its pauses: for guilds that may follow, and before it identifies again."""

    def __init__(self, intents: discord.Intents | None = None) -> None:
        super().__init__(intents=intents or discord.Intents.all(), guild_ready_timeout=0.05)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once."""


@asynccontextmanager
async def connected(
    addresses: Mapping[str, Any], client: discord.Client | None = None
) -> AsyncIterator[discord.Client]:
    """Log the real client in as the sandbox's bot, and give it once it is ready."""
    use_endpoints(addresses["api"], addresses["gateway"], addresses["cdn"])
    client = client or QuickClient()
    async with client:
        await client.login(addresses["bot"]["token"])
        connection = asyncio.create_task(client.connect())
        waiting = asyncio.create_task(client.wait_until_ready())
        await asyncio.wait([connection, waiting], return_when=asyncio.FIRST_COMPLETED, timeout=PATIENCE)
        assert client.is_ready(), "the client did not become ready"
        yield client
    await connection


async def until(condition: Callable[[], object], what: str = "the condition") -> None:
    """Wait until a condition holds, looking often."""
    for _ in range(int(PATIENCE / 0.01)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{what} did not come to hold")
