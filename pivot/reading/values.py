"""Abstract values: what an expression is on this configuration, and where that came from."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pivot.types import TensorType

if TYPE_CHECKING:
    from pivot.dims import Dim
    from pivot.reading.frames import Frame
    from pivot.reading.modules import ModuleObject
    from pivot.starts import Start

INPUT, PARAMETER, MODE, SIZE = 1, 2, 4, 8  # what a value depends on, as bits

OriginKind = Literal["literal", "param", "apply", "attr", "loop", "size"]


@dataclass(slots=True, eq=False, repr=False)
class Origin:
    """How a value was made. `sources` are the values it was made from, in the order of the expression.

    Never changed, as all values are; Python takes four times as long to make a record that it keeps from being changed.
    """

    kind: OriginKind
    node: ast.AST | None
    file: str
    name: str = ""
    sources: tuple[Value, ...] = ()
    frame: Frame | None = None


@dataclass(slots=True, eq=False)
class Value:
    """A hint (the value on this configuration) and its origin. `depends` is a set of the bits above. Never changed."""

    hint: object
    origin: Origin | None = None
    depends: int = 0


class TensorCell:
    """A tensor as the program holds it: aliases share the cell, an in-place operation replaces its version."""

    __slots__ = ("base", "seen", "stale", "start", "version")

    def __init__(self, version: TensorVersion, base: TensorCell | None = None) -> None:
        self.version = version
        self.base = base  # set on views: writing through one reaches the base
        self.seen = base.version if base is not None else None  # of the base; None: it is not compared
        self.stale: str | None = None  # why this cell may no longer be read
        self.start: Start | None = None  # the random numbers that filled it, for the parameter made of it

    def __repr__(self) -> str:
        return f"a tensor ({', '.join(map(str, self.shape))})"

    @property
    def shape(self) -> tuple[Dim, ...]:
        return self.version.type.shape

    @property
    def dtype(self) -> str:
        return self.version.type.dtype


@dataclass(slots=True, eq=False)
class TensorVersion:
    """One value of the network: an edge. `constant` is a NumPy array where the tensor depends on nothing.

    Never changed.
    """

    id: str
    type: TensorType
    parameter: ParameterObject | None = None
    constant: object = None
    name: str = ""
    whole: TensorVersion | None = None  # the value of which this is the entry `place` of the first axis: a state
    place: int = 0


@dataclass(slots=True, eq=False, repr=False)
class ParameterObject:
    """A parameter or buffer, owned by a module and possibly known under several names."""

    type: TensorType
    trainable: bool
    persistent: bool = True
    buffer: bool = False
    names: list[str] = field(default_factory=list)
    role: str = ""  # the op file's name for it, when a library layer owns it
    owner: ModuleObject | None = None
    start: Start | None = None  # the last initialiser, or the library's own
    initial: TensorVersion | None = None  # the tensor that a variable was made of


class ListObject:
    """A Python list, set or deque of values."""

    __slots__ = ("items", "kind")

    def __init__(self, items: list[Value], kind: str = "list") -> None:
        self.items = items
        self.kind = kind

    def __iter__(self) -> Iterator[Value]:
        return iter(self.items)


class DictObject:
    """A Python dict: plain hashable keys to (key value, value). `factory` makes what a defaultdict lacks.

    `asked`: the keys for which it was asked while the program was read, on no trial, and that it had.
    """

    __slots__ = ("asked", "entries", "factory", "kind")

    def __init__(
        self,
        entries: dict[object, tuple[Value, Value]] | None = None,
        kind: str = "dict",
        factory: Value | None = None,
    ) -> None:
        self.entries = entries if entries is not None else {}
        self.kind = kind
        self.factory = factory
        self.asked: set[object] = set()


@dataclass(frozen=True, slots=True)
class Api:
    """A name of a library, canonical: `torch.nn.Conv2d`, `math.sqrt`, `keras.layers`."""

    name: str

    @property
    def root(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Unknown:
    """What the reader does not know, and why. Deciding anything on it is refused; carrying it is not."""

    why: str
    line: int = 0
    column: int = 0
    file: str = ""

    def __repr__(self) -> str:
        return f"a value that was not read ({self.why})"


@dataclass(frozen=True, slots=True, eq=False)
class Device(Unknown):
    """`torch.device("cuda:0")`: nothing of it has a meaning for the network, but its kind may be asked for."""

    kind: str = "cpu"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FunctionObject:
    """A function, method or lambda of the program, with the scope it closes over."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    file: str
    name: str
    scope: object  # frames.Scope
    defaults: tuple[Value, ...] = ()
    kw_defaults: tuple[Value | None, ...] = ()
    owner: ClassObject | None = None
    static: bool = False
    decorators: tuple[str, ...] = ()
    setter: Value | None = None  # of a property
    replaced: Value | None = None  # what its decorators made of it, where that is not the function itself
    replacing: tuple[ast.expr, ...] = ()  # the decorators that did so


