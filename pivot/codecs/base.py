"""What a codec is: a named, invertible converter between a framework's notation of a value and the pivot's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

Refs = Mapping[str, object]
"""What a codec may look at besides the value, by role; a value is None where it is not known yet."""

Sample = tuple[object, Refs]
"""A pivot value and references under which it can be written: the property test needs some of each codec."""


class NoForm(Exception):
    """A value cannot be said in this notation; the text says why."""


@dataclass(frozen=True, slots=True)
class DottedName:
    """A value written as a name, not as a literal: `torch.float32`; `called`: as a call, `keras.config.floatx()`."""

    name: str
    called: bool = False


class Codec(ABC):
    """Base of all codecs. `read(write(v)) == normal(v)` holds for every value that can be written.

    `roles` names the references in order; a role that ends in "?" may be left out, "*" takes all that follow as
    "0", "1", ... `face`: codecs with one face let a source expression pass unchanged from one to the other.
    `template`: how an expression `e` is rewritten on reading and on writing. `takes_none`: None is a value for this
    codec, else it passes through. `number_face`: the face holds where the value is one number, not for a list.
    `stated`: what is written for None where a reference has a text, for other values of which None says something else.
    """

    name: ClassVar[str] = ""
    face: ClassVar[str | None] = None
    roles: ClassVar[tuple[str, ...]] = ()
    template: ClassVar[tuple[str, str] | None] = None
    number_face: ClassVar[bool] = False
    takes_none: ClassVar[bool] = False
    stated: ClassVar[int | None] = None
    stated_without: ClassVar[str] = ""  # the parameter that has to be 0 for that
    domain: ClassVar[tuple[Sample, ...]] = ()

    @abstractmethod
    def read(self, value: object, refs: Refs) -> object:
        """The framework's value in pivot terms; raises NoForm."""

    @abstractmethod
    def write(self, value: object, refs: Refs) -> object:
        """The pivot's value in the framework's terms; raises NoForm."""

    def from_number(self, value: object) -> str | None:
        """How a pivot value is written when the source says it as one number `e`; None: not by a text."""
        return None

    def pairs_of(self, count: int) -> tuple[tuple[int, int], ...] | None:
        """Which two of `count` written items are before and after each axis, in the order of the axes; None: none."""
        return None

    def from_pairs(self, count: int) -> str | None:
        """How pads are written whose texts are a0, b0, a1, b1, ... before and after each axis; None: not by texts."""
        return None

    def normal(self, value: object) -> object:
        """What a pivot value becomes after writing and reading; itself unless a codec forgets something on purpose."""
        return value
