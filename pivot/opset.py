"""All ops there are: the built-in folder and folders of the user or project, found by folder and name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pivot.decisions import Decision
from pivot.notation import OperandSpec
from pivot.op import Example, Form, Kind, Op, Spelling, WeightSpec
from pivot.op_folders import PROJECT_FOLDER
from pivot.problems import refuse
from pivot.schema import Extension, check_op, parse_op_file

BUILTIN = Path(__file__).parent / "ops"

__all__ = ["BUILTIN", "Example", "Form", "Kind", "Op", "OpSet", "OperandSpec", "Spelling", "WeightSpec", "load_opset"]


@dataclass(frozen=True, slots=True)
class OpSet:
    """Ops by name, and an index from spellings to forms (in the order in which they are tried)."""

    ops: Mapping[str, Op]
    index: Mapping[tuple[str, str, str], tuple[Form, ...]]
    stops: tuple[Decision, ...] = ()

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


def load_opset(extra: Sequence[Path] = (), decisions: Sequence[Decision] = ()) -> OpSet:
    """Built-in ops and those of `extra` folders, which come first when a spelling is looked up and may replace an op
    by name; what `decisions` say comes before both.

    Built-in files are parsed as far as needed to find their forms; files of `extra` completely. Raises Refusal.
    """
    return _joined(extra, decisions) if extra or decisions else _plain()


@cache
def _plain() -> OpSet:
    """The ops that come along alone: what nearly every program is read with."""
    return _joined((), ())


def _joined(extra: Sequence[Path], decisions: Sequence[Decision]) -> OpSet:
    """The ops that come along and those of folders and decisions."""
    ops: dict[str, Op] = {}
    ranked: list[Op] = []
    added: list[tuple[Extension, Decision | None]] = []
    first: list[Form] = []

    def take(found: Op | Extension, decision: Decision | None = None) -> None:
        if isinstance(found, Extension):
            added.append((found, decision))
            return
        check_op(found)
        if found.name not in ops:
            ops[found.name] = found
            ranked.append(found)
        if decision is not None:
            first.extend(_only_there(form, decision, decisions) for forms in found.forms.values() for form in forms)

    for number, decision in enumerate(decisions, 1):
        if decision.kind == "map":
            file = f"decision {number} ({decision.title})"
            take(parse_op_file(decision.ops, file, "project", "project", ops), decision)
    for folder in reversed(extra):
        if not folder.is_dir():
            raise refuse("op-folder", str(folder), 0, 0, "there is no such folder of ops", "name an existing folder")
        for found in _load(folder, "project" if folder.name == PROJECT_FOLDER else "user", ops):
            take(found)
    extended = {extension.name for extension, _ in added}
    builtin: set[str] = set()
    for op in _builtin():
        if op.name in builtin:
            raise refuse("op-file", op.path, 1, 1, f"the op '{op.name}' is defined by two files", "rename one of them")
        builtin.add(op.name)
        if op.name not in ops:
            ops[op.name] = _anew(op) if op.name in extended else op
            ranked.append(ops[op.name])
    forms = [form for extension, decision in added for form in _extend(ops, extension, decision, decisions)]
    stops = tuple(decision for decision in decisions if decision.kind == "stop")
    before = [*first, *forms]
    seen = {id(form) for form in before}
    rest = [f for op in ranked for listed in op.forms.values() for f in listed if id(f) not in seen]
    return OpSet(ops, _index([*before, *rest]), stops)


@cache
def _builtin() -> tuple[Op, ...]:
    """The ops that come along; a process that reads several programs reads their files once."""
    return tuple(op for op in _load(BUILTIN, "builtin", {}) if isinstance(op, Op))


def _anew(op: Op) -> Op:
    """The same op, to be extended: what other programs of this process read stays as it is."""
    made = parse_op_file(Path(op.path).read_text(encoding="utf-8"), op.path, op.family, op.origin, {})
    assert isinstance(made, Op)
    return made


def _extend(
    ops: Mapping[str, Op], extension: Extension, decision: Decision | None, others: Sequence[Decision]
) -> tuple[Form, ...]:
    """The forms that a file adds to an op; where they are for one place only, they are read there and never written."""
    op = ops.get(extension.name)
    if op is None:
        why = f"there is no op '{extension.name}' to extend"
        raise refuse("op-file", extension.file, extension.line, 1, why, "name an op of `pivot-studio ops`")
    made = extension.forms(op)
    for form in made:
        if decision is not None:
            _only_there(form, decision, others)
        if form.where is None:
            assert isinstance(op.forms, dict)
            op.forms[form.framework] = (*op.forms.get(form.framework, ()), form)
    return made


def _only_there(form: Form, decision: Decision, others: Sequence[Decision]) -> Form:
    """A form of a decision; the one that reads the call is read at the decision's place only, or everywhere but at
    the places of which something else was decided.
    """
    if (form.spelling, form.name) == decision.call:
        form.where = decision.where
        if decision.where is None:
            form.unless = frozenset(o.where for o in others if o.where is not None and o.call == decision.call)
    return form


def _load(folder: Path, origin: str, known: Mapping[str, Op]) -> Iterable[Op | Extension]:
    for path in sorted(folder.rglob("*.toml")):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise refuse("op-file", str(path), 0, 0, f"the op file cannot be read: {why}", "correct the file") from None
        yield parse_op_file(text, str(path), path.parent.name if path.parent != folder else "user", origin, known)


def _index(forms: Iterable[Form]) -> dict[tuple[str, str, str], tuple[Form, ...]]:
    found: dict[tuple[str, str, str], list[Form]] = {}
    for form in forms:
        if form.spelling != "body":
            found.setdefault((form.framework, form.spelling, form.name), []).append(form)
    return {key: tuple(listed) for key, listed in found.items()}
