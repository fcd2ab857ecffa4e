"""The sections of a configuration, with their bounds and defaults."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from bot.config.values import Lateness, OneRef, Ref, Refs, TimeZone, listed, url
from bot.schedule import Schedule


class Section(BaseModel):
    """A part of the configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Community(Section):
    """The Discord server and the city it belongs to."""

    name: str = Field(min_length=1, max_length=100)
    guild: OneRef
    timezone: TimeZone


class Discord(Section):
    """Where Discord is: its own addresses, or those of a compatible server."""

    api: Annotated[str, url("https", "http")] = "https://discord.com/api/v10"
    gateway: Annotated[str, url("wss", "ws")] = "wss://gateway.discord.gg"
    cdn: Annotated[str, url("https", "http")] = "https://cdn.discordapp.com"


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

    @field_validator("only")
    @classmethod
    def _screens_something(cls, value: tuple[Ref, ...] | None) -> tuple[Ref, ...] | None:
        if value == ():
            raise ValueError("expected at least one channel: nothing would be screened")
        return value


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
    if_missed: Lateness = timedelta(0)

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
    reminders: Annotated[tuple[Reminder, ...], BeforeValidator(listed)] = ()

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
