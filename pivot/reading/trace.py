"""What the evaluator met: the visits, branches and resolutions that writing needs, by syntax node."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pivot.reading.frames import Frame
from pivot.reading.values import TensorVersion, Value

if TYPE_CHECKING:
    from pivot.forms import Bound
    from pivot.network import Node
    from pivot.opset import Form
    from pivot.reading.modules import ModuleObject
    from pivot.reading.stores import Store

CallKind = Literal[
    "function",  # a function or method of the program
    "class",  # a class of the program: makes an instance
    "op",  # a form applied: made a node
    "layer",  # a library layer constructed
    "apply",  # a module called
    "container",  # Sequential, ModuleList ... constructed
    "size",  # reads sizes of a tensor
    "mode",  # reads training or evaluation
    "data",  # plain Python: builtins, the standard library
    "dropped",  # without meaning for the network: logging, initialisation, devices
    "super",  # super().__init__ of a library base
    "method",  # a method of a module or container: add_module, append, items
    "held",  # the children of a module by name
    "content",  # takes the numbers out of a tensor that depends on nothing
    "constant",  # builds a tensor that depends on nothing
    "weight",  # reads a weight of a library layer
    "made-with",
    "shape",  # puts a shape together of sizes
    "named function",  # reads from a layer what it was made with
    "unmapped",
]


@dataclass(slots=True, eq=False, repr=False)
class Visit:
    """One evaluation of a site. `bound` and `form` tell how a library call was read."""

    node: ast.AST
    frame: Frame
    kind: CallKind
    callee: Value | None = None
    args: tuple[Value, ...] = ()
    kwargs: dict[str, Value] = field(default_factory=dict)
    form: Form | None = None
    bound: Bound | None = None
    made: Node | None = None
    module: ModuleObject | None = None
    result: Value | None = None
    name: str = ""
    speculative: bool = False
    serial: int = 0
    entered: Frame | None = None
    stopped: bool = False  # unmapped: the target is to stop here, and `name` says what it says
    read_as: tuple[tuple[Value, ...], dict[str, Value]] | None = None  # arguments as the forms were given them
    effects: int = 0  # of a program function: how often it changed something that others may see
    tried: int = 0  # the same in arms that were not taken
    changed: tuple[int, ...] = ()  # of a program function: which of its arguments were written into, in a forward pass
    altered: tuple[TensorVersion, TensorVersion] | None = None  # of a module: its first argument, changed in place
    began: tuple[tuple[Value, ...], dict[str, Value]] | None = None  # arguments as they were, if they may change

    def given(self, slot: str) -> Value | None:
        """The value that the call gives a slot of the form it was read by."""
        where = self.bound.given.get(slot) if self.bound is not None else None
        if isinstance(where, int):
            return self.args[where] if where < len(self.args) else None
        return self.kwargs.get(where) if isinstance(where, str) else None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Branch:
    """Which arm a condition took in a frame, what kind of test it was, and the value that was tested."""

    node: ast.AST
    frame: Frame
    taken: bool
    kind: str  # "config", "mode", "size" or "content"
    speculative: bool
    test: Value


@dataclass(slots=True)
class Trace:
    """Everything met, keyed by the identity of syntax nodes."""

    visits: defaultdict[int, list[Visit]] = field(default_factory=lambda: defaultdict(list))
    branches: defaultdict[int, list[Branch]] = field(default_factory=lambda: defaultdict(list))
    resolved: defaultdict[int, list[tuple[Frame, Value]]] = field(default_factory=lambda: defaultdict(list))
    fields: dict[int, int] = field(default_factory=dict)  # `.values` of a call that gives two tensors: its place
    executed: set[int] = field(default_factory=set)
    caught: set[int] = field(default_factory=set)  # `try` statements whose body raised at some visit
    called: set[int] = field(default_factory=set)  # calls that gave something known
    for_effect: set[int] = field(default_factory=set)  # calls that are statements
    unread: dict[int, str] = field(default_factory=dict)  # statements of arms whose speculative reading failed, and why
    frames: defaultdict[int, list[Frame]] = field(default_factory=lambda: defaultdict(list))  # by definition node
    replaced: set[int] = field(default_factory=set)  # targets that had a parameter before they get another
    rebound: dict[int, set[str]] = field(default_factory=dict)  # targets that are buffers already: kinds they get
    displaced: list[ModuleObject] = field(default_factory=list)  # modules in whose place another was set
    counted: set[int] = field(default_factory=set)  # calls of len() that met something else than a tensor
    stacks: set[int] = field(default_factory=set)  # names and attributes that stand for a Sequential
    listed: set[int] = field(default_factory=set)  # tensors whose numbers a loop runs over
    named: set[int] = field(default_factory=set)  # Sequentials and lists of which a part is asked for by name
    stores: dict[int, Store] = field(default_factory=dict)  # by target: what stands for `x[index] = value`
    pairs: dict[int, ast.Call] = field(default_factory=dict)  # by statement: of what stands for it and the next one
    methods: dict[int, ast.expr] = field(default_factory=dict)  # by call: of the function that stands for a method
    picks: dict[int, ast.expr] = field(default_factory=dict)  # by index: what stands for `x[rows, columns]`
    slices: dict[int, ast.Call] = field(default_factory=dict)  # by assignment: `x.unbind(0)` for what is taken apart
    keep: list[object] = field(default_factory=list)  # syntax nodes, held so that identities stay unique

    def part(self, node: ast.AST, place: int) -> ast.AST:
        """A site of its own for the place-th step of what one call does, like each `+` of sum()."""
        table: dict[int, ast.AST] = node.__dict__.setdefault("_parts", {})
        if place not in table:
            made = ast.copy_location(ast.Call(ast.Name("?", ast.Load()), [], []), node)
            made.__dict__["container_site"], made.__dict__["container_index"] = node, place
            table[place] = made
            self.keep.append(made)
        return table[place]

    def of(self, node: ast.AST) -> list[Visit]:
        """The visits that decide how a site is written: the real ones, else the speculative ones."""
        found = self.visits.get(id(node), [])
        real = [v for v in found if not v.speculative]
        return real or found

    def of_known(self, key: int) -> list[Visit]:
        """The real visits of a call, else those on trial that came to their end; nothing where one did not."""
        found = self.visits.get(key, [])
        real = [v for v in found if not v.speculative]
        return real or (found if all(v.result is not None for v in found) else [])
