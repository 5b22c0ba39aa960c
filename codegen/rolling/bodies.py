"""What one call of a helper computes, in the target's words and in names of its own.

Values are numbered: the inputs first, then the results in order. `_0` stands for a value, `_a0` for an attribute.
"""

from __future__ import annotations

import ast
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from codegen.layout import Layout
from codegen.lower import Lowered, Lowering, Step
from codegen.rolling.groups import Group, Leaf
from codegen.rolling.in_place import WORD, takes_flag
from codegen.rolling.results import (
    gives_whole,
    is_single,
    returned_ids,
    taken_apart,
    taken_apart_as,
)
from codegen.target import Target
from codegen.writing import nodes
from codegen.writing.layer_plans import PlanText
from codegen.writing.own_starts import started
from codegen.writing.plan_steps import gives_several_first
from codegen.writing.plans import RAISES, Material, Unwritable, unsayable
from codegen.writing.sharing import fill_sizes, settle, size_text, sized
from codegen.writing.slots import slot_param
from codegen.writing.starting import Starts
from pivot.codecs.dtypes import FollowingDtype
from pivot.dims import Dim, Size
from pivot.forms import OperandRef
from pivot.network import Node
from pivot.problems import Refusal, refuse
from pivot.reading.modules import ModuleObject
from pivot.reading.values import ListObject, ParameterObject, TensorCell, TensorVersion, Value
from pivot.starts import Start

HELD = re.compile(r"_a\d+$")


@dataclass(slots=True)
class Given:
    """What the call of a module is given whose class stays a class, as the source writes it, and what it gives."""

    args: list[Value]
    kwargs: dict[str, Value]
    result: Value | None


@dataclass(slots=True, eq=False)
class Attribute:
    """A module that a class holds: how it is made, and the call or layer of the source that it stands for."""

    constructor: ast.expr
    module: ModuleObject | None
    step: Step | None = None
    group: Group | None = None
    members: list[Attribute] = field(default_factory=list)  # of several modules in a row
    repeats: bool = False  # they come from a loop of the source
    parameter: ParameterObject | None = None  # it is a weight of the module's own


@dataclass(slots=True, eq=False)
class Entry:
    """One statement of `forward`: an expression over values and attributes, and the numbers of its results."""

    part: Leaf | Group
    text: ast.expr
    attributes: tuple[int, ...]
    results: tuple[int, ...]
    pattern: ast.expr | None = None  # how several results are taken apart


@dataclass(slots=True, eq=False)
class Choice:
    """Entries under a condition. `holds`: at which calls it is true; `copies`: values that are another one before."""

    holds: tuple[bool, ...]
    then: list[Entry]
    orelse: list[Entry]
    copies: dict[int, int] = field(default_factory=dict)
    test: ast.expr | None = None


@dataclass(slots=True, eq=False)
class Body:
    """All statements of one call, the attributes they need and the numbers of what comes in and goes out."""

    group: Group
    attributes: list[Attribute] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    inputs: int = 0
    outputs: tuple[int, ...] = ()
    values: dict[str, int] = field(default_factory=dict)
    tensors: dict[str, TensorVersion] = field(default_factory=dict)  # those of the values that are tensors
    held: dict[object, int] = field(default_factory=dict)  # what has an attribute already


def value_name(number: int) -> ast.Name:
    """The placeholder of a value."""
    return ast.Name(f"_{number}", ast.Load())


def attribute_name(number: int) -> ast.Name:
    """The placeholder of an attribute."""
    return ast.Name(f"_a{number}", ast.Load())


