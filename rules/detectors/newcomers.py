"""Find posts by new accounts and new members, and those of a wave of people who join at once."""

from __future__ import annotations

from datetime import datetime

from rules.detectors.scan import Index, Numbered, Scan
from rules.when import Joins, Newcomer
from rules.window import Window, crowd

_HOUR = 3600.0


def build(newcomers: Numbered[Newcomer], waves: Numbered[Joins]) -> Index:
    """Return the index of all detectors of newcomers. It records in the window when people joined."""

    def scan_newcomers(scan: Scan) -> None:
        author, now = scan.post.author, scan.post.created_at
        account, member = _hours(author.created_at, now), _hours(author.joined_at, now)
        for number, wanted in newcomers:
            if _under(account, wanted.account_hours):
                scan.hit(number).details.append(f"account {account:.0f} h old")
            if _under(member, wanted.member_hours):
                scan.hit(number).details.append(f"member for {member:.0f} h")
        if waves and scan.window is not None and author.joined_at is not None:
            _find_waves(scan, scan.window, author.joined_at, waves)

    return scan_newcomers


def _find_waves(scan: Scan, window: Window, joined_at: datetime, waves: Numbered[Joins]) -> None:
    joined = window.join(scan.post.author.id, joined_at, scan.post.created_at)
    if joined is None:
        return
    for number, wave in waves:
        people = crowd(window.joins(), joined.at, wave.seconds)
        if len(people) >= wave.people:
            joined.wave = next((j.wave for j in people if j.wave), f"joins:{int(people[0].at)}")
            hit = scan.hit(number)
            hit.incident = joined.wave
            hit.details.append(f"{len(people)} people joined within {wave.seconds} s")


def _hours(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else (now - since).total_seconds() / _HOUR


def _under(hours: float | None, bound: int | None) -> bool:
    return hours is not None and bound is not None and hours < bound
