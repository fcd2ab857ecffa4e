"""The rules of native AutoMod."""

from __future__ import annotations

from typing import Any

import re2

from bot.sandbox.automod import KEYWORD, MENTION_SPAM, PRESET, SPAM
from bot.sandbox.errors import ApiError, Code, Form
from bot.sandbox.http.call import Call, Routes
from bot.sandbox.wire import Json
from bot.sandbox.world import audit, permissions
from bot.sandbox.world.models import Guild

routes = Routes()

MOST = {KEYWORD: 6, SPAM: 1, PRESET: 1, MENTION_SPAM: 1, 6: 1}
"""Rules of each kind that a community may have."""
_META: dict[int, Json] = {
    KEYWORD: {"keyword_filter": [], "regex_patterns": [], "allow_list": []},
    SPAM: {},
    PRESET: {"presets": [], "allow_list": []},
    MENTION_SPAM: {"mention_total_limit": 20, "mention_raid_protection_enabled": False},
    6: {"keyword_filter": [], "regex_patterns": [], "allow_list": []},
}
_CHANGEABLE = (
    "name",
    "event_type",
    "actions",
    "enabled",
    "exempt_roles",
    "exempt_channels",
    "trigger_metadata",
)
_ONE = "/guilds/{guild_id}/auto-moderation/rules/{rule_id}"
_ALL = "/guilds/{guild_id}/auto-moderation/rules"


def _rule(call: Call, guild: Guild) -> Json:
    rule = guild.automod.get(call.id("rule_id"))
    if rule is None:
        raise ApiError(Code.NOT_FOUND)
    return rule


def _checked(rule: Json) -> Json:
    form = Form()
    form.between("name", rule["name"], 1, 100)
    form.between("actions", rule["actions"], 1, 5)
    meta = rule["trigger_metadata"]
    for key, most in (("keyword_filter", 1000), ("regex_patterns", 10), ("allow_list", 100)):
        if len(meta.get(key) or []) > most:
            form.wrong(
                f"trigger_metadata.{key}", f"Must be {most} or fewer in length.", "BASE_TYPE_MAX_LENGTH"
            )
    for n, pattern in enumerate(meta.get("regex_patterns") or []):
        try:
            re2.compile(pattern)
        except re2.error:
            form.wrong(
                f"trigger_metadata.regex_patterns.{n}", "Regex is invalid", "AUTO_MODERATION_INVALID_REGEX"
            )
    form.check()
    return rule


def _list(value: Any) -> list[str]:
    return [str(item) for item in value or []]


@routes("GET", _ALL)
def list_auto_moderation_rules(call: Call) -> list[Json]:
    """Return every rule."""
    return list(call.guild(permissions.MANAGE_GUILD).automod.values())


@routes("GET", _ONE)
def get_auto_moderation_rule(call: Call) -> Json:
    """Return a rule."""
    return _rule(call, call.guild(permissions.MANAGE_GUILD))


@routes("POST", _ALL)
def create_auto_moderation_rule(call: Call) -> Json:
    """Make a rule."""
    guild = call.guild(permissions.MANAGE_GUILD)
    body = call.json
    kind = body.get("trigger_type")
    form = Form()
    if kind not in MOST:
        form.wrong("trigger_type", f"Value must be one of {tuple(MOST)}.", "BASE_TYPE_CHOICES")
    elif sum(rule["trigger_type"] == kind for rule in guild.automod.values()) >= MOST[kind]:
        form.wrong(
            "trigger_type", "Too many rules of this type", "AUTO_MODERATION_MAX_RULES_OF_TYPE_EXCEEDED"
        )
    form.check()
    rule_id = call.world.ids.next()
    guild.automod[rule_id] = _checked(
        {
            "id": str(rule_id),
            "guild_id": str(guild.id),
            "creator_id": str(call.actor.id),
            "name": body.get("name"),
            "event_type": body.get("event_type", 1),
            "actions": [_action(action) for action in body.get("actions") or [{"type": 1}]],
            "trigger_type": kind,
            "enabled": bool(body.get("enabled", False)),
            "exempt_roles": _list(body.get("exempt_roles")),
            "exempt_channels": _list(body.get("exempt_channels")),
            "trigger_metadata": _META[int(kind or 0)] | (body.get("trigger_metadata") or {}),
        }
    )
    _tell(call, guild, guild.automod[rule_id], "CREATE", audit.Action.AUTO_MODERATION_RULE_CREATE)
    return guild.automod[rule_id]


def _action(given: Json) -> Json:
    return {"type": given.get("type"), "metadata": given.get("metadata") or {}}


def _tell(call: Call, guild: Guild, rule: Json, change: str, action: audit.Action) -> None:
    call.world.publish(f"AUTO_MODERATION_RULE_{change}", rule, guild=guild)
    audit.record(call.world, guild, action, call.actor, int(rule["id"]), call.reason)


@routes("PATCH", _ONE)
def update_auto_moderation_rule(call: Call) -> Json:
    """Change a rule."""
    guild = call.guild(permissions.MANAGE_GUILD)
    rule = _rule(call, guild)
    given = {key: call.json[key] for key in _CHANGEABLE if call.json.get(key) is not None}
    if "actions" in given:
        given["actions"] = [_action(action) for action in given["actions"]]
    if "trigger_metadata" in given:
        given["trigger_metadata"] = _META[rule["trigger_type"]] | given["trigger_metadata"]
    guild.automod[int(rule["id"])] = rule = _checked(rule | given)
    _tell(call, guild, rule, "UPDATE", audit.Action.AUTO_MODERATION_RULE_UPDATE)
    return rule


@routes("DELETE", _ONE)
def delete_auto_moderation_rule(call: Call) -> None:
    """Delete a rule."""
    guild = call.guild(permissions.MANAGE_GUILD)
    rule = _rule(call, guild)
    del guild.automod[int(rule["id"])]
    _tell(call, guild, rule, "DELETE", audit.Action.AUTO_MODERATION_RULE_DELETE)
