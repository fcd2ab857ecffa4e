"""Name what was undone to read a span as it was read."""

from __future__ import annotations

import unicodedata
from itertools import groupby

from rules.text.characters import combining, fold_character, invisible

_MARKDOWN = frozenset("*_~|`")


def _of_character(character: str) -> str | None:
    if character.isascii():
        return None
    if invisible(character):
        return "invisible characters"
    decomposed = unicodedata.normalize("NFKD", character)
    if combining(decomposed[-1]):
        return "accents"
    if not fold_character(character).strip().isascii():
        return None
    return "styled letters" if decomposed.isascii() or not character.isalpha() else "look-alike letters"


def evasions(original: str, form: str) -> tuple[str, ...]:
    """Return the evasions in `original`, a span that was read as the words `form`, in order of discovery."""
    if original.casefold() == form:
        return ()
    found = [name for name in map(_of_character, original) if name]
    if any(c.isdecimal() or c in "@$" for c in original) and not any(c.isdecimal() for c in form):
        found.append("digits or signs for letters")
    if len(original.split()) > len(form.split()):
        found.append("spaces between letters")
    if any(not (c.isalnum() or c.isspace() or c in "'@$") for c in original if c.isascii()):
        found.append("markdown" if _MARKDOWN.intersection(original) else "signs between letters")
    if _longest_run(original) > max(2, _longest_run(form)):
        found.append("repeated letters")
    return tuple(dict.fromkeys(found))


def _longest_run(text: str) -> int:
    letters = (c for c in text.casefold() if c.isalnum())
    return max((len(list(run)) for _, run in groupby(letters)), default=0)
