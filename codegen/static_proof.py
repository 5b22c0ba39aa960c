"""The static proof: the written text is read back by the target's reader and compared with what was lowered.

Both sides are walked in order of evaluation. Permutes that cost nothing, identities and dropout that is not active are
looked through; reshapes count by the shape they give. A difference is named with both lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from codegen.convert import Converted
from codegen.lower import Step
from codegen.orders import identity
from codegen.writing.slots import target_params
from pivot.dims import Size
from pivot.dims import hint as dim_hint
from pivot.network import Node
from pivot.opset import OpSet
from pivot.params import BadValue, normal_value
from pivot.problems import Refusal
from pivot.reading.dialect import Dialect
from pivot.reading.elaborate import Elaborated, Request, elaborate
from pivot.reading.inputs import InputSpec
from pivot.reading.modules import ModuleObject
from pivot.reading.values import ParameterObject, TensorCell, TensorVersion

RESHAPES = {"reshape", "flatten", "unflatten", "squeeze", "unsqueeze"}  # shape rules whose ops only regroup sizes


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One op of a side in canonical form. Operands are canonical ids of values, numbers, or tuples of these."""

    op: str
    params: Mapping[str, object]
    operands: tuple[object, ...]
    results: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    node: Node | None
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Ref:
    """A tensor inside a parameter (an index), by its canonical id."""

    id: str


@dataclass(slots=True, eq=False)
class Match:
    """A lowered item and the item read back for it, in one mode."""

    mode: str
    lowered: Item
    read: Item


@dataclass(slots=True, repr=False)
class Proof:
    """The outcome: `why` is None where both networks are the same."""

    why: str | None = None
    place: tuple[str, int] | None = None
    matches: list[Match] = field(default_factory=list)
    target: Elaborated | None = None
    modules: dict[int, ModuleObject] = field(default_factory=dict)  # id(source module's step owner) -> target module
    takers: dict[int, int] = field(default_factory=dict)  # id(target's layer or parameter) -> id(the source's)
    parameters: dict[int, tuple[ParameterObject, ParameterObject]] = field(
        default_factory=dict
    )  # the modules' own ones

    @property
    def equal(self) -> bool:
        """Is the written network the lowered one?"""
        return self.why is None


def prove(converted: Converted, dialect: Dialect, opset: OpSet, path: Path) -> Proof:
    """Read the written text back and compare both modes."""
    specs = []
    for spec, entry in zip(converted.done.specs, converted.done.network.inputs, strict=True):
        order = converted.layout.order_of(entry.value)
        specs.append(InputSpec(tuple(spec.shape[axis] for axis in order), spec.dtype, spec.name, spec.high))
    request = Request(path, converted.entry, tuple(specs), {}, {str(path.resolve()): converted.text})
    try:
        target = elaborate(request, dialect, opset)
    except Refusal as no:
        return Proof(f"the written text could not be read back: {no.problem.why}", (no.problem.file, no.problem.line))
    proof = Proof(target=target)
    for mode in ("eval", "train"):
        compare_mode(converted, target, mode, proof)
        if proof.why is not None:
            break
    return proof


def compare_mode(converted: Converted, target: Elaborated, mode: str, proof: Proof) -> None:
    """Walk both sides of one mode side by side."""
    left = LoweredSide(converted, mode)
    right = ReadSide(target, mode)
    a, b = list(left.items()), list(right.items())
    same: dict[str, str] = dict(zip(left.inputs, right.inputs, strict=False))
    open_ = dict(enumerate(b))
    for one in a:
        at = next((i for i, two in open_.items() if meets(one, two, same, proof)), None)
        if at is None:
            two = next(iter(open_.values()), None)
            why = difference(one, two, same) if two is not None else None
            proof.why = why or (
                f"the source goes on with {one.op}" if two is None else "a layer is applied to other values"
            )
            proof.place = place_of(one.node)
            return
        two = open_.pop(at)
        bind(one, two, same, proof)
        proof.matches.append(Match(mode, one, two))
    if open_:
        extra = next(iter(open_.values()))
        proof.why, proof.place = f"the target goes on with {extra.op}", place_of(extra.node)
        return
    wanted = [same.get(o) for o in left.outputs]
    if wanted != right.outputs:
        proof.why = "the outputs are other values"


