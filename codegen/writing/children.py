"""The children of a module by name: the target's layers do not tell them, so they are named where they are asked."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.plans import Unwritable
from codegen.writing.reflection import named_class
from pivot.reading import lookup, restating
from pivot.reading.modules import ModuleObject
from pivot.reading.trace import Visit
from pivot.reading.values import ClassObject

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions

ASKING = ("children", "named_children")
ASKED = ("values", "items")


def children(e: Expressions, owner: ast.expr, name: str, visits: list[Visit]) -> ast.expr:
    """`model.named_children()` as `[(name, getattr(model, name)) for name in ["conv", "fc"]]`, of a Sequential its
    layers, whose names the target does not keep. Gone where the visits see different names.
    """
    modules = [v.module for v in visits if v.module is not None]
    if all(m.container == "sequential" for m in modules):
        layers = e.w.target.in_row(owner)
        if name == "children":
            return layers
        named = {tuple(m.children) for m in modules}
        if named != {tuple(str(place) for place in range(len(names))) for names in named}:
            if len(named) != 1 or any(takes_several(e, m) for module in modules for _, m in module.own_children()):
                return nodes.gone()
            return nodes.call("zip", [nodes.literal(list(next(iter(named)))), layers])
        numbered = nodes.call("enumerate", [layers])
        pair: ast.expr = ast.Tuple([nodes.call("str", [nodes.name("place")]), nodes.name("layer")], ast.Load())
        target = ast.Tuple([ast.Name("place", ast.Store()), ast.Name("layer", ast.Store())], ast.Store())
        return ast.ListComp(pair, [ast.comprehension(target, numbered, [], 0)])
    names = {tuple(n for n, _ in m.children_once()) for m in modules if not m.container}
    if name == "children" and len(names) > 1 and not any(m.container for m in modules):
        return e.w.target.children(owner)
    if len(names) != 1 or len(modules) != len([m for m in modules if not m.container]):
        return nodes.gone()
    asked = next(iter(names))
    if any(not n.isidentifier() or e.w.safe(n) != n for n in asked):
        return nodes.gone()
    child = nodes.call("getattr", [owner, nodes.name("name")])
    pair = child if name == "children" else ast.Tuple([nodes.name("name"), child], ast.Load())
    listed = nodes.literal(list(asked))
    return ast.ListComp(pair, [ast.comprehension(ast.Name("name", ast.Store()), listed, [], 0)])


def held(e: Expressions, node: ast.expr) -> ast.expr | None:
    """`model._modules.values()` as `model.children()`, `model._modules` as a dict; None for everything else."""
    asks = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKED
    box = node.func.value if asks else node  # type: ignore[attr-defined]
    if not isinstance(box, ast.Attribute) or box.attr != "_modules":
        return None
    visits = [v for v in e.w.trace.of(box) if v.kind == "held"]
    if not visits:
        return None
    owner, wanted = e.expr(box.value), node.func.attr if asks else ""  # type: ignore[attr-defined]
    boxes = [v.module.children.values() for v in visits if v.module is not None]
    if any(len({id(value.hint) for value in box}) < len(box) for box in boxes):
        return nodes.gone()  # a module under two names: children() tells it once
    if wanted == "values":
        is_list = all(v.module is not None and v.module.container == "list" for v in visits)
        return owner if is_list else children(e, owner, "children", visits)
    pairs = children(e, owner, "named_children", visits)
    return pairs if wanted == "items" or nodes.has_gone(pairs) else nodes.call("dict", [pairs])


def child(e: Expressions, node: ast.Attribute | ast.Call, visits: list[Visit]) -> ast.expr:
    """`self.path.conv`, of a Sequential or list whose parts have names: `self.path.layers[1]`. Raises Unwritable."""
    met = [(v.module, v.args[1].hint) for v in visits]
    places = {list(module.children).index(str(name)) for module, name in met if module is not None}
    if len(places) != 1:
        raise Unwritable("a part of a Sequential stands at several places under one name")
    owner = e.expr(node.value if isinstance(node, ast.Attribute) else node.args[0])
    row = e.w.target.in_row(owner) if visits[0].module is not None and visits[0].module.container != "list" else owner
    return ast.Subscript(row, ast.Constant(places.pop()), ast.Load())


def submodule(e: Expressions, owner: ast.expr, visits: list[Visit]) -> ast.expr:
    """`model.get_submodule("body.conv")` as `model.body.conv`, of a Sequential by place. Raises Unwritable."""
    met = [(v.module, v.args[0].hint) for v in visits]
    ways = {way for module, path in met if (way := steps_to(e, module, str(path))) is not None}
    if len(ways) != 1 or len(met) != len([module for module, path in met if steps_to(e, module, str(path)) in ways]):
        raise Unwritable("get_submodule() finds its part in different ways")
    for step in ways.pop():
        if isinstance(step, int):
            owner = ast.Subscript(e.w.target.in_row(owner), ast.Constant(step), ast.Load())
        else:
            owner = ast.Attribute(owner, step, ast.Load())
    return owner


def steps_to(e: Expressions, module: ModuleObject | None, path: str) -> tuple[int | str, ...] | None:
    """Names and places on the way to a part; None where it leads through a list or dict."""
    found: list[int | str] = []
    for name in path.split("."):
        if module is None or module.container not in ("", "sequential") or name not in module.children:
            return None
        row = module.container == "sequential"
        if row and any(takes_several(e, m) for _, m in module.own_children()):
            return None
        found.append(list(module.children).index(name) if row else e.w.safe(name))
        inner = module.children[name].hint
        module = inner if isinstance(inner, ModuleObject) else None
    return tuple(found)


def modules_of_kind(e: Expressions, loop: ast.comprehension | ast.For, tests: list[ast.expr]) -> ast.expr | None:
    """`model.modules()` where only modules of a class of the program are taken: both frameworks have the same of those.

    `tests`: what a module is asked before anything is done with it. None for every other loop.
    """
    visits = e.w.trace.of(loop.iter)
    if not isinstance(loop.iter, ast.Call) or not isinstance(loop.iter.func, ast.Attribute) or not tests:
        return None
    if not visits or any(v.kind != "method" or v.name != "modules" or v.module is None for v in visits):
        return None
    test, named = tests[0], named_class(tests[0])
    if named is not None and not isinstance(test.ops[0], ast.NotEq):  # type: ignore[attr-defined]
        owner = asked_class(named[0])
        if owner is None or ast.unparse(owner) != ast.unparse(loop.target):
            return None
        kind = written_class(e, ast.Name(named[1], ast.Load()))
        known = kind is not None and e.w.ev.dialect.is_module_class(kind)
        return listed(e, loop, loop.iter.func.value) if known else None
    asks = isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == "isinstance"
    if not isinstance(test, ast.Call) or not asks or len(test.args) != 2:
        return None
    if not isinstance(test.args[0], ast.Name) or ast.unparse(test.args[0]) != ast.unparse(loop.target):
        return None
    kind = written_class(e, test.args[1])
    if kind is None or not e.w.ev.dialect.is_module_class(kind):
        return None
    return listed(e, loop, loop.iter.func.value)


def listed(e: Expressions, loop: ast.comprehension | ast.For, owner: ast.expr) -> ast.expr:
    """All modules of one: in the order in which they were set, where what the turns do hangs on those before them."""
    helper, body = e.w.target.modules_in_order, loop.body if isinstance(loop, ast.For) else []
    if not helper or not any(carries(part) for statement in body for part in ast.walk(statement)):
        return e.w.target.modules(e.expr(owner))
    e.w.helpers.setdefault(helper)
    return nodes.call(helper.rpartition(".")[2], [e.expr(owner)])


def carries(part: ast.AST) -> bool:
    """Does a part of a loop's body leave something for the turns that follow: a name that it binds, a longer list?"""
    if isinstance(part, ast.Name):
        return isinstance(part.ctx, ast.Store)
    return isinstance(part, ast.Attribute) and part.attr in ("append", "extend", "insert", "add", "update")


