"""Deliver the words about a case: archive copy, queue entry, notice to the author."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from bot.enforcement.casefile import Casefile
from bot.enforcement.enforcement import Done, Hopeless, Uncertain
from bot.enforcement.plan import ARCHIVE, NOTICE, QUEUE
from bot.messages import notice, removed, review
from bot.messages.dossier import Dossier
from bot.ports import Outgoing, Platform, PlatformError, Refusal, Sent
from rules.post import Post
from storage import cases, enforcements
from storage.cases import Case
from storage.enforcements import Enforcement as Act
from storage.enforcements import SentMessage
from storage.engine.database import Transaction

log = logging.getLogger(__name__)

CONTEXT = 3
"""How many comments before a flagged one are shown with it."""

Find = Callable[[str], Awaitable[Sent | None]]


class Deliveries:
    """Sends each message once. One that may have been sent before is looked for by the marker in its text."""

    def __init__(
        self,
        platform: Platform,
        casefile: Casefile,
        *,
        archive_channel: Callable[[], int],
        queue_channel: Callable[[], int],
    ) -> None:
        """Take what finds the ids of the staff's channels; they raise PlatformError where there is none."""
        self._platform = platform
        self._casefile = casefile
        self._archive_channel = archive_channel
        self._queue_channel = queue_channel

    async def archive(self, case: Case, act: Act, maybe_done: bool) -> Done:
        """Send the removed-comments form to the staff archive, with its files."""
        dossier = await self._casefile.open(case.id, with_files=True)
        channel = self._archive_channel()
        sent = []
        for n, message in enumerate(removed.archive_copy(dossier)):
            earlier = await self._earlier(channel, message, dossier.opened_at) if maybe_done else None
            sent.append(earlier or await self._platform.send(channel, message, f"{act.nonce[:22]}.{n}"))
        for number in dossier.others:
            await self._show_again(case.community, number)
        return Done(tuple(SentMessage(s.channel_id, s.message_id, ARCHIVE) for s in sent))

    async def _show_again(self, community: int, number: int) -> None:
        """Let what stands of another version's case, form and queue entry, say that this one is there too."""
        other = await self._casefile.db.read(cases.by_number, community, number)
        if other is None:
            return
        copies = await self._casefile.db.read(enforcements.messages_of, other.id)
        dossier = await self._casefile.open(other.id)
        # What does not fit on a form stands in messages after it.
        first = {m.purpose: Sent(m.channel_id, m.message_id) for m in reversed(copies)}
        if ARCHIVE in first:
            await self._edit(first[ARCHIVE], removed.archive_copy(dossier)[0], number)
        if QUEUE in first:
            await self._edit(first[QUEUE], await self._entry(dossier), number)

    async def _edit(self, sent: Sent, message: Outgoing, number: int) -> None:
        try:
            await self._platform.edit(sent, message)
        except PlatformError as error:
            if error.refusal is Refusal.UNAVAILABLE:
                raise
            log.warning("the words about case %s cannot be changed: %s", number, error)

    async def queue(self, case: Case, act: Act, maybe_done: bool) -> Done:
        """Put a case, or the first case of a flood, before staff."""
        dossier = await self._casefile.open(case.id)
        channel = self._queue_channel()
        message = await self._entry(dossier)
        earlier = await self._earlier(channel, message, dossier.opened_at) if maybe_done else None
        sent = earlier or await self._platform.send(channel, message, act.nonce)
        shown = dossier.posts_in_incident
        if earlier or dossier.stands:
            # It may have gone since with another version's case, which did not find this entry on record.
            dossier = await self._casefile.open(case.id)
            if not dossier.stands:
                await self._edit(sent, await self._entry(dossier), dossier.number)

        def note(tx: Transaction, now: datetime) -> None:
            if case.incident_id is not None:
                cases.mark_shown(tx, case.incident_id, shown)

        return Done((SentMessage(sent.channel_id, sent.message_id, QUEUE),), note)

    async def notice(self, case: Case, act: Act, maybe_done: bool) -> Done:
        """Tell the author: in a direct message, else by a short line where the post stood."""
        dossier = await self._casefile.open(case.id)
        sent = await self._earlier_notice(dossier) if maybe_done else None
        sent = sent or await self._send_notice(dossier, act.nonce)
        return Done((SentMessage(sent.channel_id, sent.message_id, NOTICE),))

    async def refresh(self, community: int) -> None:
        """Bring the count in the queue entry of each flood that has grown up to date. Raises Unavailable."""
        for incident in await self._casefile.db.read(cases.stale_incidents, community):
            first = await self._casefile.db.read(self._queue_entry, incident.id)
            if first is None:
                continue
            case_id, sent = first
            dossier = await self._casefile.open(case_id)
            try:
                await self._platform.edit(sent, await self._entry(dossier))
            except PlatformError as error:
                log.warning("the queue entry of case %s cannot be updated: %s", dossier.number, error)
                if error.refusal is Refusal.UNAVAILABLE:
                    continue
            await self._casefile.db.transaction(cases.mark_shown, incident.id, incident.count)

    def _queue_entry(self, tx: Transaction, incident_id: int) -> tuple[int, Sent] | None:
        """Return the first case of a flood and its queue entry, once that stands."""
        first = cases.of_incident(tx, incident_id, 1)[0]
        entries = (m for m in enforcements.messages_of(tx, first.id) if m.purpose == QUEUE)
        return next(((first.id, Sent(m.channel_id, m.message_id)) for m in entries), None)

    async def _send_notice(self, case: Dossier, nonce: str) -> Sent:
        try:
            return await self._platform.send_direct(case.post.author.id, notice.direct_notice(case), nonce)
        except PlatformError as error:
            if error.refusal not in (Refusal.DOOR_CLOSED, Refusal.FORBIDDEN):
                raise
        place = case.post.place
        if not place.channel_id:
            raise Hopeless("its author takes no direct messages, and a name stands in no channel")
        for channel in filter(None, (place.channel_id, place.parent_id)):
            try:
                return await self._platform.send(channel, notice.public_notice(case), nonce)
            except PlatformError as closed:
                # Nobody writes into a forum, whose posts are threads.
                forum = channel == place.parent_id and closed.refusal is Refusal.INVALID
                if closed.refusal is not Refusal.MISSING and not forum:
                    raise
        raise Hopeless("its author takes no direct messages, and the channel it stood in is gone")

    async def _earlier_notice(self, case: Dossier) -> Sent | None:
        marker, place = case.marker(notice.PURPOSE), case.post.place.channel_id

        async def direct(marker: str) -> Sent | None:
            return await self._platform.find_own_direct(case.post.author.id, marker, case.opened_at)

        async def public(marker: str) -> Sent | None:
            return await self._platform.find_own(place, marker, case.opened_at)

        return await _find(direct, marker) or (await _find(public, marker) if place else None)

    async def _earlier(self, channel: int, message: Outgoing, since: datetime) -> Sent | None:
        async def find(marker: str) -> Sent | None:
            return await self._platform.find_own(channel, marker, since)

        return await _find(find, message.text)

    async def _entry(self, case: Dossier) -> Outgoing:
        return review.queue_entry(replace(case, context=await self._context(case.post)))

    async def _context(self, post: Post) -> tuple[Post, ...]:
        """Return the comments before a post, oldest first; none where they cannot be read."""
        if not post.place.channel_id:
            return ()
        try:
            found = [p async for p in self._platform.recent(post.place.channel_id, post.id - 1, CONTEXT)]
        except PlatformError:
            return ()
        return tuple(reversed(found))


async def _find(find: Find, marker: str) -> Sent | None:
    try:
        return await find(marker)
    except PlatformError as error:
        if error.refusal is Refusal.UNAVAILABLE:
            raise
        raise Uncertain(f"it was perhaps sent before, and that cannot be looked up: {error}") from error
