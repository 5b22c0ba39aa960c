"""Elaboration: from a source file, an entry and inputs to the network, in evaluation and in training mode."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pivot.dims import Size, symbols
from pivot.dims import hint as dim_hint
from pivot.network import Network, Node, Run
from pivot.opset import OpSet
from pivot.problems import Problem, Refusal, refuse
from pivot.reading import entries, imports, updating
from pivot.reading.bombs import LimitReached
from pivot.reading.dialect import Dialect
from pivot.reading.evaluator import Evaluator
from pivot.reading.fixing import EXPECTED, Unsettled, settle_sizes, settled_forward
from pivot.reading.frames import Frame, Scope
from pivot.reading.hints import readable
from pivot.reading.input_search import find_inputs
from pivot.reading.inputs import InputSpec
from pivot.reading.library_modules import package_of
from pivot.reading.limits import LIMITS
from pivot.reading.mask_edits import Edits
from pivot.reading.merge import merge_modes
from pivot.reading.modules import ModuleObject, name_paths
from pivot.reading.restating import is_restatement
from pivot.reading.running import forward, needed
from pivot.reading.signals import Raised, Restate
from pivot.reading.tie_edits import Tie
from pivot.reading.tuple_inputs import say_joined
from pivot.reading.values import (
    Api,
    TensorCell,
    Value,
)


@dataclass(frozen=True, slots=True)
class Request:
    """What to elaborate: file, entry expression, inputs, names bound from outside, texts that replace files.

    `restated`: library names that are read by their restatements although a form reads them. `modes`: the forward
    passes that are read; where training cannot be, inference alone is, and a problem says so.
    """

    path: Path
    model: str | None = None
    inputs: tuple[InputSpec, ...] = ()
    bind: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    shift: int = 0
    restated: frozenset[str] = frozenset()
    modes: tuple[str, ...] = ("eval", "train")
    room: int = 0  # of images whose sizes the source leaves open
    masks: Mapping[str, Edits] = field(default_factory=dict)  # by file: those that its text is read with
    ties: Mapping[str, tuple[Tie, ...]] = field(default_factory=dict)  # the same of weights that two layers share


@dataclass(slots=True)
class Elaborated:
    """The network and the evaluator that made it: writing asks it for facts."""

    network: Network
    evaluator: Evaluator
    specs: tuple[InputSpec, ...]
    found: str = ""  # where the inputs come from
    learned: dict[str, object] = field(default_factory=dict)  # what a later pass knows of it, for those behind it


@contextmanager
def room_for_calls() -> Iterator[None]:
    """Let the limit of nested calls be reached before Python's own: one call of the program is some fifteen of ours."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 50 * LIMITS.call_depth))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def elaborate(request: Request, dialect: Dialect, opset: OpSet) -> Elaborated:
    """Evaluate the entry's construction once and its forward pass in both modes. Raises Refusal."""
    untrained: tuple[Problem, ...] = ()
    careful = False
    with room_for_calls():
        # ends: a turn restates one more of finitely many names, is careful, takes more room, or gives training up
        while True:
            try:
                done = evaluate(request, dialect, opset, careful)
            except Unsettled:
                careful = True
            except Refusal as refusal:
                room = more_room(request, refusal) if dialect.builds_step_by_step else 0
                if not room:
                    raise
                request = replace(request, room=room)
            except Restate as more:
                request = replace(request, restated=request.restated | {more.name})
            except Untrained as no:
                request, untrained = replace(request, modes=("eval",)), (no.problem,)
            else:
                done.network.problems = (*done.network.problems, *untrained)
                return done


TOO_SMALL = re.compile(r"would be (0|-\d+)$")
ROOMS = (0, 128, 224, 299)
"""Sizes of images whose sizes the source leaves open: the usual one, then those that deeper models are made for."""


def more_room(request: Request, refusal: Refusal) -> int:
    """The next larger size of images to try, where those at hand are too small for the model; 0: there is none."""
    if request.inputs or refusal.problem.code != "shape" or TOO_SMALL.search(refusal.problem.why) is None:
        return 0
    return next((size for size in ROOMS if size > request.room), 0)


