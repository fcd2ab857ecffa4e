import os
import subprocess
import sys
from pathlib import Path

import pytest

SKIPPED = "import pytest\n\ndef test_of_something_optional():\n    pytest.skip('absent')\n"


def run(tmp_path: Path, source: str, required: str) -> subprocess.CompletedProcess[str]:
    test = tmp_path / "test_sample.py"
    test.write_text(source)
    here = str(Path(__file__).parent)
    environment = {**os.environ, "PYTHONPATH": here, "BEADLE_REQUIRE_ALL": required}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "conftest",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        str(test),
    ]
    return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("required", "code"), [("1", pytest.ExitCode.TESTS_FAILED), ("", pytest.ExitCode.OK)]
)
def test_a_skipped_test_fails_the_session_only_where_everything_is_required(
    tmp_path: Path, required: str, code: int
) -> None:
    assert run(tmp_path, SKIPPED, required).returncode == code


def test_a_session_failed_for_its_skips_says_so(tmp_path: Path) -> None:
    assert "BEADLE_REQUIRE_ALL=1: 1 skipped, none may be" in run(tmp_path, SKIPPED, "1").stdout


def test_nothing_skipped_is_a_session_passed_where_everything_is_required(tmp_path: Path) -> None:
    assert run(tmp_path, "def test_of_something():\n    pass\n", "1").returncode == pytest.ExitCode.OK