def meets(one: Item, two: Item, same: Mapping[str, str], proof: Proof) -> bool:
    """Is an item read back the lowered one? Items that do not need each other may stand in another order."""
    if one.op != two.op:
        return False
    fresh = list(new_parameters(one, two, same))
    if difference(one, two, {**same, **{a: b for a, b, _, _ in fresh}}) is not None:
        return False
    if any(
        proof.parameters.get(id(source), (source, target))[1] is not target or is_taken(target, source, proof)
        for _, _, source, target in fresh
    ):
        return False
    owner, module = layers_of(one, two)
    return owner is None or (proof.modules.get(id(owner), module) is module and not is_taken(module, owner, proof))


def is_taken(target: object, source: object, proof: Proof) -> bool:
    """Does a layer or parameter of the target stand for another one of the source? They stand one to one."""
    return proof.takers.get(id(target), id(source)) != id(source)


def bind(one: Item, two: Item, same: dict[str, str], proof: Proof) -> None:
    """Remember which values, parameters and layers of both sides are the same."""
    for a, b, source, target in new_parameters(one, two, same):
        same[a] = b
        proof.parameters[id(source)] = (source, target)
        proof.takers[id(target)] = id(source)
    same.update(zip(one.results, two.results, strict=False))
    owner, module = layers_of(one, two)
    if owner is not None and module is not None:
        proof.modules[id(owner)] = module
        proof.takers[id(module)] = id(owner)


def layers_of(one: Item, two: Item) -> tuple[ModuleObject | None, ModuleObject | None]:
    """The layers with weights that gave two items."""
    if two.node is None or two.node.module is None or one.step is None or one.step.node is None or not one.step.weights:
        return None, None
    return one.step.node.module, two.node.module


def new_parameters(
    one: Item, two: Item, same: Mapping[str, str]
) -> Iterator[tuple[str, str, ParameterObject, ParameterObject]]:
    """Parameters of a module's own are bound to each other where they are first read; shapes must agree."""
    mine = {p.id: p for p in parameters_of(one)}
    theirs = {p.id: p for p in parameters_of(two)}
    for a, b in zip(one.operands, two.operands, strict=False):
        if isinstance(a, str) and isinstance(b, str) and a in mine and b in theirs and a not in same:
            source, target = mine[a].parameter, theirs[b].parameter
            if source is not None and target is not None and source.type.shape == target.type.shape:
                yield a, b, source, target


def parameters_of(item: Item) -> Iterator[TensorVersion]:
    """Operands that are parameters."""
    operands = (
        item.step.operands.values()
        if item.step is not None
        else item.node.operands.values()
        if item.node is not None
        else ()
    )
    for operand in operands:
        if isinstance(operand, TensorVersion) and operand.parameter is not None:
            yield operand


def place_of(node: Node | None) -> tuple[str, int] | None:
    """File and line of a node."""
    return (node.file, getattr(node.site, "lineno", 0)) if node is not None else None


def difference(one: Item, two: Item, same: Mapping[str, str]) -> str | None:
    """Why two items are not the same, or None."""
    if one.op != two.op:
        return f"{one.op} was to be written and {two.op} is read"
    if one.shapes != two.shapes:
        return f"{one.op} gives {one.shapes} and {two.shapes} is read"
    if one.op != "reshape":
        for name in dict.fromkeys((*one.params, *two.params)):
            if says_only_shape(one, name):
                continue  # the shape of the result says it
            mine = refer(one.params.get(name), lambda part: same.get(part.id) if isinstance(part, Ref) else None)
            if not alike(mine, two.params.get(name)):
                return f"{one.op}: {name} is {one.params.get(name)} and {two.params.get(name)} is read"
    if tuple(translate(o, same) for o in one.operands) != two.operands:
        return f"{one.op} takes other values"
    return None


def says_only_shape(item: Item, name: str) -> bool:
    """Does a parameter say nothing but the shapes of the results, which are compared?"""
    spec = item.step.op.params.get(name) if item.step is not None else None
    return spec is not None and (spec.type.kind == "dims" or (item.op == "split" and name == "sections"))


