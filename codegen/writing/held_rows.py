"""Classes that derive from a row of layers and do more than run it: `class DenseLayer(nn.Sequential)` with a forward
pass that puts its input beside the result, or that takes several inputs.

Keras' Sequential takes layers of one input alone, calls them by itself, and believes that its result has the shape of
theirs. Such a class is a layer that holds others.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.plans import Unwritable
from codegen.writing.sharing import free_name
from pivot.reading import classes
from pivot.reading.trace import Visit
from pivot.reading.values import ClassObject
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions
    from codegen.writing.writer import Writer

CONSTRUCTOR = """
def __init__(self, layers):
    super().__init__()
    self.layers = layers
"""
LAYERS = "self.layers"
ADDING = """
def add(self, layer):
    self.layers.append(layer)
"""
ADDS = ("append", "add_module", "register_module")
RUNNING = """
def run_layers(self, x):
    for layer in self.layers:
        x = layer(x)
    return x
"""


def holds_layers(w: Writer, cls: ClassObject) -> bool:
    """Is this a row of layers whose own forward pass is another than to call each layer with what the last one gave?"""
    base = classes.library_base(cls)
    if w.target.builds_early or base is None or w.source.kinds.get(base.name) != "sequential":
        return False
    if any(isinstance(b.hint, ClassObject) for b in cls.bases) or w.done.network.root.cls is cls:
        return False
    method = next((s for s in cls.node.body if isinstance(s, ast.FunctionDef) and s.name == w.source.call_name), None)
    if method is None:
        return False
    return len(method.args.args) > 2 or method.args.vararg is not None or not only_runs(method)


def only_runs(method: ast.FunctionDef) -> bool:
    """`for layer in self: x = layer(x)`, or the base's own forward pass, and nothing else."""
    body = [s for s in method.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    if not body or len(method.args.args) != 2 or not isinstance(body[-1], ast.Return):
        return False
    given = method.args.args[1].arg
    if len(body) == 1 and isinstance(body[0], ast.Return) and isinstance(body[0].value, ast.Call):
        handed = body[0].value
        return is_super(handed.func, method.name) and [ast.unparse(a) for a in handed.args] == [given]
    loop, last = body[0], body[-1]
    if len(body) != 2 or not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name) or loop.orelse:
        return False
    whole = ast.unparse(loop.iter) in ("self", "self.children()", "self._modules.values()")
    x, layer = ast.Name(given, ast.Load()), ast.Name(loop.target.id, ast.Load())
    step = ast.Assign([ast.Name(given, ast.Store())], ast.Call(layer, [x], []))
    returned = isinstance(last.value, ast.Name) and last.value.id == given
    return whole and returned and [ast.dump(s) for s in loop.body] == [ast.dump(step)]


def is_super(func: ast.expr, name: str) -> bool:
    """`super().forward`, `super(Net, self).forward`."""
    if not isinstance(func, ast.Attribute) or func.attr != name or not isinstance(func.value, ast.Call):
        return False
    return isinstance(func.value.func, ast.Name) and func.value.func.id == "super"


def appended(w: Writer, cls: object, owner: ast.expr, layer: ast.expr) -> ast.expr:
    """One more layer for a row, or for a layer that holds some: an instance of `cls`."""
    is_self = isinstance(owner, ast.Name) and owner.id == "self"
    if is_self and isinstance(cls, ClassObject) and holds_layers(w, cls):
        return nodes.call(ast.Attribute(w.target.in_row(owner), "append", ast.Load()), [layer])
    return w.target.append(owner, layer)


def added_to(w: Writer) -> frozenset[int]:
    """Classes whose instances others add layers to: with `add`, as to a Sequential, which may stand there as well."""
    known = w.done.learned.get("added to")
    if isinstance(known, frozenset):
        return known
    visits = (v for met in w.trace.visits.values() for v in met if v.kind == "method" and v.name in ADDS)
    kinds = [v.module.cls for v in visits if v.module is not None and not adds_to_itself(v)]
    chains = [cls.mro() for cls in kinds if isinstance(cls, ClassObject)]
    found = frozenset(id(c) for chain in chains for c in chain)
    w.done.learned["added to"] = found
    return found


def adds_to_itself(visit: Visit) -> bool:
    """Is this `self.add_module(...)`?"""
    func = visit.node.func if isinstance(visit.node, ast.Call) else None
    return isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "self"


