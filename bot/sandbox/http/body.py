"""Reads a request's body: JSON, or a form with files."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import BodyPartReader, web

from bot.sandbox.errors import ApiError, Code
from bot.sandbox.world.state import Settings

from .call import Upload


async def read(request: web.Request, settings: Settings) -> tuple[Any, dict[str, Upload]]:
    """Return the JSON and the files. Raises ApiError 40005 over the limits of size, 50109 on bad JSON."""
    if not request.body_exists:
        return None, {}
    if (request.content_length or 0) > settings.request_bytes + 64 * 1024:
        raise ApiError(Code.TOO_LARGE)
    if request.content_type == "multipart/form-data":
        return await _form(request, settings)
    try:
        data = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(Code.TOO_LARGE) from None
    return _json(data), {}


def _json(data: bytes) -> Any:
    if not data:
        return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise ApiError(Code.INVALID_JSON) from None


async def _form(request: web.Request, settings: Settings) -> tuple[Any, dict[str, Upload]]:
    body: Any = None
    files: dict[str, Upload] = {}
    fields: dict[str, str] = {}
    total = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        data = bytearray()
        while chunk := await part.read_chunk(64 * 1024):
            data += chunk
            if len(data) > settings.file_bytes or total + len(data) > settings.request_bytes:
                raise ApiError(Code.TOO_LARGE)
        total += len(data)
        if part.filename is not None:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            files[part.name] = Upload(part.filename, kind, bytes(data))
        elif part.name == "payload_json":
            body = _json(bytes(data))
        else:
            fields[part.name] = data.decode("utf-8", "replace")
    return body if body is not None else fields, files
