"""People of the sample community, who act as a Discord client does: through the REST API."""

from __future__ import annotations

import json
from typing import Any

import aiohttp

Json = dict[str, Any]


class Person:
    """One person, acting with their own token."""

    def __init__(self, http: aiohttp.ClientSession, facts: Json, name: str) -> None:
        """Take the facts of the community as the ready file has them, and the person's name there."""
        self.name = name
        self.id: str = facts["people"][name]["id"]
        self._http = http
        self._facts = facts
        self._headers = {"Authorization": facts["people"][name]["token"]}

    async def say(self, channel_id: str, text: str, files: dict[str, bytes] | None = None) -> Json:
        """Post a message, and return it as Discord shows it."""
        path = f"/channels/{channel_id}/messages"
        if not files:
            return await self._must("POST", path, json={"content": text})
        form = aiohttp.FormData({"payload_json": json.dumps({"content": text})})
        for n, (name, data) in enumerate(files.items()):
            form.add_field(f"files[{n}]", data, filename=name)
        return await self._must("POST", path, data=form)

    async def edit(self, message: Json, text: str) -> Json:
        """Change the words of one's own message."""
        path = f"/channels/{message['channel_id']}/messages/{message['id']}"
        return await self._must("PATCH", path, json={"content": text})

    async def look(self, channel_id: int | str, message_id: int | str) -> Json | None:
        """Return a message as this person sees it, or None if it is not there or not theirs to see."""
        status, answer = await self._ask("GET", f"/channels/{channel_id}/messages/{message_id}")
        return answer if status == 200 else None

    async def press(self, message: Json, label: str) -> None:
        """Press the button with this label."""
        buttons = [part for row in message["components"] for part in row["components"]]
        pressed = next(button for button in buttons if button["label"] == label)
        body = {
            "type": 3,
            "application_id": self._facts["bot"]["application_id"],
            "guild_id": self._facts["guild_id"],
            "channel_id": message["channel_id"],
            "message_id": message["id"],
            "session_id": f"{self.name}-afternoon",
            "nonce": message["id"],
            "data": {"component_type": 2, "custom_id": pressed["custom_id"]},
        }
        await self._must("POST", "/interactions", json=body)

    async def download(self, url: str) -> bytes | None:
        """Return the file at an address, or None if it is gone."""
        async with self._http.get(url) as answer:
            return await answer.read() if answer.status == 200 else None

    async def close_door(self) -> None:
        """Take no more direct messages: by the sandbox's fault switch, for people set it in their client."""
        root = self._facts["api"].partition("/api/")[0]
        fault = {"kind": "dms", "user_id": self.id, "open": False}
        async with self._http.post(f"{root}/sandbox/faults", json=fault) as answer:
            answer.raise_for_status()

    async def _must(self, method: str, path: str, **body: Any) -> Json:
        status, answer = await self._ask(method, path, **body)
        if status >= 300:
            raise RuntimeError(f"{self.name}: {method} {path} was answered {status}: {answer}")
        return answer

    async def _ask(self, method: str, path: str, **body: Any) -> tuple[int, Json]:
        address = self._facts["api"] + path
        async with self._http.request(method, address, headers=self._headers, **body) as answer:
            return answer.status, {} if answer.status == 204 else await answer.json()
