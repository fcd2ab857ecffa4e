"""Refusals, with the codes Discord gives them (developer documentation, "Opcodes and Status Codes")."""

from __future__ import annotations

from enum import Enum

from .wire import Json


class Code(Enum):
    """A refusal: HTTP status, JSON error code and message."""

    BAD_REQUEST = 400, 0, "400: Bad Request"
    UNAUTHORIZED = 401, 0, "401: Unauthorized"
    NOT_FOUND = 404, 0, "404: Not Found"
    METHOD_NOT_ALLOWED = 405, 0, "405: Method Not Allowed"
    INTERNAL = 500, 0, "500: Internal Server Error"
    UNKNOWN_APPLICATION = 404, 10002, "Unknown Application"
    UNKNOWN_CHANNEL = 404, 10003, "Unknown Channel"
    UNKNOWN_GUILD = 404, 10004, "Unknown Guild"
    UNKNOWN_MEMBER = 404, 10007, "Unknown Member"
    UNKNOWN_MESSAGE = 404, 10008, "Unknown Message"
    UNKNOWN_OVERWRITE = 404, 10009, "Unknown Permission Overwrite"
    UNKNOWN_ROLE = 404, 10011, "Unknown Role"
    UNKNOWN_USER = 404, 10013, "Unknown User"
    UNKNOWN_EMOJI = 404, 10014, "Unknown Emoji"
    UNKNOWN_WEBHOOK = 404, 10015, "Unknown Webhook"
    UNKNOWN_BAN = 404, 10026, "Unknown Ban"
    UNKNOWN_STICKER = 404, 10060, "Unknown Sticker"
    UNKNOWN_INTERACTION = 404, 10062, "Unknown interaction"
    UNKNOWN_COMMAND = 404, 10063, "Unknown application command"
    UNKNOWN_COMMAND_PERMISSIONS = 404, 10066, "Unknown application command permissions"
    UNKNOWN_WELCOME_SCREEN = 404, 10069, "Unknown Guild Welcome Screen"
    BOTS_ONLY = 403, 20002, "Only bots can use this endpoint"
    SLOWMODE = 429, 20016, "This action cannot be performed due to slowmode rate limit"
    MAX_PINS = 400, 30003, "Maximum number of pins reached"
    MAX_WEBHOOKS = 400, 30007, "Maximum number of webhooks reached (15)"
    MAX_REACTIONS = 400, 30010, "Maximum number of reactions reached (20)"
    MAX_CHANNELS = 400, 30013, "Maximum number of guild channels reached (500)"
    TOO_LARGE = 413, 40005, "Request entity too large"
    ALREADY_ACKNOWLEDGED = 400, 40060, "Interaction has already been acknowledged."
    THREAD_EXISTS = 400, 160004, "A thread has already been created for this message"
    MISSING_ACCESS = 403, 50001, "Missing Access"
    NOT_IN_DM = 400, 50003, "Cannot execute action on a DM channel"
    NOT_YOURS = 403, 50005, "Cannot edit a message authored by another user"
    EMPTY_MESSAGE = 400, 50006, "Cannot send an empty message"
    CANNOT_DM = 403, 50007, "Cannot send messages to this user"
    NOT_A_TEXT_CHANNEL = 400, 50008, "Cannot send messages in a non-text channel"
    MISSING_PERMISSIONS = 403, 50013, "Missing Permissions"
    BULK_COUNT = 400, 50016, "You can only bulk delete between 2 and 100 messages"
    PIN_ELSEWHERE = 400, 50019, "A message can only be pinned to the channel it was sent in"
    SYSTEM_MESSAGE = 403, 50021, "Cannot execute action on a system message"
    WRONG_CHANNEL_TYPE = 400, 50024, "Cannot execute action on this channel type"
    INVALID_WEBHOOK_TOKEN = 401, 50027, "Invalid Webhook Token"
    TOO_OLD = 400, 50034, "You can only bulk delete messages that are under 14 days old."
    INVALID_FORM = 400, 50035, "Invalid Form Body"
    NOT_SENT_TO_EVERYONE = 400, 50068, "Invalid message type"
    THREAD_ARCHIVED = 400, 50083, "Thread is archived"
    INVALID_JSON = 400, 50109, "The request body contains invalid JSON."
    POLL_EXPIRED = 400, 520001, "Poll expired"
    FORWARD_EMPTY = 400, 160014, "Cannot forward a message without content"
    REPLY_WITHOUT_HISTORY = 400, 160002, "Cannot reply without permission to read message history"
    AUTOMOD_BLOCKED = 400, 200000, "Content blocked by this community"
    AUTOMOD_TITLE_BLOCKED = 400, 200001, "Title blocked by this community"

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return self.value[0]


class ApiError(Exception):
    """A request that is refused, as the client is told it."""

    def __init__(self, code: Code, errors: Json | None = None, retry_after: float | None = None) -> None:
        """Refuse with `code`; `errors` is the tree of an invalid form, `retry_after` is in seconds."""
        self.code = code
        self.status, number, message = code.value
        self.retry_after = retry_after
        self.body: Json = {"message": message, "code": number}
        if errors is not None:
            self.body["errors"] = errors
        if retry_after is not None:
            self.body |= {"retry_after": retry_after, "global": False}
        super().__init__(f"{self.status} {number}: {message}")


class Form:
    """Collects what is wrong in a request body, as Discord nests it under `errors`."""

    def __init__(self) -> None:
        """Start with nothing wrong."""
        self._tree: Json = {}

    def wrong(self, path: str, message: str, code: str = "BASE_TYPE_BAD") -> None:
        """Note a problem at a dotted path such as `embeds.0.title`."""
        node = self._tree
        for key in path.split("."):
            node = node.setdefault(key, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def longest(self, path: str, value: object, limit: int) -> None:
        """Require text of at most `limit` characters, where there is any."""
        if isinstance(value, str) and len(value) > limit:
            self.wrong(path, f"Must be {limit} or fewer in length.", "BASE_TYPE_MAX_LENGTH")

    def between(self, path: str, value: object, low: int, high: int) -> None:
        """Require text or a list of `low` to `high` items."""
        if not isinstance(value, str | list) or not low <= len(value) <= high:
            self.wrong(path, f"Must be between {low} and {high} in length.", "BASE_TYPE_BAD_LENGTH")

    def require(self, path: str, value: object) -> None:
        """Require that a value is given."""
        if value is None or value == "":
            self.wrong(path, "This field is required", "BASE_TYPE_REQUIRED")

    def check(self) -> None:
        """Raise ApiError 50035 where anything was wrong."""
        if self._tree:
            raise ApiError(Code.INVALID_FORM, self._tree)


def invalid(path: str, message: str, code: str = "BASE_TYPE_BAD") -> ApiError:
    """Return the refusal of a form with one thing wrong."""
    form = Form()
    form.wrong(path, message, code)
    return ApiError(Code.INVALID_FORM, form._tree)
