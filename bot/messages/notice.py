"""The words to the author of a removed post, in plain language."""

from __future__ import annotations

from bot.messages.dossier import Dossier
from bot.messages.matches import masked
from bot.messages.particulars import quoted, where
from bot.messages.text import clip, escape, local
from bot.ports import Button, Outgoing
from rules.post import Subject

PURPOSE = "notice"
WHY = "why"
QUOTE_LIMIT = 700
"""Characters of the quote; Discord takes 2,000 in all."""


def direct_notice(case: Dossier) -> Outgoing:
    """Return the notice for the author alone: clause, time, quote, and how to ask for another look."""
    clause = case.clause
    lines = [
        f"**{case.marker(f'{PURPOSE} from {escape(case.city)}')}**",
        _what(case),
        clip(quoted(case, lambda parts: escape(masked(parts))), QUOTE_LIMIT),
        f"It goes against this part of the community policy: **{escape(clause.title)}**",
        escape(clip(clause.text, 500)),
    ]
    if case.verdict.private:
        lines.append("Private details are left out of this notice.")
    if case.flood_began_with is not None:
        lines.append("If more posts of the same flood are removed, this one notice is for all of them.")
    by = f", as authorised by {escape(case.authority)}" if case.authority else ""
    helper = "Beadle, the city's automatic helper"
    did = f"It was removed by {helper}" if case.gone_at is None else f"{helper}, would have removed it"
    lines.append(f"{did}{by}. A copy is kept on record.")
    lines.append(_another_look(case))
    return Outgoing("\n".join(lines)[:2000])


def _what(case: Dossier) -> str:
    at = local(case.post.created_at, case.zone)
    if case.gone_at is not None:
        if case.changed:
            return (
                f"{_yours(case, at)} was changed before it could be removed: it said something else by then."
            )
        return f"{_yours(case, at)} was gone before it could be removed: you or somebody else took it away."
    removed = f"{_yours(case, at)} was removed."
    match case.post.subject:
        case Subject.NAME:
            return f"{removed} You now appear as “{case.replacement}”. You may choose another."
        case Subject.TITLE:
            return f"{removed} It now reads “{case.replacement}”. You may give it another."
        case _:
            return removed


def _yours(case: Dossier, at: str) -> str:
    match case.post.subject:
        case Subject.NAME:
            return f"Your screen name of {at}"
        case Subject.TITLE:
            place = escape(case.post.place.parent_name or "")
            return f"The title of your thread in #{place}, begun {at},"
        case _:
            return f"Your comment in {where(case)} from {at}"


def public_notice(case: Dossier) -> Outgoing:
    """Return the short neutral line, mentioning the author once, for one who takes no direct messages."""
    author = case.post.author.id
    text = (
        f"<@{author}> {_in_public(case)} "
        f"Press “See why” for the reason. Only you can open it. ({case.marker(PURPOSE)})"
    )
    return Outgoing(text, buttons=(Button("See why", action=f"{WHY}:{case.number}"),), mention_user=author)


def _in_public(case: Dossier) -> str:
    match case.post.subject:
        case Subject.NAME:
            what, done = "Your screen name", "changed"
        case Subject.TITLE:
            what, done = "The title of your thread", "changed"
        case _:
            what, done = "A post of yours here", "removed"
    if case.gone_at is not None:
        went = "was changed by its author" if case.changed else "was gone"
        return f"{what} {went} before it could be {done} under the community policy. It is on record."
    return f"{what} was {done} under the community policy."


def _another_look(case: Dossier) -> str:
    contact = case.policy.contacts.get("coordinator")
    ways = " or ".join(filter(None, (contact.email, contact.phone))) if contact else ""
    whom = escape(f"the {contact.title} at {ways}" if contact and ways else "the city's staff")
    return f"Do you think this is wrong? Ask for another look: write to {whom} and name case {case.number}."
