"""From a conversion to a verification: facts of both sides, the weights' way across, and which nodes are compared."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.convert import Converted
from codegen.counted_sizes import counted_sizes
from codegen.dialects import dialect_of
from codegen.keras.static_sizes import NEEDS_NUMBERS
from codegen.orders import identity
from codegen.proof_sides import Item
from codegen.static_proof import Match, Proof, prove
from codegen.target import target_of
from codegen.verify.plan import (
    InputSpec,
    MatchedNode,
    OutputSpec,
    Place,
    Probe,
    SourceFacts,
    StaticResult,
    TargetFacts,
    VerificationPlan,
)  # fmt: skip
from codegen.verify.probing import probed_text, site_key
from codegen.weights.mapping import (
    carry_layer,
    carry_own,
    carry_unread,
    counters,
    fillings,
    other_orders,
    own_parameters,
    starts,
    weight_maps,
)
from codegen.writing.activations import has_function
from pivot.dims import Size
from pivot.dims import hint as dim_hint
from pivot.dims import text as dim_text
from pivot.network import Node
from pivot.opset import OpSet
from pivot.reading import installed
from pivot.reading.frames import Frame
from pivot.reading.imports import package_root
from pivot.reading.inputs import axis_letters
from pivot.reading.modules import ModuleObject
from pivot.reading.own_constructors import ADDED, GIVES
from pivot.reading.restating import is_restatement
from pivot.reading.values import ClassObject, TensorVersion

if TYPE_CHECKING:
    from codegen.verify.report import Report
    from codegen.weights.arrays import Array
    from pivot.reading.evaluator import Evaluator

Progress = Callable[[str, int, int], None]


def prove_conversion(converted: Converted, opset: OpSet, path: Path) -> Proof:
    """The static proof of a conversion."""
    return prove(converted, dialect_of(converted.layout.framework, str(path)), opset, path)


def verify_conversion(
    converted: Converted,
    proof: Proof,
    directory: Path,
    target_path: Path,
    bind: Mapping[str, str],
    progress: Progress,
    weights: Mapping[str, Array] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    python: str | None = None,
    seconds: float | None = None,
) -> Report:
    """Run both sides and compare; the report files go into `directory`. Raises Cancelled, OSError, Refusal.

    `python`: the interpreter of the workers, `seconds`: how long each may take; None: what a plan says.
    """
    from codegen.verify.verify import verify

    plan = make_plan(converted, proof, target_path, bind, weights)
    plan = replace(plan, python=python or plan.python, limit_s=seconds or plan.limit_s)
    return verify(plan, directory, progress, cancelled)


def import_folders(ev: Evaluator, source: Path, root: Path) -> tuple[str, ...]:
    """Where the program is run from, beside its own folder: what its files import by name was found from there."""
    found = dict.fromkeys(installed.import_folders(ev.files))  # before what restates such a package
    for scope in list(ev.scopes.values()):
        every = [*scope.stars, *(s for statements in scope.lazy.values() for s in statements)]
        for node in {id(s): s for s in every if isinstance(s, ast.ImportFrom) and not s.level}.values():
            path = ev.located.get(id(node))
            parts = (node.module or "").split(".")
            if path is None or is_restatement(str(path)) or is_restatement(scope.file):
                continue
            below = path.parent if path.name == "__init__.py" else path
            if len(below.parents) >= len(parts):
                found[str(below.parents[len(parts) - 1])] = None
    return tuple(folder for folder in found if folder not in (str(source.parent), str(root)))


def make_plan(
    converted: Converted, proof: Proof, target_path: Path, bind: Mapping[str, str], weights: Mapping[str, Array] | None
) -> VerificationPlan:
    """Everything that the workers need."""
    done = converted.done
    source_path = Path(next(iter(done.evaluator.files)))
    root, package = package_root(source_path)
    module = ".".join((*package, source_path.stem)) if package else None
    pairs, source_sites, target_sites = matched_nodes(converted, proof, target_path)
    texts = {
        f: probed_text(t, sites)
        for f, t in done.evaluator.files.items()
        if (sites := source_sites.get(f, [])) or f in done.evaluator.texts
    }
    static = StaticResult(proof.equal, len(proof.matches), proof.why)
    return VerificationPlan(
        source=SourceFacts(
            str(source_path),
            str(root),
            module,
            done.network.entry,
            dict(bind),
            texts,
            framework=done.evaluator.dialect.framework,
            search=import_folders(done.evaluator, source_path, root),
            mode=done.evaluator.mode_parameter,
        ),
        target=TargetFacts(
            str(target_path),
            converted.entry,
            {str(target_path): probed_text(converted.text, target_sites)},
            converted.layout.framework,
        ),
        inputs=tuple(input_specs(converted)),
        outputs=tuple(output_specs(converted, "eval")),
        train_outputs=tuple(output_specs(converted, "train")) if "train" in done.network.runs else None,
        modes=("eval", "train") if "train" in done.network.runs else ("eval",),
        dropout=not drops_inside(converted),
        carrier=carrier(converted, proof),
        nodes=tuple(pairs),
        static=static,
        weights=weights,
        parameters=sum(count(p.type.shape) for p in done.network.parameters),
    )


def count(shape: tuple[object, ...]) -> int:
    """Number of elements."""
    total = 1
    for size in shape:
        total *= size if isinstance(size, int) else dim_hint(size)  # type: ignore[arg-type]
    return total


def carrier(converted: Converted, proof: Proof) -> Callable[[Mapping[str, Array]], Mapping[str, Array]]:
    """state_dict -> arrays of the target's weight file."""
    maps = weight_maps(converted, proof) if proof.target is not None else []
    own = own_parameters(converted, proof)

    def carry(state: Mapping[str, Array]) -> Mapping[str, Array]:
        found: dict[str, Array] = {}
        for layer in maps:
            found.update(carry_layer(layer, state))
        found.update(carry_own(own, state, starts(converted, proof, state), other_orders(proof)))
        found.update(carry_unread(converted, proof, state))
        found.update(counters(proof))
        found.update(fillings(proof))
        return found

    return carry


