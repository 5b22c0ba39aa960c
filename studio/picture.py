"""The picture: what a window draws of a network, read from the JSON that `show` and `convert` print. No Qt here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic, Literal, NamedTuple, TypeAlias, TypeVar, cast

from pivot.problems import Problem
from studio.layout.pause import collection_paused
from studio.problems import problems_of
from studio.size_text import shape_text as shape_text  # who draws a picture writes its shapes

if TYPE_CHECKING:
    from codegen.mapping.call import Call

ModuleKind = Literal["user", "layer", "container"]
Shape: TypeAlias = tuple[int | str, ...]
USUAL = "float32"  # said of no edge
_Record: TypeAlias = Mapping[str, object]
_Part = TypeVar("_Part")
_REMEMBERED = 3_000  # records of a kind; of larger pictures, nothing is held twice


class Span(NamedTuple):
    """A stretch of a file: lines and columns count from 1, the end column is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


class Param(NamedTuple):
    """A parameter of an op. `span` is the literal in the source that gives the value; None where no literal does."""

    name: str
    type: str
    value: str
    text: str
    span: Span | None


class Weight(NamedTuple):
    """A weight of a node under its name in the checkpoint."""

    name: str
    path: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Why a node has no op: its text, the reason and the ops that come nearest, best first.

    `stopped`: it was decided that the target stops here. `waits`: the text of the unmapped call that it hangs on.
    """

    text: str
    why: str
    suggestions: tuple[str, ...]
    stopped: bool = False
    waits: str = ""


class Value(NamedTuple):
    """A tensor. `shape` holds numbers and symbolic sizes such as "N"; None where it is unknown."""

    id: str
    shape: Shape | None
    dtype: str

    @property
    def label(self) -> str:
        """The shape as it stands beside an edge."""
        return shape_text(self.shape)

    @property
    def typed_label(self) -> str:
        """The shape, with the type where it is not the one that nearly all tensors have."""
        return self.label if self.dtype in ("", USUAL) else f"{self.label} {self.dtype}"


@dataclass(frozen=True, slots=True)
class Terminal:
    """An input or output of the whole network; `id` is the id of its value."""

    id: str
    name: str
    shape: Shape | None
    dtype: str


@dataclass(frozen=True, slots=True)
class Node:
    """One op where the network meets it. `module` is the path of the module whose code calls it.

    `call` is what a person maps by hand: of nodes that nothing reads, or that are read by a decision (`origin`).
    """

    id: str
    op: str
    title: str
    family: str
    label: str
    module: str
    instance: str | None
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    params: tuple[Param, ...]
    weights: tuple[Weight, ...]
    site: Span | None
    made_at: Span | None
    text: str
    modes: tuple[str, ...]
    unmapped: Unmapped | None
    frame: int | None = None
    turn: int = 0
    origin: str = "builtin"
    call: Call | None = None

    @property
    def mapped_by_hand(self) -> bool:
        """Whether a decision or an op file of one's own says what it is."""
        return self.unmapped is None and self.origin not in ("", "builtin")

    @property
    def path(self) -> str:
        """Where the node lives, for people: the path of its layer, or its module and its label."""
        if self.instance:
            return self.instance
        return f"{self.module}.{self.label}" if self.module else self.label


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the network. The root has the path "" and no parent; equal `structure` means equal code and ops."""

    path: str
    name: str
    class_name: str
    kind: ModuleKind
    parent: str | None
    definition: Span | None
    made_at: Span | None
    structure: str
    parameters: int
    frame: int | None = None
    turn: int = 0
    arguments: tuple[MadeWith, ...] | None = None


@dataclass(frozen=True, slots=True)
class MadeWith:
    """An argument of the constructor: kind is literal, library (a dotted name) or program (a name of the file)."""

    keyword: str
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Frame:
    """One call of a definition of the program: made at `site` in the frame `parent`, which met that site `turn` times
    before. `definition` is the whole function; `receiver` the path of the module whose method it is.
    """

    parent: int | None
    site: Span | None
    turn: int
    name: str
    class_name: str
    definition: Span | None
    receiver: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """The program that was read: its files with their texts."""

    path: str
    framework: str
    model: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole network with its indexes; equal pictures have equal fields, the indexes follow from them."""

    source: Source
    inputs: tuple[Terminal, ...]
    outputs: tuple[Terminal, ...]
    modules: tuple[Module, ...]
    nodes: tuple[Node, ...]
    values: Mapping[str, Value]
    problems: tuple[Problem, ...]
    frames: tuple[Frame, ...] = ()
    node_by_id: Mapping[str, Node] = field(init=False, repr=False, compare=False)
    module_by_path: Mapping[str, Module] = field(init=False, repr=False, compare=False)
    submodules: Mapping[str, tuple[Module, ...]] = field(init=False, repr=False, compare=False)
    producer: Mapping[str, Node] = field(init=False, repr=False, compare=False)
    consumers: Mapping[str, tuple[Node, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Build the indexes; raises ValueError where a module, or the module of a node, does not exist."""
        modules = {module.path: module for module in self.modules}
        children: dict[str, list[Module]] = {}
        for module in self.modules:
            if module.parent is not None:
                if module.parent not in modules:
                    raise ValueError(f"picture: module {module.path!r} has an unknown parent {module.parent!r}")
                children.setdefault(module.parent, []).append(module)
        producer: dict[str, Node] = {}
        consumers: dict[str, dict[str, Node]] = {}
        for node in self.nodes:
            if node.module not in modules:
                raise ValueError(f"picture: node {node.id!r} is in an unknown module {node.module!r}")
            for value in node.outputs:
                producer[value] = node
            for value in node.inputs:
                consumers.setdefault(value, {})[node.id] = node
        put = object.__setattr__  # the only way to fill a derived field of a frozen value
        put(self, "node_by_id", MappingProxyType({node.id: node for node in self.nodes}))
        put(self, "module_by_path", MappingProxyType(modules))
        put(self, "submodules", MappingProxyType({path: tuple(found) for path, found in children.items()}))
        put(self, "producer", MappingProxyType(producer))
        put(self, "consumers", MappingProxyType({v: tuple(found.values()) for v, found in consumers.items()}))

    @property
    def unmapped(self) -> tuple[Node, ...]:
        """The nodes without an op, in the order of the network."""
        return tuple(node for node in self.nodes if node.unmapped is not None)

    def producers_of(self, node: Node) -> tuple[Node, ...]:
        """The nodes whose values a node takes, in the order of its inputs, each once."""
        found = {self.producer[value].id: self.producer[value] for value in node.inputs if value in self.producer}
        return tuple(found.values())

    def consumers_of(self, node: Node) -> tuple[Node, ...]:
        """The nodes that take what a node gives, each once."""
        return tuple({used.id: used for value in node.outputs for used in self.consumers.get(value, ())}.values())

    def nodes_below(self, path: str) -> tuple[Node, ...]:
        """The nodes of a module and of all modules inside it, in the order of the network."""
        inside = {path}
        waiting = [path]
        while waiting:
            for module in self.submodules.get(waiting.pop(), ()):
                if module.path not in inside:
                    inside.add(module.path)
                    waiting.append(module.path)
        return tuple(node for node in self.nodes if node.module in inside)

    def shape_label(self, values: Sequence[str]) -> str:
        """The shapes of some values as one edge shows them; equal ones are counted."""
        labels: dict[str, int] = {}
        for value in values:
            known = self.values.get(value)
            text = known.typed_label if known is not None else "?"
            labels[text] = labels.get(text, 0) + 1
        return ", ".join(text if count == 1 else f"{count}·({text})" for text, count in labels.items())


def parse_picture(data: Mapping[str, object]) -> Picture:
    """The picture of one JSON object; raises ValueError with what is missing or wrong."""
    try:
        with collection_paused():
            return _picture(data)
    except KeyError as error:
        raise ValueError(f"picture: {error.args[0]!r} is missing") from error
    except (TypeError, AttributeError) as error:
        raise ValueError(f"picture: a value of a wrong type ({error})") from error


def _picture(data: _Record) -> Picture:
    source = _record(data["source"])
    files = {name: str(text) for name, text in _record(source.get("files") or {}).items()}
    values = {name: _value(name, _record(entry)) for name, entry in _record(data["values"]).items()}
    return Picture(
        Source(str(source["path"]), str(source["framework"]), str(source["model"]), MappingProxyType(files)),
        tuple(_terminal(entry) for entry in _records(data["inputs"])),
        tuple(_terminal(entry) for entry in _records(data["outputs"])),
        _MODULES.parsed(_records(data["modules"])),
        _NODES.parsed(_records(data["nodes"])),
        MappingProxyType(values),
        problems_of(data.get("problems")),
        _FRAMES.parsed(_records(data.get("frames") or ())),
    )


class _Again(Generic[_Part]):
    """Parses records of one kind; those that are as they were in the picture before are what they were there."""

    def __init__(self, parse: Callable[[_Record], _Part]) -> None:
        self._parse = parse
        self._records: Sequence[_Record] = ()
        self._parts: tuple[_Part, ...] = ()

    def parsed(self, records: Sequence[_Record]) -> tuple[_Part, ...]:
        """One part per record. Raises what `parse` does."""
        before = zip(self._records, self._parts, strict=True)
        pairs = zip(records, before, strict=False)
        made = [part if record == known else self._parse(record) for record, (known, part) in pairs]
        parts = (*made, *map(self._parse, records[len(made) :]))
        keep = len(records) <= _REMEMBERED
        self._records, self._parts = (records, parts) if keep else ((), ())
        return parts


def _record(value: object) -> _Record:
    if not isinstance(value, Mapping):
        raise TypeError(f"an object is expected, not {type(value).__name__}")
    return cast("_Record", value)


def _records(value: object) -> Sequence[_Record]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"a list is expected, not {type(value).__name__}")
    return cast("Sequence[_Record]", value)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, cast("Sequence[object]", value))) if value else ()


def _shape(value: object) -> Shape | None:
    return None if value is None else tuple(cast("Sequence[int | str]", value))


def _span(value: object) -> Span | None:
    if value is None:
        return None
    entry = cast("Mapping[str, int | str]", value)
    line, column = int(entry["line"]), int(entry["column"])
    return Span(str(entry["file"]), line, column, int(entry["end_line"]), int(entry["end_column"]))


def _value(name: str, entry: _Record) -> Value:
    return Value(name, _shape(entry.get("shape")), str(entry.get("dtype") or ""))


def _terminal(entry: _Record) -> Terminal:
    return Terminal(str(entry["id"]), str(entry["name"]), _shape(entry.get("shape")), str(entry.get("dtype") or ""))


def _module(entry: _Record) -> Module:
    return Module(
        str(entry["path"]),
        str(entry["name"]),
        str(entry["class"]),
        cast("ModuleKind", entry["kind"]),
        cast("str | None", entry["parent"]),
        _span(entry.get("definition")),
        _span(entry.get("made_at")),
        str(entry.get("structure") or ""),
        cast("int", entry.get("parameters") or 0),
        cast("int | None", entry.get("frame")),
        cast("int", entry.get("turn") or 0),
        _arguments(entry.get("arguments")),
    )


def _arguments(value: object) -> tuple[MadeWith, ...] | None:
    if value is None:
        return None
    return tuple(MadeWith(str(item["keyword"]), str(item["text"]), str(item["kind"])) for item in _records(value))


def _frame(entry: _Record) -> Frame:
    return Frame(
        cast("int | None", entry.get("parent")),
        _span(entry.get("site")),
        cast("int", entry.get("turn") or 0),
        str(entry.get("name") or ""),
        str(entry.get("class") or ""),
        _span(entry.get("definition")),
        cast("str | None", entry.get("receiver")),
    )


def _node(entry: _Record) -> Node:
    lost = entry.get("unmapped")
    return Node(
        str(entry["id"]),
        str(entry["op"]),
        str(entry["title"]),
        str(entry["family"]),
        str(entry["label"]),
        str(entry["module"]),
        cast("str | None", entry.get("instance")),
        _texts(entry["inputs"]),
        _texts(entry["outputs"]),
        tuple(_param(found) for found in _records(entry.get("params") or ())),
        tuple(_weight(found) for found in _records(entry.get("weights") or ())),
        _span(entry.get("site")),
        _span(entry.get("made_at")),
        str(entry.get("text") or ""),
        _texts(entry.get("modes")),
        None if lost is None else _unmapped(_record(lost)),
        cast("int | None", entry.get("frame")),
        cast("int", entry.get("turn") or 0),
        str(entry.get("origin") or "builtin"),
        _call(_record(entry["call"])) if entry.get("call") else None,
    )


def _call(entry: _Record) -> Call:
    from codegen.mapping.call import parse_call  # brings the ops along, which few networks need

    return parse_call(entry)


def _param(entry: _Record) -> Param:
    value = str(entry.get("value"))
    return Param(
        str(entry["name"]),
        str(entry.get("type") or ""),
        value,
        str(entry.get("text") or value),
        _span(entry.get("span")),
    )


def _weight(entry: _Record) -> Weight:
    return Weight(str(entry["name"]), str(entry.get("path") or ""), _shape(entry.get("shape")) or ())


def _unmapped(entry: _Record) -> Unmapped:
    text, why, found = str(entry.get("text") or ""), str(entry.get("why") or ""), _texts(entry.get("suggestions"))
    return Unmapped(text, why, found, bool(entry.get("stopped")), str(entry.get("waits") or ""))


_MODULES, _NODES, _FRAMES = _Again(_module), _Again(_node), _Again(_frame)
