"""What every test shares: Discord's published description, and that nothing optional is skipped unseen."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.openapi import ApiDescription, description_path

if TYPE_CHECKING:
    from bot.sandbox import Exchange
    from tests.openapi_tour import Tour

REQUIRE_ALL = os.environ.get("BEADLE_REQUIRE_ALL") == "1"


@pytest.fixture(scope="session")
def _description() -> ApiDescription | None:
    path = description_path()
    if path.exists():
        return ApiDescription(path)
    if REQUIRE_ALL:
        pytest.fail(f"{path}: Discord's API description is required and absent (see BEADLE_DISCORD_OPENAPI)")
    return None


@pytest.fixture(scope="session")
def openapi(_description: ApiDescription | None) -> ApiDescription:
    """Give Discord's API description, or skip the test where there is none."""
    if _description is None:
        pytest.skip(f"{description_path()}: Discord's API description is absent (see BEADLE_DISCORD_OPENAPI)")
    return _description


@pytest.fixture
def observer(_description: ApiDescription | None) -> Iterator[Callable[[Exchange], None]]:
    """Give a sandbox its observer, and fail the test if what was said departs from the description."""
    mismatches: Counter[str] = Counter()

    def observe(exchange: Exchange) -> None:
        if _description is not None:
            mismatches.update(_description.validate(exchange))

    yield observe
    shown = "\n".join(f"{count} × {mismatch}" for mismatch, count in mismatches.most_common(10))
    assert not mismatches, f"{len(mismatches)} departures from the API description, among them:\n{shown}"


@pytest.fixture
async def tour(openapi: ApiDescription, observer: Callable[[Exchange], None]) -> AsyncIterator[Tour]:
    """Give a real client in a sandbox, with all that either says to the other judged."""
    from tests.openapi_tour import touring

    async with touring(openapi, observer) as begun:
        yield begun


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the session when BEADLE_REQUIRE_ALL=1 and any test was skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if REQUIRE_ALL and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why the session failed although no test did."""
    if REQUIRE_ALL and (skipped := terminalreporter.stats.get("skipped")):
        terminalreporter.write_line(f"BEADLE_REQUIRE_ALL=1: {len(skipped)} skipped, none may be", red=True)