def axes_pair(converted: Converted, value: TensorVersion) -> tuple[str | None, str | None]:
    """("N C H W", "N H W C"), or two None where both sides hold the value in one order."""
    order = converted.layout.order_of(value)
    if order == identity(len(order)):
        return None, None
    source = target_of(converted.done.evaluator.dialect.framework)
    letters = axis_letters(len(order), value.type.dtype, source.channels_last)
    return " ".join(letters), " ".join(letters[axis] for axis in order)


def input_specs(converted: Converted) -> list[InputSpec]:
    """The inputs as workers draw them."""
    found = []
    fixed = needs_numbers(converted)
    counted = counted_sizes(converted.done)
    for entry, spec in zip(converted.done.network.inputs, converted.done.specs, strict=True):
        source, target = axes_pair(converted, entry.value)
        shape = entry.value.type.shape
        free = shape[:1] if fixed else shape  # the batch is always free
        symbols = tuple(
            dim_text(d) if isinstance(d, Size) and k < len(free) and dim_text(d) not in counted else None
            for k, d in enumerate(shape)
        )
        limit = embedding_limit(converted, entry.value)
        high = spec.high if spec.high is not None else limit or 2
        found.append(
            InputSpec(
                entry.name,
                tuple(dim_hint(d) for d in shape),
                spec.dtype,
                symbols,
                spec.low,
                high,
                spec.name is not None,
                source,
                target,
                spec.dtype.startswith("float") and limit is not None,
                entry.group,
            )
        )
    return found


def needs_numbers(converted: Converted) -> bool:
    """Does a layer of the target refuse free sizes when the model is built?"""
    lowered = converted.lowering.lowered.values()
    steps = [step for low in lowered if low.chosen is not None for step in low.chosen.steps]
    return any(step.form.name in NEEDS_NUMBERS for step in steps)


HANDED_ON = {"cast", "identity", "index", "index_select", "squeeze", "unsqueeze", "reshape"}
"""Ops that give the numbers that they take."""


def embedding_limit(converted: Converted, value: TensorVersion) -> int | None:
    """Exclusive upper bound of numbers: the smallest vocabulary of the embeddings that take them; None: none does."""
    taken = {value.id}
    found: list[int] = []
    for node in converted.done.network.nodes:
        if node.op is None or not any(t.id in taken for t in node.tensors()):
            continue
        if node.op.name in HANDED_ON:
            taken.update(result.id for result in node.results)
        if node.op.name == "embedding":
            names = ("vocabulary", "count", "rows", "num", "size", "tokens")
            found += [v for k, v in node.params.items() if isinstance(v, int) and k in names]
            found += [dim_hint(p.type.shape[0]) for p in node.weights.values()]
    return min(found, default=None)


def drops_inside(converted: Converted) -> bool:
    """Does a recurrent layer of PyTorch drop values between its own layers, where no worker can reach them?"""
    for visits in converted.done.network.trace.visits.values():
        for visit in visits:
            rate = visit.kwargs.get("dropout")
            made = visit.module.class_name if visit.module is not None else ""
            named = {visit.name.rpartition(".")[2], made} & RECURRENT
            if named and rate is not None and rate.hint:
                return True
    stacked = [
        m for m in converted.done.network.modules if m.class_name in RECURRENT and isinstance(m.cls, ClassObject)
    ]
    return any(is_restatement(m.cls.file) and drops(m) for m in stacked if isinstance(m.cls, ClassObject))


RECURRENT = {"LSTM", "GRU", "RNN"}


def drops(module: ModuleObject) -> bool:
    """Was a restated recurrent layer made with dropout, however its class was named?"""
    rate = module.attrs.get("dropout")
    return rate is not None and bool(rate.hint)


def output_specs(converted: Converted, mode: str) -> list[OutputSpec]:
    """The flattened outputs."""
    run = converted.done.network.runs[mode]
    return [
        OutputSpec(name, *axes_pair(converted, value))
        for name, value in zip(run.output_names, run.outputs, strict=True)
    ]


