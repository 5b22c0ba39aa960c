"""A network as a tree of calls: which nodes a helper function made, what it takes and what it gives."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, Union

from pivot.network import Node
from pivot.reading.frames import Frame
from pivot.reading.modules import ModuleObject
from pivot.reading.restating import is_restatement
from pivot.reading.updating import tensors_of
from pivot.reading.values import ClassObject, FunctionObject, TensorVersion
from pivot.results import ENTRIES, entry_id

Part: TypeAlias = Union["Leaf", "Group"]

FEW = 3  # functions that are written in place rather than as a class of their own


@dataclass(slots=True, eq=False)
class Leaf:
    """One node."""

    node: Node

    @property
    def nodes(self) -> list[Node]:
        """The node alone."""
        return [self.node]


@dataclass(slots=True, eq=False)
class Group:
    """What one call of a function made. `module`: the call is one of a module whose class stays a class."""

    frame: Frame | None
    parts: list[Part] = field(default_factory=list)
    module: ModuleObject | None = None
    inputs: list[TensorVersion] = field(default_factory=list)
    outputs: list[TensorVersion] = field(default_factory=list)

    @property
    def nodes(self) -> list[Node]:
        """All nodes inside, in order."""
        return [node for part in self.parts for node in part.nodes]

    @property
    def function(self) -> FunctionObject | None:
        """The function that was called, or that built the model that was called."""
        return function_of(self.frame) if self.frame is not None else None

    def groups(self) -> Iterator[Group]:
        """The groups inside, inner ones first, then this one."""
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.groups()
        yield self

    def height(self) -> int:
        """How many levels of groups are inside."""
        return max((1 + part.height() for part in self.parts if isinstance(part, Group)), default=0)


def group_nodes(nodes: Sequence[Node], outputs: Iterable[TensorVersion], classes_stay: bool) -> Group:
    """The tree of a network: the root is the innermost call that all nodes have in common.

    `classes_stay`: calls of modules whose class the program defines are groups that are not looked into.
    """
    built = [node for node in nodes if classes_stay and any(map(is_building, frames_of(node)))]
    inside = {id_ for node in built for result in node.results for id_ in ids_of(result)}  # read by calls of the class
    nodes = [node for node in nodes if id(node) not in set(map(id, built))] if built else nodes
    chains = below_models([frames_of(node) for node in nodes])
    common = shared_prefix(chains)
    root = Group(chains[0][common - 1] if chains and common else None)
    made: dict[tuple[str, ...], Group] = {}
    for node, chain in zip(nodes, chains, strict=True):
        at, path = root, tuple[str, ...]()
        for frame in chain[common:]:
            path = (*path, frame.key)
            if path not in made:
                made[path] = Group(frame, module=own_class(frame) if classes_stay else None)
                at.parts.append(made[path])
            at = made[path]
            if at.module is not None:
                break
        at.parts.append(Leaf(node))
    wanted = {v.id: v for v in outputs}
    dissolve(root)
    set_borders(root, nodes, wanted, inside)
    return root


def frames_of(node: Node) -> list[Frame]:
    """The calls of functions around a node, the outermost first."""
    return [frame for frame in node.frame.chain() if frame.function is not None or model_of(frame) is not None][::-1]


def below_models(chains: list[list[Frame]]) -> list[list[Frame]]:
    """The same where what a function made while it built a model (positions, tables) stands in the model's call."""
    calls: dict[int, list[Frame]] = {}
    for chain in chains:
        for place, frame in enumerate(chain):
            model = model_of(frame)
            if model is not None and model.graph is not None:
                calls.setdefault(id(model.graph.frame), chain[: place + 1])

    def moved(chain: list[Frame]) -> list[Frame]:
        at = next((place for place, frame in reversed(list(enumerate(chain))) if id(frame) in calls), None)
        return chain if at is None else [*calls[id(chain[at])], *chain[at + 1 :]]

    return [moved(chain) for chain in chains]


def model_of(frame: Frame) -> ModuleObject | None:
    """The functional model that a frame is the call of."""
    module = frame.receiver.hint if frame.receiver is not None and frame.function is None else None
    return module if isinstance(module, ModuleObject) and module.graph is not None else None


def function_of(frame: Frame) -> FunctionObject | None:
    """The function of a frame, or the one that built the model of the frame."""
    model = model_of(frame)
    return model.graph.frame.function if model is not None and model.graph is not None else frame.function


def shared_prefix(chains: Sequence[Sequence[Frame]]) -> int:
    """How many frames all chains begin with."""
    count = 0
    for column in zip(*chains, strict=False):
        if len({frame.key for frame in column}) != 1:
            break
        count += 1
    return count


def own_class(frame: Frame) -> ModuleObject | None:
    """The module that a frame is the call of, where the program defines its class; what restates the library counts
    only where its steps are a loop, and a model that its methods put together does not.
    """
    module = frame.receiver.hint if frame.receiver is not None else None
    if not isinstance(module, ModuleObject) or not isinstance(module.cls, ClassObject):
        return None
    if any(below.graph is not None for _, below in module.walk()):
        return None  # a functional model by inputs and outputs, or a class around some: it is about training
    return None if is_restatement(module.cls.file) and not goes_step_by_step(module.cls) else module