def translate(operand: object, same: Mapping[str, str]) -> object:
    """An operand of the lowered side in the names of the read side."""
    if isinstance(operand, tuple):
        return tuple(translate(o, same) for o in operand)
    return same.get(operand, f"?{operand}") if isinstance(operand, str) else operand


def refer(value: object, canonical: Callable[[object], str | None]) -> object:
    """A parameter with the tensors in it replaced by references; `canonical` gives their ids, None leaves a part."""
    if isinstance(value, (tuple, list)):
        return type(value)(refer(v, canonical) for v in value)
    id_ = canonical(value)
    return Ref(id_) if id_ is not None else value


def alike(a: object, b: object) -> bool:
    """Equal parameters; floats to their last digits, sizes by their numbers."""
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(alike(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, slice) and isinstance(b, slice):
        return all(alike(x, y) for x, y in ((a.start, b.start), (a.stop, b.stop), (a.step, b.step)))
    a, b = plain(a), plain(b)
    if isinstance(a, float) or isinstance(b, float):
        return (
            isinstance(a, (int, float))
            and isinstance(b, (int, float))
            and (a == b or abs(a - b) <= 1e-15 * max(abs(a), abs(b)))
        )
    return a == b


def plain(value: object) -> object:
    """A size as its number."""
    return dim_hint(value) if isinstance(value, Size) else value


class LoweredSide:
    """The lowered steps of one mode, in storage order."""

    def __init__(self, converted: Converted, mode: str) -> None:
        self.layout, self.lowering = converted.layout, converted.lowering
        self.run = converted.done.network.runs[mode]
        self.alias: dict[str, str] = {}
        self.inputs = [i.value.id for i in self.run.inputs]
        self.counter = 0

    @property
    def outputs(self) -> list[str]:
        """Canonical ids of the outputs."""
        return [self.name(v.id) for v in self.run.outputs]

    def name(self, id_: str) -> str:
        """The canonical id of a value."""
        while id_ in self.alias:
            id_ = self.alias[id_]
        return id_

    def items(self) -> Iterator[Item]:
        """All items in order."""
        for node in self.run.nodes:
            low = self.lowering.lowered.get(id(node))
            if low is None or low.chosen is None:
                yield Item("unmapped", {}, (), tuple(r.id for r in node.results), (), node)
                continue
            for step in low.chosen.steps:
                yield from self.step(step, node)

    def step(self, step: Step, node: Node) -> Iterator[Item]:
        """Transposes, then the step itself, unless it costs nothing."""
        placed = self.layout.placed[id(step)]
        if placed.alias or step.op.name == "identity" or inactive(node):
            first = next((v for v in step.operands.values() if isinstance(v, TensorVersion)), None)
            if first is not None and not placed.transposes:
                self.alias[step.results[0].id] = first.id
                return
        operands: list[object] = []
        for name in step.op.inputs:
            value = step.operands.get(name)
            if value is None:
                operands.append(None)
                continue
            perms = placed.transposes.get(name)
            values = value if isinstance(value, tuple) else (value,)
            each = perms if isinstance(value, tuple) else (perms,)
            made: list[object] = []
            for index, part in enumerate(values):
                perm = each[index] if each is not None else None
                if not isinstance(part, TensorVersion):
                    made.append(part)
                    continue
                source = self.name(part.id)
                if isinstance(perm, tuple):
                    self.counter += 1
                    result = f"t{self.counter}"
                    order = self.layout.order_of(part)
                    places = [p for p in perm if isinstance(p, int)]
                    sizes = tuple(dim_hint(part.type.shape[order[p]]) for p in places)
                    yield Item("permute", {"order": perm}, (source,), (result,), (sizes,), node)
                    source = result
                made.append(source)
            operands.append(tuple(made) if isinstance(value, tuple) else made[0])
        op = "reshape" if step.op.shape in RESHAPES else step.op.name
        raw = canonical_params(step, target_params(self.layout, step), placed.orders_in)
        params = {name: refer(value, self.cell) for name, value in raw.items()}
        shapes = tuple(self.stored(r) for r in step.results)
        yield Item(op, params, tuple(operands), tuple(r.id for r in step.results), shapes, node, step)

    def cell(self, part: object) -> str | None:
        """The canonical id of a tensor in a parameter."""
        return self.name(part.version.id) if isinstance(part, TensorCell) else None

    def stored(self, value: TensorVersion) -> tuple[int, ...]:
        """The stored shape of a value."""
        order = self.layout.order_of(value)
        return tuple(dim_hint(value.type.shape[axis]) for axis in order)


def canonical_params(
    step: Step, params: Mapping[str, object], orders: Mapping[str, tuple[int, ...]]
) -> dict[str, object]:
    """Parameters in normal form: axes non-negative, an index in storage order."""
    from codegen.indexing import full_index

    rank = next((len(v.type.shape) for v in step.operands.values() if isinstance(v, TensorVersion)), None)
    if rank is None:
        many = next((v for v in step.operands.values() if isinstance(v, tuple) and v), ())
        rank = next((len(v.type.shape) for v in many if isinstance(v, TensorVersion)), None)
    found: dict[str, object] = {}
    for name, value in params.items():
        if step.op.params[name].type.kind == "index":
            order = next(iter(orders.values()), identity(rank or 0))
            items = full_index(value, rank or 0)
            found[name] = [items[axis] for axis in order] if items is not None else value
            continue
        try:
            found[name] = normal_value(step.op.params[name].type, value, rank)
        except BadValue:
            found[name] = value
        axes = found[name]
        if step.op.params[name].type.kind == "axes" and isinstance(axes, tuple):
            found[name] = tuple(sorted(axes))
    return found


def inactive(node: Node) -> bool:
    """Is a node a functional dropout that is switched off?"""
    flags = node.bound.flags if node.bound is not None else {}
    return node.op is not None and node.op.name == "dropout" and node.module is None and flags.get("training") is False


class ReadSide:
    """The nodes that the target's reader found in one mode."""

    def __init__(self, target: Elaborated, mode: str) -> None:
        self.run = target.network.runs[mode]
        self.alias: dict[str, str] = {}
        self.inputs = [i.value.id for i in self.run.inputs]

    @property
    def outputs(self) -> list[str | None]:
        """Canonical ids of the outputs."""
        return [self.name(v.id) for v in self.run.outputs]

    def name(self, id_: str) -> str:
        """The canonical id of a value."""
        while id_ in self.alias:
            id_ = self.alias[id_]
        return id_

    def items(self) -> Iterator[Item]:
        """All items in order."""
        for node in self.run.nodes:
            if node.op is None:
                yield Item("unmapped", {}, (), tuple(r.id for r in node.results), (), node)
                continue
            first = next(iter(node.tensors()), None)
            if node.op.name == "identity" and first is not None:
                self.alias[node.results[0].id] = first.id
                continue
            if first is not None and first.expanded is not None and node.op.shape in RESHAPES:
                if node.results[0].type.shape == first.expanded.type.shape:
                    self.alias[node.results[0].id] = first.expanded.id
                    continue
            operands = tuple(self.operand(node.operands.get(name)) for name in node.op.inputs)
            op = "reshape" if node.op.shape in RESHAPES else node.op.name
            shapes = tuple(tuple(dim_hint(d) for d in r.type.shape) for r in node.results)
            params: dict[str, object] = dict(node.params)
            if op == "permute":
                params = {"order": next((v for v in params.values() if isinstance(v, tuple)), ())}
            for name, value in list(params.items()):
                spec = node.op.params.get(name)
                if spec is not None and spec.type.kind == "index" and first is not None:
                    from codegen.indexing import full_index

                    params[name] = full_index(value, len(first.type.shape)) or value
                elif spec is not None and spec.type.kind == "axes" and isinstance(value, tuple):
                    params[name] = tuple(sorted(value))
            params = {name: refer(value, self.cell) for name, value in params.items()}
            yield Item(op, params, operands, tuple(r.id for r in node.results), shapes, node)

    def cell(self, part: object) -> str | None:
        """The canonical id of a tensor in a parameter."""
        return self.name(part.version.id) if isinstance(part, TensorCell) else None

    def operand(self, value: object) -> object:
        """An operand by canonical ids."""
        if isinstance(value, TensorVersion):
            return self.name(value.id)
        if isinstance(value, tuple):
            return tuple(self.operand(v) for v in value)
        return value
