"""The call that is mapped, as a picture tells it."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from pivot.decisions import Where
from pivot.dims import Dim, dim_max, dim_min, symbol
from pivot.op import Kind, Spelling
from pivot.types import TensorType

_HINTS = {"N": 2, "H": 64, "W": 64, "T": 16}
_HINT = 24


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: `kind` is tensor, tensors, value or unknown; `value` is a Python literal where it is a value."""

    keyword: str | None
    text: str
    kind: str
    shapes: tuple[tuple[int | str, ...], ...] = ()
    dtypes: tuple[str, ...] = ()
    value: str = ""

    def plain(self) -> object:
        """The argument as a form reads it: tensors are their types; ValueError where it is not known."""
        if self.kind in ("tensor", "tensors"):
            types = [type_of(shape, dtype) for shape, dtype in zip(self.shapes, self.dtypes, strict=True)]
            return types[0] if self.kind == "tensor" else types
        if self.kind == "value":
            return cast("object", ast.literal_eval(self.value))
        raise ValueError(f"the value of {self.text} is not known here")


@dataclass(frozen=True, slots=True)
class Call:
    """A call that nothing reads, or that is read by hand. Of a layer, `applied` are the arguments of its own call."""

    spelling: Spelling
    name: str
    kind: Kind
    where: Where
    arguments: tuple[Argument, ...]
    applied: tuple[Argument, ...] = ()

    @property
    def short(self) -> str:
        """The last part of its name, as an op may be called."""
        found = re.sub(r"\W+", "_", self.name.rpartition(".")[2]).strip("_").lower()
        return found if found and not found[0].isdigit() else f"call_{found}".rstrip("_")

    @property
    def tensors(self) -> tuple[Argument, ...]:
        """The arguments that are tensors or lists of them; of a layer those it is applied to."""
        given = self.applied if self.kind == "layer" else self.arguments
        return tuple(argument for argument in given if argument.kind in ("tensor", "tensors"))


def parse_call(record: Mapping[str, object]) -> Call:
    """The call of a picture's record; raises KeyError, TypeError or ValueError where it is not one."""
    place = cast("Mapping[str, object]", record["where"])
    nth = place["nth"]
    return Call(
        cast("Spelling", str(record["spelling"])),
        str(record["name"]),
        cast("Kind", str(record["kind"])),
        Where(str(place["file"]), str(place["function"]), str(place["text"]), nth if isinstance(nth, int) else 0),
        _arguments(record["arguments"]),
        _arguments(record.get("applied") or ()),
    )


def _arguments(value: object) -> tuple[Argument, ...]:
    return tuple(_argument(item) for item in cast("Sequence[Mapping[str, object]]", value))


def _argument(record: Mapping[str, object]) -> Argument:
    keyword = record.get("keyword")
    shapes = cast("Sequence[Sequence[int | str]]", record.get("shapes") or ())
    dtypes = cast("Sequence[str]", record.get("dtypes") or ())
    return Argument(
        None if keyword is None else str(keyword),
        str(record["text"]),
        str(record["kind"]),
        tuple(map(tuple, shapes)),
        tuple(map(str, dtypes)),
        str(record.get("value") or ""),
    )


def type_of(shape: Sequence[int | str], dtype: str) -> TensorType:
    """A tensor type from a picture's shape: its texts become sizes that can be computed with."""
    return TensorType(tuple(size if isinstance(size, int) else dim_of(size) for size in shape), dtype)


def dim_of(text: str) -> Dim:
    """`N`, `H//8`, `(H//8)*(W//8)` as a size; what is no such text is a symbol of its own."""
    try:
        return _dim(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, ZeroDivisionError):
        return symbol(text, _HINT)


def _dim(node: ast.expr) -> Dim:
    match node:
        case ast.Constant(value=int() as number) if not isinstance(number, bool):
            return number
        case ast.Name(id=name):
            return symbol(name, _HINTS.get(name, _HINT))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_dim(inner)
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(op, _dim(left), _dim(right))
        case ast.Call(func=ast.Name(id="min" | "max" as name), args=[left, right]):
            return (dim_min if name == "min" else dim_max)(_dim(left), _dim(right))
    raise ValueError(ast.unparse(node))


def _binary(op: ast.operator, left: Dim, right: Dim) -> Dim:
    match op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.FloorDiv():
            return left // right
        case ast.Mod():
            return left % right
        case ast.Pow() if isinstance(right, int) and 0 < right < 8:
            made = left
            for _ in range(right - 1):
                made = made * left
            return made
    raise ValueError(type(op).__name__)
