"""Library classes and functions used as values: small functions, or the target's own name."""

from __future__ import annotations

import ast
import copy
import re
from functools import cached_property
from typing import TYPE_CHECKING

from codegen.lower import Lowered
from codegen.unapplied import unapplied, unapplied_function
from codegen.writing import nodes
from codegen.writing.frozen import tell_frozen
from codegen.writing.gone import functions
from codegen.writing.plans import Material, Unwritable
from codegen.writing.sites import Site
from pivot.forms import Refused, read_args
from pivot.op import Form
from pivot.reading.modules import ModuleObject
from pivot.reading.values import Api
from pivot.slots import MISSING, Flag, Ignored, Operand, Slot

if TYPE_CHECKING:
    from codegen.writing.writer import Writer


class Adapters:
    """What stands for library names that a program hands on: one for each name, made when it is first asked for."""

    def __init__(self, writer: Writer) -> None:
        self.w = writer
        self.names: dict[str, str] = {}  # library name -> name of its adapter
        self.made: dict[str, ast.stmt | ast.expr] = {}  # an expression where the target's own name does

    def reference(self, api: str) -> ast.expr | None:
        """The expression for a library name used as a value; None where no op reads it."""
        if api not in self.made:
            site = self.w.sites.sites.get(("adapter", api))
            forms = self.w.opset.find(self.w.source_framework, "call", api)
            if site is None and not forms:
                return None
            self.names[api] = self.new_name(api)
            made = self.used(api, site) if site is not None else self.unused(api, forms)
            named = any(
                v.bound is not None and any(isinstance(g, str) for g in v.bound.given.values())
                for v in (site.visits if site is not None else [])
            )
            self.made[api] = made if named else plain_name(made) or made
        found = self.made[api]
        return copy.deepcopy(found) if isinstance(found, ast.expr) else ast.Name(self.names[api], ast.Load())

    def definitions(self, read: set[str]) -> list[ast.stmt]:
        """The adapters whose names are read."""
        return [s for api, s in self.made.items() if isinstance(s, ast.stmt) and self.names[api] in read]

    def new_name(self, api: str) -> str:
        """`batch_norm2d` for torch.nn.BatchNorm2d, unless the program uses that name."""
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", api.rpartition(".")[2]).lower()
        taken = {n for scope in self.w.ev.scopes.values() for n in scope.lazy} | set(self.names.values()) | self.bound
        while name in taken:
            name += "_layer"
        return name

    @cached_property
    def bound(self) -> set[str]:
        """Names that functions of the program bind: what is called there by such a name is not the adapter."""
        from codegen.writing.definitions import local_names

        found = self.w.done.learned.get("bound")
        if not isinstance(found, set):
            named = (f.node for f in functions(self.w) if isinstance(f.node, ast.FunctionDef))
            found = self.w.done.learned["bound"] = {name for node in named for name in local_names(node)}
        return found

    def used(self, api: str, site: Site) -> ast.stmt:
        """The source's signature, the target's words: `def batch_norm2d(n): return layers.BatchNormalization(...)`."""
        name = self.names[api]
        if site.why or not site.cases:
            return self.refusing(name, site.why or f"{api} is never applied", site)
        form = site.visits[0].form
        assert form is not None
        keys = {k for v in site.visits if v.bound is not None for k in v.bound.given}
        args, defaults, given = signature(form, keys)
        rest = rest_of(form, keys, given)
        from codegen.writing.layer_facts import hint_of

        names = {a.arg for a in args}
        material = Material(given, form, lambda slot: [hint_of(v, slot) for v in site.visits], names)
        body: list[ast.stmt] = []
        try:
            for case in site.cases:
                value = ast.Return(self.value(form, case.members, material))
                body.append(value if case.test is None else ast.If(copy.deepcopy(case.test), [value], []))
        except Unwritable as no:
            return self.refusing(name, str(no), site)
        spec = ast.arguments([], args, None, [], [], rest, defaults)
        made = ast.FunctionDef(name, spec, body, [], None, None)
        made.__dict__["blank"] = 2
        node = site.visits[0].node
        if rest is not None and isinstance(node, ast.Call):
            tell_frozen(self.w, site, node, ast.Tuple([s.value for s in body if isinstance(s, ast.Return) and s.value]))
        return made

    def value(self, form: Form, members: list[Lowered], material: Material) -> ast.expr:
        """What one case returns: a layer, or a function's value."""
        if form.kind == "function":
            return self.w.plans.function(members, material)
        layers = self.w.plans.layer(members, material)
        return layers[0] if len(layers) == 1 else self.w.target.row(ast.List(layers, ast.Load()))

    def unused(self, api: str, forms: tuple[Form, ...]) -> ast.stmt:
        """What is handed on but never called on this configuration: its plain form, or a refusal when it is called."""
        name = self.names[api]
        form = forms[0]
        flags = [s for s in form.args if isinstance(s.value, Flag) and s.name is not None]
        if form.kind == "function":
            lowered = unapplied_function(self.w.lowering, form)
            tensors = [s for s in form.args if isinstance(s.value, Operand) and s.default is MISSING]
        else:
            bound = read_args(form, (), {})
            module = (
                None
                if isinstance(bound, Refused)
                else ModuleObject(Api(api), form=form, bound=bound, params=dict(bound.params))
            )
            lowered, tensors = unapplied(self.w.lowering, module) if module is not None else None, []
        if lowered is None or not lowered.plans:
            return self.refusing(name, f"{api} was never made on the configuration that was read")
        lowered.chosen = lowered.plans[0]
        args, defaults, given = signature(form, {s.key for s in (*tensors, *flags)})
        try:
            value = self.value(form, [lowered], Material(given, form, lambda slot: [], {a.arg for a in args}))
        except Unwritable as no:
            return self.refusing(name, str(no))
        return ast.FunctionDef(
            name, ast.arguments([], args, None, [], [], None, defaults), [ast.Return(value)], [], None, None
        )

    def refusing(self, name: str, why: str, site: Site | None = None) -> ast.stmt:
        """A function that says why it cannot be called. One that is called on this configuration is refused."""
        met = next((v for v in site.visits if not v.speculative), None) if site is not None else None
        if met is not None and isinstance(met.node, ast.expr):
            self.w.refusal(met.frame.file, ast.copy_location(ast.Expr(met.node), met.node), why)
        spec = ast.arguments([], [], ast.arg("args"), [], [], ast.arg("kwargs"), [])
        stop = ast.Raise(nodes.call("NotImplementedError", [ast.Constant(why)]), None)
        self.w.out.unverified.append(f"{name}: {why}")
        return ast.FunctionDef(name, spec, [stop], [], None, None)


