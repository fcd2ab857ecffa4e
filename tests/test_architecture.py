"""The shape of the house: who may import whom, and how large a part may grow."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("rules", "storage", "bot")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

LONGEST = 400
MOST_IN_A_FOLDER = 12
TOP = {
    ".ci",
    ".github",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "bot",
    "config.example.yaml",
    "pyproject.toml",
    "rules",
    "storage",
    "tests",
}


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of every module that a file imports, relative ones resolved."""
    package = path.relative_to(ROOT).with_suffix("").parts
    package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            yield ".".join([*base, *([node.module] if node.module else [])])


def forbidden(path: Path) -> tuple[str, ...]:
    """Return what a file may not import."""
    folder = path.relative_to(ROOT).parts
    if folder[0] == "rules":
        return ("storage", "bot", "discord", "sqlalchemy", "aiohttp", "apscheduler", "logging", "asyncio")
    if folder[0] == "storage":
        return ("bot", "discord", "aiohttp", "apscheduler")
    if folder[1] == "sandbox":
        return ("rules", "storage", "discord", "sqlalchemy", *(f"bot.{m}" for m in others_than_sandbox()))
    if folder[1] == "discord":
        return ("sqlalchemy",)
    return ("sqlalchemy", "discord")


def others_than_sandbox() -> set[str]:
    return {path.stem for path in (ROOT / "bot").iterdir()} - {"sandbox", "__pycache__", "__init__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    wrong = [
        name
        for name in imports(path)
        if any(name == bad or name.startswith(f"{bad}.") for bad in forbidden(path))
    ]
    assert not wrong


def test_no_module_is_longer_than_it_can_be_read() -> None:
    paths = (*MODULES, *TESTS)
    lengths = {str(p.relative_to(ROOT)): len(p.read_text("utf-8").splitlines()) for p in paths}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_no_folder_holds_more_than_can_be_looked_over() -> None:
    counts = Counter(str(path.parent.relative_to(ROOT)) for path in MODULES if path.name != "__init__.py")
    assert {folder: count for folder, count in counts.items() if count > MOST_IN_A_FOLDER} == {}


def test_nothing_else_stands_at_the_top() -> None:
    made_by_tools = {".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "uv.lock"}
    assert {path.name for path in ROOT.iterdir()} - made_by_tools <= TOP
