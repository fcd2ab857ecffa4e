"""Take down what was decided to be removed: posts by deleting, titles and names by renaming."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.enforcement.batching import Batcher
from bot.enforcement.casefile import Casefile
from bot.enforcement.enforcement import Done
from bot.enforcement.plan import DELETE, RENAME, due, in_words
from bot.enforcement.standing import Standing
from bot.messages.replacement import is_replacement, replacement
from bot.ports import Clock, Platform, PlatformError, Refusal
from rules.post import Post, Subject
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
ROUNDS = 3
"""How often a deletion that could not be done at once is looked at again before it is put off."""


@dataclass(frozen=True, slots=True)
class _Doomed:
    message_id: int
    revision: str
    posted_at: datetime
    number: int
    rule: str


_Fate = bool | Post | Exception
"""What came of a deletion: whether the message was there, or what it says in place of what was judged."""


class Removal:
    """Deletes and renames. Posts of one channel that fall due together are deleted together.

    What does not follow at once on the words that were judged is read again first: other words stay.
    """

    def __init__(
        self,
        platform: Platform,
        casefile: Casefile,
        standing: Standing,
        clock: Clock,
        *,
        tell: Callable[[str], None],
        screen: Callable[[Post], Awaitable[object]],
    ) -> None:
        """Take the platform to act on, `tell`, which alerts staff, and `screen`, which judges other words."""
        self._platform = platform
        self._casefile = casefile
        self._standing = standing
        self._clock = clock
        self._tell = tell
        self._screen = screen
        self._channels: dict[int, Batcher[_Doomed, bool | Post]] = {}

    async def delete(self, case: Case, act: Act, maybe_done: bool) -> Done:
        """Delete a post. Doing it twice does no harm."""
        self._doubt(case, act)
        post = _Doomed(
            case.subject_id, case.revision, case.posted_at or case.opened_at, case.number, case.rule or ""
        )
        found = await self._batcher(case.channel_id or 0).submit(post)
        if isinstance(found, Post):
            await self._screen(found)
            return _changed(case)
        return _done(case, DELETE, gone=not found and not _tried(act))

    async def rename(self, case: Case, act: Act, maybe_done: bool) -> Done:
        """Give a thread or a member a neutral name. Doing it twice does no harm."""
        reason = _reason(case.number, case.rule or "")
        still = partial(self._standing.says, case.subject, case.subject_id, case.revision)
        gone = changed = False
        self._doubt(case, act)
        if not still():
            found = await self._standing.read(case.subject, case.subject_id, case.channel_id or 0)
            gone = found is None
            if found is not None and found.revision != case.revision and not is_replacement(found):
                changed = True
                await self._screen(found)
        if still():
            gone = not await self._rename(case, reason, still)
        if case.subject is Subject.TITLE:
            await self._drop_lines(case, reason)
        return _changed(case) if changed else _done(case, RENAME, gone=gone)

    async def _rename(self, case: Case, reason: str, still: Callable[[], bool]) -> bool:
        """Return False where the thread or member is not there any more."""
        name = replacement(case.subject, case.subject_id, case.number)
        rename = (
            self._platform.rename_thread if case.subject is Subject.TITLE else self._platform.rename_member
        )
        try:
            await rename(case.subject_id, name, reason, still)
        except PlatformError as error:
            if error.refusal is not Refusal.MISSING:
                raise
            return False
        return True

    def _doubt(self, case: Case, act: Act) -> None:
        """Have what an earlier try could not remove read again: time has passed."""
        if act.attempts > 1 or act.state is EnforcementState.SENDING:
            self._standing.forget(case.subject, case.subject_id)

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

    def _batcher(self, channel_id: int) -> Batcher[_Doomed, bool | Post]:
        if channel_id not in self._channels:
            if len(self._channels) >= CHANNELS_REMEMBERED:
                self._channels = {key: b for key, b in self._channels.items() if len(b)}

            async def delete(batch: Sequence[_Doomed]) -> Sequence[_Fate]:
                return await self._delete_batch(channel_id, batch)

            self._channels[channel_id] = Batcher(delete, limit=TOGETHER, at_once=AT_ONCE)
        return self._channels[channel_id]

    async def _delete_batch(self, channel_id: int, batch: Sequence[_Doomed]) -> Sequence[_Fate]:
        fates: dict[_Doomed, _Fate] = {}
        left = batch
        for _ in range(ROUNDS):
            try:
                fates |= await self._delete_judged(channel_id, left)
            except PlatformError as error:
                fates |= dict.fromkeys(left, error)
                break
            left = [post for post in left if _unavailable(fates[post])]
            if not left:
                break
            for post in left:
                self._standing.forget(Subject.POST, post.message_id)
        return [fates[post] for post in batch]

    async def _delete_judged(self, channel_id: int, batch: Sequence[_Doomed]) -> dict[_Doomed, _Fate]:
        """Delete what says what was judged. Raises PlatformError where it cannot be read again."""
        doubtful = [post for post in batch if not self._says(post)]
        if not doubtful:
            return dict(zip(batch, await self._delete(channel_id, batch, self._says), strict=True))
        now = await self._standing.read_posts(channel_id, {post.message_id for post in doubtful})
        gone = {post for post in doubtful if post.message_id not in now}
        fates: dict[_Doomed, _Fate] = {
            post: now[post.message_id]
            for post in doubtful
            if post not in gone and now[post.message_id].revision != post.revision
        }
        judged = [post for post in batch if post not in fates]

        def still(post: _Doomed) -> bool:
            return post in gone or self._says(post)

        return fates | dict(zip(judged, await self._delete(channel_id, judged, still), strict=True))

    def _says(self, post: _Doomed) -> bool:
        return self._standing.says(Subject.POST, post.message_id, post.revision)

    async def _delete(
        self, channel_id: int, batch: Sequence[_Doomed], still: Callable[[_Doomed], bool]
    ) -> Sequence[Exception | bool]:
        oldest = self._clock() - TOO_OLD
        if len(batch) > 1 and all(post.posted_at > oldest for post in batch):
            numbers = sorted(post.number for post in batch)
            ids = tuple(post.message_id for post in batch)
            reason = f"Beadle: cases {numbers[0]} to {numbers[-1]}"
            try:
                gone = await self._platform.delete_many(
                    channel_id, ids, reason, lambda: all(map(still, batch))
                )
            except PlatformError as error:
                # One by one shows which of them it was; an outage would only be met again.
                if error.refusal is Refusal.UNAVAILABLE:
                    return [error] * len(batch)
            else:
                return [key not in gone for key in ids]
        return [await self._delete_one(channel_id, post, partial(still, post)) for post in batch]

    async def _delete_one(
        self, channel_id: int, post: _Doomed, still: Callable[[], bool]
    ) -> Exception | bool:
        reason = _reason(post.number, post.rule)
        try:
            return await self._platform.delete(channel_id, post.message_id, reason, still)
        except PlatformError as error:
            return error


def _unavailable(fate: _Fate) -> bool:
    return isinstance(fate, PlatformError) and fate.refusal is Refusal.UNAVAILABLE


def _reason(number: int, rule: str) -> str:
    return f"Beadle: case {number}, rule {rule}"


def _tried(act: Act) -> bool:
    """Return whether an earlier try may have done it: one that was refused for certain left its error."""
    return act.state is EnforcementState.SENDING or (act.attempts > 1 and act.error is None)


def _changed(case: Case) -> Done:
    """Return that what was judged is not to be seen any more, and that it was not Beadle who saw to that."""

    def note(tx: Transaction, now: datetime) -> None:
        cases.amend(tx, case.id, {"changed_at": now, "due_at": due(now, case.received_at)})
        ledger.append(tx, case.community, "case.changed", {}, at=now, case_number=case.number)

    return Done(note=note, needless=True)


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
