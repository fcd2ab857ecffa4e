"""Find files by name, extension, content type, size and number."""

from __future__ import annotations

from fnmatch import fnmatchcase

from rules.detectors.scan import Index, Numbered, Scan
from rules.post import Attachment
from rules.when import Attachments


def build(detectors: Numbered[Attachments]) -> Index:
    """Return the index of all attachment detectors."""

    def scan_attachments(scan: Scan) -> None:
        files = scan.post.attachments
        if not files:
            return
        names = [text for text in scan.texts if text.label.startswith("attachment ")]
        for number, wanted in detectors:
            if wanted.more_than is not None and len(files) > wanted.more_than:
                scan.hit(number).details.append(f"{len(files)} files")
            for file, name in zip(files, names, strict=True):
                reason = _reason(file, wanted)
                if reason:
                    scan.add(number, name.match((0, len(name.original)), name.original.casefold()))
                    scan.hit(number).details.append(reason)

    return scan_attachments


def _reason(file: Attachment, wanted: Attachments) -> str | None:
    name = file.filename.casefold()
    extension = name.rpartition(".")[2] if "." in name else ""
    if extension in {e.casefold().lstrip(".") for e in wanted.extensions}:
        return f"a .{extension} file"
    pattern = next((p for p in wanted.names if fnmatchcase(name, p.casefold())), None)
    if pattern:
        return f"named like {pattern}"
    kind = (file.content_type or "").partition(";")[0].strip().casefold()
    if kind and any(fnmatchcase(kind, pattern.casefold()) for pattern in wanted.types):
        return f"of type {kind}"
    if wanted.over_bytes is not None and file.size > wanted.over_bytes:
        return f"{file.size} bytes"
    return None
