"""The static proof: the written text is read back by the target's reader and compared with what was lowered.

Both sides are walked in order of evaluation. Permutes that cost nothing, identities and dropout that is not active are
looked through; reshapes count by the shape they give. A difference is named with both lines.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from codegen.convert import Converted
from codegen.decomposing import decomposed
from codegen.kept_weights import layers_of as layers_of_weights
from codegen.kept_weights import same_weight
from codegen.padding import with_folded_padding
from codegen.proof_sides import Item, LoweredSide, ReadSide, Ref, Side, SourceSide, refer
from codegen.proof_sizes import AT_HAND, Sizes, larger_batch, torn_reshape
from codegen.same import Unchanged
from codegen.simplifying import Simplified, ids
from codegen.writing import definition_order
from pivot.dims import Size
from pivot.network import Node
from pivot.opset import OpSet
from pivot.problems import Refusal
from pivot.reading.dialect import Dialect
from pivot.reading.elaborate import Elaborated, Request, elaborate
from pivot.reading.modules import ModuleObject
from pivot.reading.values import ParameterObject, TensorVersion
from pivot.results import ENTRIES, entry_id


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
    """Read the written text back and compare every mode that was read."""
    specs = []
    for spec, entry in zip(converted.done.specs, converted.done.network.inputs, strict=True):
        order = converted.layout.order_of(entry.value)
        fixed = frozenset(order.index(axis) for axis in spec.fixed)
        specs.append(replace(spec, shape=tuple(spec.shape[axis] for axis in order), fixed=fixed))
    modes = tuple(converted.done.network.runs)
    request = Request(path, converted.entry, tuple(specs), {}, {str(path.resolve()): converted.text}, modes=modes)
    try:
        target = elaborate(request, dialect, opset)
    except Refusal as no:
        return Proof(f"the written text could not be read back: {no.problem.why}", (no.problem.file, no.problem.line))
    early = definition_order.late(converted.text)
    if early is not None:
        return Proof(f"{early[0]} is read above its definition", (str(path), early[1]))
    proof = Proof(target=target)
    larger = larger_batch(converted, target)
    for mode in modes:
        compare_mode(converted, target, mode, proof, larger)
        if proof.why is not None:
            return proof
    for sizes in (AT_HAND, larger):
        torn = torn_reshape(converted, sizes) if sizes is not None else None
        if sizes is not None and torn is not None:
            proof.why = f"what {torn.step.op.name} gives is stored in another order than was thought{sizes.told}"
            proof.place = place_of(torn.step.node)
            break
    return proof


def compare_mode(
    converted: Converted, target: Elaborated, mode: str, proof: Proof, larger: Sizes | None = None
) -> None:
    """The lowered steps of one mode and the nodes that were read back; of a larger batch too."""
    is_copy = isinstance(converted.lowering, Unchanged)
    left = SourceSide(converted.done, converted.lowering, mode) if is_copy else LoweredSide(converted, mode)
    compare_sides(left, ReadSide(target, mode), mode, proof, larger)


def compare_networks(one: Elaborated, two: Elaborated, opset: OpSet, between: str | None = None) -> Proof:
    """Are two programs of one framework the same network, both modes, whatever their texts are?

    `between`: a framework in whose operations both can be said; what it lacks counts by what the op files say instead.
    """
    proof = Proof(target=two)
    one, two = with_folded_padding(one), with_folded_padding(two)
    framework = one.evaluator.dialect.framework
    if between is not None:
        one, two = (with_folded_padding(decomposed(side, (between, framework), opset)) for side in (one, two))
    lowering = Unchanged(one, framework, opset)
    for node in (node for run in one.network.runs.values() for node in run.nodes):
        if node.op is not None and id(node) not in lowering.lowered:
            lowering.lowered[id(node)] = lowering.lower(node)
    for mode in ("eval", "train"):
        left, right = SourceSide(one, lowering, mode), ReadSide(two, mode)
        compare_sides(Simplified(left), Simplified(right), mode, proof)
        if proof.why is not None:
            break
    return proof


def compare_sides(
    left: LoweredSide | ReadSide | Simplified,
    right: ReadSide | Simplified,
    mode: str,
    proof: Proof,
    larger: Sizes | None = None,
) -> None:
    """Walk both sides of one mode side by side; what stands for each other has to be the same of a larger batch too."""
    a, b = (list(side.distinct(side.items()) if isinstance(side, Side) else side.items()) for side in (left, right))
    same: dict[str, str] = dict(zip(left.inputs, right.inputs, strict=False))
    open_ = dict(enumerate(b))
    first = 0  # of those that are open: a dict that loses its first entries is slow to find the next one
    for one in a:
        at = next((i for i in range(first, len(b)) if i in open_ and meets(one, open_[i], same, proof)), None)
        if at is None and serves_nothing(one, a, left.outputs):
            continue  # what the written text left out
        if at is None:
            two = next(iter(open_.values()), None)
            why = difference(one, two, same) if two is not None else None
            proof.why = why or (
                f"the source goes on with {one.op}" if two is None else "a layer is applied to other values"
            )
            proof.place = place_of(one.node)
            return
        two = open_.pop(at)
        while first < len(b) and first not in open_:
            first += 1
        bind(one, two, same, proof)
        proof.matches.append(Match(mode, one, two))
        if larger is not None and not larger.taken_by(one):
            larger = None  # the source itself does not go on
        why = difference(one, two, same, larger) if larger is not None else None
        if larger is not None and why is not None:
            proof.why, proof.place = f"{why}{larger.told}", place_of(one.node)
            return
    extra = next((two for two in open_.values() if not is_idle(two) or not serves_nothing(two, b, right.outputs)), None)
    if extra is not None:  # updates of statistics, which serve no output, may stay
        proof.why, proof.place = f"the target goes on with {extra.op}", place_of(extra.node)
        return
    wanted = [same.get(o) if o is not None else None for o in left.outputs]
    if wanted != right.outputs:
        proof.why = "the outputs are other values"


def is_idle(item: Item) -> bool:
    """Has an op neither weights nor random numbers of its own?"""
    node = item.node
    return node is not None and node.op is not None and node.module is None and node.op.random == "no"


def serves_nothing(item: Item, items: list[Item], outputs: Sequence[str | None]) -> bool:
    """Does no output hang on what an item gives? Both networks are the same with or without it."""
    wanted = {id_ for id_ in outputs if id_ is not None}
    for one in reversed(items):
        given = {*one.results, *(entry_id(r, place) for r in one.results for place in ENTRIES.values())}
        if given & wanted:
            if one is item:
                return False
            wanted.update(ids((one.operands, *refs(tuple(one.params.values())))))
    return True


def refs(params: tuple[object, ...]) -> Iterator[str]:
    """Ids of the tensors inside parameters."""
    for part in params:
        if isinstance(part, (tuple, list)):
            yield from refs(tuple(part))
        elif isinstance(part, slice):
            yield from refs((part.start, part.stop, part.step))
        elif isinstance(part, Ref):
            yield part.id


def meets(one: Item, two: Item, same: dict[str, str], proof: Proof) -> bool:
    """Is an item read back the lowered one? Items that do not need each other may stand in another order."""
    if not same_op(one, two):
        return False
    fresh = list(new_parameters(one, two, same, proof))
    known = ChainMap({a: b for a, b, _, _ in fresh}, same) if fresh else same
    if difference(one, two, known) is not None:
        return False
    if any(
        proof.parameters.get(id(source), (source, target))[1] is not target
        or is_taken(target, source, proof)
        or not in_step(source, target, proof)
        for _, _, source, target in fresh
    ):
        return False
    owner, module = layers_of(one, two)
    return owner is None or (proof.modules.get(id(owner), module) is module and not is_taken(module, owner, proof))


def is_taken(target: object, source: object, proof: Proof) -> bool:
    """Does a layer or parameter of the target stand for another one of the source? They stand one to one."""
    return proof.takers.get(id(target), id(source)) != id(source)


def in_step(source: ParameterObject, target: ParameterObject, proof: Proof) -> bool:
    """Do the layers of two weights stand for each other, as far as that is known?"""
    layers = layers_of_weights(source, target)
    if layers is None:
        return True
    return proof.modules.get(id(layers[0]), layers[1]) is layers[1] and not is_taken(layers[1], layers[0], proof)


def bind(one: Item, two: Item, same: dict[str, str], proof: Proof) -> None:
    """Remember which values, parameters and layers of both sides are the same."""
    for a, b, source, target in new_parameters(one, two, same, proof):
        same[a] = b
        proof.parameters[id(source)] = (source, target)
        proof.takers[id(target)] = id(source)
        layers = layers_of_weights(source, target)
        if layers is not None:
            proof.modules[id(layers[0])] = layers[1]
            proof.takers[id(layers[1])] = id(layers[0])
    same.update(zip(one.results, two.results, strict=False))
    for place in set(ENTRIES.values()):
        same.update((entry_id(a, place), entry_id(b, place)) for a, b in zip(one.results, two.results, strict=False))
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
    one: Item, two: Item, same: Mapping[str, str], proof: Proof
) -> Iterator[tuple[str, str, ParameterObject, ParameterObject]]:
    """Parameters of a module's own are bound to each other where they are first read; shapes must agree."""
    framework = proof.target.evaluator.dialect.framework if proof.target is not None else ""
    mine = {p.id: p for p in parameters_of(one)}
    theirs = {p.id: p for p in parameters_of(two)}
    for a, b in zip(flat(one.operands), flat(two.operands), strict=False):
        if isinstance(a, str) and isinstance(b, str) and a in mine and b in theirs and a not in same:
            source, target = mine[a].parameter, theirs[b].parameter
            if source is not None and target is not None and same_weight(source, target, framework):
                yield a, b, source, target


