"""The writer: walks the program's definitions and writes each in the target's words; the elaboration supplies facts."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import codegen.idioms
from codegen.layout import Layout
from codegen.lower import TORCH_ONLY, Lowering, Step
from codegen.target import target_of
from codegen.writing.activations import Activations
from codegen.writing.adapters import Adapters
from codegen.writing.annotations import write_annotation
from codegen.writing.definitions import Definitions
from codegen.writing.expressions import Expressions
from codegen.writing.gone import find_gone_parameters, find_mode_functions, find_mode_parameters
from codegen.writing.inferring import Inferred
from codegen.writing.layer_plans import PlanText
from codegen.writing.naming import DEFINED_BY, Key
from codegen.writing.passed_up import find_passed_up, is_kept, parameters
from codegen.writing.plan_steps import is_one_lambda
from codegen.writing.plans import Unwritable
from codegen.writing.registering import held_attributes
from codegen.writing.restated import drop_unread_parameters, settings_read
from codegen.writing.sites import Site, Sites
from codegen.writing.starting import Starts
from codegen.writing.unmade import Unmade
from codegen.writing.unmade_entries import Tables
from pivot.network import Node
from pivot.opset import OpSet
from pivot.problems import Problem, refuse
from pivot.reading import imports, lookup
from pivot.reading.elaborate import Elaborated
from pivot.reading.frames import Scope
from pivot.reading.keras_answers import NUMBERS
from pivot.reading.keras_masks import NO_MASK
from pivot.reading.restating import is_restatement
from pivot.reading.torch_names import ANSWERS
from pivot.reading.trace import Trace, Visit
from pivot.reading.values import Api, BoundMethod
from pivot.reading.walking import children, statements, walk

Idiom = Callable[[Expressions, ast.expr, list[Visit]], "ast.expr | None"]


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """A place of the source, the node written for it, and the network's nodes of both."""

    file: str
    source: ast.AST
    target: ast.AST
    nodes: tuple[str, ...]


@dataclass(slots=True)
class WrittenModule:
    """The target file as a tree, with what was learned while writing it."""

    tree: ast.Module
    entry: ast.expr
    links: list[Link] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    unverified: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    guards: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


