"""Point discord.py at a server that speaks Discord's protocol."""

from __future__ import annotations

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


def use_endpoints(api: str, gateway: str, cdn: str) -> None:
    """Send every request of this process to these addresses.

    discord.py keeps them on its classes: there is one server for each process.
    """
    Route.BASE = api.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    discord.Asset.BASE = cdn.rstrip("/")
