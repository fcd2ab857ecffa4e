from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.config import Config, TokenMissing, load_config, token_from_env
from rules.documents import InvalidDocument

EXAMPLE = Path(__file__).parents[2] / "config.example.yaml"
SMALLEST = "community: {name: Rivertown, guild: Rivertown, timezone: America/Chicago}\n"

Load = Callable[[str], Config]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(text: str) -> Config:
        file = tmp_path / "beadle.yaml"
        file.write_text(text, encoding="utf-8")
        return load_config(file)

    return load


def problems(load: Load, text: str) -> list[str]:
    """Return what is wrong with a file, each without the folder it lies in."""
    with pytest.raises(InvalidDocument) as caught:
        load(text)
    return [str(replace(problem, file=Path(problem.file).name)) for problem in caught.value.problems]


def test_the_example_loads_and_shows_every_key() -> None:
    config = load_config(EXAMPLE)
    shown = EXAMPLE.read_text(encoding="utf-8")
    assert config.community.timezone == ZoneInfo("America/Chicago")
    assert [reminder.id for reminder in config.reminders] == ["emergency-notice", "keeping-ends"]
    for name, field in Config.model_fields.items():
        assert f"{name}:" in shown
        section = field.annotation
        for key, inner in getattr(section, "model_fields", {}).items():
            assert f"{inner.alias or key}:" in shown, key


def test_what_the_example_writes_out_is_the_default(load: Load) -> None:
    example, smallest = load_config(EXAMPLE), load(SMALLEST)
    for section in ("discord", "channels", "attachments", "catch_up", "enforcement"):
        assert getattr(example, section) == getattr(smallest, section)


def test_relative_paths_start_at_the_file(load: Load, tmp_path: Path) -> None:
    (tmp_path / "city.yaml").touch()
    config = load(SMALLEST + "policy: city.yaml\n")
    assert config.policy == str(tmp_path / "city.yaml")
    assert config.database_path == tmp_path / "data" / "beadle.sqlite3"
    assert config.database == f"sqlite:///{tmp_path}/data/beadle.sqlite3"
    assert load(SMALLEST).policy == "default"


def test_channels_and_roles_are_ids_or_names(load: Load) -> None:
    config = load(
        SMALLEST
        + 'channels: {alerts: "#alerts", review_queue: 1100000000000000002}\n'
        + 'roles: {clerk: ["@City Clerk", "1100000000000000003"]}\n'
    )
    assert config.channels.alerts == "alerts"
    assert config.channels.review_queue == 1100000000000000002
    assert config.roles.clerk == ("City Clerk", 1100000000000000003)


