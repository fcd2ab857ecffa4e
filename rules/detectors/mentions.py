"""Find posts that call on many people at once."""

from __future__ import annotations

from rules.detectors.scan import Index, Numbered, Scan
from rules.when import Mentions


def build(detectors: Numbered[Mentions]) -> Index:
    """Return the index of all mention detectors."""

    def scan_mentions(scan: Scan) -> None:
        post = scan.post
        if not post.mentions and not post.mentions_everyone:
            return
        for number, wanted in detectors:
            if wanted.everyone and post.mentions_everyone:
                scan.hit(number).details.append("mentions everyone")
            if wanted.people is not None and post.mentions >= wanted.people:
                scan.hit(number).details.append(f"mentions {post.mentions} people or roles")

    return scan_mentions
