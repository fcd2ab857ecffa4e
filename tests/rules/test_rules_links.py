from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.detectors.links import problem
from tests.rules.rules_support import findings, found, looking_for, steady

BLOCKED = looking_for({"links": ["bad.example"]})
EVERY = looking_for({"links": {"every": True, "except": ["city.example", ".gov"]}})
IMITATING = looking_for(
    {"links": {"imitating": ["paypal.com", "steamcommunity.com", "irs.gov", "ourcity.gov", ".mil"]}}
)
MASKED = looking_for({"links": {"masked": True}})
INVITES = looking_for({"invites": {"except": ["ourcity"]}})


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("see https://bad.example/x?y=1#z.", "https://bad.example/x?y=1#z"),
        ("bad.example", "bad.example"),
        ("(www.bad.example)", "www.bad.example"),
        ("HTTP://A.B.BAD.EXAMPLE:8080/x", "HTTP://A.B.BAD.EXAMPLE:8080/x"),
        ("[your city](https://bad.example/pay)", "https://bad.example/pay"),
        ("https://good.example@bad.example/", "https://good.example@bad.example/"),
        ("https:\\\\bad.example\\x", "bad.example"),
        ("bad．example", "bad．example"),
        ("b\u200bad.example", "b\u200bad.example"),
        ("https://bаd.example", "https://bаd.example"),
        ("https://bad.example.", "https://bad.example"),
        ("hxxps://bad.example/x", "hxxps://bad.example/x"),
        ("go to bad dot example now", "bad dot example"),
        ("www . bad [.] example", "www . bad [.] example"),
        ("BAD (DOT) EXAMPLE", "BAD (DOT) EXAMPLE"),
    ],
)
def test_a_blocked_domain_is_found(text: str, span: str) -> None:
    assert found(BLOCKED, text)[0].rstrip("/") == span.rstrip("/")


@pytest.mark.parametrize(
    "text",
    [
        "notbad.example",
        "bad.example.org",
        "https://city.example/bad.example",
        "https://city.example/?u=https.bad",
        "too bad. Example follows",
        "bad dots example",
        "mail me@bad.example",
    ],
)
def test_another_domain_is_left_alone(text: str) -> None:
    assert found(BLOCKED, text) == []


@pytest.mark.parametrize(
    "text",
    ["https://x.invalid/a", "www.shop.invalid", "shop.com", "http://198.51.100.7/a", "https://сity.example"],
)
def test_every_link_but_the_allowed_is_found(text: str) -> None:
    assert found(EVERY, text)


@pytest.mark.parametrize(
    "text",
    [
        "https://city.example/a",
        "parks.city.example",
        "https://x.mn.gov",
        "I left.Then it rained",
        "v1.2.3",
        "e.g.",
    ],
)
def test_allowed_links_and_bare_full_stops_are_not(text: str) -> None:
    assert found(EVERY, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "discord.gg/abc",
        "https://discord.com/invite/abc",
        "https://www.discordapp.com/INVITE/abc",
        "DISCORD.GG/abc",
        "discord.gg/abc?x",
    ],
)
def test_an_invitation_is_found(text: str) -> None:
    assert found(INVITES, text) == [text]


@pytest.mark.parametrize(
    "text", ["discord.gg", "discord.gg/ourcity", "https://discord.com/channels/1/2", "x.com/discord.gg/a"]
)
def test_what_is_no_invitation_or_our_own_is_left_alone(text: str) -> None:
    assert found(INVITES, text) == []


def test_a_domain_list_blocks_and_another_allows() -> None:
    lists = [
        {"id": "bad", "kind": "domains", "entries": ["example.org", "Bücher.example"]},
        {"id": "own", "kind": "domains", "entries": ["good.example.org"]},
    ]
    rules = looking_for({"links": {"lists": ["bad"], "except_lists": ["own"]}}, lists=lists)
    assert found(rules, "a.example.org good.example.org/x xn--bcher-kva.example") == [
        "a.example.org",
        "xn--bcher-kva.example",
    ]


@pytest.mark.parametrize("entry", ["https://x.com", "x.com/path", "*.x.com", "com", "a b.com", "", "."])
def test_what_is_no_domain_is_refused(entry: str) -> None:
    assert problem(entry)


@pytest.mark.parametrize("entry", ["x.com", "a-b.co.uk", ".gov", "Bücher.example", "xn--bcher-kva.example"])
def test_a_domain_is_accepted(entry: str) -> None:
    assert problem(entry) is None


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("paypa1.com", "paypal.com"),
        ("https://www.paypai.com/x", "paypal.com"),
        ("https://pаypal.com", "paypal.com"),
        ("https://xn--pypal-4ve.com", "paypal.com"),
        ("https://paypal.com.login.example", "paypal.com"),
        ("https://paypal.login-secure.example", "paypal.com"),
        ("securepaypal-login.com", "paypal.com"),
        ("steamcomunnity.com", "steamcommunity.com"),
        ("stearncommunity.example.com, steancommunity.com", "steamcommunity.com"),
        ("irs-refund-desk.com", "irs.gov"),
        ("ourcity.com", "ourcity.gov"),
        ("ourcity-billpay.com", "ourcity.gov"),
        ("0urc1ty.gov", "ourcity.gov"),
    ],
)
def test_a_link_that_passes_for_a_known_domain_is_found(text: str, known: str) -> None:
    (finding,) = findings(IMITATING, text)
    assert finding.detail == f"passes for {known}"


@pytest.mark.parametrize(
    "text",
    [
        "paypal.com",
        "https://www.paypal.com/login",
        "https://paypal.de",
        "https://pay.ourcity.gov",
        "firstpaypalm.org",
        "https://blog.example.com/paypal.com",
        "first-refund.com",
        "https://www.army.mil",
        "payday.com",
    ],
)
def test_a_known_domain_itself_and_other_names_are_left_alone(text: str) -> None:
    assert found(IMITATING, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "[ourcity.gov](https://bad.example/pay)",
        "[pay at www.ourcity.gov/bills today](https://bad.example)",
        "https://ourcity.gov@bad.example/x",
        "[https://ourcity.gov](https://ourcity.example)",
    ],
)
def test_a_link_that_shows_another_domain_is_found(text: str) -> None:
    (finding,) = findings(MASKED, text)
    assert finding.detail == "shown as ourcity.gov"


@pytest.mark.parametrize(
    "text",
    [
        "[ourcity.gov](https://ourcity.gov/pay)",
        "[ourcity.gov](https://parks.ourcity.gov)",
        "[www.parks.ourcity.gov](https://ourcity.gov)",
        "[pay here](https://bad.example)",
        "ourcity.gov (https://bad.example)",
        "](https://bad.example)",
    ],
)
def test_a_link_that_shows_where_it_leads_is_left_alone(text: str) -> None:
    assert found(MASKED, text) == []


@steady()
@given(st.text(st.sampled_from("paylotecimrs1-."), min_size=4, max_size=30))
def test_no_host_that_belongs_to_a_known_domain_passes_for_it(prefix: str) -> None:
    assert found(IMITATING, f"https://{prefix.strip('.-').replace('..', '.')}.paypal.com/") == []
