"""The sample community: a city's server with residents, staff and the bot."""

from __future__ import annotations

from dataclasses import dataclass

from .server import Sandbox
from .wire import Json
from .world import building, permissions
from .world.models import Application, Channel, ChannelType, Guild, Overwrite, Role, User

BOT_PERMISSIONS = permissions.bits(
    "VIEW_CHANNEL",
    "SEND_MESSAGES",
    "SEND_MESSAGES_IN_THREADS",
    "CREATE_PUBLIC_THREADS",
    "CREATE_PRIVATE_THREADS",
    "EMBED_LINKS",
    "ATTACH_FILES",
    "READ_MESSAGE_HISTORY",
    "ADD_REACTIONS",
    "MANAGE_MESSAGES",
    "MANAGE_THREADS",
    "MANAGE_CHANNELS",
    "MANAGE_WEBHOOKS",
    "MANAGE_NICKNAMES",
    "MANAGE_GUILD",
    "MODERATE_MEMBERS",
    "PIN_MESSAGES",
    "VIEW_AUDIT_LOG",
    "USE_APPLICATION_COMMANDS",
)
"""What the bot needs and no more: MANAGE_GUILD for AutoMod's events, MANAGE_CHANNELS to slow a channel."""

_STAFF = permissions.bits("MANAGE_MESSAGES", "MANAGE_THREADS", "MODERATE_MEMBERS", "VIEW_AUDIT_LOG")
_ADMIN = _STAFF | permissions.bits(
    "MANAGE_GUILD", "MANAGE_CHANNELS", "MANAGE_ROLES", "MANAGE_WEBHOOKS", "KICK_MEMBERS"
)
_PUBLIC = {
    "announcements": (ChannelType.ANNOUNCEMENT, "News from the city"),
    "town-square": (ChannelType.TEXT, "Anything about our city"),
    "parks-and-rec": (ChannelType.TEXT, "Parks, trails and programs"),
    "ask-city-hall": (ChannelType.FORUM, "One question a post, please"),
}
_PRIVATE = {
    "review-queue": "Comments that wait for a decision",
    "staff-archive": "Copies of removed comments",
    "alerts": "When something is wrong with the bot",
}
_ROLES = {"Moderator": _STAFF, "Coordinator": _STAFF, "Clerk": _STAFF, "Admin": _ADMIN}
_PEOPLE = {
    "resident": ("Rosa Alvarez", ()),
    "neighbor": ("Ned Olson", ()),
    "moderator": ("Mai Vang", ("Moderator",)),
    "coordinator": ("Cora Lindqvist", ("Coordinator",)),
    "clerk": ("Cal Jensen", ("Clerk",)),
    "admin": ("Ada Novak", ("Admin",)),
}


@dataclass(frozen=True, slots=True)
class Community:
    """The sample community."""

    sandbox: Sandbox
    guild: Guild
    channels: dict[str, Channel]
    roles: dict[str, Role]
    people: dict[str, User]
    application: Application

    @property
    def bot(self) -> User:
        """Return the bot's user."""
        return self.application.bot

    def ready(self) -> Json:
        """Return what a client needs to take part: addresses, ids and tokens."""
        return {
            "api": self.sandbox.api,
            "gateway": self.sandbox.gateway,
            "cdn": self.sandbox.cdn,
            "guild_id": str(self.guild.id),
            "channels": {name: str(channel.id) for name, channel in self.channels.items()},
            "roles": {name: str(role.id) for name, role in self.roles.items()},
            "people": {name: {"id": str(user.id), "token": user.token} for name, user in self.people.items()},
            "bot": {
                "id": str(self.bot.id),
                "token": self.bot.token,
                "application_id": str(self.application.id),
            },
        }


def sample_community(sandbox: Sandbox) -> Community:
    """Fill a sandbox with the sample community and return it."""
    world = sandbox.world
    city = world.new_user("sample-city", name="Sample City")
    guild = building.new_guild(world, "Sample City", city)
    roles = {
        name: building.new_role(world, guild, name, granted, mentionable=True)
        for name, granted in _ROLES.items()
    }
    application = world.new_application("Beadle", city)
    own = building.new_role(world, guild, "Beadle", BOT_PERMISSIONS, bot=application.bot)
    building.join(world, guild, application.bot, [own])
    people = {}
    for username, (name, named) in _PEOPLE.items():
        people[username] = world.new_user(username, name=name)
        building.join(world, guild, people[username], [roles[role] for role in named])
    channels = _channels(sandbox, guild, roles, own)
    guild.rules_channel_id = channels["announcements"].id
    return Community(sandbox, guild, channels, roles | {"Beadle": own}, people, application)


def _channels(sandbox: Sandbox, guild: Guild, roles: dict[str, Role], own: Role) -> dict[str, Channel]:
    staff = [Overwrite(guild.id, 0, deny=permissions.VIEW_CHANNEL)]
    staff += [Overwrite(role.id, 0, allow=permissions.VIEW_CHANNEL) for role in (*roles.values(), own)]
    speak = permissions.SEND_MESSAGES
    quiet = [Overwrite(guild.id, 0, deny=speak)]
    quiet += [Overwrite(role.id, 0, allow=speak) for role in (*roles.values(), own)]
    made = {}
    for name, (kind, topic) in _PUBLIC.items():
        overwrites = quiet if kind is ChannelType.ANNOUNCEMENT else []
        made[name] = building.new_channel(
            sandbox.world, guild, name, kind, topic=topic, overwrites=_copies(overwrites)
        )
    for name, topic in _PRIVATE.items():
        made[name] = building.new_channel(sandbox.world, guild, name, topic=topic, overwrites=_copies(staff))
    return made


def _copies(overwrites: list[Overwrite]) -> list[Overwrite]:
    return [Overwrite(o.id, o.type, o.allow, o.deny) for o in overwrites]
