"""The modules of a picture: the tree with paths, classes, places, numbers of parameters and structure keys."""

from __future__ import annotations

import ast
import hashlib
from collections import defaultdict
from collections.abc import Mapping

from codegen.picture_frames import FrameRecords
from codegen.picture_values import value_text
from codegen.places import Places, Span, span_record
from pivot.dims import hint
from pivot.network import Network
from pivot.reading.applying import owner_of
from pivot.reading.modules import ModuleObject
from pivot.reading.values import Api, ClassObject, Value


def module_records(
    network: Network, places: Places, homes: Mapping[str, str], frames: FrameRecords
) -> list[dict[str, object]]:
    """The modules in the order of `named_modules()`, each once under its first path."""
    structures = structure_keys(network, homes)
    paths = {module.path for module in network.modules}
    counts = parameter_counts(network, paths)
    return [
        {
            "path": module.path,
            "name": module.path.rpartition(".")[2],
            "class": module.class_name,
            "kind": kind_of(module),
            "parent": parent_of(module.path, paths) if module is not network.root else None,
            "definition": definition(module, places),
            "made_at": places.span(module.frame.file, module.site) if module.frame is not None else None,
            "frame": frames.number(module.frame),
            "turn": frames.turn(module),
            "structure": structures[id(module)],
            "parameters": counts[module.path],
            "arguments": arguments_of(network, module),
        }
        for module in network.modules
        if module is network.root or module.path
    ]


def arguments_of(network: Network, module: ModuleObject) -> list[dict[str, str]] | None:
    """What a class of the program was made with, as literals and names that can be written elsewhere; None where an
    argument is neither.
    """
    if not isinstance(module.cls, ClassObject):
        return None
    met = network.trace.visits.get(id(module.site), ())
    visit = next((v for v in met if v.result is not None and v.result.hint is module), None)
    if visit is None:
        return None
    found: list[dict[str, str]] = []
    for keyword, value in (*(("", value) for value in visit.args), *visit.kwargs.items()):
        said = _said(value)
        if said is None:
            return None
        found.append({"keyword": keyword, **said})
    return found


def _said(value: Value) -> dict[str, str] | None:
    hint = value.hint
    if isinstance(hint, ClassObject):
        return {"text": hint.name, "kind": "program"}
    if isinstance(hint, Api):
        return {"text": hint.name, "kind": "library"}
    try:
        text = value_text(hint)
        return {"text": text, "kind": "literal"} if repr(ast.literal_eval(text)) else None
    except (ValueError, SyntaxError, RecursionError):
        return None


def kind_of(module: ModuleObject) -> str:
    """user (a class of the program), container or layer."""
    if isinstance(module.cls, ClassObject):
        return "user"
    return "container" if module.container else "layer"


def parent_of(path: str, paths: set[str]) -> str:
    """The nearest module above a path; the root in the end."""
    above = path.rpartition(".")[0]
    while above and above not in paths:
        above = above.rpartition(".")[0]
    return above


def definition(module: ModuleObject, places: Places) -> Span | None:
    """The head of a program class: `class Net(nn.Module):`."""
    if not isinstance(module.cls, ClassObject):
        return None
    node, file = module.cls.node, module.cls.file
    whole = places.span(file, node)
    if whole is None:
        return None
    last: list[ast.expr] = [*node.bases, *(k.value for k in node.keywords)]
    end = max([node.lineno, *(e.end_lineno or e.lineno for e in last)])
    column = whole["column"]
    return span_record(
        file, node.lineno, column if isinstance(column, int) else 1, end, len(places.lines(file)[end - 1]) + 1
    )


def parameter_counts(network: Network, paths: set[str]) -> defaultdict[str, int]:
    """Trainable numbers in each module and all below it; a shared parameter counts once per module."""
    counts: defaultdict[str, int] = defaultdict(int)
    for parameter in network.parameters:
        if parameter.buffer:
            continue
        size = 1
        for dim in parameter.type.shape:
            size *= hint(dim)
        above: set[str] = {""}
        for name in parameter.names:
            path = name.rpartition(".")[0]
            while path and path not in above:
                above.add(path)
                path = path.rpartition(".")[0]
        for path in above & (paths | {""}):
            counts[path] += size
    return counts


def structure_keys(network: Network, homes: Mapping[str, str]) -> dict[int, str]:
    """A key per module, equal for equal definitions, arms taken, ops at each site and children. No number is in it."""
    sites: defaultdict[str, dict[tuple[object, ...], None]] = defaultdict(dict)
    for node in network.nodes:
        site = node.site
        place = (getattr(site, "lineno", 0), getattr(site, "col_offset", 0), getattr(site, "container_index", None))
        op = node.op.name if node.op is not None else f"?{node.text}"
        sites[homes[node.id]][(node.file, *place, op)] = None
    arms: defaultdict[int, dict[tuple[object, ...], None]] = defaultdict(dict)
    for branches in network.trace.branches.values():
        for branch in branches:
            owner = owner_of(branch.frame) if not branch.speculative else None
            if owner is not None:
                line, column = getattr(branch.node, "lineno", 0), getattr(branch.node, "col_offset", 0)
                arms[id(owner)][branch.frame.file, line, column, branch.taken] = None
    keys: dict[int, str] = {}
    work: list[tuple[ModuleObject, bool]] = [(network.root, False)]
    entered: set[int] = set()
    while work:
        module, ready = work.pop()
        if id(module) in keys or (not ready and id(module) in entered):
            continue
        children = list(module.own_children())
        if not ready:
            entered.add(id(module))
            work.append((module, True))
            work.extend((child, False) for _, child in reversed(children))
            continue
        keys[id(module)] = digest(
            who(module),
            [*sites[module.path]] if module is network.root or module.path else [],
            sorted(arms[id(module)], key=repr),
            [(name, keys.get(id(child), "")) for name, child in children],
        )
    return {id(module): keys.get(id(module), "") for module in network.modules}


def who(module: ModuleObject) -> tuple[object, ...]:
    """The definition of a module: where its class stands, or the op of a library layer."""
    if isinstance(module.cls, ClassObject):
        return (module.cls.file, module.cls.node.lineno, module.cls.name)
    return (module.cls.name, module.form.op.name if module.form is not None else module.container)


def digest(*parts: object) -> str:
    """A short stable text for anything with a stable repr."""
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
