from __future__ import annotations

import pytest

from rules.detectors.attachments import problem
from rules.post import Attachment
from rules.ruleset import Ruleset
from tests.rules.rules_support import findings, looking_for, ruleset

MISMATCHED = looking_for({"attachments": {"mismatched": True}})
DIGEST = "ab" * 32


def file(name: str, kind: str | None = None, *, size: int = 10, sha256: str | None = None) -> Attachment:
    return Attachment(1, name, size, kind, "", sha256)


def details(rules: Ruleset, *files: Attachment) -> list[str]:
    return [finding.detail for finding in findings(rules, "see this", attachments=files)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("pothole.jpg", "application/x-msdownload"),
        ("agenda.PDF", "text/html; charset=utf-8"),
        ("video.mp4", "application/zip"),
        ("notes.txt", "application/x-dosexec"),
        ("a.zip", "image/png"),
    ],
)
def test_a_file_of_another_kind_than_its_name_promises_is_found(name: str, kind: str) -> None:
    (detail,) = details(MISMATCHED, file(name, kind))
    assert detail == f"a .{name.rpartition('.')[2].lower()} file of type {kind.partition(';')[0]}"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("pothole.jpg", "image/jpeg"),
        ("pothole.jpg", "image/webp"),
        ("pothole.jpg", None),
        ("pothole.jpg", "application/octet-stream"),
        ("budget.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("budget.docx", "application/zip"),
        ("song.ogg", "video/ogg"),
        ("data.csv", "application/vnd.ms-excel"),
        ("data.json", "application/json"),
        ("photo", "image/png"),
        ("thing.xyz", "application/x-msdownload"),
        ("a.zip", "application/x-zip-compressed"),
    ],
)
def test_a_file_as_it_promises_or_unknown_is_left_alone(name: str, kind: str | None) -> None:
    assert details(MISMATCHED, file(name, kind)) == []


def test_a_listed_file_is_found_by_its_digest_whatever_its_name() -> None:
    lists = [{"id": "bad-files", "kind": "hashes", "entries": [DIGEST.upper()]}]
    rules = looking_for({"attachments": {"lists": ["bad-files"]}}, lists=lists)
    assert details(rules, file("cat.png", sha256=DIGEST)) == ["a listed file"]
    assert details(rules, file("cat.png", sha256="cd" * 32)) == []
    assert details(rules, file("cat.png")) == []


def test_a_ruleset_says_whether_files_must_be_fetched_before_it_can_judge() -> None:
    hashes = {"attachments": {"hashes": [DIGEST]}}
    assert looking_for({"any": [{"words": ["darn"]}, hashes]}).needs_digests
    assert not looking_for({"attachments": {"extensions": ["exe"]}}).needs_digests
    assert not ruleset({"when": hashes, "enabled": False}).needs_digests


@pytest.mark.parametrize("entry", ["", "ab", "g" * 64, "ab" * 31, "0x" + "ab" * 31])
def test_what_is_no_digest_is_refused(entry: str) -> None:
    assert problem(entry)


def test_a_digest_is_accepted() -> None:
    assert problem(DIGEST) is None