class RolledText(PlanText):
    """Plans over numbered values; layers are handed to `keep`, which gives what stands for them."""

    def __init__(
        self,
        layout: Layout,
        starts: Starts | None,
        local: Callable[[TensorVersion], ast.expr],
        keep: Callable[[Step, ast.expr], ast.expr],
        before: Mapping[str, TensorVersion] | None = None,
    ) -> None:
        """`before`: what was made before, by id; sizes are asked of it that no operand has."""
        super().__init__(layout, starts)
        self.local, self.keep, self.before = local, keep, before or {}

    def source_operand(self, step: Step, name: str, value: object, material: Material) -> ast.expr:
        if isinstance(value, TensorVersion):
            return self.local(value)
        if isinstance(value, Size):
            return sized(value)
        if isinstance(value, tuple):
            return ast.List([self.source_operand(step, name, v, material) for v in value], ast.Load())
        return super().source_operand(step, name, value, material)

    def sizes_at_hand(self, low: Lowered, material: Material, made: dict[str, ast.expr]) -> Callable[[Dim], ast.expr]:
        say = super().sizes_at_hand(low, material, made)

        def say_or_ask(dim: Dim) -> ast.expr:
            try:
                return say(dim)
            except Unwritable:
                text = size_text(self.layout.settled(dim), self.sizes_before())
                if text is None:
                    raise
                return text

        return say_or_ask

    def sizes_before(self) -> list[tuple[Dim, ast.expr]]:
        """All sizes of what was made before, the latest first."""
        found: list[tuple[Dim, ast.expr]] = []
        for value in reversed(list(self.before.values())):
            order = self.layout.order_of(value)
            if len(order) == len(value.type.shape):
                text = self.local(value)
                found += [(value.type.shape[axis], self.target.size(text, n)) for n, axis in enumerate(order)]
        return found

    def step_text(self, steps: list[Step], material: Material, operand: Callable[[OperandRef], ast.expr]) -> ast.expr:
        if steps[0].form.kind != "layer":
            return super().step_text(steps, material, operand)
        constructor = settle(fill_sizes(self.layer_step(steps, material), unsayable), set())
        args, kwargs = self.arguments(steps, "apply", material, operand)
        return ast.Call(self.keep(steps[0], constructor), args, kwargs)


