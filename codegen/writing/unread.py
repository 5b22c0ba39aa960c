"""Methods of the source's tensors in code that was not read: copied, they would only fail when the code runs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import conditions, nodes
from codegen.writing.plans import Unwritable
from pivot.reading.torch_names import METHODS

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions
    from codegen.writing.writer import Writer

PYTHON = {name for kind in (str, bytes, list, dict, set, tuple, int, float) for name in dir(kind)}
"""Plain Python has methods of these names too."""
NUMPY = {
    "all", "any", "argmax", "argmin", "argsort", "astype", "clip", "conj", "cumprod", "cumsum", "diagonal", "dot",
    "flatten", "item", "max", "mean", "min", "nonzero", "prod", "ravel", "repeat", "reshape", "round", "searchsorted",
    "sort", "squeeze", "std", "sum", "swapaxes", "tolist", "trace", "transpose", "var", "view",
}  # fmt: skip
"""Arrays of NumPy have methods of these names too."""
PLAIN = {
    "clone", "contiguous", "cpu", "cuda", "data_ptr", "detach", "dim", "element_size", "is_contiguous",
    "is_floating_point", "item", "new_empty", "new_full", "new_ones", "new_tensor", "new_zeros", "numel",
    "requires_grad_", "size", "stride", "to", "tolist", "type_as",
}  # fmt: skip
"""Methods of PyTorch's tensors that compute nothing new."""


def method(e: Expressions, node: ast.Call) -> ast.expr | None:
    """A call that was never met, where it can only be one of a tensor's own methods: what has one meaning in every
    storage order, else Unwritable. None: it may be anything else.
    """
    func = node.func
    if id(node) in e.w.trace.called or not isinstance(func, ast.Attribute) or not is_foreign(e, func):
        return None
    if func.attr == "dim" and not node.args and not node.keywords:
        return nodes.call("len", [ast.Attribute(e.expr(func.value), "shape", ast.Load())])
    raise Unwritable(f"what {ast.unparse(func.value)} is was not read, so .{func.attr}() is not translated")


WEIGHTS = ("weight", "bias")


def refuse_tie(e: Expressions, node: ast.Assign) -> None:
    """`self.decoder.weight = self.encoder.weight` that was never met: on the target's layers it would mean nothing,
    without a word. Raises Unwritable.
    """
    target, value = node.targets[0], node.value
    if e.w.target.framework == e.w.source.framework or id(node) in e.w.trace.executed:
        return
    if (
        isinstance(target, ast.Attribute)
        and isinstance(value, ast.Attribute)
        and isinstance(target.value, ast.Attribute)
    ):
        if target.attr in WEIGHTS and value.attr in WEIGHTS:
            raise Unwritable(f"{ast.unparse(target)} is tied to {ast.unparse(value)} where this was not read")


def is_foreign(e: Expressions, func: ast.Attribute) -> bool:
    """Is a method one that the source's tensors have, and neither Python, NumPy nor the program?"""
    name, writer = func.attr, e.w
    if writer.source.framework != "torch" or writer.target.framework == "torch" or name in PYTHON:
        return False
    if name not in PLAIN and not writer.ev.opset.find("torch", "method", name):
        return False
    if name in NUMPY and not (e.uses_tensors or e.is_unread):
        return False
    return name not in own_methods(writer)


def own_methods(w: Writer) -> set[str]:
    """The names of all functions that the files of the program define, `to` and the like of modules left out."""
    if w.own_methods is None:
        bodies = [statement for scope in w.ev.scopes.values() for each in scope.lazy.values() for statement in each]
        classes = [s for s in bodies if isinstance(s, ast.ClassDef)]
        w.own_methods = {f.name for c in classes for f in c.body if isinstance(f, ast.FunctionDef)} - METHODS
    return w.own_methods


def names_framework(e: Expressions, node: ast.AST) -> bool:
    """Does a definition name anything of the source's framework?"""
    parts = (part for part in ast.walk(node) if isinstance(part, (ast.Name, ast.Attribute)))
    found = (e.w.static_api(part, e.file, e.locals) for part in parts)
    return any(api is not None and api.root == e.w.source.framework for api in found)


def in_message(e: Expressions, node: ast.FormattedValue) -> ast.expr:
    """A part of a text; what was not read, as of messages about bad arguments, stands there in the source's words."""
    try:
        return e.generic(node)
    except Unwritable:
        if was_read(e, node.value):
            raise
        return ast.Constant(ast.unparse(node.value))


def element(e: Expressions, node: ast.expr) -> ast.expr:
    """What a comprehension gives for each; of one over nothing, it may not be translated, and refuses then."""
    try:
        return e.expr(node)
    except Unwritable as no:
        if was_read(e, node):
            raise
        return conditions.refusing(e, node, no)


def was_read(e: Expressions, node: ast.expr) -> bool:
    """Was anything of an expression met, other than on trial?"""
    return any(not v.speculative for part in ast.walk(node) for v in e.w.trace.of(part))
