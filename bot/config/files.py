"""Files that people name: a configuration, and the policies it may be under."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path, PurePosixPath

from rules.documents import MAX_BYTES, InvalidDocument, Problem


def is_file_name(policy: str) -> bool:
    """Return whether a policy is named by its file rather than by a shipped name."""
    return policy.endswith((".yaml", ".yml"))


def shipped_policies() -> list[str]:
    """Return the names of the policies that come with Beadle."""
    found = (PurePosixPath(entry.name) for entry in (files("rules") / "policies").iterdir())
    return sorted(path.stem for path in found if path.suffix == ".yaml")


def read_text(path: Path) -> str:
    """Return the text of a configuration or policy file. Raises InvalidDocument if that cannot be had."""
    try:
        with path.open("rb") as file:
            # One byte more than allowed is enough for the reader to refuse the whole.
            return file.read(MAX_BYTES + 1).decode("utf-8-sig")
    except OSError as error:
        raise InvalidDocument([Problem(str(path), 1, "", f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InvalidDocument([Problem(str(path), line, "", "is not UTF-8 text")]) from None
