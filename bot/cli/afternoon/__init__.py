"""The scripted afternoon: people act, and what becomes of it is held against what should."""

from __future__ import annotations

import aiohttp
from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from bot.cli.afternoon.stage import Stage
from bot.cli.afternoon.steps import STEPS, Check, Step
from bot.config import Config
from bot.messages.text import count
from bot.sandbox import Community
from storage import open_database


async def play(community: Community, settings: Config, console: Console) -> bool:
    """Play every step, print its outcome, and return whether all were as expected.

    Beadle must be at work in the community under these settings.
    """
    db = await open_database(settings.database)
    try:
        async with aiohttp.ClientSession() as http:
            stage = Stage(community, http, db)
            went_well = [await _play(step, stage, console) for step in STEPS]
    finally:
        await db.close()
    console.print(Rule("The afternoon", style="bold"))
    for step, well in zip(STEPS, went_well, strict=True):
        console.print(Text.assemble(_mark(well), step.__doc__ or ""))
    console.print(f"{sum(went_well)} of {count(len(STEPS), 'step')} went as expected.", style="bold")
    return all(went_well)


async def _play(step: Step, stage: Stage, console: Console) -> bool:
    console.print(Rule(step.__doc__ or "", style="bold", align="left"))
    went_well = True
    try:
        async for check in step(stage):
            went_well &= check.holds
            _print(check, console)
    except (LookupError, RuntimeError, aiohttp.ClientError) as error:
        went_well = False
        _print(Check("the step", "is played to its end", f"{type(error).__name__}: {error}"), console)
    return went_well


def _print(check: Check, console: Console) -> None:
    console.print(Text.assemble(_mark(check.holds), (check.what, "bold")), soft_wrap=True)
    for label, value in (("expected", check.expected), ("actual", check.actual)):
        console.print(Text.assemble((f"         {label:<9} ", "dim"), str(value)), soft_wrap=True)


def _mark(well: bool) -> tuple[str, str]:
    return ("ok       ", "bold green") if well else ("FAILED   ", "bold red")
