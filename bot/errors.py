"""The one kind of error that a person at the terminal is expected to mend."""


class NeedsMending(Exception):  # noqa: N818 - reads as what it is at every raise and except
    """Something that Beadle cannot go on without; its words say what, and where it is mended."""
