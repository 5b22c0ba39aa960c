"""What `build` of a Keras layer does, with the shapes of inputs it is told, at the end of PyTorch's constructor."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.statements import Statements
from pivot.dims import Size, symbols
from pivot.dims import hint as dim_hint
from pivot.problems import Problem
from pivot.reading.frames import Frame
from pivot.reading.modules import ModuleObject
from pivot.reading.restating import is_restatement
from pivot.reading.values import ClassObject, ListObject, Value

if TYPE_CHECKING:
    from codegen.writing.definitions import Definitions
    from codegen.writing.writer import Writer


def build_into_constructor(d: Definitions, cls: ClassObject, made: ast.ClassDef) -> None:
    """What `build` makes comes at the end of `__init__`."""
    build = next((s for s in cls.node.body if isinstance(s, ast.FunctionDef) and s.name == "build"), None)
    if build is None or not d.w.target.builds_early or not d.w.trace.frames.get(id(build)):
        return
    from codegen.writing.definitions import local_names

    init = next((s for s in made.body if isinstance(s, ast.FunctionDef) and s.name == "__init__"), None)
    own = next((s for s in cls.node.body if isinstance(s, ast.FunctionDef) and s.name == "__init__"), None)
    locals_ = local_names(build) | (local_names(own) if own is not None else set())
    body = Statements(d.w, cls.file, locals_, False)
    if own is not None and init is not None:  # what the constructor did not keep: initializers
        body.e.gone |= {f"self.{name}" for name in own_attributes(own) - own_attributes(init)}
    body.e.shapes = {a.arg for a in build.args.args[1:]}
    body.e.shapes |= {ast.unparse(s.targets[0]) for s in build.body if isinstance(s, ast.Assign) and follows_shape(s)}
    body.known = lambda node, made: as_known(d, build, body, node, made)
    statements = without_settled(d.w, cls.file, build.body, body.e.shapes)
    written = body.block([s for s in statements if not is_of_keras(s) and not only_checks(s)])
    written = [s for s in written if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    written = without_unread(written)
    if init is None:
        start = ast.Expr(nodes.call(ast.Attribute(nodes.call("super"), "__init__", ast.Load())))
        init = ast.FunctionDef("__init__", ast.arguments([], [ast.arg("self")], None, [], [], None, []), [start], [])
        init.returns, init.__dict__["blank"] = None, 1
        at = next((i for i, s in enumerate(made.body) if isinstance(s, ast.FunctionDef)), len(made.body))
        made.body.insert(at, init)
    written = without_shapes(written, made, body.e.shapes)
    init.body = [s for s in init.body if not isinstance(s, ast.Pass)] + written
    unread = body.e.shapes & {n.id for s in written for n in ast.walk(s) if isinstance(n, ast.Name)}
    if unread:
        raise d.w.refusal(cls.file, build, "the shape of an input is used in a way that a constructor cannot know")


def own_attributes(function: ast.FunctionDef) -> set[str]:
    """The attributes of `self` that a constructor sets."""
    places = (n for n in ast.walk(function) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store))
    return {n.attr for n in places if isinstance(n.value, ast.Name) and n.value.id == "self"}


def without_settled(w: Writer, file: str, statements: list[ast.stmt], shapes: set[str]) -> list[ast.stmt]:
    """Statements with the arm in the place of an `if` that asks for the shape of an input, where all visits took it."""
    kept: list[ast.stmt] = []
    for statement in statements:
        taken = {b.taken for b in w.trace.branches.get(id(statement), []) if not b.speculative}
        asks = isinstance(statement, ast.If) and names_read([statement.test]) & shapes
        if isinstance(statement, ast.If) and asks and len(taken) == 1 and not only_checks(statement):
            if not is_restatement(file):  # of which only the arms that were taken are written anywhere
                tell_settled(w, file, statement)
            kept += without_settled(w, file, statement.body if taken.pop() else statement.orelse, shapes)
        else:
            kept.append(statement)
    return kept


def tell_settled(w: Writer, file: str, statement: ast.If) -> None:
    """Say that a constructor, which knows no shapes, holds for the shapes at hand."""
    why = f"the constructor has the arm of `if {ast.unparse(statement.test)}` that these inputs take, and no other"
    remedy = "convert again for inputs of other shapes"
    w.refused(Problem("frozen", "warning", file, statement.lineno, statement.col_offset + 1, why, remedy))


def only_checks(statement: ast.stmt) -> bool:
    """Does a statement of `build` only complain of inputs, which came through when it was read?"""
    if isinstance(statement, ast.If) and not statement.orelse:
        return all(isinstance(inner, ast.Raise) for inner in statement.body)
    return isinstance(statement, ast.Assert)


def without_shapes(written: list[ast.stmt], made: ast.ClassDef, shapes: set[str]) -> list[ast.stmt]:
    """Statements without those that only keep the shape of an input, or make another one of it, for nobody to read."""
    written = without_chains(written, shapes)
    kept = list(written)
    for statement in written:
        if not isinstance(statement, ast.Assign) or not names_read([statement]) & shapes:
            continue
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            about = [s for s in kept if bound_name(s) == target.id]
            if target.id not in names_read([s for s in kept if s not in about]):
                kept = [s for s in kept if s not in about]
        elif isinstance(target, ast.Attribute):
            places = [n for part in (*made.body, *kept) for n in ast.walk(part) if isinstance(n, ast.Attribute)]
            if not any(n.attr == target.attr and isinstance(n.ctx, ast.Load) for n in places):
                kept = [s for s in kept if s is not statement]
    return kept


def without_chains(written: list[ast.stmt], shapes: set[str]) -> list[ast.stmt]:
    """Statements without names that are made of shapes for other such names alone: what builds parts has no need of
    them here, in arms either.
    """
    every = [n for s in written for n in ast.walk(s) if isinstance(n, ast.stmt)]
    makers: dict[str, list[ast.stmt]] = {}
    for statement in every:
        if isinstance(statement, ast.Assign) and bound_name(statement):
            makers.setdefault(bound_name(statement), []).append(statement)
    plain = {id(s) for found in makers.values() for s in found}
    live = names_read([part for s in every if id(s) not in plain for part in own_parts(s)])
    work = [name for name in live if name in makers]
    while work:
        more = names_read(makers[work.pop()]) - live
        live |= more
        work += [name for name in more if name in makers]
    gone = {name for name, found in makers.items() if name not in live and names_read(found) & (shapes | makers.keys())}
    return [s for statement in written for s in without_assigned(statement, gone)]


def own_parts(statement: ast.stmt) -> list[ast.AST]:
    """What a statement reads itself, without the statements inside of it."""
    return [n for n in ast.iter_child_nodes(statement) if not isinstance(n, (ast.stmt, ast.excepthandler))]


def without_assigned(statement: ast.stmt, names: set[str]) -> list[ast.stmt]:
    """A statement without the assignments of some names; none where nothing is left of it."""
    if isinstance(statement, ast.Assign) and bound_name(statement) in names:
        return []
    if isinstance(statement, ast.If):
        statement.body = [s for inner in statement.body for s in without_assigned(inner, names)]
        statement.orelse = [s for inner in statement.orelse for s in without_assigned(inner, names)]
        if not statement.body and not statement.orelse:
            return []
        statement.body = statement.body or [ast.Pass()]
    return [statement]


def names_read(statements: Sequence[ast.AST]) -> set[str]:
    """Names that statements read."""
    found = (n for s in statements for n in ast.walk(s) if isinstance(n, ast.Name))
    return {n.id for n in found if isinstance(n.ctx, ast.Load)}


def bound_name(statement: ast.stmt) -> str:
    """`a` of `a = ...` and of `a[-1] = ...`."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    if isinstance(target, ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""


