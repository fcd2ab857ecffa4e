"""Turn outgoing words into what discord.py sends."""

from __future__ import annotations

import io
from typing import Any

import discord

from bot.ports import Button, Card, Outgoing

CUSTOM_ID = "beadle:"
"""How the custom id of each of our buttons begins."""


def render(message: Outgoing) -> dict[str, Any]:
    """Return the keyword arguments for sending or editing, files excepted."""
    content: dict[str, Any] = {
        "content": message.text,
        "embed": _embed(message.card) if message.card else None,
        "view": _view(message.buttons) if message.buttons else None,
        "allowed_mentions": discord.AllowedMentions(
            everyone=False,
            users=[discord.Object(message.mention_user)] if message.mention_user else False,
            roles=[discord.Object(message.mention_role)] if message.mention_role else False,
            replied_user=False,
        ),
    }
    return content


def render_new(message: Outgoing) -> dict[str, Any]:
    """Return the keyword arguments for sending, files included."""
    content = {key: value for key, value in render(message).items() if value is not None}
    if message.files:
        content["files"] = [discord.File(io.BytesIO(f.data), f.name) for f in message.files]
    return content | {"silent": message.silent}


def _embed(card: Card) -> discord.Embed:
    embed = discord.Embed(title=card.title, description=card.body or None)
    for field in card.fields:
        embed.add_field(name=field.label, value=field.value, inline=field.inline)
    if card.footer:
        embed.set_footer(text=card.footer)
    return embed


def _view(buttons: tuple[Button, ...]) -> discord.ui.View:
    """Return the buttons. Presses are answered by their custom id, so that they outlive a restart."""
    view = discord.ui.View(timeout=None)
    for button in buttons:
        if button.url:
            view.add_item(discord.ui.Button[discord.ui.View](label=button.label, url=button.url))
        else:
            view.add_item(
                discord.ui.Button[discord.ui.View](label=button.label, custom_id=CUSTOM_ID + button.action)
            )
    # Sending stores the view for dispatch; a stopped one is not kept, and the press reaches us all the same.
    view.stop()
    return view
