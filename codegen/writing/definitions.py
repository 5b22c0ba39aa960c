"""Functions, classes and adapters of the target file."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

from codegen.target import Target
from codegen.writing import nodes, unread
from codegen.writing.cleaning import clean_function, wrap_docstring
from codegen.writing.deriving import derived_layer, derived_site, is_held, staying, stays_in_evaluation
from codegen.writing.held_rows import hold, holds_layers
from codegen.writing.mixed import split_rest
from codegen.writing.naming import member_key, reference_to
from codegen.writing.own_building import build_into_constructor
from codegen.writing.plans import GoneResult, Unwritable
from codegen.writing.recasting import to_locals
from codegen.writing.references import KEPT_ROOTS
from codegen.writing.registrations import tables_of
from codegen.writing.statements import Statements
from codegen.writing.unmade import NOWHERE, refusing_constructor
from codegen.writing.unmade_arms import settled
from pivot.reading import classes, lookup
from pivot.reading.decorating import READ_DECORATORS, decorator_name
from pivot.reading.forward_pass import forward_node
from pivot.reading.keras_activated import INHERITED
from pivot.reading.modules import ModuleObject
from pivot.reading.parsed import copied
from pivot.reading.restating import is_restatement
from pivot.reading.values import Api, ClassObject, FunctionObject
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from codegen.writing.writer import Writer

DROPPED_MEMBERS = {
    "_version",
    "__constants__",
    "__annotations__",
    "__jit_unused_properties__",
    "_load_from_state_dict",
    "__slots__",
}


class Definitions:
    """Writes one definition at a time."""

    def __init__(self, writer: Writer) -> None:
        self.w = writer
        self.emptiness: dict[int, bool] = {}  # by definition: does nothing of it remain?
        self.refusals: dict[int, bool] = {}  # by definition: can it not be written?
        root = writer.done.network.root
        packed = root.packs and writer.target.framework != writer.source_framework
        self.packing = forward_node(writer.ev, root) if packed else None
        self.roots = {id(c) for c in root.cls.mro()} if isinstance(root.cls, ClassObject) else set()

    # -- functions -------------------------------------------------------------------

    def function(self, node: ast.FunctionDef, file: str, owner: ClassObject | None = None) -> ast.FunctionDef:
        """A function with what it still needs."""
        gone = self.w.gone_parameters.get(id(node), set()) | self.w.passed_up.get(id(node), set())
        mode = id(node) in self.w.mode_functions and node.name != "__init__"
        own_gradient = owner is not None and has_own_gradient(owner) and bool(node.args.args)
        if own_gradient:
            gone = gone | {node.args.args[0].arg}  # what it keeps for the gradient, which the target derives itself
        body = Statements(self.w, file, local_names(node), mode, container_of(self.w.source, owner))
        body.cls, body.function = owner, node
        body.e.gone |= gone
        body.e.mode_name = self.w.mode_parameters.get(id(node), "")
        gone = gone | {body.e.mode_name} if body.e.mode_name else gone
        body.e.uses_tensors = self.uses_tensors(node)
        met = any(not frame.speculative for frame in self.w.trace.frames.get(id(node), []))
        body.e.is_unread = not met and unread.names_framework(body.e, node)
        made = ast.FunctionDef(node.name, copied(node.args), self.body(body, node, file), [], None, None)
        self.signature(made, node, body, file, gone, mode)
        if node is self.packing:
            take_apart(made)
        self.add_sizes(made, node)
        if owner is not None and node.name == self.w.source.call_name and (own_gradient or self.computes(node)):
            made.name = "apply" if own_gradient else self.w.call_name
            if not own_gradient:
                split_rest(self.w, node, made)
                self.add_mode(made)
                if self.w.target.framework == "keras":
                    to_locals(made)
        elif owner is not None and self.serves_modules(owner) and self.w.target.framework != self.w.source_framework:
            made.name = self.w.safe(node.name)
        made.decorator_list = [
            body.e.expr(d) if id(d) in self.w.ev.applied else copy.deepcopy(d)
            for d in node.decorator_list
            if decorator_name(d) in READ_DECORATORS
            or id(d) in self.w.ev.applied
            or (owner is None and self.enters(file, node.name, d))
        ]
        if owner is not None and classes.is_setter(node, node.name):
            made.decorator_list.append(ast.Attribute(ast.Name(made.name, ast.Load()), "setter", ast.Load()))
        made.returns = self.w.annotation(node.returns, file)
        if not made.body:
            made.body = [ast.Pass()]
        clean_function(made, is_restatement(file))
        if is_restatement(file):
            wrap_docstring(made, owner is not None)
        return nodes.like(made, node)

    def body(self, statements: Statements, node: ast.FunctionDef, file: str) -> list[ast.stmt]:
        """What a function does; one that was never entered and cannot be written refuses when it is called."""
        met = any(not frame.speculative for frame in self.w.trace.frames.get(id(node), []))
        unmade = [] if met else self.w.unmade.names_in_arm(node.body, statements.e)
        if unmade:
            return [self.w.unmade.stop(file, node, unmade)]
        try:
            return settled(statements.block(node.body))
        except Unwritable as no:
            if met:
                raise
            self.w.not_verified(file, node, no)
            text = ast.Constant(f"{self.w.short(file)}:{node.lineno}: {no}")
            return [ast.Raise(nodes.call("NotImplementedError", [text]), None)]

    def computes(self, node: ast.FunctionDef) -> bool:
        """Is this the forward pass of a module, and not a method of that name of some other object?"""
        frames = self.w.trace.frames.get(id(node), [])
        receivers = [frame.receiver.hint for frame in frames if frame.receiver is not None]
        return not receivers or any(isinstance(hint, ModuleObject) for hint in receivers)

    def uses_tensors(self, node: ast.FunctionDef) -> bool:
        """Was an op or a module applied in a function?"""
        kinds = {v.kind for n in walk(node) for v in self.w.trace.visits.get(id(n), [])}
        return bool(kinds & {"op", "apply", "unmapped", "size"})

    def signature(
        self, made: ast.FunctionDef, node: ast.FunctionDef, body: Statements, file: str, gone: set[str], mode: bool
    ) -> None:
        """Parameters that stay, their defaults and annotations."""
        spec = made.args
        positional = [*node.args.posonlyargs, *node.args.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(node.args.defaults)) + list(
            node.args.defaults
        )
        kept = [(a, d) for a, d in zip(positional, defaults, strict=True) if a.arg not in gone]
        spec.posonlyargs = []
        spec.args = [self.parameter(a, file) for a, _ in kept]
        written = [body.e.expr(d) if d is not None else None for _, d in kept]
        spec.defaults = [d if not nodes.has_gone(d) else ast.Constant(None) for d in written if d is not None]
        named = [(a, d) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if a.arg not in gone]
        spec.kwonlyargs = [self.parameter(a, file) for a, _ in named]
        spec.kw_defaults = [body.e.expr(d) if d is not None else None for _, d in named]
        if not spec.kwonlyargs and node.args.kwonlyargs and not node.args.vararg:
            spec.kwonlyargs, spec.kw_defaults = [], []
        if spec.kwarg is not None and spec.kwarg.arg in gone:
            spec.kwarg = None
        for star in (spec.vararg, spec.kwarg):
            if star is not None:
                star.annotation = self.w.annotation(star.annotation, file)
        if mode:
            named_only = spec.vararg is not None
            (spec.kwonlyargs if named_only else spec.args).append(ast.arg("training", None))
            (spec.kw_defaults if named_only else spec.defaults).append(ast.Constant(False))
        if not is_restatement(file):
            dropped = gone - {body.e.mode_name} - self.w.passed_up.get(id(node), set())
            self.w.out.dropped.extend(f"{node.name}({name})" for name in sorted(dropped))

    def add_mode(self, made: ast.FunctionDef) -> None:
        """The mode as a parameter of a call without any: Keras looks at the first argument of whatever it calls."""
        spec = made.args
        taken = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]
        if self.w.target.mode_argument and not (taken[1:] or spec.vararg or spec.kwarg):
            spec.args.append(ast.arg(self.w.target.mode_argument))
            spec.defaults.append(ast.Constant(None))

    def add_sizes(self, made: ast.FunctionDef, node: ast.FunctionDef) -> None:
        """Parameters for sizes that the source's library infers, in front of all others."""
        names = self.w.inferred.parameters(node) if self.w.inferred is not None else []
        first = 1 if made.args.args and made.args.args[0].arg in ("self", "cls") else 0
        made.args.args[first:first] = [ast.arg(name) for name in names]

    def parameter(self, arg: ast.arg, file: str) -> ast.arg:
        """One parameter."""
        return nodes.like(ast.arg(arg.arg, self.w.annotation(arg.annotation, file)), arg)

    def inner(self, node: ast.FunctionDef | ast.ClassDef, file: str, locals_: set[str]) -> ast.stmt:
        """A definition inside a function."""
        if isinstance(node, ast.ClassDef):
            raise Unwritable("a class inside a function is not written")
        made = self.function(node, file)
        return made

    def is_empty(self, function: FunctionObject) -> bool:
        """Does nothing of a function's body remain?"""
        if isinstance(function.node, ast.Lambda):
            return False
        key = id(function.node)
        if key not in self.emptiness:
            self.emptiness[key] = True  # of what calls itself, the rest decides
            self.emptiness[key] = self.leaves_nothing(function, function.node)
        return self.emptiness[key]

    def is_nothing(self, made: ast.Call) -> bool:
        """Is a written call one of a function of which nothing remains?"""
        source = made.__dict__.get("source")
        return source is not None and self.w.is_empty_call(self.w.trace.of(source))

    def leaves_nothing(self, function: FunctionObject, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        """Has a body no effect, once what has no meaning in the target went?"""
        rest = self.rest(function, node)
        if rest is None:
            return False
        effects = [
            s
            for s in rest
            if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
            and not isinstance(s, (ast.Pass, ast.FunctionDef))
        ]
        left = (n for s in effects for n in walk(s) if not is_plain_computation(s))
        return not any(
            not self.is_nothing(n)
            if isinstance(n, ast.Call)
            else isinstance(n, (ast.Attribute, ast.Subscript)) and isinstance(n.ctx, ast.Store)
            for n in left
        )

    def rest(self, function: FunctionObject, node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt] | None:
        """What remains of a body, or None where it cannot be written: that is said where it is really asked for."""
        body, said = Statements(self.w, function.file, local_names(node), False), len(self.w.out.problems)
        current, self.w.unmade.current = self.w.unmade.current, NOWHERE
        try:
            return body.block(node.body)
        except Unwritable:
            del self.w.out.problems[said:]
            return None
        finally:
            self.w.unmade.current = current

    def cannot_write(self, function: FunctionObject) -> bool:
        """Has a function's body no words in the target?"""
        if isinstance(function.node, ast.Lambda):
            return False
        key = id(function.node)
        if key not in self.refusals:
            self.refusals[key] = False  # of what calls itself, the rest decides
            self.refusals[key] = self.rest(function, function.node) is None
        return self.refusals[key]

    def enters(self, file: str, name: str, decorator: ast.expr) -> bool:
        """Does a decorator enter a definition in a table that is written?"""
        return (file, name) in self.w.registering and bool(tables_of(self.w, self.w.scope_of(file), decorator))

    # -- classes ---------------------------------------------------------------------

    def can_write(self, cls: ClassObject) -> bool:
        """Is everything of a class known that writing needs?"""
        if not self.w.ev.dialect.is_module_class(cls):
            return True
        return any(
            self.w.trace.frames.get(id(s))
            for s in cls.node.body
            if isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef))
        ) or all(not isinstance(s, ast.FunctionDef) for s in cls.node.body)

    def serves_modules(self, cls: ClassObject) -> bool:
        """Is a class one of modules, or mixed into one?"""
        if self.w.ev.dialect.is_module_class(cls):
            return True
        named = (value.hint for scope in self.w.ev.scopes.values() for value in scope.names.values())
        found = (hint for hint in named if isinstance(hint, ClassObject) and self.w.ev.dialect.is_module_class(hint))
        return any(cls in hint.mro() for hint in found)

    def class_(self, cls: ClassObject) -> ast.ClassDef:
        """A class: bases in the target, members that are needed."""
        node = cls.node
        made = ast.ClassDef(node.name, self.bases(cls), [], [], [])
        made.decorator_list = [
            copy.deepcopy(d)
            for d in node.decorator_list
            if decorator_name(d) == "dataclass" or self.enters(cls.file, node.name, d)
        ]
        is_module = self.serves_modules(cls)
        self.w.renames = is_module
        try:
            for statement in node.body:
                made.body.extend(self.member(statement, cls, is_module))
        finally:
            self.w.renames = True
        if holds_layers(self.w, cls):
            hold(self.w, cls, made)
        if stays_in_evaluation(self.w, cls):
            made.body.append(staying())
        made.body.extend(self.unread_methods(made, cls))
        build_into_constructor(self, cls, made)
        self.drop_uncalled(made, cls)
        if self.w.unmade.is_empty(cls):
            made.body.append(refusing_constructor(self.w, cls))
        if self.trains_more(cls):
            at = next(
                (i for i, s in enumerate(made.body) if isinstance(s, ast.FunctionDef) and s.name == self.w.call_name),
                len(made.body),
            )
            made.body.insert(at, build_method())
        if not [s for s in made.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]:
            made.body.append(ast.Pass())
        if is_restatement(cls.file):
            wrap_docstring(made, 0)
        return nodes.like(made, node)

    def drop_uncalled(self, made: ast.ClassDef, cls: ClassObject) -> None:
        """Private methods that the source's class alone calls go once their calls went: they served initialisers."""
        inside = {id(n) for n in walk(cls.node)}
        own = {s.name: s for s in cls.node.body if isinstance(s, ast.FunctionDef) and s.name.startswith("_")}
        frames = {name: self.w.trace.frames.get(id(node), []) for name, node in own.items() if name[:2] != "__"}
        private = {name for name, met in frames.items() if met and all(id(f.site) in inside for f in met)}
        named = {n.attr for n in walk(made) if isinstance(n, ast.Attribute)}
        made.body = [s for s in made.body if not isinstance(s, ast.FunctionDef) or s.name not in private - named]

    def unread_methods(self, made: ast.ClassDef, cls: ClassObject) -> list[ast.stmt]:
        """Methods that written code calls but no visit read: they say so when they are called."""
        have = {s.name for s in made.body if isinstance(s, ast.FunctionDef)}
        own = {s.name: s for s in cls.node.body if isinstance(s, ast.FunctionDef)}
        called = {
            n.attr for s in made.body for n in walk(s)
            if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "self"
        }  # fmt: skip
        found: list[ast.stmt] = []
        for name in sorted((called & own.keys()) - have):
            node = own[name]
            text = f"{self.w.short(cls.file)}:{node.lineno} {name} was not read"
            stop = ast.Raise(nodes.call("NotImplementedError", [ast.Constant(text)]), None)
            spec = ast.arguments([], [ast.arg("self")], ast.arg("args"), [], [], ast.arg("kwargs"), [])
            self.w.out.unverified.append(f"{self.w.short(cls.file)}:{node.lineno}: {name} was not read")
            method = ast.FunctionDef(name, spec, [stop], [], None, None)
            method.__dict__["blank"] = 1
            found.append(method)
        return found

    def trains_more(self, cls: ClassObject) -> bool:
        """Does training reach layers with weights that evaluation does not, from the model's own forward pass?"""
        root = self.w.done.network.root
        if root.cls is not cls or self.w.target.builds_early:
            return False
        hit = classes.member(self.w.ev, cls, self.w.source.call_name)
        takes_mode = (
            hit is not None
            and isinstance(hit[0].hint, FunctionObject)
            and id(hit[0].hint.node) in self.w.mode_functions
        )
        return takes_mode and any(n.modes == {"train"} and n.weights for n in self.w.done.network.nodes)

    def bases(self, cls: ClassObject) -> list[ast.expr]:
        """The bases of a class in the target."""
        out: list[ast.expr] = []
        for value, text in zip(cls.bases, cls.base_texts, strict=False):
            hint = value.hint
            kind = self.w.source.kinds.get(hint.name) if isinstance(hint, Api) else None
            if kind is not None and kind in self.w.target.bases:
                at_top = kind in ("module", "list", "dict") and id(cls) in self.roots
                held = kind == "sequential" and holds_layers(self.w, cls)
                name = self.w.target.bases["model" if at_top else "list" if held else kind]
                out += [nodes.name(name)] if name else []
            elif isinstance(hint, ClassObject):
                key = member_key(self.w, text, cls.file, set())
                if is_restatement(hint.file) and not is_restatement(cls.file):
                    key = (hint.file, hint.name)
                out.append(reference_to(key) if key is not None else copy.deepcopy(text))
            elif isinstance(hint, Api) and (site := derived_site(self.w, cls)) is not None:
                layer = derived_layer(site, self.w.target.builds_early)
                several = self.w.target.bases["module" if is_held(self.w, site) else "sequential"]
                out.append(nodes.name(layer if layer is not None else several))
            elif isinstance(hint, Api) and hint.root in self.w.source.roots:
                raise Unwritable(f"a class that derives from {hint.name} is not written yet")
            elif isinstance(hint, Api) and hint.root in KEPT_ROOTS:
                out.append(copy.deepcopy(text))
        return out

    def member(self, statement: ast.stmt, cls: ClassObject, is_module: bool) -> list[ast.stmt]:
        """One statement of a class body."""
        if isinstance(statement, ast.FunctionDef):
            used = self.w.trace.frames.get(id(statement))
            if not classes.counts(cls, statement) or statement.name in DROPPED_MEMBERS:
                return []
            if is_module and statement.name == "build" and self.w.target.builds_early:
                return []  # it is part of the constructor
            if not used and is_restatement(cls.file):
                return []
            if (is_module or has_own_gradient(cls)) and (not used or self.w.serves_nothing(statement)):
                return []
            try:
                made = self.function(statement, cls.file, cls)
                return [] if INHERITED in statement.__dict__ and hands_on(made) else [made]
            except GoneResult as no:
                if statement.name == self.w.source.call_name:
                    raise self.w.refusal(cls.file, statement, str(no)) from None
                return []  # whoever asks for it went too, or the proof finds it missing
        names = classes.bound_names(statement)
        if any(n in DROPPED_MEMBERS for n in names):
            return []
        body = Statements(self.w, cls.file, set(cls.pending), False)
        if isinstance(statement, ast.AnnAssign) and cls.kind in ("dataclass", "namedtuple"):
            return [self.field(statement, body, cls.file)]
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            return [nodes.like(copy.copy(statement), statement)]
        try:
            return body.statement(statement)
        except Unwritable:
            return []

    def field(self, node: ast.AnnAssign, body: Statements, file: str) -> ast.stmt:
        """A field of a dataclass or named tuple; its annotation is what makes it one."""
        annotation = self.w.annotation(node.annotation, file) or ast.Name("object", ast.Load())
        value = body.e.expr(node.value) if node.value is not None else None
        made = ast.AnnAssign(copy.deepcopy(node.target), annotation, None if nodes.has_gone(value) else value, 1)
        return nodes.like(made, node)


