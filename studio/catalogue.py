"""The ops there are, as views list and search them: read from the op files on first use. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pivot.op import Op
    from pivot.opset import OpSet

ORDER = (
    "convolution", "linear", "normalization", "activation", "pooling", "attention", "recurrent", "embedding",
    "shape", "arithmetic", "math", "reduction", "comparison", "indexing", "padding", "resize", "regularization",
    "creation", "loss",
)  # fmt: skip
"""The order in which families are listed; others follow by name."""


@dataclass(frozen=True, slots=True)
class OpEntry:
    """One op as a list shows it; `words` is all that a search looks through, in small letters."""

    name: str
    title: str
    family: str
    signature: str
    origin: str
    words: str


class Catalogue:
    """The built-in ops and those of `folders`. Raises Refusal on first use where a file of theirs is wrong."""

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self.folders = tuple(folders)

    @cached_property
    def opset(self) -> OpSet:
        """All ops by name."""
        from pivot.opset import load_opset  # a window opens without it

        return load_opset(self.folders)

    @cached_property
    def entries(self) -> tuple[OpEntry, ...]:
        """One entry per op, by family, then by title."""
        made = [entry_of(op) for op in self.opset.ops.values()]
        return tuple(sorted(made, key=lambda entry: (family_rank(entry.family), entry.title.casefold(), entry.name)))


def op_title(name: str) -> str:
    """What people call a built-in op; the name itself where there is none."""
    from pivot.opset import load_opset  # a window opens without it

    found = load_opset().ops.get(name)
    return found.title if found is not None and found.title else name


def family_rank(family: str) -> tuple[int, str]:
    """Where a family stands in lists."""
    return (ORDER.index(family) if family in ORDER else len(ORDER), family)


def entry_of(op: Op) -> OpEntry:
    """What lists show of an op; it is found by its spellings in any framework too."""
    spelled = {form.name for forms in op.forms.values() for form in forms if form.name}
    words = " ".join((op.name, op.title, op.family, *sorted(spelled)))
    return OpEntry(op.name, op.title, op.family, signature(op), op.origin, words.casefold())


def signature(op: Op) -> str:
    """`conv2d(x; filters, kernel, stride=(1, 1))`: operands, then parameters as the op file names them."""
    operands = [f"{name}?" if spec.optional else f"*{name}" if spec.many else name for name, spec in op.inputs.items()]
    params = ", ".join(op.params)
    return f"{op.name}({', '.join(operands)}{f'; {params}' if params else ''})"
