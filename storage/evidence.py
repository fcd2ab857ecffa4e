"""The evidence of a case: every known revision of the post, what the rules said, and the files."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Self

from sqlalchemy import func, select

from rules.post import Attachment, Author, Part, Place, Post, Reply, Subject
from rules.verdict import Action, Category, Finding, Match, Priority, Verdict
from storage.engine.database import Transaction
from storage.engine.prepared import insert
from storage.engine.types import storable
from storage.ledger import encoder, keyed_digest, new_salt
from storage.schema import FileState, attachments, evidence

_INSERT_FOR_FILES = insert(evidence)
_INSERT = insert(evidence, returning=False)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a post: its bytes, or why they are not kept. `size` is in bytes, `sha256` in hex."""

    source_id: int
    filename: str
    content_type: str | None
    size: int
    sha256: str | None
    state: FileState
    reason: str | None = None
    data: bytes | None = None

    @classmethod
    def kept(cls, source: Attachment, data: bytes) -> Self:
        """Return a file whose bytes are kept."""
        digest = hashlib.sha256(data).hexdigest()
        state = FileState.KEPT
        return cls(source.id, source.filename, source.content_type, len(data), digest, state, None, data)

    @classmethod
    def not_kept(cls, source: Attachment, state: FileState, reason: str, sha256: str | None = None) -> Self:
        """Return a file whose bytes are not kept, and why."""
        return cls(source.id, source.filename, source.content_type, source.size, sha256, state, reason)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on record, without its bytes: `file_data` returns those."""

    id: int
    source_id: int
    filename: str
    content_type: str | None
    size: int
    sha256: str | None
    state: FileState
    reason: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One revision on record. Only the revision that the case is about has a verdict."""

    id: int
    case_id: int
    ordinal: int
    post: Post
    verdict: Verdict | None
    digest: str
    recorded_at: datetime
    files: tuple[StoredFile, ...]


def add_evidence(
    tx: Transaction,
    community: int,
    case_id: int,
    post: Post,
    *,
    verdict: Verdict | None = None,
    files: tuple[KeptFile, ...] = (),
    ordinal: int,
    now: datetime,
) -> str:
    """Put one revision of a post on record and return its keyed digest."""
    content = _encoded(post)
    said = None if verdict is None else _encoded(verdict)
    salt = new_salt()
    digest = keyed_digest(salt, [content, said, [_facts(file) for file in files]])
    row = {
        "community": community,
        "case_id": case_id,
        "ordinal": ordinal,
        "content": content,
        "verdict": said,
        "salt": salt,
        "digest": digest,
        "recorded_at": now,
    }
    if not files:
        _INSERT(tx, row)
    else:
        (evidence_id,) = _INSERT_FOR_FILES(tx, row) or ()
        owner = {"community": community, "evidence_id": evidence_id}
        tx.execute(
            attachments.insert(),
            [{**owner, "ordinal": n, **_fields(file)} for n, file in enumerate(files, 1)],
        )
    return digest


def of_case(tx: Transaction, case_id: int) -> tuple[Evidence, ...]:
    """Return what is on record of a case, oldest revision first."""
    rows = tx.execute(
        select(evidence).where(evidence.c.case_id == case_id).order_by(evidence.c.ordinal)
    ).all()
    return tuple(
        Evidence(
            id=row.id,
            case_id=row.case_id,
            ordinal=row.ordinal,
            post=_post(json.loads(row.content)),
            verdict=None if row.verdict is None else _verdict(json.loads(row.verdict)),
            digest=row.digest,
            recorded_at=row.recorded_at,
            files=_files(tx, row.id),
        )
        for row in rows
    )


def next_ordinal(tx: Transaction, case_id: int) -> int:
    """Return the ordinal of the next revision of a case."""
    query = select(func.coalesce(func.max(evidence.c.ordinal), 0) + 1).where(evidence.c.case_id == case_id)
    return int(tx.execute(query).scalar_one())


def file_data(tx: Transaction, file_id: int) -> bytes | None:
    """Return the bytes of a file on record; None where they are not kept."""
    query = select(attachments.c.data).where(attachments.c.id == file_id)
    data: bytes | None = tx.execute(query).scalar_one_or_none()
    return data


def altered(tx: Transaction, case_id: int) -> tuple[int, ...]:
    """Return the ordinals of a case's evidence that no longer match their own digest or files."""
    rows = tx.execute(
        select(evidence).where(evidence.c.case_id == case_id).order_by(evidence.c.ordinal)
    ).all()
    return tuple(row.ordinal for row in rows if not _holds(tx, row))


def _holds(tx: Transaction, row: Any) -> bool:
    files = _files(tx, row.id)
    if keyed_digest(row.salt, [row.content, row.verdict, [_facts(file) for file in files]]) != row.digest:
        return False
    kept = (file for file in files if file.state is FileState.KEPT)
    return all(hashlib.sha256(file_data(tx, f.id) or b"").hexdigest() == f.sha256 for f in kept)


def _files(tx: Transaction, evidence_id: int) -> tuple[StoredFile, ...]:
    columns = [attachments.c[name] for name in StoredFile.__slots__]
    query = select(*columns).where(attachments.c.evidence_id == evidence_id).order_by(attachments.c.ordinal)
    return tuple(StoredFile(**row._mapping) for row in tx.execute(query))


def _fields(file: KeptFile) -> dict[str, Any]:
    return {name: getattr(file, name) for name in KeptFile.__slots__}


def _facts(file: KeptFile | StoredFile) -> list[Any]:
    words = (file.filename, file.content_type, file.reason)
    return [file.source_id, file.size, file.sha256, file.state, *(w and storable(w) for w in words)]


def _plain(value: Any) -> Any:
    """Return a value as JSON has it, its parts as they are."""
    if is_dataclass(value):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"{type(value).__name__} has no JSON")


_encoded = encoder(_plain)


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _post(data: dict[str, Any]) -> Post:
    author = data["author"]
    return Post(
        **{
            **data,
            "place": Place(**data["place"]),
            "author": Author(
                **{
                    **author,
                    "roles": frozenset(author["roles"]),
                    "created_at": _moment(author["created_at"]),
                    "joined_at": _moment(author["joined_at"]),
                }
            ),
            "created_at": datetime.fromisoformat(data["created_at"]),
            "edited_at": _moment(data["edited_at"]),
            "subject": Subject(data["subject"]),
            "parts": tuple(Part(**part) for part in data["parts"]),
            "attachments": tuple(Attachment(**file) for file in data["attachments"]),
            "reply": None if data["reply"] is None else Reply(**data["reply"]),
        }
    )


def _verdict(data: dict[str, Any]) -> Verdict:
    return Verdict(
        Action(data["action"]), Priority(data["priority"]), tuple(_finding(f) for f in data["findings"])
    )


def _finding(data: dict[str, Any]) -> Finding:
    return Finding(
        **{
            **data,
            "category": Category(data["category"]),
            "action": Action(data["action"]),
            "priority": Priority(data["priority"]),
            "matches": tuple(Match(**{**m, "undone": tuple(m["undone"])}) for m in data["matches"]),
        }
    )
