"""The review queue's entry: what staff need to see to decide."""

from __future__ import annotations

from bot.messages.dossier import Dossier
from bot.messages.matches import highlighted
from bot.messages.particulars import OTHERS, SUBJECTS, also, quoted, reasons, where, who
from bot.messages.text import clip, count, escape, local
from bot.ports import Card, Field, Outgoing
from rules.post import Post, Subject
from rules.verdict import Priority

PURPOSE = "for review"
BODY_LIMIT = 2_500


def queue_entry(case: Dossier) -> Outgoing:
    """Return the entry of one case, or of one flood, in the review queue."""
    urgent = "**URGENT** · " if case.verdict.priority is Priority.URGENT and _open(case) else ""
    return Outgoing(f"{urgent}**{case.marker(PURPOSE)}**", card=_card(case), silent=True)


def _card(case: Dossier) -> Card:
    post, clause = case.post, case.clause
    kind = SUBJECTS.get(post.subject, "comment")
    removes = case.verdict.action.removes
    gone = "Changed" if case.changed else "Gone"
    did = gone if case.gone_at else "Flagged" if not removes else "Still visible" if case.stands else "Hidden"
    many = case.posts_in_incident
    title = f"{did}: {count(many, kind)} of one flood" if many > 1 else f"{did} {kind}"
    fields = [
        Field("Clause", clip(f"{escape(clause.title)} (`{clause.id}`)", 1024), inline=True),
        *([Field("Priority", case.verdict.priority.word, inline=True)] if _open(case) else ()),
        Field("Found", clip("\n".join(reasons(case)), 1024)),
        Field("Author", clip(f"{who(case)}\n{_account(case)}", 1024), inline=True),
        Field("Where", clip("\n".join(filter(None, (where(case), _link(case)))), 1024), inline=True),
        Field("Posted", local(post.created_at, case.zone), inline=True),
        Field("Now", _state(case)),
    ]
    if case.others:
        fields.append(Field(OTHERS.get(post.subject, "Other cases"), also(case), inline=True))
    if post.reply is not None and post.reply.text:
        name = escape(case.mask(post.reply.author_name or "somebody"))
        said = escape(clip(case.mask(post.reply.text), 300))
        fields.append(Field("In answer to", clip(f"{name}: {said}", 1024)))
    if case.context:
        before = "\n".join(_said(case, post) for post in case.context)
        fields.append(Field("Before it", clip(before, 1024)))
    return Card(title, body=clip(quoted(case, highlighted), BODY_LIMIT), fields=tuple(fields))


def _open(case: Dossier) -> bool:
    """Return whether the case itself says how soon to look: not a flag on what went under another case."""
    return case.stands or case.verdict.action.removes


def _said(case: Dossier, post: Post) -> str:
    said = next((part.text for part in post.texts() if part.text), "(no text)")
    return f"{escape(case.mask(post.author.screen_name))}: {escape(clip(case.mask(said), 200))}"


def _account(case: Dossier) -> str:
    author = case.post.author
    since = f"account since {author.created_at:%B %Y}" if author.created_at else ""
    joined = f"here since {author.joined_at:%B %-d, %Y}" if author.joined_at else ""
    return ", ".join(filter(None, (since, joined))) or "nothing more is known"


def _link(case: Dossier) -> str | None:
    if case.is_there or case.post.subject is not Subject.POST:
        return case.post.url
    return f"as message {case.post.id}, to which there is no link any more"


def _state(case: Dossier) -> str:
    if case.removed_at is None and case.gone_at is None and case.taken_under is not None:
        return f"It is not to be seen any more: the whole comment went with case {case.taken_under}."
    if not case.verdict.action.removes:
        return "It stays up until somebody decides."
    if case.gone_at is not None:
        found = f"found so on {local(case.gone_at, case.zone)}"
        if case.changed:
            return f"Its author changed it before Beadle could hide it, {found}. This version is on record."
        return f"It was gone before Beadle could hide it, {found}: not by Beadle's doing. It is on record."
    by = f", authorised by {escape(case.authority)}" if case.authority else ""
    if case.removed_at is None:
        return clip(f"It is still to be seen. Beadle is to hide it{by}, and it is on record.", 1024)
    when = local(case.removed_at, case.zone)
    return clip(f"Hidden by Beadle on {when}{by}. It is on record and can be restored.", 1024)
