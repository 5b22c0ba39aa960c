"""Ops and their forms as values: what an op file says, once it is read. Notations are parsed on first use and kept."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pivot import arithmetic
from pivot.codecs.registry import all_codecs, all_tensor_codecs
from pivot.decisions import Where
from pivot.notation import OperandSpec, WeightMap, parse_operands, parse_weight_map, split_letters
from pivot.opfile import Entry, refuse_entry
from pivot.params import ParamSpec
from pivot.patterns import pattern_operands
from pivot.predicates import Predicate, parse_when
from pivot.results import Result, ResultName, parse_result
from pivot.slot_text import parse_slots
from pivot.slots import Coded, Made, NotationError, Operand, Path, SizeOf, Slot
from pivot.slots import Literal as LiteralValue
from pivot.steps import Step, parse_step

Kind = Literal["layer", "function"]
Spelling = Literal["call", "method", "operator", "index", "attribute", "body", "code"]


@dataclass(frozen=True, slots=True)
class WeightSpec:
    """A weight: axis letters as written (`(g=ifgo H) I`), whether it is a buffer, the parameter that must be true for
    it.
    """

    name: str
    letters: str
    buffer: bool = False
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """Source text per framework ("torch", "keras", ...) and the inputs as `name -> "2x3x8x8"`."""

    texts: Mapping[str, str]
    inputs: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Op:
    """One op: semantics, spellings, weights, examples. `origin`: builtin | user | project."""

    name: str
    title: str
    family: str
    inputs: Mapping[str, OperandSpec]
    outputs: Mapping[str, OperandSpec]
    shape: str
    layout: str
    law: str
    params: Mapping[str, ParamSpec]
    weights: Mapping[str, WeightSpec]
    sizes: Mapping[str, str]
    forms: Mapping[str, tuple[Form, ...]]
    examples: tuple[Example, ...]
    origin: str
    path: str
    unbatched: bool = False  # does it also take tensors without the axis N?
    random: str = "no"  # does it draw numbers: "always", in "training", or not at all
    known: Mapping[str, Op] = field(default_factory=dict, repr=False)  # the other ops of its set: what bodies name

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def letters(self, operand: str) -> tuple[str, ...] | None:
        """Axis letters of an input, output or weight in the op's own order."""
        spec = self.inputs.get(operand) or self.outputs.get(operand)
        if spec is not None:
            return spec.letters
        weight = self.weights.get(operand)
        return None if weight is None else split_letters(weight.letters)


