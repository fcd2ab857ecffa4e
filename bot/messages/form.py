"""The removed-comments form: every field of it, as a card and in full as a text.

The fields are those of the City of Rosemount's Removed Comments Tracking Form (policy of September 21, 2021).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.messages.dossier import Dossier, Keepsake
from bot.messages.matches import highlighted, masked
from bot.messages.particulars import OTHERS, SUBJECTS, Show, also, reasons, where, who
from bot.messages.text import clip, count, escape, local, quote
from bot.ports import Card, Field
from rules.post import Subject

BODY_LIMIT = 2_200
"""Characters of the comment shown in the form; Discord takes 6,000 in all. A longer one is attached."""
FIELD_LIMIT = 1_024
FILE_LIMIT = 10 * 1024 * 1024
"""Bytes of a file that is copied; Discord takes no larger one."""

EARLIER = {Subject.POST: "Earlier version", Subject.NAME: "Earlier name", Subject.TITLE: "Earlier title"}
IDS = {Subject.POST: "Message id", Subject.NAME: "Member id", Subject.TITLE: "Thread id"}
ATTACHED = "*The rest of it is in the entire form, attached as a text file.*"


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the form says under one label, in full. `room` is how many characters of it the card shows.

    `first` goes before it: what may change once the form is posted, when no file can be added any more.
    """

    label: str
    text: str = ""
    room: int = FIELD_LIMIT
    first: str = ""
    inline: bool = False

    @property
    def fits(self) -> bool:
        return len(self.text) <= self.room

    @property
    def full(self) -> str:
        return "\n".join(filter(None, (self.first, self.text)))

    def field(self) -> Field:
        """Return it as a field of the card, cut at a line where it is too long."""
        shown = self.text if self.fits else "\n".join(self._beginning())
        value = "\n".join(filter(None, (self.first, shown)))
        return Field(self.label, clip(value, FIELD_LIMIT), self.inline)

    def _beginning(self) -> Iterator[str]:
        left = self.room - len(ATTACHED)
        for line in self.text.splitlines():
            short = clip(line, self.room // 3)
            left -= len(short) + 1
            if left < 0:
                break
            yield short
        yield ATTACHED


def form(case: Dossier) -> Card:
    """Return the form as a card."""
    shown = quote(highlighted(case.shown(case.post.text)))
    if len(shown) > BODY_LIMIT:
        shown = clip(shown, BODY_LIMIT) + "\n*The entire comment is attached as a text file.*"
    kind = SUBJECTS.get(case.post.subject, "comment")
    went = "Changed" if case.changed else "Gone"
    title = f"Removed {kind}" if case.gone_at is None else f"{went} before it could be removed: {kind}"
    fields = tuple(entry.field() for entry in _entries(case, escape))
    return Card(title, body=f"**Entire {kind}**\n{shown}", fields=fields)


def too_long(case: Dossier) -> str | None:
    """Return the comment where the card does not hold all of it."""
    cut = case.shown(case.post.text)
    return masked(cut) if len(quote(highlighted(cut))) > BODY_LIMIT else None


def entire(case: Dossier) -> str | None:
    """Return the whole form, people's words in it as they were, where the card does not hold all of it."""
    if all(entry.fits for entry in _entries(case, escape)):
        return None
    kind = SUBJECTS.get(case.post.subject, "comment")
    said = masked(case.shown(case.post.text))
    entries = [(f"Entire {kind}", said), *((e.label, e.full) for e in _entries(case, str))]
    return f"Case {case.number}\n\n" + "\n\n".join(f"{label}:\n{text}" for label, text in entries) + "\n"


def _entries(case: Dossier, show: Show) -> tuple[_Entry, ...]:
    """Return the form's entries. Their rooms and the body's keep the card within Discord's 6,000."""
    at = f"{show(case.city)} community server, {where(case, show)}"
    return (
        _Entry("Site and channel", at, 500),
        _Entry("Date of original post", local(case.post.created_at, case.zone), inline=True),
        _Entry("Screen name of poster", who(case, show), 250, inline=True),
        _Entry("Reason for removal", _reason(case, show), 800),
        _Entry("Date removed", first=_removed(case), inline=True),
        _Entry("Removed by", _removed_by(case, show), 500, inline=True),
        _Entry("Other information", _other(case, show), 660, first=_at_present(case)),
        _Entry("Date received by the coordinator", first=_received(case, show)),
    )


def _reason(case: Dossier, show: Show) -> str:
    clause = case.clause
    return "\n".join([f"**{show(clause.title)}** (clause `{clause.id}`)", *reasons(case, show)])


def _removed(case: Dossier) -> str:
    if case.gone_at is not None:
        went = "changed" if case.changed else "gone"
        return f"{went} before it could be removed, found so on {local(case.gone_at, case.zone)}"
    return local(case.removed_at, case.zone) if case.removed_at else "not yet"


def _removed_by(case: Dossier, show: Show) -> str:
    by = "Beadle (automatic)"
    if case.gone_at is not None:
        # Whoever authorised the rule did not authorise what others do.
        whom = "nobody: its author changed it" if case.changed else "its author or somebody else,"
        return f"{whom} before {by} could"
    return f"{by}, authorised by {show(case.authority)}" if case.authority else by


def _received(case: Dossier, show: Show) -> str:
    if case.received_at is None:
        return "not yet"
    return f"{local(case.received_at, case.zone)}, {show(case.received_by or '')}"


def _at_present(case: Dossier) -> str:
    """Return where it stood and which other cases there are, in less than 360 characters."""
    subject = case.post.subject
    link = f", {case.post.url}" if case.post.url else ""
    dead = (
        " (where it stood: the link is dead)"
        if link and subject is Subject.POST and not case.is_there
        else ""
    )
    lines = [f"{IDS[subject]} {case.post.id}{link}{dead}"]
    if case.others:
        lines.append(f"{OTHERS.get(subject, 'Other cases')}: {also(case)}")
    return "\n".join(lines)


def _other(case: Dossier, show: Show) -> str:
    subject = case.post.subject
    lines = []
    if case.changed:
        lines.append("What it said by then was judged by itself")
    elif subject is not Subject.POST:
        lines.append(f"Shown in its place: {case.replacement}")
    if subject is Subject.TITLE:
        lines.append("The poster began the thread; Discord does not tell who set its title")
    if (first := case.flood_began_with) is not None:
        began = "this case" if first == case.number else f"case {first}"
        lines.append(f"Part of one flood, which began with {began}")
    lines.append(f"Ruleset {case.ruleset_version[:12]}")
    lines += [f"Attachment {n}: {_kept(case, n, file, show)}" for n, file in enumerate(case.files, 1)]
    lines += [f"{part.label}: {show(masked(case.shown(part.text, part.label)))}" for part in case.post.parts]
    before = EARLIER.get(subject, "Earlier")
    lines += [f"{before}: {show(case.mask(post.text))}" for post in case.earlier]
    if case.post.reply is not None:
        answered = case.post.reply
        said = f": {show(case.mask(answered.text))}" if answered.text else ""
        lines.append(f"In answer to {show(case.mask(answered.author_name or 'a comment'))}{said}")
    return "\n".join(lines)


def _kept(case: Dossier, n: int, file: Keepsake, show: Show) -> str:
    name = show(masked(case.shown(file.filename, f"attachment {n}")))
    kept = f"{name}, {count(file.size, 'byte')}"
    if file.missing:
        return f"{kept}, not kept: {file.missing}"
    if case.verdict.private:
        return f"{kept}, in the record, not copied here because a privacy rule matched this post"
    if file.size > FILE_LIMIT:
        return f"{kept}, in the record, too large to copy here"
    return kept
