"""Read the one configuration file of a community, whole or with every error in it."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from bot.errors import NeedsMending
from bot.schedule import Schedule, parse_duration
from rules.documents import MAX_BYTES, Document, InvalidDocument, Problem, read_document
from rules.documents import Path as Keys

TOKEN_VARIABLE = "BEADLE_TOKEN"  # noqa: S105 - the variable's name, not a secret

Ref = int | str
"""A channel, role or server as staff write it: its id, or its exact name."""


class TokenMissing(NeedsMending):
    """The bot's token is not in the environment, or is not a token."""


def _ref(value: Any) -> Any:
    if isinstance(value, str):
        name = value.strip().removeprefix("#").removeprefix("@")
        # A quoted id is still an id: Discord's have 17 to 19 digits, and no channel is called that.
        value = int(name) if re.fullmatch(r"[1-9][0-9]{16,18}", name) else name
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        raise ValueError(f"expected an id or a name (got {value!r})")
    if isinstance(value, int) and not 10**16 <= value < 2**63:
        raise ValueError(f"expected a Discord id of 17 to 19 digits, or a name in quotes (got {value})")
    return value


def _listed(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise ValueError(f"expected a list, such as [{value if isinstance(value, str | int) else 'name'}]")
    return value


def _zone(value: Any) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    zones = available_timezones()
    if isinstance(value, str) and value in zones:
        return ZoneInfo(value)
    near = difflib.get_close_matches(str(value), zones, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"expected a time zone of the IANA list, such as America/Chicago (got {value!r}){hint}")


def _lateness(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    if value == "skip":
        return timedelta(0)
    if isinstance(value, dict) and value.keys() == {"send_within"}:
        return parse_duration(value["send_within"])
    raise ValueError("expected skip or {send_within: 60m}")


def _url(*schemes: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        try:
            parts = urlsplit(value)
            good = parts.scheme in schemes and parts.hostname and parts.port != 0
        except (ValueError, AttributeError):
            good = False
        if not good or parts.query or parts.fragment:
            raise ValueError(f"expected an address such as {schemes[0]}://host/path (got {value!r})")
        return value.rstrip("/")

    return BeforeValidator(check)


OneRef = Annotated[Ref, BeforeValidator(_ref)]
Refs = Annotated[tuple[OneRef, ...], BeforeValidator(_listed)]


class Section(BaseModel):
    """A part of the configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Community(Section):
    """The Discord server and the city it belongs to."""

    name: str = Field(min_length=1, max_length=100)
    guild: OneRef
    timezone: Annotated[ZoneInfo, BeforeValidator(_zone)]


class Discord(Section):
    """Where Discord is: its own addresses, or those of a compatible server."""

    api: Annotated[str, _url("https", "http")] = "https://discord.com/api/v10"
    gateway: Annotated[str, _url("wss", "ws")] = "wss://gateway.discord.gg"
    cdn: Annotated[str, _url("https", "http")] = "https://cdn.discordapp.com"


class Channels(Section):
    """The channels that only staff can see."""

    review_queue: OneRef = "review-queue"
    staff_archive: OneRef = "staff-archive"
    alerts: OneRef = "alerts"


class Roles(Section):
    """Which Discord roles hold which office. An office without a role is held by nobody."""

    moderator: Refs = ()
    coordinator: Refs = ()
    clerk: Refs = ()
    admin: Refs = ()


class Screening(Section):
    """What is screened: everything but what is exempted here."""

    only: Refs | None = None
    except_: Refs = Field(default=(), alias="except")
    exempt_roles: Refs = ()
    bots: bool = False
    webhooks: bool = False
    nicknames: bool = True

    @model_validator(mode="after")
    def _lists_one_kind_of_channels(self) -> Screening:
        if self.only is not None and self.except_:
            raise ValueError("expected `only` or `except`, not both")
        return self


class Attachments(Section):
    """Which attachments of a recorded post are kept. Larger ones are noted with size and hash."""

    keep_up_to_mb: int = Field(default=10, ge=0, le=500)


class CatchUp(Section):
    """How much is read back after a gap: new posts, and earlier ones again for edits, in each channel."""

    limit: int = Field(default=10_000, ge=1, le=1_000_000)
    reread: int = Field(default=100, ge=0, le=10_000)


class Enforcement(Section):
    """How long a piece of work is reserved, and how long to wait before trying it again."""

    lease_seconds: int = Field(default=60, ge=5, le=3600)
    first_pause_seconds: int = Field(default=2, ge=1, le=3600)
    longest_pause_seconds: int = Field(default=600, ge=1, le=86_400)

    @model_validator(mode="after")
    def _pauses_grow(self) -> Enforcement:
        if self.first_pause_seconds > self.longest_pause_seconds:
            raise ValueError("expected first_pause_seconds not to be more than longest_pause_seconds")
        return self


class Reminder(Section):
    """A notice posted by schedule: words of the city's own, or a report from the record.

    `if_missed` is how late it may still be sent; zero means not at all. A text is limited to 1,900 characters
    of Discord's 2,000, which leaves room for the line that names the occurrence.
    """

    id: str
    text: str | None = Field(default=None, min_length=1, max_length=1_900)
    report: Literal["retention"] | None = None
    channels: Refs
    schedule: Schedule
    if_missed: Annotated[timedelta, BeforeValidator(_lateness)] = timedelta(0)

    @field_validator("id")
    @classmethod
    def _is_an_id(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", value):
            raise ValueError(f"expected 1 to 40 small letters, digits and hyphens (got {value!r})")
        return value

    @field_validator("channels")
    @classmethod
    def _goes_somewhere(cls, value: tuple[Ref, ...]) -> tuple[Ref, ...]:
        if not 1 <= len(set(value)) == len(value):
            raise ValueError("expected at least one channel, and none twice")
        return value

    @model_validator(mode="after")
    def _says_one_thing(self) -> Reminder:
        if (self.text is None) == (self.report is None):
            raise ValueError("expected either text or report")
        return self


class Config(Section):
    """The whole configuration.

    `policy` is the path of a policy file or the name of a shipped policy. The database is the PostgreSQL
    server at `database_url` where that is given, else the SQLite file at `database_path`.
    """

    community: Community
    policy: str = Field(default="default", min_length=1)
    database_path: Path = Path("data/beadle.sqlite3")
    database_url: str | None = Field(default=None, repr=False)
    discord: Discord = Discord()
    channels: Channels = Channels()
    roles: Roles = Roles()
    screening: Screening = Screening()
    attachments: Attachments = Attachments()
    catch_up: CatchUp = CatchUp()
    enforcement: Enforcement = Enforcement()
    reminders: Annotated[tuple[Reminder, ...], BeforeValidator(_listed)] = ()

    @property
    def database(self) -> str:
        """Return the address of the database, as storage takes it."""
        return self.database_url or f"sqlite:///{self.database_path}"

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: str | None) -> str | None:
        # The address holds a password, so it is never quoted back.
        if value is not None and not re.match(r"postgres(ql)?://[^\s]+$", value):
            raise ValueError("expected an address such as postgresql://user@host/database")
        return value

    @model_validator(mode="after")
    def _has_one_database(self) -> Config:
        if {"database_path", "database_url"} <= self.model_fields_set:
            raise ValueError("expected database_path or database_url, not both")
        return self

    @field_validator("reminders")
    @classmethod
    def _have_their_own_ids(cls, value: tuple[Reminder, ...]) -> tuple[Reminder, ...]:
        ids = [reminder.id for reminder in value]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"expected every id once (given twice: {', '.join(twice)})")
        return value


def load_config(path: Path) -> Config:
    """Return the configuration in the file at `path`, its relative paths resolved beside that file.

    Raises InvalidDocument with every problem at once, a file that cannot be read among them.
    """
    document = read_document(read_text(path), str(path))
    wrong_keys = list(_wrong_keys(document, Config, document.data, ()))
    try:
        config = document.parse(Config)
    except InvalidDocument as error:
        known = {problem.path for problem in wrong_keys}
        others = [problem for problem in error.problems if problem.path not in known]
        raise InvalidDocument(wrong_keys + others) from None
    if wrong_keys:
        raise InvalidDocument(wrong_keys)
    policy = str(path.parent / config.policy) if is_file_name(config.policy) else config.policy
    database_path = (path.parent / config.database_path).absolute()
    return config.model_copy(update={"policy": policy, "database_path": database_path})


def is_file_name(policy: str) -> bool:
    """Return whether a policy is named by its file rather than by a shipped name."""
    return policy.endswith((".yaml", ".yml"))


def read_text(path: Path) -> str:
    """Return the text of a configuration or policy file. Raises InvalidDocument if that cannot be had."""
    try:
        with path.open("rb") as file:
            # One byte more than allowed is enough for the reader to refuse the whole.
            return file.read(MAX_BYTES + 1).decode("utf-8-sig")
    except OSError as error:
        raise InvalidDocument([Problem(str(path), 1, "", f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InvalidDocument([Problem(str(path), line, "", "is not UTF-8 text")]) from None


def token_from_env() -> str:
    """Return the bot's token from BEADLE_TOKEN. Raises TokenMissing."""
    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    if not token:
        raise TokenMissing(f"set the environment variable {TOKEN_VARIABLE} to the bot's token")
    if not token.isprintable() or " " in token:
        raise TokenMissing(f"{TOKEN_VARIABLE} is not a token: expected one word, without `Bot ` before it")
    return token


def _wrong_keys(document: Document, model: type[BaseModel], data: Any, at: Keys) -> Iterator[Problem]:
    """Find keys that do not belong, and say which were likely meant; pydantic only says that they do not."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    if not isinstance(data, dict):
        yield document.problem(at, f"expected a section with the keys {', '.join(fields)}")
        return
    for key, value in data.items():
        path = (*at, key)
        if key not in fields:
            yield document.problem(path, _advice(key, list(fields)))
            continue
        inner = _model(fields[key].annotation)
        if inner and isinstance(value, list):
            for n, item in enumerate(value):
                yield from _wrong_keys(document, inner, item, (*path, n))
        elif inner:
            yield from _wrong_keys(document, inner, value, path)


def _advice(key: str, known: list[str]) -> str:
    if "token" in key.lower():
        return f"the token is never written in a file: set the environment variable {TOKEN_VARIABLE}"
    near = difflib.get_close_matches(key, known, n=1)
    return f"unknown key; did you mean {near[0]}?" if near else f"unknown key; expected {', '.join(known)}"


def _model(annotation: Any) -> type[BaseModel] | None:
    """Return the section that a field holds, or holds several of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for argument in get_args(annotation) if (model := _model(argument))), None)