def goes_step_by_step(cls: ClassObject) -> bool:
    """Does a class make a cell and call it in a loop, step by step? Its nodes are as many as there are steps."""
    makes, calls = False, False
    for base in cls.mro():
        for node in ast.walk(base.node) if isinstance(base, ClassObject) else ():
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                makes |= any(ast.unparse(target) == "self.cell" for target in node.targets)
            if isinstance(node, ast.For):
                calls |= any(isinstance(n, ast.Call) and ast.unparse(n.func) == "self.cell" for n in ast.walk(node))
    return makes and calls


def is_building(frame: Frame) -> bool:
    """Is this the constructor or `build` of a module whose class stays, which writes what it makes there itself?"""
    made = frame.function is not None and frame.function.name in ("__init__", "build")
    return made and own_class(frame) is not None


def definition_of(group: Group) -> object:
    """What the calls of one function have in common."""
    model = model_of(group.frame) if group.frame is not None else None
    if group.function is None:
        return id(model)
    return id(group.function.node), model is not None


def dissolve(root: Group) -> None:
    """Write in place what is not worth a class: single nodes, a few functions, closures called once, wrappers; and
    what shares layers with other calls, which no class can own.
    """
    calls: Counter[object] = Counter()
    wrappers: dict[object, bool] = defaultdict(lambda: True)
    for group in root.groups():
        calls[definition_of(group)] += 1
        wraps = len(group.parts) == 1 and isinstance(group.parts[0], Group)
        wrappers[definition_of(group)] &= wraps
    shared = shared_layers(root)

    def goes(group: Group) -> bool:
        if group.module is not None or (group.frame is not None and model_of(group.frame) is not None):
            return False
        layers = [node for node in group.nodes if node.module is not None]
        small = len(group.parts) == 1 and isinstance(group.parts[0], Leaf)
        few = not layers and len(group.nodes) <= FEW
        once = calls[definition_of(group)] == 1 and is_closure(group)
        return small or few or once or wrappers[definition_of(group)] or id(group) in shared

    def flatten(group: Group) -> None:
        parts: list[Part] = []
        for part in group.parts:
            if isinstance(part, Group):
                flatten(part)
                if goes(part):
                    parts.extend(part.parts)
                    continue
            parts.append(part)
        group.parts = parts

    flatten(root)


def is_closure(group: Group) -> bool:
    """Is this a function that was defined inside another one that called it, directly or not?"""
    if group.frame is None or group.function is None:
        return False
    scope = getattr(group.function.scope, "function", None)
    return scope is not None and id(scope) in {id(function) for function in callers(group.frame)}


def callers(frame: Frame) -> Iterator[FunctionObject]:
    """The functions that were running when a frame was entered, those that were building its model too."""
    for at in frame.chain():
        if at is not frame and at.function is not None:
            yield at.function
        model = model_of(at)
        for outer in model.graph.frame.chain() if model is not None and model.graph is not None else ():
            if outer.function is not None:
                yield outer.function


def shared_layers(root: Group) -> set[int]:
    """The groups that call a layer with weights that another group calls too, unless they call the very same ones."""
    users: dict[int, list[tuple[Group, ...]]] = defaultdict(list)

    def walk(group: Group, path: tuple[Group, ...]) -> None:
        for part in group.parts:
            if isinstance(part, Group) and part.module is None:
                walk(part, (*path, part))
            elif isinstance(part, Group):
                users[id(part.module)].append(path)
            else:
                for module in layers_in(part).values():
                    if module.weights:
                        users[id(module)].append(path)
                for value in (v for node in part.nodes for v in tensors_of(node)):
                    if value.parameter is not None:
                        users[id(value.parameter)].append(path)

    walk(root, ())
    found: set[int] = set()
    for paths in users.values():
        common = 0
        for column in zip(*paths, strict=False):
            if any(group is not column[0] for group in column):
                break
            common += 1
        for path in paths if len({tuple(map(id, p)) for p in paths}) > 1 else ():
            found.update(id(group) for group in path[common:])
    return found


def set_borders(root: Group, nodes: Sequence[Node], wanted: Mapping[str, TensorVersion], own: set[str]) -> None:
    """Inputs and outputs of every group: what it reads and others made, what it made and others read."""
    readers: dict[str, list[int]] = defaultdict(list)
    seen: dict[str, TensorVersion] = {}
    for node in nodes:
        for value in tensors_of(node):
            seen[value.id] = value
            readers[value.id].append(id(node))
    for group in root.groups():
        inside = {id(node) for node in group.nodes}
        made = [id_ for node in group.nodes for result in node.results for id_ in ids_of(result)]
        known = {*made, *own}
        inputs: dict[str, TensorVersion] = {}
        for node in group.nodes:
            for value in tensors_of(node):
                if value.id not in known and is_computed(value):
                    inputs.setdefault(value.id, value)
        group.inputs = list(inputs.values())
        group.outputs = [
            wanted.get(id_) or seen[id_]
            for id_ in made
            if id_ in wanted or any(reader not in inside for reader in readers.get(id_, []))
        ]


def ids_of(result: TensorVersion) -> list[str]:
    """The ids of a result and of its entries, which a call may give instead of it."""
    return [result.id, *(entry_id(result.id, place) for place in sorted(set(ENTRIES.values())))]


def is_computed(value: TensorVersion) -> bool:
    """Is a value neither a parameter nor a constant?"""
    return value.parameter is None and value.constant is None


def layers_in(part: Part) -> Mapping[int, ModuleObject]:
    """The layers that are applied in a part, in order."""
    return {id(node.module): node.module for node in part.nodes if node.module is not None}
