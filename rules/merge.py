"""Put a policy together from the files it extends, and remember where each value came from."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Set
from difflib import get_close_matches
from typing import Any

from rules.documents import Document, InvalidDocument, Path, Problem, read_document
from rules.policy import JUDGED

SHIPPED = "shipped:"
"""How the name of a file that comes with Beadle begins: `shipped:policies/default.yaml`."""
MAX_DEPTH = 10
SECTIONS = ("clauses", "statements", "lists", "rules")
DROP = "drop"
"""The key of what a file leaves out of those it extends: `drop: {clauses: all, rules: [promotion]}`."""
ALL = "all"
ADD_FILE = "add_file"
"""The key of a file whose entries are added to those that a list has; with `file` they take their place."""
FROM_ELSEWHERE = ("file", ADD_FILE, "add")
AUTHORITY = ("authorised_by", "authorised_on", "authorised_why")

Read = Callable[[str], str]


def beside(file: str, name: str) -> str:
    """Return the file that `name` means in `file`: a shipped policy by its bare name, or a relative path."""
    if name.startswith(SHIPPED) or posixpath.isabs(name):
        return name
    if "/" not in name and not name.endswith((".yaml", ".yml")):
        return f"{SHIPPED}policies/{name}.yaml"
    shipped, path = (SHIPPED, file[len(SHIPPED) :]) if file.startswith(SHIPPED) else ("", file)
    return shipped + posixpath.normpath(posixpath.join(posixpath.dirname(path), name))


class Merged:
    """The data of a policy and of all it extends, and the origin of every value."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {section: [] for section in SECTIONS}
        self.problems: list[Problem] = []
        self._flag_only: dict[tuple[str, str], str] = {}
        """Why parts of the files laid so far may only flag, by section and id. Dropping undoes nothing."""
        self._only_flagged: list[tuple[Any, str]] = []
        """What such rules look for, and why they may only flag."""
        self._origins: dict[Path, tuple[Document, Path]] = {}
        self._places: dict[tuple[str, str], int] = {}
        self._firsts: dict[tuple[str, str], tuple[Document, Path]] = {}
        """Where each part was written first."""

    def written(self, path: Path) -> bool:
        """Return whether a file has a value at a path of the merged data."""
        document, origin = self._origin(path)
        return origin in document.lines

    def locate(self, path: Path, text: str) -> Problem:
        """Return a problem at a path of the merged data, in the file and line that the value came from."""
        document, origin = self._origin(path)
        return document.problem(origin, text)

    def unfamiliar(self, section: str, place: int, missing: list[str]) -> Problem | None:
        """Return the problem of a part that lacks what a new one needs, in a file that extends others.

        Its id may be meant for one of theirs. Returns None where the file extends nothing of the kind.
        """
        name = str(self.data[section][place].get("id"))
        document, here = self._firsts[section, name]
        theirs = [
            known
            for (of, known) in self._places
            if of == section and self._firsts[section, known][0] is not document
        ]
        if not theirs:
            return None
        near = ", ".join(map(repr, get_close_matches(name, theirs)))
        text = (
            f"there is no {section[:-1]} {name!r} in what this file extends"
            + (f" (nearest: {near})" if near else "")
            + f"; one of your own also needs {', '.join(missing)}"
        )
        return document.problem((*here, "id"), text)

    def leave_out(self, section: str, places: Set[int]) -> None:
        """Leave out the parts at some places of a section; the others keep their origins."""
        kept = [n for n in range(len(self.data[section])) if n not in places]
        self.data[section] = [self.data[section][n] for n in kept]
        moved = {old: new for new, old in enumerate(kept)}
        self._origins = {
            (section, moved[int(path[1])], *path[2:]) if path[:1] == (section,) else path: origin
            for path, origin in self._origins.items()
            if path[:1] != (section,) or path[1] in moved
        }
        self._places = {
            (of, name): moved[place] if of == section else place
            for (of, name), place in self._places.items()
            if of != section or place in moved
        }

    def _origin(self, path: Path) -> tuple[Document, Path]:
        depth = next(d for d in range(len(path), -1, -1) if path[:d] in self._origins)
        document, start = self._origins[path[:depth]]
        return document, (*start, *path[depth:])

    def lay(self, document: Document, read: Read) -> None:
        """Lay a document over what is there: parts by id and field by field, the rest key by key."""
        self._origins[()] = (document, ())
        if not isinstance(document.data, dict):
            self.problems.append(document.problem((), "must be a mapping, beginning with `name:`"))
            return
        for section, names in _dropped(document, self.problems):
            self._drop(document, section, names)
        for key, value in document.data.items():
            if key in SECTIONS:
                self._lay_section(document, key, value, read)
            elif key == "contacts" and isinstance(value, dict):
                for name, contact in value.items():
                    self._lay_fields(document, ("contacts", name), ("contacts", name), contact)
            elif key not in ("extends", DROP):
                self._put(document, (key,), (key,), value)
        self._note_flag_only()

    def _drop(self, document: Document, section: str, names: list[str]) -> None:
        places = {name: place for (of, name), place in self._places.items() if of == section}
        for number, name in enumerate(names):
            if name not in places and name != ALL:
                path = (DROP, section, number)
                self.problems.append(document.problem(path, f"there is none of the name {name!r} to drop"))
        self.leave_out(section, {place for name, place in places.items() if {name, ALL} & {*names}})

    def _lay_section(self, document: Document, section: str, parts: Any, read: Read) -> None:
        if not isinstance(parts, list):
            self.problems.append(document.problem((section,), "must be a list"))
            return
        seen: dict[str, int] = {}
        for index, part in enumerate(parts):
            here: Path = (section, index)
            if not isinstance(part, dict) or "id" not in part:
                self.problems.append(document.problem(here, "must be a mapping with an `id`"))
                continue
            name = str(part["id"])
            if name in seen:
                text = (
                    f"the id {name!r} is given twice (first in line {document.line((section, seen[name]))})"
                )
                self.problems.append(document.problem((*here, "id"), text))
                continue
            seen[name] = index
            place = self._places.setdefault((section, name), len(self.data[section]))
            target: Path = (section, place)
            if place == len(self.data[section]):
                self.data[section].append({})
                self._firsts[section, name] = (document, here)
            elif section == "rules":
                self._change_rule(document, here, target, part)
            if section == "lists" and "file" in part:
                self._lay_file(document, here, target, str(part["file"]), read)
            own = {k: v for k, v in part.items() if section != "lists" or k not in FROM_ELSEWHERE}
            self._lay_fields(document, here, target, own)
            if section == "lists" and ADD_FILE in part:
                self._add_file(document, (*here, ADD_FILE), target, str(part[ADD_FILE]), read)
            if section == "lists" and "add" in part:
                self._add_entries(document, (*here, "add"), target, part["add"])
            self._keep_flag_only(document, here, target, name)

    def _change_rule(self, document: Document, here: Path, target: Path, part: dict[Any, Any]) -> None:
        """See that a changed rule cannot come to hide what nobody authorised it to hide."""
        rule = self.data["rules"][target[1]]
        if "category" in part and "category" in rule and part["category"] != rule["category"]:
            text = f"is {rule['category']} where the rule {part['id']} comes from, and cannot be changed"
            self.problems.append(document.problem((*here, "category"), text))
        if "when" in part or "action" in part:
            # Whoever authorised the rule did so for what it found and did then.
            for field in AUTHORITY:
                rule.pop(field, None)
            self._origins[(*target, "action")] = (document, (*here, "when"))

    def _keep_flag_only(self, document: Document, here: Path, target: Path, name: str) -> None:
        """Hold a part to flagging where it, or a rule that looks for just the same, may only flag by now."""
        section = str(target[0])
        part = self.data[section][target[1]]
        why = self._flag_only.get((section, name))
        if why is None and "when" in part:
            why = next((why for when, why in self._only_flagged if when == part["when"]), None)
        if why is None:
            return
        if part.get("flag_only") is False:
            text = f"is true where {name} comes from, and cannot be switched off: {why}"
            self.problems.append(document.problem((*here, "flag_only"), text))
        part["flag_only"] = True
        part.setdefault("flag_only_why", why)

    def _note_flag_only(self) -> None:
        """Let rules be held to flagging by their clauses, in this file and in all that extend it."""
        for clause in self.data["clauses"]:
            if clause.get("flag_only") is True:
                self._flag_only["clauses", str(clause.get("id"))] = str(clause.get("flag_only_why", JUDGED))
        for rule in self.data["rules"]:
            clause = ("clauses", str(rule.get("clause")))
            if rule.get("flag_only") is not True and clause in self._flag_only:
                rule |= {"flag_only": True, "flag_only_why": self._flag_only[clause]}
            if rule.get("flag_only") is True:
                why = str(rule.get("flag_only_why", JUDGED))
                self._flag_only["rules", str(rule.get("id"))] = why
                self._only_flagged.append((rule.get("when"), why))

    def _add_entries(self, document: Document, here: Path, target: Path, added: Any) -> None:
        if not isinstance(added, list):
            self.problems.append(document.problem(here, "must be a list"))
            return
        named = self.data["lists"][target[1]]
        entries = list(named.get("entries") or ())
        known = set(map(str, entries))
        for number, entry in enumerate(added):
            if str(entry) not in known:
                self._origins[(*target, "entries", len(entries))] = (document, (*here, number))
                entries.append(entry)
        named["entries"] = entries

    def _lay_file(self, document: Document, here: Path, target: Path, name: str, read: Read) -> None:
        listed = self._listed(document, (*here, "file"), name, read)
        if listed is not None:
            self._lay_fields(listed, (), target, listed.data)

    def _add_file(self, document: Document, here: Path, target: Path, name: str, read: Read) -> None:
        """Add the entries of a file to a list, which is of the file's kind if it is new."""
        listed = self._listed(document, here, name, read)
        if listed is None:
            return
        kind, given = self.data["lists"][target[1]].get("kind"), listed.data.get("kind")
        if kind is None and given is not None:
            self._put(listed, ("kind",), (*target, "kind"), given)
        elif kind != given:
            self.problems.append(
                listed.problem(("kind",), f"must be {kind}, as the list that it is added to")
            )
            return
        self._add_entries(listed, ("entries",), target, listed.data.get("entries", []))

    def _listed(self, document: Document, here: Path, name: str, read: Read) -> Document | None:
        """Return the document of a list that a document names, or None after noting what is wrong with it."""
        file = beside(document.file, name)
        try:
            listed = read_document(read(file), file)
        except FileNotFoundError:
            self.problems.append(document.problem(here, f"there is no file {file}"))
        except InvalidDocument as error:
            self.problems += error.problems
        else:
            if isinstance(listed.data, dict):
                return listed
            self.problems.append(listed.problem((), "must be a mapping with `kind` and `entries`"))
        return None

    def _lay_fields(self, document: Document, here: Path, target: Path, fields: Any) -> None:
        self._origins[target] = (document, here)
        if not isinstance(fields, dict):
            self.problems.append(document.problem(here, "must be a mapping"))
            return
        for key, value in fields.items():
            self._put(document, (*here, key), (*target, key), value)

    def _put(self, document: Document, here: Path, target: Path, value: Any) -> None:
        self._origins[target] = (document, here)
        into: Any = self.data
        for step in target[:-1]:
            into = into.setdefault(step, {}) if isinstance(into, dict) else into[step]
        into[target[-1]] = value


