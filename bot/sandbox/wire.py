"""JSON as Discord writes it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

Json = dict[str, Any]
"""A JSON object."""

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode


def dumps(value: Any) -> str:
    """Return `value` as compact JSON."""
    return _encode(value)


def iso(at: datetime) -> str:
    """Return an aware time as Discord writes it."""
    return at.isoformat()