class Bodies:
    """Writes the bodies of groups."""

    def __init__(
        self,
        lowering: Lowering,
        layout: Layout,
        starts: Starts | None,
        given: Callable[[Group], Given | None] = lambda group: None,
        overwriting: frozenset[str] = frozenset(),
    ) -> None:
        """`given`: about the call of a module whose class stays a class; None: tensors only, in their order.

        `overwriting`: names of activations that may work in place.
        """
        self.lowering, self.layout, self.starts, self.given = lowering, layout, starts, given
        self.overwriting = overwriting

    def body(self, group: Group, made_by: Callable[[Group], ast.expr]) -> Body:
        """The body of a group. `made_by`: how the module of an inner group is made.

        Raises Unwritable.
        """
        body = Body(group)
        for value in group.inputs:
            body.values[value.id] = len(body.values)
            body.tensors[value.id] = value
        body.inputs = len(body.values)
        for part in group.parts:
            if isinstance(part, Leaf):
                self.leaf(body, part)
            else:
                self.call(body, part, made_by(part))
        for value in group.outputs:
            if value.id not in body.values and body.group.parts:
                text = self.local(body, value)  # an entry of a state
                body.values[value.id] = len(body.values)
                body.entries.append(Entry(group.parts[-1], text, (), (body.values[value.id],)))
        body.outputs = tuple(body.values[v.id] for v in group.outputs)
        return body

    def local(self, body: Body, value: TensorVersion) -> ast.expr:
        """The placeholder of a value that was made before, or of a weight."""
        if value.parameter is not None:
            return self.weight(body, value, value.parameter)
        whole = value.whole
        if value.id not in body.values and whole is not None and whole.id in body.values:
            text = ast.Subscript(value_name(body.values[whole.id]), nodes.literal(value.place), ast.Load())
            text.__dict__["only"] = whole.type.shape[0] == 1
            return text
        if value.id not in body.values:
            raise Unwritable("a tensor is used that belongs to no input and no call before")
        return value_name(body.values[value.id])

    def weight(self, body: Body, value: TensorVersion, parameter: ParameterObject) -> ast.expr:
        """The placeholder of a weight of the module's own, in the order in which it is stored."""
        if id(parameter) not in body.held:
            body.held[id(parameter)] = len(body.attributes)
            shape = tuple(value.type.shape[axis] for axis in self.layout.order_of(value))
            made = Attribute(own_weight(self.layout.target, shape, parameter), None, parameter=parameter)
            body.attributes.append(made)
        return attribute_name(body.held[id(parameter)])

    def leaf(self, body: Body, part: Leaf) -> None:
        """A node."""
        low = self.lowering.lowered.get(id(part.node))
        if low is None or low.chosen is None:
            numbers = self.number(body, part.node)
            body.entries.append(Entry(part, self.raising(body, part.node), (), numbers))
            return
        if not low.chosen.steps:  # the node before says it
            (before,), (after,) = part.node.tensors(), part.node.results
            body.values[after.id], body.tensors[after.id] = body.values[before.id], after
            return

        def keep(step: Step, constructor: ast.expr) -> ast.expr:
            module = part.node.module
            key: object = (id(module), place_in(low, step)) if module is not None else object()
            if isinstance(constructor, ast.Call) and not (constructor.args or constructor.keywords or step.weights):
                if step.op.name in self.overwriting and takes_flag(step):
                    constructor = ast.Call(constructor.func, [], [ast.keyword(WORD, ast.Constant(True))])
                key, module = ast.dump(constructor), None  # one activation serves all
            if key not in body.held:
                body.held[key] = len(body.attributes)
                body.attributes.append(Attribute(constructor, module, step))
            return attribute_name(body.held[key])

        text = RolledText(self.layout, self.starts, lambda v: self.local(body, v), keep, body.tensors)
        node = part.node
        try:
            given = self.types_of_numbers(body, node)
            written = bool(given) and node.op is not None and node.op.shape == "constant"
            whole = gives_whole(low, node)
            rounded = written and self.layout.target.framework == "torch" and in_single_precision(node.params)
            material = Material({} if rounded else given, node.form, lambda key: [])
            first = gives_several_first(low)
            if first is not None:
                inner = settle(text.function_step([low], [first], material, {}), set())
                names = [len(body.values) + place for place in range(len(first.results))]
                body.values.update({r.id: n for r, n in zip(first.results, names, strict=True)})
                taken = taken_apart_as(first.form.result, first.op, first.results, body.values)
                body.entries.append(Entry(part, inner, attributes_in(inner), tuple(names), taken))
                known = {r.id: value_name(n) for r, n in zip(first.results, names, strict=True)}
                expression = text.function([low], material, known=known)
            elif whole is not None:
                expression = settle(text.function_step([low], [whole], material, {}), set())
            else:
                expression = text.function([low], material)
            if rounded:  # Keras keeps written numbers in float32, whatever it computes in
                made = ast.Attribute(expression, "to", ast.Load())
                expression = ast.Call(made, list(given.values())[:1], [])
        except Unwritable as no:
            raise refused(node, str(no)) from None
        expression = self.apart(body, part, expression)
        pattern: ast.expr | None = None
        if whole is not None:
            for value in node.results:
                body.values.setdefault(value.id, len(body.values))
            numbers = tuple(body.values[value.id] for value in node.results)
            pattern = taken_apart(whole.form.result, node, body.values)
        else:
            numbers = self.number(body, node)
        if whole is None and node.form is not None and node.op is not None and not is_single(node.form.result, node.op):
            pattern = taken_apart(node.form.result, node, body.values)
        body.entries.append(Entry(part, expression, attributes_in(expression), numbers, pattern))
        body.tensors.update({value.id: value for value in node.results if value.id in body.values})

    def raising(self, body: Body, node: Node) -> ast.expr:
        """A call that nobody maps: it raises where it would run, with its place."""
        call = node.text or (ast.unparse(node.site) if isinstance(node.site, ast.expr) else node.id)
        said = node.why if node.stopped else f"{call} is not mapped"
        text = f"{Path(node.file).name}:{getattr(node.site, 'lineno', 1)}: {said}"
        return nodes.call(RAISES, [ast.Constant(text), *(self.local(body, value) for value in node.tensors())])

    def types_of_numbers(self, body: Body, node: Node) -> dict[str, ast.expr]:
        """Numbers that are written down have the type that comes in: `torch.tensor([0.485], dtype=x.dtype)`.

        So has what is made from sizes, where the source takes the type from a tensor: `torch.arange(5, dtype=x.dtype)`.
        """
        first = next((v for v in body.group.inputs if v.type.dtype.startswith("float")), None)
        if first is None or node.op is None or node.form is None or node.op.inputs:
            return {}
        written = node.op.shape == "constant"
        if written and node.results[0].type.shape == () and self.layout.target.framework == "torch":
            return {}  # one number takes the type of the tensor that it meets
        kinds = {name for name, spec in node.op.params.items() if spec.type.kind == "dtype"}
        slots = [
            s.key
            for s in node.form.args
            if (p := slot_param(s)) in kinds
            and node.params.get(str(p)) in (None, first.type.dtype)
            and (written or isinstance(node.params.get(str(p)), FollowingDtype))
        ]
        return {key: ast.Attribute(self.local(body, first), "dtype", ast.Load()) for key in slots}

    def apart(self, body: Body, part: Leaf, text: ast.expr) -> ast.expr:
        """A layer that is called on what another layer gives: the inner call is an entry of its own."""
        if not isinstance(text, ast.Call) or not is_layer_call(text) or len(text.args) != 1 or text.keywords:
            return text
        inner = text.args[0]
        if not is_layer_call(inner):
            return text
        inner = self.apart(body, part, inner)
        number = len(body.values)
        body.values[f"{part.node.id}:{number}"] = number
        body.entries.append(Entry(part, inner, attributes_in(inner), (number,)))
        return ast.Call(text.func, [value_name(number)], [])

    def number(self, body: Body, node: Node) -> tuple[int, ...]:
        """Numbers for what the call of a node returns."""
        ids = returned_ids(node)
        for id_ in ids:
            body.values.setdefault(id_, len(body.values))
        return tuple(body.values[id_] for id_ in ids)

    def call(self, body: Body, group: Group, constructor: ast.expr) -> None:
        """A call of the class of an inner group."""
        layers = tuple(id(n.module) for n in group.nodes if n.module is not None and n.module.weights)
        key: object = (ast.dump(constructor), layers) if layers else object()
        if group.module is not None:
            key = id(group.module)
        if key not in body.held:
            body.held[key] = len(body.attributes)
            body.attributes.append(Attribute(constructor, group.module, None, group))
        given = self.given(group)
        operands = [self.local(body, value) for value in group.inputs] if given is None else []
        words: list[ast.keyword] = []
        if given is not None:
            operands = [self.handed(body, group, value) for value in given.args]
            words = [ast.keyword(name, self.handed(body, group, value)) for name, value in given.kwargs.items()]
        text = ast.Call(attribute_name(body.held[key]), operands, words)
        for value in group.outputs:
            body.values.setdefault(value.id, len(body.values))
        numbers = tuple(body.values[v.id] for v in group.outputs)
        pattern: ast.expr | None = None
        if given is not None and given.result is not None and not isinstance(given.result.hint, TensorCell):
            pattern = shaped(given.result, {v.id: body.values[v.id] for v in group.outputs})
        elif len(numbers) > 1:
            pattern = ast.Tuple([value_name(n) for n in numbers], ast.Store())
        body.entries.append(Entry(group, text, (body.held[key],), numbers, pattern))
        body.tensors.update({value.id: value for value in group.outputs})

    def handed(self, body: Body, group: Group, value: Value) -> ast.expr:
        """An argument of the call of a module: tensors, lists of them, numbers; None for a tensor it does not read."""
        hint = value.hint
        if isinstance(hint, TensorCell):
            version = hint.version
            unread = version.parameter is None and all(read.id != version.id for read in group.inputs)
            return nodes.literal(None) if unread and version.id not in body.values else self.local(body, version)
        items = hint.items if isinstance(hint, ListObject) else hint
        if isinstance(items, (list, tuple)):
            texts = [self.handed(body, group, item) for item in items]
            return ast.List(texts, ast.Load()) if isinstance(hint, ListObject) else ast.Tuple(texts, ast.Load())
        if hint is None or isinstance(hint, (bool, int, float, str)):
            return nodes.literal(hint)
        raise Unwritable("a module is called with an argument that is no tensor, number or list of these")


