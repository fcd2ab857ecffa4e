from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.sandbox import Community, Happening
from tests.sandbox_support import PersonClient, QuickClient, Refused, Watch, connected, until

Enter = Callable[[str], Awaitable[PersonClient]]


class Help(discord.ui.Modal, title="Ask for another look"):
    why: discord.ui.TextInput[Help] = discord.ui.TextInput(label="Why?", custom_id="why", min_length=3)

    def __init__(self) -> None:
        super().__init__(custom_id="help")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"noted: {self.why.value}", ephemeral=True)


class Panel(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Why", custom_id="panel:why")
    async def show(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.send_message("only you see this", ephemeral=True)

    @discord.ui.button(label="Done", custom_id="panel:done")
    async def done(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.edit_message(content="decided", view=None)

    @discord.ui.button(label="Ask", custom_id="panel:ask")
    async def ask(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.send_modal(Help())

    @discord.ui.select(
        custom_id="panel:clause",
        options=[discord.SelectOption(label=name, value=name) for name in ("spam", "privacy")],
        max_values=2,
    )
    async def clause(self, interaction: discord.Interaction, select: discord.ui.Select[Panel]) -> None:
        await interaction.response.defer()
        await interaction.followup.send(" and ".join(select.values), ephemeral=True)


class City(QuickClient):
    def __init__(self) -> None:
        super().__init__()
        self.tree = tree = app_commands.CommandTree(self)
        self.errors: list[Exception] = []

        @tree.command(description="Say something")
        async def say(interaction: discord.Interaction, text: str, who: discord.Member | None = None) -> None:
            await interaction.response.send_message(f"{who.name if who else 'nobody'}: {text}")

        @tree.command(description="Take a while")
        async def wait(interaction: discord.Interaction, private: bool = False) -> None:
            await interaction.response.defer(thinking=True, ephemeral=private)
            await interaction.followup.send("here it is")
            await interaction.followup.send("and more")

        @tree.command(description="Never answer")
        async def silent(_: discord.Interaction) -> None:
            return

        @tree.command(description="Answer twice")
        async def twice(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("once")
            try:
                await interaction.client.http.request(
                    discord.http.Route(
                        "POST", f"/interactions/{interaction.id}/{interaction.token}/callback"
                    ),
                    json={"type": 4, "data": {"content": "again"}},
                )
            except discord.HTTPException as error:
                self.errors.append(error)
            await interaction.edit_original_response(content="changed")
            await interaction.delete_original_response()

        @tree.command(description="For staff")
        @app_commands.default_permissions(manage_messages=True)
        async def staff(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("hello", ephemeral=True)

        rules = app_commands.Group(name="rules", description="The rules")
        tree.add_command(rules)

        @rules.command(description="Show a rule")
        async def show(interaction: discord.Interaction, rule: str) -> None:
            await interaction.response.send_message(rule, ephemeral=True)

        @show.autocomplete("rule")
        async def choices(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
            names = ["links", "private-ssn", "private-card"]
            return [app_commands.Choice(name=name, value=name) for name in names if current in name]

        @tree.context_menu(name="Report comment")
        async def report(interaction: discord.Interaction, message: discord.Message) -> None:
            await interaction.response.send_message(f"reported {message.content!r}", ephemeral=True)

        @tree.context_menu(name="History")
        async def history(interaction: discord.Interaction, member: discord.Member) -> None:
            await interaction.response.send_message(member.name, ephemeral=True)

        @tree.command(description="Read a file")
        async def read(interaction: discord.Interaction, file: discord.Attachment) -> None:
            await interaction.response.send_message((await file.read()).decode())


@pytest.fixture
async def client(city: Community) -> AsyncIterator[City]:
    client = City()
    async with connected(city.ready(), client):
        guild = discord.Object(city.guild.id)
        client.tree.copy_global_to(guild=guild)
        await client.tree.sync(guild=guild)
        client.add_view(Panel())
        yield client


@pytest.fixture
async def seen(client: City, resident: PersonClient) -> Watch:
    return await resident.watch()


@pytest.fixture
def square(city: Community) -> int:
    return city.channels["town-square"].id


async def panel(client: City, square: int, seen: Watch) -> dict[str, Any]:
    channel = client.get_channel(square)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("a case", view=Panel())
    return await seen.wait("MESSAGE_CREATE")


async def test_a_command_is_answered_in_the_channel(
    city: Community, resident: PersonClient, seen: Watch, square: int
) -> None:
    nonce = await resident.use("say", square, text="hello", who=str(city.people["neighbor"].id))
    answer = await seen.wait("MESSAGE_CREATE")
    assert answer["content"] == "neighbor: hello"
    assert answer["interaction_metadata"]["user"]["id"] == str(city.people["resident"].id)
    assert (await seen.wait("INTERACTION_SUCCESS"))["nonce"] == nonce
    assert seen.of("INTERACTION_CREATE")[0]["nonce"] == nonce


async def test_a_wait_is_filled_by_the_first_follow_up(
    resident: PersonClient, seen: Watch, square: int
) -> None:
    await resident.use("wait", square)
    waiting = await seen.wait("MESSAGE_CREATE")
    assert waiting["flags"] == 128
    filled = await seen.wait("MESSAGE_UPDATE")
    assert (filled["id"], filled["content"], filled["flags"]) == (waiting["id"], "here it is", 0)
    assert filled["edited_timestamp"] is None
    assert (await seen.wait("MESSAGE_CREATE", lambda m: m["content"] == "and more"))["id"] != waiting["id"]


async def test_what_is_ephemeral_is_seen_by_the_one_who_asked_alone(
    person: Enter, resident: PersonClient, seen: Watch, square: int, client: City, city: Community
) -> None:
    told: list[Happening] = []
    city.sandbox.subscribe(told.append)
    neighbor = await person("neighbor")
    others = await neighbor.watch()
    message = await panel(client, square, seen)
    await resident.press(message, "panel:why")
    assert "Rosa Alvarez pressed “Why”" in [f"{line.actor} {line.did}" for line in told]
    answer = await seen.wait("MESSAGE_CREATE", lambda m: m["content"] == "only you see this")
    assert answer["flags"] == 64
    await resident.say(square, "marker")
    await others.wait("MESSAGE_CREATE", lambda m: m["content"] == "marker")
    assert [m["content"] for m in others.of("MESSAGE_CREATE")] == ["a case", "marker"]
    assert [m["content"] for m in await resident.history(square)] == ["marker", "a case"]


async def test_a_button_can_change_its_message(
    resident: PersonClient, seen: Watch, square: int, client: City
) -> None:
    message = await panel(client, square, seen)
    await resident.press(message, "panel:done")
    after = await seen.wait("MESSAGE_UPDATE")
    assert (after["id"], after["content"], after["components"]) == (message["id"], "decided", [])
    with pytest.raises(Refused):
        await resident.press(message, "panel:done")


async def test_a_select_takes_only_its_options(
    resident: PersonClient, seen: Watch, square: int, client: City
) -> None:
    message = await panel(client, square, seen)
    for values in (["spam", "nonsense"], ["spam", "privacy", "spam"], []):
        with pytest.raises(Refused) as refused:
            await resident.choose(message, "panel:clause", *values)
        assert refused.value.code == 50035
    await resident.choose(message, "panel:clause", "spam", "privacy")
    assert (await seen.wait("MESSAGE_CREATE", lambda m: m["flags"] == 64))["content"] == "spam and privacy"


async def test_a_modal_is_shown_filled_in_and_submitted_once(
    resident: PersonClient, seen: Watch, square: int, client: City
) -> None:
    message = await panel(client, square, seen)
    await resident.press(message, "panel:ask")
    modal = await seen.wait("INTERACTION_MODAL_CREATE")
    assert modal["title"] == "Ask for another look"
    with pytest.raises(Refused) as refused:
        await resident.submit(modal, why="no")
    assert refused.value.code == 50035
    await resident.submit(modal, why="it was mild")
    assert (await seen.wait("MESSAGE_CREATE", lambda m: m["flags"] == 64))["content"] == "noted: it was mild"
    with pytest.raises(Refused) as refused:
        await resident.submit(modal, why="once more")
    assert refused.value.code == 10062


async def test_choices_are_offered_while_a_person_types(
    resident: PersonClient, seen: Watch, square: int
) -> None:
    choices = await resident.complete("rules show", square, "rule", rule="private")
    assert [choice["value"] for choice in choices] == ["private-ssn", "private-card"]
    await resident.use("rules show", square, rule="links")
    assert (await seen.wait("MESSAGE_CREATE"))["content"] == "links"


async def test_menus_act_on_a_message_and_on_a_person(
    city: Community, resident: PersonClient, seen: Watch, square: int
) -> None:
    said = await resident.say(square, "look at this")
    await resident.use("Report comment", square, target=said["id"])
    assert (await seen.wait("MESSAGE_CREATE", lambda m: m["flags"] == 64))[
        "content"
    ] == "reported 'look at this'"
    await resident.use("History", square, target=city.people["clerk"].id)
    await seen.wait("MESSAGE_CREATE", lambda m: m["content"] == "clerk")


async def test_a_bot_that_does_not_answer_in_time_fails(
    city: Community, resident: PersonClient, seen: Watch, square: int
) -> None:
    city.sandbox.world.settings.first_answer_within = 0.05
    nonce = await resident.use("silent", square)
    assert (await seen.wait("INTERACTION_FAILURE"))["nonce"] == nonce


async def test_a_second_first_answer_is_refused(
    resident: PersonClient, seen: Watch, client: City, square: int
) -> None:
    await resident.use("twice", square)
    await seen.wait("MESSAGE_DELETE")
    (error,) = client.errors
    assert isinstance(error, discord.HTTPException)
    assert error.code == 40060
    assert (await seen.wait("MESSAGE_UPDATE"))["content"] == "changed"


async def test_a_follow_up_after_the_tokens_life_is_refused(
    city: Community, resident: PersonClient, seen: Watch, client: City, square: int
) -> None:
    await resident.use("say", square, text="hello")
    await seen.wait("INTERACTION_SUCCESS")
    token = next(iter(city.sandbox.world.interactions))
    city.sandbox.world.settings.token_life = 0
    hook = discord.Webhook.partial(city.application.id, token, client=client)
    with pytest.raises(discord.HTTPException) as refused:
        await hook.send("late")
    assert (refused.value.status, refused.value.code) == (401, 50027)


async def test_a_command_for_staff_is_hidden_from_residents_and_refused(
    city: Community, person: Enter, resident: PersonClient, seen: Watch, square: int
) -> None:
    assert "staff" not in await resident.commands()
    moderator = await person("moderator")
    command = (await moderator.commands())["staff"]
    body = {
        "type": 2,
        "application_id": command["application_id"],
        "guild_id": str(city.guild.id),
        "channel_id": str(square),
        "session_id": "s",
        "nonce": "1",
        "data": {key: command[key] for key in ("id", "name", "type")},
    }
    with pytest.raises(Refused) as refused:
        await resident.request("POST", "/interactions", body)
    assert refused.value.code == 50013
    await moderator.request("POST", "/interactions", body)


async def test_options_that_do_not_fit_are_refused(resident: PersonClient, seen: Watch, square: int) -> None:
    for options in ({}, {"text": "x" * 6001}, {"text": "ok", "who": "nobody"}):
        with pytest.raises(Refused):
            await resident.use("say", square, **options)
    assert seen.of("INTERACTION_CREATE") == []


async def test_a_modal_of_more_than_five_fields_is_refused(
    city: Community, client: City, resident: PersonClient, seen: Watch, square: int
) -> None:
    caught: list[discord.HTTPException] = []

    @client.tree.command(guild=discord.Object(city.guild.id), description="Ask too much")
    async def ask(interaction: discord.Interaction) -> None:
        field = {"type": 4, "style": 1, "label": "l"}
        rows = [{"type": 1, "components": [field | {"custom_id": str(n)}]} for n in range(6)]
        try:
            await interaction.client.http.request(
                discord.http.Route("POST", f"/interactions/{interaction.id}/{interaction.token}/callback"),
                json={"type": 9, "data": {"custom_id": "m", "title": "t", "components": rows}},
            )
        except discord.HTTPException as error:
            caught.append(error)

    await client.tree.sync(guild=discord.Object(city.guild.id))
    await resident.use("ask", square)
    await until(lambda: caught)
    assert caught[0].code == 50035


async def test_fifty_people_pressing_at_once_are_all_answered(
    resident: PersonClient, seen: Watch, square: int, client: City
) -> None:
    message = await panel(client, square, seen)
    await asyncio.gather(*(resident.press(message, "panel:why") for _ in range(50)))
    await until(lambda: len(seen.of("INTERACTION_SUCCESS")) == 50)
    assert seen.of("INTERACTION_FAILURE") == []


async def test_syncing_again_keeps_the_ids(city: Community, client: City) -> None:
    guild = discord.Object(city.guild.id)
    before = {command.name: command.id for command in await client.tree.fetch_commands(guild=guild)}
    client.tree.remove_command("silent", guild=guild)
    after = {command.name: command.id for command in await client.tree.sync(guild=guild)}
    assert after == {name: i for name, i in before.items() if name != "silent"}
