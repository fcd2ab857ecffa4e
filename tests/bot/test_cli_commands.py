from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import pytest

from bot.__main__ import COMMANDS
from bot.cli.intake.lines import LONGEST_LINE
from tests.bot.cli_support import POLICY, Beadle, Ran

EXAMPLE = Path(__file__).parents[2] / "config.example.yaml"
README = EXAMPLE.with_name("README.md")
CONFIG = "community: {name: Rivertown, guild: Rivertown, timezone: America/Chicago}\n"


def test_the_version_is_that_of_the_package(beadle: Beadle) -> None:
    assert beadle("--version").out.strip() == f"beadle {metadata.version('beadle')}"


def test_every_command_is_listed_and_explains_itself(beadle: Beadle) -> None:
    listed = beadle("--help")
    assert listed.code == 0
    for name, summary in COMMANDS.items():
        assert summary in listed.out
        assert f"Usage: beadle {name}" in beadle(name, "--help").out


def test_an_unknown_command_is_refused(beadle: Beadle) -> None:
    refused = beadle("chekc")
    assert refused.code == 2
    assert "No such command 'chekc'" in refused.err


def test_the_list_of_commands_loads_nothing_heavy() -> None:
    heavy = "{'sqlalchemy', 'pydantic', 'discord', 'yaml', 're2', 'apscheduler'}"
    program = (
        "import sys; sys.argv = ['beadle', '--help']\n"
        "from bot.__main__ import main\n"
        f"try: main()\nexcept SystemExit: sys.exit(repr({heavy} & sys.modules.keys()))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.stderr.strip() == "set()"


def test_check_says_what_is_in_order(beadle: Beadle, policy: str) -> None:
    checked = beadle("check", str(EXAMPLE), policy)
    assert (checked.code, checked.err) == (0, "")
    first, second, third = checked.out.splitlines()
    assert first == f"{EXAMPLE}: ok, configuration of City of Example with 2 reminders"
    assert second.startswith("default: ok, policy ")
    assert third.startswith(
        "policy.yaml: ok, policy “Rivertown policy” with 2 rules under 2 clauses, version "
    )


def test_check_takes_the_name_of_a_shipped_policy(beadle: Beadle) -> None:
    checked = beadle("check", "default")
    assert (checked.code, checked.err) == (0, "")
    assert checked.out.startswith("default: ok, policy ")


def test_check_prints_every_problem_of_every_file_on_its_line(beadle: Beadle, tmp_path: Path) -> None:
    (tmp_path / "beadle.yaml").write_text(CONFIG + "polcy: default\ntoken: x\n", encoding="utf-8")
    wrong = POLICY.replace("clause: crowd", "clause: crowds").replace("zambezi", "")
    (tmp_path / "city.yaml").write_text(wrong, encoding="utf-8")
    checked = beadle("check", "beadle.yaml", "city.yaml", "none.yaml")
    assert checked.code == 1
    lines = checked.out.splitlines()
    assert lines[0] == "beadle.yaml:2: polcy: unknown key; did you mean policy?"
    assert lines[1].startswith("beadle.yaml:3: token: the token is never written in a file")
    assert any(line.startswith("city.yaml:12: rules[1].clause: ") for line in lines)
    assert lines[-1] == "none.yaml:1: cannot be read: No such file or directory"


def test_check_looks_into_the_policy_of_a_configuration_that_is_wrong_itself(
    beadle: Beadle, tmp_path: Path
) -> None:
    (tmp_path / "beadle.yaml").write_text(f"{CONFIG}policy: city.yaml\nroels: {{}}\n", "utf-8")
    (tmp_path / "city.yaml").write_text("name: x\nextends: none\n", "utf-8")
    checked = beadle("check")
    assert checked.code == 1
    assert [line.split(": ")[1] for line in checked.out.splitlines()] == ["roels", "extends"]


def test_check_reads_the_policy_that_the_configuration_names(beadle: Beadle, tmp_path: Path) -> None:
    (tmp_path / "beadle.yaml").write_text(CONFIG + "policy: city.yaml\n", encoding="utf-8")
    (tmp_path / "city.yaml").write_text("name: City\nextends: defualt\n", encoding="utf-8")
    checked = beadle("check")
    assert checked.code == 1
    assert "city.yaml:2: extends: there is no file" in checked.out


def test_screen_writes_one_object_a_comment_in_exactly_the_promised_shape(
    beadle: Beadle, policy: str
) -> None:
    ran = beadle("screen", "-", "--policy", policy, stdin="Good morning\n🐦 the Zambezi floods\n")
    assert (ran.code, ran.err) == (0, "")
    assert ran.rows() == [
        {"id": 1, "action": "allow", "priority": "normal", "findings": []},
        {
            "id": 2,
            "action": "flag",
            "priority": "urgent",
            "findings": [
                {
                    "rule": "river-name",
                    "category": "other",
                    "clause": "river",
                    "matches": [{"start": 6, "end": 13, "text": "Zambezi"}],
                }
            ],
        },
    ]


def test_screen_sees_a_flood_where_times_are_given_and_only_there(beadle: Beadle, policy: str) -> None:
    def line(second: int, *, timed: bool) -> str:
        row = {"text": "Come to the great sale on Main Street today", "author": "Ann", "id": f"m{second}"}
        return json.dumps(row | ({"at": f"2026-03-01T12:00:{second:02}Z"} if timed else {}))

    timed = beadle("screen", "-p", policy, stdin="\n".join(line(n, timed=True) for n in range(4)))
    assert [row["action"] for row in timed.rows()] == ["allow", "allow", "flag", "flag"]
    assert [row["id"] for row in timed.rows()] == ["m0", "m1", "m2", "m3"]
    untimed = beadle("screen", "-p", policy, stdin="\n".join(line(n, timed=False) for n in range(4)))
    assert {row["action"] for row in untimed.rows()} == {"allow"}


def test_screen_names_the_lines_it_cannot_read_and_goes_on(beadle: Beadle, policy: str) -> None:
    ran = beadle(
        "screen", "-p", policy, stdin=b'{"text": "zambezi"}\n{"txt": 1}\n{"text": "\xff"}\n{"text": "x"}\n'
    )
    assert ran.code == 1
    assert [row["id"] for row in ran.rows()] == [1, 4]
    assert ran.err == "-: line 2: text: is required\n-: line 3: is not UTF-8 text at byte 11\n"


def test_screen_says_how_long_a_line_may_be(beadle: Beadle) -> None:
    limit = f"{LONGEST_LINE // 1024:,} KiB"
    assert limit in " ".join(beadle("screen", "--help").out.replace("│", " ").split())
    assert limit in README.read_text("utf-8")


def test_screen_says_nothing_of_nothing(beadle: Beadle, policy: str) -> None:
    assert beadle("screen", "-p", policy) == Ran(0, "", "")


def test_a_match_in_the_name_of_a_file_says_so(beadle: Beadle, policy: str, tmp_path: Path) -> None:
    file = {"id": "5", "url": "https://cdn.example/z", "fileName": "zambezi.png", "fileSizeBytes": 9}
    message = {
        "id": "7",
        "type": "Default",
        "timestamp": "2026-03-08T09:30:00Z",
        "content": "look",
        "author": {"id": "9", "name": "ann"},
        "attachments": [file],
    }
    document = {"guild": {"id": "1"}, "channel": {"id": "2", "name": "parks"}, "messages": [message]}
    (tmp_path / "export.json").write_text(json.dumps(document, indent=2), encoding="utf-8")
    (row,) = beadle("screen", "export.json", "-p", policy).rows()
    assert row["id"] == "7"
    assert row["findings"][0]["matches"] == [
        {"start": 0, "end": 7, "text": "zambezi", "part": "attachment 1"}
    ]


def test_a_table_shows_what_was_found_and_counts_the_rest(beadle: Beadle, policy: str) -> None:
    ran = beadle("screen", "-p", policy, "-f", "table", stdin="hello\nzambezi \x1b[31mred [bold]\n")
    assert "river-name" in ran.out
    assert "2 comments: allow 1, flag 1, hold 0, hide 0" in ran.out
    assert "\x1b" not in ran.out


def test_a_table_stays_small_however_much_is_found(beadle: Beadle, policy: str) -> None:
    ran = beadle("screen", "-p", policy, "-f", "table", stdin="zambezi\n" * 1500)
    assert "and 500 more" in ran.out
    assert "1,500 comments: allow 0, flag 1,500, hold 0, hide 0" in ran.out


def test_a_file_or_policy_that_is_not_there_is_one_clear_line(beadle: Beadle, policy: str) -> None:
    assert beadle("screen", "none.txt", "-p", policy) == Ran(
        1, "", "beadle: none.txt: No such file or directory\n"
    )
    missing = beadle("screen", "-p", "none.yaml")
    assert (missing.code, missing.err) == (1, "none.yaml:1: there is no file none.yaml\n")


def test_a_reader_that_has_enough_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "comments.txt").write_text("hello\n" * 20_000, encoding="utf-8")
    command = [sys.executable, "-m", "bot", "screen", "comments.txt", "-p", "policy.yaml"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as ran:
        assert ran.stdout
        assert ran.stderr
        ran.stdout.readline()
        ran.stdout.close()
        assert ran.stderr.read() == b""


def test_a_terminal_that_lacks_letters_gets_the_rest(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    command = [sys.executable, "-m", "bot", "screen", "-p", "policy.yaml", "-f", "table"]
    ran = subprocess.run(
        command,
        cwd=tmp_path,
        check=False,
        input="the z\u00e1mbezi \U0001f600\n".encode(),
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"z?mbezi" in ran.stdout


def test_a_long_input_shows_on_the_terminal_how_far_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "comments.txt").write_text("hello there\n" * 120_000, encoding="utf-8")
    command = [sys.executable, "-m", "bot", "screen", "comments.txt", "-p", "policy.yaml"]
    ours, theirs = os.openpty()
    written = tmp_path / "verdicts.jsonl"
    with written.open("wb") as out, subprocess.Popen(command, cwd=tmp_path, stdout=out, stderr=theirs):
        os.close(theirs)
        shown = b"".join(read_until_closed(ours))
    assert b"MB" in shown
    assert written.read_bytes().count(b'"allow"') == 120_000
    assert b"MB" not in written.read_bytes()


def read_until_closed(terminal: int) -> Iterator[bytes]:
    """Read what a program writes to its terminal; the end shows as an error."""
    with suppress(OSError):
        while chunk := os.read(terminal, 65_536):
            yield chunk
    os.close(terminal)


def test_migrate_says_from_what_to_what(beadle: Beadle, tmp_path: Path) -> None:
    (tmp_path / "beadle.yaml").write_text(CONFIG, encoding="utf-8")
    first, second = beadle("migrate"), beadle("migrate")
    assert first.out.startswith("The database went from nothing to schema ")
    assert second.out.endswith("; nothing was missing.\n")
    assert (tmp_path / "data" / "beadle.sqlite3").exists()


def test_a_missing_extra_is_one_clear_line(
    beadle: Beadle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "storage.engine.postgres", raising=False)
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    address = "database_url: postgresql://127.0.0.1/beadle\n"
    (tmp_path / "beadle.yaml").write_text(CONFIG + address, encoding="utf-8")
    assert beadle("migrate") == Ran(1, "", "beadle: PostgreSQL needs asyncpg: install beadle[postgres]\n")


def test_a_database_that_cannot_be_opened_is_one_clear_line(beadle: Beadle, tmp_path: Path) -> None:
    (tmp_path / "beadle.yaml").write_text(CONFIG + "database_path: beadle.yaml\n", encoding="utf-8")
    ran = beadle("migrate")
    assert ran.code == 1
    assert ran.err.startswith("beadle: the database cannot be used: ")
    assert len(ran.err.splitlines()) == 1
