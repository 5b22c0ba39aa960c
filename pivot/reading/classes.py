"""Functions and classes of the program: making them, finding their members, making instances."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from pivot.reading import decorating, filled_buffers, masked_weights, own_constructors, restating
from pivot.reading.decorating import decorator_name
from pivot.reading.frames import Frame, Scope
from pivot.reading.modules import ModuleObject
from pivot.reading.values import (
    Api,
    BoundMethod,
    ClassObject,
    FunctionObject,
    InstanceObject,
    Unknown,
    Value,
)
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator


def make_function(
    ev: Evaluator, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame, owner: ClassObject | None
) -> Value:
    """A function object, with what its decorators made of it."""
    names = tuple(decorator_name(d) for d in node.decorator_list)
    defaults = tuple(ev.evaluate(d, frame) for d in node.args.defaults)
    kw_defaults = tuple(ev.evaluate(d, frame) if d is not None else None for d in node.args.kw_defaults)
    scope = frame.scope
    if owner is not None and scope is owner.scope and isinstance(scope.parent, Scope):
        scope = scope.parent  # the names of a class body are not seen from inside its methods
    made = FunctionObject(
        node, frame.file, node.name, scope, defaults, kw_defaults, owner, "staticmethod" in names, names
    )
    return decorating.function(ev, node, made, frame)


def make_class(ev: Evaluator, node: ast.ClassDef, frame: Frame) -> Value:
    """A class object whose members are evaluated on demand."""
    if ev.dialect.mutable_tensors:
        masked_weights.note(ev, node, frame)
        filled_buffers.fill_first(node)
    bases = [(restating.base_value(ev, ev.evaluate(b, frame), node), b) for b in node.bases]
    if ev.dialect.mutable_tensors:
        own_constructors.give(ev, node, [value for value, _ in bases], frame)
    else:
        own_constructors.give_plain(node, [value for value, _ in bases])
        settled = ev.dialect.settle_class(ev, node, [value for value, _ in bases], frame)
        bases = [(value, text) for value, (_, text) in zip(settled, bases, strict=True)]
    known = [(value, text) for value, text in bases if not isinstance(value.hint, Unknown)]
    scope = Scope(frame.file, frame.scope)
    made = ClassObject(node, frame.file, node.name, scope, tuple(value for value, _ in known))
    made.base_texts = tuple(text for _, text in known)
    if ev.dialect.is_module_class(made):
        calls_are_forward(node, made, ev.dialect.forward_names[0])
    for statement in node.body:
        for name in bound_names(statement):
            made.pending.setdefault(name, []).append(statement)
    decorators = {decorator_name(d) for d in node.decorator_list}
    roots = {c.name for c in made.mro() if isinstance(c, Api)}
    if "dataclass" in decorators:
        made.kind = "dataclass"
    elif any(r.startswith("enum.") for r in roots):
        made.kind = "enum"
    elif "typing.NamedTuple" in roots:
        made.kind = "namedtuple"
    decorating.class_(ev, node, Value(made), frame)
    return Value(made)


def calls_are_forward(node: ast.ClassDef, made: ClassObject, forward: str) -> None:
    """A module that defines `__call__` and no `forward`: what it computes is named as the framework has it. One that
    does something around the call of a library's layer stays as it is.
    """
    bodies = [cls.node.body for cls in made.mro() if isinstance(cls, ClassObject)]
    if any(isinstance(s, ast.FunctionDef) and s.name == forward for body in bodies for s in body):
        return
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__call__":
            if not any(isinstance(n, ast.Attribute) and ast.unparse(n) == "super().__call__" for n in walk(statement)):
                statement.name = forward


def check_own_call(ev: Evaluator, cls: ClassObject, node: ast.AST, frame: Frame) -> None:
    """A module is called by its forward pass; what a `__call__` of its own does around that is not. Raises Refusal."""
    hit = member(ev, cls, "__call__")
    function = hit[0].hint if hit is not None else None
    others = (name for name in ev.dialect.forward_names if name != "__call__")
    if not isinstance(function, FunctionObject) or not any(member(ev, cls, name) for name in others):
        return
    if not isinstance(function.node, ast.FunctionDef) or not passes_on(function.node):
        why = f"{cls.name} has a __call__ beside its {ev.dialect.forward_names[0]}"
        raise ev.refusal(frame, node, f"{why}, which is not read", f"do what it does in {ev.dialect.forward_names[0]}")


def stays_in_evaluation(ev: Evaluator, cls: ClassObject | Api) -> bool:
    """`def train(self, mode=True): return super().train(False)`: what a class is in whatever the model is told."""
    hit = member(ev, cls, "train") if isinstance(cls, ClassObject) else None
    node = hit[0].hint.node if hit is not None and isinstance(hit[0].hint, FunctionObject) else None
    body = [s for s in getattr(node, "body", []) if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    return [ast.unparse(s) for s in body] == ["return super().train(False)"]


def passes_on(function: ast.FunctionDef) -> bool:
    """Does a `__call__` only hand on what it is given: `return super().__call__(x, *args, **kwargs)`?"""
    body = [s for s in function.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    call = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != "super().__call__":
        return False
    spec = function.args
    given = [a.arg for a in (*spec.posonlyargs, *spec.args)][1:]
    given += [f"*{spec.vararg.arg}"] if spec.vararg is not None else []
    given += [f"{a.arg}={a.arg}" for a in spec.kwonlyargs]
    given += [f"**{spec.kwarg.arg}"] if spec.kwarg is not None else []
    said = [ast.unparse(a) for a in call.args]
    said += [f"{k.arg}={ast.unparse(k.value)}" if k.arg else f"**{ast.unparse(k.value)}" for k in call.keywords]
    return said == given


def bound_names(node: ast.stmt) -> list[str]:
    """The names that a statement binds in its own scope."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [n for t in node.targets for n in target_names(t)]
    if isinstance(node, ast.AnnAssign):
        return target_names(node.target) if node.value is not None else []
    if isinstance(node, ast.AugAssign):
        return target_names(node.target)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [a.asname or a.name.partition(".")[0] for a in node.names]
    found: list[str] = []
    if isinstance(node, (ast.For, ast.AsyncFor)):
        found += target_names(node.target)
    if isinstance(node, (ast.With, ast.AsyncWith)):
        found += [n for i in node.items if i.optional_vars is not None for n in target_names(i.optional_vars)]
    for part in ("body", "orelse", "finalbody"):
        for inner in getattr(node, part, []) if not isinstance(node, ast.Expr) else []:
            if isinstance(inner, ast.stmt):
                found += bound_names(inner)
    for handler in getattr(node, "handlers", []):
        for inner in handler.body:
            found += bound_names(inner)
    return found