def test_every_problem_is_told_at_once_with_its_line(load: Load) -> None:
    assert problems(
        load,
        "community:\n"
        "  name: Rivertown\n"
        "  timezone: America/Chicgo\n"
        "polcy: default\n"
        "channels: {alerts: 5}\n"
        "discord: {api: ftp://discord.com}\n"
        "roles: {clerk: City Clerk}\n",
    ) == [
        "beadle.yaml:1: community.guild: is required",
        "beadle.yaml:3: community.timezone: expected a time zone of the IANA list, such as America/Chicago "
        "(got 'America/Chicgo'); did you mean America/Chicago?",
        "beadle.yaml:4: polcy: unknown key; did you mean policy?",
        "beadle.yaml:5: channels.alerts: expected a Discord id of 17 to 19 digits, or a name in quotes "
        "(got 5)",
        "beadle.yaml:6: discord.api: expected an address such as https://host/path (got 'ftp://discord.com')",
        "beadle.yaml:7: roles.clerk: expected a list, such as [City Clerk]",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("token: abc", "token: the token is never written in a file"),
        ("discord: {bot_token: abc}", "discord.bot_token: the token is never written in a file"),
        ("screening: {only: [a], except: [b]}", "screening: expected `only` or `except`, not both"),
        ("screening: {only: []}", "screening.only: expected at least one channel: nothing would be screened"),
        (
            "channels: {alerts: '#review-queue'}",
            "channels: expected a channel for each (got 'review-queue' for review_queue and alerts)",
        ),
        ("policy: defualt", "policy: expected a file that ends in .yaml, or a shipped policy: default, "),
        ("policy: city.yaml", "beadle.yaml:2: policy: city.yaml cannot be read: No such file or directory"),
        ("screening: {only: a}", "screening.only: expected a list, such as [a]"),
        ("screening:\n", "screening: expected a section with the keys only, except, exempt_roles"),
        ("database_url: mysql://u:hunter2@h/d", "database_url: expected an address such as postgresql://"),
        (
            "database_url: postgresql://h/d\ndatabase_path: x",
            "expected database_path or database_url, not both",
        ),
        (
            "enforcement: {first_pause_seconds: 90, longest_pause_seconds: 60}",
            "enforcement: expected first_pause_seconds not to be more",
        ),
        ("catch_up: {limit: 0}", "catch_up.limit: expected 1 or more (got 0)"),
        ("catch_up: {limit: many}", "catch_up.limit: expected a whole number (got 'many')"),
        ("database_path: 5", "database_path: expected a path (got 5)"),
        ("policy: [default]", "policy: expected text (got a list)"),
        ("community2: {}", "community2: unknown key; did you mean community?"),
        ("discord: {gateway: 'wss://'}", "discord.gateway: expected an address such as wss://host/path"),
        ("discord: {cdn: 'https://h:99999'}", "discord.cdn: expected an address such as https://host/path"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_expected(load: Load, text: str, expected: str) -> None:
    (problem,) = problems(load, SMALLEST + text)
    assert expected in problem
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("id: Two Words", "id: expected 1 to 40 small letters, digits and hyphens"),
        ("channels: []", "channels: expected at least one channel, and none twice"),
        ("channels: [a, '#a']", "channels: expected at least one channel, and none twice"),
        ("channels: a", "channels: expected a list, such as [a]"),
        ("report: retention", "expected either text or report"),
        ("text: " + "x" * 1901, "text: expected 1900 or fewer characters (got 1901)"),
        ("if_missed: {send_within: soon}", "if_missed: expected a number and a unit"),
        ("if_missed: never", "if_missed: expected skip or {send_within: 60m}"),
        ("schedule: {cron: '0 8 * * 1-5'}", "schedule.cron: expected weekdays by name, such as mon-fri"),
        ("schedule: {cron: '0 8 * *'}", "schedule.cron: expected five fields"),
        ("schedule: {cron: '0 25 * * *'}", "schedule.cron: is not a cron line"),
        ("schedule: {cron: '0 0 30 feb *'}", "schedule.cron: names a date that never comes"),
        ("schedule: {daily: '24:00'}", "schedule.daily: expected a time of day"),
        ("schedule: {every: 30s}", "schedule.every: expected at least 1m"),
        ("schedule: {every: 6h, daily: '08:00'}", "schedule: expected exactly one of cron"),
        ("schedule: {evry: 6h, every: 6h}", "schedule.evry: unknown key; did you mean every?"),
    ],
)
def test_a_wrong_reminder_is_named_with_what_was_expected(load: Load, changed: str, expected: str) -> None:
    entry = {"id": "one", "text": "hello", "channels": "[a]", "schedule": "{every: 6h}"}
    key, _, value = changed.partition(": ")
    lines = "\n".join(f"    {k}: {v}" for k, v in (entry | {key: value}).items())
    (problem,) = problems(load, f"{SMALLEST}reminders:\n  -\n{lines}\n")
    assert expected in problem
    assert "reminders[0]" in problem


def test_two_reminders_with_one_id_are_refused(load: Load) -> None:
    entry = "  - {id: one, text: hello, channels: [a], schedule: {every: 6h}}\n"
    assert problems(load, f"{SMALLEST}reminders:\n{entry}{entry}") == [
        "beadle.yaml:4: reminders[1].id: the id 'one' is given twice (first in line 3)"
    ]