@dataclass(frozen=True, slots=True, eq=False)
class BoundMethod:
    """A function with its first argument."""

    function: FunctionObject
    receiver: Value


@dataclass(frozen=True, slots=True, eq=False)
class BoundApi:
    """A library method with its receiver: `x.view`, `layers.append`, `self.modules`."""

    receiver: Value
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """`functools.partial`."""

    callee: Value
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...]
    node: ast.AST | None = None


@dataclass(slots=True, eq=False, repr=False)
class ClassObject:
    """A class of the program. Members are evaluated when asked for."""

    node: ast.ClassDef
    file: str
    name: str
    scope: object  # frames.Scope
    bases: tuple[Value, ...] = ()
    members: dict[str, Value] = field(default_factory=dict)
    pending: dict[str, list[ast.stmt]] = field(default_factory=dict)
    kind: str = "class"  # class | enum | dataclass | namedtuple
    base_texts: tuple[ast.expr, ...] = ()  # what the source says for each of `bases`

    def mro(self) -> list[ClassObject | Api]:
        """This class and its bases, depth first with duplicates removed from the left."""
        seen: list[ClassObject | Api] = [self]
        for base in self.bases:
            hint = base.hint
            chain: list[ClassObject | Api] = hint.mro() if isinstance(hint, ClassObject) else []
            if isinstance(hint, Api):
                chain = [hint]
            for entry in chain:
                if entry in seen:
                    seen.remove(entry)
                seen.append(entry)
        return seen


class InstanceObject:
    """An object of a program class that is not a module: config objects, enum members, named tuples."""

    __slots__ = ("attrs", "cls", "data", "items")

    def __init__(self, cls: ClassObject | Api, attrs: dict[str, Value] | None = None) -> None:
        self.cls = cls
        self.attrs = attrs if attrs is not None else {}
        self.items: tuple[Value, ...] | None = None  # named tuples are sequences too
        self.data: Value | None = None  # the dict or list of a class that derives from one


@dataclass(frozen=True, slots=True, eq=False)
class SuperObject:
    """`super()` inside a method: the classes after `after` in the instance's order."""

    receiver: Value
    after: ClassObject


@dataclass(frozen=True, slots=True, eq=False)
class ModuleScope:
    """A source file of the program used as a value: `from . import layers`."""

    scope: object


def plain(value: object) -> bool:
    """True for the scalars that Python itself computes with."""
    return value is None or isinstance(value, (bool, int, float, complex, str, bytes, slice, type(Ellipsis)))


def depends_of(*values: Value) -> int:
    """The union of what values depend on."""
    bits = 0
    for value in values:
        bits |= value.depends
    return bits


def literals_of(value: Value, limit: int = 64) -> list[tuple[str, ast.AST]]:
    """The places where the numbers behind a value were written: (file, node) of each literal, nearest first."""
    found: list[tuple[str, ast.AST]] = []
    todo = [value]
    seen: set[int] = set()
    while todo and len(seen) < limit:
        item = todo.pop(0)
        if id(item) in seen:
            continue
        seen.add(id(item))
        if item.origin is None:
            continue
        if item.origin.kind == "literal" and item.origin.node is not None:
            found.append((item.origin.file, item.origin.node))
        todo.extend(item.origin.sources)
    return found