def flat(operands: tuple[object, ...]) -> Iterator[object]:
    """Operands with the members of lists in their places."""
    for operand in operands:
        if isinstance(operand, tuple):
            yield from flat(operand)
        else:
            yield operand


def parameters_of(item: Item) -> Iterator[TensorVersion]:
    """Operands that are parameters."""
    yield from item.parameters
    operands = (
        item.step.operands.values()
        if item.step is not None
        else item.node.operands.values()
        if item.node is not None
        else ()
    )
    for operand in flat(tuple(operands)):
        if isinstance(operand, TensorVersion) and operand.parameter is not None:
            yield operand


def place_of(node: Node | None) -> tuple[str, int] | None:
    """File and line of a node."""
    return (node.file, getattr(node.site, "lineno", 0)) if node is not None else None


def difference(one: Item, two: Item, same: Mapping[str, str], sizes: Sizes = AT_HAND) -> str | None:
    """Why two items are not the same, or None; `sizes`: for inputs of which sizes."""
    if not same_op(one, two):
        return f"{one.op} was to be written and {two.op} is read"
    shapes = (one.shapes, two.shapes)
    if sizes is not AT_HAND:
        shapes = sizes.of(one.sizes, two.sizes)
    if shapes[0] != shapes[1]:
        return f"{one.op} gives {shapes[0]} and {shapes[1]} is read"
    if one.op != "reshape":
        for name in dict.fromkeys((*one.params, *two.params)):
            if says_only_shape(one, name):
                continue  # the shape of the result says it
            mine = refer(one.params.get(name), lambda part: same.get(part.id) if isinstance(part, Ref) else None)
            if not alike(mine, two.params.get(name), sizes):
                return f"{one.op}: {name} is {one.params.get(name)} and {two.params.get(name)} is read"
    if not alike(tuple(translate(o, same) for o in one.operands), two.operands, sizes):
        return f"{one.op} takes other values"
    return None


