"""`beadle sandbox`: Discord on loopback with Beadle at work in it."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import os
import signal
from contextlib import AsyncExitStack
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from bot import app
from bot.cli.afternoon import play
from bot.cli.run import stop_on_signals
from bot.cli.transcript import Transcript
from bot.config import Config, load_config
from bot.config.sections import Discord
from bot.errors import NeedsMending
from bot.sandbox import Community, Sandbox, sample_community
from storage.leader import FileLead

DATABASE = "beadle.sqlite3"
NARROW = 110
"""The width of what is printed where there is no terminal."""


def sandbox(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen on; 0 is any free one.")
    ] = 0,
    data: Annotated[
        Path | None, typer.Option(help="Keep the database here.", show_default="a temporary folder")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="Your own configuration.", show_default="the sample city's")
    ] = None,
    ready_file: Annotated[
        Path | None, typer.Option(help="Write addresses, ids and tokens here once all is ready.")
    ] = None,
    script: Annotated[bool, typer.Option("--script", help="Play a scripted afternoon, then end.")] = False,
    no_bot: Annotated[
        bool, typer.Option("--no-bot", help="Leave Beadle out: `beadle run` can join.")
    ] = False,
) -> None:
    """Start a sample community on this machine, with Beadle at work in it, until Ctrl-C.

    Nothing leaves the machine. With --script, exits with 1 unless every outcome is the expected one.
    """
    if script and no_bot:
        raise typer.BadParameter("the scripted afternoon needs the bot", param_hint="--no-bot")
    if ready_file is not None and not ready_file.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {ready_file.parent}", param_hint="--ready-file")
    settings = _settings(config)
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
    if ready_file is not None:
        # One left by an earlier run would send people to an address that is gone.
        ready_file.unlink(missing_ok=True)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # What is told to staff is seen in the transcript, where they see it.
    logging.getLogger("bot.alerts").setLevel(logging.ERROR)
    # Each try to connect again comes with a traceback.
    logging.getLogger("discord.client").setLevel(logging.CRITICAL)
    if not asyncio.run(_serve(settings, port, data, ready_file, script=script, no_bot=no_bot)):
        raise typer.Exit(1)


def _settings(config: Path | None) -> Config:
    if config is not None:
        return load_config(config)
    with as_file(files("bot.cli") / "sample.yaml") as path:
        return load_config(path)


async def _serve(
    settings: Config, port: int, data: Path | None, ready_file: Path | None, *, script: bool, no_bot: bool
) -> bool:
    """Run until stopped, or until the script ends. Returns whether all went as expected."""
    # A terminal that closes sends SIGHUP; under nohup it is to be ignored.
    left_alone = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    stop = stop_on_signals() if left_alone else stop_on_signals(signal.SIGHUP)
    console = _console()
    async with AsyncExitStack() as stack:
        folder = data or Path(stack.enter_context(TemporaryDirectory(prefix="beadle-sandbox-")))
        await _reserve(folder, stack)
        box = Sandbox(port=port)
        stack.push_async_callback(box.stop)
        await _listen(box, port)
        community = sample_community(box)
        settings = _within(settings, community, folder)
        facts = _facts(community, folder, with_token=no_bot)
        box.subscribe(Transcript(console, settings.community.timezone))

        def announce() -> None:
            if ready_file is not None:
                _write(ready_file, facts)
            _explain(console, community, folder, kept=data is not None, no_bot=no_bot)

        if no_bot:
            announce()
            await stop.wait()
            return True
        ready = asyncio.Event()
        bot = asyncio.create_task(app.run(settings, community.bot.token, stop, on_ready=ready.set))
        # A bot that cannot even start keeps nobody waiting.
        bot.add_done_callback(lambda _: ready.set())
        await ready.wait()
        if script and not bot.done():
            playing = asyncio.create_task(play(community, settings, console))
            await asyncio.wait({bot, playing}, return_when=asyncio.FIRST_COMPLETED)
            stop.set()
            played = playing.done() and await playing
            playing.cancel()
            await bot
            return played
        if not bot.done():
            announce()
        await bot
        return not script


async def _reserve(folder: Path, stack: AsyncExitStack) -> None:
    """Keep other sandboxes from the folder: each has a community, and so a lead, of its own."""
    lock = FileLead(folder / f"{DATABASE}.sandbox.lock")
    stack.push_async_callback(lock.release)
    if not await lock.acquire():
        raise NeedsMending(
            f"another sandbox is at work in {folder}; end it, or name another folder with --data"
        )


async def _listen(box: Sandbox, port: int) -> None:
    try:
        await box.start()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise NeedsMending(f"port {port} is in use; choose another with --port") from None


def _within(settings: Config, community: Community, folder: Path) -> Config:
    """Return the configuration pointed at the sandbox: nothing in it may lead out or to real records."""
    box = community.sandbox
    return settings.model_copy(
        update={
            "community": settings.community.model_copy(update={"guild": community.guild.id}),
            "discord": Discord(api=box.api, gateway=box.gateway, cdn=box.cdn),
            "database_url": None,
            "database_path": folder.absolute() / DATABASE,
        }
    )


def _facts(community: Community, folder: Path, *, with_token: bool) -> dict[str, Any]:
    facts = community.ready() | {"data": str(folder.absolute())}
    if not with_token:
        # Two sessions of one bot would each do everything.
        facts["bot"] = {"id": str(community.bot.id)}
    return facts


def _write(path: Path, facts: dict[str, Any]) -> None:
    """Write a file whole or not at all: somebody waits for it."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    beside.replace(path)


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=NARROW)


def _explain(console: Console, community: Community, folder: Path, *, kept: bool, no_bot: bool) -> None:
    """Print where everything is and how to take part."""
    box, facts = community.sandbox, community.ready()

    def line(*parts: str | tuple[str, str]) -> None:
        console.print(Text.assemble(*parts), soft_wrap=True)

    line((f"{community.guild.name}", "bold"), " is open. Nothing here reaches Discord.")
    line(("  API      ", "dim"), box.api)
    line(("  Gateway  ", "dim"), box.gateway)
    line(("  CDN      ", "dim"), box.cdn)
    if no_bot:
        line(("  Bot      ", "dim"), f"BEADLE_TOKEN={community.bot.token} beadle run CONFIG, with in it")
        line(f"           community: {{guild: {community.guild.id}, ...}}")
        line(f"           discord: {{api: {box.api}, gateway: {box.gateway}, cdn: {box.cdn}}}")
    else:
        line(("  Record   ", "dim"), f"{folder / DATABASE}{'' if kept else ' (removed at the end)'}")
    line()
    line(("  Channels", "dim"))
    for name, channel_id in facts["channels"].items():
        line(f"    {name:<15}", (channel_id, "cyan"))
    line(("  People, and the token each acts with", "dim"))
    for name, person in facts["people"].items():
        line(f"    {name:<15}", (person["token"], "cyan"))
    line()
    line(("  Say something as the resident:", "dim"))
    square, resident = facts["channels"]["town-square"], facts["people"]["resident"]
    line(
        f"curl -sS {box.api}/channels/{square}/messages"
        f" -H 'Authorization: {resident['token']}' -H 'Content-Type: application/json'"
        ' -d \'{"content": "My social security number is 219-09-9999"}\''
    )
    line(("  Ctrl-C ends it.", "dim"))
    line()
