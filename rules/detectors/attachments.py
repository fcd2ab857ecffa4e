"""Find files by name, extension, content type, size, number and digest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from rules.detectors.scan import Index, Lists, Numbered, Scan, gather
from rules.post import Attachment
from rules.when import Attachments

_DIGEST = re.compile("[0-9a-fA-F]{64}")
_KINDS = {
    "image": "png jpg jpeg jpe jfif gif webp bmp tif tiff heic heif avif svg ico",
    "video": "mp4 m4v mov avi mkv webm mpg mpeg 3gp wmv",
    "audio": "mp3 m4a wav ogg oga flac aac opus wma",
    "pdf": "pdf",
    "archive": "zip rar 7z gz tgz bz2 xz tar",
    "text": "txt csv tsv log md json xml yaml yml ini srt",
    "office": "doc docx xls xlsx ppt pptx odt ods odp rtf",
}
"""Extensions by the kind of file that they promise."""
_PROMISED = {extension: kind for kind, extensions in _KINDS.items() for extension in extensions.split()}
_TYPES = (
    ("image/*", "image"),
    ("video/*", "video"),
    ("audio/*", "audio"),
    ("application/pdf", "pdf"),
    ("application/*zip*", "archive"),
    ("application/*compressed*", "archive"),
    ("application/*tar*", "archive"),
    ("application/vnd.rar", "archive"),
    ("application/json", "text"),
    ("application/xml", "text"),
    ("text/html", "page"),
    ("text/*", "text"),
    ("application/*office*", "office"),
    ("application/*ms-excel*", "office"),
    ("application/*ms-powerpoint*", "office"),
    ("application/*msword*", "office"),
    ("application/*opendocument*", "office"),
    ("application/rtf", "office"),
    ("application/*", "program"),
)
"""Content types by kind, the first that fits."""
_UNKNOWN = "application/octet-stream"
_EQUAL = frozenset({("office", "archive"), ("text", "office"), ("audio", "video"), ("video", "audio")})
"""What a file promises and what it is may differ so: office files are archives, and `.ogg` is either."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A detector with its lists looked up and its words in small letters."""

    detector: Attachments
    extensions: frozenset[str]
    names: tuple[str, ...]
    hashes: frozenset[str]

    def reason(self, file: Attachment) -> str | None:
        """Return why a file is found, in words, or None."""
        name, detector = file.filename.casefold(), self.detector
        extension = name.rpartition(".")[2] if "." in name else ""
        if extension in self.extensions:
            return f"a .{extension} file"
        pattern = next((p for p in self.names if fnmatchcase(name, p)), None)
        if pattern:
            return f"named like {pattern}"
        kind = (file.content_type or "").partition(";")[0].strip().casefold()
        if kind and any(fnmatchcase(kind, pattern.casefold()) for pattern in detector.types):
            return f"of type {kind}"
        if detector.mismatched and _mismatched(extension, kind):
            return f"a .{extension} file of type {kind}"
        return self._by_content(file)

    def _by_content(self, file: Attachment) -> str | None:
        most = self.detector.over_bytes
        if most is not None and file.size > most:
            return f"{file.size} bytes"
        return "a listed file" if file.sha256 and file.sha256.casefold() in self.hashes else None


def build(detectors: Numbered[Attachments], lists: Lists) -> Index:
    """Return the index of all attachment detectors."""
    wanted = [
        (
            number,
            _Wanted(
                d,
                frozenset(e.casefold().lstrip(".") for e in d.extensions),
                tuple(name.casefold() for name in d.names),
                frozenset(digest.casefold() for digest in gather(d.hashes, d.lists, lists)),
            ),
        )
        for number, d in detectors
    ]

    def scan_attachments(scan: Scan) -> None:
        files = scan.post.attachments
        if not files:
            return
        names = [text for text in scan.texts if text.label.startswith("attachment ")]
        for number, each in wanted:
            if each.detector.more_than is not None and len(files) > each.detector.more_than:
                scan.hit(number).details.append(f"{len(files)} files")
            for file, name in zip(files, names, strict=True):
                if reason := each.reason(file):
                    scan.add(number, name.match((0, len(name.original)), name.original.casefold()))
                    scan.hit(number).details.append(reason)

    return scan_attachments


def problem(entry: str) -> str | None:
    """Return what is wrong with an entry of a list of digests, if anything."""
    return None if _DIGEST.fullmatch(entry) else "is not a SHA-256 digest: 64 digits and letters from a to f"


def _mismatched(extension: str, kind: str) -> bool:
    promised = _PROMISED.get(extension)
    if promised is None or not kind or kind == _UNKNOWN:
        return False
    given = next((name for pattern, name in _TYPES if fnmatchcase(kind, pattern)), promised)
    return promised != given and (promised, given) not in _EQUAL