def shaped(result: Value, wanted: dict[str, int]) -> ast.expr:
    """How what the call of a module gives is taken apart: `y, (h, _)`; `wanted` loses the tensors that have a name.

    Raises Unwritable where some of them are not found.
    """

    def part(value: Value) -> ast.expr:
        hint = value.hint
        if isinstance(hint, TensorCell) and hint.version.id in wanted:
            return ast.Name(f"_{wanted.pop(hint.version.id)}", ast.Store())
        items = hint.items if isinstance(hint, ListObject) else hint
        if isinstance(items, (list, tuple)) and wanted:
            return ast.Tuple([part(item) for item in items], ast.Store())
        return ast.Name("_", ast.Store())

    made = part(result)
    if wanted:
        raise Unwritable("the call of a module gives what cannot be taken apart")
    return made


def in_single_precision(value: object) -> bool:
    """Is a number among these that float32 rounds?"""
    if isinstance(value, Mapping):
        return any(in_single_precision(part) for part in value.values())
    if isinstance(value, (list, tuple)):
        return any(map(in_single_precision, value))
    if not isinstance(value, float) or not abs(value) < 3e38:
        return False
    return bool(struct.unpack("f", struct.pack("f", value))[0] != value)


def is_layer_call(text: ast.expr) -> bool:
    """Is an expression the call of an attribute?"""
    return isinstance(text, ast.Call) and isinstance(text.func, ast.Name) and text.func.id.startswith("_a")


