"""Walk one large JSON object as it arrives."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from typing import Any

LARGEST_VALUE = 16 * 1024 * 1024


class StreamedObject:
    """One JSON object, walked as it arrives. Every method raises ValueError on text that is not JSON."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = codecs.iterdecode(iter(chunks), "utf-8")
        self._text = ""
        self._decode = json.JSONDecoder().raw_decode

    def fields(self) -> Iterator[str]:
        """Yield each key of the object. The caller takes the value before it goes on."""
        self._take("{")
        while self._mark() != "}":
            key = self.value()
            if not isinstance(key, str):
                raise ValueError(f"expected a key, found {key!r}")
            self._take(":")
            yield key
            if self._mark() == ",":
                self._take(",")
        self._take("}")

    def items(self) -> Iterator[Any]:
        """Yield each value of the list that comes next."""
        self._take("[")
        while self._mark() != "]":
            yield self.value()
            if self._mark() == ",":
                self._take(",")
        self._take("]")

    def more(self) -> bool:
        """Return whether anything but white space is left."""
        return bool(self._mark())

    def value(self) -> Any:
        """Return the value that comes next, of 16 MiB at most."""
        if not self._mark():
            raise ValueError("expected a value, found the end of the file")
        more = True
        while True:
            try:
                value, end = self._decode(self._text)
            except json.JSONDecodeError as error:
                if not more or len(self._text) > LARGEST_VALUE:
                    # Its position counts from the last value, which helps nobody.
                    raise ValueError(error.msg) from None
            else:
                # At the very end of what has arrived, a number might go on.
                if end < len(self._text) or not more:
                    self._text = self._text[end:]
                    return value
            more = self._grow()

    def _mark(self) -> str:
        """Return the next character that is not white space, without taking it."""
        self._text = self._text.lstrip()
        while not self._text and self._grow():
            self._text = self._text.lstrip()
        return self._text[:1]

    def _take(self, expected: str) -> None:
        if self._mark() != expected:
            found = repr(self._text[:1]) if self._text else "the end of the file"
            raise ValueError(f"expected {expected!r}, found {found}")
        self._text = self._text[1:]

    def _grow(self) -> bool:
        """Read as much again as is waiting, so that a long value is not decoded too often."""
        wanted = 2 * len(self._text)
        before = len(self._text)
        parts = [self._text]
        size = before
        for chunk in self._chunks:
            parts.append(chunk)
            size += len(chunk)
            if size > wanted:
                break
        self._text = "".join(parts)
        return size > before
