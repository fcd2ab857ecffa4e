"""Bring together what is on record of a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.messages.dossier import Dossier, Keepsake
from rules.documents import read_document
from rules.policy import Policy
from rules.post import Subject
from rules.ruleset import Ruleset
from rules.verdict import Verdict
from storage import cases, evidence, rulesets
from storage.cases import Case
from storage.engine.database import Database, Transaction
from storage.evidence import Evidence, StoredFile

OTHERS = 10
"""How many other cases of one post, name or title are looked at, the latest ones."""


@dataclass(frozen=True, slots=True)
class Casefile:
    """Opens cases. `ruleset` gives the one in force, whose privacy rules mask what stands beside a post."""

    db: Database
    city: str
    zone: ZoneInfo
    ruleset: Callable[[], Ruleset]

    async def open(self, case_id: int, *, with_files: bool = False) -> Dossier:
        """Return all that is on record of a case; the bytes of its files only `with_files`.

        Raises Unavailable, and LookupError where there is no such case.
        """
        return await self.db.read(self._open, case_id, with_files)

    def _open(self, tx: Transaction, case_id: int, with_files: bool) -> Dossier:
        case = cases.get(tx, case_id)
        *earlier, last = self._versions(tx, case)
        others = cases.of_subject(tx, case.community, case.subject, case.subject_id)
        incident = cases.incident(tx, case.incident_id) if case.incident_id else None
        ruleset = self.ruleset()
        return Dossier(
            number=case.number,
            city=self.city,
            zone=self.zone,
            policy=self._policy(tx, case, ruleset),
            ruleset_version=case.ruleset_version,
            post=last.post,
            verdict=_verdict(last),
            opened_at=case.opened_at,
            mask=ruleset.mask,
            files=tuple(_keepsake(tx, file, with_files) for file in last.files),
            earlier=tuple(e.post for e in earlier),
            others=tuple(other.number for other in others if other.id != case.id)[-OTHERS:],
            removed_at=case.removed_at,
            gone_at=case.gone_at or case.changed_at,
            changed=case.changed_at is not None,
            taken_under=_taken_under(case, others),
            received_at=case.received_at,
            received_by=case.received_by,
            posts_in_incident=incident.count if incident else 1,
            flood_began_with=cases.of_incident(tx, incident.id, 1)[0].number if incident else None,
        )

    def _versions(self, tx: Transaction, case: Case) -> list[Evidence]:
        """Return every version of an edited post that is on record, each once, the one of the case last."""
        own = evidence.of_case(tx, case.id)
        if case.previous_case is None:
            return list(own)
        before = [
            c for c in cases.of_subject(tx, case.community, case.subject, case.subject_id) if c.id < case.id
        ]
        known = {e.post.revision: e for c in before[-OTHERS:] for e in evidence.of_case(tx, c.id)}
        return [*(known | {e.post.revision: e for e in own[:-1]}).values(), own[-1]]

    def _policy(self, tx: Transaction, case: Case, ruleset: Ruleset) -> Policy:
        """Return the policy that was in force when the case was opened: what it cites stays what it was."""
        if case.ruleset_version == ruleset.version:
            return ruleset.policy
        then = rulesets.by_version(tx, case.community, case.ruleset_version)
        return ruleset.policy if then is None else _read(then.source)


@lru_cache(maxsize=4)
def _read(source: str) -> Policy:
    """Return a policy on record. Reading one takes up to 0.2 s, and cases of one version come together."""
    return read_document(source, "the policy on record").parse(Policy)


def _verdict(found: Evidence) -> Verdict:
    if found.verdict is None:
        raise LookupError(f"the evidence {found.id} has no verdict")
    return found.verdict


def _taken_under(case: Case, others: Iterable[Case]) -> int | None:
    # A name or title that went says nothing of the next one; a post goes with all its versions.
    if case.subject is not Subject.POST:
        return None
    return next((o.number for o in others if o.id != case.id and (o.removed_at or o.gone_at)), None)


def _keepsake(tx: Transaction, file: StoredFile, with_data: bool) -> Keepsake:
    data = evidence.file_data(tx, file.id) if with_data else None
    return Keepsake(file.filename, file.size, file.sha256, data, file.reason or "")
