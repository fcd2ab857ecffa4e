"""Embeds within Discord's limits (developer documentation, "Embed Limits")."""

from __future__ import annotations

from bot.sandbox.errors import Form
from bot.sandbox.wire import Json

COUNT = 10
FIELDS = 25
TOTAL = 6_000
_LENGTHS = {"title": 256, "description": 4_096, "url": 2_048}


def accept(given: object, form: Form) -> list[Json]:
    """Return embeds as Discord shows them, noting in `form` what is over a limit."""
    if not isinstance(given, list):
        form.wrong("embeds", "Only iterables may be used in a ListType", "LIST_TYPE_CONVERT")
        return []
    if len(given) > COUNT:
        form.wrong("embeds", f"Must be {COUNT} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
        return []
    embeds = [_embed(embed, f"embeds.{n}", form) for n, embed in enumerate(given)]
    if sum(map(_size, embeds)) > TOTAL:
        form.wrong("embeds", f"Embed size exceeds maximum size of {TOTAL}", "MAX_EMBED_SIZE_EXCEEDED")
    return embeds


def _embed(given: object, path: str, form: Form) -> Json:
    if not isinstance(given, dict):
        form.wrong(path, "Only dictionaries may be used in a DictType", "DICT_TYPE_CONVERT")
        return {"type": "rich"}
    embed: Json = {"type": "rich"} | {
        key: value for key, value in given.items() if value is not None and key != "type"
    }
    for key, limit in _LENGTHS.items():
        form.longest(f"{path}.{key}", embed.get(key), limit)
    fields = embed.get("fields", [])
    if len(fields) > FIELDS:
        form.wrong(f"{path}.fields", f"Must be {FIELDS} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    for n, field in enumerate(fields):
        form.between(f"{path}.fields.{n}.name", field.get("name"), 1, 256)
        form.between(f"{path}.fields.{n}.value", field.get("value"), 1, 1_024)
    if "fields" in embed:
        embed["fields"] = [{"inline": False} | field for field in fields]
    form.longest(f"{path}.footer.text", embed.get("footer", {}).get("text"), 2_048)
    form.longest(f"{path}.author.name", embed.get("author", {}).get("name"), 256)
    if not embed.keys() - {"type", "color"}:
        form.wrong(path, "This field is required", "BASE_TYPE_REQUIRED")
    return embed


def _size(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [embed.get("footer", {}).get("text"), embed.get("author", {}).get("name")]
    for field in embed.get("fields", []):
        texts += [field.get("name"), field.get("value")]
    return sum(len(text) for text in texts if isinstance(text, str))
