from __future__ import annotations

import pytest
from rules_support import found, looking_for

from rules.detectors.links import problem

BLOCKED = looking_for({"links": ["bad.example"]})
EVERY = looking_for({"links": {"every": True, "except": ["city.example", ".gov"]}})
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
