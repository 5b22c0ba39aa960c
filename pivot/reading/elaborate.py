"""Elaboration: from a source file, an entry and inputs to the network, in evaluation and in training mode."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pivot.dims import Size, symbols
from pivot.dims import hint as dim_hint
from pivot.network import Input, Network, Node, Run
from pivot.opset import OpSet
from pivot.problems import Problem, refuse
from pivot.reading import applying, calls, entries, imports
from pivot.reading.dialect import Dialect
from pivot.reading.evaluator import Evaluator, Raised
from pivot.reading.frames import Frame
from pivot.reading.inputs import InputSpec, symbolic
from pivot.reading.modules import ModuleObject, name_paths
from pivot.reading.values import (
    INPUT,
    DictObject,
    InstanceObject,
    ListObject,
    TensorCell,
    TensorVersion,
    Value,
)


@dataclass(frozen=True, slots=True)
class Request:
    """What to elaborate: file, entry expression, inputs, names bound from outside, texts that replace files."""

    path: Path
    model: str | None = None
    inputs: tuple[InputSpec, ...] = ()
    bind: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    shift: int = 0


@dataclass(slots=True)
class Elaborated:
    """The network and the evaluator that made it: writing asks it for facts."""

    network: Network
    evaluator: Evaluator
    specs: tuple[InputSpec, ...]
    found: str = ""  # where the inputs come from


def elaborate(request: Request, dialect: Dialect, opset: OpSet) -> Elaborated:
    """Evaluate the entry's construction once and its forward pass in both modes. Raises Refusal."""
    ev = Evaluator(dialect, opset, request.texts)
    scope = imports.open_file(ev, request.path)
    frame = ev.module_frame(scope)
    try:
        bind_names(ev, request.bind, frame)
        entry, root = entries.make_entry(ev, scope, frame, request.model)
        name_paths(root)
        specs, found = entries.find_inputs(ev, scope, frame, root, entry, request.inputs)
        fixed: dict[str, int] = {}
        for _ in range(4):  # sizes that layers fix become numbers; each turn can only fix more
            before = dict(fixed)
            trial_forward(ev, root, specs, fixed, request.shift)
            if fixed == before:
                break
        runs = {mode: forward(ev, root, specs, fixed, mode, request.shift) for mode in ("eval", "train")}
    except Raised as raised:
        line, column = getattr(raised.node, "lineno", 1), getattr(raised.node, "col_offset", 0) + 1
        why = f"the program raises {calls.readable(raised.value)}"
        raise refuse("raised", raised.file, line, column, why, "check the arguments of the model") from None
    except RecursionError:
        raise refuse("limit", str(request.path), 1, 1, "nested too deeply", "split the expressions") from None
    return Elaborated(assemble(ev, root, entry, specs, runs, fixed), ev, specs, found)


def bind_names(ev: Evaluator, bind: Mapping[str, str], frame: Frame) -> None:
    """--set NAME=EXPR: evaluated by the same evaluator, with NumPy and SimpleNamespace at hand."""
    from pivot.reading.frames import Scope
    from pivot.reading.values import Api

    scope = Scope("--set", frame.scope)
    scope.names.update({"SimpleNamespace": Value(Api("types.SimpleNamespace")), "np": Value(Api("numpy"))})
    inner = Frame(None, scope, "--set", key="--set")
    for name, text in bind.items():
        try:
            tree = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise refuse("bind", "--set", 1, 1, f"{text!r} is not an expression", "write NAME=EXPRESSION") from None
        ev.trace.keep.append(tree)
        ev.overrides[name] = ev.evaluate(tree, inner)


def trial_forward(
    ev: Evaluator, root: ModuleObject, specs: Sequence[InputSpec], fixed: dict[str, int], shift: int
) -> None:
    """A forward pass that only finds which free sizes the layers fix."""
    mark = ev.journal.mark()
    nodes, guards, problems = len(ev.nodes), len(ev.guards), len(ev.problems)
    ev.speculating += 2  # above 1: no arm is tried, nothing counts as visited
    saved = {id(m): dict(m.calls) for _, m in root.walk()}
    visits, branches, resolved = ev.trace.visits, ev.trace.branches, ev.trace.resolved
    from collections import defaultdict

    ev.trace.visits, ev.trace.branches, ev.trace.resolved = defaultdict(list), defaultdict(list), defaultdict(list)
    frames = ev.trace.frames
    ev.trace.frames = defaultdict(list)
    try:
        run_forward(ev, root, specs, fixed, "eval", shift)
        for size, number, _ in ev.guards[guards:]:
            fix(size, number, fixed)
    finally:
        ev.trace.visits, ev.trace.branches, ev.trace.resolved, ev.trace.frames = visits, branches, resolved, frames
        ev.speculating -= 2
        ev.journal.rollback(mark)
        del ev.nodes[nodes:], ev.guards[guards:], ev.problems[problems:]
        for _, module in root.walk():
            module.calls.clear()
            module.calls.update(saved.get(id(module), {}))


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
    return Run(mode, tuple(inputs), tuple(ev.nodes[start:]), outputs, names, kind)


