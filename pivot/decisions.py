"""Decisions of a project about calls that nothing reads: map them by op files, or let the target stop there.

A decision is one JSON object in the project, so that it is saved, undone and compared like everything else there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pivot.problems import Refusal, refuse
from pivot.project import Json

KINDS = ("map", "stop")
REMEMBERED = ("", "project", "user")
_KEYS = frozenset(("kind", "spelling", "name", "title", "ops", "where", "message", "remember"))
_PLACE = frozenset(("file", "function", "text", "nth"))


@dataclass(frozen=True, slots=True)
class Where:
    """One place of a program that survives edits elsewhere: the nth time a text stands in a function.

    `file` is relative to the folder of the source file; `function` is "Class.method", "function" or "".
    """

    file: str
    function: str
    text: str
    nth: int = 0

    def as_json(self) -> dict[str, Json]:
        """The record that a project and a picture hold."""
        return {"file": self.file, "function": self.function, "text": self.text, "nth": self.nth}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a call means. `spelling` and `name` say which calls ("call", "torch.special.bessel_j0").

    `where`: only at this place. `ops`: for "map", the text of an op file that reads the call. `message`: for "stop",
    what the target says where it raises. `remember`: the op file is kept for the "project" or the "user" too.
    """

    kind: Literal["map", "stop"]
    spelling: str
    name: str
    title: str
    ops: str = ""
    where: Where | None = None
    message: str = ""
    remember: str = ""

    @property
    def call(self) -> tuple[str, str]:
        """Which calls it is about."""
        return self.spelling, self.name

    def as_json(self) -> dict[str, Json]:
        """The record that a project holds; what says nothing is left out."""
        record: dict[str, Json] = {"kind": self.kind, "spelling": self.spelling, "name": self.name}
        record["title"] = self.title
        if self.ops:
            record["ops"] = self.ops
        if self.message:
            record["message"] = self.message
        if self.remember:
            record["remember"] = self.remember
        if self.where is not None:
            record["where"] = self.where.as_json()
        return record

    def dumps(self) -> str:
        """The text under which a project keeps it."""
        return json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True)


def parse_decision(text: str, file: str = "project.pivot") -> Decision:
    """A decision from its JSON text. Raises Refusal with what is wrong."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        raise _wrong(file, "a decision is not JSON") from None
    if not isinstance(record, dict) or record.get("kind") not in KINDS:
        raise _wrong(file, f"a decision needs a 'kind': {' or '.join(KINDS)}")
    if unknown := sorted(set(record) - _KEYS):
        raise _wrong(file, f"a decision has no entry {unknown[0]!r}")
    texts = {key: record.get(key, "") for key in ("spelling", "name", "title", "ops", "message", "remember")}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise _wrong(file, f"the {key!r} of a decision must be text")
    if not texts["spelling"] or not texts["name"]:
        raise _wrong(file, "a decision must say which calls it is about")
    if record["kind"] == "map" and not texts["ops"]:
        raise _wrong(file, f"the decision about {texts['name']} has no 'ops'")
    if texts["remember"] not in REMEMBERED:
        raise _wrong(file, "a decision is remembered for the project or the user")
    return Decision(kind=record["kind"], where=_where(record.get("where"), file), **texts)


def parse_decisions(texts: Sequence[str], file: str = "project.pivot") -> tuple[Decision, ...]:
    """All decisions of a project. Raises Refusal."""
    return tuple(parse_decision(text, file) for text in texts)


def _where(value: object, file: str) -> Where | None:
    if value is None:
        return None
    place: Mapping[str, object] = value if isinstance(value, dict) else {}
    name, function, text, nth = (place.get(key) for key in ("file", "function", "text", "nth"))
    if isinstance(name, str) and isinstance(function, str) and isinstance(text, str) and set(place) <= _PLACE:
        if isinstance(nth, int) and not isinstance(nth, bool) and nth >= 0:
            return Where(name, function, text, nth)
    raise _wrong(file, "the 'where' of a decision must have 'file', 'function', 'text' and 'nth'")


def _wrong(file: str, why: str) -> Refusal:
    return refuse("project-content", file, 0, 0, why, "take the decision back, or open an intact copy of the project")
