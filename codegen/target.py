"""What is special to one framework as a target, as a value that is found by its name: `codegen/<name>/target.py`.

A Target holds, as data: the names of tensors, modules and containers (`names`, `bases`, by kind), what its library's
own names mean where it is the source (`kinds`), the name of the method that computes, how the mode is read, names that
are reserved on `self`, and the short names under which its parts are imported. As methods that build syntax: the
spelling of what every writer needs besides the calls of the op files: shapes and sizes, transposes, reshapes, stacking,
lists of layers in a row, a layer of a function. Calls of ops come from the op files, never from here.
"""

from __future__ import annotations

import ast
import importlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from codegen.writing.writer import Writer
    from pivot.reading.modules import ModuleObject

Kind = Literal["tensor", "module", "model", "sequential", "list", "dict", "identity", "function"]
"""What a name of a library stands for, whichever library it is. "model": a module that stands at the top."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A part of the library with a short name: `torch.nn.functional` is `F` by `import torch.nn.functional as F`."""

    path: str
    name: str
    plain: bool = False  # `import a.b as c` rather than `from a import b`

    def statement(self) -> ast.stmt:
        """The import."""
        package, _, last = self.path.rpartition(".")
        shown = None if last == self.name else self.name
        if self.plain:
            return ast.Import([ast.alias(self.path, self.name)])
        return ast.ImportFrom(package, [ast.alias(last, shown)], 0)


