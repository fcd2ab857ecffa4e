"""Where Discord is wider than its published API description, and how that is known."""

from typing import NamedTuple

from tests.openapi_events import Schema


class Amendment(NamedTuple):
    """Put a schema where the description lacks one or words it too narrowly.

    A place is a component's name and the way into it, or a JSON pointer from the root.
    """

    reason: str
    schema: Schema
    places: tuple[str, ...]


AMENDMENTS = (
    Amendment(
        "a reference of type 1 is a forward (documentation, 'Message Reference Types')",
        {"enum": [0, 1]},
        ("MessageReferenceType",),
    ),
    Amendment(
        "the problems of one field have names for codes (documentation, 'Error Messages')",
        {
            "type": "object",
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
            "required": ["code", "message"],
        },
        ("InnerErrors/properties/_errors/items",),
    ),
    Amendment(
        "a new forum post comes with its message (documentation, 'Start Thread in Forum or Media Channel')",
        {"$ref": "#/components/schemas/MessageResponse"},
        ("CreatedThreadResponse/properties/message",),
    ),
)

_OVERWRITE = (
    "/paths/~1channels~1{channel_id}~1permissions~1{overwrite_id}/put"
    "/requestBody/content/application~1json/schema/properties"
)

AMENDMENTS_SENT = (
    Amendment("ids are taken as numbers too", {"type": ["string", "integer"]}, ("SnowflakeType",)),
    Amendment(
        "permissions are sent as text (documentation, 'Permissions')",
        {"type": ["string", "integer", "null"]},
        (
            f"{_OVERWRITE}/allow",
            f"{_OVERWRITE}/deny",
            "ChannelPermissionOverwriteRequest/properties/allow",
            "ChannelPermissionOverwriteRequest/properties/deny",
            "CreateRoleRequest/properties/permissions",
            "UpdateRoleRequestPartial/properties/permissions",
        ),
    ),
    Amendment(
        "commands may be for adults (documentation, 'Application Commands')",
        {"type": "boolean"},
        (
            "ApplicationCommandCreateRequest/properties/nsfw",
            "ApplicationCommandPatchRequestPartial/properties/nsfw",
            "ApplicationCommandUpdateRequest/properties/nsfw",
        ),
    ),
    Amendment(
        "discord.py sends every edit and every forum post with the fields of a new message",
        {"type": "boolean"},
        (
            "BaseCreateMessageCreateRequest/properties/tts",
            "IncomingWebhookUpdateForInteractionCallbackRequestPartial/properties/tts",
            "IncomingWebhookUpdateRequestPartial/properties/tts",
            "MessageEditRequestPartial/properties/tts",
        ),
    ),
    Amendment("discord.py repeats the id that is in the path", {}, (f"{_OVERWRITE}/id",)),
    Amendment(
        "discord.py sends a forum post with the fields of any thread",
        {"type": "integer"},
        ("CreateForumThreadRequest/properties/type",),
    ),
    Amendment(
        "discord.py sends an embed and an attachment that is kept with all the fields they came with",
        {},
        (
            "RichEmbed/properties/flags",
            "MessageAttachmentRequest/properties/content_type",
            "MessageAttachmentRequest/properties/height",
            "MessageAttachmentRequest/properties/proxy_url",
            "MessageAttachmentRequest/properties/size",
            "MessageAttachmentRequest/properties/spoiler",
            "MessageAttachmentRequest/properties/url",
            "MessageAttachmentRequest/properties/width",
        ),
    ),
)
"""What requests may hold besides."""

QUERY_SENT = {
    "POST /channels/{channel_id}/threads use_nested_fields": "discord.py asks for a forum post's message",
    "PUT /guilds/{guild_id}/bans/{user_id} delete_message_seconds": "discord.py sends it here",
}
"""Parameters that operations take besides."""

OUT_OF_SCOPE = {
    r"POST /interactions": "how a person's own client acts; only the routes of bots are described",
    r"GET /guilds/\d+/application-command-index": "how a person's own client lists commands",
    r"PUT /channels/\d+/polls/\d+/answers/@me": "how a person votes",
    r"\w+ /sandbox/.*": "the sandbox's own switches",
    r"\w+ /cdn/.*": "files, not the API",
}
"""Requests that are not judged, as patterns of method and path."""
