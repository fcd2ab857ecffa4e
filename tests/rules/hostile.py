"""Messages made to be slow to judge, each of Discord's greatest length."""

from __future__ import annotations

import random

LENGTH = 4000
"""Characters of the longest message, which Discord's subscribers may send."""

_REPEATED = {
    "one letter": "a",
    "one letter and a stop": "a.",
    "letters apart": "a ",
    "two letters apart": "ab ",
    "digits": "1",
    "digits and dashes": "1-",
    "digits apart": "1 ",
    "bad numbers": "123 45 6789 ",
    "bad cards": "4111111111111112 ",
    "phones": "507-328-2900 ",
    "zero width": "\u200b",
    "zero width between letters": "f\u200b",
    "zalgo": "a\u0301\u0302\u0303",
    "look-alikes": "аss ",
    "emoji": "😀",
    "regional indicators": "🇫🇺🇨🇰 ",
    "right to left": "\u202ekcuf\u202c ",
    "nested overrides": "\u202e",
    "addresses": "a@b.co ",
    "at signs": "a@",
    "full stops": ".",
    "links": "http://a.b/ ",
    "bare domains": "abc.com ",
    "schemes": "https://",
    "one long domain": "a.bc.",
    "hidden links": "[a.com](http://b.com) ",
    "slashes": "/",
    "vulgar": "fuck ",
    "numbers that look vulgar": "455 ",
    "spelled out": "f u c k ",
    "masked": "f*ck ",
    "only masks": "a*",
    "stars": "*",
    "markdown": "f**u**c**k ",
    "spoilers": "||f||uck ",
    "doubled": "ffuucckk ",
    "doubled letters": "aabbccddeeff",
    "unspaced script": "日本",
    "excepted": "coon rapids ",
    "ones": "1l1i",
    "signs for letters": "$@!",
    "invitations": "discord.gg/a ",
    "a threat that never comes": "i will am going to ",
    "an insult that never comes": "blacks are a a a a ",
    "mentions": "<@123456789012345678> ",
    "spaces": " ",
    "lines": "\n",
    "surrogates": "\ud800",
    "nulls": "\0",
}


def _at_random(least: int, most: int) -> str:
    chance = random.Random(5)
    return "".join(chr(chance.randrange(least, most)) for _ in range(LENGTH))


def texts() -> dict[str, str]:
    """Return the messages by what they consist of."""
    return {name: (shape * LENGTH)[:LENGTH] for name, shape in _REPEATED.items()} | {
        "printable": _at_random(33, 127),
        "anything": _at_random(32, 0x3000),
        "mathematics": _at_random(0x1D400, 0x1D7FF),
    }
