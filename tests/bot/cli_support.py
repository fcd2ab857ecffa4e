"""What the tests of the command line share: a policy, and how a command ended."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.__main__ import main

POLICY = """\
name: Rivertown policy
clauses:
  - {id: river, title: The river, text: Do not name the river.}
  - {id: crowd, title: Crowds, text: Say it once.}
rules:
  - id: river-name
    clause: river
    category: other
    priority: urgent
    when: {words: [zambezi]}
  - id: crowd-repeats
    clause: crowd
    category: spam
    when: {repeats: {posts: 3, seconds: 60}}
"""


@dataclass
class Ran:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Beadle = Callable[..., Ran]


def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Beadle:
    """Return what runs a command, with `stdin` as its input."""

    def run(*arguments: str, stdin: str | bytes = "") -> Ran:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr("sys.argv", ["beadle", *arguments])
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        code: Any = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        written = capsys.readouterr()
        if isinstance(code, str):
            # Python itself prints such an ending, and exits with 1.
            return Ran(1, written.out, f"{written.err}{code}\n")
        return Ran(code or 0, written.out, written.err)

    return run
