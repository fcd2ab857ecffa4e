"""REST v10: the routes, one module for each family."""

from __future__ import annotations

from bot.sandbox.http.call import Route

from . import automod, channels, guilds, members, roles, threads, users, webhooks
from .interactions import commands
from .interactions import routes as interactions
from .messages import pins, polls, reactions
from .messages import routes as messages

ROUTES: tuple[Route, ...] = tuple(
    route
    for family in (
        automod,
        channels,
        commands,
        guilds,
        interactions,
        members,
        messages,
        pins,
        polls,
        reactions,
        roles,
        threads,
        users,
        webhooks,
    )
    for route in family.routes.all
)
