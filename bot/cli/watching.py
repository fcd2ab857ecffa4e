"""Open a long input and show how far it is read."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedReader
from os import fstat
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

from bot.cli.intake import Readable

LONG = 1024 * 1024
"""From how many bytes on it is worth showing how far the reading has come."""


@contextmanager
def opened(file: str, *, quiet: bool) -> Iterator[Readable]:
    """Open a file, or standard input for `-`, with a progress bar on standard error where that helps.

    There is none without a terminal, for a short file, or if `quiet` and standard output is the terminal too.
    """
    with ExitStack() as stack:
        stdin = cast(BufferedReader, sys.stdin.buffer)
        stream = stdin if file == "-" else stack.enter_context(Path(file).open("rb"))
        size = _size(stream)
        console = Console(stderr=True)
        if not console.is_terminal or (size is not None and size < LONG) or (quiet and sys.stdout.isatty()):
            yield stream
            return
        columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn())
        bar = stack.enter_context(Progress(*columns, console=console, transient=True, redirect_stdout=False))
        yield _Counted(stream, bar, size)


class _Counted:
    """A stream that moves a progress bar."""

    def __init__(self, stream: BufferedReader, bar: Progress, size: int | None) -> None:
        self._stream = stream
        self._bar = bar
        self._task = bar.add_task("", total=size)

    def read1(self, size: int, /) -> bytes:
        chunk = self._stream.read1(size)
        self._bar.advance(self._task, len(chunk))
        return chunk


def _size(stream: BufferedReader) -> int | None:
    """Return the size of a file, or None where it has none, as a pipe."""
    try:
        status = fstat(stream.fileno())
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None
