"""The expressions that give a site its tensors, and the expression that a call of a layer is made of."""

from __future__ import annotations

import ast

from pivot.editing.source import Source

Site = ast.expr | ast.stmt
"""What makes a node: a call, an operator, an index, or a statement like `x += y`."""

_SIZES = {"size", "shape", "dim", "ndim", "numel", "dtype", "device", "training"}


def operand(source: Source, site: Site, index: int, count: int) -> ast.expr:
    """The expression of the `index`-th of `count` tensors of a site. Raises Refusal where that is not clear."""
    for found in (candidates(source, site), [item for item in candidates(source, site) if _tensor_like(source, item)]):
        if len(found) == count or (found and index == 0 and count == 1 and len(found) == 1):
            return found[index]
    named = [item for item in candidates(source, site) if isinstance(item, ast.Name)]
    if len(named) == count:
        return named[index]
    if index == 0 and candidates(source, site):
        return candidates(source, site)[0]
    raise source.refusal(site, "it cannot be seen which argument carries this tensor", "edit it in the source text")


def candidates(source: Source, site: Site) -> list[ast.expr]:
    """What may be a tensor at a site, in the order of the text."""
    match site:
        case ast.AugAssign(target=target, value=value):
            return [target, value]
        case ast.BinOp(left=left, right=right):
            return [side for side in (left, right) if not is_number(side)]
        case ast.UnaryOp(operand=inner):
            return [inner]
        case ast.Compare(left=left, comparators=others):
            return [side for side in (left, *others) if not is_number(side)]
        case ast.Subscript(value=value) | ast.Attribute(value=value):
            return [value]
        case ast.Call():
            return _of_call(source, site)
    return []


def _of_call(source: Source, call: ast.Call) -> list[ast.expr]:
    found: list[ast.expr] = []
    if isinstance(call.func, ast.Attribute) and not _library_or_self(source, call.func.value):
        found.append(call.func.value)
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        inner = argument.value if isinstance(argument, ast.Starred) else argument
        if isinstance(inner, ast.List | ast.Tuple):
            found += [item for item in inner.elts if not is_number(item)]
        elif not is_number(inner):
            found.append(inner)
    return found


def is_number(node: ast.expr) -> bool:
    """Whether an expression is a literal, and so no tensor."""
    return isinstance(node, ast.Constant) or (isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant))


def _tensor_like(source: Source, node: ast.expr) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr not in _SIZES and not _is_self(source, node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr not in _SIZES
    return not isinstance(node, ast.Subscript) or _tensor_like(source, node.value)


def _library_or_self(source: Source, node: ast.expr) -> bool:
    """`torch`, `torch.nn.functional`, `self`, `self.block`: what is before the name of a function or a layer."""
    root = node
    while isinstance(root, ast.Attribute | ast.Subscript):
        root = root.value
    if not isinstance(root, ast.Name):
        return isinstance(root, ast.Call) and isinstance(root.func, ast.Name) and root.func.id == "super"
    return _is_self(source, root) or root.id in imported(source)


def _is_self(source: Source, node: ast.expr) -> bool:
    function = source.function(node)
    first = self_name(function) if function is not None and source.class_around(node) is not None else None
    return isinstance(node, ast.Name) and node.id == first


def self_name(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """The name that a method has for its object."""
    arguments = [*function.args.posonlyargs, *function.args.args]
    return arguments[0].arg if arguments else None


def imported(source: Source) -> set[str]:
    """The names that imports bind in this file."""
    found: set[str] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.update(item.asname or item.name.partition(".")[0] for item in node.names)
    return found


def attribute_of(source: Source, site: Site) -> str | None:
    """`conv1` of `self.conv1(x)`; None for every other site."""
    if isinstance(site, ast.Call) and isinstance(site.func, ast.Attribute) and _is_self(source, site.func.value):
        return site.func.attr
    return None


def made_in(source: Source, cls: ast.ClassDef, attribute: str) -> ast.Assign | ast.AnnAssign | None:
    """The statement `self.conv1 = ...` of a class; None where there is none, or more than one."""
    found: list[ast.Assign | ast.AnnAssign] = []
    for node in ast.walk(cls):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(t, ast.Attribute) and t.attr == attribute and _is_self(source, t.value) for t in targets):
                found.append(node)
    return found[0] if len(found) == 1 else None


def uses(source: Source, cls: ast.ClassDef, attribute: str) -> list[ast.Attribute]:
    """Where the methods of a class read `self.conv1`."""
    return [
        node
        for node in ast.walk(cls)
        if isinstance(node, ast.Attribute)
        and node.attr == attribute
        and isinstance(node.ctx, ast.Load)
        and _is_self(source, node.value)
    ]


def atom(source: Source, node: ast.expr) -> str:
    """The text of an expression so that it can stand as a part of another one."""
    text = source.of(node)
    bare = ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.List, ast.Dict
    return text if isinstance(node, bare) or text.startswith("(") else f"({text})"