BUILD = '''
def build(self, input_shape):
    """Build the layers that only training reaches as well, so that weights load before the first step."""
    self.compute_output_spec(keras.KerasTensor(input_shape), training=True)
    super().build(input_shape)
'''


def build_method() -> ast.stmt:
    """`build`, for models whose training has layers of its own."""
    made = ast.parse(BUILD).body[0]
    made.__dict__["blank"] = 1
    return made


def take_apart(made: ast.FunctionDef) -> None:
    """`forward(self, inputs, training)` with a list of all inputs -> `forward(self, *inputs, training)`."""
    spec = made.args
    own, taken, *rest = spec.args
    defaults: list[ast.expr | None] = [None] * (len(spec.args) - len(spec.defaults)) + list(spec.defaults)
    spec.args, spec.defaults = [own], []
    spec.vararg = ast.arg(taken.arg, None)
    spec.kwonlyargs = [*rest, *spec.kwonlyargs]
    spec.kw_defaults = [*defaults[2:], *spec.kw_defaults]


def has_own_gradient(cls: ClassObject) -> bool:
    """Is a class a function with a gradient of its own? Its forward pass is what it computes."""
    base = classes.library_base(cls)
    return base is not None and base.name == lookup.OWN_GRADIENT


def hands_on(made: ast.FunctionDef) -> bool:
    """Does a method only hand its argument on to the one that it stands for: `return super().forward(inputs)`?"""
    names = ", ".join(a.arg for a in made.args.args[1:])
    return [ast.unparse(s) for s in made.body] == [f"return super().{made.name}({names})"]


