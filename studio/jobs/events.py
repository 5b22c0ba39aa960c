"""The JSON events that a verb prints, one object per line. No Qt here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pivot.problems import Problem
from studio.problems import problem_of

MAX_LINE = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the work is: `done` of `total` in one step; total 0 means that the length is not known."""

    step: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Found:
    """A problem met on the way."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Sketch:
    """The picture of a network of which the target is still being written."""

    picture: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Text:
    """A target that was just written: neither is its network drawn nor the text proved."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a result will hold if the target that was written proves right."""

    record: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Result:
    """The last event: exit status and everything the verb made."""

    status: int
    record: Mapping[str, object]


Event = Progress | Found | Sketch | Text | Draft | Result


class Lines:
    """Cuts a byte stream into lines. Raises OverflowError when one line has more than MAX_LINE bytes."""

    def __init__(self, limit: int = MAX_LINE) -> None:
        self._rest: list[bytes] = []
        self._size = 0
        self._limit = limit

    def feed(self, chunk: bytes) -> Iterator[str]:
        """The lines that are complete now."""
        *complete, rest = chunk.split(b"\n")
        for line in complete:
            yield b"".join((*self._rest, line)).decode("utf-8", "replace")
            self._rest, self._size = [], 0
        self._rest.append(rest)
        self._size += len(rest)
        if self._size > self._limit:
            raise OverflowError(f"one line of more than {self._limit} bytes")

    def end(self) -> Iterator[str]:
        """What stood behind the last line end."""
        line = b"".join(self._rest).decode("utf-8", "replace")
        self._rest, self._size = [], 0
        if line:
            yield line


def parse(line: str) -> Event | None:
    """The event on one line; None for anything else, such as what a framework prints while it is imported."""
    if not line.lstrip().startswith("{"):
        return None
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    match record.get("event"):
        case "progress":
            return Progress(str(record.get("step", "")), _number(record.get("done")), _number(record.get("total")))
        case "problem":
            nested = record.get("problem")
            return Found(problem_of(nested if isinstance(nested, dict) else record))
        case "picture":
            picture = record.get("picture")
            return Sketch(picture) if isinstance(picture, dict) else None
        case "written":
            target = record.get("target")
            return Text(str(target.get("path")), str(target.get("text"))) if isinstance(target, dict) else None
        case "draft":
            return Draft(record)
        case "result":
            return Result(_number(record.get("status")), record)
    return None


def _number(value: object) -> int:
    return int(value) if isinstance(value, (int, float)) else 0