Sites = dict[str, list[ast.AST]]


def matched_nodes(
    converted: Converted, proof: Proof, target_path: Path
) -> tuple[list[MatchedNode], Sites, list[ast.AST]]:
    """Pairs of probes for every node of evaluation that both sides hold as one value."""
    found: list[MatchedNode] = []
    source_sites: Sites = {}
    target_sites: list[ast.AST] = []
    seen_source: Counter[str] = Counter()
    seen_target: Counter[str] = Counter()
    last = last_steps(proof)
    mixed = mixed_sites(proof.matches)
    for match in proof.matches:
        if match.mode != "eval" or match.lowered.step is None or match.read.node is None:
            continue
        node, read = match.lowered.node, match.read.node
        assert node is not None
        target_name, target_is_site = probe_name(read)
        call_target = seen_target[target_name]
        seen_target[target_name] += 1
        if last.get(id(node)) is not match.lowered:
            continue
        source_name, source_is_site = probe_name(node)
        call_source = seen_source[source_name]
        seen_source[source_name] += 1
        if len(node.results) != 1 or source_name == "?" or target_name == "?" or blocked(converted, match):
            continue
        if (source_is_site and id(node.site) in mixed) or (target_is_site and id(read.site) in mixed):
            continue
        if source_is_site:
            source_sites.setdefault(node.file, []).append(node.site)
        if target_is_site:
            target_sites.append(read.site)
        order = converted.layout.order_of(match.lowered.step.results[0])  # behind it the text may transpose it
        back = tuple(order.index(axis) for axis in range(len(order)))
        path = node.module.path if node.module is not None else (node.owner.path if node.owner is not None else "")
        found.append(
            MatchedNode(
                node.id,
                node.op.name if node.op is not None else "",
                path,
                Probe(source_name, call_source, 0, source_is_site),
                Probe(target_name, call_target, 0, target_is_site),
                None if back == identity(len(back)) else back,
                place(node.file, node.site),
                place(str(target_path), read.site),
            )
        )
    return found, source_sites, target_sites


def mixed_sites(matches: Iterable[Match]) -> set[int]:
    """Sites at which some layers are told by the site and others are not, as they have a path, stand in a row of layers
    that is called there, or are of the program: calls of the site are no count of the former.
    """
    kinds: dict[int, set[bool]] = {}
    for match in matches:
        for node in (match.lowered.node, match.read.node):
            if node is not None and match.mode == "eval":
                at = node.site.__dict__.get("container_site", node.site)
                kinds.setdefault(id(at), set()).add(probe_name(node)[1])
                for frame in node.frame.chain():
                    kinds.setdefault(id(frame.site), set()).add(False)
    return {site for site, both in kinds.items() if len(both) > 1}


def last_steps(proof: Proof) -> dict[int, Item]:
    """The last item of each node: the one whose result is the node's."""
    return {id(m.lowered.node): m.lowered for m in proof.matches if m.mode == "eval" and m.lowered.step is not None}


def blocked(converted: Converted, match: Match) -> bool:
    """Is a result stored with the parts of an axis in another order? Its numbers stand elsewhere."""
    node = match.lowered.node
    return node is not None and any(r.id in converted.layout.blocks for r in node.results)


def called_by_graph(frame: Frame) -> bool:
    """Is a frame that of a functional model, which calls its layers one by one?"""
    model = frame.receiver.hint if frame.receiver is not None else None
    return isinstance(model, ModuleObject) and model.graph is not None


def probe_name(node: Node) -> tuple[str, bool]:
    """Module path, or the key of a site in the text: what a class does with its base's result comes after the node."""
    module, site, receiver = node.module, node.site, node.frame.receiver
    if ADDED in site.__dict__:  # it stands in no text
        whole = receiver.hint if receiver is not None and GIVES in site.__dict__ else None
        return (whole.paths[0], False) if isinstance(whole, ModuleObject) and whole.paths else ("?", False)
    if any(at.function is None and called_by_graph(at) for at in node.frame.chain()):
        return "?", False  # as all layers that a functional model calls
    if any(is_restatement(at.file) and Path(at.file).stem == "RNN" for at in node.frame.chain()):
        return "?", False  # Keras calls a cell once more, for what it gives
    if has_function(module):
        return "?", False  # what the library's layer gives is the activation's result, not this node's
    if module is not None and module.paths and (receiver is None or receiver.hint is not module):
        return module.paths[0], False
    whole = not hasattr(site, "container_index") or getattr(site, "closes", False)
    if isinstance(site, ast.expr) and hasattr(site, "lineno") and whole:
        return site_key(site), True
    return "?", False


def place(file: str, node: ast.AST) -> Place | None:
    """The span of a node."""
    if not hasattr(node, "lineno"):
        return None
    line, column = node.lineno, getattr(node, "col_offset", 0) + 1
    return Place(
        file, line, column, getattr(node, "end_lineno", line) or line, (getattr(node, "end_col_offset", 0) or 0) + 1
    )
