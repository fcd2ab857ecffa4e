"""The words by which a street address is told from other numbers."""

from __future__ import annotations

KINDS = (
    r"street|str|st|avenue|aven|ave|av|road|rd|lane|ln|drive|drv|dr|court|crt|ct|boulevard|blvd"
    r"|circle|circ|cir|place|pl|terrace|terr|ter|trail|trl|parkway|pkwy|pky|highway|hwy|way|square"
    r"|sq|loop|alley|aly|crossing|xing|cove|cv|row|path|pass|plaza|landing|bend|ridge|heights|hts"
    r"|commons|crescent|cres|hollow|vista|turnpike|tpke|trace|run|point|pt|walk|mews|esplanade"
    r"|estates|gardens|glen|grove|hill|knoll|manor|meadows?|oaks|park|view"
)
"""Kinds of street, of United States Postal Service Publication 28, appendix C1, that people write most."""
LOOSE = frozenset(
    b"""
    way drive place court run pass point walk row path square bend ridge loop trail landing plaza
    hollow vista trace commons heights st dr str ct pt pl crossing cove estates gardens glen grove
    hill knoll manor meadow meadows oaks park view
    """.split()
)
"""Kinds that are everyday words or short forms, too: between small letters they need more to go by."""
NO_NAMES = frozenset(
    b"""
    a an the of on in at to for from by with and or but is are was were be been has have had do does
    did will would can could should must might there here that this these those it its we you i he she they
    them us my your our his her their not no more most other another different new old additional
    extra total full whole good great best better bad right wrong only just about around over under
    into onto across along near off out up down through between past before after since until per
    each every all both some any if than then so as when where while which who what how why minute
    minutes min mins hour hours hr hrs day days week weeks month months year years second seconds
    mile miles block blocks foot feet ft mph km kilometer kilometers lane lanes way-stop stop stops
    car cars bus buses people kids adults children houses homes units stories story percent dollars
    bucks cents million billion thousand hundred times am pm a.m p.m trees driveways crashes
    accidents reasons streets roads avenues parking votes points point acre acres ton tons inch
    inches bedroom bedrooms story-high lights way ways busy wide big small
    """.split()
)
"""Words that stand in no street's name: a number followed by one of them counts something."""
HOME = (
    r"my|mine|our|his|her|their|yours?|lives?|lived|living|home|house|apartment|neighbou?r'?s?|landlord"
    r"|tenant|mom'?s?|grandmother|(?:i|we|he|she|they)(?:'m|'re|'s| am| are| is) (?:at|in)|knock|ring"
)
"""Words that make an address somebody's own, whatever else is near it."""
PUBLIC = (
    r"hall|library|cent(?:er|re)|office|offices|chambers?|station|school|church|clinic|hospital"
    r"|courthouse|museum|park|store|shop|restaurant|cafe|building|dept|department|headquarters"
    r"|theat(?:er|re)|gym|bank|market|pharmacy|shelter|arena|stadium|terminal|airport|college"
    r"|campus|hotel|bar|brewery|bakery|development|project|permit|zoning|rezon\w+|variance|council"
    r"|commission|board|hearing|open house|meeting|pothole|hydrant|street ?light|sidewalk"
    r"|crosswalk|manhole|sewer|water main|construction|detour|crash|accident|polling|precinct"
    r"|drop ?box|fire at|(?:garage|yard|estate|moving|rummage|porch|plant|bake|book|tag) sales?"
)
"""Words that make an address a public place, or one of public works."""
SHORT = {
    b"street": b"st",
    b"avenue": b"ave",
    b"road": b"rd",
    b"lane": b"ln",
    b"drive": b"dr",
    b"court": b"ct",
    b"boulevard": b"blvd",
    b"circle": b"cir",
    b"place": b"pl",
    b"terrace": b"ter",
    b"parkway": b"pkwy",
    b"north": b"n",
    b"south": b"s",
    b"east": b"e",
    b"west": b"w",
    b"northeast": b"ne",
    b"northwest": b"nw",
    b"southeast": b"se",
    b"southwest": b"sw",
}
"""How kinds and sides of streets are written short."""
