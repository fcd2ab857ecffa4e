"""The commands of `beadle`, one module each."""

from pathlib import Path
from typing import Annotated

import typer

ConfigFile = Annotated[Path, typer.Argument(metavar="CONFIG", help="The configuration file.")]
DEFAULT_CONFIG = Path("beadle.yaml")
