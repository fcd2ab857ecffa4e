"""The shipped policies, tried on how people really talk about their city."""

from __future__ import annotations

import pytest

from rules.compile import compile_policy
from rules.load import load_policy
from rules.post import Subject
from rules.ruleset import Ruleset
from rules.verdict import Action, Priority
from rules.window import Window
from tests.rules.rules_support import Files, findings, post

ORDINARY = """
the mayor is wrong about the budget
this council is a disgrace, vote them out
kill the bill
Kill this project before it kills our downtown.
Shame on every one of you who voted yes.
The police chief lied to us and should resign today.
I am furious. FURIOUS. My taxes went up 14% again!
You people are incompetent and you should all be fired.
What a stupid decision. Truly stupid.
Crooks, the lot of them. Follow the money.
Recall the whole council!
The mayor belongs in jail for what he did with the TIF money.
This city has gone to hell since 2019.
Damn potholes ate another tire on Elm Street.
It's a crappy plan and you know it.
Liars! You promised the library would stay open on Sundays.
I will fight this rezoning with everything I have.
We are going to beat this levy in November.
We'll see you at the polls.
They should be ashamed of themselves.
You should be thrown out of office.
The council just shot itself in the foot.
Another nail in the coffin of small business.
This ordinance will strangle local shops.
The deal was dead on arrival.
Somebody needs to take a hard look at the finance director.
The council got hammered at last night's hearing, and rightly so.
Our school board is a joke and the superintendent is a coward.
Fire the city manager.
Blow up the budget and start over.
The consultants made a killing on this contract.
I'd kill for a decent bus route.
That intersection is a death trap, somebody is going to get killed there.
They are killing the trees on 4th Avenue.
The snow plow destroyed my mailbox, I could scream.
My kid almost got hit by a car at the crosswalk.
Why are the cops shooting fireworks down at midnight?
The photographer will shoot the parade at 10.
Please shoot me an email with the agenda.
Hang the banners on Main Street by Friday.
The jury hung and the suit goes on.
Burn permits are required from April on.
We burned through the reserve fund in two years.
The mosquitoes are murder this summer.
Bombed the driving test, who do I call about a retake?
Beat the heat at the splash pad!
Our team beat them 3-2 in the city league.
The fire department knocked the fire down in minutes.
I know where you can find the minutes: the clerk's page.
Watch your step on the bridge, it is icy.
Is the pool open on Labor Day?
When is bulk trash pickup in ward 3?
Thanks to the street crew, they came within the hour.
Happy birthday to our town!
Who do I talk to about a barking dog?
The cockpit of the old plane at the museum is open to visitors.
Dick Larson will speak at the Rotary lunch.
Mr. Cummings owns the hardware store.
Essex and Sussex Streets are closed.
The class passed the assessment with flying colors.
Coon Rapids built theirs for half of that.
A raccoon got into the shelter again.
There's a chink in the armor of this plan: parking.
Use fire-retardant paint on the bandshell.
The peacock escaped from the zoo.
Shiitake and morels at the farmers market!
The Scunthorpe sister city visit was lovely.
Titmice and chickadees at the feeder in Silver Lake.
He graduated summa cum laude, we are proud.
The therapist at the senior center is wonderful.
My grandmother was a Polish immigrant who built this town.
Immigrants built half of Main Street.
Black residents deserve the same snow removal as everyone else.
White families, Black families, Hmong families: all of us use this park.
Muslims in our town have asked for a place to pray at the airport.
As a gay man I felt safe at the Pride picnic, thank you.
The Jewish community center hosts the blood drive.
Women are half of this city and one seventh of its council.
Somali businesses on Cedar need the parking.
Disabled people cannot use the new entrance at all.
Old people and young people both want the bus.
The transgender day of remembrance is on Thursday at the library.
No dogs on the ball fields, please.
Rats! There are rats behind the grocery again.
The animals at the shelter need towels.
The garbage was not picked up, again.
The trash talk at the game was fun.
In an emergency call 9-1-1.
Call 311 to report a street light.
Text 988 if you are struggling, people care.
The meeting is 2026-05-01 at 7:30 pm in room 104.
The bond is for $12,500,000 over 20 years.
Ordinance 2026-14-0001 passed 5-2.
See https://www.rochestermn.gov/departments/parks for hours.
The form is on https://city.example/forms/a-12.pdf
Email the clerk: clerk@rochester.gov
I left at 5.Then it rained.
Ward 3/4 residents and/or owners may apply.
The A55 bus and the 455 are late again!!!!
Sooooo happy about the new playground!!!
GOOD JOB EVERYONE
lol
yes
👍👍👍
¿Cuándo abre la biblioteca?
Kuv nyiam lub tshav puam no.
Waxaan jeclahay maktabadda.
Спасибо за новый парк
公园什么时候开门？
شكرا على المكتبة الجديدة
The mayor's race is close, polls close at 8.
When do early voting sites open?
I read that the council voted to fund the new fire hall.
The campaign to plant a thousand trees needs volunteers.
How do I get a yard waste sticker?
Where do I report graffiti on the underpass?
She lives on the east side and takes the 12.
City hall's new address is 201 Fourth Street.
Please address the drainage before somebody drowns.
He is a snake oil salesman and his numbers are fiction.
Parasites on the trees: has the forester seen the emerald ash borer?
The sewer smells like hell by the river.
Our water bill is a robbery.
Screw this, I am going to the county board.
What a load of garbage from the planning commission.
The consultant's report is trash.
You have blood on your hands if you don't fix that crossing.
This is a slap in the face of every taxpayer.
I hope you lose.
I hope the council gets an earful tonight.
Someone should run against her.
Someone should sue the city.
Nobody would miss the fountain.
The whole thing stinks.
""".strip().splitlines()

