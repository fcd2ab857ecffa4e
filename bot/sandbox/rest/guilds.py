"""Communities: what they are, their audit log, emoji and welcome screen."""

from __future__ import annotations

from bot.sandbox.errors import ApiError, Code
from bot.sandbox.http.call import Call, Routes
from bot.sandbox.wire import Json
from bot.sandbox.world import audit, permissions, shapes

routes = Routes()


@routes("GET", "/guilds/{guild_id}")
def get_guild(call: Call) -> Json:
    """Return a community."""
    guild = call.guild()
    shape = shapes.guild(guild)
    if call.flag("with_counts"):
        shape |= {
            "approximate_member_count": len(guild.members),
            "approximate_presence_count": len(guild.members),
        }
    return shape


@routes("PATCH", "/guilds/{guild_id}")
def update_guild(call: Call) -> Json:
    """Change a community's name, description and channels."""
    guild = call.guild(permissions.MANAGE_GUILD)
    before = shapes.guild(guild)
    body = call.json
    guild.name = body.get("name") or guild.name
    guild.description = body.get("description", guild.description)
    guild.preferred_locale = body.get("preferred_locale") or guild.preferred_locale
    for key in ("system_channel_id", "rules_channel_id"):
        if key in body:
            setattr(guild, key, int(body[key]) if body[key] else None)
    after = shapes.guild(guild)
    call.world.publish("GUILD_UPDATE", after, guild=guild)
    differs = audit.changes(before, after)
    audit.record(
        call.world, guild, audit.Action.GUILD_UPDATE, call.actor, guild.id, call.reason, changes=differs
    )
    return after


@routes("GET", "/guilds/{guild_id}/audit-logs")
def list_guild_audit_log_entries(call: Call) -> Json:
    """Return a page of the audit log, newest first, or oldest first with `after`."""
    guild = call.guild(permissions.VIEW_AUDIT_LOG)
    before, after = call.query_id("before"), call.query_id("after")
    user_id, action = call.query_id("user_id"), call.query.get("action_type")
    entries = [
        entry
        for entry in guild.audit
        if (before is None or int(entry["id"]) < before)
        and (after is None or int(entry["id"]) > after)
        and user_id in (None, int(entry["user_id"]))
        and action in (None, str(entry["action_type"]))
    ]
    shown = (entries if after is not None else entries[::-1])[: call.limit(50, 1000)]
    named = {int(entry[key]) for entry in shown for key in ("user_id", "target_id") if entry[key]}
    return {
        "audit_log_entries": shown,
        "users": [shapes.user(call.world.users[i]) for i in sorted(named) if i in call.world.users],
        "integrations": [],
        "webhooks": [],
        "guild_scheduled_events": [],
        "threads": [shapes.channel(guild.threads[i]) for i in sorted(named) if i in guild.threads],
        "application_commands": [],
        "auto_moderation_rules": [guild.automod[i] for i in sorted(named) if i in guild.automod],
    }


@routes("GET", "/guilds/{guild_id}/emojis")
def list_guild_emojis(call: Call) -> list[Json]:
    """Return the community's own emoji."""
    return list(call.guild().emojis.values())


@routes("GET", "/guilds/{guild_id}/stickers")
def list_guild_stickers(call: Call) -> list[Json]:
    """Return the community's own stickers: it has none."""
    call.guild()
    return []


@routes("GET", "/guilds/{guild_id}/welcome-screen")
def get_guild_welcome_screen(call: Call) -> Json:
    """Return the welcome screen. Raises ApiError 10069 where there are no rules to show."""
    guild = call.guild()
    if guild.rules_channel_id is None:
        raise ApiError(Code.UNKNOWN_WELCOME_SCREEN)
    shown = {
        "channel_id": str(guild.rules_channel_id),
        "description": "Read this first",
        "emoji_id": None,
        "emoji_name": None,
    }
    return {"description": guild.description, "welcome_channels": [shown]}
