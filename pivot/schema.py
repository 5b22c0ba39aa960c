"""What an op file may say: tables of an op file -> `Op`. Every refusal says file, line and column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from pivot.notation import OperandSpec, parse_axes, parse_operands
from pivot.op import Example, Form, Kind, Op, Spelling, WeightSpec
from pivot.opfile import Entry, Table, read_tables, refuse_entry
from pivot.params import ParamSpec, parse_param
from pivot.patterns import pattern_name
from pivot.problems import Refusal, refuse
from pivot.slots import NotationError

FRAMEWORKS = ("torch", "keras", "flax")
LAYOUTS = ("any", "axis", "index", "spatial", "order", "last", "plain")
SPELLINGS: tuple[Spelling, ...] = ("call", "method", "operator", "index", "attribute", "body", "code")
_ROOT = frozenset(("op", "title", "inputs", "output", "outputs", "shape", "layout", "law", "unbatched", "random"))
_FORM = frozenset(
    (*SPELLINGS, "kind", "args", "apply", "result", "when", "order", "weights", "derive", "inexact", "init")
)
_EXAMPLE = frozenset((*FRAMEWORKS, "inputs", "note"))

T = TypeVar("T")


def parse_op_file(text: str, file: str, family: str, origin: str, known: Mapping[str, Op]) -> Op | Extension:
    """The op an op file describes, or what it adds to the op of another file (`extends`). Raises Refusal."""
    tables = read_tables(text, file)
    if "extends" in tables[0].entries:
        return _extension(tables, file, origin)
    return _op(tables, file, family, origin, known)


def parse_op(text: str, file: str, family: str, origin: str) -> Op:
    """The op an op file describes. Forms keep their texts and parse them on first use. Raises Refusal."""
    return _op(read_tables(text, file), file, family, origin, {})


def _op(tables: Sequence[Table], file: str, family: str, origin: str, known: Mapping[str, Op]) -> Op:
    """`known` are the ops that bodies may name: the set that the op belongs to, filled as it is read."""
    root = tables[0]
    _only(root, _ROOT, file)
    name = _text(root, "op", file)
    if not name.isidentifier():
        raise refuse("op-file", file, root.entries["op"].line, root.entries["op"].column, f"'{name}' is not a name",
                     "use letters, digits and _")  # fmt: skip
    singles: dict[str, Table] = {}
    for table in tables[1:]:
        if not table.many:
            singles.setdefault(table.name, table)
    for table in tables[1:]:
        _check_header(table, singles, file)
    out = "output" if "output" in root.entries else "outputs"
    forms: dict[str, tuple[Form, ...]] = {}
    op = Op(
        name=name,
        title=_text(root, "title", file, name.replace("_", " ")),
        family=family,
        inputs=_operands(root, "inputs", file),
        outputs=_operands(root, out, file) or {"y": OperandSpec("y", ("*",))},
        shape=_text(root, "shape", file, "same"),
        layout=_text(root, "layout", file, "any"),
        law=_text(root, "law", file, ""),
        unbatched=_text(root, "unbatched", file, "no") == "yes",
        random=_text(root, "random", file, "no"),
        known=known,
        params=_each(singles.get("params"), file, parse_param),
        weights=_each(singles.get("weights"), file, _weight),
        sizes=_each(singles.get("sizes"), file, lambda _, value: value),
        forms=forms,
        examples=tuple(_example(table, file) for table in tables[1:] if table.name == "example"),
        origin=origin,
        path=file,
    )
    if op.layout not in LAYOUTS:
        raise refuse_entry(file, root.entries["layout"], NotationError(f"unknown layout; known: {', '.join(LAYOUTS)}"))
    for framework in FRAMEWORKS:
        mine = [table for table in tables[1:] if table.name == framework]
        if mine:
            forms[framework] = tuple(_form(op, table, index, file) for index, table in enumerate(mine))
    return op


def check_op(op: Op) -> None:
    """Parses every notation of an op and checks that slots name parameters and operands it has. Raises Refusal."""
    for forms in op.forms.values():
        for form in forms:
            form.parse_all()


@dataclass(frozen=True, slots=True)
class Extension:
    """Forms that a file adds to the op `name` of another file: how else it is spelled."""

    name: str
    tables: tuple[Table, ...]
    file: str
    origin: str
    line: int

    def forms(self, op: Op) -> tuple[Form, ...]:
        """The forms as forms of the op. Raises Refusal where they do not fit it."""
        first = {framework: len(op.forms.get(framework, ())) for framework in FRAMEWORKS}
        made = [
            _form(op, table, first[table.name] + index, self.file, self.origin)
            for index, table in enumerate(self.tables)
        ]
        for form in made:
            form.parse_all()
        return tuple(made)


def _extension(tables: Sequence[Table], file: str, origin: str) -> Extension:
    root, *rest = tables
    _only(root, frozenset(("extends",)), file)
    for table in rest:
        if table.name not in FRAMEWORKS or not table.many:
            raise refuse("op-file", file, table.line, 1, "a file that extends an op has forms only", "use [[torch]]")
    return Extension(_text(root, "extends", file), tuple(rest), file, origin, root.entries["extends"].line)


def _check_header(table: Table, singles: Mapping[str, Table], file: str) -> None:
    allowed = table.name in (*FRAMEWORKS, "example") if table.many else table.name in ("params", "weights", "sizes")
    if not allowed:
        known = "[params], [weights], [sizes], [[torch]], [[keras]], [[flax]], [[example]]"
        raise refuse("op-file", file, table.line, 1, f"unknown table '{table.name}'", f"use one of {known}")
    if not table.many and singles[table.name] is not table:
        raise refuse("op-file", file, table.line, 1, f"[{table.name}] stands twice", "keep one of them")


def _only(table: Table, allowed: frozenset[str], file: str) -> None:
    for key, entry in table.entries.items():
        if key not in allowed:
            raise refuse(
                "op-file", file, entry.line, 1, f"unknown entry '{key}'", f"known: {', '.join(sorted(allowed))}"
            )


def _text(table: Table, key: str, file: str, default: str | None = None) -> str:
    entry = table.entries.get(key)
    if entry is None:
        if default is None:
            raise refuse("op-file", file, table.line, 1, f"'{key}' is missing", f'add {key} = "..."')
        return default
    if not isinstance(entry.value, str):
        raise refuse_entry(file, entry, NotationError(f"'{key}' must be a text"))
    return entry.value


def _operands(root: Table, key: str, file: str) -> dict[str, OperandSpec]:
    entry = root.entries.get(key)
    if entry is None:
        return {}
    try:
        return {spec.name: spec for spec in parse_operands(_text(root, key, file))}
    except NotationError as error:
        raise refuse_entry(file, entry, error) from None


def _each(table: Table | None, file: str, parse: Callable[[str, str], T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for key, entry in table.entries.items() if table is not None else ():
        try:
            if not isinstance(entry.value, str):
                raise NotationError(f"'{key}' must be a text")
            found[key] = parse(key, entry.value)
        except NotationError as error:
            raise refuse_entry(file, entry, error) from None
    return found


def _weight(name: str, text: str) -> WeightSpec:
    """`LETTERS [buffer] [? param]`."""
    letters, mark, condition = text.partition("?")
    words = letters.split()
    buffer = "buffer" in words
    plain = " ".join(word for word in words if word != "buffer")
    parse_axes(plain)
    if mark and not condition.strip():
        raise NotationError("'?' needs the parameter that decides", len(letters))
    return WeightSpec(name, plain, buffer, condition.strip() or None)


def _form(op: Op, table: Table, index: int, file: str, origin: str = "") -> Form:
    _only(table, _FORM, file)
    spelled = [key for key in SPELLINGS if key in table.entries]
    if len(spelled) != 1:
        why = f"a form needs exactly one of {', '.join(SPELLINGS)}"
        raise refuse("op-file", file, table.line, 1, why, "correct the op file")
    spelling = spelled[0]
    entry = table.entries[spelling]
    pattern = "" if spelling == "body" else _text(table, spelling, file)
    kind = _text(table, "kind", file, "function")
    if kind not in ("layer", "function"):
        raise refuse_entry(file, table.entries["kind"], NotationError("kind must be layer or function"))
    try:
        name = "" if spelling == "body" else pattern_name(spelling, pattern)
    except NotationError as error:
        raise refuse_entry(file, entry, error) from None
    entries = table.entries
    return Form(op, table.name, index, cast("Kind", kind), spelling, pattern, name, entries, table.line, origin, file)


def _example(table: Table, file: str) -> Example:
    _only(table, _EXAMPLE, file)
    texts = {key: _text(table, key, file) for key in FRAMEWORKS if key in table.entries}
    given: Entry | None = table.entries.get("inputs")
    inputs = given.value if given is not None else {}
    if given is not None and (not isinstance(inputs, dict) or not all(isinstance(v, str) for v in inputs.values())):
        raise refuse_entry(file, given, NotationError('expected { x = "2x3x8x8" }'))
    return Example(texts, dict(cast("Mapping[str, str]", inputs)), table.line)


def param_list(op: Op) -> Sequence[ParamSpec]:
    """Parameters of an op in the order of its file."""
    return tuple(op.params.values())


__all__ = ["FRAMEWORKS", "LAYOUTS", "Extension", "Refusal", "check_op", "param_list", "parse_op", "parse_op_file"]
