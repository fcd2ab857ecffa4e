from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest

from bot.cli.sandbox import DATABASE
from tests.e2e.e2e_processes import Apart
from tests.e2e.e2e_support import FOUL, POLICY, eventually
from tests.sandbox_support import PersonClient


async def test_the_sandbox_opens_with_beadle_at_work_and_ends_at_a_word(apart: Apart, tmp_path: Path) -> None:
    data = tmp_path / "kept"
    sandbox = await apart.sandbox("--data", str(data))
    facts = apart.facts
    assert set(facts["channels"]) == {
        "announcements",
        "town-square",
        "parks-and-rec",
        "ask-city-hall",
        "review-queue",
        "staff-archive",
        "alerts",
    }
    assert set(facts["people"]) == {"resident", "neighbor", "moderator", "coordinator", "clerk", "admin"}
    assert set(facts["bot"]) == {"id"}
    assert facts["data"] == str(data)
    async with PersonClient(facts, facts["people"]["resident"]["token"]) as resident:
        await resident.say(facts["channels"]["town-square"], "my ssn is 219-45-6789, @everyone")
        await eventually(lambda: "Case 1 · notice from Sample City" in sandbox.printed, "the notice is shown")
    await eventually(lambda: "Case 1 · removed comment" in sandbox.printed, "the form is shown")
    for words in (
        "Rosa Alvarez in #town-square",
        "my ssn is 219-45-6789, @everyone",
        "Beadle deleted a message of Rosa Alvarez in #town-square",
        "Beadle to Rosa Alvarez, in a direct message",
        "Site and channel: Sample City community server, #town-square",
        "curl -sS http://127.0.0.1:",
    ):
        assert words in sandbox.printed
    assert await sandbox.stop(signal.SIGTERM) == 0
    assert (data / "beadle.sqlite3").exists()
    assert "Traceback" not in sandbox.printed
    assert "ERROR" not in sandbox.printed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
async def test_the_record_of_a_sandbox_without_a_folder_goes_with_it(
    apart: Apart, number: signal.Signals
) -> None:
    sandbox = await apart.sandbox()
    folder = Path(apart.facts["data"])
    assert DATABASE in os.listdir(folder)
    assert await sandbox.stop(number) == 0
    assert folder.name not in os.listdir(folder.parent)


async def test_an_afternoon_that_is_ended_before_it_begins_did_not_go_as_expected(
    apart: Apart, tmp_path: Path
) -> None:
    command = apart.command("sandbox", "--script", "--data", str(tmp_path / "kept"))
    await command.start()
    await eventually(lambda: any((tmp_path / "kept").glob("*.lock")), "the sandbox is at work")
    assert await command.stop(signal.SIGINT) != 0
    assert "went as expected" not in command.printed


async def test_a_ready_file_in_a_folder_that_is_not_there_is_refused(apart: Apart, tmp_path: Path) -> None:
    command = apart.command("sandbox", "--no-bot", "--ready-file", str(tmp_path / "new" / "ready.json"))
    await command.start()
    assert await command.ended() == 2
    assert "there is no folder" in command.printed
    assert not (tmp_path / "new").exists()


async def test_a_folder_in_which_a_sandbox_is_at_work_is_refused(apart: Apart, tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "kept"))
    first = await apart.sandbox(*data)
    second = apart.command("sandbox", *data)
    await second.start()
    assert await second.ended() == 1
    assert second.printed == (
        f"beadle: another sandbox is at work in {data[1]}; end it, or name another folder with --data\n"
    )
    await first.stop(signal.SIGKILL)
    await apart.sandbox(*data)


async def test_a_port_that_is_taken_is_told_in_one_line(apart: Apart) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = apart.command("sandbox", "--port", str(port))
        await command.start()
        assert await command.ended() == 1
    assert command.printed == f"beadle: port {port} is in use; choose another with --port\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--script", "--no-bot"), "the scripted afternoon needs the bot"),
        (("--config", "nowhere.yaml"), "nowhere.yaml:1: cannot be read: No such file or directory"),
        (("--port", "70000"), "less than or equal to 65535"),
    ],
)
async def test_what_the_command_cannot_do_is_told_and_not_tried(
    apart: Apart, arguments: tuple[str, ...], words: str
) -> None:
    command = apart.command("sandbox", *arguments)
    await command.start()
    assert await command.ended() != 0
    assert words in command.printed
    assert "Traceback" not in command.printed


async def test_a_policy_that_does_not_load_ends_the_sandbox_with_every_problem(
    apart: Apart, tmp_path: Path
) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY.replace("authorised_by", "authorized_by"), "utf-8")
    config = tmp_path / "city.yaml"
    config.write_text(
        "community: {name: Own City, guild: Own City, timezone: America/Denver}\npolicy: policy.yaml\n",
        "utf-8",
    )
    command = apart.command("sandbox", "--config", str(config))
    await command.start()
    assert await command.ended() == 1
    assert command.printed.count("authorized_by") >= 3
    assert "Traceback" not in command.printed


async def test_a_configuration_of_ones_own_is_pointed_at_the_sandbox_and_away_from_the_real_record(
    apart: Apart, tmp_path: Path
) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY, "utf-8")
    config = tmp_path / "city.yaml"
    config.write_text(
        "community: {name: Own City, guild: 1100000000000000001, timezone: America/Denver}\n"
        "policy: policy.yaml\n"
        "database_path: real.sqlite3\n",
        "utf-8",
    )
    sandbox = await apart.sandbox("--config", str(config))
    facts = apart.facts
    async with PersonClient(facts, facts["people"]["neighbor"]["token"]) as neighbor:
        await neighbor.say(facts["channels"]["town-square"], FOUL)
        await eventually(lambda: "Case 1 · notice from Own City" in sandbox.printed, "the notice is shown")
    assert await sandbox.stop() == 0
    assert not (tmp_path / "real.sqlite3").exists()


async def test_sandbox_and_beadle_run_apart_and_beadle_can_be_killed_and_started_again(apart: Apart) -> None:
    sandbox = await apart.sandbox("--no-bot")
    facts = apart.facts
    square = facts["channels"]["town-square"]
    beadle = apart.bot(POLICY)
    await beadle.start()
    async with PersonClient(facts, facts["people"]["resident"]["token"]) as resident:

        async def standing() -> set[str]:
            return {message["content"] for message in await resident.history(square)}

        async def left(*texts: str) -> bool:
            return await standing() == set(texts)

        await eventually(lambda: "at work for Sample City" in beadle.printed, "Beadle is at work")
        await resident.say(square, "nothing but talk")
        await resident.say(square, FOUL)
        await eventually(lambda: left("nothing but talk"), "the post is removed")
        assert await beadle.stop(signal.SIGKILL) == -signal.SIGKILL
        await resident.say(square, f"{FOUL}, once more")
        assert not await left("nothing but talk")
        await beadle.start()
        await eventually(lambda: left("nothing but talk"), "what was missed is removed")
        await sandbox.stop()
        await eventually(lambda: "Attempting a reconnect" in beadle.printed, "the outage is told")
    assert await beadle.stop() == 0
    assert "Traceback" not in beadle.printed
