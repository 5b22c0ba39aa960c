"""Functions that layers were made with: `Dense(8, activation="relu")` is two things where the target's layer has none.

A layer that is called by the program has its function around the call: `F.relu(self.fc(x))`. In a row of layers, where
nobody writes the call, and where calls of one place differ, a layer of the function stands behind it.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING

from codegen.lower import Lowered, Lowering, Plan
from codegen.writing import nodes
from codegen.writing.named_functions import LINEAR
from codegen.writing.naming import reference_to
from codegen.writing.plans import Material, Unwritable
from pivot.forms import Refused
from pivot.network import Node
from pivot.reading.modules import ACTIVATION, ModuleObject
from pivot.reading.trace import Trace, Visit
from pivot.reading.values import Api, FunctionObject, Value

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions

PART = 1  # of an application's site: the function on its result


class Activations:
    """Which layers carry their function with them, and what that is."""

    def __init__(self, lowering: Lowering, trace: Trace) -> None:
        self.lowering, self.trace = lowering, trace
        self.calls: dict[int, list[Visit]] = {}  # by module: what its function was called as
        self.functions: dict[int, Visit] = {}  # by module: the op that a layer of a library function does
        self.carried: set[int] = set()  # modules whose function stands behind them, as a layer
        made: dict[int, set[int]] = {}
        groups: list[set[int]] = []
        for visits in list(trace.visits.values()):
            met = trace.of(visits[0].node) if visits else []
            applied = [v for v in met if v.kind == "apply" and v.module is not None]
            if any(has_function(v.module) for v in applied):
                self.collect(applied, groups)
            named = [v.module for v in applied if v.module is not None and "function" in v.module.attrs]
            for module, visit in zip(named, [v for v in met if v.kind == "op"], strict=False):
                self.functions.setdefault(id(module), visit)
        for visits in trace.visits.values():
            for visit in visits:
                if visit.kind in ("layer", "class") and visit.module is not None and id(visit.module) in self.calls:
                    made.setdefault(id(visit.node), set()).add(id(visit.module))
        groups += made.values()
        before = -1
        while len(self.carried) > before:  # a place is written once for all modules that meet there
            before = len(self.carried)
            for group in groups:
                if group & self.carried:
                    self.carried |= group

    def collect(self, applied: list[Visit], groups: list[set[int]]) -> None:
        """The functions behind the applications of one place."""
        node = applied[0].node
        part = node.__dict__.get("_parts", {}).get(PART)
        found = self.trace.of(part) if part is not None else []
        modules = [v.module for v in applied if v.module is not None]
        pending = iter(found)
        said: set[object] = set()
        for module in modules:
            visit = next(pending, None) if has_function(module) else None
            said.add(key_of(visit))
            if visit is not None:
                self.calls.setdefault(id(module), []).append(visit)
        group = {id(m) for m in modules}
        groups.append(group)
        if hasattr(node, "container_index") or len(said) > 1:
            self.carried |= group

    def around(self, e: Expressions, node: ast.Call, made: ast.expr) -> ast.expr:
        """The function on what a call of a layer gives."""
        part = node.__dict__.get("_parts", {}).get(PART)
        visits = self.trace.of(part) if part is not None else []
        modules = [v.module for v in self.trace.of(node) if v.kind == "apply" and v.module is not None]
        if not visits or not modules or id(modules[0]) in self.carried:
            return made
        return self.applied(e, visits, made)

    def applied(self, e: Expressions, visits: list[Visit], x: ast.expr) -> ast.expr:
        """A function on an expression."""
        visit = visits[0]
        if visit.kind == "op" and visit.bound is not None:
            site = e.w.sites.sites.get(("call", id(visit.node)))
            if site is None or site.why or len(site.cases) != 1:
                raise Unwritable((site.why if site is not None else "") or "an activation has no form in the target")
            given: dict[str, ast.expr] = {key: x for key, where in visit.bound.given.items() if where == 0}
            return e.w.plans.function(site.cases[0].members, Material(given, visit.form, lambda slot: [], e.locals))
        function = visit.entered.function if visit.entered is not None else None
        return nodes.call(self.own_function(e, function), [x])

    def own_function(self, e: Expressions, function: FunctionObject | None) -> ast.expr:
        """The name of a function of the program."""
        scope = e.w.scope_of(function.file) if function is not None else None
        held = scope.names.get(function.name) if scope is not None and function is not None else None
        if function is None or held is None or held.hint is not function:
            raise Unwritable("the function that a layer was made with has no name here")
        return reference_to((function.file, function.name))

    def behind(self, e: Expressions, node: ast.expr, layers: list[ast.expr]) -> list[ast.expr]:
        """The layers made at a place, with the layer of their function behind them."""
        modules = [v.module for v in e.w.trace.of(node) if v.module is not None]
        if not any(id(m) in self.carried for m in modules):
            return layers
        kinds: dict[object, list[ModuleObject]] = {}
        for module in modules:
            if id(module) in self.calls or module.calls:
                kinds.setdefault(key_of(next(iter(self.calls.get(id(module), ())), None)), []).append(module)
        texts = [(group, self.layer_of(e, group[0])) for group in kinds.values()]
        if len(texts) == 1:
            more = texts[0][1]
            return layers if more is None else [*layers, more]
        return [self.separated(e, node, texts, layers)]

    def layer_of(self, e: Expressions, module: ModuleObject) -> ast.expr | None:
        """The layer of a module's function, None where it has none."""
        visits = self.calls.get(id(module), [])
        if not visits:
            return None
        if visits[0].kind != "op" or visits[0].made is None:
            return e.w.target.function_layer(self.applied(e, visits, ast.Name("x", ast.Load())))
        low = as_layer(self.lowering, visits[0].made)
        return e.w.plans.layer([low], Material({}, None, lambda slot: []))[0]

    def function_layer(self, e: Expressions, node: ast.Call) -> ast.expr | None:
        """`Activation("relu")`: the layer of that op; None where the function is the program's own."""
        modules = [v.module for v in e.w.trace.of(node) if v.module is not None]
        plain = [m for m in modules if is_linear(m)]
        if modules and len(plain) == len(modules):
            return e.w.target.identity()
        if plain:
            raise Unwritable("this layer is another function at each visit")
        found = [self.functions[id(m)] for m in modules if id(m) in self.functions]
        if not found or any(v.made is None or v.entered is not None for v in found):
            return None
        if len({key_of(v) for v in found}) != 1:
            raise Unwritable("this layer is another function at each visit")
        assert found[0].made is not None
        return e.w.plans.layer([as_layer(self.lowering, found[0].made)], Material({}, None, lambda slot: []))[0]

    def separated(
        self,
        e: Expressions,
        node: ast.expr,
        texts: list[tuple[list[ModuleObject], ast.expr | None]],
        layers: list[ast.expr],
    ) -> ast.expr:
        """One row of layers per function, told apart by the argument that says it."""
        keywords = node.keywords if isinstance(node, ast.Call) else []
        argument = next((k.value for k in keywords if k.arg == "activation"), None)
        made: ast.expr | None = None
        for group, more in reversed(texts):
            row = layers if more is None else [*layers, more]
            text = row[0] if len(row) == 1 else e.w.target.row(ast.List(copy.deepcopy(row), ast.Load()))
            value = said_value(group[0])
            if made is None:
                made = text
                continue
            if argument is None or not isinstance(value, (str, type(None))):
                raise Unwritable("the functions of these layers differ and no argument tells them apart")
            same = ast.Is() if value is None else ast.Eq()
            made = ast.IfExp(ast.Compare(e.expr(argument), [same], [ast.Constant(value)]), text, made)
        assert made is not None
        return made