def deletion(e: Expressions, item: ast.Subscript) -> ast.stmt:
    """`del row[-1]`, of a Sequential as the target has it: of its last layer alone. Raises Unwritable."""
    visits = [v for v in e.w.trace.of(item) if v.name == "__delitem__" and v.module is not None]
    rows = [v for v in visits if v.module is not None and v.module.container == "sequential"]
    if any(v.module is not None and v.module.container == "dict" for v in visits):  # Keras tracks what is only deleted
        return ast.Expr(nodes.call(ast.Attribute(e.expr(item.value), "pop", ast.Load()), [e.expr(item.slice)]))
    owner = e.expr(item.value)
    if visits and not rows:
        return dropped(e, owner, item)
    if not rows:
        return ast.Delete([e.target(item)])
    classes_of = [v.module.cls for v in rows if v.module is not None]
    if all(isinstance(cls, ClassObject) and holds_layers(e.w, cls) for cls in classes_of):
        return dropped(e, e.w.target.in_row(owner), item)
    if any(v.args[0].hint != -1 for v in rows):
        raise Unwritable("a Sequential loses a layer that is not its last one")
    return e.w.target.drop_last(owner)


def dropped(e: Expressions, row: ast.expr, item: ast.Subscript) -> ast.stmt:
    """`del row[0]`; several one by one, as Keras goes on to track what is deleted by a slice."""
    index = e.expr(item.slice)
    if not isinstance(index, ast.Slice):
        return ast.Delete([ast.Subscript(row, index, ast.Del())])
    name = free_name("layer", set(e.locals))
    each = nodes.call(ast.Attribute(row, "remove", ast.Load()), [nodes.name(name)])
    several = ast.Subscript(row, index, ast.Load())
    return ast.For(ast.Name(name, ast.Store()), several, [ast.Expr(each)], [])


def starts_empty(w: Writer, visit: Visit) -> bool:
    """Is such a class, with the library's own constructor, made of no layers?"""
    cls = visit.module.cls if visit.kind == "class" and visit.module is not None else None
    if not isinstance(cls, ClassObject) or visit.args or visit.kwargs or not holds_layers(w, cls):
        return False
    return classes.member(w.ev, cls, "__init__") is None


def hold(w: Writer, cls: ClassObject, made: ast.ClassDef) -> None:
    """Let a class, written as a row of layers, have a list of them instead."""
    methods = [s for s in made.body if isinstance(s, ast.FunctionDef)]
    init = next((m for m in methods if m.name == "__init__"), None)
    if init is None:
        at = 1 if made.body and isinstance(made.body[0], ast.Expr) else 0
        made.body.insert(at, function(CONSTRUCTOR))
    else:
        several = init.args.vararg.arg if init.args.vararg is not None else ""
        init.body = listed([part for statement in init.body for part in keeping(statement, several)])
    runs = [call for method in methods for call in walk(method) if isinstance(call, ast.Call)]
    runs = [call for call in runs if is_super(call.func, w.call_name)]
    for call in runs:
        call.func = nodes.name("self.run_layers")
    if runs:
        made.body.append(function(RUNNING))
    if id(cls) in added_to(w):
        made.body.append(function(ADDING))


def listed(body: list[ast.stmt]) -> list[ast.stmt]:
    """Layers that are appended one after the other stand in the list itself, but for those with a comment."""
    kept: list[ast.stmt] = []
    for statement in body:
        before = kept[-1] if kept else None
        layer = statement.value if isinstance(statement, ast.Expr) else None
        plain = not any(statement.__dict__.get(name) for name in ("before", "behind", "tail"))
        if (
            plain
            and isinstance(before, ast.Assign)
            and isinstance(before.value, ast.List)
            and isinstance(layer, ast.Call)
        ):
            if ast.unparse(before.targets[0]) == LAYERS and ast.unparse(layer.func) == f"{LAYERS}.append":
                before.value.elts += layer.args
                continue
        kept.append(statement)
    return kept


def keeping(statement: ast.stmt, several: str) -> list[ast.stmt]:
    """What the base's constructor is given is kept in a list, which is empty at first where it is given nothing.

    `several`: the parameter that takes any number of layers, in a tuple.
    """
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not is_super(call.func, "__init__"):
        return [statement]
    layers = call.args[0] if call.args else ast.List([], ast.Load())
    if isinstance(layers, ast.Name) and layers.id == several:
        layers = nodes.call("list", [layers])
    kept = ast.Assign([ast.Attribute(nodes.name("self"), "layers", ast.Store())], layers)
    call.args = []
    return [statement, ast.copy_location(kept, statement)]


def function(text: str) -> ast.FunctionDef:
    """A method from its text."""
    made = ast.parse(text).body[0]
    assert isinstance(made, ast.FunctionDef)
    made.__dict__["blank"] = 1
    return made
