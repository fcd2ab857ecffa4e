"""Buttons, selects and the rest within Discord's limits (developer documentation, "Component Reference")."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from itertools import count
from typing import Any

from bot.sandbox.errors import Form
from bot.sandbox.wire import Json

ROWS = 5
BUTTONS = 5
OPTIONS = 25
IN_ALL = 40
MODAL = 5


class Kind(IntEnum):
    """The types of component."""

    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19


SELECTS = frozenset({3, 5, 6, 7, 8})
_DEFAULTS: dict[int, Json] = {
    **{kind: {"min_values": 1, "max_values": 1} for kind in SELECTS},
    Kind.CONTAINER: {"accent_color": None, "spoiler": False},
    Kind.SEPARATOR: {"spacing": 1, "divider": True},
    Kind.THUMBNAIL: {"description": None, "spoiler": False},
    Kind.FILE: {"name": None, "size": None, "spoiler": False},
    Kind.TEXT_INPUT: {"label": None, "min_length": None, "max_length": None},
}


def accept(given: object, form: Form, *, v2: bool = False) -> list[Json]:
    """Return a message's components, numbered, noting in `form` what Discord would refuse."""
    if not isinstance(given, list):
        form.wrong("components", "Only iterables may be used in a ListType", "LIST_TYPE_CONVERT")
        return []
    most = IN_ALL if v2 else ROWS
    if len(given) > most:
        form.wrong("components", f"Must be {most} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
        return []
    return _Reader(form, v2=v2).read(given, "components")


def walk(components: list[Json]) -> Iterator[Json]:
    """Yield every component, those inside others included."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        for inner in (component.get("component"), component.get("accessory")):
            if inner:
                yield from walk([inner])


class _Reader:
    def __init__(self, form: Form, *, v2: bool, modal: bool = False) -> None:
        self._form = form
        self._v2 = v2
        self._modal = modal
        self._number = count(1)
        self._ids: set[str] = set()

    def read(self, given: list[Any], path: str) -> list[Json]:
        return [
            self._one(component, f"{path}.{n}", top=path == "components") for n, component in enumerate(given)
        ]

    def _one(self, given: Any, path: str, *, top: bool = False) -> Json:
        kind = given.get("type", 0) if isinstance(given, dict) else 0
        if kind not in Kind._value2member_map_ or (top and not self._v2 and kind != Kind.ACTION_ROW):
            self._form.wrong(
                f"{path}.type", 'Value of field "type" must be one of (1,).', "UNION_TYPE_CHOICES"
            )
            return {"type": 1, "id": next(self._number), "components": []}
        unkept = {"id"} if self._modal else {"id", "required"}
        known = {key: value for key, value in given.items() if value is not None and key not in unkept}
        component: Json = _DEFAULTS.get(kind, {}) | known | {"id": next(self._number)}
        if isinstance(component.get("options"), list):
            component["options"] = [dict(option) for option in component["options"]]
        for holder in (component, *component.get("options", [])):
            if "emoji" in holder:
                holder["emoji"] = {key: value for key, value in holder["emoji"].items() if value is not None}
        self._check(component, kind, path)
        self._media(component, kind)
        if "components" in component:
            component["components"] = self.read(component["components"], f"{path}.components")
        for key in ("component", "accessory"):
            if key in component:
                component[key] = self._one(component[key], f"{path}.{key}")
        return component

    def _media(self, component: Json, kind: int) -> None:
        """Show files and pictures as Discord does once it has looked at them."""

        def seen(given: Json) -> Json:
            return {"id": str(next(self._number)), "url": given["url"], "proxy_url": given["url"]}

        if kind == Kind.THUMBNAIL:
            component["media"] = seen(component["media"])
        elif kind == Kind.FILE:
            component["file"] = seen(component["file"])
        elif kind == Kind.MEDIA_GALLERY:
            component["items"] = [
                {"description": item.get("description"), "spoiler": bool(item.get("spoiler"))}
                | {"media": seen(item["media"])}
                for item in component["items"]
            ]

    def _check(self, component: Json, kind: int, path: str) -> None:
        form = self._form
        if kind == Kind.ACTION_ROW:
            form.between(f"{path}.components", component.get("components"), 1, BUTTONS)
        if kind == Kind.BUTTON:
            self._button(component, path)
        if kind in SELECTS:
            self._custom_id(component, path)
            form.longest(f"{path}.placeholder", component.get("placeholder"), 150)
            if not 0 <= component["min_values"] <= component["max_values"] <= OPTIONS:
                form.wrong(
                    f"{path}.max_values",
                    "min_values must be at most max_values, 25 at most",
                    "NUMBER_TYPE_MAX",
                )
        if kind == Kind.STRING_SELECT:
            self._options(component, path)
        if kind == Kind.TEXT_INPUT:
            self._custom_id(component, path)
            form.longest(f"{path}.label", component.get("label"), 45)
            form.longest(f"{path}.placeholder", component.get("placeholder"), 100)
            form.longest(f"{path}.value", component.get("value"), 4_000)

    def _button(self, component: Json, path: str) -> None:
        form = self._form
        form.longest(f"{path}.label", component.get("label"), 80)
        if component.get("style") == 5:
            form.require(f"{path}.url", component.get("url"))
        elif component.get("style") in (1, 2, 3, 4):
            self._custom_id(component, path)
        elif component.get("style") != 6:
            form.wrong(f"{path}.style", "Value must be one of (1, 2, 3, 4, 5, 6).", "BASE_TYPE_CHOICES")
        if component.get("style") != 6 and not component.get("label") and not component.get("emoji"):
            form.wrong(path, "A button must have a label or emoji", "BUTTON_COMPONENT_EMPTY")

    def _custom_id(self, component: Json, path: str) -> None:
        custom_id = component.get("custom_id")
        self._form.between(f"{path}.custom_id", custom_id, 1, 100)
        if custom_id in self._ids:
            self._form.wrong(
                f"{path}.custom_id",
                "Component custom id cannot be duplicated",
                "COMPONENT_CUSTOM_ID_DUPLICATED",
            )
        self._ids.add(str(custom_id))

    def _options(self, component: Json, path: str) -> None:
        form = self._form
        options = component.get("options")
        form.between(f"{path}.options", options, 1, OPTIONS)
        for n, option in enumerate(options if isinstance(options, list) else []):
            for key in ("label", "value"):
                form.between(f"{path}.options.{n}.{key}", option.get(key), 1, 100)
            form.longest(f"{path}.options.{n}.description", option.get("description"), 100)


def accept_modal(data: Json, form: Form) -> list[Json]:
    """Return a modal's components, noting in `form` what Discord would refuse: 1 to 5 of them."""
    form.between("title", data.get("title"), 1, 45)
    form.between("custom_id", data.get("custom_id"), 1, 100)
    given = data.get("components")
    form.between("components", given, 1, MODAL)
    return _Reader(form, v2=True, modal=True).read(given, "components") if isinstance(given, list) else []