class Form:
    """One spelling of an op in one framework. Raises Refusal with file, line and column on first use of a wrong
    notation.
    """

    __slots__ = (
        "_apply", "_args", "_body", "_derive", "_entries", "_init", "_order", "_result", "_weights", "_when",
        "cache", "framework", "index", "kind", "line", "name", "op", "origin", "path", "pattern", "spelling", "unless",
        "where",
    )  # fmt: skip

    def __init__(
        self, op: Op, framework: str, index: int, kind: Kind, spelling: Spelling, pattern: str, name: str,
        entries: Mapping[str, Entry], line: int, origin: str = "", path: str = "",
    ) -> None:  # fmt: skip
        self.op = op
        self.origin = origin or op.origin  # of the file that says it, which may extend the op of another
        self.path = path or op.path
        self.where: Where | None = None  # it is read at this place only
        self.unless: frozenset[Where] = frozenset()  # and not at these, of which something else was decided
        self.framework = framework
        self.index = index
        self.kind: Kind = kind
        self.spelling: Spelling = spelling
        self.pattern = pattern
        self.name = name
        self.line = line
        self.cache: dict[str, object] = {}
        self._entries = entries
        self._args: tuple[Slot, ...] | None = None
        self._apply: tuple[Slot, ...] | None = None
        self._result: Result | None = None
        self._when: tuple[Predicate, ...] | None = None
        self._order: Mapping[str, tuple[str, ...]] | None = None
        self._weights: Mapping[str, WeightMap] | None = None
        self._derive: Mapping[str, str] | None = None
        self._body: tuple[Step, ...] | None = None
        self._init: Mapping[str, str] | None = None

    def __repr__(self) -> str:
        return f"<{self.op.name} {self.framework} {self.spelling} {self.pattern}>"

    def is_spelled_like(self, other: Form) -> bool:
        """Do two forms differ in nothing but the conditions under which they are written?"""
        said = [{k: e.value for k, e in form._entries.items() if k != "when"} for form in (self, other)]
        return (self.kind, self.spelling, self.pattern) == (other.kind, other.spelling, other.pattern) and said[
            0
        ] == said[1]

    @property
    def args(self) -> tuple[Slot, ...]:
        """Arguments of the constructor or function, in signature order; a method's receiver is the first."""
        if self._args is None:
            try:
                text = self.text("args")
                self._args = self._checked(parse_slots(text) if text is not None else self._pattern_slots())
            except NotationError as error:
                raise self._refuse("args", error) from None
        return self._args

    @property
    def apply(self) -> tuple[Slot, ...]:
        """Arguments of the call of a layer; `@first_input` where the file does not say."""
        if self._apply is None:
            try:
                text = self.text("apply")
                if text is None:
                    text = f"@{next(iter(self.op.inputs), 'x')}" if self.kind == "layer" else ""
                self._apply = self._checked(parse_slots(text))
            except NotationError as error:
                raise self._refuse("apply", error) from None
        return self._apply

    @property
    def result(self) -> Result:
        """What the call returns; the op's first output where the file does not say."""
        if self._result is None:
            text = self.text("result")
            try:
                first = next(iter(self.op.outputs.values()))
                self._result = parse_result(text) if text is not None else ResultName(first.name)
            except NotationError as error:
                raise self._refuse("result", error) from None
        return self._result

    @property
    def when(self) -> tuple[Predicate, ...]:
        """All of these must hold for the form to be written; reading does not ask them."""
        if self._when is None:
            text = self.text("when")
            try:
                self._when = parse_when(text) if text is not None else ()
            except NotationError as error:
                raise self._refuse("when", error) from None
        return self._when

    @property
    def inexact(self) -> str | None:
        """Why a form is read but never written: it does not compute the same numbers."""
        return self.text("inexact")

    @property
    def order(self) -> Mapping[str, tuple[str, ...]]:
        """Axis letters this form wants or gives, where they differ from the op's: operand -> letters."""
        if self._order is None:
            text = self.text("order")
            try:
                self._order = {item.name: item.letters for item in parse_operands(text)} if text is not None else {}
            except NotationError as error:
                raise self._refuse("order", error) from None
        return self._order

    @property
    def weights(self) -> Mapping[str, WeightMap]:
        """Where each weight of the op stands in a layer of this form, in the order of the layer's variables."""
        if self._weights is None:
            entry = self._entries.get("weights")
            found: dict[str, WeightMap] = {}
            try:
                for name, text in _mapping(entry).items():
                    found[name] = parse_weight_map(text)
            except NotationError as error:
                raise self._refuse("weights", NotationError(error.why)) from None
            self._weights = found
        return self._weights

    @property
    def weight_texts(self) -> Mapping[str, str]:
        """The weights as the file writes them: weight -> `path: LETTERS`."""
        return _mapping(self._entries.get("weights"))

    @property
    def init(self) -> Mapping[str, str]:
        """What weights start from where nothing else is said: weight -> words (see `pivot.starts.default_start`)."""
        if self._init is None:
            try:
                self._init = _mapping(self._entries.get("init"))
            except NotationError as error:
                raise self._refuse("init", error) from None
        return self._init

    @property
    def derive(self) -> Mapping[str, str]:
        """Parameters that follow from operands: parameter -> expression."""
        if self._derive is None:
            text = self.text("derive")
            try:
                self._derive = arithmetic.derive_all(text) if text is not None else {}
            except NotationError as error:
                raise self._refuse("derive", error) from None
        return self._derive

    @property
    def body(self) -> tuple[Step, ...]:
        """Steps of a decomposition; empty for every other spelling."""
        if self._body is None:
            entry = self._entries.get("body")
            lines = entry.value if entry is not None else ()
            try:
                texts = [lines] if isinstance(lines, str) else list(lines) if isinstance(lines, (list, tuple)) else []
                self._body = tuple(parse_step(str(text)) for text in texts)
            except NotationError as error:
                raise self._refuse("body", NotationError(error.why)) from None
        return self._body

    def text(self, key: str) -> str | None:
        """The text of an entry as the file has it, None where it has none."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if not isinstance(entry.value, str):
            raise self._refuse(key, NotationError(f"'{key}' must be a text"))
        return entry.value

    def parse_all(self) -> None:
        """Parses every notation of the form, so that errors show at once."""
        for _ in (self.args, self.apply, self.result, self.when, self.order, self.weights, self.derive, self.body):
            continue

    def _checked(self, slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
        """The slots, after making sure that the op has what they name."""
        for slot in slots:
            value = slot.value
            if isinstance(value, Made):
                self._checked(value.slots)
            path = value.path if isinstance(value, Coded) else value
            if isinstance(path, Path) and path.name not in self.op.params:
                raise NotationError(f"the op has no parameter '{path.name}'", slot.column)
            if isinstance(value, Coded) and value.codec not in all_codecs():
                raise NotationError(f"there is no codec '{value.codec}'", slot.column)
            if isinstance(value, Operand) and value.codec is not None and value.codec not in all_tensor_codecs():
                raise NotationError(f"there is no tensor codec '{value.codec}'", slot.column)
            for name in value.names if isinstance(value, Operand) else ():
                if name not in self.op.inputs and name not in self.op.weights:
                    raise NotationError(f"the op has no operand '{name}'", slot.column)
            if isinstance(value, SizeOf) and value.operand not in self.op.inputs:
                raise NotationError(f"the op has no input '{value.operand}'", slot.column)
        return slots

    def _refuse(self, key: str, error: NotationError) -> Exception:
        return refuse_entry(self.path, self._entries.get(key, Entry("", self.line, 1)), error)

    def _pattern_slots(self) -> tuple[Slot, ...]:
        """Slots of `a + b`, `x[index]`, `x.mT`, from the pattern; methods and calls take the first input only."""
        if self.spelling in ("operator", "index", "attribute"):
            return tuple(self._pattern_slot(node) for node in pattern_operands(self.pattern))
        if self.spelling == "method":
            return (Slot(None, Operand((next(iter(self.op.inputs), "x"),))),)
        if self.spelling == "code":
            return tuple(Slot(None, Operand((name,))) for name in self.op.inputs)
        return ()

    def _pattern_slot(self, node: ast.expr) -> Slot:
        if isinstance(node, ast.Name):
            name = node.id
            return Slot(None, Operand((name,)) if name in self.op.inputs or name in self.op.weights else Path(name))
        try:
            return Slot(None, LiteralValue(ast.literal_eval(node)))
        except ValueError:
            raise NotationError(f"'{ast.unparse(node)}' cannot stand in a pattern") from None


def _mapping(entry: Entry | None) -> dict[str, str]:
    if entry is None:
        return {}
    if not isinstance(entry.value, dict) or not all(isinstance(text, str) for text in entry.value.values()):
        raise NotationError('expected { weight = "path: LETTERS", ... }')
    return dict(entry.value)
