"""The model: what it finds, what it may do, and that it treats groups alike."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.compile import compile_policy
from rules.model.features import LONGEST, ROWS, alone, hashed, once, pairs, runs
from rules.model.groups import GROUP, SIDE, masked, places, without
from rules.model.linear import HEADS, WEIGHTS, Linear, shipped
from rules.text import reading
from tests.rules.rules_support import Files, findings, found, looking_for, policy, ruleset, steady


def plain(text: str) -> bytes:
    return reading.plain(reading.shown(text))


def asking(head: str, threshold: float = 0.5, **more: Any) -> dict[str, Any]:
    return {"when": {"model": {"head": head, "threshold": threshold}}, **more}


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ("abuse", "you are a stupid pathetic loser and everybody knows it"),
        ("hate", "these immigrants are nothing but parasites, send them all back"),
        ("threat", "I will find you and break both your legs"),
        ("emergency", "please send help, my dad collapsed and he is not breathing"),
        ("promotion", "I made $5,000 in a week trading bitcoin, DM me to learn how"),
    ],
)
def test_each_head_finds_what_it_learned(head: str, text: str) -> None:
    assert findings(ruleset(asking(head)), text)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize(
    "text",
    [
        "The council is wrong about the budget.",
        "When does the pool open on Saturdays?",
        "I am gay and proud to live here.",
        "My Muslim neighbors invited us for dinner.",
        "The snow plows missed our street again.",
        "",
        "ok",
    ],
)
def test_ordinary_talk_is_left_alone(head: str, text: str) -> None:
    assert not findings(ruleset(asking(head)), text)


def test_a_finding_shows_the_likelihood_and_the_words_that_weighed_most() -> None:
    rules = ruleset(asking("threat"))
    (finding,) = findings(rules, "Listen: I will **find** you and break your legs")
    head, likelihood = finding.detail.removeprefix("model: ").split()
    assert head == "threat"
    assert 0.5 <= float(likelihood) <= 1
    assert "break" in found(rules, "Listen: I will **find** you and break your legs")
    assert 1 <= len(finding.matches) <= 3


def test_the_threshold_is_the_least_likelihood_found() -> None:
    text = "I will find you and break your legs"
    likelihood = shipped().scores(plain(text)).likelihoods[HEADS.index("threat")]
    assert findings(ruleset(asking("threat", likelihood - 0.001)), text)
    assert not findings(ruleset(asking("threat", likelihood + 0.001)), text)


def test_a_text_that_names_a_group_may_have_a_threshold_of_its_own() -> None:
    model = {"head": "hate", "threshold": 0.999, "threshold_for_groups": 0.001}
    rules = ruleset({"when": {"model": model}})
    assert findings(rules, "They met the Somalis at the lake")
    assert findings(rules, "They met the Swedes at the lake")
    assert not findings(rules, "They met the ducks at the lake")


@pytest.mark.parametrize("written", ["I w i l l  b r e a k  your l e g s", "I will br**e**ak your l||e||gs"])
def test_the_model_reads_what_was_spelled_out_or_broken_up(written: str) -> None:
    more = {"lists": [{"id": "known", "kind": "words", "entries": ["will", "break", "legs"]}]}
    rules = ruleset(
        {"when": {"any": [{"words": {"lists": ["known"]}}, asking("threat", 0.8)["when"]]}}, **more
    )
    assert any("threat" in finding.detail for finding in findings(rules, written))


def test_a_low_threshold_shows_no_words() -> None:
    text = "Listen: I will find you and break your legs"
    assert findings(ruleset(asking("threat", 0.2)), text)
    assert not found(ruleset(asking("threat", 0.2)), text)


@pytest.mark.parametrize("threshold", [0, 1, 1.5, -1])
def test_a_threshold_is_between_nothing_and_certainty(threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold"):
        looking_for({"model": {"head": "abuse", "threshold": threshold}})


AUTHORISED = "authorised_by: council\n    authorised_on: 2026-01-01\n    authorised_why: because"
CITY = """
name: City
clauses: [{{id: c, title: C, text: T}}]
rules:
  - id: r
    clause: c
    category: threat
    action: {action}
    {authority}
    when: {{any: [{{words: [badword]}}, {{not: {{not: {{model: {{head: threat, threshold: 0.9}}}}}}}}]}}
