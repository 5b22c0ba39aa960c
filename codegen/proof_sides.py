"""Both sides of the static proof as items: the lowered steps in storage order, and the nodes that were read back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from codegen.convert import Converted
from codegen.indexing import listed_index, plain_index, taken_axis
from codegen.layout import Placed
from codegen.lower import IDEMPOTENT, Lowering, Step
from codegen.orders import first_tensor, identity, permutation, tensors
from codegen.proof_pads import as_axis_pad
from codegen.proof_states import RESHAPES, entry_of, gives_whole_states, joined, part_of_stack, taken_back
from codegen.writing.stored_params import target_params
from pivot.dims import Dim
from pivot.dims import hint as dim_hint
from pivot.network import Node
from pivot.op import Op
from pivot.params import BadValue, normal_value
from pivot.reading.elaborate import Elaborated
from pivot.reading.values import TensorCell, TensorVersion
from pivot.results import entry_id


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
    parameters: tuple[TensorVersion, ...] = ()  # that it takes under another name
    sizes: tuple[tuple[Dim, ...], ...] = ()  # of the results, with the symbols of what is not fixed


@dataclass(frozen=True, slots=True)
class Ref:
    """A tensor inside a parameter (an index), by its canonical id."""

    id: str


def refer(value: object, canonical: Callable[[object], str | None]) -> object:
    """A parameter with the tensors in it replaced by references; `canonical` gives their ids, None leaves a part."""
    if isinstance(value, (tuple, list)):
        return type(value)(refer(v, canonical) for v in value)
    id_ = canonical(value)
    return Ref(id_) if id_ is not None else value


class Side:
    """What both sides look through."""

    alias: dict[str, str]
    once: dict[str, str]  # results of idempotent ops -> the op

    def name(self, id_: str) -> str:
        """The canonical id of a value."""
        while id_ in self.alias:
            id_ = self.alias[id_]
        return id_

    def again(self, op: str, value: object, results: tuple[TensorVersion, ...]) -> bool:
        """Is an op done that gave its operand already? Its result is that, then."""
        if op not in IDEMPOTENT:
            return False
        given = self.name(value.id) if isinstance(value, TensorVersion) else None
        if given is not None and self.once.get(given) == op:
            self.alias[results[0].id] = given
            return True
        self.once[results[0].id] = op
        return False

    def distinct(self, items: Iterable[Item]) -> Iterator[Item]:
        """Items as they come, without those that permute a value as one before them did, which gives the same, and
        those that take out of a stack what was put in.
        """
        seen: dict[object, str] = {}
        stacks: dict[object, tuple[object, ...]] = {}
        for item in items:
            part = part_of_stack(item.op, item.params, item.operands, stacks)
            if part is not None:
                self.alias[item.results[0]] = part
                continue
            if item.op == "stack" and item.params.get("axis", 0) == 0 and isinstance(item.operands[0], tuple):
                stacks[item.results[0]] = item.operands[0]
            order = item.params.get("order") if item.op == "permute" else None
            first = seen.setdefault((item.operands, order), item.results[0]) if isinstance(order, tuple) else None
            if first is None or first == item.results[0]:
                yield item
            else:
                self.alias[item.results[0]] = first


class LoweredSide(Side):
    """The lowered steps of one mode, in storage order."""

    def __init__(self, converted: Converted, mode: str) -> None:
        self.layout, self.lowering = converted.layout, converted.lowering
        self.run = converted.done.network.runs[mode]
        self.alias: dict[str, str] = {}
        self.once: dict[str, str] = {}
        self.parameters: dict[str, TensorVersion] = {}  # values that are a parameter under another name
        self.inputs = [i.value.id for i in self.run.inputs]
        self.states: set[str] = set()  # states of all directions that are put together again
        self.counter = 0

    @property
    def outputs(self) -> list[str]:
        """Canonical ids of the outputs."""
        return [self.name(v.id) for v in self.run.outputs]

    def items(self) -> Iterator[Item]:
        """All items in order."""
        for node in self.run.nodes:
            whole = joined(node)
            if whole is not None:
                self.alias[node.results[0].id] = whole.id
                self.states.add(whole.id)
                continue
            if node.op is not None and node.op.shape == "recurrent" and gives_whole_states(node):
                self.states |= {r.id for r in node.results[1:]}
            taken_entry = entry_of(node, self.states, self.name)
            if taken_entry is not None:
                self.alias[node.results[0].id] = taken_entry
                continue
            low = self.lowering.lowered.get(id(node))
            if low is None or low.chosen is None:
                yield Item("unmapped", {}, (), tuple(r.id for r in node.results), (), node)
                continue
            for step in low.chosen.steps:
                if step.op is not node.op and step.op.shape == "recurrent":  # its states are all read by entry
                    self.states |= {r.id for r in step.results[1:]}
                taken_entry = entry_of(step, self.states, self.name)
                if taken_entry is not None:
                    self.alias[step.results[0].id] = taken_entry
                    continue
                yield from self.step(step, node)

    def step(self, step: Step, node: Node) -> Iterator[Item]:
        """Transposes, then the step itself, unless it costs nothing."""
        placed = self.layout.placed[id(step)]
        if placed.alias or step.op.name == "identity" or inactive(node) or is_idle(step):
            first = next((v for v in step.operands.values() if isinstance(v, TensorVersion)), None)
            if first is not None and not placed.transposes:
                self.alias[step.results[0].id] = first.id
                root = self.parameters.get(first.id, first)
                if root.parameter is not None:
                    self.parameters[step.results[0].id] = root
                return
            if first is not None and placed.alias:
                yield from self.brought(step, placed, first, node)
                return
        if self.again(step.op.name, step.operands.get("x") if not placed.transposes else None, step.results):
            return
        operands: list[object] = []
        once: dict[tuple[str, object], str] = {}  # a layer's call brings a tensor into its order once
        for name in (*step.op.inputs, *handed_weights(step.op, step.operands, step.weights)):
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
                if isinstance(perm, tuple) and (source, perm) in once:
                    source = once[source, perm]
                elif isinstance(perm, tuple):
                    self.counter += 1
                    result = f"t{self.counter}"
                    order = self.layout.order_of(part)
                    places = [p for p in perm if isinstance(p, int)]
                    sizes = tuple(part.type.shape[order[p]] for p in places)
                    root = self.parameters.get(part.id, part)
                    own = (root,) if root.parameter is not None else ()
                    said: dict[str, object] = {"order": perm}
                    yield Item("permute", said, (source,), (result,), hints(sizes), node, None, own, (sizes,))
                    result = self.name(result)
                    if step.form.kind == "layer":
                        once[source, perm] = result
                    source = result
                if name in placed.inserted:
                    yield self.with_axes(part, source, placed, name, node)
                    source = f"t{self.counter}"
                made.append(source)
            operands.append(tuple(made) if isinstance(value, tuple) else made[0])
        op, table = "reshape" if step.op.shape in RESHAPES else step.op.name, first_tensor(step)
        raw = canonical_params(step, target_params(self.layout, step), placed)
        raw.update(made_type(step.op, raw, step.results))
        if table is not None:
            letters = self.layout.form_letters(step, "x")
            op, raw = as_axis_pad(op, raw, step.op.letters("x"), letters, len(table.type.shape))
        params = {name: refer(value, self.cell) for name, value in raw.items()}
        one = taken(step)
        if one is not None:  # written as `take`
            op, params, operands = "index_select", {"axis": one[0]}, [*operands[:1], self.name(one[1].version.id)]
        if op == "index_select" and params["axis"] == 0 and table is not None and len(table.type.shape) == 2:
            rows = self.stored(table)  # a `take` that is read as a look-up
            op, params = "embedding", {"entries": rows[0], "width": rows[1]}
            operands.reverse()
        if op == "permute":
            params = {"order": permutation(step)}
        shapes = tuple(self.stored(r) for r in step.results)
        owned = tuple(self.parameters[v.id] for v in tensors(step.operands) if v.id in self.parameters)
        owned += places_kept(one)
        given = tuple(r.id for r in step.results)
        yield Item(op, params, tuple(operands), given, hints(*shapes), node, step, owned, shapes)

    def with_axes(self, value: TensorVersion, source: str, placed: Placed, name: str, node: Node) -> Item:
        """The axes of size 1 that an operand gets; `source`: its id in the order that is wanted."""
        self.counter += 1
        order = self.layout.order_of(value)
        perm = placed.transposes.get(name, identity(len(order)))
        sizes = [value.type.shape[order[p]] for p in perm if isinstance(p, int)]
        for place in placed.inserted[name]:
            sizes.insert(place, 1)
        root = self.parameters.get(value.id, value)
        own = (root,) if root.parameter is not None else ()
        made, shape = (f"t{self.counter}",), tuple(sizes)
        return Item("reshape", {}, (source,), made, hints(shape), node, None, own, (shape,))

    def brought(self, step: Step, placed: Placed, value: TensorVersion, node: Node) -> Iterator[Item]:
        """The transpose that alone stands for a step."""
        perm = next(iter(placed.transposes.values()))
        self.counter += 1
        result = f"t{self.counter}"
        root = self.parameters.get(value.id, value)
        own = (root,) if root.parameter is not None else ()
        sizes = self.stored(step.results[0])
        said: dict[str, object] = {"order": perm}
        yield Item("permute", said, (self.name(value.id),), (result,), hints(sizes), node, None, own, (sizes,))
        self.alias[step.results[0].id] = result

    def cell(self, part: object) -> str | None:
        """The canonical id of a tensor in a parameter."""
        return self.name(part.version.id) if isinstance(part, TensorCell) else None

    def stored(self, value: TensorVersion) -> tuple[Dim, ...]:
        """The stored shape of a value."""
        return tuple(value.type.shape[axis] for axis in self.layout.order_of(value))


def hints(*shapes: tuple[Dim, ...]) -> tuple[tuple[int, ...], ...]:
    """Shapes as numbers, those of the configuration at hand."""
    return tuple(tuple(map(dim_hint, shape)) for shape in shapes)


def handed_weights(op: Op, operands: Mapping[str, object], owned: Mapping[str, object]) -> list[str]:
    """Weights that a function is given as operands: `F.linear(x, weight)`."""
    return [name for name in op.weights if isinstance(operands.get(name), TensorVersion) and name not in owned]


def canonical_params(step: Step, params: Mapping[str, object], placed: Placed) -> dict[str, object]:
    """Parameters in normal form: axes non-negative, an index in storage order."""
    rank = next((len(v.type.shape) for v in step.operands.values() if isinstance(v, TensorVersion)), None)
    if rank is None:
        many = next((v for v in step.operands.values() if isinstance(v, tuple) and v), ())
        rank = next((len(v.type.shape) for v in many if isinstance(v, TensorVersion)), None)
    found: dict[str, object] = {}
    for name, value in params.items():
        if step.op.params[name].type.kind == "index":
            order = next(iter(placed.orders_in.values()), identity(rank or 0))
            whole = plain_index(value, rank or 0, order, placed.orders_out[0] if placed.orders_out else None)
            found[name] = whole or listed_index(value, rank or 0) or value
            continue
        try:
            found[name] = normal_value(step.op.params[name].type, value, rank)
        except BadValue:
            found[name] = value
        axes = found[name]
        if step.op.params[name].type.kind == "axes" and isinstance(axes, tuple):
            found[name] = tuple(sorted(axes))
    return found


def made_type(op: Op, params: Mapping[str, object], results: tuple[TensorVersion, ...]) -> dict[str, object]:
    """The element type of numbers that are written down, where none is said: that of the result."""
    if op.shape != "constant" or not results:
        return {}
    return {
        name: results[0].type.dtype
        for name, spec in op.params.items()
        if spec.type.kind == "dtype" and params.get(name) is None
    }


def taken(step: Step) -> tuple[int, TensorCell] | None:
    """The axis and the tensor of an index that is one tensor between full slices."""
    return along_one_axis(step, first_tensor(step))


def along_one_axis(step: Step | Node, value: TensorVersion | None) -> tuple[int, TensorCell] | None:
    """The axis and the tensor of an index of `value` that is one tensor between full slices."""
    if step.op is None or step.op.name != "index" or value is None:
        return None
    index = step.params.get("index")
    one = taken_axis(index, len(value.type.shape))
    if one is None:
        return None
    part = index[one[1]] if isinstance(index, (tuple, list)) else index
    return (one[0], part) if isinstance(part, TensorCell) else None


def places_kept(one: tuple[int, TensorCell] | None) -> tuple[TensorVersion, ...]:
    """The places of an index along one axis, where they are a buffer."""
    return (one[1].version,) if one is not None and one[1].version.parameter is not None else ()


def is_idle(step: Step | Node) -> bool:
    """Is a step a cast to the type that its tensor has already?"""
    value = step.operands.get("x")
    is_cast = step.op is not None and step.op.name == "cast"
    return is_cast and isinstance(value, TensorVersion) and value.type.dtype == step.results[0].type.dtype


def inactive(node: Node) -> bool:
    """Is a node a functional dropout that is switched off?"""
    flags = node.bound.flags if node.bound is not None else {}
    return node.op is not None and node.op.name == "dropout" and node.module is None and flags.get("training") is False


class ReadSide(Side):
    """The nodes that the target's reader found in one mode."""

    def __init__(self, target: Elaborated, mode: str) -> None:
        self.run = target.network.runs[mode]
        self.alias: dict[str, str] = {}
        self.once: dict[str, str] = {}
        self.states: set[str] = set()  # states that a call gives for all directions at once
        self.parameters: dict[str, TensorVersion] = {}  # values that are a parameter under another name
        self.only: dict[str, TensorVersion] = {}  # entries that are the only ones, with the whole state
        self.inputs = [i.value.id for i in self.run.inputs]

    @property
    def outputs(self) -> list[str | None]:
        """Canonical ids of the outputs."""
        return [self.name(v.id) for v in self.run.outputs]

    @staticmethod
    def size(dim: object) -> int:
        """A size as its number."""
        return dim_hint(dim)  # type: ignore[arg-type]

    def items(self) -> Iterator[Item]:
        """All items in order."""
        back = taken_back(self.run.nodes)
        for node in self.run.nodes:
            if id(node) in back:
                source = back[id(node)]
                if source is not None:
                    self.alias[node.results[0].id] = source.id
                continue
            if node.op is None:
                yield Item("unmapped", {}, (), tuple(r.id for r in node.results), (), node)
                continue
            first = next(iter(node.tensors()), None)
            if first is not None and (node.op.name == "identity" or is_idle(node)):
                self.alias[node.results[0].id] = first.id
                root = self.parameters.get(first.id, first)
                if root.parameter is not None:
                    self.parameters[node.results[0].id] = root
                continue
            if self.again(node.op.name, node.operands.get("x"), node.results):
                continue
            whole = joined(node)
            if whole is not None:
                self.alias[node.results[0].id] = whole.id
                self.states.add(whole.id)
                continue
            if node.op.shape == "recurrent" and gives_whole_states(node):
                self.states |= {r.id for r in node.results[1:]}
                self.only |= {entry_id(r.id, 0): r for r in node.results[1:] if dim_hint(r.type.shape[0]) == 1}
            taken_entry = entry_of(node, self.states, self.name)
            if taken_entry is not None:
                self.alias[node.results[0].id] = taken_entry
                continue
            if node.op.shape in RESHAPES and first is not None and self.is_whole_again(node, first):
                self.alias[node.results[0].id] = self.only[self.name(first.id)].id
                continue
            names = (*node.op.inputs, *handed_weights(node.op, node.operands, node.weights))
            operands = tuple(self.operand(node.operands.get(name)) for name in names)
            op = "reshape" if node.op.shape in RESHAPES else node.op.name
            shapes = tuple(r.type.shape for r in node.results)
            params: dict[str, object] = dict(node.params)
            if op == "permute":
                params = {"order": next((v for v in params.values() if isinstance(v, tuple)), ())}
            for name, value in list(params.items()):
                spec = node.op.params.get(name)
                if spec is not None and spec.type.kind == "index" and first is not None:
                    rank = len(first.type.shape)
                    params[name] = plain_index(value, rank) or listed_index(value, rank) or value
                elif spec is not None and spec.type.kind == "axes" and isinstance(value, tuple):
                    params[name] = tuple(sorted(value))
            params.update(made_type(node.op, params, node.results))
            if first is not None:
                stored = node.form.order.get("x") if node.form is not None else None
                op, params = as_axis_pad(op, params, node.op.letters("x"), stored, len(first.type.shape))
            one = along_one_axis(node, first)
            if one is not None:
                op, params, operands = "index_select", {"axis": one[0]}, (*operands[:1], self.name(one[1].version.id))
            params = {name: refer(value, self.cell) for name, value in params.items()}
            results = tuple(r.id for r in node.results)
            owned = tuple(self.parameters[v.id] for v in node.tensors() if v.id in self.parameters)
            owned += places_kept(one)
            yield Item(op, params, operands, results, hints(*shapes), node, None, owned, shapes)

    def is_whole_again(self, node: Node, first: TensorVersion) -> bool:
        """Does a node give the only direction's state its axis back? `h[0].unsqueeze(0)` is h."""
        whole = self.only.get(self.name(first.id))
        return whole is not None and whole.type.shape == node.results[0].type.shape

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


class SourceSide(ReadSide):
    """The nodes of a program that is written in its own framework, with the steps that stand for them."""

    def __init__(self, done: Elaborated, lowering: Lowering, mode: str) -> None:
        super().__init__(done, mode)
        self.lowering = lowering

    def items(self) -> Iterator[Item]:
        """All items in order."""
        for item in super().items():
            low = self.lowering.lowered.get(id(item.node)) if item.node is not None else None
            steps = low.chosen.steps if low is not None and low.chosen is not None else ()
            yield replace(item, step=steps[-1]) if steps else item
