"""Add to YAML files that people write, leaving their order and remarks as they are."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from rules.documents import read_document


class NotEditable(ValueError):  # noqa: N818 - reads as what it is at every raise and except
    """A file is written in a way that cannot be added to by machine without changing what else it says."""


def with_items(text: str, key: str, items: Iterable[Any]) -> str:
    """Return a YAML document with items at the end of the list that it has under a key, or gets there.

    Raises NotEditable.
    """
    added = list(items)
    new_line = "\r\n" if "\r\n" in text else "\n"
    node = _under(text, key)
    if node is None:
        head = text if not text or text.endswith("\n") else text + new_line
        edited = f"{head}{key}:{new_line}" + _items(added, 2, new_line)
    elif not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
        raise NotEditable
    else:
        at = _end_of_line(text, _last(node))
        head = text[:at] if text[:at].endswith("\n") else text[:at] + new_line
        edited = head + _items(added, node.start_mark.column, new_line) + text[at:]
    before = read_document(text, "").data
    wanted = before | {key: [*before.get(key, []), *added]}
    return _checked(edited, wanted)


def with_key(text: str, key: str, number: int, name: str, value: str) -> str:
    """Return a YAML document in which one mapping of the list under a key also has `name: value`.

    Raises NotEditable.
    """
    node = _under(text, key)
    item = node.value[number] if isinstance(node, yaml.SequenceNode) else None
    if not isinstance(item, yaml.MappingNode):
        raise NotEditable
    if item.flow_style:
        at = item.end_mark.index - 1
        edited = f"{text[:at].rstrip()}, {name}: {value}{text[at:]}"
    else:
        new_line = "\r\n" if "\r\n" in text else "\n"
        at = _end_of_line(text, _last(item))
        head = text[:at] if text[:at].endswith("\n") else text[:at] + new_line
        edited = f"{head}{' ' * item.start_mark.column}{name}: {value}{new_line}{text[at:]}"
    wanted = read_document(text, "").data
    wanted[key][number][name] = value
    return _checked(edited, wanted)


def written(item: Any) -> str:
    """Return a value as one line of YAML."""
    return yaml.safe_dump(
        item, default_flow_style=True, width=10**6, allow_unicode=True, sort_keys=False
    ).partition("\n")[0]


def save(path: Path, text: str) -> None:
    """Put a text in the place of a file's, all of it or nothing. Raises OSError."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(beside).replace(path)
    finally:
        with suppress(FileNotFoundError):
            Path(beside).unlink()


def _under(text: str, key: str) -> yaml.Node | None:
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    if root is None:
        return None
    if not isinstance(root, yaml.MappingNode):
        raise NotEditable
    return next((value for name, value in root.value if name.value == key), None)


def _last(node: yaml.Node) -> int:
    """Return where the last value of a node ends: a node's own end lies after the remarks that follow it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _end_of_line(text: str, at: int) -> int:
    """Return where the line ends in which something ends; a block of text ends where the next line begins."""
    if text[:at].endswith("\n"):
        return at
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _items(items: Iterable[Any], indent: int, new_line: str) -> str:
    return "".join(f"{' ' * indent}- {written(item)}{new_line}" for item in items)


def _checked(edited: str, wanted: Any) -> str:
    if read_document(edited, "").data != wanted:
        raise NotEditable
    return edited