class Target(ABC):
    """A framework to be written. Expressions that are handed in stand in the result as they are."""

    framework: str
    title: str  # as people call it
    roots: frozenset[str]  # first parts of the names of its library
    call_name: str  # the method that computes: "call", "forward"
    mode_argument: str  # the parameter that tells the mode: "training"; "" where `self.training` does
    builds_early: bool  # are weights made by the constructor, which has to be told all sizes?
    functional_models: bool  # can a model be made of the tensors that it begins and ends with?
    pads_itself: bool  # do its convolutions take an explicit padding?
    builds_symbolically: bool  # does a model run on tensors without numbers, to be built?
    nests_anything: bool  # may a tuple that a module is called with hold tensors and other values?
    channels_last: bool  # where images and sequences keep their channels
    holds_modules: bool  # must a list or dict of modules be a module to be found?
    public_classes: bool  # may the name of a layer's class not begin with an underscore?
    reserved: frozenset[str]  # names that it keeps for itself on modules
    aliases: tuple[Alias, ...]
    bases: MappingProxyType[Kind, str]  # what a class derives from; "" for nothing
    names: MappingProxyType[Kind, str]  # what stands for a kind as a value and in annotations
    kinds: MappingProxyType[str, Kind]  # the library's own names, where it is the source
    changes_in_place: bool  # does `x += y` change x for everybody who holds it?
    copies_by_hand: bool  # is a deep copy of a layer not another layer?
    single_root: bool  # may the model be a bare layer? Keras loads weights into models only

    def safe(self, name: str) -> str:
        """An attribute name that the target leaves alone: a trailing underscore where it does not."""
        return f"{name}_" if name in self.reserved else name

    # -- sizes ---------------------------------------------------------------

    @abstractmethod
    def shape(self, x: ast.expr) -> ast.expr:
        """All sizes of a tensor, whether they are numbers or known only when the program runs."""

    modules_in_order: str = ""
    """The helper that lists all modules of one in the order in which they were set, where its own listing has none."""

    def let_go(self, weight: ast.expr) -> list[ast.stmt]:
        """What is to be done before another weight gets the name of one; nothing where the name alone counts."""
        return []

    @abstractmethod
    def count(self, x: ast.expr) -> ast.expr:
        """The number of elements."""

    def size(self, x: ast.expr, place: int, static: bool = False) -> ast.expr:
        """One size. `static`: is it a number?"""
        shape = ast.Attribute(x, "shape", ast.Load()) if static else self.shape(x)
        index = ast.Constant(place) if place >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-place))
        return ast.Subscript(shape, index, ast.Load())

    # -- tensors -------------------------------------------------------------

    @abstractmethod
    def transpose(self, x: ast.expr, order: Sequence[int]) -> ast.expr:
        """The axes in another order: place k of the result is place order[k] of x."""

    @abstractmethod
    def reshape(self, x: ast.expr, shape: ast.expr) -> ast.expr:
        """The elements in order in another shape, a tuple or an expression that gives one."""

    @abstractmethod
    def squeeze(self, x: ast.expr, places: Sequence[int]) -> ast.expr:
        """Without axes of size 1."""

    @abstractmethod
    def unsqueeze(self, x: ast.expr, place: int) -> ast.expr:
        """With an axis of size 1 more."""

    @abstractmethod
    def flatten(self, x: ast.expr) -> ast.expr:
        """All axes behind the first in one."""

    @abstractmethod
    def broadcast(self, x: ast.expr, shape: ast.expr) -> ast.expr:
        """Repeated without copying up to a shape."""

    @abstractmethod
    def take(self, x: ast.expr, index: ast.expr, axis: int) -> ast.expr:
        """What stands at the places of `index`, a tensor of whole numbers, along an axis."""

    @abstractmethod
    def stack(self, parts: ast.expr) -> ast.expr:
        """A list of tensors along a new first axis."""

    @abstractmethod
    def is_tensor(self, x: ast.expr) -> ast.expr:
        """Is a value a tensor?"""

    @abstractmethod
    def as_computed(self, x: ast.expr) -> ast.expr:
        """A real tensor in the type that the module computes in."""

    # -- modules -------------------------------------------------------------

    @abstractmethod
    def row(self, layers: ast.expr) -> ast.expr:
        """A Sequential: of the layers of a list, or of an expression that gives one."""

    @abstractmethod
    def in_row(self, row: ast.expr) -> ast.expr:
        """The layers of a Sequential, to be counted and looped over."""

    @abstractmethod
    def drop_last(self, row: ast.expr) -> ast.stmt:
        """Take the last layer of a Sequential away."""

    @abstractmethod
    def children(self, module: ast.expr) -> ast.expr:
        """The modules that a module was given as attributes, in that order."""

    @abstractmethod
    def modules(self, module: ast.expr) -> ast.expr:
        """A module and all below it that it was given."""

    @abstractmethod
    def append(self, row: ast.expr, layer: ast.expr) -> ast.expr:
        """One more layer for a Sequential."""

    @abstractmethod
    def function_layer(self, body: ast.expr) -> ast.expr:
        """A layer that computes an expression in `x`."""

    @abstractmethod
    def layer_of_function(self, function: ast.expr) -> ast.expr:
        """A layer that calls a function of one tensor."""

    @abstractmethod
    def permute_layer(self, order: Sequence[int]) -> ast.expr:
        """A layer that brings axes into another order; order[0] is 0, the batch."""

    @abstractmethod
    def reshape_layer(self, sizes: Sequence[ast.expr]) -> ast.expr:
        """A layer that reshapes all axes behind the batch; one size may be -1."""

    def identity(self) -> ast.expr:
        """A layer that changes nothing."""
        return ast.Call(dotted(self.names["identity"]), [], [])

    # -- padding -------------------------------------------------------------

    def same_pad(self, x: ast.expr, window: list[ast.expr], value: list[ast.keyword]) -> ast.expr | None:
        """A tensor padded by what "same" asks for at its size; None where the target says it in another way."""
        return None

    def same_pad_layer(self, window: list[ast.expr], value: list[ast.keyword]) -> ast.expr | None:
        """The same as a layer."""
        return None

    # -- weights -------------------------------------------------------------

    def start_as_source(self, w: Writer, body: list[ast.stmt]) -> list[ast.stmt]:
        """The definitions with what their weights start from, where the places that make them do not say it."""
        return body

    @abstractmethod
    def stored_names(self, root: ModuleObject) -> Mapping[int, Mapping[str, tuple[str, ...]]]:
        """What a checkpoint calls the weights of a program: id of a module -> path of a weight in it -> its names."""

    def helpers(self) -> Mapping[str, str]:
        """Source texts of small definitions that what is built above may ask for, by name."""
        return {}


def dotted(text: str) -> ast.expr:
    """A dotted name as an expression."""
    first, *rest = text.split(".")
    made: ast.expr = ast.Name(first, ast.Load())
    for part in rest:
        made = ast.Attribute(made, part, ast.Load())
    return made


@cache
def target_of(framework: str) -> Target:
    """The target of a framework, found by its name: `codegen/<framework>/target.py`."""
    made = importlib.import_module(f"codegen.{framework}.target").TARGET
    assert isinstance(made, Target)
    return made
