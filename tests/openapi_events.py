"""The gateway's events as schemas over the components of Discord's REST description.

The description stops at REST; what an event adds is from "Gateway Events" in the developer documentation.
"""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

BOOL: Schema = {"type": "boolean"}
INT: Schema = {"type": "integer"}
STR: Schema = {"type": "string"}
OBJ: Schema = {"type": "object"}
TIME: Schema = {"type": "string", "format": "date-time"}


def ref(component: str) -> Schema:
    """Refer to a component."""
    return {"$ref": f"#/components/schemas/{component}"}


def many(item: Schema) -> Schema:
    """Describe a list."""
    return {"type": "array", "items": item}


def maybe(schema: Schema) -> Schema:
    """Describe a value that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


def fields(**properties: Schema) -> Schema:
    """Describe an object; a name that ends in "_" is optional and stands for the name without it."""
    return {
        "type": "object",
        "properties": {name.rstrip("_"): schema for name, schema in properties.items()},
        "required": [name for name in properties if not name.endswith("_")],
        "additionalProperties": False,
    }


def event_schemas(components: Mapping[str, Schema]) -> dict[str, Schema]:
    """Describe what each event a bot receives carries as its data, by the event's name."""

    def extended(component: str, without: frozenset[str] = frozenset(), **extra: Schema) -> Schema:
        base, added = components[component], fields(**extra)
        kept = {name: schema for name, schema in base["properties"].items() if name not in without}
        required = [name for name in base.get("required", ()) if name not in without]
        return {
            "type": "object",
            "properties": kept | added["properties"],
            "required": required + added["required"],
            "additionalProperties": False,
        }

    snowflake, user, emoji = ref("SnowflakeType"), ref("UserResponse"), ref("MessageReactionEmojiResponse")
    member = ref("GuildMemberResponse")
    bare_member = extended("GuildMemberResponse", without=frozenset({"user"}))
    mention = extended("UserResponse", member_=bare_member)
    channel, thread = ref("GuildChannelResponse"), ref("ThreadResponse")
    thread_member = extended("ThreadMemberResponse", member_=member, presence_=maybe(OBJ))
    message = extended(
        "MessageResponse",
        frozenset({"mentions"}),
        mentions=many(mention),
        guild_id_=snowflake,
        member_=bare_member,
        channel_type_=INT,
    )
    reaction = fields(
        user_id=snowflake,
        channel_id=snowflake,
        message_id=snowflake,
        guild_id_=snowflake,
        member_=member,
        emoji=emoji,
        message_author_id_=snowflake,
        burst=BOOL,
        burst_colors_=many(STR),
        type=INT,
    )
    vote = fields(
        user_id=snowflake, channel_id=snowflake, message_id=snowflake, guild_id_=snowflake, answer_id=INT
    )
    rule = {
        "anyOf": [
            ref(f"{kind}RuleResponse")
            for kind in ("DefaultKeyword", "Keyword", "MLSpam", "MentionSpam", "UserProfile")
        ]
    }
    ban = fields(guild_id=snowflake, user=user)
    role = fields(guild_id=snowflake, role=ref("GuildRoleResponse"))
    return {
        "READY": fields(
            v=INT,
            user=extended("UserPIIResponse", frozenset({"locale"}), locale_=STR),
            guilds=many(fields(id=snowflake, unavailable=BOOL)),
            session_id=STR,
            resume_gateway_url=STR,
            shard_=many(INT),
            application=fields(id=snowflake, flags=INT),
            private_channels_=many(OBJ),
            session_type_=STR,
        ),
        "RESUMED": OBJ,
        "GUILD_CREATE": extended(
            "GuildResponse",
            joined_at=TIME,
            large=BOOL,
            unavailable_=BOOL,
            member_count=INT,
            voice_states=many(OBJ),
            members=many(member),
            channels=many(channel),
            threads=many(thread),
            presences=many(OBJ),
            stage_instances=many(OBJ),
            guild_scheduled_events=many(OBJ),
            soundboard_sounds=many(OBJ),
        ),
        "GUILD_UPDATE": ref("GuildResponse"),
        "GUILD_DELETE": fields(id=snowflake, unavailable_=BOOL),
        "GUILD_EMOJIS_UPDATE": fields(guild_id=snowflake, emojis=many(ref("EmojiResponse"))),
        "CHANNEL_CREATE": {"anyOf": [channel, ref("PrivateChannelResponse")]},
        "CHANNEL_UPDATE": channel,
        "CHANNEL_DELETE": channel,
        "CHANNEL_PINS_UPDATE": fields(
            guild_id_=snowflake, channel_id=snowflake, last_pin_timestamp_=maybe(TIME)
        ),
        "THREAD_CREATE": extended("ThreadResponse", newly_created_=BOOL),
        "THREAD_UPDATE": thread,
        "THREAD_DELETE": fields(id=snowflake, guild_id=snowflake, parent_id=snowflake, type=INT),
        "THREAD_LIST_SYNC": fields(
            guild_id=snowflake,
            channel_ids_=many(snowflake),
            threads=many(thread),
            members=many(thread_member),
        ),
        "THREAD_MEMBER_UPDATE": extended("ThreadMemberResponse", guild_id=snowflake),
        "THREAD_MEMBERS_UPDATE": fields(
            id=snowflake,
            guild_id=snowflake,
            member_count=INT,
            added_members_=many(thread_member),
            removed_member_ids_=many(snowflake),
        ),
        "GUILD_MEMBER_ADD": extended("GuildMemberResponse", guild_id=snowflake),
        "GUILD_MEMBER_UPDATE": extended("GuildMemberResponse", guild_id=snowflake),
        "GUILD_MEMBER_REMOVE": ban,
        "GUILD_MEMBERS_CHUNK": fields(
            guild_id=snowflake,
            members=many(member),
            chunk_index=INT,
            chunk_count=INT,
            not_found_=many(snowflake),
            presences_=many(OBJ),
            nonce_=STR,
        ),
        "GUILD_BAN_ADD": ban,
        "GUILD_BAN_REMOVE": ban,
        "GUILD_ROLE_CREATE": role,
        "GUILD_ROLE_UPDATE": role,
        "GUILD_ROLE_DELETE": fields(guild_id=snowflake, role_id=snowflake),
        "GUILD_AUDIT_LOG_ENTRY_CREATE": extended("AuditLogEntryResponse", guild_id=snowflake),
        "APPLICATION_COMMAND_PERMISSIONS_UPDATE": ref("CommandPermissionsResponse"),
        "AUTO_MODERATION_RULE_CREATE": rule,
        "AUTO_MODERATION_RULE_UPDATE": rule,
        "AUTO_MODERATION_RULE_DELETE": rule,
        "AUTO_MODERATION_ACTION_EXECUTION": fields(
            guild_id=snowflake,
            action=components["KeywordRuleResponse"]["properties"]["actions"]["items"],
            rule_id=snowflake,
            rule_trigger_type=INT,
            user_id=snowflake,
            channel_id_=snowflake,
            message_id_=snowflake,
            alert_system_message_id_=snowflake,
            content_=STR,
            matched_keyword=maybe(STR),
            matched_content_=maybe(STR),
        ),
        "MESSAGE_CREATE": message,
        "MESSAGE_UPDATE": message,
        "MESSAGE_DELETE": fields(id=snowflake, channel_id=snowflake, guild_id_=snowflake),
        "MESSAGE_DELETE_BULK": fields(ids=many(snowflake), channel_id=snowflake, guild_id_=snowflake),
        "MESSAGE_REACTION_ADD": reaction,
        "MESSAGE_REACTION_REMOVE": reaction,
        "MESSAGE_REACTION_REMOVE_ALL": fields(
            channel_id=snowflake, message_id=snowflake, guild_id_=snowflake
        ),
        "MESSAGE_REACTION_REMOVE_EMOJI": fields(
            channel_id=snowflake, message_id=snowflake, guild_id_=snowflake, emoji=emoji
        ),
        "MESSAGE_POLL_VOTE_ADD": vote,
        "MESSAGE_POLL_VOTE_REMOVE": vote,
        "TYPING_START": fields(
            channel_id=snowflake, guild_id_=snowflake, user_id=snowflake, timestamp=INT, member_=member
        ),
        "WEBHOOKS_UPDATE": fields(guild_id=snowflake, channel_id=snowflake),
        "INTERACTION_CREATE": fields(
            id=snowflake,
            application_id=snowflake,
            type=INT,
            data_=OBJ,
            guild_=OBJ,
            guild_id_=snowflake,
            channel_=OBJ,
            channel_id_=snowflake,
            member_=extended("GuildMemberResponse", permissions=STR),
            user_=user,
            token=STR,
            version=INT,
            message_=ref("MessageResponse"),
            app_permissions=STR,
            locale_=STR,
            guild_locale_=STR,
            entitlements=many(OBJ),
            authorizing_integration_owners=OBJ,
            context_=INT,
            attachment_size_limit=INT,
        ),
    }
