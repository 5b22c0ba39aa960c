"""Classes beside the model that the same code is made for: read on trial, so that they can be written too.

`ResNet` takes `BasicBlock` or `Bottleneck`; a model with one of them is written with both, where the file has a builder
that uses the other.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pivot.problems import Refusal
from pivot.reading import entries, lookup
from pivot.reading.constructors import required_arguments
from pivot.reading.inputs import InputSpec
from pivot.reading.modules import ModuleObject
from pivot.reading.restating import is_restatement
from pivot.reading.running import run_forward
from pivot.reading.signals import Raised, Restate
from pivot.reading.values import ClassObject
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from pivot.reading.elaborate import Elaborated
    from pivot.reading.frames import Scope


ANY = InputSpec((2, 8))
"""What a layer is tried with that takes any tensor, however it is stored."""
ACTIVATION = (["self"], ["self", "inplace"], ["self", "approximate"])
"""What constructors of restated activations take."""


def visit_companions(done: Elaborated) -> None:
    """Read on trial every class of the opened file that visited code names but no visit reached, and every restated
    layer that the program could choose in the place of another: `{"relu": nn.ReLU, "gelu": nn.GELU}[act]`. Done once.
    """
    if "companions" in done.learned:
        return
    done.learned["companions"] = True
    ev = done.evaluator
    for scope, layer in unreached_layers(done):
        on_trial(done, scope, ast.copy_location(ast.Call(ast.Name(layer.name, ast.Load()), [], []), layer), (ANY,))
    scope = next(iter(ev.scopes.values()))
    tree = entries.tree_of(ev, scope)
    named = mentioned(done, tree)
    for node in tree.body:
        if not isinstance(node, ast.ClassDef) or node.name not in named:
            continue
        value = lookup.in_module(ev, scope, node.name)
        if value is None or not isinstance(value.hint, ClassObject) or not ev.dialect.is_module_class(value.hint):
            continue
        methods = [s for s in node.body if isinstance(s, ast.FunctionDef)]
        if any(ev.trace.frames.get(id(m)) for m in methods):
            continue
        builder = next(
            (
                f
                for f in tree.body
                if isinstance(f, ast.FunctionDef) and uses(f, node.name) and not required_arguments(f)
            ),
            None,
        )
        if builder is not None:
            build_on_trial(done, builder)


def unreached_layers(done: Elaborated) -> list[tuple[Scope, ast.ClassDef]]:
    """Restated layers of one tensor that were named and never called, and that take no arguments: activations."""
    ev = done.evaluator
    found: list[tuple[Scope, ast.ClassDef]] = []
    for scope in list(ev.scopes.values()):
        for node in entries.tree_of(ev, scope).body if is_restatement(scope.file) else ():
            if not isinstance(node, ast.ClassDef):
                continue
            methods = {s.name: s for s in node.body if isinstance(s, ast.FunctionDef)}
            made, forward = methods.get("__init__"), methods.get("forward")
            bare = made is not None and [a.arg for a in made.args.args] in ACTIVATION
            if forward is not None and bare and not ev.trace.frames.get(id(forward)):
                if len(required_arguments(forward)) == 2:  # self and one tensor
                    found.append((scope, node))
    return found


def uses(node: ast.FunctionDef, name: str) -> bool:
    """Does a function's body read a name?"""
    return any(isinstance(n, ast.Name) and n.id == name for s in node.body for n in walk(s))


def mentioned(done: Elaborated, tree: ast.Module) -> set[str]:
    """Names in the annotations of functions and methods that were entered."""
    found: set[str] = set()
    for node in walk(tree):
        if isinstance(node, ast.FunctionDef) and done.evaluator.trace.frames.get(id(node)):
            for arg in (*node.args.args, *node.args.kwonlyargs):
                if arg.annotation is not None:
                    found |= {n.id for n in walk(arg.annotation) if isinstance(n, ast.Name)}
    return found


def build_on_trial(done: Elaborated, builder: ast.FunctionDef) -> None:
    """Build a model and run it, keeping only what was seen."""
    scope = next(iter(done.evaluator.scopes.values()))
    call = ast.copy_location(ast.Call(ast.Name(builder.name, ast.Load()), [], []), builder)
    on_trial(done, scope, call, done.specs)


def on_trial(done: Elaborated, scope: Scope, call: ast.Call, specs: Sequence[InputSpec]) -> None:
    """Make a module by a call and run it, keeping only what was seen."""
    ev = done.evaluator
    frame = ev.module_frame(scope)
    ast.fix_missing_locations(call)
    ev.trace.keep.append(call)
    mark = ev.journal.mark()
    nodes, modules, parameters, guards = len(ev.nodes), len(ev.modules), len(ev.parameters), len(ev.guards)
    ev.speculating += 1
    ev.companion = True
    try:
        value = ev.evaluate(call, frame)
        if isinstance(value.hint, ModuleObject):
            inputs, *_ = run_forward(ev, value.hint, specs, dict(done.network.fixed), "eval", 0)
            ev.tried.append(tuple(inputs))
    except (Refusal, Raised, Restate):
        ev.abandoned = True  # the class stays unread, and is left out
    finally:
        ev.speculating -= 1
        ev.companion = False
        ev.journal.rollback(mark)
        del ev.nodes[nodes:], ev.modules[modules:], ev.parameters[parameters:], ev.guards[guards:]