"""


@pytest.mark.parametrize("action", ["hold", "hide"])
def test_a_rule_that_asks_the_model_may_only_flag(action: str) -> None:
    files = Files(city=CITY.format(action=action, authority=AUTHORISED))
    (problem,) = files.problems()
    assert "may only flag" in problem
    assert "rules[0].action" in problem
    assert not Files(city=CITY.format(action="flag", authority=AUTHORISED)).problems()


def test_nothing_compiles_that_would_remove_a_comment_by_the_model() -> None:
    with pytest.raises(ValueError, match="only flag"):
        compile_policy(policy(asking("threat", action="hide")))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Muslims are a plague on this city", "Christians are a plague on this city"),
        ("why do black people always complain", "why do white people always complain"),
        ("Democrats are idiots", "Republicans are idiots"),
        ("a gay man moved in next door", "a straight woman moved in next door"),
        ("Somali's shop", "German's shop"),
    ],
)
def test_swapping_one_group_for_another_changes_no_score(one: str, other: str) -> None:
    assert shipped().scores(plain(one)) == shipped().scores(plain(other))


def test_groups_and_sides_are_masked() -> None:
    assert masked(b" the women and the democrats ") == b" the " + GROUP + b" and the " + SIDE + b" "
    assert without(masked(b" the women voted ").split()) == [b"the", b"voted"]


@pytest.mark.parametrize(
    "name", ["muslims", "black people", "old white men", "people on welfare", "people with a disability"]
)
def test_a_group_is_one_word_however_many_words_name_it(name: str) -> None:
    text = f" we saw {name} at the lake ".encode()
    assert masked(text) == b" we saw " + GROUP + b" at the lake "
    assert [text.split()[n] for n in places(text)] == [
        b"we",
        b"saw",
        name.split(maxsplit=1)[0].encode(),
        *b"at the lake".split(),
    ]


def test_an_article_does_not_tell_which_group_it_was() -> None:
    assert masked(b" an asian ") == masked(b" a korean ")


def test_what_weighed_most_is_shown_where_it_stands_behind_a_group_of_several_words() -> None:
    rules = ruleset(asking("threat", 0.3))
    assert "break" in found(rules, "Old white men, people on welfare: I will find you and break your legs")


def hashes(*words: bytes) -> Any:
    return np.array([*map(hashed, words)], np.uint64)


def test_abuse_is_the_lower_score_with_and_without_the_words_for_groups() -> None:
    weights = np.zeros((ROWS, len(HEADS)), np.float32)
    weights[alone(hashes(GROUP))] = 5
    model = Linear(weights, np.full(len(HEADS), -1, np.float32))
    abuse, hate, *_ = model.scores(b" the women voted ").likelihoods
    assert abuse < 0.5 < hate


def test_a_score_is_the_weights_of_runs_words_and_pairs_each_once() -> None:
    chance = np.random.Generator(np.random.PCG64(7))
    weights = chance.standard_normal((ROWS, len(HEADS))).astype(np.float32)
    model = Linear(weights, np.zeros(len(HEADS), np.float32))
    said, distinct = [b"^", b"go", b"home", b"go", b"home", b"now", b"$"], [b"go", b"home", b"now"]
    of_runs = [row for word in distinct for row in runs(word)]
    of_words = [*alone(hashes(*distinct)), *once(pairs(hashes(*said)))]
    assert len(of_words) == 3 + 5
    odds = weights[of_runs].sum(0) / np.sqrt(len(of_runs) + 8) + weights[of_words].sum(0) / np.sqrt(8 + 8)
    for _ in range(2):
        likelihoods = model.scores(b" go home go home now ").likelihoods
        assert likelihoods == pytest.approx(1 / (1 + np.exp(-odds)), rel=1e-4)


def test_words_are_forgotten_when_there_are_too_many_and_score_alike_after() -> None:
    model = shipped()
    before = model.scores(b" the bridge is closed ")
    for n in range(30):
        model.scores(b"".join(b" w%d" % (n * 900 + word) for word in range(900)) + b" ")
    assert model.scores(b" the bridge is closed ") == before


def test_two_threads_that_meet_the_same_new_words_at_once_score_them_alike() -> None:
    model = Linear(shipped().weights, shipped().bias)
    with ThreadPoolExecutor(2) as threads:
        with model._learning:
            scored = [threads.submit(model.scores, b" kill the mayor ") for _ in range(2)]
            # Both have found that they do not know the words, and wait for each other.
            assert not wait(scored, timeout=0.2).done
        assert scored[0].result(5) == scored[1].result(5) == shipped().scores(b" kill the mayor ")


def test_different_words_rarely_share_a_row() -> None:
    assert len(once(alone(hashes(*(b"w%d" % n for n in range(2000)))))) > 1980
    assert len(once(pairs(hashes(*(b"w%d" % n for n in range(2000)))))) > 1970


@pytest.mark.parametrize("word", [b"a", b"go", b"bridge", b"a" * 4000])
def test_every_word_has_a_run_and_few_however_long_it_is(word: bytes) -> None:
    assert 1 <= len(runs(word)) <= 40


@steady()
@given(st.text(max_size=200))
def test_no_text_is_too_odd_to_score(text: str) -> None:
    likelihoods, _ = shipped().scores(plain(text))
    assert all(0 <= likelihood <= 1 for likelihood in likelihoods)
    assert findings(ruleset(asking("abuse", 1e-13)), text)


@pytest.mark.parametrize("text", ["漢" * 4000, "a" * 4000, "a " * 2000, " " * 4000, "🔥" * 4000])
def test_a_very_long_text_is_scored_by_its_beginning(text: str) -> None:
    assert shipped().scores(plain(text)) == shipped().scores(plain(text)[:LONGEST])
    assert findings(ruleset(asking("abuse", 1e-13)), text)


def test_the_weights_are_small_and_finite() -> None:
    from importlib import resources

    file = resources.files("rules.model").joinpath(WEIGHTS)
    assert len(file.read_bytes()) < 3_000_000
    assert np.isfinite(shipped().weights).all()
    assert shipped().weights.shape == (ROWS, len(HEADS))


LOADED = """
import sys
from rules.check import find_problems
from rules.compile import compile_policy
from rules.policy import Policy
policy = Policy.model_validate({policy})
compile_policy(policy)
print([name for name in ("numpy", "rules.model.train", "rules.model.corpora") if name in sys.modules])
"""


@pytest.mark.parametrize(
    ("when", "loaded"),
    [({"words": ["badword"]}, "[]"), ({"model": {"head": "hate", "threshold": 0.5}}, "['numpy']")],
)
def test_only_a_policy_that_asks_the_model_loads_numpy_and_none_the_training(
    when: dict[str, Any], loaded: str
) -> None:
    data = policy({"when": when}).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    script = LOADED.format(policy=data)
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == loaded


def test_the_most_certain_text_is_scored_without_overflow() -> None:
    text = plain("one two three")
    for sign in (-1, 1):
        model = Linear(np.full((ROWS, len(HEADS)), sign * 1e4, np.float32), np.zeros(len(HEADS), np.float32))
        assert model.scores(text).likelihoods == pytest.approx((float(sign > 0),) * len(HEADS))


PADDING = (
    " The street sweeping on Elm is late again and the library meeting was moved to Tuesday at noon." * 3
)


def borne_out(anywhere: bool) -> dict[str, Any]:
    model = {"head": "threat", "threshold": 0.2, "anywhere": anywhere}
    return {"all": [{"sentences": ["kill the mayor"]}, {"model": model}]}


def test_a_threat_is_found_anywhere_in_a_text_that_is_otherwise_harmless() -> None:
    text = f"I will kill the mayor tonight.{PADDING}"
    assert not findings(looking_for(borne_out(anywhere=False)), text)
    for written in (text, f"{PADDING} I will kill the mayor tonight", f"{PADDING} {text}"):
        (finding,) = findings(looking_for(borne_out(anywhere=True)), written)
        assert finding.detail.endswith("in a part")


def test_a_part_is_as_likely_as_it_is_by_itself() -> None:
    alone = shipped().anywhere(plain("I will find you and break your legs"))
    assert alone == pytest.approx(
        shipped().scores(plain("I will find you and break your legs")).likelihoods, abs=0.1
    )
    assert shipped().anywhere(plain("")) == pytest.approx(shipped().scores(plain("")).likelihoods)


def test_abuse_is_not_looked_for_in_parts() -> None:
    with pytest.raises(ValueError, match="whole text"):
        looking_for({"model": {"head": "abuse", "threshold": 0.5, "anywhere": True}})
