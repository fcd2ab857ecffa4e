from __future__ import annotations

import pytest

from rules.detectors.private import problem
from rules.detectors.private.cards import luhn
from rules.ruleset import Ruleset
from tests.rules.rules_support import found, looking_for, matches


def private(kind: str, **more: object) -> Ruleset:
    return looking_for({"private": {"any_of": [kind], **more}})


@pytest.mark.parametrize(
    ("kind", "text", "span"),
    [
        ("ssn", "it is 219-45-6789.", "219-45-6789"),
        ("ssn", "ssn_219-45-6789.txt", "219-45-6789"),
        ("ssn", "219-45-6789_ssn", "219-45-6789"),
        ("ssn", "my_ssn_219_45_6789", "219_45_6789"),
        ("card", "visa_4111111111111111", "4111111111111111"),
        ("card", "4111-1111-1111-1111_x", "4111-1111-1111-1111"),
        ("ssn", "ssn 219 45 6789", "219 45 6789"),
        ("ssn", "Social Security number: 219456789", "219456789"),
        ("ssn", "２１９-４５-６７８９", "２１９-４５-６７８９"),
        ("ssn", "219–45–6789", "219–45–6789"),
        ("ssn", "078-05-1120", "078-05-1120"),
        ("ssn", "21\u200b9-45-6789", "21\u200b9-45-6789"),
        ("ssn", "his ssn is **219**-45-6789", "219**-45-6789"),
        ("ssn", "my ssn __219__-__45__-__6789__", "219__-__45__-__6789"),
        ("ssn", "`219-45-6789`", "219-45-6789"),
        ("card", "41**11** 1111 ||1111|| 1111", "41**11** 1111 ||1111|| 1111"),
        ("phone", "call 507**328**2900", "507**328**2900"),
        ("card", "4111 1111 1111 1111", "4111 1111 1111 1111"),
        ("card", "5500-0000-0000-0004!", "5500-0000-0000-0004"),
        ("card", "378282246310005", "378282246310005"),
        ("card", "2223003122003222", "2223003122003222"),
        ("phone", "call 507-328-2900", "507-328-2900"),
        ("phone", "(651) 322.2022", "(651) 322.2022"),
        ("phone", "+44 20 7946 0958", "+44 20 7946 0958"),
        ("phone", "text 5073282900", "5073282900"),
        ("email", "a.b+c@mail.example.org.", "a.b+c@mail.example.org"),
        ("email", "mailto:A@B.COM", "A@B.COM"),
        ("ssn", "ssn 2 1 9 - 4 5 - 6 7 8 9", "2 1 9 - 4 5 - 6 7 8 9"),
        ("ssn", "my tax id is 912-71-6789", "912-71-6789"),
        (
            "card",
            "four one one one, one one one one, one one one one, one one one one",
            "four one one one, one one one one, one one one one, one one one one",
        ),
        ("phone", "five oh seven three two eight 2900, call me", "five oh seven three two eight 2900"),
        ("phone", "my cell is 328-2900", "328-2900"),
        ("phone", "whatsapp +44 7700 900123", "+44 7700 900123"),
        ("email", "sue(at)riverpost(dot)com", "sue(at)riverpost(dot)com"),
        ("email", "write to jo.doe at riverpost dot com", "jo.doe at riverpost dot com"),
        ("email", "jdoe at gmail.com", "jdoe at gmail.com"),
        ("address", "she lives at 12 Oak Street", "12 Oak Street"),
        ("address", "come to 614 n 9th st, unit 4", "614 n 9th st, unit 4"),
        ("address", "1550 county road 12, second driveway", "1550 county road 12"),
        ("address", "2815 14TH AVE NW", "2815 14TH AVE NW"),
        ("address", "he lives at 12 broadmoor", "12 broadmoor"),
        ("address", "the park was full; my place is 8 Elm Ct", "8 Elm Ct"),
        ("address", "ssn 219-45-6789, 482 Thistle Way", "482 Thistle Way"),
        ("birth", "my date of birth is 03/14/1985", "03/14/1985"),
        ("birth", "born on the 3rd of June 1978", "3rd of June 1978"),
        ("birth", "DOB=05/05/1955", "05/05/1955"),
        ("birth", "1988-12-30 is my birthday", "1988-12-30"),
        ("plate", "license plate 7KLM294 ran the light", "7KLM294"),
        ("plate", "plate # abc-123", "abc-123"),
        ("plate", "the plate reads 2 C A T 9 5 8", "2 C A T 9 5 8"),
        ("plate", "whoever drives 9NWP310", "9NWP310"),
        ("ssn", "ss#429067351", "429067351"),
        ("ssn", "my SS, here you go: 308 21 9946", "308 21 9946"),
        ("card", "6304 0000 0000 0000 000", "6304 0000 0000 0000 000"),
        ("phone", "zelle me at 5073282900", "5073282900"),
        ("birth", "my birthday is wrong in the system, it should be 8/16/2001", "8/16/2001"),
        ("birth", "dob 07 03 1969", "07 03 1969"),
        ("address", "5230 old state hwy 7", "5230 old state hwy 7"),
    ],
)
def test_private_data_is_found(kind: str, text: str, span: str) -> None:
    assert found(private(kind), text) == [span]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("ssn", "000-45-6789"),
        ("ssn", "IMG_219456789.jpg"),
        ("phone", "user_5073282900"),
        ("card", "20261120_4111111111111111_1"),
        ("ssn", "666-45-6789"),
        ("ssn", "912-45-6789"),
        ("ssn", "219-00-6789"),
        ("ssn", "219-45-0000"),
        ("ssn", "219 45 6789"),
        ("ssn", "219456789"),
        ("ssn", "1219-45-6789"),
        ("ssn", "219-45-67891"),
        ("ssn", "219-45-6789-1"),
        ("ssn", "https://x.example/219-45-6789"),
        ("card", "4111 1111 1111 1112"),
        ("card", "1111111111111117"),
        ("card", "41111111111111111"),
        ("card", "<@4111111111111111>"),
        ("card", "https://x.example/4111111111111111"),
        ("phone", "5073282900"),
        ("phone", "911"),
        ("phone", "123-456-7890"),
        ("phone", "1-800-657-3602"),
        ("phone", "2019-2025"),
        ("phone", "$1,234,567,890"),
        ("phone", "507-328-29001"),
        ("email", "meet @ noon"),
        ("email", "@moderator"),
        ("email", "a@b"),
        ("email", "look at amazon dot com"),
        ("email", "we meet at example.com"),
        ("phone", "1 2 3 4 5 6 7 8 9 ready, call me"),
        ("phone", "the vote was 555-0142"),
        ("phone", "call 2026-14-0001"),
        ("address", "5 new trees on Chestnut Road"),
        ("address", "a 2 way street"),
        ("address", "4th and Oak needs a light"),
        ("address", "the library at 101 Second Street opens at 9"),
        ("address", "pothole at 1420 elm street"),
        ("address", "10 minute drive"),
        ("address", "PO Box 214"),
        ("birth", "the hearing is on 03/14/2025"),
        ("birth", "the city was born on 11 September 1889"),
        ("plate", "license plate readers on Main"),
        ("plate", "that plate of nachos was 14 dollars"),
        ("plate", "confirmation code KLM294"),
        ("plate", "my honda HRX217 mower died"),
        ("card", "6304000000000000000"),
        ("birth", "the 07 03 1969 issue of the paper"),
        ("ssn", "part#429067351"),
    ],
)
def test_other_numbers_are_left_alone(kind: str, text: str) -> None:
    assert found(private(kind), text) == []