def target_names(target: ast.expr) -> list[str]:
    """The names in an assignment target."""
    if isinstance(target, ast.Name):
        return [target.id]
    if isinstance(target, (ast.Tuple, ast.List)):
        return [n for t in target.elts for n in target_names(t)]
    return target_names(target.value) if isinstance(target, ast.Starred) else []


def own_member(ev: Evaluator, cls: ClassObject, name: str) -> Value | None:
    """A member that the class itself defines; evaluates its statement when first asked."""
    if name in cls.members:
        return cls.members[name]
    statements = cls.pending.get(name)
    if not statements:
        return None
    scope = cls.scope
    assert isinstance(scope, Scope)
    key = (id(cls), name)
    if key in ev.evaluating:
        return None
    ev.evaluating.add(key)
    try:
        value = evaluate_member(ev, cls, name, statements, scope)
    finally:
        ev.evaluating.discard(key)
    cls.members[name] = value
    scope.names[name] = value
    return value


def evaluate_member(ev: Evaluator, cls: ClassObject, name: str, statements: list[ast.stmt], scope: Scope) -> Value:
    """The value of the last statement of a class body that binds a name."""
    frame = Frame(None, scope, cls.file, owner=cls, key=f"{cls.file}:{cls.name}")
    last = statements[-1]
    ev.trace.executed.add(id(last))
    at_once: list[ast.AST] = [last]
    if isinstance(last, (ast.FunctionDef, ast.AsyncFunctionDef)):  # its body runs later, outside of this scope
        at_once = [*last.args.defaults, *(d for d in last.args.kw_defaults if d is not None), *last.decorator_list]
    for other, pending in cls.pending.items():  # names of the class body that are used in it
        if (
            other != name
            and other not in cls.members
            and any(uses(part, other) for part in at_once for _ in pending[:1])
        ):
            own_member(ev, cls, other)
    if isinstance(last, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return make_property(ev, cls, name, statements, frame) or make_function(ev, last, frame, cls)
    if isinstance(last, ast.ClassDef):
        return make_class(ev, last, frame)
    for statement in statements:
        ev.execute([statement], frame)
    value = scope.names.get(name, Value(None))
    if cls.kind == "enum" and not name.startswith("_"):
        member = InstanceObject(cls, {"value": value, "name": Value(name)})
        return Value(member)
    return value


def make_property(ev: Evaluator, cls: ClassObject, name: str, statements: list[ast.stmt], frame: Frame) -> Value | None:
    """A property that has a setter: the getter, which knows it."""
    functions = [s for s in statements if isinstance(s, ast.FunctionDef)]
    if not any(is_setter(s, name) for s in functions[1:]):
        return None
    getter = make_function(ev, functions[0], frame, cls)
    setter = next(s for s in reversed(functions) if is_setter(s, name))
    assert isinstance(getter.hint, FunctionObject)
    return Value(replace(getter.hint, setter=make_function(ev, setter, frame, cls)))


def counts(cls: ClassObject, node: ast.FunctionDef) -> bool:
    """Is a function of a class body the last of its name, or the getter of a property whose setter is?"""
    bound = cls.pending.get(node.name, [node])
    behind = bound[bound.index(node) + 1 :]
    setters = all(isinstance(s, ast.FunctionDef) and is_setter(s, node.name) for s in behind)
    return not behind or (setters and not is_setter(node, node.name))


def is_setter(node: ast.FunctionDef, name: str) -> bool:
    """`@name.setter`."""
    return any(
        isinstance(d, ast.Attribute) and d.attr == "setter" and isinstance(d.value, ast.Name) and d.value.id == name
        for d in node.decorator_list
    )


def uses(node: ast.AST, name: str) -> bool:
    """Does a statement or an expression read a name?"""
    return any(isinstance(n, ast.Name) and n.id == name for n in walk(node))


def member(
    ev: Evaluator, cls: ClassObject, name: str, after: ClassObject | None = None
) -> tuple[Value, ClassObject] | None:
    """A member found along the classes, from the one behind `after` on."""
    chain = cls.mro()
    if after is not None and after in chain:
        chain = chain[chain.index(after) + 1 :]
    for entry in chain:
        if isinstance(entry, ClassObject):
            found = own_member(ev, entry, name)
            if found is not None:
                return found, entry
    return None


def descends(cls: ClassObject | Api, ancestor: ClassObject | Api, ev: Evaluator) -> bool:
    """Is `cls` a subclass of `ancestor`?"""
    chain = cls.mro() if isinstance(cls, ClassObject) else [cls]
    for entry in chain:
        if entry is ancestor:
            return True
        name = entry.name if isinstance(entry, Api) else restating.library_name(entry.file, entry.name)
        if name and isinstance(ancestor, Api) and ev.dialect.is_subclass(name, ancestor.name):
            return True
    return False


def library_base(cls: ClassObject) -> Api | None:
    """The first base that a library provides."""
    return next((c for c in cls.mro() if isinstance(c, Api)), None)


def bind_method(value: Value, receiver: Value, cls: ClassObject) -> Value:
    """What `receiver.name` is for a member of its class."""
    hint = value.hint
    if isinstance(hint, FunctionObject):
        if hint.static:
            return value
        if "classmethod" in hint.decorators:
            return Value(BoundMethod(hint, Value(cls)))
        return Value(BoundMethod(hint, receiver))
    return value


def is_property(value: Value) -> bool:
    """Is a member computed when read?"""
    return isinstance(value.hint, FunctionObject) and bool({"property", "cached_property"} & set(value.hint.decorators))


def special_method(
    ev: Evaluator,
    receiver: Value,
    name: str,
    args: tuple[Value, ...],
    node: ast.AST,
    frame: Frame,
    kwargs: dict[str, Value] | None = None,
) -> Value | None:
    """`receiver.__name__(*args)` where its class defines it."""
    hint = receiver.hint
    cls = hint.cls if isinstance(hint, (InstanceObject, ModuleObject)) else None
    if not isinstance(cls, ClassObject):
        return None
    hit = member(ev, cls, name)
    if hit is None:
        return None
    return ev.call(bind_method(hit[0], receiver, cls), args, kwargs or {}, node, frame)


def own_or_held(
    ev: Evaluator, owner: Value, special: str, args: tuple[Value, ...], node: ast.AST, frame: Frame
) -> tuple[Value | None, Value | None]:
    """What the class's special method gives, or else the container that the instance holds."""
    hint = owner.hint
    if not isinstance(hint, InstanceObject):
        return None, None
    found = special_method(ev, owner, special, args, node, frame)
    return found, None if found is not None else hint.data
