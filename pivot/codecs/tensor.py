"""Tensor codecs: `@not(mask)`. They are ordinary pivot nodes put between the argument and the operand; two inverse ones
cancel.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Through:
    """One pivot op that the tensor goes through: `op(x, params)`."""

    op: str
    params: Mapping[str, object] = field(default_factory=dict)


class TensorCodec(ABC):
    """Base: `write` takes the op's side to the framework's, `read` the framework's to the op's; each is the other's
    inverse.

    In a `result` the roles are the other way round: `@expand(h)` says that the output h is what the call returns,
    expanded.
    """

    name: ClassVar[str] = ""
    roles: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def read(self, refs: Mapping[str, object]) -> tuple[Through, ...]:
        """Ops between what the program passes and the operand of the pivot op."""

    @abstractmethod
    def write(self, refs: Mapping[str, object]) -> tuple[Through, ...]:
        """Ops between the operand of the pivot op and what the target's call takes."""


class Not(TensorCodec):
    """A Boolean mask of opposite sign: True = attend against True = leave out."""

    name = "not"

    def read(self, refs: Mapping[str, object]) -> tuple[Through, ...]:
        return (Through("logical_not"),)

    def write(self, refs: Mapping[str, object]) -> tuple[Through, ...]:
        return (Through("logical_not"),)


class SwapFirst(TensorCodec):
    """(T, N, ...) against (N, T, ...): the first two axes change places unless the reference `batch_first` is true."""

    name = "time_major"
    roles = ("batch_first?",)

    def read(self, refs: Mapping[str, object]) -> tuple[Through, ...]:
        if refs.get("batch_first"):
            return ()
        return (Through("transpose", {"axis0": 0, "axis1": 1}),)

    def write(self, refs: Mapping[str, object]) -> tuple[Through, ...]:
        return self.read(refs)


class FirstAxis(TensorCodec):
    """`@expand(x)`: the framework's side has one axis of size 1 more, at `place`."""

    name = "expand"
    place: ClassVar[int] = 0

    def read(self, refs: Mapping[str, object]) -> tuple[Through, ...]:
        return (Through("squeeze", {"axes": (self.place,)}),)

    def write(self, refs: Mapping[str, object]) -> tuple[Through, ...]:
        return (Through("unsqueeze", {"axes": (self.place,)}),)


class NoFirstAxis(FirstAxis):
    """`@squeeze(x)`: the framework's side lacks the first axis of size 1 (a state of one layer and direction)."""

    name = "squeeze"

    def read(self, refs: Mapping[str, object]) -> tuple[Through, ...]:
        return super().write(refs)

    def write(self, refs: Mapping[str, object]) -> tuple[Through, ...]:
        return super().read(refs)


class BatchOfMasks(FirstAxis):
    """A mask (T, S) for all entries of the batch against (1, T, S)."""

    name = "batch_of_masks"


class RowMask(FirstAxis):
    """A mask (N, S) for all queries against (N, 1, S)."""

    name = "row_mask"
    place = 1