def as_known(
    d: Definitions, build: ast.FunctionDef, body: Statements, node: ast.stmt, made: list[ast.stmt]
) -> list[ast.stmt]:
    """A statement of `build`; one that asks for more than a size of an input is what it gives, where all agree."""
    read = {n.id for s in made for n in ast.walk(s) if isinstance(n, ast.Name)}
    if not read & body.e.shapes or not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return made
    frames = [f for f in d.w.trace.frames.get(id(build), []) if not f.speculative]
    if isinstance(node.targets[0], (ast.Tuple, ast.List)):
        return taken_apart(frames, node.value, node.targets[0].elts, body.e.shapes) or made
    if isinstance(node.targets[0], ast.Name) and stored(build, node.targets[0].id) > 1:
        return made  # what it is in the end is not what it is here
    hints = [known(target_value(f, node.targets[0])) for f in frames]
    if not hints or hints[0] is None or any(hint != hints[0] for hint in hints):
        return made
    return [ast.Assign([body.e.target(node.targets[0])], nodes.literal(hints[0]))]


def stored(build: ast.FunctionDef, name: str) -> int:
    """How often a name is bound in a function."""
    return sum(isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id == name for n in ast.walk(build))


def taken_apart(frames: list[Frame], value: ast.expr, targets: list[ast.expr], unsaid: set[str]) -> list[ast.stmt]:
    """`_, height, _ = input_shape`: the names that have one number at every visit; others are put to `unsaid`."""
    shapes = [f.scope.names.get(value.id) if isinstance(value, ast.Name) else None for f in frames]
    rows = [v.hint for v in shapes if v is not None and isinstance(v.hint, tuple) and len(v.hint) == len(targets)]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    if not rows or len(rows) != len(frames) or len(names) != len(targets):
        return []
    found: dict[str, object] = {}
    for place, name in enumerate(names):
        hints = {known(row[place]) for row in rows}
        if name != "_" and len(hints) == 1 and None not in hints:
            found[name] = hints.pop()
        else:
            unsaid.add(name)
    kept: list[ast.expr] = [ast.Name(name, ast.Store()) for name in found]
    if len(kept) > 1:
        return [ast.Assign([ast.Tuple(kept, ast.Store())], nodes.literal(tuple(found.values())))]
    return [ast.Assign(kept, nodes.literal(number)) for number in found.values()] or [ast.Pass()]


