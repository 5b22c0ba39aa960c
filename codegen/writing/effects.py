"""Statements for their effect: what only reports goes, what changes a tensor in place binds its name again."""

from __future__ import annotations

import ast
import copy
import keyword
from typing import TYPE_CHECKING

from codegen.writing import deriving, nodes
from codegen.writing.added_losses import added_loss
from codegen.writing.gone import loads_weights
from codegen.writing.plans import Unwritable
from codegen.writing.references import FRAMEWORK_ROOTS, KEPT_ROOTS
from pivot.problems import Problem
from pivot.reading import lookup
from pivot.reading.modules import ModuleObject
from pivot.reading.trace import Visit
from pivot.reading.values import Api, TensorCell, Unknown

if TYPE_CHECKING:
    from codegen.writing.statements import Statements

REPORTING = ("warnings.", "builtins.print")


def effect(s: Statements, node: ast.Expr) -> list[ast.stmt]:
    """An expression statement as none, one or two statements."""
    if isinstance(node.value, ast.Constant):
        return [copy.copy(node)]
    visits = s.w.trace.of(node.value)
    if isinstance(node.value, ast.Call) and any(v.changed for v in visits) and not s.w.target.changes_in_place:
        return [bound_to_result(s, node.value, visits)]
    if isinstance(node.value, ast.Call) and goes(s, node.value, visits):
        return []
    kept = added_loss(s, node.value, visits)
    if kept is not None:
        return kept
    value = s.e.expr(node.value)
    standing = id(node.value) in s.w.trace.methods  # a function stands for the method
    changed = changed_by_name(node.value) if standing else changed_in_place(node.value, visits)
    if changed is not None:
        target = s.e.target(changed)
        return [] if ast.dump(s.e.expr(changed)) == ast.dump(value) else [ast.Assign([target], value)]
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "__setitem__":
        target = ast.Subscript(value.func.value, value.args[0], ast.Store())
        return [ast.Assign([target], value.args[1])]
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "setattr":
        key = value.args[1]
        if nodes.has_gone(value.args[-1]) and isinstance(node.value, ast.Call):
            named = ast.unparse(value.args[1])
            why = f"{named} is left out: what it holds is not read, and nothing asks for it"
            place = (s.file, node.lineno, node.col_offset + 1)
            s.w.refused(Problem("left-out", "info", *place, why, "set it where the model is made, if it is needed"))
            return []  # `register_buffer("places", torch.randperm(8)[:n])`
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and may_be_attribute(key.value):
            return [ast.Assign([ast.Attribute(value.args[0], s.w.safe(key.value), ast.Store())], value.args[2])]
    if nodes.has_gone(value) or isinstance(value, (ast.Name, ast.Attribute, ast.Constant)):
        return []
    statements: list[ast.stmt] = [ast.Expr(value)]
    if visits and visits[0].kind == "super" and visits[0].module is not None and visits[0].module.container == "dict":
        assert isinstance(node.value, ast.Call)
        given = [s.e.expr(arg) for arg in node.value.args]
        held: ast.expr = nodes.call("dict", given) if given else ast.Dict([], [])
        statements.append(ast.Assign([nodes.name("self.modules")], held))
    return [*statements, *(deriving.held(s.e, node.value, visits) if visits and visits[0].kind == "super" else ())]


def bound_to_result(s: Statements, node: ast.Call, visits: list[Visit]) -> ast.stmt:
    """`y = add(y, x)` for the call of a function of the program that writes into y and gives it back."""
    changed = {i for v in visits for i in v.changed}
    place = next(iter(changed))
    given = node.args[place] if place < len(node.args) else None
    returned = all(v.result is not None and v.result.hint is v.args[place].hint for v in visits)
    plain = not any(isinstance(arg, ast.Starred) for arg in node.args)
    if len(changed) > 1 or not isinstance(given, (ast.Name, ast.Attribute)) or not returned or not plain:
        what = ast.unparse(node.func)
        raise Unwritable(f"{what}() writes into what it is given: let it return that, and bind the name to it")
    return ast.Assign([s.e.target(given)], s.e.expr(node))


def may_be_attribute(name: str) -> bool:
    """Can a name be written behind a dot?"""
    return name.isidentifier() and not keyword.iskeyword(name)


