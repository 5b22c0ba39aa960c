"""A linear layer that shares the table of an embedding is read as a function of that table.

    self.head = nn.Linear(64, 1000, bias=False)
    self.embed.weight = self.head.weight              ->      return linear(x, self.embed.weight)
    return self.head(x)

PyTorch has one parameter in two layers, which Keras does not. Read like this, the model has it once in every framework,
and is trained like the source's. A layer with a bias of its own stays one, `TiedLinear(self.embed)`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pivot.reading.mask_edits import place_of
from pivot.reading.modules import ModuleObject
from pivot.reading.restating import is_restatement
from pivot.reading.tie_edits import Tie, calls_of
from pivot.reading.values import ClassObject
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from pivot.network import Network
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.trace import Visit

EMBEDDING, LINEAR = "torch.nn.Embedding", "torch.nn.Linear"


def ties_in(ev: Evaluator) -> dict[str, tuple[Tie, ...]]:
    """The ties that can be said, by file."""
    found: dict[str, dict[Tie, None]] = {}
    for visit in (v for visits in ev.trace.visits.values() for v in visits):
        if visit.name == "tied" and visit.kind == "dropped" and not visit.speculative:
            tie = tie_of(ev, visit)
            if tie is not None:
                found.setdefault(visit.frame.file, {})[tie] = None
    return {file: tuple(ties) for file, ties in found.items()}


def tie_of(ev: Evaluator, visit: Visit) -> Tie | None:
    """The tie that a visit of a statement found; None where more of the layer is asked for than to be called."""
    function = visit.frame.function
    receiver = visit.frame.receiver.hint if visit.frame.receiver is not None else None
    module = visit.args[0].hint
    if function is None or function.name != "__init__" or not isinstance(function.node, ast.FunctionDef):
        return None
    if not isinstance(receiver, ModuleObject) or not isinstance(module, ModuleObject):
        return None
    statement = next((s for s in function.node.body if any(n is visit.node for n in walk(s))), None)
    cls = class_of(receiver, function.node)
    if cls is None or is_restatement(cls.file) or not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    pair = layers_of(module)
    texts = [owner_text(part) for part in (statement.targets[0], statement.value)]
    if pair is None or None in texts:
        return None
    layer, table = texts if module is pair[0] else texts[::-1]
    name = str(layer).removeprefix("self.")
    if not str(layer).startswith("self.") or not name.isidentifier() or not str(table).startswith("self."):
        return None
    making = [s for s in function.node.body if makes(s, name)]
    if len(making) != 1 or making[0].lineno > statement.lineno or not only_called(ev, cls, name, statement, making[0]):
        return None
    biased = len(pair[0].weights) > 1
    return Tie(place_of(cls.node), name, f"{table}.weight", place_of(making[0]), place_of(statement), biased)


def layers_of(module: ModuleObject) -> tuple[ModuleObject, ModuleObject] | None:
    """The linear layer and the embedding, of which one was given the weight of the other."""
    shared = [p for p in module.weights.values() if p.owner is not None and p.owner is not module]
    other = shared[0].owner if len(shared) == 1 else None
    if other is None:
        return None
    kinds = {name_of(m): m for m in (module, other)}
    linear, embedding = kinds.get(LINEAR), kinds.get(EMBEDDING)
    return (linear, embedding) if linear is not None and embedding is not None else None


def name_of(module: ModuleObject) -> str:
    """The library name of a layer's class."""
    return getattr(module.cls, "name", "")


def class_of(receiver: ModuleObject, init: ast.FunctionDef) -> ClassObject | None:
    """The class among a module's own that has a constructor."""
    chain = receiver.cls.mro() if isinstance(receiver.cls, ClassObject) else []
    return next((c for c in chain if isinstance(c, ClassObject) and init in c.node.body), None)


def owner_text(node: ast.expr) -> str | None:
    """`self.embed` of `self.embed.weight`."""
    if not isinstance(node, ast.Attribute) or node.attr != "weight":
        return None
    plain = (ast.Attribute, ast.Name, ast.Load, ast.Subscript, ast.Constant)
    return ast.unparse(node.value) if all(isinstance(n, plain) for n in walk(node.value)) else None


def makes(statement: ast.stmt, name: str) -> bool:
    """Does a statement bind an attribute of self to what a call makes?"""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
        return False
    return [ast.unparse(t) for t in statement.targets] == [f"self.{name}"]


def only_called(ev: Evaluator, cls: ClassObject, name: str, tied: ast.stmt, made: ast.stmt) -> bool:
    """Is a layer only called besides, with one tensor, in the methods of the class that makes it?"""
    if any(f".{name}" in text for file, text in ev.files.items() if file != cls.file and not is_restatement(file)):
        return False
    trees = [t for t in ev.trace.keep if isinstance(t, ast.Module) and t.__dict__.get("file") == cls.file]
    every = (n for tree in trees for n in walk(tree))
    within = [n for n in every if isinstance(n, ast.Attribute) and n.attr == name]
    known = {id(n) for statement in (tied, made) for n in walk(statement)}
    known |= {id(call.func) for call in calls_of(cls.node, name)}
    return all(id(n) in known for n in within)


def is_same(one: Network, other: Network) -> bool:
    """Is a program that was read with its ties said the same one: its parameters, how they start, who takes them?"""
    before = {name: p for p in one.parameters for name in p.names}
    taken = [before.get(p.names[0]) for p in other.parameters]
    if len(taken) != len(one.parameters) or {id(p) for p in taken} != {id(p) for p in one.parameters}:
        return False
    twin = {id(p): id(was) for p, was in zip(other.parameters, taken, strict=True)}
    for parameter, was in zip(other.parameters, taken, strict=True):
        starts = [p.start for p in (parameter, was) if p is not None]
        said = {(s.kind, s.numbers) if s is not None else None for s in starts}
        if len(said) > 1:
            return False
    return uses(one, {}) == uses(other, twin)


def uses(network: Network, twin: Mapping[int, int]) -> dict[str, list[tuple[object, frozenset[int]]]]:
    """By mode, the op of each node and the parameters (ids, those of `twin` for them) that it computes with."""
    found: dict[str, list[tuple[object, frozenset[int]]]] = {}
    for mode, run in network.runs.items():
        for node in run.nodes:
            own = [*node.weights.values(), *(v.parameter for v in node.tensors() if v.parameter is not None)]
            found.setdefault(mode, []).append((node.op, frozenset(twin.get(id(p), id(p)) for p in own)))
    return found


def hand_names_on(one: Network, other: Network) -> None:
    """Let a parameter keep the names that it has in a checkpoint, where the layer that gave one is gone."""
    before = {name: p for p in one.parameters for name in p.names}
    for parameter in other.parameters:
        known = before.get(parameter.names[0])
        parameter.names += [name for name in (known.names if known is not None else ()) if name not in parameter.names]
