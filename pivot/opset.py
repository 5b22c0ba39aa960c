"""All ops there are: the built-in folder and folders of the user or project, found by folder and name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pivot.notation import OperandSpec
from pivot.op import Example, Form, Kind, Op, Spelling, WeightSpec
from pivot.problems import refuse
from pivot.schema import check_op, parse_op

BUILTIN = Path(__file__).parent / "ops"

__all__ = ["BUILTIN", "Example", "Form", "Kind", "Op", "OpSet", "OperandSpec", "Spelling", "WeightSpec", "load_opset"]


@dataclass(frozen=True, slots=True)
class OpSet:
    """Ops by name, and an index from spellings to forms (in the order in which they are tried)."""

    ops: Mapping[str, Op]
    index: Mapping[tuple[str, str, str], tuple[Form, ...]]

    def find(self, framework: str, spelling: str, name: str) -> tuple[Form, ...]:
        """Forms spelled like this: ("torch", "call", "torch.nn.Conv2d"), ("torch", "operator", "+"), ("keras",
        "method", "add").
        """
        return self.index.get((framework, spelling, name), ())

    def names(self, framework: str, module: str) -> list[str]:
        """The names of a library module that forms spell."""
        split = [name.rpartition(".") for at, spelling, name in self.index if at == framework and spelling == "call"]
        return [last for head, _, last in split if head == module]

    def check(self) -> None:
        """Parses every notation of every op; raises the first Refusal."""
        for op in self.ops.values():
            check_op(op)


def load_opset(extra: Sequence[Path] = ()) -> OpSet:
    """Built-in ops and those of `extra` folders, which come first when a spelling is looked up and may replace an op
    by name.

    Built-in files are parsed as far as needed to find their forms; files of `extra` completely. Raises Refusal.
    """
    ops: dict[str, Op] = {}
    ranked: list[Op] = []
    for folder in reversed(extra):
        if not folder.is_dir():
            raise refuse("op-folder", str(folder), 0, 0, "there is no such folder of ops", "name an existing folder")
        for op in _load(folder, "user"):
            check_op(op)
            if op.name not in ops:
                ops[op.name] = op
                ranked.append(op)
    builtin: set[str] = set()
    for op in _builtin():
        if op.name in builtin:
            raise refuse("op-file", op.path, 1, 1, f"the op '{op.name}' is defined by two files", "rename one of them")
        builtin.add(op.name)
        if op.name not in ops:
            ops[op.name] = op
            ranked.append(op)
    return OpSet(ops, _index(ranked))


@cache
def _builtin() -> tuple[Op, ...]:
    """The ops that come along; a process that reads several programs reads their files once."""
    return tuple(_load(BUILTIN, "builtin"))


def _load(folder: Path, origin: str) -> Iterable[Op]:
    for path in sorted(folder.rglob("*.toml")):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise refuse("op-file", str(path), 0, 0, f"the op file cannot be read: {why}", "correct the file") from None
        yield parse_op(text, str(path), path.parent.name if path.parent != folder else "user", origin)


def _index(ops: Iterable[Op]) -> dict[tuple[str, str, str], tuple[Form, ...]]:
    found: dict[tuple[str, str, str], list[Form]] = {}
    for op in ops:
        for framework, forms in op.forms.items():
            for form in forms:
                if form.spelling != "body":
                    found.setdefault((framework, form.spelling, form.name), []).append(form)
    return {key: tuple(forms) for key, forms in found.items()}