def is_linear(module: ModuleObject) -> bool:
    """Is it `Activation("linear")`, which gives what it takes?"""
    hint = module.attrs.get("function", Value(None)).hint
    return isinstance(hint, Api) and hint.name == LINEAR


def has_function(module: ModuleObject | None) -> bool:
    """Was a layer of the library made with a function on its result?"""
    return module is not None and module.form is not None and ACTIVATION in module.attrs


def said_value(module: ModuleObject) -> object:
    """The function's name as the source gives it; None where it gives none."""
    value = module.attrs.get(ACTIVATION, Value(None))
    return value.hint


def key_of(visit: Visit | None) -> object:
    """What tells two functions apart."""
    if visit is None:
        return None
    if visit.made is not None and visit.made.op is not None:
        return visit.made.op.name, tuple(sorted((k, str(v)) for k, v in visit.made.params.items()))
    function = visit.entered.function if visit.entered is not None else None
    return id(function.node) if function is not None else id(visit)


def as_layer(lowering: Lowering, node: Node) -> Lowered:
    """A function's node as a layer that is made once. Raises Unwritable."""
    assert node.op is not None
    operands = {k: v for k, v in node.operands.items() if k not in node.weights}
    plans: Sequence[Plan] | Refused = lowering.plans(
        node.op, "layer", node.params, operands, {}, node.results, {}, node, frozenset(), 0
    )
    if isinstance(plans, Refused):
        raise Unwritable(plans.why)
    return Lowered(node, plans, "", plans[0])


def function_layer(e: Expressions, node: ast.Call) -> ast.expr:
    """`Lambda(function)`: a layer of the target's that calls it."""
    made = e.w.activations.function_layer(e, node)
    if made is not None:
        return made
    named = {k.arg: k.value for k in node.keywords}
    given = node.args[0] if node.args else named.get("function", named.get("activation"))
    if given is None:
        raise Unwritable("a layer of a function without the function")
    more = node.args[3] if len(node.args) > 3 else named.get("arguments")
    if more is not None and not (isinstance(more, ast.Constant) and more.value is None):
        e.w.imports["functools"] = ("functools", None)
        bound = nodes.call("functools.partial", [e.expr(given)])
        bound.keywords = [ast.keyword(None, e.expr(more))]
        return e.w.target.layer_of_function(bound)
    if isinstance(given, ast.Lambda) and [a.arg for a in given.args.args] == ["x"]:
        inner = e.expr(given)
        assert isinstance(inner, ast.Lambda)
        return e.w.target.function_layer(inner.body)
    return e.w.target.layer_of_function(e.expr(given))
