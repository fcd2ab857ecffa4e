"""Take down what was decided to be removed: posts by deleting, titles and names by renaming."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.enforcement.batching import Batcher
from bot.enforcement.casefile import Casefile
from bot.enforcement.enforcement import Done
from bot.enforcement.plan import DELETE, RENAME, due, in_words
from bot.messages.dossier import replacement
from bot.ports import Clock, Platform, PlatformError, Refusal
from rules.post import Subject
from storage import cases, ledger
from storage.cases import Case
from storage.enforcements import Enforcement as Act
from storage.engine.database import Transaction
from storage.schema import EnforcementState

TOGETHER = 100
TOO_OLD = timedelta(days=13, hours=23)
"""Discord deletes at most 100 messages together, and none older than two weeks."""
AT_ONCE = 3
"""Requests in one channel at a time: one that Discord does not answer must not hold up the others."""
CHANNELS_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class _Doomed:
    message_id: int
    posted_at: datetime
    number: int
    rule: str


class Removal:
    """Deletes and renames. Posts of one channel that fall due together are deleted together."""

    def __init__(
        self, platform: Platform, casefile: Casefile, clock: Clock, tell: Callable[[str], None]
    ) -> None:
        """Take the platform to act on, and `tell`, which alerts staff."""
        self._platform = platform
        self._casefile = casefile
        self._clock = clock
        self._tell = tell
        self._channels: dict[int, Batcher[_Doomed, bool]] = {}

    async def delete(self, case: Case, act: Act, maybe_done: bool) -> Done:
        """Delete a post. Doing it twice does no harm."""
        post = _Doomed(case.subject_id, case.posted_at or case.opened_at, case.number, case.rule or "")
        was_there = await self._batcher(case.channel_id or 0).submit(post)
        return _done(case, DELETE, gone=not was_there and not _tried(act))

    async def rename(self, case: Case, act: Act, maybe_done: bool) -> Done:
        """Give a thread or a member a neutral name. Doing it twice does no harm."""
        reason = _reason(case.number, case.rule or "")
        name = replacement(case.subject, case.subject_id, case.number)
        rename = (
            self._platform.rename_thread if case.subject is Subject.TITLE else self._platform.rename_member
        )
        gone = False
        try:
            await rename(case.subject_id, name, reason)
        except PlatformError as error:
            if error.refusal is not Refusal.MISSING:
                raise
            gone = True
        if case.subject is Subject.TITLE:
            await self._drop_lines(case, reason)
        return _done(case, RENAME, gone=gone)

    async def _drop_lines(self, case: Case, reason: str) -> None:
        """Take down the platform's own lines that repeat a title, or tell staff where they stay."""
        post = (await self._casefile.open(case.id)).post
        parent = post.place.parent_id or 0
        why = (
            "a line in the thread still shows the old one, and Discord lets nobody delete it. "
            "Only deleting the whole thread would take it away"
        )
        try:
            left = await self._platform.drop_title_lines(case.subject_id, parent, post.text, reason)
        except PlatformError as error:
            if error.refusal is Refusal.UNAVAILABLE:
                raise
            left, why = 1, f"a line of Discord's own may still show the old one. Please look: {error}"
        if left:
            self._tell(f"{in_words(case)}: the title was changed, but {why}.")

    def _batcher(self, channel_id: int) -> Batcher[_Doomed, bool]:
        if channel_id not in self._channels:
            if len(self._channels) >= CHANNELS_REMEMBERED:
                self._channels = {key: b for key, b in self._channels.items() if len(b)}

            async def delete(batch: Sequence[_Doomed]) -> Sequence[Exception | bool]:
                return await self._delete_batch(channel_id, batch)

            self._channels[channel_id] = Batcher(delete, limit=TOGETHER, at_once=AT_ONCE)
        return self._channels[channel_id]

    async def _delete_batch(self, channel_id: int, batch: Sequence[_Doomed]) -> Sequence[Exception | bool]:
        oldest = self._clock() - TOO_OLD
        if len(batch) > 1 and all(post.posted_at > oldest for post in batch):
            numbers = sorted(post.number for post in batch)
            ids = tuple(post.message_id for post in batch)
            reason = f"Beadle: cases {numbers[0]} to {numbers[-1]}"
            try:
                gone = await self._platform.delete_many(channel_id, ids, reason)
            except PlatformError as error:
                # One by one shows which of them it was; an outage would only be met again.
                if error.refusal is Refusal.UNAVAILABLE:
                    return [error] * len(batch)
            else:
                return [key not in gone for key in ids]
        return [await self._delete_one(channel_id, post) for post in batch]

    async def _delete_one(self, channel_id: int, post: _Doomed) -> Exception | bool:
        try:
            return await self._platform.delete(channel_id, post.message_id, _reason(post.number, post.rule))
        except PlatformError as error:
            return error


def _reason(number: int, rule: str) -> str:
    return f"Beadle: case {number}, rule {rule}"


def _tried(act: Act) -> bool:
    """Return whether an earlier try may have done it: one that was refused for certain left its error."""
    return act.state is EnforcementState.SENDING or (act.attempts > 1 and act.error is None)


def _done(case: Case, how: str, *, gone: bool) -> Done:
    def note(tx: Transaction, now: datetime) -> None:
        # An edited post has a case for each bad version of it, and is deleted once.
        others = cases.of_subject(tx, case.community, case.subject, case.subject_id) if gone else ()
        by_us = not gone or any(other.removed_at for other in others)
        cases.amend(
            tx, case.id, {"removed_at" if by_us else "gone_at": now, "due_at": due(now, case.received_at)}
        )
        kind, body = ("case.removed", {"by": how}) if by_us else ("case.gone", {})
        ledger.append(tx, case.community, kind, body, at=now, case_number=case.number)

    return Done(note=note, needless=gone)
