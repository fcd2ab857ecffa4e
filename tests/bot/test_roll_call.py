from __future__ import annotations

from typing import Any

from bot.config import Config
from bot.roll_call import Landmarks, absent
from rules.policy import Policy

THERE = Landmarks(
    frozenset({"review-queue", "staff-archive", "alerts", "parks", "1100000000000000009"}),
    frozenset({"Moderator", "1100000000000000005"}),
)


def config(**sections: Any) -> Config:
    city = {"name": "Sample City", "guild": "Sample City", "timezone": "America/Chicago"}
    return Config.model_validate({"community": city, **sections})


def policy(**scope: Any) -> Policy:
    rule = {"id": "r", "clause": "c", "category": "other", "when": {"words": ["darn"]}, "scope": scope}
    return Policy.model_validate({"name": "p", "rules": [rule]})


def test_names_and_ids_that_the_server_has_are_not_remarked_upon() -> None:
    roles = {"moderator": ["Moderator"], "admin": [1100000000000000005]}
    given = config(channels={"alerts": 1100000000000000009}, roles=roles, screening={"only": ["parks"]})
    assert absent(given, policy(channels=["parks"]), THERE) == []


def test_every_name_that_the_server_does_not_have_is_told_with_its_place() -> None:
    reminder = {"id": "daily", "text": "Hi.", "channels": ["lobby"], "schedule": {"daily": "08:00"}}
    given = config(
        channels={"review_queue": "queue", "staff_archive": 1100000000000000001},
        roles={"clerk": ["Clark"]},
        screening={"except": ["louge"], "exempt_roles": ["Staf"]},
        reminders=[reminder],
    )
    rules = policy(channels=["prks"], exempt_channels=["louge"], exempt_roles=["Staf"])
    assert absent(given, rules, THERE) == [
        "channels.review_queue: 'queue'",
        "channels.staff_archive: 1100000000000000001",
        "screening.except: 'louge'",
        "reminder daily: 'lobby'",
        "scope of rule r: 'prks'",
        "scope of rule r: 'louge'",
        "roles.clerk: 'Clark'",
        "screening.exempt_roles: 'Staf'",
        "scope of rule r: 'Staf'",
    ]
