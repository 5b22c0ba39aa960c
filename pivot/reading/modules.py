"""Modules as the program makes them: library layers, containers and the program's own classes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pivot.reading.bombs import check_graph
from pivot.reading.checkpoint_names import checkpoint_name
from pivot.reading.values import Api, ClassObject, ListObject, ParameterObject, TensorCell, Value

if TYPE_CHECKING:
    from pivot.forms import Bound
    from pivot.opset import Form
    from pivot.reading.frames import Frame
    from pivot.reading.graphs import Graph
    from pivot.reading.trace import Visit
    from pivot.reading.values import TensorVersion


ACTIVATION = "made with.activation"
"""The attribute of a library layer that holds the function on its result: no name that a program could bind."""


@dataclass(slots=True, eq=False, repr=False)
class ModuleObject:
    """One module instance. A library layer has a form and pivot parameters; `container` names its kind."""

    cls: ClassObject | Api
    attrs: dict[str, Value] = field(default_factory=dict)
    children: dict[str, Value] = field(default_factory=dict)
    parameters: dict[str, Value] = field(default_factory=dict)
    container: str = ""  # "" | sequential | list | dict | parameters | functional
    form: Form | None = None
    bound: Bound | None = None
    params: dict[str, object] = field(default_factory=dict)
    weights: dict[str, ParameterObject] = field(default_factory=dict)
    site: ast.AST | None = None
    frame: Frame | None = None
    visit: Visit | None = None
    made_by: Visit | None = None  # of a class that derives from a layer: the call of the layer's constructor
    paths: list[str] = field(default_factory=list)
    calls: dict[str, int] = field(default_factory=dict)  # per mode, how often it was applied
    param_values: dict[str, Value] = field(default_factory=dict)
    speculative: bool = False
    name: str = ""  # what the library calls it: said by the program, or made of the class
    graph: Graph | None = None  # of a functional model
    announced: tuple[TensorVersion, ...] = ()  # the inputs that the program announces for it
    settings: list[Value] = field(default_factory=list)  # what attributes were set to, for Keras lists it
    built_with: dict[str, TensorVersion] = field(default_factory=dict)  # the operands that its weights were made for
    entering: tuple[Value, ...] = ()  # while `build` of its class runs: what the layer is called with
    unsaved: list[str] = field(default_factory=list)  # attributes that are buffers which no checkpoint has
    packs: bool = False  # its forward pass has one parameter for a list of all inputs

    @property
    def class_name(self) -> str:
        """The class as a person calls it."""
        return self.cls.name if isinstance(self.cls, ClassObject) else self.cls.name.rpartition(".")[2]

    @property
    def layer_name(self) -> str:
        """The library's layer that this is: itself, or what its class derives from."""
        return self.made_by.name.rpartition(".")[2] if self.made_by is not None else self.class_name

    @property
    def maker(self) -> Visit | None:
        """The call of the layer's constructor: a library's, or that of the base in a class that derives from one."""
        return self.made_by or self.visit

    @property
    def made_at(self) -> tuple[ast.AST | None, Frame | None]:
        """Where the layer's constructor is called, and in which frame: of a derived class, from its own constructor."""
        return (self.made_by.node, self.made_by.frame) if self.made_by is not None else (self.site, self.frame)

    @property
    def path(self) -> str:
        """The first path under the root; '' for the root and for what is not under it."""
        return self.paths[0] if self.paths else ""

    def own_children(self) -> Iterator[tuple[str, ModuleObject]]:
        """Named direct submodules, in the order of registration."""
        for name, value in self.children.items():
            if isinstance(value.hint, ModuleObject):
                yield name, value.hint

    def children_once(self) -> Iterator[tuple[str, ModuleObject]]:
        """Direct submodules under their first names: what `named_children()` tells."""
        seen: set[int] = set()
        for name, child in self.own_children():
            if id(child) not in seen:
                seen.add(id(child))
                yield name, child

    def members(self) -> dict[str, Value]:
        """What a container holds, in order. A list of parameters may hold further such lists, which are modules."""
        if self.container != "parameters":
            return self.children
        both = {**self.parameters, **self.children}
        numbered = all(key.isdigit() for key in both)
        return dict(sorted(both.items(), key=lambda item: int(item[0]))) if numbered else both

    def own_parameters(self) -> Iterator[tuple[str, ParameterObject]]:
        """Named direct parameters and buffers."""
        for name, value in self.parameters.items():
            if isinstance(value.hint, TensorCell) and value.hint.version.parameter is not None:
                yield name, value.hint.version.parameter

    def held_parameters(self) -> Iterator[tuple[str, TensorCell]]:
        """Parameters that only lists of this module hold, with their places: Keras saves them with its own."""
        own = {id(parameter) for _, parameter in self.own_parameters()}
        stack = list(reversed(self.attrs.items()))
        while stack:
            name, value = stack.pop()
            hint = value.hint
            if isinstance(hint, (ListObject, tuple)):
                items = hint.items if isinstance(hint, ListObject) else hint
                stack += reversed([(f"{name}[{place}]", item) for place, item in enumerate(items)])
            elif name.endswith("]") and isinstance(hint, TensorCell) and hint.version.parameter is not None:
                if id(hint.version.parameter) not in own:
                    yield name, hint

    def walk(self, prefix: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, ModuleObject]]:
        """This module and all below it, each once, with its path: the order of `named_modules()`."""
        seen = set() if seen is None else seen
        if id(self) in seen:
            return
        seen.add(id(self))
        yield prefix, self
        for name, child in self.own_children():
            yield from child.walk(f"{prefix}.{name}" if prefix else name, seen)


def name_paths(root: ModuleObject) -> None:
    """Give every module and parameter below the root all its paths."""
    stack: list[tuple[str, ModuleObject, frozenset[int]]] = [("", root, frozenset())]
    paths: dict[int, list[str]] = {}
    names: dict[int, list[str]] = {}
    count = 0
    while stack:
        prefix, module, above = stack.pop()
        check_graph(count)  # modules shared by shared modules have a number of paths that doubles with every level
        count += 1
        if id(module) not in paths:
            paths[id(module)] = module.paths = []
        module.paths.append(prefix)
        for name, parameter in module.own_parameters():
            if id(parameter) not in names:
                names[id(parameter)] = parameter.names = []
            parameter.names.append(checkpoint_name(root, f"{prefix}.{name}" if prefix else name))
        below = above | {id(module)}
        for name, child in reversed(list(module.own_children())):
            if id(child) not in below:
                stack.append((f"{prefix}.{name}" if prefix else name, child, below))
