"""Of many who decide or change at once, one does; the rest are told."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from storage import Database, cases, decisions, ledger, rulesets, schema
from storage.decisions import NewDecision
from storage.rulesets import RulesetChange
from storage.schema import CaseState, Outcome
from tests.storage.storage_samples import CITY, NOW, recorded

UPHELD = NewDecision(Outcome.UPHELD, 21, "Kim \0", "it names a private number", clause="privacy")
CHANGE = RulesetChange("a" * 64, "name: one", "+ name: one", None, "policy file", "first start")


async def test_a_decision_closes_the_case_and_is_on_the_ledger_without_its_words(db: Database) -> None:
    made = await recorded(db)
    decision = await db.transaction(decisions.decide, made.case, UPHELD, after=None, now=NOW)
    assert decision is not None
    (found,) = await db.read(decisions.of_case, made.case.id)
    assert (found.id, found.outcome, found.actor, found.at) == (
        decision.id,
        Outcome.UPHELD,
        "Kim \ufffd",
        NOW,
    )
    case = await db.read(cases.by_id, made.case.id)
    assert case is not None
    assert case.state is CaseState.DECIDED
    entry = await db.read(
        lambda tx: tx.execute(select(schema.ledger).order_by(schema.ledger.c.seq)).all()[-1]
    )
    assert (entry.kind, entry.actor, entry.case_number) == ("case.decided", "21", 1)
    assert found.digest in entry.body
    assert "private number" not in entry.body
    assert "Kim" not in entry.body
    assert await db.read(ledger.verify, CITY) is None


async def test_of_fifty_presses_at_once_one_decides(db: Database) -> None:
    case = (await recorded(db)).case
    presses = (db.transaction(decisions.decide, case, UPHELD, after=None, now=NOW) for _ in range(50))
    results = await asyncio.gather(*presses)
    assert sum(result is not None for result in results) == 1
    assert len(await db.read(decisions.of_case, case.id)) == 1


async def test_a_later_decision_follows_the_one_it_knows_of(db: Database) -> None:
    case = (await recorded(db)).case
    first = await db.transaction(decisions.decide, case, UPHELD, after=None, now=NOW)
    assert first is not None
    restored = NewDecision(Outcome.RESTORED, None, "Beadle", "undecided for eight hours")
    second = await db.transaction(decisions.decide, case, restored, after=first.id, now=NOW)
    assert second is not None
    assert await db.transaction(decisions.decide, case, UPHELD, after=first.id, now=NOW) is None
    found = await db.read(decisions.of_case, case.id)
    assert [d.outcome for d in found] == [Outcome.UPHELD, Outcome.RESTORED]


async def test_rule_versions_are_numbered_and_the_last_is_in_force(db: Database) -> None:
    assert await db.read(rulesets.current, CITY) is None
    first = await db.transaction(rulesets.remember, CITY, CHANGE, parent=None, now=NOW)
    assert first is not None
    assert (first.number, first.parent, first.source) == (1, None, "name: one")
    other = RulesetChange("b" * 64, "name: two", "~ name", 21, "Kim", "renamed", 22, "Lee", "Resolution 2")
    second = await db.transaction(rulesets.remember, CITY, other, parent=1, now=NOW)
    assert second is not None
    assert (second.number, second.parent, second.approver_id) == (2, 1, 22)
    assert await db.read(rulesets.current, CITY) == second
    assert await db.read(rulesets.by_version, CITY, "a" * 64) == first
    assert await db.read(rulesets.by_version, CITY, "c" * 64) is None
    assert await db.read(rulesets.history, CITY, 5) == (second, first)
    assert await db.read(rulesets.history, CITY, 1) == (second,)
    assert await db.read(rulesets.current, 7) is None


async def test_rules_that_do_not_change_make_no_version(db: Database) -> None:
    first = await db.transaction(rulesets.remember, CITY, CHANGE, parent=None, now=NOW)
    assert await db.transaction(rulesets.remember, CITY, CHANGE, parent=None, now=NOW) == first
    entries = await db.read(lambda tx: tx.execute(select(schema.ledger.c.kind)).scalars().all())
    assert entries == ["rules.changed"]


async def test_rules_can_go_back_to_an_older_content_under_a_new_number(db: Database) -> None:
    for parent, version in enumerate("aba"):
        change = RulesetChange(version * 64, "name: x", "", 21, "Kim", "try")
        made = await db.transaction(rulesets.remember, CITY, change, parent=parent or None, now=NOW)
        assert made is not None
    found = await db.read(rulesets.by_version, CITY, "a" * 64)
    assert found is not None
    assert found.number == 3


@pytest.mark.parametrize("parent", [None, 0, 2])
async def test_a_change_made_from_an_older_version_is_not_taken(db: Database, parent: int | None) -> None:
    await db.transaction(rulesets.remember, CITY, CHANGE, parent=None, now=NOW)
    stale = RulesetChange("b" * 64, "name: two", "", 21, "Kim", "renamed")
    assert await db.transaction(rulesets.remember, CITY, stale, parent=parent, now=NOW) is None


async def test_of_ten_changes_at_once_one_comes_into_force(db: Database) -> None:
    await db.transaction(rulesets.remember, CITY, CHANGE, parent=None, now=NOW)
    rivals = [RulesetChange(f"{n:064}", "name: x", "", n, "Kim", "try") for n in range(10)]
    results = await asyncio.gather(
        *(db.transaction(rulesets.remember, CITY, rival, parent=1, now=NOW) for rival in rivals)
    )
    assert sum(result is not None for result in results) == 1
