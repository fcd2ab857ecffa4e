"""What the tests of the bot share: a command line to type at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.cli_support import POLICY, Beadle, command


@pytest.fixture
def beadle(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Beadle:
    """Run a command in an empty folder, with `stdin` as its input."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return command(monkeypatch, capsys)


@pytest.fixture
def policy(tmp_path: Path) -> str:
    """Write a small policy into the folder, and return its name."""
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    return "policy.yaml"
