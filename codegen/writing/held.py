"""Is a library name called where it stands, or through a variable, an attribute or an item that holds it?"""

from __future__ import annotations

import ast

from pivot.reading.keras_layers_started import MADE_AS_LAYER
from pivot.reading.trace import Visit
from pivot.reading.values import Api, BoundApi, DictObject
from pivot.reading.walking import walk


def is_direct(visit: Visit) -> bool:
    """Is a library class named at the call itself, with arguments that stand there?"""
    node = visit.node
    if (
        not isinstance(node, ast.Call)
        or any(k.arg is None and not is_own_dict(k.value, visit) for k in node.keywords)
        or any(isinstance(a, ast.Starred) for a in node.args)
    ):
        return False
    as_layer = MADE_AS_LAYER in node.__dict__
    return as_layer or is_named(node.func, visit) or is_looked_up(node.func, visit)


def is_looked_up(func: ast.expr, visit: Visit) -> bool:
    """Is a class looked up in a library by its name, where it is called: `getattr(nn, kind)(...)`?"""
    asked = isinstance(func, ast.Call) and isinstance(func.func, ast.Name) and func.func.id == "getattr"
    return asked and len(func.args) == 2 and is_named(func.args[0], visit)  # type: ignore[attr-defined]


def is_own_dict(node: ast.expr, visit: Visit) -> bool:
    """Is what a call spreads a dict that its function, or the file, writes down under a name?"""
    if not isinstance(node, ast.Name):
        return False
    function = visit.frame.function.node if visit.frame.function is not None else None
    taken = {a.arg for a in walk(function.args) if isinstance(a, ast.arg)} if function is not None else set()
    value = visit.frame.scope.names.get(node.id)
    return node.id not in taken and value is not None and isinstance(value.hint, DictObject)


def is_held(visit: Visit) -> bool:
    """Is a library function called through a variable, an attribute or an item that holds it?"""
    if hasattr(visit.node, "container_site"):
        return False  # a step of another call
    if of_array(visit):
        return False
    func = visit.node.func if isinstance(visit.node, ast.Call) else None
    while isinstance(func, ast.Subscript):
        func = func.value
    return isinstance(func, (ast.Name, ast.Attribute)) and not is_named(func, visit)


def of_array(visit: Visit) -> bool:
    """Is a function met as the method of an array that it stands for: `places.sum(-1)`?"""
    return visit.kind == "op" and visit.callee is not None and isinstance(visit.callee.hint, BoundApi)


def is_named(func: ast.expr, visit: Visit) -> bool:
    """Does an expression name something of a library by the imports of its file?"""
    root = func
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name):
        return False
    function = visit.frame.function
    at = visit.frame.scope
    while at.parent is not None:
        if root.id in at.names:
            return func is not root and isinstance(at.names[root.id].hint, Api)  # `import torch` in a function
        at = at.parent
    module_value = visit.frame.scope.module.names.get(root.id)
    return function is None or (module_value is not None and isinstance(module_value.hint, Api))
