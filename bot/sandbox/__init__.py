"""Discord on loopback, for demonstration, staff training and tests."""

from .faults import (
    Answer,
    Cdn,
    Clear,
    Cut,
    Delay,
    Dms,
    Events,
    Fault,
    GatewayDown,
    GatewayDrop,
    GatewayUp,
    Permission,
    Preview,
    RateLimits,
    RefuseResume,
)
from .http.api import Exchange
from .sample import Community, sample_community
from .server import Sandbox
from .world.state import Happening, Settings

__all__ = [
    "Answer",
    "Cdn",
    "Clear",
    "Community",
    "Cut",
    "Delay",
    "Dms",
    "Events",
    "Exchange",
    "Fault",
    "GatewayDown",
    "GatewayDrop",
    "GatewayUp",
    "Happening",
    "Permission",
    "Preview",
    "RateLimits",
    "RefuseResume",
    "Sandbox",
    "Settings",
    "sample_community",
]