def _dropped(document: Document, problems: list[Problem]) -> Iterator[tuple[str, list[str]]]:
    """Yield the sections from which a document drops parts, with the names or the word `all`."""
    dropped = document.data.get(DROP, {})
    if not isinstance(dropped, dict):
        problems.append(document.problem((DROP,), f"must name parts by section: {', '.join(SECTIONS)}"))
        return
    for section, names in dropped.items():
        if section not in SECTIONS:
            problems.append(document.problem((DROP, section), f"must be one of {', '.join(SECTIONS)}"))
        elif names == ALL or (isinstance(names, list) and all(isinstance(name, str) for name in names)):
            yield section, [ALL] if names == ALL else names
        else:
            problems.append(document.problem((DROP, section), "must be a list of ids, or `all`"))


def gather_documents(file: str, read: Read) -> list[Document]:
    """Return a policy's document and all that it extends, the most basic first.

    Raises InvalidDocument if a file is missing or malformed, or if files extend each other in a circle.
    """
    documents: list[Document] = []
    name, asked = file, Problem(file, 1, "", f"there is no file {file}")
    while True:
        try:
            document = read_document(read(name), name)
        except FileNotFoundError:
            raise InvalidDocument([asked]) from None
        documents.insert(0, document)
        base = document.data.get("extends") if isinstance(document.data, dict) else None
        if base is None:
            return documents
        if not isinstance(base, str):
            raise InvalidDocument([document.problem(("extends",), "must be the name of a policy or a file")])
        name = beside(name, base)
        asked = document.problem(("extends",), f"there is no file {name}")
        if any(d.file == name for d in documents):
            raise InvalidDocument([document.problem(("extends",), f"{name} extends itself in a circle")])
        if len(documents) >= MAX_DEPTH:
            text = f"more than {MAX_DEPTH} policies extend one another"
            raise InvalidDocument([document.problem(("extends",), text)])