class Untrained(Exception):
    """The forward pass in training mode cannot be read, the one in inference can: the program is read again for it."""

    def __init__(self, why: Problem) -> None:
        text = f"training is not read: {why.why}"
        remedy = "inference is written and compared; what runs in training alone is not verified"
        super().__init__(text)
        self.problem = Problem("training", "warning", why.file, why.line, why.column, text, remedy)


def is_restated(file: str) -> bool:
    """Is this a file that stands for a layer, a function or a module of a library?"""
    return is_restatement(file) or package_of(Path(file)) is not None


def refusal_of(ev: Evaluator, raised: Raised) -> Refusal:
    """What the program raises ends the reading; what restated library code raises is said where it was called."""
    said = readable(raised.value)
    for frame in raised.frame.chain():
        if is_restated(frame.file) and frame.parent is not None and not is_restated(frame.parent.file):
            why = said.removeprefix("NotImplementedError: ")
            remedy = "write it with operations the target has"
            return ev.refusal(frame.parent, frame.site or raised.node, why, remedy, "restated")
    why = f"the program raises {said}"
    return ev.refusal(raised.frame, raised.node, why, "check the arguments of the model", "raised")


def evaluate(request: Request, dialect: Dialect, opset: OpSet, careful: bool = True) -> Elaborated:
    """The steps of elaboration. Not `careful`: raises Unsettled where sizes have to be settled with more care."""
    ev = Evaluator(dialect, opset, request.texts)
    ev.restated, ev.given, ev.shift = request.restated, request.inputs, request.shift
    ev.room, ev.said_masks, ev.said_ties = request.room, request.masks, request.ties
    scope = imports.open_file(ev, request.path)
    frame = ev.module_frame(scope)
    try:
        bind_names(ev, request.bind, frame)
        entry, root = entries.make_entry(ev, scope, frame, request.model)
        name_paths(root)
        ev.built = len(ev.nodes)
        for module in ev.modules:  # symbolic calls that built it are no calls of a forward pass
            module.calls.clear()
        specs, found = find_inputs(ev, scope, frame, root, entry, request.inputs)
        say_joined(ev, root, specs, frame, root.site or ev.entry_site)
        program = (request.path.name, request.model, specs, tuple(request.bind.items()))
        specs, fixed, settled = settle_sizes(ev, root, specs, careful, EXPECTED.of(program))
        built = {id(m): dict(m.attrs) for m in ev.modules}
        runs = {"eval": settled_forward(ev, root, specs, fixed, request.shift, settled)}
        EXPECTED.note(program, fixed)
        if "train" in request.modes:
            forget_computed(ev, built)
            runs["train"] = training(ev, root, specs, fixed, request.shift)
    except Refusal as refusal:
        raise in_doubt(ev, refusal) from None
    except Raised as raised:
        raise in_doubt(ev, refusal_of(ev, raised)) from None
    except LimitReached as limit:
        raise refuse("limit", str(request.path), 1, 1, str(limit), "make it smaller") from None
    except RecursionError:
        raise refuse("limit", str(request.path), 1, 1, "nested too deeply", "split the expressions") from None
    return Elaborated(assemble(ev, root, entry, runs, fixed), ev, specs, found)


def in_doubt(ev: Evaluator, refusal: Refusal) -> Refusal:
    """A refusal; where arguments were assumed, that they are not given, with what came of those that were tried."""
    if ev.in_doubt is None:
        return refusal
    asked = ev.in_doubt.problem
    return Refusal(replace(asked, remedy=f"{asked.remedy}; usual ones were tried: {refusal.problem.why}"))


def forget_computed(ev: Evaluator, built: Mapping[int, Mapping[str, Value]]) -> None:
    """Tensors that one pass computed and kept on modules are not there before the next: as the model was built."""
    for module in ev.modules:
        before = built.get(id(module), {})
        kept = [k for k, v in module.attrs.items() if isinstance(v.hint, TensorCell) and v is not before.get(k)]
        for name in kept:
            cell = module.attrs[name].hint
            if isinstance(cell, TensorCell) and cell.version.parameter is None:
                if name in before:
                    module.attrs[name] = before[name]
                else:
                    del module.attrs[name]


