"""Methods of tensors that no form reads, restated as functions: `x.unfold(1, 4, 2)` is `unfold(x, 1, 4, 2)`.

The function is read and written like one of the program. It stands in `pivot/restated/torch/Tensor/`, or is the
library's function of that name where that is restated: `x.diff()` is `torch.diff(x)`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import imports, lookup, restating

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame
    from pivot.reading.handlers import Args, Kwargs
    from pivot.reading.values import Value


def name_of(framework: str, method: str) -> str | None:
    """The canonical name of the function that stands for a method."""
    names = (f"{framework}.Tensor.{method}", f"{framework}.{method}")
    return next((name for name in names if name in restating.known()), None)


def call(ev: Evaluator, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value | None:
    """What the function gives, the receiver being its first argument; None where the text is no call of a method."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    function = lookup.in_module(ev, imports.open_file(ev, restating.path_of(name)), name.rpartition(".")[2])
    if function is None:
        return None
    made = ev.trace.methods.get(id(node))
    if made is None:
        said = ast.Name(name.rpartition(".")[2], ast.Load())
        made = ast.copy_location(ast.Call(said, [node.func.value, *node.args], node.keywords), node)
        made.__dict__["container_site"] = node
        ev.trace.methods[id(node)] = made
    return ev.call(function, args, kwargs, made, frame)
