"""Library modules that the pivot has no op for, restated in the source framework's own basic operations.

`pivot/restated/torch/nn/TransformerEncoderLayer.py` defines `torch.nn.TransformerEncoderLayer`: a class with the
library's constructor, parameter names and forward pass. It is read and written as if the program had brought it.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pivot.reading import imports, installed, library_modules, lookup
from pivot.reading.constants import api_constant
from pivot.reading.keras_layers_started import set_by_build
from pivot.reading.signals import Restate
from pivot.reading.values import Api, FunctionObject, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator

ROOT = Path(__file__).resolve().parents[1] / "restated"
LAYERS = (
    ROOT / "torch",
    *(ROOT / "keras" / part for part in ("applications", "backend", "layers", "ops")),
    ROOT / "tensorflow",
)
"""What stands for single library names; library_modules reads whole modules."""

COPY_LAYERS, PARTS = "keras.copy_layers", "keras.Parts"


@cache
def known() -> frozenset[str]:
    """The canonical names that are restated: the path of the file is the name."""
    return frozenset(
        ".".join(path.relative_to(ROOT).with_suffix("").parts) for folder in LAYERS for path in folder.rglob("*.py")
    )


def path_of(name: str) -> Path:
    """The file that restates a canonical name."""
    return ROOT.joinpath(*name.split(".")).with_suffix(".py")


def is_restated(ev: Evaluator, name: str) -> bool:
    """Does a name stand for its restatement: because no form reads it, or because its forms did not do?"""
    return name in known() and (name in ev.restated or not ev.dialect.reads(ev, name))


def is_restatement(file: str) -> bool:
    """Is this a file of restatements, rather than one of the program?"""
    return file.startswith(str(ROOT)) and any(Path(file).is_relative_to(folder) for folder in LAYERS)


def library_name(file: str, name: str) -> str:
    """The layer that a restated class stands for: `torch.nn.Conv1d` for itself and for one with a normalised weight."""
    if not is_restatement(file) or Path(file).stem != name:
        return ""
    parts = Path(file).relative_to(ROOT).parts
    bare = name.removeprefix("Position").removeprefix("WeightNorm").removeprefix("SpectralNorm")
    return ".".join((*parts[:-1], name)) if bare == name else f"torch.nn.{bare}"


def turn_to(ev: Evaluator, name: str) -> None:
    """Where forms do not read a library name as it is used, its restatement may. Raises Restate if there is one."""
    if name in known() and name not in ev.restated and not ev.trials:
        raise Restate(name)


def helper(name: str) -> ast.FunctionDef | ast.ClassDef:
    """What written code brings along, since its library has no such thing: `keras.copy_layers`, `keras.Parts`."""
    tree = ast.parse(path_of(name).read_text(encoding="utf-8"))
    return next(s for s in tree.body if isinstance(s, (ast.FunctionDef, ast.ClassDef)))


@cache
def text_of_copying() -> str:
    """The helper that copies layers, as `copies_layers` compares it."""
    return spelled_short(helper(COPY_LAYERS))


def spelled_short(node: ast.AST) -> str:
    """A function's text with `layers` and `ops` for `keras.layers` and `keras.ops`, however it imports them."""
    return ast.unparse(node).replace("keras.layers", "layers").replace("keras.ops", "ops")


def copies_layers(function: FunctionObject) -> bool:
    """Is a function of the program that helper, read back? It looks into objects in ways that are not read."""
    node = function.node
    name = COPY_LAYERS.rpartition(".")[2]
    return isinstance(node, ast.FunctionDef) and node.name == name and spelled_short(node) == text_of_copying()


@cache
def follows(name: str) -> frozenset[str]:
    """Arguments that a restatement follows whatever a caller gives, where a form of the library's is for one value.

    `FOLLOWS = ("num_layers",)` in the file of `LSTM`: a program's `num_layers=num_layers` is read restated.
    """
    tree = ast.parse(path_of(name).read_text(encoding="utf-8"))
    found = (s.value for s in tree.body if isinstance(s, ast.Assign) and ast.unparse(s.targets[0]) == "FOLLOWS")
    return frozenset(str(word) for value in found for word in ast.literal_eval(value))


def beside(file: str, name: str) -> str:
    """The name of what lies beside a file of restatements: `torch.nn.utils.parametrize.Linear`."""
    return ".".join((*Path(file).parent.relative_to(ROOT).parts, name))


def variant(ev: Evaluator, name: str) -> str:
    """The name under which a layer of `torch.nn` is restated, where functions on layers need more of it."""
    package, _, last = name.rpartition(".")
    found = [other for other in ev.restated if other.startswith(f"{package}.utils.") and other.endswith(f".{last}")]
    return found[0] if found else name


def library_value(ev: Evaluator, name: str) -> Value:
    """What a canonical library name stands for."""
    number = api_constant(name)
    if number is not None:
        return number
    name = variant(ev, name)
    if is_restated(ev, name):
        found = lookup.in_module(ev, imports.open_file(ev, path_of(name)), name.rpartition(".")[2])
        if found is not None:
            return found
    parts = tuple(name.split("."))
    path = library_modules.find(parts[:-1]) if not library_modules.yields(parts[0]) else None
    path = installed.find(name) if path is None else path
    if path is not None:
        found = lookup.in_module(ev, imports.open_file(ev, path), name.rpartition(".")[2])
        if found is not None:
            return found
    return Value(Api(name))


def base_value(ev: Evaluator, base: Value, cls: ast.ClassDef) -> Value:
    """A base class. Of a library layer whose forward pass a class writes anew, the restatement has the weights."""
    hint = base.hint
    if not isinstance(hint, Api) or hint.name not in known() or not is_base(hint.name):
        return base
    if not forwards_itself(cls) and (hint.name not in CELLS or set_by_build(cls, hint) is not None):
        return base
    found = lookup.in_module(ev, imports.open_file(ev, path_of(hint.name)), hint.name.rpartition(".")[2])
    return base if found is None else found


CELLS = frozenset(f"keras.layers.{name}" for name in ("LSTMCell", "GRUCell", "SimpleRNNCell"))
"""Layers that give states, which a class that derives from one takes apart."""


@cache
def is_base(name: str) -> bool:
    """Does a restatement stand for the library's layer as a base class, too?"""
    return "AS_BASE = False" not in path_of(name).read_text(encoding="utf-8")


FORWARD = ("forward", "call")


def forwards_itself(cls: ast.ClassDef) -> bool:
    """Has a class a forward pass that does not hand on to that of its base?"""
    method = next((s for s in cls.body if isinstance(s, ast.FunctionDef) and s.name in FORWARD), None)
    return method is not None and not any(
        isinstance(n, ast.Attribute) and n.attr in FORWARD and isinstance(n.value, ast.Call) for n in ast.walk(method)
    )