PIECES = {"split": "sections", "chunk": "n"}
"""Ops that cut an axis, and what says where: by the sizes of the pieces, or by their number."""


def same_op(one: Item, two: Item) -> bool:
    """Do both do the same, as far as the names of their ops tell?"""
    return one.op == two.op or (one.op in PIECES and two.op in PIECES)


def says_only_shape(item: Item, name: str) -> bool:
    """Does a parameter say nothing but the shapes of the results, which are compared?"""
    spec = item.step.op.params.get(name) if item.step is not None else None
    return (spec is not None and spec.type.kind == "dims") or (item.op in PIECES and name in PIECES.values())


def translate(operand: object, same: Mapping[str, str]) -> object:
    """An operand of the lowered side in the names of the read side."""
    if isinstance(operand, tuple):
        return tuple(translate(o, same) for o in operand)
    return same.get(operand, f"?{operand}") if isinstance(operand, str) else operand


def alike(a: object, b: object, sizes: Sizes = AT_HAND) -> bool:
    """Equal parameters; floats to their last digits, sizes by their numbers."""
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(alike(x, y, sizes) for x, y in zip(a, b, strict=True))
    if isinstance(a, slice) and isinstance(b, slice):
        return all(alike(x, y, sizes) for x, y in ((a.start, b.start), (a.stop, b.stop), (a.step, b.step)))
    a = sizes.left(a) if isinstance(a, Size) else a
    b = sizes.right(b) if isinstance(b, Size) else b
    if isinstance(a, float) or isinstance(b, float):
        if not isinstance(a, (int, float)) or not isinstance(b, (int, float)):
            return False
        return a == b or abs(a - b) <= 1e-15 * max(abs(a), abs(b)) or same_share(a, b)
    return a == b


def same_share(a: float, b: float) -> bool:
    """Is the rest of one the same number? PyTorch's momentum of 1 - 0.9997 is Keras' 0.9997, as 0.0003 is."""
    return min(a, b) > 1e-4 and max(a, b) < 1 and 1.0 - a == 1.0 - b
