"""Read the entries of published lists: plain lines, tables, JSON, and lists of Beadle's own kind."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.config import read_text
from rules.documents import MAX_BYTES, InvalidDocument, Problem, read_document

Numbered = tuple[int, str]
"""The line that an entry stands in, and the entry."""
_REMARKS = ("#", "//")
_HOSTS = ("0.0.0.0 ", "127.0.0.1 ")
"""How the lines of a hosts file begin, in which many lists of domains are published."""


def read_entries(path: Path, kind: str, column: str | None) -> list[Numbered]:
    """Return what a published file holds for a list of some kind, at most 4 MiB of it.

    A file that ends in .csv or .tsv is a table with a heading; .json holds a list of texts, or one under a
    key; .yaml is a list such as Beadle's own. Everything else is plain lines, remarks after `#` or `//`.
    Raises InvalidDocument.
    """
    text = read_text(path)
    if len(text.encode()) > MAX_BYTES:
        raise _invalid(path, f"is larger than {MAX_BYTES // 1024 // 1024} MiB")
    if not text.strip():
        raise _invalid(path, "is empty")
    ending = path.suffix.lower()
    if ending in (".csv", ".tsv"):
        return list(_in_table(text, path, column))
    if column is not None:
        raise _invalid(path, "is no table, and has no columns; expected a file that ends in .csv or .tsv")
    if ending == ".json":
        return _texts(_parsed(text, path), path)
    if ending in (".yaml", ".yml"):
        return _texts(read_document(text, str(path)).data, path)
    lines = ((number, line.strip()) for number, line in enumerate(text.split("\n"), 1))
    kept = ((number, line) for number, line in lines if line and not line.startswith(_REMARKS))
    return [(number, _domain(line)) for number, line in kept] if kind == "domains" else list(kept)


def _domain(line: str) -> str:
    """Return a domain as Beadle writes it: with its subdomains, and without what a hosts file adds."""
    for address in _HOSTS:
        line = line.removeprefix(address)
    return line.partition(" #")[0].strip().removeprefix("*.")


def _in_table(text: str, path: Path, column: str | None) -> Iterator[Numbered]:
    rows = csv.reader(
        text.splitlines(keepends=True), delimiter="\t" if path.suffix.lower() == ".tsv" else ","
    )
    heading = [name.strip() for name in next(rows, [])]
    if column is None and len(heading) == 1:
        column = heading[0]
    if column not in heading:
        known = ", ".join(heading) or "nothing"
        raise _invalid(path, f"has the columns {known}; name the one to read with --column")
    place = heading.index(column)
    try:
        for row in rows:
            if len(row) > place and row[place].strip():
                yield rows.line_num, row[place].strip()
    except csv.Error as error:
        raise InvalidDocument([Problem(str(path), rows.line_num, "", f"is no table: {error}")]) from None


def _parsed(text: str, path: Path) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise InvalidDocument([Problem(str(path), line, "", f"is not valid JSON: {error}")]) from None
    except RecursionError:
        raise _invalid(path, "is nested too deep") from None


def _texts(data: Any, path: Path) -> list[Numbered]:
    """Return the texts of a list, or of the only list that a mapping holds."""
    if isinstance(data, dict):
        lists = [value for key, value in data.items() if isinstance(value, list) and key != "except"]
        data = lists[0] if len(lists) == 1 else None
    if not isinstance(data, list) or not all(isinstance(entry, str | int | float) for entry in data):
        raise _invalid(path, "holds no list of texts, nor exactly one under a key")
    return [(number, str(entry).strip()) for number, entry in enumerate(data, 1)]


def _invalid(path: Path, text: str) -> InvalidDocument:
    return InvalidDocument([Problem(str(path), 1, "", text)])
