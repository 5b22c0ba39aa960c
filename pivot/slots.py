"""The notation of arguments in op files: `filters=filters, *, stride=pair(stride)|1, input=@x`.

`parse_slots` turns one `args` or `apply` text into a tuple of `Slot`; nothing here knows ops or codecs. Errors are
`NotationError` with the column inside the text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias


class Missing(Enum):
    """Marks a slot without a default and a parameter that was not given."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing.MISSING


class NotationError(Exception):
    """A text of an op file does not follow the notation; `column` counts characters from 0 inside that text."""

    def __init__(self, why: str, column: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.column = column


@dataclass(frozen=True, slots=True)
class Path:
    """A parameter `kernel`, one entry of it `kernel[0]`, or an axis of an operand `x.C` (or `x.axis`, by parameter)."""

    name: str
    index: int | None = None
    part: str | None = None

    def __str__(self) -> str:
        tail = f"[{self.index}]" if self.index is not None else ""
        return self.name + tail + (f".{self.part}" if self.part else "")


@dataclass(frozen=True, slots=True)
class Literal:
    """Must be equal to what is given."""

    value: object


Reference: TypeAlias = Path | Literal


@dataclass(frozen=True, slots=True)
class Coded:
    """A parameter through a codec: `pair(kernel)`; `refs` are what the codec may look at besides."""

    codec: str
    path: Path
    refs: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Operand:
    """`@x`, `@not(keep)`, `@[xs]`, `@(h, c)`, `@tensor(x)`: `form` is one, list, tuple or tensor (never a number).

    What a codec looks at besides its operand stands in `arguments`. `deep`, written `@(h[None], c[None])`: each has
    one more axis of size 1 in front where it is handed over.
    """

    names: tuple[str, ...]
    codec: str | None = None
    arguments: tuple[Reference, ...] = ()
    form: str = "one"
    deep: bool = False


@dataclass(frozen=True, slots=True)
class SizeOf:
    """`size(x.C)`: derived; reading makes a constraint of it, writing takes the size. `sizes(x.C)` is written as a
    tuple of one.
    """

    operand: str
    letter: str
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Used:
    """`used(scores)`: written as whether the output is used; read without meaning."""

    output: str


@dataclass(frozen=True, slots=True)
class Flag:
    """`!inplace`: not a parameter of the op; the dialect handles it."""

    name: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """`_`: accepted, without meaning, never written."""


@dataclass(frozen=True, slots=True)
class Made:
    """`$keras.layers.LSTM(units=units)`: a nested constructor."""

    call: str
    slots: tuple[Slot, ...]


SlotValue: TypeAlias = Path | Literal | Coded | Operand | SizeOf | Used | Flag | Ignored | Made


@dataclass(frozen=True, slots=True)
class Slot:
    """One argument. `key` names it in messages and in `given`, also where the slot has no name of its own.

    `*shape=dims(shape)` is variadic, `**lengths=lengths` takes the rest of the keywords as a dict.
    """

    name: str | None
    value: SlotValue
    default: object = MISSING
    keyword: bool = False
    variadic: bool = False
    rest: bool = False  # takes all keywords that are left, by name
    column: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """The slot's name, else the operand or parameter it stands for."""
        if self.name is not None:
            return self.name
        value = self.value
        if isinstance(value, Path):
            return value.name
        if isinstance(value, Coded):
            return value.path.name
        if isinstance(value, Operand):
            return value.names[0]
        return f"#{self.column}"
