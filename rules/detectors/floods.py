"""Find floods: the same text again and again, or too many posts at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from zlib import crc32

from rules.detectors.scan import Hit, Index, Numbered, Scan
from rules.post import Post, Subject
from rules.text.text import Text
from rules.when import Rate, Repeats
from rules.window import END, Print, Seen, Window, crowd

_ANCHOR = re.compile(rb"th|he|in|er|an")
"""The pairs of letters that English has most, and so letters put before or after a text at random seldom."""
_ROHCNA = re.compile(rb"ht|eh|ni|re|na")
_CORE = 24
"""The fewest letters, from the first such pair to the last, by which a text is known."""
_LOWER = bytes(c + 32 if 65 <= c <= 90 else c for c in range(256))
_NO_LETTERS = bytes(c for c in range(128) if not chr(c).isalpha())


def fingerprint(post: Post, texts: Sequence[Text]) -> Print:
    """Return the fingerprint of a post: its letters alone, so that numbers and signs make no other text.

    The posts of one template share a head or a tail; the same text has both. What stands between the first
    and the last common pair of letters stays the same between random ones. Files count by name and size.
    """
    data = b"".join([text.shown.translate(_LOWER, _NO_LETTERS) for text in texts])
    for file in post.attachments:
        data += f"|{file.filename}:{file.size}".encode("utf-8", "replace")
    return Print(len(data), crc32(data[:END]), crc32(data[-END:]), _core(data) if len(data) > END else 0)


def _core(data: bytes) -> int:
    first, last = _ANCHOR.search(data), _ROHCNA.search(data[::-1])
    if first is None or last is None:
        return 0
    inner = data[first.start() : len(data) - last.start()]
    return crc32(inner) if len(inner) >= _CORE else 0


def build(repeats: Numbered[Repeats], rates: Numbered[Rate]) -> Index:
    """Return the index of all flood detectors. It records the post in the window of the scan."""
    own_repeats = [(number, repeat) for number, repeat in repeats if repeat.by == "author"]
    common = [(number, repeat) for number, repeat in repeats if repeat.by == "many"]
    own_reach = max(
        [repeat.seconds for _, repeat in own_repeats] + [rate.seconds for _, rate in rates], default=0
    )
    common_reach = max((repeat.seconds for _, repeat in common), default=0)

    def scan_floods(scan: Scan) -> None:
        post, window = scan.post, scan.window
        if window is None or post.subject is not Subject.POST:
            return
        text = fingerprint(post, scan.texts)
        seen = window.record(post.id, post.author.id, post.created_at, text)
        if window.posted_more(seen, own_reach):
            own = window.by_author(seen, own_reach)
            for number, rate in rates:
                _find_rate(scan.hit, seen, own, number, rate)
            like = window.by_author_and_text(seen, own_reach)
            for number, repeat in own_repeats:
                _find_repeats(scan.hit, seen, like, number, repeat)
        like = window.by_text(seen, common_reach)
        if len(like) > 1:
            for number, repeat in common:
                _find_repeats(scan.hit, seen, like, number, repeat)

    return scan_floods


_Fire = Callable[[int], Hit]


def recall(post: Post, incident: str | None, window: Window) -> None:
    """Remember a post that was judged before, and the incident it was found to belong to.

    Whoever starts with an empty window takes up a flood with this as the one that it is.
    """
    if post.subject is not Subject.POST:
        return
    text = fingerprint(post, tuple(Text(part.label, part.text) for part in post.texts()))
    seen = window.record(post.id, post.author.id, post.created_at, text)
    if incident is not None and incident.startswith("rate:"):
        seen.rate = incident
    elif incident is not None:
        seen.repeats = incident


def _find_rate(fire: _Fire, seen: Seen, own: list[Seen], number: int, rate: Rate) -> None:
    posts = crowd(own, seen.at, rate.seconds) if len(own) > rate.posts else []
    if len(posts) <= rate.posts:
        return
    key = f"rate:{seen.author}:{int(posts[0].at)}"
    seen.rate = next((s.rate for s in posts if s.rate), key)
    hit = fire(number)
    hit.incident = seen.rate
    hit.details.append(f"{len(posts)} posts in {_seconds(posts)} s")


def _find_repeats(fire: _Fire, seen: Seen, like: list[Seen], number: int, repeats: Repeats) -> None:
    if len(like) < repeats.posts or seen.letters < repeats.min_letters:
        return
    posts = crowd(like, seen.at, repeats.seconds)
    authors = len({s.author for s in posts})
    many = repeats.by == "many"
    if (authors if many else len(posts)) < repeats.posts:
        return
    who = "many" if many else str(seen.author)
    key = f"repeats:{who}:{posts[0].head:08x}{posts[0].tail:08x}"
    seen.repeats = next((s.repeats for s in posts if s.repeats and s.repeats.split(":")[1] == who), key)
    hit = fire(number)
    hit.incident = seen.repeats
    by = f" by {authors} people" if many else ""
    hit.details.append(f"{len(posts)} like posts{by} in {_seconds(posts)} s")


def _seconds(posts: list[Seen]) -> int:
    return max(1, round(posts[-1].at - posts[0].at))
