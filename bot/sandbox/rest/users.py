"""Users, direct messages, applications and where the gateway is."""

from __future__ import annotations

from bot.sandbox.errors import ApiError, Code
from bot.sandbox.http.call import Call, Routes, snowflake
from bot.sandbox.wire import Json
from bot.sandbox.world import shapes
from bot.sandbox.world.building import leave, open_dm

routes = Routes()


@routes("GET", "/users/@me")
def get_my_user(call: Call) -> Json:
    """Return the actor."""
    return shapes.own_user(call.actor)


@routes("GET", "/users/{user_id}")
def get_user(call: Call) -> Json:
    """Return a user."""
    return shapes.user(call.world.user(call.id("user_id")))


@routes("POST", "/users/@me/channels")
def create_dm(call: Call) -> Json:
    """Open direct messages with a user, or return those there are."""
    wanted = call.json.get("recipient_id") or next(iter(call.json.get("recipients") or []), None)
    other = call.world.user(snowflake(wanted, "recipient_id"))
    if other is call.actor:
        raise ApiError(Code.CANNOT_DM)
    channel = open_dm(call.world, call.actor, other)
    return shapes.channel(channel) | {"recipients": [shapes.user(other)]}


@routes("GET", "/users/@me/guilds")
def list_my_guilds(call: Call) -> list[Json]:
    """Return the communities the actor is in."""
    guilds = [guild for guild in call.world.guilds.values() if call.actor.id in guild.members]
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": guild.owner_id == call.actor.id,
            "permissions": "0",
            "features": guild.features,
        }
        for guild in guilds
    ]


@routes("DELETE", "/users/@me/guilds/{guild_id}")
def leave_guild(call: Call) -> None:
    """Leave a community."""
    leave(call.world, call.guild(), call.actor)


@routes("GET", "/oauth2/applications/@me")
def get_my_oauth2_application(call: Call) -> Json:
    """Return the bot's application."""
    return _application(call)


@routes("GET", "/applications/@me")
def get_my_application(call: Call) -> Json:
    """Return the bot's application."""
    return _application(call)


def _application(call: Call) -> Json:
    application = call.world.application_of(call.actor)
    joined = sum(application.bot.id in guild.members for guild in call.world.guilds.values())
    return shapes.application(application, joined)


@routes("GET", "/gateway", open=True)
def get_gateway(call: Call) -> Json:
    """Return where the gateway is."""
    return {"url": call.world.gateway}


@routes("GET", "/gateway/bot")
def get_bot_gateway(call: Call) -> Json:
    """Return where the gateway is and how often a bot may begin a session."""
    limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    return {"url": call.world.gateway, "shards": 1, "session_start_limit": limit}