def signature(form: Form, keys: set[str]) -> tuple[list[ast.arg], list[ast.expr], dict[str, ast.expr]]:
    """Parameters, their defaults, and what each slot gets: those of the source's arguments that calls give."""
    args: list[ast.arg] = []
    defaults: list[ast.expr] = []
    given: dict[str, ast.expr] = {}
    for slot in form.args:
        name = parameter_name(slot)
        if slot.key not in keys or name is None:
            continue
        args.append(ast.arg(name))
        if slot.default is not MISSING or defaults:
            defaults.append(nodes.literal(slot.default if slot.default is not MISSING else None))
        if not isinstance(slot.value, (Flag, Ignored)):
            given[slot.key] = ast.Name(name, ast.Load())
    return args, defaults, given


def rest_of(form: Form, keys: set[str], given: dict[str, ast.expr]) -> ast.arg | None:
    """`**rest`, where calls give keywords without slots of their own; `given` gets what a layer does something with."""
    slot = next((s for s in form.args if s.rest), None)
    more = keys - {s.key for s in form.args}
    if slot is None or slot.name is None or not more:
        return None
    if not isinstance(slot.value, Ignored):
        rest = ast.Name(slot.name, ast.Load())
        given.update({key: ast.Subscript(rest, ast.Constant(key), ast.Load()) for key in sorted(more)})
    return ast.arg(slot.name)


def parameter_name(slot: Slot) -> str | None:
    """The name of a slot; of a tensor without one, the operand's."""
    if slot.name is not None:
        return slot.name
    return slot.value.names[0] if isinstance(slot.value, Operand) and len(slot.value.names) == 1 else None


def plain_name(made: ast.stmt) -> ast.expr | None:
    """`ops.relu`, where an adapter would only hand its arguments on to that."""
    if not isinstance(made, ast.FunctionDef) or len(made.body) != 1 or not isinstance(made.body[0], ast.Return):
        return None
    call = made.body[0].value
    if not isinstance(call, ast.Call) or call.keywords or not all(isinstance(a, ast.Name) for a in call.args):
        return None
    same = [a.arg for a in made.args.args] == [a.id for a in call.args if isinstance(a, ast.Name)]
    return call.func if same and isinstance(call.func, ast.Attribute) else None
