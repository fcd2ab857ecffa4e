"""`beadle run`: work for one community until told to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from typing import Annotated

import typer

from bot import app
from bot.cli import DEFAULT_CONFIG, ConfigFile
from bot.config import Config, load_config, token_from_env

log = logging.getLogger(__name__)


def run(
    config: ConfigFile = DEFAULT_CONFIG,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log more.")] = False,
) -> None:
    """Run Beadle for one community until Ctrl-C or SIGTERM."""
    settings = load_config(config)
    token = token_from_env()
    log_to_stderr(verbose=verbose)
    asyncio.run(_run(settings, token))


async def _run(settings: Config, token: str) -> None:
    city = settings.community.name

    def ready() -> None:
        # What is loaded by now stays: the collector need not halt all for a tenth of a second to see that.
        gc.freeze()
        log.info("at work for %s", city)

    await app.run(settings, token, stop_on_signals(), on_ready=ready)


def stop_on_signals(*others: signal.Signals) -> asyncio.Event:
    """Return an event that Ctrl-C, SIGTERM and `others` set, in place of ending the process."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, *others):
        loop.add_signal_handler(number, stop.set)
    return stop


def log_to_stderr(*, verbose: bool) -> None:
    """Log what happens to standard error, discord.py's own chatter only where it matters."""
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    for name in ("discord", "apscheduler", "alembic", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("discord.client").addFilter(_in_one_line)


def _in_one_line(record: logging.LogRecord) -> bool:
    """Tell of a try to reconnect without the fifty lines of traceback that discord.py adds to each."""
    told = record.getMessage()
    if record.exc_info and told.startswith("Attempting a reconnect"):
        error = record.exc_info[1]
        record.msg, record.args, record.exc_info = f"{told}: {error or type(error).__name__}", (), None
    return True
