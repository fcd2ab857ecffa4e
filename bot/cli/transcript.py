"""Print what happens in the sandbox so that people can follow it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from bot.messages.text import clip, count
from bot.sandbox import Happening
from bot.sandbox.world.messages import Flag, Message

INDENT = 10
WIDEST = 110
LONGEST = 220
"""Characters of other people's words that are shown where they are only mentioned."""
LINES = 8
"""Lines of a card's body that are shown."""
REMEMBERED = 1_000

# What Beadle writes: a backslash before what would be formatting, matches in bold and underlined, bold, code.
_MARKDOWN = re.compile(
    r"\\(?P<letter>.)|(?P<match>__\*\*|\*\*__)|(?P<strong>\*\*)|(?P<code>`)|(?P<slant>\*)|<(?P<named>[@#]\d+)>"
)
_STYLES = {"match": "bold underline red", "strong": "bold", "code": "cyan", "slant": "italic"}

Card = dict[str, str]
"""An embed's fields by their labels, the empty label for title and body."""


class Transcript:
    """Shows each happening with its time, who, where and the words."""

    def __init__(self, console: Console, zone: ZoneInfo) -> None:
        """Take the console to print on and the city's time zone."""
        self._console = console
        self._zone = zone
        self._shown: dict[int, Card] = {}

    def __call__(self, happening: Happening) -> None:
        """Print one happening. The placeholder that an answer soon replaces is left out."""
        if happening.message and happening.message.flags & Flag.LOADING:
            return
        line = Text(f"{happening.at.astimezone(self._zone):%H:%M:%S}  ", style="dim")
        line.append(_headline(happening))
        self._console.print(line, soft_wrap=True)
        parts = self._parts(happening)
        if parts:
            width = min(self._console.width, WIDEST)
            self._console.print(Padding(Group(*parts), (0, 0, 0, INDENT), expand=False), width=width)

    def _parts(self, happening: Happening) -> list[RenderableType]:
        message = happening.message
        if happening.did.startswith("deleted") and message is None:
            lines = happening.text.splitlines()
            return [Text(clip(line, LONGEST), style="dim strike") for line in lines]
        if message is None:
            return [Text(happening.text)] if happening.text else []
        if happening.did.startswith("deleted"):
            return [Text(clip(happening.text, LONGEST), style="dim strike")] if happening.text else []
        parts: list[RenderableType] = [Text(note, style="dim") for note in _context(message)]
        if message.content:
            parts.append(_words(message))
        own = message.author.bot
        parts += [self._card(message.id, embed) if own else _preview(embed) for embed in message.embeds]
        parts += [Text(note, style="dim") for note in _appendix(message)]
        if labels := [label for row in message.components for label in _labels(row)]:
            parts.append(Text("  ").join(Text(f" {label} ", style="reverse") for label in labels))
        return parts

    def _card(self, message_id: int, embed: dict[str, object]) -> RenderableType:
        """Return a card whole when it is new, and only what is new in it when it was shown before."""
        card = _fields(embed)
        before = self._shown.pop(message_id, {})
        if len(self._shown) >= REMEMBERED:
            del self._shown[next(iter(self._shown))]
        self._shown[message_id] = card
        lines: list[Text] = []
        for label, value in card.items():
            if before.get(label) != value:
                lines += [_field(label, _styled(value))] if label else _styled(value).split("\n")[:LINES]
        return Panel(
            Group(*lines) if lines else Text("as before", style="dim"),
            title=Text(str(embed.get("title", "")), style="bold"),
            title_align="left",
            box=box.ROUNDED,
            border_style="dim",
        )


def _headline(happening: Happening) -> Text:
    message = happening.message
    line = Text(happening.actor, style="bold")
    did = f"told {message.only_for.name} alone" if message and message.only_for else happening.did
    if did != "wrote":
        line.append(f" {did}", style="not bold")
    if message and (people := [user for user in message.channel.recipients if user.name != happening.actor]):
        line.append(f" to {people[0].name}, in a direct message", style="cyan not bold")
    elif happening.place:
        line.append(f" in {happening.place}", style="cyan not bold")
    if message and not message.gone:
        line.append(f"  {message.id}", style="dim not bold")
    return line


def _words(message: Message) -> Text:
    """Return the words of a message; only Beadle's own are known to be escaped, others' stand as written."""
    return _styled(message.content, _names(message)) if message.author.bot else Text(message.content)


def _names(message: Message) -> dict[str, str]:
    """Return the names of people and channels by how a message refers to them."""
    names = {f"@{user.id}": f"@{user.name}" for user in message.mentions}
    if (guild := message.channel.guild) is not None:
        names |= {f"@{key}": f"@{member.user.name}" for key, member in guild.members.items()}
        places = (*guild.channels.values(), *guild.threads.values())
        names |= {f"#{place.id}": f"#{place.name}" for place in places}
    return names


def _context(message: Message) -> Iterator[str]:
    if (answered := message.replies_to) is not None:
        yield f"in answer to {answered.author.name}: {clip(answered.content, 80)}"
    for snapshot in message.snapshots:
        yield f"forwarded: {clip(snapshot['message']['content'], LONGEST)}"


def _appendix(message: Message) -> Iterator[str]:
    if message.poll:
        answers = ", ".join(answer["poll_media"].get("text", "") for answer in message.poll["answers"])
        yield f"[poll: {message.poll['question'].get('text', '')} {answers}]"
    for file in message.attachments:
        yield f"[file {file.filename}, {count(len(file.data), 'byte')}]"


def _preview(embed: dict[str, object]) -> RenderableType:
    return Text(f"[preview: {clip(str(embed.get('title', '')), LONGEST)}]", style="dim")


def _labels(component: dict[str, object]) -> Iterator[str]:
    inner = component.get("components")
    for part in inner if isinstance(inner, list) else ():
        yield str(part.get("label") or part.get("placeholder") or part.get("custom_id", ""))


def _fields(embed: dict[str, object]) -> Card:
    card = {"": str(embed["description"])} if embed.get("description") else {}
    fields = embed.get("fields")
    for field in fields if isinstance(fields, list) else ():
        card[str(field["name"])] = str(field["value"])
    return card


def _field(label: str, value: Text) -> Text:
    """Return a field in one line, cut where the line ends."""
    told = Text(" · ").join(part for part in value.split("\n") if part.plain.strip())
    line = Text.assemble((f"{label}: ", "bold"), told)
    line.no_wrap, line.overflow = True, "ellipsis"
    return line


def _styled(markdown: str, names: dict[str, str] | None = None) -> Text:
    """Return Discord's markdown, as far as Beadle writes it, as styled text."""
    text, at = Text(), 0
    on: set[str] = set()
    for token in _MARKDOWN.finditer(markdown):
        text.append(markdown[at : token.start()], style=_style(on))
        at = token.end()
        if token["letter"]:
            text.append(token["letter"], style=_style(on))
        elif token["named"]:
            text.append((names or {}).get(token["named"], token["named"]), style="cyan")
        elif token.lastgroup:
            on ^= {token.lastgroup}
    text.append(markdown[at:], style=_style(on))
    return text


def _style(on: set[str]) -> str:
    return " ".join(_STYLES[name] for name in sorted(on))