class Writer:
    """Facts and decisions shared by all definitions of one target file."""

    def __init__(
        self,
        done: Elaborated,
        lowering: Lowering,
        sites: Sites,
        layout: Layout,
        opset: OpSet,
        init: str = "keras",
        style: str = "",
    ) -> None:
        self.done = done
        self.ev = done.evaluator
        self.trace = done.network.trace
        self.lowering, self.sites, self.layout, self.opset = lowering, sites, layout, opset
        self.starts, self.style = Starts(init, self.refused), style
        self.starts_as_source = init == "source" and done.evaluator.dialect.framework != layout.framework
        self.plans = PlanText(layout, self.starts)
        self.inferred = Inferred(done, sites) if layout.target.builds_early else None
        self.plans.inferred = self.inferred
        self.source_framework = self.ev.dialect.framework
        self.target, self.source = layout.target, target_of(self.source_framework)
        self.call_name = self.target.call_name
        self.answers = {**ANSWERS, NO_MASK: None, **NUMBERS}
        self.own_methods: set[str] | None = None  # names of methods that the program defines, once they are asked for
        self._scopes: dict[str, Scope] = {}  # by the names of files, once they are asked for
        self.whole: set[int] = set()  # elements of lists that count their layers: several in a row are one
        lists = [module for _, module in done.network.root.walk() if module.container == "list"]
        self.counted = {id(child) for module in lists for _, child in module.own_children()}
        self.open_stacks: set[int] = set()  # expressions that are written as what a loop over them takes apart
        self.helpers: dict[str, None] = {}  # functions that the target's library lacks, by canonical name
        self.framework_name = False
        self.out = WrittenModule(ast.Module([], []), ast.Constant(None))
        self.adapters = Adapters(self)
        self.wanted: dict[Key, None] = {}
        self.imported: dict[Key, Key] = {}  # a name that a file imports from another: where it is defined
        self.registering: set[Key] = set()  # definitions that their decorators enter in a table
        self.registered: dict[Key, int] = {}  # written registrations, with their lines
        self.imports: dict[str, tuple[str, str | None]] = {}
        self.siblings: dict[tuple[int, str], str] = {}
        self.unmapped_sites: dict[int, ast.AST] = {}
        self.idioms = load_idioms()
        self.settings_read = settings_read(self)
        self.gone_parameters = find_gone_parameters(self)
        self.mode_functions = find_mode_functions(self)
        self.mode_parameters = find_mode_parameters(self)
        self.passed_up = find_passed_up(self)
        self.activations = Activations(lowering, self.trace)
        self.held_layers = held_attributes(done)
        self.without_effect = calls_without_effect(self.trace)
        self.renames = True  # attributes of `self` whose names the target reserves; not in a class of plain objects
        self.lost = lost_attributes(done)
        self.definitions = Definitions(self)
        self.unmade, self.tables = Unmade(self), Tables(self)
        self.plan_siblings()
        drop_unread_parameters(self)

    # -- facts ----------------------------------------------------------------------

    def short(self, file: str) -> str:
        """A file's name as messages of the generated code have it."""
        return Path(file).name

    def link(self, source: ast.AST, target: ast.AST, made: list[Node]) -> None:
        """Remember what a written node stands for."""
        file = made[0].file if made else ""
        self.out.links.append(Link(file, source, target, tuple(dict.fromkeys(n.id for n in made if n.id))))

    def idiom(self, op: str, e: Expressions, node: ast.expr, visits: list[Visit]) -> ast.expr | None:
        """An idiom of the target for an op, if there is one."""
        return self.idioms[op](e, node, visits) if op in self.idioms else None

    def mark_unmapped(self, node: ast.AST, visits: list[Visit]) -> None:
        """Count a site that no op reads."""
        self.unmapped_sites[id(node)] = node

    def refused(self, problem: Problem) -> None:
        """A statement that was met and cannot be written."""
        if problem not in self.out.problems:
            self.out.problems.append(problem)

    def refusal(self, file: str, node: ast.stmt, why: str) -> Unwritable:
        """Note that a statement that was met cannot be written, and give the reason to raise."""
        remedy = "write it with operations the target has"
        self.refused(refuse("unwritable", file, node.lineno, node.col_offset + 1, why, remedy).problem)
        return Unwritable(why)

    def unverified(self, file: str, node: ast.AST) -> None:
        """An arm that nobody took was written from a trial reading."""
        if any(isinstance(n, ast.Call) for n in walk(node)):
            self.out.unverified.append(f"{self.short(file)}:{getattr(node, 'lineno', 0)}")

    def not_verified(self, file: str, node: ast.AST, why: Exception) -> None:
        """An arm that nobody took could not be written."""
        self.out.unverified.append(f"{self.short(file)}:{getattr(node, 'lineno', 0)}: {why}")

    def guard(self, file: str, node: ast.AST) -> None:
        """A condition on sizes stays in the target."""
        self.out.guards.append(f"{self.short(file)}:{getattr(node, 'lineno', 0)}")

    # -- parameters that went, and the mode -------------------------------------------

    def parameter_names(self, visits: list[Visit]) -> list[str]:
        """Positional parameters of what a call enters, without self."""
        for visit in visits:
            if visit.entered is not None and visit.entered.function is not None:
                spec = visit.entered.function.node.args
                names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
                bound = visit.kind in ("class", "apply") or isinstance(
                    visit.callee.hint if visit.callee else None, BoundMethod
                )
                return names[1:] if bound and names else names
        return []

    def dropped_parameters(self, visits: list[Visit]) -> set[str]:
        """Parameters of a call's callee that went."""
        found: set[str] = set()
        for visit in visits:
            if visit.entered is not None and visit.entered.function is not None:
                key = id(visit.entered.function.node)
                found |= self.gone_parameters.get(key, set()) | self.passed_up.get(key, set())
                found |= {self.mode_parameters[key]} if key in self.mode_parameters else set()
        return found

    def keeps(self, visits: list[Visit], name: str) -> bool:
        """Has what a call enters still a place for an argument by name?"""
        if name == self.source.mode_argument and not self.target.mode_argument and calls_container(visits):
            return False  # its layers know the mode
        functions = [f for v in visits if v.entered is not None and (f := v.entered.function) is not None]
        if name == self.source.mode_argument and any(name not in parameters(f) for f in functions):
            return False  # every layer of Keras is told the mode, whether its `call` asks for it or not
        return all(is_kept(self, function, name) for function in functions)

    def takes_mode(self, visits: list[Visit]) -> bool:
        """Must a call pass the mode on?"""
        return any(
            v.kind == "function"
            and v.entered is not None
            and v.entered.function is not None
            and id(v.entered.function.node) in self.mode_functions
            for v in visits
        )

    def serves_nothing(self, node: ast.AST) -> bool:
        """Was a function only entered from calls that have no effect?"""
        frames = self.trace.frames.get(id(node), [])
        return bool(frames) and all(any(id(at.site) in self.without_effect for at in f.chain()) for f in frames)

    def is_empty_call(self, visits: list[Visit]) -> bool:
        """Does a call of the program only do what went (log, warn)?"""
        for visit in visits:
            if visit.kind != "function" or visit.entered is None or visit.entered.function is None:
                return False
            node = visit.entered.function.node
            if isinstance(node, ast.Lambda) or not self.definitions.is_empty(visit.entered.function):
                return False
        return bool(visits)

    def taken(self, node: ast.AST) -> bool | None:
        """The arm that a condition always took, where that depends on the configuration alone."""
        met = [b for b in self.trace.branches.get(id(node), []) if not b.speculative]
        arms = {b.taken for b in met}
        return arms.pop() if len(arms) == 1 and all(b.kind == "config" for b in met) else None

    def is_initialisation(self, node: ast.Call, file: str) -> bool:
        """Does a call only set initial values?"""
        visits = [v for v in self.trace.visits.get(id(node), []) if not (v.speculative and v.kind == "data")]
        if visits:  # (in an arm that nobody took, `m.bias` may be None, whose method says nothing)
            return all(v.kind == "dropped" for v in visits) or self.is_empty_call(visits)
        text = ast.unparse(node.func)
        return "init." in text or text.endswith("_")

    # -- siblings ----------------------------------------------------------------------

    def plan_siblings(self) -> None:
        """Which attributes get a sibling layer before them."""
        for site in self.sites.sites.values():
            derived = any(visit.kind == "super" for visit in site.visits)
            if site.modules and len(site.cases) == 1 and not site.why and site.key[0] == "call" and not derived:
                chosen = site.cases[0].members[0].chosen
                if chosen is None or len(chosen.steps) != 2 or is_one_lambda(chosen.steps):
                    continue
                attribute = self.sibling_attribute(site)
                if attribute is not None and (id(site.node), attribute) in self.assigned:
                    for module in site.modules:
                        self.siblings[id(module), attribute] = self.sibling_name(attribute, chosen.steps[0])

    @cached_property
    def assigned(self) -> set[tuple[int, str]]:
        """Expressions whose value a statement binds to an attribute, and that: no layer that is handed on at first, and
        none of several that a function chooses from.
        """
        known = self.done.learned.get("assigned")
        if isinstance(known, set):
            return known
        trees = [tree for tree in self.trace.keep if isinstance(tree, ast.Module)]
        functions = [n for tree in trees for n in statements(tree) if isinstance(n, ast.FunctionDef)]
        found: set[tuple[int, str]] = set()
        for function in functions:
            bound: dict[str, list[ast.expr]] = {}
            for n in statements(function):
                if isinstance(n, ast.Assign) and len(n.targets) == 1 and isinstance(n.targets[0], ast.Attribute):
                    if not isinstance(n.value, ast.Constant):
                        bound.setdefault(n.targets[0].attr, []).append(n.value)
            found |= {(id(values[0]), attribute) for attribute, values in bound.items() if len(values) == 1}
        self.done.learned["assigned"] = found
        return found

    def sibling_attribute(self, site: Site) -> str | None:
        """The attribute that all applications of a site's layers go through."""
        found: set[str] = set()
        modules = {id(m) for m in site.modules}
        for visits in self.trace.visits.values():
            for visit in visits:
                if visit.kind == "apply" and visit.module is not None and id(visit.module) in modules:
                    node = visit.node
                    if (
                        not isinstance(node, ast.Call)
                        or not isinstance(node.func, ast.Attribute)
                        or hasattr(node, "container_index")
                    ):
                        return None
                    if node.func.attr in ("forward", "__call__") or not isinstance(node.func.value, ast.Name):
                        return None
                    found.add(node.func.attr)
        return next(iter(found)) if len(found) == 1 else None

    def can_have_sibling(self, site: Site, target: ast.expr) -> bool:
        """May `self.conv = ...` be written as two attributes?"""
        if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name):
            return False
        return all((id(m), target.attr) in self.siblings for m in site.modules)

    def sibling_name(self, attribute: str, step: Step) -> str:
        """`conv1_pad`."""
        return f"{attribute}_{'pad' if 'pad' in step.op.name else step.op.name}"

    def sibling(self, func: ast.expr, visits: list[Visit]) -> ast.expr | None:
        """The sibling that a layer's input goes through first."""
        if not isinstance(func, ast.Attribute):
            return None
        names = {self.siblings.get((id(v.module), func.attr)) for v in visits}
        if names == {None}:
            return None
        if len(names) != 1:
            raise Unwritable("only some of these layers have a padding of their own")
        name = next(iter(names))
        assert name is not None and isinstance(func.value, ast.Name)
        return ast.Attribute(ast.Name(func.value.id, ast.Load()), name, ast.Load())

    # -- names -----------------------------------------------------------------------------

    def safe(self, name: str) -> str:
        """An attribute name that the target leaves alone."""
        made = self.target.safe(name)
        if made != name:
            self.out.renamed[name] = made
        return made

    def attribute_name(self, node: ast.Attribute) -> str:
        """The name of an attribute in the target: only those of modules are renamed."""
        owner = node.value
        if node.attr == self.source.call_name and isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name):
            return self.call_name if owner.func.id == "super" else node.attr
        if self.target.safe(node.attr) == node.attr or not self.renames:
            return node.attr
        if isinstance(owner, ast.Name) and owner.id in ("self", "cls"):
            return self.safe(node.attr)
        return node.attr

    def static_api(self, node: ast.expr, file: str, locals_: set[str]) -> Api | None:
        """The library name an expression stands for by the imports of its file."""
        parts: list[str] = []
        root = node
        while isinstance(root, ast.Attribute):
            parts.insert(0, root.attr)
            root = root.value
        if not isinstance(root, ast.Name) or root.id in locals_:
            return None
        scope = self.scope_of(file)
        if scope is None:
            return None
        value = lookup.in_module(self.ev, scope, root.id)
        if value is None or not isinstance(value.hint, Api):
            return None
        return Api(self.ev.dialect.canonical(".".join([value.hint.name, *parts])))

    def mention_names(self, made: ast.AST, file: str) -> None:
        """Whatever a written definition reads from its module is needed too."""
        scope = self.scope_of(file)
        if scope is None:
            return
        for name in sorted(free_names(made)):
            if name in scope.lazy or name in self.ev.override_nodes or (scope.stars and name in scope.names):
                self.wanted.setdefault((file, name))
        for node in walk(made):
            if DEFINED_BY in node.__dict__:
                self.wanted.setdefault(node.__dict__[DEFINED_BY])

    def annotation(self, node: ast.expr | None, file: str) -> ast.expr | None:
        """An annotation in the target's words, or None where it has none."""
        return write_annotation(self, node, file)

    def as_load(self, target: ast.expr) -> ast.expr:
        """An assignment target, to be read."""
        kept = next(
            (
                n
                for n in self.trace.keep
                if isinstance(n, ast.expr)
                and getattr(n, "lineno", -1) == target.lineno
                and getattr(n, "col_offset", -1) == target.col_offset
            ),
            None,
        )
        if kept is not None and type(kept) is type(target):
            return kept
        made = ast.parse(ast.unparse(target), mode="eval").body
        return made

    def scope_of(self, file: str) -> Scope | None:
        """The scope of a file."""
        found = self._scopes.get(file)
        if found is None:
            found = self.ev.scopes.get(Path(file))
            if found is None and is_restatement(file):  # of what only an arm that nobody took calls
                found = imports.open_file(self.ev, Path(file))
            if found is not None:
                self._scopes[file] = found
        return found

    def inner_definition(self, node: ast.FunctionDef | ast.ClassDef, file: str, locals_: set[str]) -> ast.stmt:
        """A function or class inside a function."""
        return self.definitions.inner(node, file, locals_)


