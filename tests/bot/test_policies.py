from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import shipped_policies
from bot.policies import read_policy
from rules.documents import InvalidDocument

CITY = """\
extends: default
name: Rivertown policy
clauses:
  - {id: river, title: The river, text: Do not name the river., source: Rivertown 1.2}
rules:
  - id: river-name
    clause: river
    category: other
    when: {words: [zambezi]}
"""


@pytest.mark.parametrize("name", shipped_policies())
def test_every_shipped_policy_loads(name: str) -> None:
    assert read_policy(name).rules


def test_the_default_policy_is_shipped() -> None:
    assert "default" in shipped_policies()


def test_a_city_file_extends_a_shipped_policy(tmp_path: Path) -> None:
    file = tmp_path / "city.yaml"
    file.write_text(CITY, encoding="utf-8")
    policy = read_policy(str(file))
    assert policy.name == "Rivertown policy"
    assert {rule.id for rule in policy.rules} == {"river-name"} | {r.id for r in read_policy("default").rules}


def test_a_file_may_extend_another_beside_it(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(CITY, encoding="utf-8")
    file = tmp_path / "city.yaml"
    file.write_text("extends: base.yaml\nname: Laid over\n", encoding="utf-8")
    assert read_policy(str(file)).name == "Laid over"


def test_a_name_that_no_policy_has_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidDocument, match=r"nowhere:1: is no policy; expected .* default"):
        read_policy("nowhere")


def test_a_missing_base_is_told_at_the_line_that_asks_for_it(tmp_path: Path) -> None:
    file = tmp_path / "city.yaml"
    file.write_text("name: City\nextends: gone.yaml\n", encoding="utf-8")
    with pytest.raises(InvalidDocument, match=r"city\.yaml:2: extends: there is no file .*gone\.yaml"):
        read_policy(str(file))


def test_a_folder_is_not_a_policy(tmp_path: Path) -> None:
    folder = tmp_path / "city.yaml"
    folder.mkdir()
    with pytest.raises(InvalidDocument, match=r"city\.yaml:1: cannot be read: Is a directory"):
        read_policy(str(folder))


def test_a_shipped_file_is_never_sought_outside_the_package(tmp_path: Path) -> None:
    file = tmp_path / "city.yaml"
    file.write_text("name: City\nextends: shipped:../config.example.yaml\n", encoding="utf-8")
    with pytest.raises(InvalidDocument, match=r"extends: there is no file shipped:\.\./config"):
        read_policy(str(file))


def test_an_authority_that_is_yet_to_come_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "city.yaml"
    file.write_text(
        "extends: default\nname: City\nrules:\n  - id: private-ssn\n    action: hide\n"
        "    authorised_by: Council\n    authorised_on: 2026-03-02\n    authorised_why: Exact.\n",
        encoding="utf-8",
    )
    with pytest.raises(InvalidDocument, match=r"city\.yaml:7: rules\[0\]\.authorised_on: 2026-03-02 is yet"):
        read_policy(str(file), lambda: datetime(2026, 2, 28, 12, tzinfo=UTC))
    # In Kiribati the second of March has begun.
    assert read_policy(str(file), lambda: datetime(2026, 3, 1, 12, tzinfo=UTC)).rules
