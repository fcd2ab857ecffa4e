from __future__ import annotations

import pytest

from rules.post import Subject
from tests.rules.rules_support import found, ruleset

OFFICES = ["officer", "official", "hall", "police", "mayor", "clerk", "council", "fire department"]
WHEN = {"handles": {"any_of": OFFICES, "except": ["fan", "former"]}}
HANDLES = ruleset({"when": WHEN, "subjects": ["name", "post"]}, city="Spring Lake")


@pytest.mark.parametrize(
    "name",
    [
        "CityOfficer",
        "cityofficer_dan",
        "City Officer",
        "C1ty_0fficial",
        "СityHall",
        "Official City Updates",
        "Mayor of the City",
        "Spring Lake Police",
        "SpringLakePolice",
        "mayor-of-spring-lake",
        "TownClerk",
        "City Fire Department",
        "c.i.t.y.h.a.l.l",
    ],
)
def test_a_name_that_claims_an_office_is_found(name: str) -> None:
    assert found(HANDLES, name, subject=Subject.NAME) == [name]


@pytest.mark.parametrize(
    "name",
    [
        "Dan from Elm Street",
        "Kansas City Fan",
        "City Hall Fan",
        "former town clerk",
        "Officer Krupke",
        "electricityofficer",
        "BigCityLights",
        "Lake Spring Angler",
        "",
    ],
)
def test_another_name_is_left_alone(name: str) -> None:
    assert found(HANDLES, name, subject=Subject.NAME) == []


def test_only_names_are_looked_at() -> None:
    assert found(HANDLES, "the city council met") == []