DEFAULT = compile_policy(Files().load("shipped:policies/default.yaml"))
SAMPLE = compile_policy(Files().load("shipped:policies/sample_city.yaml"))


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_talk_and_criticism_are_left_alone(text: str) -> None:
    assert [(f.rule, f.matches) for f in findings(DEFAULT, text)] == []
    assert DEFAULT.mask(text) == text


def test_there_is_much_ordinary_talk_here() -> None:
    assert len(set(ORDINARY)) >= 100


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("I will kill you", "threat-violence"),
        ("someone should shoot the mayor tonight", "threat-violence"),
        ("I w1ll k1ll you", "threat-violence"),
        ("go kill yourself", "self-harm-urged"),
        ("those wetbacks", "slurs"),
        ("immigrants are vermin", "dehumanising"),
        ("F.U.C.K this", "vulgarity"),
        ("send nudes", "sexual-content"),
        ("my ssn is 219-45-6789", "private-ssn"),
        ("card 4111 1111 1111 1111", "private-card"),
        ("call him on 612-673-3000", "private-phone"),
        ("someone@gmail.com", "private-email"),
        ("https://free-nitro.example/x", "phishing-links"),
        ("discord.gg/abc", "discord-invites"),
        ("use promo code SAVE", "promotion"),
        ("vote for Pat Doe for mayor", "campaigning"),
        ("let's dox him", "home-address"),
    ],
)
def test_the_default_policy_flags(text: str, rule: str) -> None:
    verdict = DEFAULT.evaluate(post(text), Window())
    assert verdict.action is Action.FLAG
    assert rule in {f.rule for f in verdict.findings}


def test_the_default_policy_only_flags() -> None:
    assert {rule.action for rule in DEFAULT.policy.rules} == {Action.FLAG}


def test_the_sample_city_hides_only_content_neutral_and_exact_evidence() -> None:
    hidden = {rule.id for rule in SAMPLE.policy.rules if rule.action.removes}
    assert hidden == {"repeats", "rate", "phishing-links", "private-ssn", "private-card"}


@pytest.mark.parametrize("text", ["219-45-6789", "4111 1111 1111 1111", "pay at samplecity-payments.example"])
def test_the_sample_city_hides(text: str) -> None:
    assert SAMPLE.evaluate(post(text), Window()).action is Action.HIDE


def test_the_sample_city_hides_a_flood_but_its_first_posts() -> None:
    window = Window()
    text = "Everybody look at what I found in the park"
    actions = [SAMPLE.evaluate(post(text, id=n, at=n * 5), window).action for n in range(6)]
    assert actions == [Action.ALLOW] * 3 + [Action.HIDE] * 3


@pytest.mark.parametrize("rules", [DEFAULT, SAMPLE], ids=["default", "sample_city"])
def test_every_rule_has_examples_and_a_clause_with_its_source(rules: Ruleset) -> None:
    for rule in rules.policy.rules:
        assert len(rule.examples.match) >= 5, rule.id
        assert len(rule.examples.allow) >= 5, rule.id
        assert rules.clause(rule.clause).source


def test_a_name_that_claims_the_city_is_flagged() -> None:
    assert findings(DEFAULT, "CityOfficer Dan", subject=Subject.NAME)
    assert not findings(DEFAULT, "Dan", subject=Subject.NAME)


def test_a_shipped_policy_reads_only_shipped_files() -> None:
    read: list[str] = []

    def reading(name: str) -> str:
        read.append(name)
        return Files()(name)

    load_policy("shipped:policies/sample_city.yaml", reading)
    assert all(name.startswith(("shipped:policies/", "shipped:lists/")) for name in read)


def test_a_threat_is_told_beside_a_removal_for_another_reason() -> None:
    verdict = SAMPLE.evaluate(post("I will kill the mayor tonight. ssn 219-45-6789"))
    assert verdict.action.removes
    assert verdict.lead.rule == "private-ssn"
    assert "threat-violence" in {finding.rule for finding in verdict.findings}


@pytest.mark.parametrize(
    "text",
    [
        "I will kill the mayor tonight.",
        "I'm going to bomb city hall.",
        "I want to kill myself.",
        "There is a fire in the apartment next to ours and people are inside!",
    ],
)
def test_harmless_sentences_around_it_hide_no_threat_and_no_call_for_help(text: str) -> None:
    around = "He said hello. The sweeping on Elm is late, and the council meeting was moved to Tuesday."
    assert DEFAULT.evaluate(post(text)).priority is Priority.URGENT
    assert DEFAULT.evaluate(post(f"{around} {text} {around}")).priority is Priority.URGENT
