from typing import Any

import discord
import pytest
from discord import app_commands

from tests.openapi_tour import Tour

Interaction = discord.Interaction[discord.Client]


class Reason(discord.ui.Modal, title="Why"):
    why: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="Why", style=discord.TextStyle.long, max_length=500
    )

    async def on_submit(self, interaction: Interaction) -> None:
        await interaction.response.send_message(f"Thank you: {self.why.value}", ephemeral=True)


class Desk(discord.ui.View):
    @discord.ui.button(label="Keep", custom_id="keep")
    async def keep(self, interaction: Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.edit_message(content="Kept", view=None)

    @discord.ui.button(label="More", custom_id="more")
    async def more(self, interaction: Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="More of it")

    @discord.ui.button(label="Remove", custom_id="remove")
    async def remove(self, interaction: Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.send_modal(Reason())

    @discord.ui.select(custom_id="clause", options=[discord.SelectOption(label="R1", value="r1")])
    async def clause(self, interaction: Interaction, select: discord.ui.Select[Any]) -> None:
        await interaction.response.send_message(select.values[0], ephemeral=True)


def commands() -> list[app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu]:
    rules = app_commands.Group(
        name="rules",
        description="The rules",
        default_permissions=discord.Permissions(manage_guild=True),
        guild_only=True,
    )

    @rules.command(description="Test a text")
    @app_commands.describe(text="The text", rule="The rule", limit="How many", where="Where", who="Who")
    @app_commands.choices(limit=[app_commands.Choice(name="Ten", value=10)])
    async def test(
        interaction: Interaction,
        text: app_commands.Range[str, 1, 400],
        rule: str | None = None,
        limit: int | None = None,
        where: discord.TextChannel | None = None,
        who: discord.Member | None = None,
    ) -> None:
        await interaction.response.send_message(f"{text} {rule} {limit} {where} {who}", ephemeral=True)

    @test.autocomplete("rule")
    async def complete(_: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current}…", value=current)]

    @rules.command(description="Try the rules", name="try")
    async def trial(interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.edit_original_response(content="Trying", view=Desk())
        told = await interaction.followup.send(
            "Found 2", ephemeral=True, wait=True, embed=discord.Embed(title="2")
        )
        await told.edit(content="Found 3")
        await interaction.followup.fetch_message(told.id)
        await told.delete()
        await interaction.original_response()
        await interaction.delete_original_response()

    @rules.command(description="Open the desk")
    async def desk(interaction: Interaction) -> None:
        await interaction.response.send_message("The desk", view=Desk(), files=[])

    @app_commands.context_menu(name="Why?")
    async def why(interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(message.content, ephemeral=True)

    @app_commands.context_menu(name="History")
    async def history(interaction: Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(
            member.mention, allowed_mentions=discord.AllowedMentions.none()
        )

    return [rules, why, history]


@pytest.fixture
async def desk(tour: Tour) -> Tour:
    """Give the tour with its commands registered in the community."""
    for command in commands():
        tour.client.tree.add_command(command, guild=tour.guild)
    await tour.client.tree.sync(guild=tour.guild)
    return tour


async def test_commands_are_registered_as_described(desk: Tour) -> None:
    tree = desk.client.tree
    for command in commands():
        tree.add_command(command)
    assert {command.name for command in await tree.sync()} == {"rules", "Why?", "History"}
    (first, *_) = await tree.fetch_commands()
    assert (await tree.fetch_command(first.id)).name == first.name
    await first.edit(description="The rules of this community")
    await first.delete()
    path = f"/applications/{desk.client.application_id}/commands"
    await desk.client.http.request(
        discord.http.Route("POST", path), json={"name": "again", "description": "Again"}
    )


async def test_commands_of_one_community_are_as_described(desk: Tour) -> None:
    tree, guild, application = desk.client.tree, desk.guild, desk.client.application_id
    rules = next(command for command in await tree.fetch_commands(guild=guild) if command.name == "rules")
    assert (await tree.fetch_command(rules.id, guild=guild)).name == "rules"
    await rules.edit(description="The rules of this community")
    path = f"/applications/{application}/guilds/{guild.id}/commands"
    async with desk.person("admin") as admin:
        allowed = {"id": str(desk.community.roles["Clerk"].id), "type": 1, "permission": True}
        await admin.request("PUT", f"{path}/{rules.id}/permissions", {"permissions": [allowed]})
    assert (await rules.fetch_permissions(guild)).permissions
    assert await desk.client.http.request(discord.http.Route("GET", f"{path}/permissions"))
    await rules.delete()


async def test_commands_are_answered_as_described(desk: Tour) -> None:
    async with desk.person("admin") as admin:
        seen, square = await admin.watch(), desk.text("town-square")
        choices = await admin.complete("rules test", square.id, focused="rule", text="a", rule="sp")
        assert [choice["value"] for choice in choices] == ["sp"]
        await admin.use(
            "rules test", square.id, text="spam", limit=10, where=str(square.id), who=str(desk.guild.me.id)
        )
        await seen.wait("MESSAGE_CREATE", lambda message: message["content"].startswith("spam"))
        await admin.use("rules try", square.id)
        await seen.wait("MESSAGE_DELETE")
        said = await square.send("Hello there")
        await admin.use("Why?", square.id, target=said.id)
        await seen.wait(
            "MESSAGE_CREATE", lambda message: message["content"] == "Hello there" and message["flags"]
        )
        await admin.use("History", square.id, target=desk.member("resident").id)
        await seen.wait("MESSAGE_CREATE", lambda message: message["content"].startswith("<@"))


async def test_components_and_modals_are_answered_as_described(desk: Tour) -> None:
    async with desk.person("admin") as admin:
        seen, square = await admin.watch(), desk.text("town-square")
        await admin.use("rules desk", square.id)
        opened = await seen.wait("MESSAGE_CREATE", lambda message: message["content"] == "The desk")
        await admin.choose(opened, "clause", "r1")
        await seen.wait("MESSAGE_CREATE", lambda message: message["content"] == "r1")
        await admin.press(opened, "remove")
        modal = await seen.wait("INTERACTION_MODAL_CREATE")
        field = modal["components"][0]
        key = field.get("component", field.get("components", [{}])[0])["custom_id"]
        await admin.submit(modal, **{key: "Spam"})
        await seen.wait("MESSAGE_CREATE", lambda message: message["content"] == "Thank you: Spam")
        await admin.press(opened, "more")
        await seen.wait("MESSAGE_UPDATE", lambda message: message["content"] == "More of it")
        await admin.press(opened, "keep")
        await seen.wait("MESSAGE_UPDATE", lambda message: message["content"] == "Kept")
