"""What a rule looks for: the detectors a policy may name, and how they combine."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Entry = Annotated[str, Field(min_length=1, max_length=1000)]
Entries = tuple[Entry, ...]


class Model(BaseModel):
    """A frozen part of a policy that refuses keys it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", coerce_numbers_to_str=True, validate_by_name=True, validate_by_alias=True
    )


class _Listed(Model):
    """A detector that may be written as the bare list of what it looks for."""

    any_of: Entries = ()

    @model_validator(mode="before")
    @classmethod
    def _bare_list(cls, value: Any) -> Any:
        return {"any_of": value} if isinstance(value, list | tuple) else value


class Words(_Listed):
    """Words and phrases: `word`, `two words`, `begin*`, `*end`, `*within*`; less the exceptions."""

    lists: Entries = ()
    """Ids of word lists."""
    exceptions: Entries = Field(default=(), alias="except")
    """Words and phrases inside which nothing counts, with the same wildcards."""


class Patterns(_Listed):
    """Regular expressions in RE2's syntax, upper and lower case alike; less the exceptions."""

    lists: Entries = ()
    """Ids of pattern lists."""
    fold: bool = False
    """Whether to search the words as they are read (small letters, single spaces, no punctuation)."""
    exceptions: Entries = Field(default=(), alias="except")
    """Patterns: a match that one of these overlaps does not count."""


class Sentences(_Listed):
    """Patterns whose letters are words (see `rules.detectors.sentences.grammar`); less the exceptions."""

    lists: Entries = ()
    """Ids of sentence lists."""
    exceptions: Entries = Field(default=(), alias="except")
    """Sentences: a match that one of these overlaps does not count."""
    beside: bool = False
    """Under `not`, whether they speak for no more than the sentence of the text that they stand in."""


class Links(_Listed):
    """Links to named domains and their subdomains, every link, or links that deceive; less the exceptions."""

    every: bool = False
    lists: Entries = ()
    """Ids of domain lists."""
    imitating: Entries = ()
    """Domains that others pass for: `paypa1.com`, `paypal-login.net`, `paypal.com.bad.example`."""
    imitating_lists: Entries = ()
    masked: bool = False
    """Links that show another domain than they lead to."""
    exceptions: Entries = Field(default=(), alias="except")
    """Domains that are always allowed."""
    except_lists: Entries = ()


class Invites(Model):
    """Invitations to other Discord servers, less the codes excepted."""

    exceptions: Entries = Field(default=(), alias="except")

    @model_validator(mode="before")
    @classmethod
    def _bare_true(cls, value: Any) -> Any:
        return {} if value is True else value


class Mentions(Model):
    """At least so many people and roles mentioned, or a mention of everyone."""

    people: int | None = Field(default=None, ge=1, le=1000)
    everyone: bool = False


PrivateKind = Literal["ssn", "card", "phone", "email", "address", "birth", "plate"]


class Private(Model):
    """Private data: numbers, addresses and dates that identify or locate a person."""

    any_of: tuple[PrivateKind, ...] = ()
    exceptions: Entries = Field(default=(), alias="except")
    """Phone numbers, e-mail and street addresses that are public; `@city.gov` means every mailbox there."""
    except_lists: Entries = ()
    """Ids of contact lists. The policy's own contacts are always excepted."""
    region: str = Field(default="US", pattern="^[A-Z]{2}$")
    """The ISO 3166 code of the country whose phone numbers may lack their country code."""

    @model_validator(mode="before")
    @classmethod
    def _bare_list(cls, value: Any) -> Any:
        return {"any_of": value} if isinstance(value, list | tuple) else value


class Attachments(Model):
    """Files with one of these names, extensions or content types, or over a size, or too many."""

    names: Entries = ()
    """File names, with `*` and `?`."""
    extensions: Entries = ()
    """Extensions without the dot. One before the last counts if the last is also listed or is no type."""
    types: Entries = ()
    """Content types, with `*`: `video/*`."""
    over_bytes: int | None = Field(default=None, ge=0)
    more_than: int | None = Field(default=None, ge=0, le=100)
    mismatched: bool = False
    """Files whose extension and content type are of different kinds: a program that is called a picture."""
    hashes: Entries = ()
    """SHA-256 digests of files, in hex."""
    lists: Entries = ()
    """Ids of lists of such digests."""


class Excess(Model):
    """Far more of something than talk needs. Each bound is on one text."""

    capitals: int | None = Field(default=None, ge=1, le=100)
    """At least this percentage of the letters, of which there are at least `letters`."""
    letters: int = Field(default=40, ge=1, le=4000)
    lines: int | None = Field(default=None, ge=1, le=4000)
    """More lines than this."""
    emoji: int | None = Field(default=None, ge=0, le=4000)
    """More emoji than this, the community's own among them."""
    marks: int | None = Field(default=None, ge=1, le=100)
    """More marks than this upon a single letter."""