def container_of(source: Target, owner: ClassObject | None) -> str:
    """sequential, dict or list, for classes that derive from a container."""
    base = classes.library_base(owner) if owner is not None else None
    name = base.name if base is not None else ""
    kind = source.kinds.get(name, "")
    return kind if kind in ("sequential", "dict", "list") else ""


def local_names(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Every name a function binds: parameters and assignments, also in comprehensions."""
    spec = node.args
    found = {a.arg for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
    found |= {a.arg for a in (spec.vararg, spec.kwarg) if a is not None}
    for inner in walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            found.add(inner.id)
        elif isinstance(inner, (ast.FunctionDef, ast.ClassDef)) and inner is not node:
            found.add(inner.name)
            if isinstance(inner, ast.FunctionDef):
                found |= {a.arg for a in (*inner.args.args, *inner.args.kwonlyargs)} | {
                    a.arg for a in (inner.args.vararg, inner.args.kwarg) if a
                }
        elif isinstance(inner, ast.Lambda):
            found |= {a.arg for a in inner.args.args}
    return found


def is_plain_computation(node: ast.stmt) -> bool:
    """An assignment to a local name, without effect on anything else."""
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return all(isinstance(t, ast.Name) for t in targets)
    if isinstance(node, ast.If):
        return all(is_plain_computation(s) for s in (*node.body, *node.orelse))
    return False