def test_what_only_several_values_show_is_told_beside_what_is_wrong_with_each(load: Load) -> None:
    assert problems(
        load,
        "database_path: 5\n"
        "database_url: postgresql://h/d\n"
        "channels: {alerts: review-queue, staff_archive: 5}\n"
        "screening: {only: [a], except: [b], botz: true}\n"
        "enforcement: {first_pause_seconds: 90, longest_pause_seconds: 60, lease_seconds: soon}\n"
        "reminders:\n"
        "  - {id: one, text: hello, report: retention, channels: [], schedule: {every: 6h}}\n"
        "  - {id: one, text: hello, channels: [a], schedule: {every: 6h, daily: '25:00'}}\n",
    ) == [
        "beadle.yaml:1: expected database_path or database_url, not both",
        "beadle.yaml:1: community.guild: is required",
        "beadle.yaml:1: community.name: is required",
        "beadle.yaml:1: community.timezone: is required",
        "beadle.yaml:1: database_path: expected a path (got 5)",
        "beadle.yaml:3: channels: expected a channel for each "
        "(got 'review-queue' for review_queue and alerts)",
        "beadle.yaml:3: channels.staff_archive: expected a Discord id of 17 to 19 digits, "
        "or a name in quotes (got 5)",
        "beadle.yaml:4: screening: expected `only` or `except`, not both",
        "beadle.yaml:4: screening.botz: unknown key; did you mean bots?",
        "beadle.yaml:5: enforcement: expected first_pause_seconds not to be more than longest_pause_seconds",
        "beadle.yaml:5: enforcement.lease_seconds: expected a whole number (got 'soon')",
        "beadle.yaml:7: reminders[0]: expected either text or report",
        "beadle.yaml:7: reminders[0].channels: expected at least one channel, and none twice",
        "beadle.yaml:8: reminders[1].id: the id 'one' is given twice (first in line 7)",
        'beadle.yaml:8: reminders[1].schedule: expected exactly one of cron: "0 8 * * mon-fri", '
        'daily: "08:00" and every: 6h',
        "beadle.yaml:8: reminders[1].schedule.daily: expected a time of day between 00:00 and 23:59, such as "
        "\"08:00\" (got '25:00')",
    ]


def test_an_empty_file_is_told_all_that_it_needs(load: Load) -> None:
    assert problems(load, "") == [
        f"beadle.yaml:1: community.{key}: is required" for key in ("guild", "name", "timezone")
    ]


def test_a_missed_reminder_is_skipped_unless_lateness_is_allowed(load: Load) -> None:
    entry = "{id: %s, text: hello, channels: [a], schedule: {every: 6h}%s}"
    entries = [entry % ("one", ""), entry % ("two", ", if_missed: skip")]
    entries.append(entry % ("three", ", if_missed: {send_within: 90s}"))
    config = load(f"{SMALLEST}reminders: [{', '.join(entries)}]")
    assert [r.if_missed for r in config.reminders] == [timedelta(0), timedelta(0), timedelta(seconds=90)]


def test_a_file_that_is_not_there_is_a_problem_like_any_other(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument, match=r"none\.yaml:1: cannot be read: No such file"):
        load_config(tmp_path / "none.yaml")


def test_a_file_that_is_not_text_is_refused_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "beadle.yaml"
    file.write_bytes(b"community:\n  name: \xff\n")
    with pytest.raises(InvalidDocument, match=r"beadle\.yaml:2: is not UTF-8 text"):
        load_config(file)


def test_an_alias_bomb_is_refused(load: Load) -> None:
    (problem,) = problems(load, "a: &a [x, x]\nb: &b [*a, *a]\n")
    assert "anchors and aliases are not allowed" in problem


def test_a_password_does_not_show_when_the_configuration_is_printed(load: Load) -> None:
    config = load(SMALLEST + "database_url: postgresql://beadle:hunter2@db.example.gov/beadle\n")
    assert "hunter2" not in repr(config)


def test_the_token_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEADLE_TOKEN", " abc.def\n")
    assert token_from_env() == "abc.def"
    monkeypatch.setenv("BEADLE_TOKEN", "Bot abc.def")
    with pytest.raises(TokenMissing, match="expected one word"):
        token_from_env()
    monkeypatch.delenv("BEADLE_TOKEN")
    with pytest.raises(TokenMissing, match="set the environment variable BEADLE_TOKEN"):
        token_from_env()
