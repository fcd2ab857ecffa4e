"""The adopted text: clauses, contacts, lists and rules."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from enum import IntEnum
from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, PlainSerializer, StringConstraints

from rules.post import Subject
from rules.verdict import Action, Category, Priority
from rules.when import Entries, Model, When

JUDGED = "a person must judge what it finds"
"""Why a rule may only flag, where the policy gives no reason of its own."""

Id = Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True)]
E = TypeVar("E", bound=IntEnum)


def _from_word(kind: type[E], least: E) -> BeforeValidator:
    words = {member.name.lower(): member for member in kind if member >= least}

    def read(value: Any) -> Any:
        if isinstance(value, kind):
            return value
        try:
            return words[value]
        except (KeyError, TypeError):
            raise ValueError(f"must be one of {', '.join(words)} (got {value!r})") from None

    return BeforeValidator(read)


_to_word = PlainSerializer(lambda member: member.name.lower(), return_type=str)
RuleAction = Annotated[Action, _from_word(Action, Action.FLAG), _to_word]
RulePriority = Annotated[Priority, _from_word(Priority, Priority.LOW), _to_word]


class Contact(Model):
    """An office that people are referred to. Its phone and its addresses are never private data."""

    title: str
    email: str | None = None
    phone: str | None = None
    address: str | None = None


class Clause(Model):
    """One clause of the adopted policy, cited in every decision."""

    id: Id
    title: str
    text: str
    source: str = ""
    served: Literal["rules", "reports", "words"] = "rules"
    """By rules; by people alone, who report and judge; or by its words alone: nothing is removed under it."""
    flag_only: bool = False
    """Whether rules under it may only flag, whatever their category. No file that extends this undoes it."""
    flag_only_why: Words = JUDGED


class Statement(Model):
    """Words that the policy has the city say, to be pinned, posted by schedule or given to staff."""

    id: Id
    use: Literal["pinned", "scheduled", "answer", "staff"]
    title: str
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1900)]
    """At most 1,900 characters of Discord's 2,000."""
    source: str = ""


class NamedList(Model):
    """A list that several rules may share."""

    id: Id
    kind: Literal["words", "patterns", "sentences", "domains", "contacts", "hashes"]
    entries: Entries = ()
    exceptions: Entries = Field(default=(), alias="except")
    """Of words: words and phrases inside which nothing counts. Of the rest: what a match may not overlap."""
    parts: dict[str, str] = Field(default_factory=dict)
    """Of sentences: pieces that several share. `{person}` in a sentence stands for the part `person`."""
    parts_of: Entries = ()
    """Of sentences: ids of other lists whose parts these share."""
    note: str = ""
    """How the list came about."""


class Scope(Model):
    """Where a rule applies. Channels, categories and roles by id or name."""

    channels: Entries = ()
    """Only these channels, if any is named."""
    roles: Entries = ()
    """Only people with one of these roles, if any is named."""
    exempt_channels: Entries = ()
    exempt_roles: Entries = ()


class ExampleFile(Model):
    """A file on an example post. `size` is in bytes."""

    filename: str
    size: int = Field(default=1024, ge=0)
    content_type: str | None = None
    sha256: str | None = None


class Example(Model):
    """A post to try a rule on: bare text, or more where the rule looks at more."""

    text: str = ""
    subject: Subject = Subject.POST
    attachments: tuple[ExampleFile, ...] = ()
    mentions: int = Field(default=0, ge=0)
    mentions_everyone: bool = False
    times: int = Field(default=1, ge=1, le=200)
    """How often the text is posted, evenly over `within` seconds; the last post is judged."""
    within: int = Field(default=10, ge=0, le=86_400)
    authors: int = Field(default=1, ge=1, le=200)
    """How many people post in turn."""
    numbered: bool = False
    """Whether each of the posts is a text of its own."""
    account_hours: int = Field(default=100_000, ge=0, le=200_000)
    """How old the author's account is. By default older than any rule asks."""
    member_hours: int = Field(default=100_000, ge=0, le=200_000)
    """How long the author has been a member."""

    @classmethod
    def _bare_text(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value


ExampleEntry = Annotated[Example, BeforeValidator(Example._bare_text)]


class Examples(Model):
    """Posts that a rule must find, and near misses that it must leave alone."""

    match: tuple[ExampleEntry, ...] = ()
    allow: tuple[ExampleEntry, ...] = ()


class Rule(Model):
    """Detectors, an action and a scope, bound to one clause."""

    id: Id
    clause: Id
    category: Category
    action: RuleAction = Action.FLAG
    priority: RulePriority = Priority.NORMAL
    enabled: bool = True
    subjects: tuple[Subject, ...] = (Subject.POST, Subject.TITLE)
    scope: Scope = Scope()
    when: When
    caution: str = ""
    """What to weigh before the action is raised."""
    flag_only: bool = False
    """Whether it may only flag, whatever clause it is bound to. No file that extends this one undoes it."""
    flag_only_why: Words = JUDGED
    examples: Examples = Examples()
    authorised_by: Words | None = None
    """Who allowed the rule to hold or hide: a resolution, an office."""
    authorised_on: date | None = None
    authorised_why: Words | None = None


class Policy(Model):
    """A city's policy, complete: nothing in it refers to another file."""

    name: str
    city: str = ""
    contacts: dict[str, Contact] = Field(default_factory=dict)
    clauses: tuple[Clause, ...] = ()
    statements: tuple[Statement, ...] = ()
    lists: tuple[NamedList, ...] = ()
    rules: tuple[Rule, ...] = ()

    def canonical(self) -> dict[str, Any]:
        """Return the content as plain data, parts ordered by id and defaults left out."""
        data = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        for section in ("clauses", "statements", "lists", "rules"):
            if section in data:
                data[section].sort(key=lambda part: part["id"])
        return data

    @cached_property
    def version(self) -> str:
        """Return the SHA-256, in hex, of the canonical content."""
        text = json.dumps(self.canonical(), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
