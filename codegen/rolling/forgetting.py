"""What of a file counts for its model: not how it was built, and none of what builds other models."""

from __future__ import annotations

from pivot.network import Network
from pivot.reading.trace import Visit
from pivot.reading.values import TensorCell


def forget_building(network: Network) -> None:
    """Leave out the visits at which a functional model was built: what it computes was met again when it was called,
    with the tensors and sizes that count.
    """
    met = {id(node) for run in network.runs.values() for node in run.nodes}
    made_of = {r.id for run in network.runs.values() for node in run.nodes for r in node.results}
    made_of |= {entry.value.id for run in network.runs.values() for entry in run.inputs}
    held = {id(module) for module in network.modules}
    for key, visits in network.trace.visits.items():
        if any(v.kind == "layer" and id(v.module) in held for v in visits):  # those of another model count for nothing
            visits = [v for v in visits if v.kind != "layer" or v.speculative or id(v.module) in held]
            network.trace.visits[key] = visits
        counts = [v for v in visits if asked_of(v) in made_of]
        if counts and all(asked_of(v) for v in visits):
            network.trace.visits[key] = counts
            continue
        made = [id(visit.made) in met for visit in visits if visit.made is not None and not visit.speculative]
        if any(made) and not all(made):
            network.trace.visits[key] = [v for v in visits if v.made is None or v.speculative or id(v.made) in met]


def asked_of(visit: Visit) -> str:
    """The id of the tensor whose size a visit is about; nothing for other visits."""
    hint = visit.args[0].hint if visit.kind == "size" and visit.args else None
    return hint.version.id if isinstance(hint, TensorCell) else ""