class Newcomer(Model):
    """Authors whose account, or whose membership, is younger than so many hours when they post."""

    account_hours: int | None = Field(default=None, ge=1, le=87_600)
    member_hours: int | None = Field(default=None, ge=1, le=87_600)


class Joins(Model):
    """Authors of whom so many joined the community within so many seconds."""

    people: int = Field(ge=2, le=1000)
    seconds: int = Field(ge=1, le=3600)


class Handles(_Listed):
    """Names that claim an office: one of these words beside the city's name or another place's."""

    lists: Entries = ()
    """Ids of word lists."""
    places: Entries = ("city", "town", "village", "county", "municipal")
    """Words that mean the city, as its name in the policy always does."""
    exceptions: Entries = Field(default=(), alias="except")
    """Words that make a name harmless wherever they stand in it: `fan`, `former`."""


class Campaign(_Listed):
    """Words for or against one of these candidates or ballot measures, endorsing or opposing alike."""

    lists: Entries = ()
    """Ids of word lists. Of a person, the last name alone counts, too."""


class Repeats(Model):
    """So many like posts within so many seconds, by one author or by many."""

    posts: int = Field(ge=2, le=100)
    seconds: int = Field(ge=1, le=3600)
    by: Literal["author", "many"] = "author"
    min_letters: int = Field(default=1, ge=1, le=4000)
    """Shorter texts never count."""


class Rate(Model):
    """More than so many posts within so many seconds by one author."""

    posts: int = Field(ge=1, le=100)
    seconds: int = Field(ge=1, le=3600)


class Classifier(Model):
    """A likelihood by the shipped model. A rule that asks for it may only flag."""

    head: Literal["abuse", "hate", "threat", "emergency", "promotion", "crisis"]
    """Of what: emergency is a call for help, crisis one of or for somebody who may harm themselves, promotion
    an advertisement or a swindle."""
    threshold: float = Field(gt=0, lt=1)
    """The least likelihood that is found."""
    threshold_for_groups: float | None = Field(default=None, gt=0, lt=1)
    """The least likelihood that is found in a text that names a group of people, whichever it is."""
    anywhere: bool = False
    """Whether a few words of the text are enough to be so likely, where other detectors of the rule find
    something: else what is said around them hides them. Not of abuse."""

    @model_validator(mode="after")
    def _safeguarded(self) -> Self:
        if self.anywhere and self.head == "abuse":
            raise ValueError("abuse is told of a whole text, with and without the words for groups")
        return self


Detector = (
    Words
    | Patterns
    | Sentences
    | Links
    | Invites
    | Mentions
    | Private
    | Attachments
    | Excess
    | Newcomer
    | Joins
    | Handles
    | Campaign
    | Repeats
    | Rate
    | Classifier
)


class AtLeast(Model):
    """So many of several conditions: signs that prove nothing alone and much together."""

    count: int = Field(ge=2, le=20)
    of: tuple[When, ...]


class When(Model):
    """One detector, or a combination of conditions. Exactly one key is given."""

    words: Words | None = None
    patterns: Patterns | None = None
    sentences: Sentences | None = None
    links: Links | None = None
    invites: Invites | None = None
    mentions: Mentions | None = None
    private: Private | None = None
    attachments: Attachments | None = None
    excess: Excess | None = None
    newcomer: Newcomer | None = None
    joins: Joins | None = None
    handles: Handles | None = None
    campaign: Campaign | None = None
    repeats: Repeats | None = None
    rate: Rate | None = None
    model: Classifier | None = None
    all: tuple[When, ...] | None = None
    any: tuple[When, ...] | None = None
    at_least: AtLeast | None = None
    none: When | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if len(self.model_fields_set) != 1:
            keys = ", ".join(field.alias or name for name, field in type(self).model_fields.items())
            raise ValueError(f"needs exactly one of {keys}; combine several with `all`, `any` or `at_least`")
        return self

    @property
    def key(self) -> str:
        """Return the one key given, as the file spells it."""
        (name,) = self.model_fields_set
        return "not" if name == "none" else name

    @property
    def detector(self) -> Detector | None:
        """Return the detector, or None for a combination."""
        value = getattr(self, self.key, None)
        return None if self.key in ("all", "any", "at_least", "not") else value

    @property
    def parts(self) -> tuple[When, ...]:
        """Return the conditions that a combination combines."""
        if self.at_least:
            return self.at_least.of
        return self.all or self.any or ((self.none,) if self.none else ())


AtLeast.model_rebuild()
