"""People, roles, channels and communities as Discord's API shows them."""

from __future__ import annotations

from datetime import datetime

from bot.sandbox.wire import Json, iso

from .models import Application, Channel, ChannelType, Guild, Member, Overwrite, Role, Thread, User, Webhook


def user(who: User) -> Json:
    """Return a user, without what only they may see."""
    shape: Json = {
        "id": str(who.id),
        "username": who.username,
        "avatar": who.avatar,
        "discriminator": who.discriminator,
        "public_flags": 0,
        "flags": 0,
        "global_name": who.global_name,
        "primary_guild": None,
    }
    if who.bot:
        shape["bot"] = True
    return shape


def own_user(who: User) -> Json:
    """Return a user as they see themselves."""
    return user(who) | {
        "mfa_enabled": True,
        "locale": "en-US",
        "verified": True,
        "email": None,
        "premium_type": 0,
    }


def member(who: Member, *, with_user: bool = True) -> Json:
    """Return a member."""
    until = who.communication_disabled_until
    shape: Json = {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": iso(until) if until else None,
        "flags": who.flags,
        "joined_at": iso(who.joined_at),
        "nick": who.nick,
        "pending": False,
        "premium_since": None,
        "roles": [str(role_id) for role_id in who.roles],
        "mute": False,
        "deaf": False,
    }
    if with_user:
        shape["user"] = user(who.user)
    return shape


def role(it: Role) -> Json:
    """Return a role."""
    shape: Json = {
        "id": str(it.id),
        "name": it.name,
        "permissions": str(it.permissions),
        "position": it.position,
        "color": it.color,
        "colors": {"primary_color": it.color, "secondary_color": None, "tertiary_color": None},
        "hoist": it.hoist,
        "managed": it.bot_id is not None,
        "mentionable": it.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if it.bot_id is not None:
        shape["tags"] = {"bot_id": str(it.bot_id)}
    return shape


def overwrite(it: Overwrite) -> Json:
    """Return an overwrite."""
    return {"id": str(it.id), "type": it.type, "allow": str(it.allow), "deny": str(it.deny)}


def channel(it: Channel) -> Json:
    """Return a channel, a DM or a thread."""
    shape: Json = {
        "id": str(it.id),
        "type": int(it.type),
        "flags": it.flags,
        "last_message_id": str(it.log.last_id) if it.log.last_id else None,
    }
    if it.last_pin:
        shape["last_pin_timestamp"] = iso(it.last_pin)
    if it.guild is None:
        return shape | {"recipients": [user(who) for who in it.recipients]}
    shape |= {
        "guild_id": str(it.guild.id),
        "name": it.name,
        "parent_id": str(it.parent.id) if it.parent else None,
        "rate_limit_per_user": it.rate_limit_per_user,
    }
    if it.thread:
        return shape | _thread(it, it.thread)
    shape |= {
        "position": it.position,
        "permission_overwrites": [overwrite(o) for o in it.overwrites.values()],
        "nsfw": it.nsfw,
        "topic": it.topic,
        "default_auto_archive_duration": it.default_auto_archive_duration,
    }
    if it.type is ChannelType.FORUM:
        shape |= {
            "available_tags": it.tags,
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    return shape


def _thread(it: Channel, thread: Thread) -> Json:
    meta: Json = {
        "archived": thread.archived,
        "archive_timestamp": iso(thread.archive_timestamp),
        "auto_archive_duration": thread.auto_archive_duration,
        "locked": thread.locked,
        "create_timestamp": iso(thread.create_timestamp),
    }
    if it.type is ChannelType.PRIVATE_THREAD:
        meta["invitable"] = thread.invitable
    return {
        "owner_id": str(thread.owner_id),
        "thread_metadata": meta,
        "message_count": min(thread.sent, 50),
        "member_count": min(len(thread.members), 50),
        "total_message_sent": thread.sent,
        "applied_tags": [str(tag) for tag in thread.applied_tags],
    }


def thread_member(it: Channel, user_id: int, joined: datetime) -> Json:
    """Return a member of a thread."""
    return {"id": str(it.id), "user_id": str(user_id), "join_timestamp": iso(joined), "flags": 0}


def guild(it: Guild) -> Json:
    """Return a community's own fields, roles and emoji."""
    return {
        "id": str(it.id),
        "name": it.name,
        "icon": None,
        "description": it.description,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": it.features,
        "banner": None,
        "owner_id": str(it.owner_id),
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": str(it.system_channel_id) if it.system_channel_id else None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 1,
        "roles": [role(r) for r in it.roles.values()],
        "default_message_notifications": 1,
        "mfa_level": 0,
        "explicit_content_filter": 2,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": it.preferred_locale,
        "rules_channel_id": str(it.rules_channel_id) if it.rules_channel_id else None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": list(it.emojis.values()),
        "stickers": [],
        "incidents_data": None,
    }


def webhook(it: Webhook, *, api: str, with_token: bool = True, with_user: bool = True) -> Json:
    """Return a webhook; its token only to those who may manage it."""
    shape: Json = {
        "application_id": str(it.application_id) if it.application_id else None,
        "avatar": it.avatar,
        "channel_id": str(it.channel.id),
        "guild_id": str(it.channel.guild.id) if it.channel.guild else None,
        "id": str(it.id),
        "name": it.name,
        "type": 1,
    }
    if with_user:
        shape["user"] = user(it.user)
    if with_token:
        shape |= {"token": it.token, "url": f"{api}/webhooks/{it.id}/{it.token}"}
    return shape


def application(it: Application, guilds: int) -> Json:
    """Return an application as its owner sees it."""
    return {
        "id": str(it.id),
        "name": it.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": user(it.bot),
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": application_flags(it),
        "flags_new": str(application_flags(it)),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(it.owner),
        "approximate_guild_count": guilds,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "event_webhooks_url": None,
        "event_webhooks_status": 1,
        "event_webhooks_types": [],
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
    }


def application_flags(it: Application) -> int:
    """Return the flags that say which privileged intents an application below 100 communities has."""
    limited = {1 << 8: 1 << 13, 1 << 1: 1 << 15, 1 << 15: 1 << 19}
    return sum(flag for intent, flag in limited.items() if it.privileged & intent)