def run_forward(
    ev: Evaluator, root: ModuleObject, specs: Sequence[InputSpec], fixed: dict[str, int], mode: str, shift: int
) -> tuple[list[Input], tuple[TensorVersion, ...], tuple[str, ...], object]:
    """Call the root on symbolic inputs; its outputs, flattened."""
    ev.mode = mode
    names = entries.forward_parameters(ev, root)
    inputs: list[Input] = []
    args: list[Value] = []
    kwargs: dict[str, Value] = {}
    for index, spec in enumerate(specs):
        type_ = symbolic(spec, index, fixed, shift, specs[0].shape[0] if specs[0].shape else None)
        name = spec.name or (names[index] if index < len(names) else f"x{index}")
        version = applying.new_version(ev, type_, name=name)
        inputs.append(Input(name, version))
        value = Value(TensorCell(version), None, INPUT)
        if spec.name is None:
            args.append(value)
        else:
            kwargs[spec.name] = value
    site = ast.Call(ast.Name("model", ast.Load()), [], [])
    site.lineno, site.col_offset = 1, 0
    ev.trace.keep.append(site)
    frame = Frame(None, ev.scopes[next(iter(ev.scopes))], next(iter(ev.files)), key="")
    result = ev.dialect.apply_module(ev, Value(root), tuple(args), kwargs, site, frame)
    flat: list[tuple[str, TensorVersion]] = []
    structure = flatten_output(ev, result, "", flat, frame, site)
    return inputs, tuple(v for _, v in flat), tuple(n for n, _ in flat), structure


def flatten_output(
    ev: Evaluator, value: Value, name: str, flat: list[tuple[str, TensorVersion]], frame: Frame, site: ast.AST
) -> object:
    """The tensors of an output structure in order, with names; None is left out. Returns its shape."""
    hint = value.hint
    if isinstance(hint, TensorCell):
        flat.append((name or "output", applying.read_tensor(ev, hint, site, frame)))
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
    if isinstance(hint, InstanceObject):
        return {
            k: flatten_output(ev, v, f"{name}{'.' if name else ''}{k}", flat, frame, site)
            for k, v in hint.attrs.items()
        }
    return None


def assemble(
    ev: Evaluator,
    root: ModuleObject,
    entry: str,
    specs: Sequence[InputSpec],
    runs: dict[str, Run],
    fixed: dict[str, int],
) -> Network:
    """Merge both modes by site and put the network together."""
    from pivot.reading.merge import merge_modes

    nodes = merge_modes(runs["eval"], runs["train"])
    name_paths(root)
    modules = tuple(m for _, m in root.walk())
    parameters = tuple({id(p): p for m in modules for _, p in m.own_parameters()}.values())
    unused_modules(ev, root, nodes)
    guards = tuple(
        dict.fromkeys(f"{place}: {left} must be {right}" for left, right, place in ev.guards if dim_hint_ok(left))
    )
    return Network(
        root=root,
        entry=entry,
        runs=runs,
        nodes=nodes,
        modules=modules,
        parameters=parameters,
        trace=ev.trace,
        guards=guards,
        problems=tuple(ev.problems),
        fixed=dict(fixed),
    )


def dim_hint_ok(size: object) -> bool:
    """Does a guard still speak of a free size?"""
    return isinstance(size, Size) and bool(symbols(size)) and dim_hint(size) >= 0


def unused_modules(ev: Evaluator, root: ModuleObject, nodes: tuple[Node, ...]) -> None:
    """Modules that no mode reaches are kept and carried, and said so."""
    applied = {id(n.module) for n in nodes if n.module is not None}
    for path, module in root.walk():
        if module.weights and id(module) not in applied:
            file = module.frame.file if module.frame is not None else ""
            line = getattr(module.site, "lineno", 0)
            why = f"{path} ({module.class_name}) is never called"
            problem = Problem("unused-module", "info", file, line, 1, why, "its weights are kept and carried")
            if problem not in ev.problems:
                ev.problems.append(problem)