def without_unread(written: list[ast.stmt]) -> list[ast.stmt]:
    """Statements without sizes that nobody reads: layers of the target find some of them by themselves."""
    while True:
        read = [{n.id for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)} for s in written]
        for place, statement in enumerate(written):
            others = set[str]().union(*(names for i, names in enumerate(read) if i != place))
            names = bound_alone(statement)
            if isinstance(statement, ast.Pass) or (names and not names & others):
                break
        else:
            return written
        written = [s for s in written if s is not statement]


def bound_alone(statement: ast.stmt) -> set[str]:
    """The names that a statement binds to arithmetic, if it does nothing else."""
    if not isinstance(statement, ast.Assign) or any(isinstance(n, ast.Call) for n in ast.walk(statement.value)):
        return set()
    parts = [p for t in statement.targets for p in (t.elts if isinstance(t, (ast.Tuple, ast.List)) else [t])]
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    return names if len(names) == len(parts) else set()


def target_value(frame: Frame, target: ast.expr) -> Value | None:
    """What an assignment of a frame left in its target."""
    if isinstance(target, ast.Name):
        return frame.scope.names.get(target.id)
    module = frame.receiver.hint if frame.receiver is not None else None
    own = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
    return module.attrs.get(target.attr) if own and isinstance(module, ModuleObject) else None  # type: ignore[attr-defined]


def known(value: Value | None) -> object:
    """A number, or a list or tuple of numbers; None for everything else."""
    hint = value.hint if value is not None else None
    if isinstance(hint, (ListObject, tuple)):
        items = [known(v) for v in (hint.items if isinstance(hint, ListObject) else hint) if isinstance(v, Value)]
        return None if None in items else (items if isinstance(hint, ListObject) else tuple(items))
    if isinstance(hint, Size):
        return dim_hint(hint) if "N" not in symbols(hint) else None
    return hint if isinstance(hint, (int, float, str)) else None


BUILDING = ("compute_output_spec", "compute_output_shape")
"""Methods whose results nobody takes in `build`: they are called for the layers that they build."""


def follows_shape(statement: ast.Assign) -> bool:
    """`shape = self.conv.compute_output_shape(shape)`: what the next layer would be built with."""
    call = statement.value
    func = call.func if isinstance(call, ast.Call) and isinstance(statement.targets[0], ast.Name) else None
    return isinstance(func, ast.Attribute) and func.attr == "compute_output_shape"


def is_of_keras(statement: ast.stmt) -> bool:
    """`super().build(input_shape)`, `self.built = True`, `self.compute_output_spec(...)` that makes inner layers."""
    if isinstance(statement, ast.If):
        return all(map(is_of_keras, [*statement.body, *statement.orelse]))
    if isinstance(statement, ast.Assign):
        target = statement.targets[0]
        return (isinstance(target, ast.Attribute) and target.attr == "built") or follows_shape(statement)
    call = statement.value if isinstance(statement, (ast.Expr, ast.Return)) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in BUILDING:
        return True
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "build"
        and (isinstance(call.func.value, ast.Call))
    )
