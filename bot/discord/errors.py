"""Say what Discord's refusals mean for us."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord

from bot.errors import NeedsMending
from bot.ports import PlatformError, Refusal

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json: 50007 "Cannot send messages to
# this user"; 50278 the same, where the person and the bot share no server that allows it.
DOOR_CLOSED = {50007, 50278}


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn whatever goes wrong inside into a PlatformError about `what`."""
    try:
        yield
    except discord.Forbidden as error:
        refusal = Refusal.DOOR_CLOSED if error.code in DOOR_CLOSED else Refusal.FORBIDDEN
        raise PlatformError(refusal, f"{what}: {_said(error)}") from error
    except discord.NotFound as error:
        raise PlatformError(Refusal.MISSING, f"{what}: {_said(error)}") from error
    except discord.HTTPException as error:
        refusal = Refusal.UNAVAILABLE if _passing(error) else Refusal.INVALID
        raise PlatformError(refusal, f"{what}: {_said(error)}") from error
    except (TimeoutError, aiohttp.ClientError, OSError, discord.RateLimited) as error:
        raise PlatformError(Refusal.UNAVAILABLE, f"{what}: {error or type(error).__name__}") from error


def _said(error: discord.HTTPException) -> str:
    """Return what Discord answered, in its words where it gave any."""
    code = f", code {error.code}" if error.code else ""
    return f"Discord answered “{error.text or error.response.reason}” (status {error.status}{code})"


def _passing(error: discord.HTTPException) -> bool:
    return error.status >= 500 or error.status == 429


def present(guild: discord.Guild | None) -> discord.Guild:
    """Return the server, with its channels and members. Raises PlatformError while it is out of sight.

    Between a new connection and the server's data, discord.py knows its id and nothing more.
    """
    if guild is None or guild.unavailable:
        raise PlatformError(Refusal.UNAVAILABLE, "the server is not connected")
    return guild


class LoginRefused(NeedsMending):
    """Discord does not let Beadle in, and in words what to mend."""


@contextmanager
def admitted() -> Iterator[None]:
    """Turn Discord's refusals to let a bot in into LoginRefused."""
    try:
        yield
    except discord.LoginFailure:
        raise LoginRefused("Discord refuses the token") from None
    except discord.PrivilegedIntentsRequired:
        raise LoginRefused(
            "Discord withholds what Beadle must see: switch on the intents “Server Members” and "
            "“Message Content” in the developer portal, under Bot"
        ) from None
    except discord.HTTPException as error:
        if _passing(error):
            raise
        raise LoginRefused(f"{error.response.url} does not let Beadle in: {error}") from None
