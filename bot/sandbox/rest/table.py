"""Every route there is."""

from __future__ import annotations

from . import users
from .call import Route
from .messages import routes as messages

ROUTES: tuple[Route, ...] = (
    *users.routes.all,
    *messages.routes.all,
)
