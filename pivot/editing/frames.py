"""How a program came to make what is to be edited: calls of definitions, and the objects whose methods they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pivot.edits import Place


class Span(Place, Protocol):
    """A place of a file."""

    @property
    def file(self) -> str: ...


class Call(Protocol):
    """One call of a definition, as a picture tells it (see `studio.picture.Frame`)."""

    @property
    def parent(self) -> int | None: ...
    @property
    def site(self) -> Span | None: ...
    @property
    def turn(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def class_name(self) -> str: ...
    @property
    def definition(self) -> Span | None: ...
    @property
    def receiver(self) -> str | None: ...


Key = tuple[str, int, int, int, int]
"""A place as a value: file, line, column, end line, end column."""


def key_of(span: Span) -> Key:
    """A place as a value."""
    return (span.file, span.line, span.column, span.end_line, span.end_column)


@dataclass(frozen=True, slots=True)
class Made:
    """Where a module, or a node, came from: a site of a frame, met the `turn`-th time."""

    frame: int
    site: Key
    turn: int = 0


class Calls:
    """All calls of one elaboration. `made` tells by path where each module of a class of the program was constructed,
    `classes` which class it has.
    """

    def __init__(self, frames: Sequence[Call], made: Mapping[str, Made], classes: Mapping[str, str]) -> None:
        self.frames = frames
        self.made = made
        self.classes = classes
        self.by_definition: dict[Key, list[int]] = {}
        for number, frame in enumerate(frames):
            if frame.definition is not None:
                self.by_definition.setdefault(key_of(frame.definition), []).append(number)
        self._turns: dict[tuple[int, Key], set[int]] = {}
        for number, frame in enumerate(frames):
            if frame.parent is not None and frame.site is not None and not self.entered(number):
                self._turns.setdefault((frame.parent, key_of(frame.site)), set()).add(frame.turn)
        for place in made.values():
            self._turns.setdefault((place.frame, place.site), set()).add(place.turn)

    def chain(self, frame: int | None) -> Iterator[int]:
        """A frame and those it was called from."""
        while frame is not None:
            yield frame
            frame = self.frames[frame].parent

    def depth(self, frame: int) -> int:
        return sum(1 for _ in self.chain(frame))

    def receiver(self, frame: int | None) -> str | None:
        """The path of the module in whose code a frame stands, plain functions included."""
        return next(
            (self.frames[at].receiver for at in self.chain(frame) if self.frames[at].receiver is not None), None
        )

    def entered(self, frame: int) -> bool:
        """Whether a frame is a method that its object did not call itself: a constructor, a forward pass."""
        here = self.frames[frame]
        if here.receiver is None:
            return False
        return here.name == "__init__" or here.parent is None or self.frames[here.parent].receiver != here.receiver

    def turns(self, frame: int, site: Key) -> set[int]:
        """How often a site was met in a frame."""
        return self._turns.get((frame, site), set())

    def met(self, frame: int, site: Key, turns: Iterable[int]) -> None:
        """A layer or an op that is no definition was met here too."""
        self._turns.setdefault((frame, site), set()).update(turns)

    def role(self, frame: int) -> tuple[object, ...]:
        """The way from the module whose code a frame stands in to the frame: copies of a module have equal ones."""
        way: list[object] = []
        for at in self.chain(frame):
            here = self.frames[at]
            way.append((here.name, key_of(here.definition) if here.definition is not None else None))
            if here.receiver is not None and self.entered(at):
                break
            way.append(key_of(here.site) if here.site is not None else None)
        return tuple(way)

    def instances(self, class_name: str) -> list[str]:
        """The modules of a class."""
        return [path for path, name in self.classes.items() if name == class_name]
