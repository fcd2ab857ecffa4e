"""Run Beadle from the command line."""


def main() -> None:
    """Run the `beadle` command."""