def attributes_in(text: ast.expr) -> tuple[int, ...]:
    """The numbers of the attributes that an expression calls."""
    found = [n.id for n in ast.walk(text) if isinstance(n, ast.Name) and HELD.match(n.id)]
    return tuple(dict.fromkeys(int(name[2:]) for name in found))


def refused(node: Node, why: str) -> Refusal:
    """A node cannot be written."""
    line, column = getattr(node.site, "lineno", 1), getattr(node.site, "col_offset", 0) + 1
    return refuse("unwritable", node.file, line, column, why, "write it with operations the target has")


def own_weight(target: Target, shape: tuple[Dim, ...], parameter: ParameterObject) -> ast.expr:
    """How a weight of the module's own is made, with what it starts from; of zeros, where that is not known."""
    start = parameter.start or Start("constant", (0.0,))
    sizes = nodes.literal(shape)
    if target.framework == "keras":
        number = start.numbers[0] if start.kind == "constant" and start.numbers else 0.0
        word: ast.expr = ast.Constant("ones" if number == 1 else "zeros")
        return nodes.call("self.add_weight", [], {"shape": sizes, "initializer": word})
    made = started(list(map(nodes.literal, shape or [()])), start, len(shape))
    return nodes.call("torch.nn.Parameter", [made]) if parameter.trainable else made


def place_in(low: Lowered, step: Step) -> int:
    """The place of a step in its plan."""
    assert low.chosen is not None
    return low.chosen.steps.index(step)
