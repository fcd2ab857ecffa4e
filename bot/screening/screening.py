"""See each post once: screen it, and hand what breaks the policy to the record before anything else."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace

from bot.alerts import Alerts
from bot.config import Config
from bot.enforcement.enforcement import Enforcement
from bot.enforcement.plan import new_case
from bot.enforcement.recorder import Recorder
from bot.enforcement.standing import Standing
from bot.messages.replacement import is_replacement
from bot.ports import Fetched, Platform, PlatformError, Refusal
from bot.screening.watermarks import Watermarks
from rules.detectors.floods import recall
from rules.post import Attachment, Place, Post, Subject
from rules.ruleset import Ruleset
from rules.verdict import Action
from rules.window import Window
from storage.evidence import KeptFile
from storage.recording import NewCase, Recorded
from storage.schema import FileState

log = logging.getLogger(__name__)

READ_BACK = "catch_up"
"""The origin of what no event told: it may be another by the time that it is looked at."""
FETCHING = 4
"""How many posts with attachments are held in memory at a time."""
FETCH_TRIES = 3


@dataclass(frozen=True, slots=True)
class Scope:
    """Which posts are screened: all but those in exempted channels, by exempted roles or by automata."""

    only: frozenset[str] | None
    exempt: frozenset[str]
    exempt_roles: frozenset[str]
    bots: bool
    webhooks: bool

    @classmethod
    def of(cls, config: Config) -> Scope:
        """Return the scope that a configuration sets. Where staff talk about cases, they quote them."""
        screening, channels = config.screening, config.channels
        staff = (channels.review_queue, channels.staff_archive, channels.alerts)
        return cls(
            None if screening.only is None else frozenset(map(str, screening.only)),
            frozenset(map(str, (*screening.except_, *staff))),
            frozenset(map(str, screening.exempt_roles)),
            screening.bots,
            screening.webhooks,
        )

    def covers(self, post: Post) -> bool:
        """Return whether a post is to be screened. A name stands in no channel."""
        author = post.author
        if author.webhook_id is not None:
            if not self.webhooks:
                return False
        elif author.bot and not self.bots:
            return False
        if not self.exempt_roles.isdisjoint(author.roles):
            return False
        return post.subject is Subject.NAME or self.includes(post.place)

    def includes(self, place: Place) -> bool:
        """Return whether posts in a place are to be screened."""
        keys = place.keys
        return (self.only is None or not self.only.isdisjoint(keys)) and self.exempt.isdisjoint(keys)


class Screening:
    """Screens posts against the ruleset in force, which is swapped by one assignment."""

    def __init__(
        self,
        config: Config,
        ruleset: Ruleset,
        platform: Platform,
        recorder: Recorder,
        enforcement: Enforcement,
        standing: Standing,
        marks: Watermarks,
        alerts: Alerts,
    ) -> None:
        """Take the parts it works with."""
        self.ruleset = ruleset
        self.window = Window()
        self.scope = Scope.of(config)
        self._keep = config.attachments.keep_up_to_mb * 1024 * 1024
        self._platform = platform
        self._recorder = recorder
        self._enforcement = enforcement
        self._standing = standing
        self._marks = marks
        self._alerts = alerts
        self._fetching = asyncio.Semaphore(FETCHING)

    async def see(self, post: Post, *, origin: str = "live", before: Post | None = None) -> Recorded | None:
        """Deal with a post and return the case it opened, if any.

        `before` is the earlier version of an edited post. Seeing a post again does nothing more.
        """
        if origin != READ_BACK and (post.edited_at is not None or post.subject is not Subject.POST):
            self._standing.heard(post)
        if is_replacement(post) or not self.scope.covers(post):
            return None
        marked = post.subject is Subject.POST
        if marked:
            self._marks.begin(post.place.channel_id, post.id)
        try:
            opened = await self._judge(post, origin, before)
        except Exception:
            # The mark stays behind this post, so that it is read again after a restart.
            log.exception("post %s in channel %s could not be dealt with", post.id, post.place.channel_id)
            self._alerts.tell(
                f"A post could not be dealt with and stays up: {post.url or post.id}. The log says why.",
                key=f"screening:{post.id}",
            )
            return None
        if marked:
            self._marks.end(post.place.channel_id, post.id)
        return opened

    def recall(self, post: Post, incident: str | None = None) -> None:
        """Count a post that was dealt with before among those that a flood is told by."""
        if self.scope.covers(post):
            recall(post, incident, self.window)

    async def _judge(self, post: Post, origin: str, before: Post | None) -> Recorded | None:
        if not post.attachments or not self.ruleset.needs_digests:
            return await self._consider(post, None, origin, before)
        # A listed file is known only by its bytes.
        async with self._fetching:
            files = await self._files(post)
            return await self._consider(_with_digests(post, files), files, origin, before)

    async def _consider(
        self, post: Post, files: tuple[KeptFile, ...] | None, origin: str, before: Post | None
    ) -> Recorded | None:
        """Evaluate a post and record what is found, with its files: those given, or fetched now."""
        ruleset = self.ruleset
        verdict = ruleset.evaluate(post, self.window)
        if verdict.action is Action.ALLOW:
            return None
        if origin != READ_BACK and verdict.action.removes:
            self._standing.heard(post)
        earlier = (before,) if before is not None and before.revision != post.revision else ()
        if post.attachments and files is None:
            async with self._fetching:
                files = await self._files(post)
                recorded = await self._record(
                    new_case(post, verdict, ruleset, origin=origin, earlier=earlier, files=files)
                )
        else:
            recorded = await self._record(
                new_case(post, verdict, ruleset, origin=origin, earlier=earlier, files=files or ())
            )
        self._enforcement.begin(recorded)
        return recorded if recorded.created else None

    async def _record(self, new: NewCase) -> Recorded:
        """Put a case on record, another one if its words came back after their case had ended.

        What was read before a removal and is looked at after it has not come back: the platform is asked.
        """
        recorded = await self._recorder.record(new)
        while not recorded.created and recorded.case.ended_at is not None:
            case = recorded.case
            now = await self._standing.read(case.subject, case.subject_id, case.channel_id or 0)
            if now is None or now.revision != case.revision:
                break
            recorded = await self._recorder.record(replace(new, occasion=case.occasion + 1))
        return recorded

    async def _files(self, post: Post) -> tuple[KeptFile, ...]:
        # They vanish with the message: what is not fetched now is gone.
        return tuple(await asyncio.gather(*(self._file(attachment) for attachment in post.attachments)))

    async def _file(self, attachment: Attachment) -> KeptFile:
        try:
            fetched = await self._fetch(attachment)
        except PlatformError as error:
            return KeptFile.not_kept(attachment, FileState.UNAVAILABLE, str(error))
        if fetched.data is None:
            reason = f"larger than the {self._keep // 1024 // 1024} MB that are kept"
            return KeptFile.not_kept(attachment, FileState.TOO_LARGE, reason, fetched.sha256)
        return KeptFile.kept(attachment, fetched.data)

    async def _fetch(self, attachment: Attachment) -> Fetched:
        for attempt in range(1, FETCH_TRIES + 1):
            try:
                return await self._platform.fetch(attachment.url, self._keep)
            except PlatformError as error:
                if error.refusal is not Refusal.UNAVAILABLE or attempt == FETCH_TRIES:
                    raise
                await asyncio.sleep(attempt)
        raise AssertionError("the last try returns or raises")


def _with_digests(post: Post, files: tuple[KeptFile, ...]) -> Post:
    known = tuple(replace(a, sha256=f.sha256) for a, f in zip(post.attachments, files, strict=True))
    return replace(post, attachments=known)
