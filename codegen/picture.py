"""The picture of a network: the JSON that a window draws, made from an elaboration alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codegen.picture_frames import FrameRecords
from codegen.picture_modules import module_records
from codegen.picture_nodes import NodeRecords
from codegen.picture_results import given_of
from codegen.picture_values import shape_record
from codegen.places import Places
from pivot.network import Network
from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated
from pivot.reading.spelled import root_of
from pivot.reading.values import TensorVersion

VERSION = 1


def picture_of(
    done: Elaborated,
    unwritten: Mapping[str, str] | None = None,
    places: Places | None = None,
    problems: tuple[Problem, ...] | None = None,
) -> dict[str, object]:
    """The picture. `unwritten`: node id -> why the target cannot say it; such nodes are unmapped too.

    `problems` replaces those of the network where later steps found more. Time is linear in nodes and modules.
    """
    network, ev = done.network, done.evaluator
    places = places or places_of(done)
    homes = home_paths(network)
    frames = FrameRecords(network, places)
    ids = value_ids(network)
    records = NodeRecords(network, ev.opset, places, homes, unwritten or {}, frames, ids, root_of(ev))
    nodes = [records.record(node) for node in network.nodes]
    return {
        "version": VERSION,
        "source": {
            "path": next(iter(ev.files), ""),
            "framework": ev.dialect.framework,
            "model": network.entry,
            "files": dict(ev.files),
        },
        "inputs": [terminal(entry.name, entry.value, ids) for entry in network.inputs],
        "outputs": [
            terminal(name, value, ids)
            for name, value in zip(network.runs["eval"].output_names, network.outputs, strict=True)
        ],
        "modules": module_records(network, places, homes, frames),
        "nodes": nodes,
        "frames": frames.records,
        "values": value_records(network, ids),
        "problems": [p.as_json() for p in (network.problems if problems is None else problems)],
    }


def places_of(done: Elaborated) -> Places:
    """The places of an elaboration; what --model says stands in no file."""
    entry = done.evaluator.entry_node
    return Places(done.evaluator.files, () if entry is None else (entry,))


def home_paths(network: Network) -> dict[str, str]:
    """Node id -> path of the module it is drawn in: the container that applied it, or the module that calls it."""
    kinds = {m.path: m.container for m in network.modules if m is network.root or m.path}
    homes: dict[str, str] = {}
    for node in network.nodes:
        home = node.owner.path if node.owner is not None else ""
        if node.module is not None and node.module.path and hasattr(node.site, "container_index"):
            above = node.module.path.rpartition(".")[0]
            home = above if kinds.get(above) else home
        homes[node.id] = home if home in kinds else ""
    return homes


def terminal(name: str, value: TensorVersion, ids: Mapping[str, str]) -> dict[str, object]:
    """An input or output of the whole network."""
    return {"id": ids[value.id], "name": name, "shape": shape_record(value.type.shape), "dtype": value.type.dtype}


def drawn_values(network: Network) -> Iterator[TensorVersion]:
    """Every tensor that a node takes or gives, some more than once."""
    for entry in network.inputs:
        yield entry.value
    for node in network.nodes:
        for operand in node.tensors():
            if operand.parameter is None:
                yield operand
        yield from given_of(node)
    yield from network.outputs


def value_ids(network: Network) -> dict[str, str]:
    """What the tensors are called in a picture: by their order, whatever else was read on the way."""
    return {value: f"v{number}" for number, value in enumerate(dict.fromkeys(v.id for v in drawn_values(network)))}


def value_records(network: Network, ids: Mapping[str, str]) -> dict[str, object]:
    """Every tensor that is drawn, by id."""
    values = {value.id: value for value in reversed(list(drawn_values(network)))}
    return {
        name: {"shape": shape_record(values[value].type.shape), "dtype": values[value].type.dtype}
        for value, name in ids.items()
    }
