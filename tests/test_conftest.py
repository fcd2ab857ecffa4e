import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.openapi import description_path

SKIPPED = """
import pytest

def test_of_something_optional():
    pytest.skip("absent")
"""
JUDGING = """
def test_with_the_description(openapi):
    pass
"""
WATCHED = """
from bot.sandbox import Exchange

def test_of_something_watched(observer):
    observer(Exchange("GET", None, "/api/v10/mesages", {}, None, (), 200, [], {}, None, True, False))
"""


def run(tmp_path: Path, source: str, required: str = "", description: Path | None = None) -> tuple[int, str]:
    test = tmp_path / "test_sample.py"
    test.write_text(source)
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "BEADLE_REQUIRE_ALL": required,
        "BEADLE_DISCORD_OPENAPI": str(description or description_path()),
    }
    pytest_alone = [sys.executable, "-m", "pytest", "-c", os.devnull, "-p", "no:cacheprovider"]
    command = [*pytest_alone, "-p", "tests.conftest", str(test)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize(("required", "code"), [("1", 1), ("", 0)])
def test_a_skipped_test_fails_the_session_only_where_everything_is_required(
    tmp_path: Path, required: str, code: int
) -> None:
    assert run(tmp_path, SKIPPED, required)[0] == code


def test_a_session_failed_for_its_skips_says_so(tmp_path: Path) -> None:
    assert "BEADLE_REQUIRE_ALL=1: 1 skipped, none may be" in run(tmp_path, SKIPPED, "1")[1]


def test_nothing_skipped_is_a_session_passed_where_everything_is_required(tmp_path: Path) -> None:
    assert run(tmp_path, "def test_of_something():\n    pass\n", "1")[0] == 0


@pytest.mark.parametrize(("required", "outcome"), [("1", "1 error"), ("", "1 skipped")])
def test_an_absent_description_is_skipped_over_unless_everything_is_required(
    tmp_path: Path, required: str, outcome: str
) -> None:
    assert outcome in run(tmp_path, JUDGING, required, tmp_path / "absent.json")[1]


@pytest.mark.usefixtures("openapi")
def test_what_was_said_out_of_shape_fails_the_test_that_said_it(tmp_path: Path) -> None:
    code, printed = run(tmp_path, WATCHED)
    assert code == 1
    assert "1 × GET /mesages: no such operation is described" in printed
