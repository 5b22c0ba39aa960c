"""NumPy arrays of a PyTorch program: constants, which are read as tensors of the same numbers and element type."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading.handlers import Args, Kwargs
from pivot.reading.trace import Visit
from pivot.reading.values import Api, ListObject, TensorCell, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

MAKERS = {
    "numpy.array": "torch.tensor",
    "numpy.asarray": "torch.tensor",
    "numpy.eye": "torch.eye",
    "numpy.identity": "torch.eye",
    "numpy.zeros": "torch.zeros",
    "numpy.ones": "torch.ones",
    "numpy.full": "torch.full",
    "numpy.arange": "torch.arange",
}
"""What makes an array, and the function of the same meaning for tensors, apart from the element type."""

DRAWN = {
    "numpy.random.randn": "torch.randn",
    "numpy.random.standard_normal": "torch.randn",
    "numpy.random.rand": "torch.rand",
    "numpy.random.random": "torch.rand",
    "numpy.random.normal": "numpy.random.normal",
}
"""What draws an array, where a shape is said. Its numbers are of the kind in which the program computes."""

OF_ARRAYS = {
    **{f"numpy.{n}": f"torch.{n}" for n in ("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "outer", "tril", "triu")},
    "numpy.power": "torch.pow",
    "numpy.concatenate": "torch.cat",
    "numpy.einsum": "torch.einsum",
    "numpy.meshgrid": "torch.meshgrid",
    "numpy.stack": "torch.stack",
}
"""Functions of arrays."""

IN_ORDER = {
    **dict.fromkeys(MAKERS, (0, ("shape", "object", "a", "N"))),
    "numpy.tril": (1, ("k",)),
    "numpy.triu": (1, ("k",)),
}
"""Arguments that PyTorch's function calls otherwise, and has at the same place."""

TENSORS = {
    "torch.tensor",
    "torch.as_tensor",
    "torch.from_numpy",
    "torch.Tensor",
    "torch.FloatTensor",
    "torch.LongTensor",
}
KINDS = {"torch.Tensor": "float32", "torch.FloatTensor": "float32", "torch.LongTensor": "int64"}


def call(
    ev: Evaluator, callee: Value, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
) -> Value | None:
    """What makes an array, computes with one, or makes a tensor of one; None for every other call."""
    args, kwargs = in_order(name, args, kwargs, node)
    if name in MAKERS and (args or kwargs):
        given = dict(kwargs)
        if "dtype" not in given and (kind := kind_of(name, args)):
            given["dtype"] = Value(Api(f"torch.{kind}"))
        if args and isinstance(args[0].hint, TensorCell):
            return tensor_of(ev, callee, "torch.tensor", args[0], given, node, frame)
        return ev.dialect.call_forms(ev, callee, MAKERS[name], args, given, node, frame)
    if name in DRAWN and (len(args) > 2 or "size" in kwargs or (args and DRAWN[name] != name)):
        return ev.dialect.call_forms(ev, callee, DRAWN[name], args, kwargs, node, frame)
    if name in OF_ARRAYS and any(ev.dialect.holds_tensor(v) for v in args):
        given = {"dim" if key == "axis" else key: value for key, value in kwargs.items()}
        if name == "numpy.meshgrid":
            given.setdefault("indexing", Value("xy"))  # PyTorch's function takes the other one where none is said
        return ev.dialect.call_forms(ev, callee, OF_ARRAYS[name], args, given, node, frame)
    if name not in TENSORS or len(args) != 1:
        return None
    if isinstance(args[0].hint, TensorCell):
        return tensor_of(ev, callee, name, args[0], kwargs, node, frame)
    parts = args[0].hint.items if isinstance(args[0].hint, ListObject) else args[0].hint
    if isinstance(parts, (list, tuple)) and parts and all(isinstance(part.hint, TensorCell) for part in parts):
        whole = ev.dialect.call_forms(ev, callee, "torch.stack", args, {}, node, frame)  # a list of arrays
        return tensor_of(ev, callee, name, whole, kwargs, node, frame)
    if name != "torch.tensor" and isinstance(args[0].hint, (ListObject, tuple)):
        of_default = name == "torch.Tensor" and has_fractions(args[0])  # its numbers are of the kind that is set
        more = {} if of_default or name not in KINDS else {"dtype": Value(Api(f"torch.{KINDS[name]}"))}
        given = {**kwargs, **more}
        return ev.dialect.call_forms(ev, callee, "torch.tensor", args, given, node, frame)
    return None


def in_order(name: str, args: Args, kwargs: Kwargs, node: ast.AST) -> tuple[Args, Kwargs]:
    """`np.ones(shape=(2, 3))` is `np.ones((2, 3))`, and is written so from here on."""
    place, names = IN_ORDER.get(name, (-1, ()))
    key = next((key for key in kwargs if key in names), None) if len(args) == place else None
    if key is None:
        return args, kwargs
    for keyword in [k for k in node.keywords if k.arg == key] if isinstance(node, ast.Call) else []:
        node.keywords.remove(keyword)  # type: ignore[attr-defined]
        node.args.append(keyword.value)  # type: ignore[attr-defined]
    return (*args, kwargs[key]), {other: value for other, value in kwargs.items() if other != key}


def kind_of(name: str, args: Args) -> str:
    """The element type that NumPy takes where none is asked for; "": that of PyTorch, for whole numbers."""
    if name in ("numpy.array", "numpy.asarray", "numpy.arange"):
        return "float64" if any(map(has_fractions, args)) else ""
    return "float64"


def has_fractions(value: Value) -> bool:
    """Is there a fraction among numbers in lists?"""
    hint = value.hint
    items = hint.items if isinstance(hint, ListObject) else hint if isinstance(hint, tuple) else ()
    return isinstance(hint, float) or any(map(has_fractions, items))


def tensor_of(
    ev: Evaluator, callee: Value, name: str, array: Value, kwargs: Kwargs, node: ast.AST, frame: Frame
) -> Value:
    """A tensor made of an array, or an array of one: the same, unless another element type is asked for."""
    assert isinstance(array.hint, TensorCell)
    dtype = kwargs.get("dtype")
    if KINDS.get(name, array.hint.dtype) == array.hint.dtype and (dtype is None or dtype.hint is None):
        ev.visit(Visit(node, frame, "dropped", callee, (array,), kwargs, name="torch.from_numpy", result=array))
        return array
    return ev.dialect.call_forms(ev, callee, name, (array,), kwargs, node, frame)
