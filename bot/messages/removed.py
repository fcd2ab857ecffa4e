"""The archive copy for the staff channel: the removed-comments form, and the files of the post."""

from __future__ import annotations

from collections.abc import Iterator

from bot.messages.dossier import Dossier
from bot.messages.form import FILE_LIMIT, entire, form, too_long
from bot.messages.particulars import SUBJECTS
from bot.ports import Button, File, Outgoing

RECEIVED = "received"
REQUEST_LIMIT = 24 * 1024 * 1024
"""Discord takes 25 MiB a request; the form itself needs some of it."""
FILES_LIMIT = 10


def archive_copy(case: Dossier) -> tuple[Outgoing, ...]:
    """Return the form, and further messages for files that do not fit on it.

    Nothing a privacy rule matched is shown, and the files of such a post stay in the record alone.
    """
    kind = SUBJECTS.get(case.post.subject, "comment")
    went = "changed" if case.changed else "gone"
    purpose = f"removed {kind}" if case.gone_at is None else f"{kind} {went} before removal"
    marker = case.marker(purpose)
    bundles = list(_bundles(_files(case)))
    first = Outgoing(f"**{marker}**", card=form(case), files=bundles[0], buttons=buttons(case), silent=True)
    rest = tuple(
        Outgoing(f"**{case.marker(f'{purpose}, files {n} of {len(bundles)}')}**", files=files, silent=True)
        for n, files in enumerate(bundles[1:], 2)
    )
    return (first, *rest)


def buttons(case: Dossier) -> tuple[Button, ...]:
    """Return the coordinator's stamp while it is not yet given."""
    if case.received_at is not None:
        return ()
    return (Button("Received by the coordinator", action=f"{RECEIVED}:{case.number}"),)


def _files(case: Dossier) -> Iterator[File]:
    for what, text in (("comment", too_long(case)), ("form", entire(case))):
        if text is not None:
            yield File(f"case-{case.number}-{what}.txt", text.encode("utf-8", "replace"))
    if case.verdict.private:
        return
    for file in case.files:
        if file.data is not None and len(file.data) <= FILE_LIMIT:
            yield File(file.filename, file.data)


def _bundles(files: Iterator[File]) -> Iterator[tuple[File, ...]]:
    """Spread files over messages within Discord's limits, in order. Yields at least one bundle."""
    bundle: list[File] = []
    size = 0
    for file in files:
        if bundle and (size + len(file.data) > REQUEST_LIMIT or len(bundle) == FILES_LIMIT):
            yield tuple(bundle)
            bundle, size = [], 0
        bundle.append(file)
        size += len(file.data)
    yield tuple(bundle)
