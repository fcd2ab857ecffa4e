"""Beadle's own words in the place of a title or name that it removed."""

from __future__ import annotations

import re

from rules.post import Post, Subject

_TITLE = "Title removed (case {})"
# No longer: a number of a person's own would pass for that of a case.
_ANY_TITLE = re.compile(re.escape(_TITLE).replace(r"\{\}", "[1-9][0-9]{0,6}"))


def replacement(subject: Subject, subject_id: int, number: int) -> str:
    """Return the neutral title or name that takes the place of one that case `number` removes."""
    return _TITLE.format(number) if subject is Subject.TITLE else f"Member {subject_id % 10_000:04}"


def is_replacement(post: Post) -> bool:
    """Return whether a title or name is one that Beadle gave, whichever case it names."""
    match post.subject:
        case Subject.TITLE:
            return _ANY_TITLE.fullmatch(post.text) is not None
        case Subject.NAME:
            return post.text == replacement(post.subject, post.id, 0)
        case _:
            return False