@pytest.mark.parametrize(
    ("kind", "number"), [("card", "4111 1111 1111 1111"), ("phone", "507-328-2900"), ("ssn", "219-45-6789")]
)
def test_numbers_side_by_side_are_each_found(kind: str, number: str) -> None:
    assert found(private(kind), f"{number} {number} 12 {number}") == [number] * 3


def test_the_form_of_a_match_never_repeats_the_data() -> None:
    (match,) = matches(private("ssn"), "219-45-6789")
    assert match.form == "social security number"


def test_public_numbers_and_addresses_are_excepted() -> None:
    rules = private("phone", **{"except": ["+1 507 328 2900"]})
    assert found(rules, "(507) 328-2900 or 507-328-2901") == ["507-328-2901"]
    rules = private("email", **{"except": ["@city.example", "clerk@county.example"]})
    assert found(rules, "a@city.example b@parks.City.example Clerk@county.example x@county.example") == [
        "x@county.example"
    ]


def test_the_policys_own_contacts_are_public() -> None:
    office = {
        "title": "Clerk",
        "phone": "507-328-2900",
        "email": "clerk@x.example",
        "address": "100 Main Street",
    }
    rules = looking_for({"private": ["phone", "email", "address"]}, contacts={"clerk": office})
    assert found(rules, "507.328.2900 clerk@x.example 100 main st") == []


def test_a_published_number_is_public_without_its_area_code() -> None:
    rules = private("phone", **{"except": ["507-328-2900"]})
    assert found(rules, "call 328-2900 or 328-2901") == ["328-2901"]


def test_a_published_address_is_public_however_it_is_written() -> None:
    rules = private("address", **{"except": ["201 4th Street SE"]})
    assert found(rules, "go to 201 4TH ST. SE, Room 3 or 201 4th st se") == []
    assert found(rules, "go to 203 4th Street SE") == ["203 4th Street SE"]


def test_a_contact_list_excepts() -> None:
    named = {"id": "offices", "kind": "contacts", "entries": ["@city.example", "507-328-2900"]}
    rules = looking_for(
        {"private": {"any_of": ["phone", "email"], "except_lists": ["offices"]}}, lists=[named]
    )
    assert found(rules, "507-328-2900 a@city.example b@other.example") == ["b@other.example"]


@pytest.mark.parametrize("digits", [b"4111111111111111", b"79927398713", b"0"])
def test_luhn_accepts(digits: bytes) -> None:
    assert luhn(digits)


@pytest.mark.parametrize("digits", [b"4111111111111112", b"79927398710", b"1"])
def test_luhn_refuses(digits: bytes) -> None:
    assert not luhn(digits)


@pytest.mark.parametrize("entry", ["hello", "123", "a@", "@", "a@b@c.org", "a b@c.org"])
def test_what_is_no_contact_is_refused(entry: str) -> None:
    assert problem(entry)
