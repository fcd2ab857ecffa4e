"""A file that is known by its bytes alone is fetched before the post is judged."""

from __future__ import annotations

import hashlib

import yaml

from tests.e2e.e2e_support import POLICY, People, Start

BAD = b"a picture that the city has listed"


def listing(data: bytes) -> str:
    """Return the test policy with a rule that hides a file by its digest."""
    policy = yaml.safe_load(POLICY)
    rule = {
        "id": "listed-file",
        "clause": "conduct",
        "category": "other",
        "action": "hide",
        "when": {"attachments": {"lists": ["listed-files"]}},
        "authorised_by": "City Council resolution 2025-14",
        "authorised_on": "2025-09-02",
        "authorised_why": "The list holds what a court has ordered removed.",
    }
    named = {"id": "listed-files", "kind": "hashes", "entries": [hashlib.sha256(data).hexdigest()]}
    return yaml.safe_dump({**policy, "lists": [named], "rules": [*policy["rules"], rule]})


async def test_a_listed_file_is_found_under_any_name_and_is_on_record(
    start: Start, people: People, square: int
) -> None:
    beadle = await start(listing(BAD))
    fine = await people["resident"].say(square, "look", files={"cat.png": b"a cat"})
    post = await people["resident"].say(square, "look", files={"cat.png": b"another cat", "dog.png": BAD})
    case = await beadle.case(post["id"])
    assert not beadle.stands(post)
    (evidence,) = await beadle.evidence(case)
    assert evidence.verdict is not None
    assert [match.text for match in evidence.verdict.lead.matches] == ["dog.png"]
    assert await beadle.untouched(fine)