def asked_class(name: ast.Attribute) -> ast.expr | None:
    """Whose class is asked for its name: `m` of `m.__class__.__name__` and of `type(m).__name__`."""
    cls = name.value
    if isinstance(cls, ast.Attribute) and cls.attr == "__class__":
        return cls.value
    asked = isinstance(cls, ast.Call) and isinstance(cls.func, ast.Name) and cls.func.id == "type"
    return cls.args[0] if asked and len(cls.args) == 1 else None  # type: ignore[attr-defined]


def tests_of(loop: ast.For) -> list[ast.expr]:
    """What the whole body of a loop stands under."""
    only = loop.body[0] if len(loop.body) == 1 and not loop.orelse else None
    return [only.test] if isinstance(only, ast.If) and not only.orelse else []


def written_class(e: Expressions, node: ast.expr) -> ClassObject | None:
    """The class that a name stands for, where it is one of the program or a restatement, which the target has too."""
    scope = e.w.ev.scopes.get(Path(e.file))
    if isinstance(node, ast.Name) and scope is not None and node.id not in e.locals:
        value = lookup.in_module(e.w.ev, scope, node.id)
    else:
        api = e.w.static_api(node, e.file, e.locals)
        value = restating.library_value(e.w.ev, api.name) if api is not None else None
    return value.hint if value is not None and isinstance(value.hint, ClassObject) else None


def takes_several(e: Expressions, module: ModuleObject) -> bool:
    """Does a layer stand as more than one layer in the target, so that the rows of both differ in length?"""
    applied = e.w.sites.applied.get(id(module), [])
    found = [e.w.lowering.lowered[id(n)].chosen for n in applied if id(n) in e.w.lowering.lowered]
    return any(plan is not None and len(plan.steps) > 1 for plan in found)
