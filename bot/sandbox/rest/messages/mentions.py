"""Whom a message mentions, as its text says and `allowed_mentions` lets it."""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.errors import Form
from bot.sandbox.world import permissions
from bot.sandbox.world.messages import Message
from bot.sandbox.world.state import World

_USER = re.compile(r"<@!?(\d{1,20})>")
_ROLE = re.compile(r"<@&(\d{1,20})>")
_EVERYONE = re.compile(r"@(?:everyone|here)")
_KINDS = {"users", "roles", "everyone"}


def resolve(world: World, message: Message, allowed: Any, may: int, form: Form) -> None:
    """Set the mentions of a message; an author without the permission mentions no one at large."""
    kinds, users, roles, replied = _allowed(allowed, form)
    guild = message.channel.guild
    text = message.content
    mentioned = dict.fromkeys(int(i) for i in _USER.findall(text) if "users" in kinds or i in users)
    if replied and message.replies_to and message.type == 19:
        mentioned[message.replies_to.author.id] = None
    message.mentions = [world.users[user_id] for user_id in mentioned if user_id in world.users]
    at_large = bool(may & permissions.MENTION_EVERYONE)
    message.mention_roles = []
    if guild:
        named = dict.fromkeys(int(i) for i in _ROLE.findall(text) if "roles" in kinds or i in roles)
        message.mention_roles = [
            role_id
            for role_id in named
            if role_id in guild.roles and (at_large or guild.roles[role_id].mentionable)
        ]
    message.mention_everyone = at_large and "everyone" in kinds and bool(_EVERYONE.search(text))


def _allowed(allowed: Any, form: Form) -> tuple[set[str], set[str], set[str], bool]:
    if not isinstance(allowed, dict):
        return _KINDS, set(), set(), True
    kinds = set(allowed.get("parse") or [])
    if kinds - _KINDS:
        form.wrong("allowed_mentions.parse", f"Value must be one of {sorted(_KINDS)}.", "BASE_TYPE_CHOICES")
    users, roles = ({str(i) for i in allowed.get(key) or []} for key in ("users", "roles"))
    for key, ids in (("users", users), ("roles", roles)):
        if ids and key in kinds:
            form.wrong(
                "allowed_mentions",
                f'parse:["{key}"] and {key}: [ids...] are mutually exclusive.',
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
            )
        if len(ids) > 100:
            form.wrong(f"allowed_mentions.{key}", "Must be 100 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    return kinds, users, roles, bool(allowed.get("replied_user", False))