def calls_without_effect(trace: Trace) -> set[int]:
    """Calls of the program that are statements and changed nothing when they were met: initial values, checks.

    Not the constructor of a base class: every layer has to be begun, with attributes or without.
    """
    found: set[int] = set()
    for key in trace.for_effect:
        met = trace.of_known(key)
        entered = [v.entered.function for v in met if v.entered is not None]
        if any(function is not None and function.name == "__init__" for function in entered):
            continue
        if met and all(v.kind == "function" and v.entered is not None and not (v.effects or v.tried) for v in met):
            found.add(key)
    return found


def lost_attributes(done: Elaborated) -> set[str]:
    """What library layers store in PyTorch alone: `num_batches_tracked`."""
    places = [p for m in done.network.modules if m.form is not None for p in m.form.weights.items()]
    return {term.path for role, place in places if role in TORCH_ONLY for term in place.terms}


def free_names(made: ast.AST, bound: frozenset[str] = frozenset()) -> set[str]:
    """Names that a tree reads and does not bind in its own functions."""
    found: set[str] = set()
    if isinstance(made, (ast.FunctionDef, ast.Lambda)):
        from codegen.writing.definitions import local_names

        spec = made.args
        inner = bound | frozenset(
            local_names(made) if isinstance(made, ast.FunctionDef) else {a.arg for a in spec.args}
        )
        outside = [*spec.defaults, *(d for d in spec.kw_defaults if d is not None)]
        if isinstance(made, ast.FunctionDef):
            outside += [*made.decorator_list, *([made.returns] if made.returns is not None else [])]
            outside += [
                a.annotation
                for a in (*spec.args, *spec.kwonlyargs, *[x for x in (spec.vararg, spec.kwarg) if x])
                if a.annotation is not None
            ]
        for part in outside:
            found |= free_names(part, bound)
        body: list[ast.AST] = [*made.body] if isinstance(made, ast.FunctionDef) else [made.body]
        for inside in body:
            found |= free_names(inside, inner)
        return found
    if isinstance(made, ast.Name):
        own = isinstance(made.ctx, ast.Load) and DEFINED_BY not in made.__dict__
        return {made.id} - bound if own else set()
    for child in children(made):
        found |= free_names(child, bound)
    return found


def calls_container(visits: list[Visit]) -> bool:
    """Are these calls of a Sequential itself, not of a class that derives from it?"""
    modules = [v.module for v in visits if v.kind == "apply" and v.entered is None]
    return bool(modules) and all(m is not None and m.container == "sequential" for m in modules)


def load_idioms() -> dict[str, Idiom]:
    """Idioms by op, found by folder."""
    found: dict[str, Idiom] = {}
    for info in pkgutil.iter_modules(codegen.idioms.__path__):
        module = importlib.import_module(f"codegen.idioms.{info.name}")
        for op in module.OPS:
            found[op] = module.write
    return found