def training(ev: Evaluator, root: ModuleObject, specs: tuple[InputSpec, ...], fixed: dict[str, int], shift: int) -> Run:
    """The forward pass in training mode. Raises Untrained where it cannot be read."""
    try:
        return forward(ev, root, specs, fixed, "train", shift)
    except Refusal as refusal:
        raise Untrained(refusal.problem) from None
    except Raised as raised:
        raise Untrained(refusal_of(ev, raised).problem) from None


def bind_names(ev: Evaluator, bind: Mapping[str, str], frame: Frame) -> None:
    """--set NAME=EXPR: evaluated by the same evaluator, with NumPy and SimpleNamespace at hand."""
    scope = Scope("--set", frame.scope)
    scope.names.update({"SimpleNamespace": Value(Api("types.SimpleNamespace")), "np": Value(Api("numpy"))})
    for root in ("keras", "tensorflow", "torch"):
        scope.names[root] = Value(Api(ev.dialect.canonical(root)))
    inner = Frame(None, scope, "--set", key="--set")
    for name, text in bind.items():
        try:
            tree = entries.Imported(ev, ev.scopes[next(iter(ev.scopes))]).visit(ast.parse(text, mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise refuse("bind", "--set", 1, 1, f"{text!r} is not an expression", "write NAME=EXPRESSION") from None
        ev.trace.keep.append(tree)
        ev.overrides[name] = ev.evaluate(tree, inner)
        ev.override_nodes[name] = tree


def assemble(
    ev: Evaluator,
    root: ModuleObject,
    entry: str,
    runs: dict[str, Run],
    fixed: dict[str, int],
) -> Network:
    """Merge both modes by site and put the network together."""
    nodes = merge_modes(runs["eval"], runs["train"]) if "train" in runs else runs["eval"].nodes
    name_paths(root)
    modules = tuple(m for _, m in root.walk())
    parameters = tuple({id(p): p for m in modules for _, p in m.own_parameters()}.values())
    unused_modules(ev, root, nodes)
    ev.problems += drawn(runs["eval"])
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
        problems=updating.counted(ev.problems),
        fixed=dict(fixed),
    )


def drawn(run: Run) -> list[Problem]:
    """What draws random numbers in inference, of which outputs depend: nothing can be compared from run to run."""
    found: list[Problem] = []
    for node in needed(run.nodes, run.outputs):
        if node.op is not None and draws(node):
            line, column = getattr(node.site, "lineno", 0), getattr(node.site, "col_offset", 0) + 1
            why = f"{node.op.title} in inference: outputs differ from run to run, here and in the target"
            remedy = "--verify puts the same numbers in their place on both sides"
            found.append(Problem("random", "warning", node.file, line, column, why, remedy))
    return list(dict.fromkeys(found))


def draws(node: Node) -> bool:
    """Does a node of inference draw numbers: always, or because a call says that it is training?"""
    assert node.op is not None
    flags = node.bound.flags if node.bound is not None and node.module is None else {}
    return node.op.random == "always" or (node.op.random == "training" and flags.get("training") is True)


def dim_hint_ok(size: object) -> bool:
    """Does a guard still speak of a free size?"""
    return isinstance(size, Size) and bool(symbols(size)) and dim_hint(size) >= 0


def unused_modules(ev: Evaluator, root: ModuleObject, nodes: tuple[Node, ...]) -> None:
    """Modules that no mode reaches are kept and carried, and said so."""
    applied = {id(n.module) for n in nodes if n.module is not None}
    said = set(ev.problems)
    for path, module in root.walk():
        computed_with = (
            module.made_by is not None and module.calls
        )  # a class that derives from a layer has its own call
        if module.weights and id(module) not in applied and not computed_with:
            file = module.frame.file if module.frame is not None else ""
            line = getattr(module.site, "lineno", 0)
            why = f"{path} ({module.class_name}) is never called"
            problem = Problem("unused-module", "info", file, line, 1, why, "its weights are kept and carried")
            if problem not in said:
                said.add(problem)
                ev.problems.append(problem)
