"""Discord at the edge: the only part of Beadle that knows discord.py."""
