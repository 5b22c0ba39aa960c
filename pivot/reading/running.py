"""Forward passes of a model on symbolic inputs."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from pivot.dims import Size, symbols
from pivot.dims import hint as dim_hint
from pivot.network import Input, Node, Run
from pivot.problems import Refusal
from pivot.reading import forward_pass, updating
from pivot.reading.bombs import LimitReached, check_nested
from pivot.reading.evaluator import Evaluator
from pivot.reading.frames import Frame
from pivot.reading.inputs import InputSpec, symbolic
from pivot.reading.modules import ModuleObject
from pivot.reading.signals import Raised, Restate
from pivot.reading.storage import new_version, read_tensor
from pivot.reading.tuple_inputs import joined, tuples_of
from pivot.reading.updating import tensors_of
from pivot.reading.values import (
    INPUT,
    ClassObject,
    DictObject,
    InstanceObject,
    ListObject,
    TensorCell,
    TensorVersion,
    Value,
)
from pivot.shapes import FreeSize

Guard = tuple[object, object, str]


class Found(Exception):
    """All sizes are fixed that are expected to be."""


class Guards(list[Guard]):
    """The guards of a trial pass, which ends where the `expected` sizes are fixed."""

    def __init__(self, expected: Mapping[str, int]) -> None:
        super().__init__()
        self.expected, self.fixed = expected, dict[str, int]()

    def append(self, guard: Guard) -> None:
        super().append(guard)
        fix(guard[0], guard[1], self.fixed)
        if self.fixed == self.expected:
            raise Found


@contextmanager
def on_trial(ev: Evaluator, root: ModuleObject) -> Iterator[None]:
    """What is evaluated leaves nothing behind: no nodes, no visits, no changes of objects, no remarks."""
    mark = ev.journal.mark()
    nodes, guards = len(ev.nodes), ev.guards
    ev.guards = []
    ev.speculating += 2  # above 1: no arm is tried, nothing counts as visited
    saved = {id(m): dict(m.calls) for _, m in root.walk()}
    visits, branches, resolved = ev.trace.visits, ev.trace.branches, ev.trace.resolved

    ev.trace.visits, ev.trace.branches, ev.trace.resolved = defaultdict(list), defaultdict(list), defaultdict(list)
    frames = ev.trace.frames
    ev.trace.frames = defaultdict(list)
    try:
        yield
    finally:
        ev.trace.visits, ev.trace.branches, ev.trace.resolved, ev.trace.frames = visits, branches, resolved, frames
        ev.speculating -= 2
        ev.journal.rollback(mark)
        del ev.nodes[nodes:]
        ev.guards = guards
        for _, module in root.walk():
            module.calls.clear()
            module.calls.update(saved.get(id(module), {}))


def trial_forward(
    ev: Evaluator,
    root: ModuleObject,
    specs: Sequence[InputSpec],
    fixed: dict[str, int],
    shift: int,
    expected: Mapping[str, int] | None = None,
) -> bool:
    """A forward pass that only finds which free sizes the layers fix; whether it came to its end, or to where all are
    found that are `expected`.
    """
    with on_trial(ev, root):
        if expected is not None:
            ev.guards = Guards(expected)
        ended = True
        try:
            run_forward(ev, root, specs, fixed, "eval", shift)
        except FreeSize as free:
            ended = False
            fix(free.size, dim_hint(free.size), fixed)
        except Found:  # told by the guards below, like what a whole pass finds
            pass
        for size, number, _ in ev.guards:
            fix(size, number, fixed)
    return ended


def fits(ev: Evaluator, root: ModuleObject, specs: Sequence[InputSpec], known: bool) -> bool:
    """Does a forward pass with these inputs meet no contradiction of sizes? `known`: every call of it is understood,
    so that no layer was handed what it cannot take, and none has to be read another way for it.
    """
    ev.misfit = None
    with on_trial(ev, root):
        nodes = len(ev.nodes)
        try:
            run_forward(ev, root, specs, {}, "eval", 0)
        except FreeSize:  # a size that is free contradicts none
            pass
        except (Refusal, Raised, LimitReached, RecursionError):
            return False
        except Restate:
            if not known:
                raise
            return False
        return not known or all(node.op is not None for node in ev.nodes[nodes:])


def fix(size: object, number: object, fixed: dict[str, int]) -> None:
    """A free size that must equal a number is that number."""
    if isinstance(size, Size) and isinstance(number, int):
        names = symbols(size)
        if len(names) == 1 and str(size) in names and str(size) != "N":
            fixed[str(size)] = number


def forward(
    ev: Evaluator, root: ModuleObject, specs: Sequence[InputSpec], fixed: dict[str, int], mode: str, shift: int
) -> Run:
    """One forward pass in a mode."""
    start = len(ev.nodes)
    inputs, outputs, names, kind = run_forward(ev, root, specs, fixed, mode, shift)
    made = ev.nodes[start:]
    return Run(mode, tuple(inputs), (*needed_before(ev.nodes[: ev.built], made, outputs), *made), outputs, names, kind)


def needed_before(earlier: list[Node], nodes: list[Node], outputs: Iterable[TensorVersion]) -> list[Node]:
    """Nodes that the construction of the model made and a forward pass needs: tables, masks, frequencies."""
    return needed(earlier, [*outputs, *(v for node in nodes for v in tensors_of(node))]) if earlier else []


def needed(nodes: Sequence[Node], values: Iterable[TensorVersion]) -> list[Node]:
    """Those of some nodes that values depend on, in their order."""
    maker = {result.id: node for node in nodes for result in node.results}
    todo = [v.id for v in values]
    wanted: set[int] = set()
    while todo:
        node = maker.get(todo.pop())
        if node is not None and id(node) not in wanted:
            wanted.add(id(node))
            todo += [v.id for v in tensors_of(node)]
    return [node for node in nodes if id(node) in wanted]


def run_forward(
    ev: Evaluator, root: ModuleObject, specs: Sequence[InputSpec], fixed: dict[str, int], mode: str, shift: int
) -> tuple[list[Input], tuple[TensorVersion, ...], tuple[str, ...], object]:
    """Call the root on symbolic inputs; its outputs, flattened."""
    ev.mode = mode
    names = forward_pass.forward_parameters(ev, root)
    if forward_pass.packs_inputs(ev, root, sum(spec.name is None for spec in specs)):
        root.packs, names = True, [f"{names[0]}{index}" for index in range(len(specs))]
    inputs: list[Input] = []
    args: list[Value] = []
    kwargs: dict[str, Value] = {}
    groups = tuples_of(ev, root, specs)
    members: dict[str, list[Value]] = {}
    for index, spec in enumerate(specs):
        batch = specs[0].shape[0] if specs[0].shape else None
        type_ = (
            root.announced[index].type
            if root.announced
            else symbolic(spec, index, fixed, shift, batch, ev.dialect.channels_last)
        )
        name = names[index] if root.announced else spec.name or (names[index] if index < len(names) else f"x{index}")
        group = groups.get(index)
        name = name if group is None else f"{group}.{len(members.setdefault(group, []))}"
        version = new_version(ev, type_, name=name)
        inputs.append(Input(name, version, group))
        value = Value(TensorCell(version), None, INPUT)
        if group is not None:
            members[group].append(value)
        elif spec.name is None or root.announced:
            args.append(value)
        else:
            kwargs[spec.name] = value
    for group, values in members.items():
        if any(specs[place].name is None for place, name in groups.items() if name == group):
            args.append(joined(values))
        else:
            kwargs[group] = joined(values)
    if root.packs:
        args = [Value(ListObject(args), None, INPUT)]
    site = ev.entry_site
    frame = Frame(None, ev.scopes[next(iter(ev.scopes))], next(iter(ev.files)), key="")
    flat: list[tuple[str, TensorVersion]] = []
    start = len(ev.nodes)
    try:
        result = ev.dialect.apply_module(ev, Value(root), tuple(args), kwargs, site, frame)
        structure = flatten_output(ev, result, "", flat, frame, site)
        updating.settle(ev, start, (v for _, v in flat))
    finally:
        updating.forget(ev)
    return inputs, tuple(v for _, v in flat), tuple(n for n, _ in flat), structure


def flatten_output(
    ev: Evaluator, value: Value, name: str, flat: list[tuple[str, TensorVersion]], frame: Frame, site: ast.AST
) -> object:
    """The tensors of an output structure in order, with names; None is left out. Returns its shape."""
    check_nested(value.hint)
    hint = value.hint
    if isinstance(hint, TensorCell):
        flat.append((name or "output", read_tensor(ev, hint, site, frame)))
        return "tensor"
    if isinstance(hint, (tuple, ListObject)):
        items = list(hint.items if isinstance(hint, ListObject) else hint)
        return [
            flatten_output(ev, v, f"{name}{'.' if name else ''}{i}", flat, frame, site) for i, v in enumerate(items)
        ]
    if isinstance(hint, DictObject):
        return {
            str(k): flatten_output(ev, v, f"{name}{'.' if name else ''}{k}", flat, frame, site)
            for k, (_, v) in hint.entries.items()
        }
    if isinstance(hint, InstanceObject) and not is_record(hint):
        why = f"{name or 'the output'} is an object of {hint.cls.name}, not a record of tensors"
        ev.note(frame, site, why, "what it holds is not compared", "output")
        return None
    if isinstance(hint, InstanceObject):
        return {
            k: flatten_output(ev, v, f"{name}{'.' if name else ''}{k}", flat, frame, site)
            for k, v in hint.attrs.items()
        }
    return None


def is_record(instance: InstanceObject) -> bool:
    """Is an object a dataclass, a named tuple or a namespace: fields, and nothing hidden?"""
    return not isinstance(instance.cls, ClassObject) or instance.cls.kind in ("dataclass", "namedtuple")
