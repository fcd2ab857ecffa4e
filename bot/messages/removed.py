"""The archive copy: the removed-comments form, every field of it, for the staff channel.

The fields are those of the City of Rosemount's Removed Comments Tracking Form (policy of September 21, 2021).
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.messages.dossier import Dossier, Keepsake
from bot.messages.matches import highlighted, masked
from bot.messages.particulars import OTHERS, SUBJECTS, also, reasons, where, who
from bot.messages.text import clip, count, escape, local, quote
from bot.ports import Button, Card, Field, File, Outgoing
from rules.post import Subject

RECEIVED = "received"
BODY_LIMIT = 2_600
"""Characters of the comment shown in the form; Discord takes 6,000 in all. A longer one is attached."""
FILE_LIMIT = 10 * 1024 * 1024
REQUEST_LIMIT = 24 * 1024 * 1024
"""Discord takes 25 MiB a request; the form itself needs some of it."""
FILES_LIMIT = 10

EARLIER = {Subject.POST: "Earlier version", Subject.NAME: "Earlier name", Subject.TITLE: "Earlier title"}
IDS = {Subject.POST: "Message id", Subject.NAME: "Member id", Subject.TITLE: "Thread id"}


def archive_copy(case: Dossier) -> tuple[Outgoing, ...]:
    """Return the form, and further messages for files that do not fit on it.

    Nothing a privacy rule matched is shown, and the files of such a post stay in the record alone.
    """
    kind = SUBJECTS.get(case.post.subject, "comment")
    purpose = f"removed {kind}" if case.gone_at is None else f"{kind} gone before removal"
    marker = case.marker(purpose)
    bundles = list(_bundles(_files(case)))
    form = Outgoing(f"**{marker}**", card=_form(case), files=bundles[0], buttons=buttons(case), silent=True)
    rest = tuple(
        Outgoing(f"**{case.marker(f'{purpose}, files {n} of {len(bundles)}')}**", files=files, silent=True)
        for n, files in enumerate(bundles[1:], 2)
    )
    return (form, *rest)


def buttons(case: Dossier) -> tuple[Button, ...]:
    """Return the coordinator's stamp while it is not yet given."""
    if case.received_at is not None:
        return ()
    return (Button("Received by the coordinator", action=f"{RECEIVED}:{case.number}"),)


def _form(case: Dossier) -> Card:
    post, zone = case.post, case.zone
    fields = (
        Field("Site and channel", clip(f"{case.city} community server, {where(case)}", 1024)),
        Field("Date of original post", local(post.created_at, zone), inline=True),
        Field("Screen name of poster", clip(who(case), 1024), inline=True),
        Field("Reason for removal", clip(_reason(case), 1024)),
        Field("Date removed", _removed(case), inline=True),
        Field("Removed by", clip(_removed_by(case), 1024), inline=True),
        Field("Other information", clip(_other(case), 1024)),
        Field("Date received by the coordinator", _received(case)),
    )
    shown = quote(highlighted(case.shown(post.text)))
    if len(shown) > BODY_LIMIT:
        shown = clip(shown, BODY_LIMIT) + "\n*The entire comment is attached as a text file.*"
    kind = SUBJECTS.get(post.subject, "comment")
    title = f"Removed {kind}" if case.gone_at is None else f"Gone before it could be removed: {kind}"
    return Card(title, body=f"**Entire {kind}**\n{shown}", fields=fields)


def _reason(case: Dossier) -> str:
    clause = case.clause
    return "\n".join([f"**{escape(clause.title)}** (clause `{clause.id}`)", *reasons(case)])


def _removed(case: Dossier) -> str:
    if case.gone_at is not None:
        return f"gone before it could be removed, found so on {local(case.gone_at, case.zone)}"
    return local(case.removed_at, case.zone) if case.removed_at else "not yet"


def _removed_by(case: Dossier) -> str:
    by = "Beadle (automatic)"
    if case.gone_at is not None:
        # Whoever authorised the rule did not authorise what others do.
        return f"its author or somebody else, before {by} could"
    return f"{by}, authorised by {escape(clip(case.authority, 300))}" if case.authority else by


def _received(case: Dossier) -> str:
    if case.received_at is None:
        return "not yet"
    return f"{local(case.received_at, case.zone)}, {escape(case.received_by or '')}"


def _other(case: Dossier) -> str:
    subject = case.post.subject
    link = f", {case.post.url}" if case.post.url else ""
    dead = (
        " (where it stood: the link is dead)" if link and subject is Subject.POST and not case.stands else ""
    )
    lines = [f"{IDS[subject]} {case.post.id}{link}{dead}"]
    if subject is not Subject.POST:
        lines.append(f"Shown in its place: {case.replacement}")
    if subject is Subject.TITLE:
        lines.append("The poster began the thread; Discord does not tell who set its title")
    if (first := case.flood_began_with) is not None:
        began = "this case" if first == case.number else f"case {first}"
        lines.append(f"Part of one flood, which began with {began}")
    lines += [
        f"{part.label}: {escape(clip(masked(case.shown(part.text, part.label)), 200))}"
        for part in case.post.parts
    ]
    if case.others:
        lines.append(f"{OTHERS.get(subject, 'Other cases')}: {also(case)}")
    before = EARLIER.get(subject, "Earlier")
    lines += [f"{before}: {escape(clip(case.mask(post.text), 200))}" for post in case.earlier]
    if case.post.reply is not None:
        answered = case.post.reply
        said = f": {escape(clip(case.mask(answered.text), 200))}" if answered.text else ""
        lines.append(f"In answer to {escape(case.mask(answered.author_name or 'a comment'))}{said}")
    for n, file in enumerate(case.files, 1):
        lines.append(f"Attachment {n}: {_kept(case, n, file)}")
    lines.append(f"Ruleset {case.ruleset_version[:12]}")
    return "\n".join(lines)


def _kept(case: Dossier, n: int, file: Keepsake) -> str:
    name = escape(masked(case.shown(file.filename, f"attachment {n}")))
    kept = f"{name}, {count(file.size, 'byte')}"
    if file.missing:
        return f"{kept}, not kept: {file.missing}"
    if case.verdict.private:
        return f"{kept}, in the record, not copied here because a privacy rule matched this post"
    if file.size > FILE_LIMIT:
        return f"{kept}, in the record, too large to copy here"
    return kept


def _files(case: Dossier) -> Iterator[File]:
    if len(quote(highlighted(case.shown(case.post.text)))) > BODY_LIMIT:
        text = masked(case.shown(case.post.text))
        yield File(f"case-{case.number}-comment.txt", text.encode("utf-8", "replace"))
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
