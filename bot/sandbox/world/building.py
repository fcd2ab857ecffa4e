"""Makes communities, roles, channels and members, before the doors open or while they are."""

from __future__ import annotations

from collections.abc import Iterable

from . import permissions, shapes
from .models import Channel, ChannelType, Guild, Member, Overwrite, Role, User
from .state import World


def new_guild(world: World, name: str, owner: User) -> Guild:
    """Make a community with its owner in it."""
    guild = Guild(world.ids.next(), name, owner.id)
    guild.roles[guild.id] = Role(guild.id, "@everyone", permissions.EVERYONE, 0)
    world.guilds[guild.id] = guild
    join(world, guild, owner)
    return guild


def new_role(
    world: World,
    guild: Guild,
    name: str,
    granted: int = 0,
    *,
    mentionable: bool = False,
    bot: User | None = None,
    lowest: bool = False,
) -> Role:
    """Add a role above all the others, or below them."""
    position = max(role.position for role in guild.roles.values()) + 1
    if lowest:
        position = 1
        for other in guild.roles.values():
            other.position += other.position > 0
    role = Role(
        world.ids.next(), name, granted, position, mentionable=mentionable, bot_id=bot.id if bot else None
    )
    guild.roles[role.id] = role
    world.publish("GUILD_ROLE_CREATE", {"guild_id": str(guild.id), "role": shapes.role(role)}, guild=guild)
    return role


def new_channel(
    world: World,
    guild: Guild,
    name: str,
    kind: ChannelType = ChannelType.TEXT,
    *,
    parent: Channel | None = None,
    topic: str | None = None,
    overwrites: Iterable[Overwrite] = (),
) -> Channel:
    """Add a channel at the end."""
    channel = Channel(
        world.ids.next(),
        kind,
        world.new_log(),
        guild,
        name,
        position=len(guild.channels),
        parent=parent,
        topic=topic,
        overwrites={overwrite.id: overwrite for overwrite in overwrites},
    )
    guild.channels[channel.id] = world.channels[channel.id] = channel
    world.publish("CHANNEL_CREATE", shapes.channel(channel), channel=channel)
    return channel


def join(
    world: World, guild: Guild, user: User, roles: Iterable[Role] = (), nick: str | None = None
) -> Member:
    """Let a user into a community."""
    member = Member(user, guild, world.now(), nick, [role.id for role in roles])
    guild.members[user.id] = member
    world.publish("GUILD_MEMBER_ADD", shapes.member(member) | {"guild_id": str(guild.id)}, guild=guild)
    world.tell(user, "joined " + guild.name)
    return member


def leave(world: World, guild: Guild, user: User) -> None:
    """Take a user out of a community."""
    data = {"guild_id": str(guild.id), "user": shapes.user(user)}
    world.publish("GUILD_MEMBER_REMOVE", data, guild=guild)
    del guild.members[user.id]
    for thread in guild.threads.values():
        if thread.thread:
            thread.thread.members.pop(user.id, None)
    world.tell(user, "left " + guild.name)


def open_dm(world: World, one: User, other: User) -> Channel:
    """Return the direct messages of two users, begun now if need be."""
    if channel := world.dm(one, other):
        return channel
    channel = Channel(world.ids.next(), ChannelType.DM, world.new_log(), recipients=(one, other))
    world.channels[channel.id] = channel
    people = tuple(user for user in channel.recipients if not user.bot)
    world.publish("CHANNEL_CREATE", shapes.channel(channel), channel=channel, only=people)
    return channel


def forget_messages(world: World, channel: Channel) -> None:
    """Let go of the files of a channel that goes."""
    for message in channel.log.page(len(channel.log)):
        message.gone = True
        for file in message.attachments:
            world.files.pop(file.id, None)