def goes(s: Statements, node: ast.Call, visits: list[Visit]) -> bool:
    """Does a call only report, or load weights?"""
    if visits and visits[0].kind == "dropped":
        return True
    if visits and visits[0].kind == "data" and visits[0].name.startswith(REPORTING):
        return True
    if id(node) in s.w.without_effect or s.w.is_empty_call(visits) or loads_weights(node) or is_logging(s, node):
        return True
    return calls_another_library(s, node, visits) or only_tries(s, node, visits)


def only_tries(s: Statements, node: ast.Call, visits: list[Visit]) -> bool:
    """A call that changed nothing, of a function that has no words in the target: `named_apply(init, model)`, which
    would fill buffers anew in an arm that was not taken.
    """
    entered = [v.entered.function for v in visits if v.kind == "function" and v.entered is not None]
    functions = [f for f in entered if f is not None and f.name != "__init__"]
    if not visits or len(functions) != len(visits) or any(v.effects or v.result is None for v in visits):
        return False
    if not any(v.tried for v in visits) or not all(s.w.definitions.cannot_write(f) for f in functions):
        return False
    why = f"{functions[0].name}() is left out: it changed nothing, and what it would do in other arms is not written"
    place = (s.file, node.lineno, node.col_offset + 1)
    s.w.refused(Problem("left-out", "info", *place, why, "do that where the model is made, if it is needed"))
    return True


def calls_another_library(s: Statements, node: ast.Call, visits: list[Visit]) -> bool:
    """`warn("...")` of a package that the target's file does not import; what is given tensors or layers stays."""
    api = s.w.static_api(node.func, s.file, s.e.locals)
    if api is None or api.root in KEPT_ROOTS | FRAMEWORK_ROOTS | s.w.source.roots:
        return False
    given = [value.hint for v in visits for value in (*v.args, *v.kwargs.values())]
    if not visits or any(isinstance(hint, (TensorCell, ModuleObject)) for hint in given):
        return False
    why = f"{api.name}() is left out: what it gives is not used"
    place = (s.file, node.lineno, node.col_offset + 1)
    s.w.refused(Problem("left-out", "info", *place, why, "call it where the model is made, if it is needed"))
    return True


def is_logging(s: Statements, node: ast.Call) -> bool:
    """`logging.info(...)`, `logger.info(...)` with `logger = logging.getLogger(...)`."""
    root: ast.expr = node.func
    while isinstance(root, ast.Attribute):
        root = root.value
    scope = s.w.scope_of(s.file)
    if not isinstance(root, ast.Name) or root is node.func or root.id in s.e.locals or scope is None:
        return False
    value = lookup.in_module(s.w.ev, scope, root.id)
    hint = value.hint if value is not None else None
    return (isinstance(hint, Api) and hint.root == "logging") or (
        isinstance(hint, Unknown) and hint.why.startswith("logging.")
    )


def changed_by_name(node: ast.expr) -> ast.expr | None:
    """`y` in `y.index_add_(0, places, x)`."""
    func = node.func if isinstance(node, ast.Call) else None
    written = isinstance(func, ast.Attribute) and func.attr.endswith("_") and isinstance(func.value, ast.Name)
    return func.value if written and isinstance(func, ast.Attribute) else None


def changed_in_place(node: ast.expr, visits: list[Visit]) -> ast.expr | None:
    """The tensor that a call changes: `y` in `y.mul_(2)`, `F.relu(y, inplace=True)` and `self.relu(y)`."""
    if not visits or not isinstance(node, ast.Call) or visits[0].kind not in ("op", "apply"):
        return None
    visit = visits[0]
    changed: ast.expr | None = None
    if visit.kind == "op" and isinstance(node.func, ast.Attribute) and node.func.attr.endswith("_"):
        changed = node.func.value if visit.form is not None and visit.form.spelling == "method" else first(node)
    elif visit.kind == "op" and any(k.arg == "out" for k in node.keywords):
        changed = next(k.value for k in node.keywords if k.arg == "out")
    elif any(v.bound is not None and v.bound.flags.get("inplace") for v in visits) or any(
        v.module is not None and v.module.bound is not None and v.module.bound.flags.get("inplace") for v in visits
    ):
        changed = first(node)
    while isinstance(changed, ast.Call) and isinstance(changed.func, ast.Attribute) and changed.func.attr.endswith("_"):
        changed = changed.func.value  # y.clamp_(0, 1).mul_(2)
    return changed if isinstance(changed, (ast.Name, ast.Attribute)) else None


def first(node: ast.Call) -> ast.expr | None:
    """The first argument."""
    return node.args[0] if node.args else None
