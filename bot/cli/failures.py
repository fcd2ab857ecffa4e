"""Say in one line what a command ran into."""

from __future__ import annotations

from bot.errors import NeedsMending
from rules.documents import InvalidDocument
from storage import Unavailable


def explain(error: Exception) -> str | None:
    """Return what to tell the person at the terminal, or None if the error is a mistake of ours."""
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"beadle: {where}{error.strerror or error}"
    if isinstance(error, InvalidDocument):
        return str(error)
    # Without the name of a module it is not a failed import but storage asking for an extra to be installed.
    extra_wanted = isinstance(error, ImportError) and error.name is None
    if extra_wanted or isinstance(error, NeedsMending | Unavailable):
        return f"beadle: {error}"
    return None
