"""Lowering: each node becomes steps that the target can say; decomposition is data in the op files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from codegen.alike import facts_of, frozen, renamed
from codegen.expanding import needed, origins, read_later, resolve, shapes_of
from codegen.lazy import Lazy
from codegen.signs import Signs
from codegen.spoken import said_where_called
from codegen.target import target_of
from pivot.choosing import choices
from pivot.dims import Size
from pivot.forms import PlainFacts, Refused, expand_body
from pivot.network import Node
from pivot.op import Form, Kind, Op
from pivot.opset import OpSet
from pivot.reading.elaborate import Elaborated
from pivot.reading.frames import Frame
from pivot.reading.values import ParameterObject, TensorVersion
from pivot.shapes import ShapeError, infer
from pivot.slots import Operand

MAX_NESTING = 6


@dataclass(slots=True, eq=False)
class Step:
    """One op of the target.

    `origin` tells which parameter of the source's node a parameter repeats unchanged, or an operand (`@b`) that is a
    number.
    """

    op: Op
    form: Form
    kind: Kind
    params: dict[str, object]
    operands: dict[str, object]
    weights: dict[str, ParameterObject]
    results: tuple[TensorVersion, ...]
    origin: dict[str, str] = field(default_factory=dict)
    node: Node | None = None
    unused: frozenset[str] = frozenset()
    not_negative: frozenset[str] = frozenset()
    filled: Mapping[str, float] = field(default_factory=dict)  # weights that the source lacks, with all their numbers
    known: PlainFacts | None = field(default=None, init=False)  # of the first that asked
    words: dict[str, str] | None = field(default=None, init=False)  # what codecs write into its slots, likewise
    like: Step | None = field(default=None, init=False)  # the step of another node that differs in tensors alone

    def facts(self) -> PlainFacts:
        """What predicates and codecs may ask, in the source's axis numbers."""
        if self.known is None:
            types = {k: type_of(v) for k, v in self.operands.items()}
            types.update({k: p.type for k, p in self.weights.items() if k not in types})
            order = step_order(self.op, self.node) or source_order(self.node)
            self.known = PlainFacts(self.params, types, self.unused, self.not_negative, order)
        return self.known


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """One way to say a node: the steps, and a key that is equal for the same forms."""

    key: tuple[object, ...]
    steps: tuple[Step, ...]


@dataclass(slots=True, eq=False)
class Lowered:
    """A node with all ways to say it, the best first; `chosen` is settled per site."""

    node: Node
    plans: Sequence[Plan]
    why: str = ""
    chosen: Plan | None = None
    spoken: bool = False  # a layer that is said as a function where it is called
    best: Plan | None = None  # the first as it was found


def type_of(operand: object) -> object:
    """An operand as forms see it."""
    if isinstance(operand, TensorVersion):
        return operand.type
    if isinstance(operand, tuple):
        return tuple(type_of(o) for o in operand)
    return operand


def source_order(node: Node | None) -> dict[str, tuple[str, ...]]:
    """Axis letters of operands in the source's numbering, where its form has its own."""
    return dict(node.form.order) if node is not None and node.form is not None else {}


def step_order(op: Op, node: Node | None) -> dict[str, tuple[str, ...]]:
    """Axis letters of the operands and outputs of a step of a node in the source's numbering.

    Padding before a convolution keeps the convolution's: N C H W is stored as N H W C in both.
    """
    own = source_order(node)
    if node is None or node.op is None or op is node.op or not own:
        return own
    name = next(iter(own))
    plain = node.op.letters(name)
    if op.layout != "spatial" or node.op.layout != "spatial" or plain is None or "*" in plain:
        return {}
    if sorted(plain) != sorted(own[name]):
        return {}
    places = [plain.index(letter) for letter in own[name]]
    found: dict[str, tuple[str, ...]] = {}
    for other in (*op.inputs, *op.outputs):
        letters = op.letters(other)
        if letters is not None and len(letters) == len(places):
            found[other] = tuple(letters[place] for place in places)
    return found


def all_nodes(done: Elaborated) -> list[Node]:
    """Every node met in either mode and in arms on trial, in order of evaluation."""
    found: dict[int, tuple[int, Node]] = {}
    for visits in done.network.trace.visits.values():
        for visit in visits:
            if visit.made is not None and id(visit.made) not in found:
                found[id(visit.made)] = (visit.serial, visit.made)
    return [node for _, node in sorted(found.values(), key=lambda pair: pair[0])]


class Lowering:
    """Plans of all nodes of an elaboration for one target."""

    def __init__(
        self,
        done: Elaborated,
        framework: str,
        opset: OpSet,
        in_place: Callable[[Frame], bool] = lambda frame: False,
        layers: bool = False,
    ) -> None:
        """`in_place`: is a frame written from the network, so that functions can say what was a layer there?
        `layers`: is everything said by layers, where there are any?
        """
        self.layers = layers
        self.done = done
        self.in_place = in_place
        self.framework = framework
        self.opset = opset
        self.signs = Signs(done.network.trace)
        self.counter = 0
        self.choices: dict[object, Sequence[Form] | Refused] = {}
        self.known: dict[object, Lowered] = {}  # by all that plans depend on
        self.nodes: list[Node] = []
        self.consumed: set[str] = set()
        self.spoken: frozenset[int] = frozenset()
        self.lowered: dict[int, Lowered] = {}
        self.unapplied: dict[int, Lowered] = {}  # of stand-ins for layers that no mode applies
        self.asked: dict[int, tuple[object, ...]] = {}  # sizes that forms have asked for, by node, once they are noted
        self.take_new()

    def take_new(self) -> bool:
        """Lower the nodes that were met since; of the others those that are read now, or said in another way.

        Was there any?
        """
        known, before, spoken = {id(node) for node in self.nodes}, self.consumed, self.spoken
        self.nodes = all_nodes(self.done)
        self.consumed = consumed(self.done, self.nodes)
        self.spoken = spoken_nodes(self.nodes, self)
        changed = self.spoken ^ spoken
        found = False
        for node in self.nodes:
            read = any(r.id in self.consumed and r.id not in before for r in node.results)
            if id(node) in known and id(node) not in changed and not read:
                continue
            found = True
            self.signs.mark(node)
            if node.op is not None:
                self.lowered[id(node)] = self.lower(node)
        return found

    def unsettle(self) -> None:
        """Forget what was settled per site: the best plan of each node is chosen again."""
        for low in self.lowered.values():
            low.chosen = low.plans[0] if low.plans else None

    def forget(self) -> dict[int, Lowered]:
        """Forget all plans but what holds for any; what was lowered."""
        before, self.lowered, self.unapplied = self.lowered, {}, {}
        self.known.clear()
        self.choices.clear()
        return before

    def lower(self, node: Node) -> Lowered:
        """All plans of one node."""
        found = self.found(node)
        found.best = found.chosen
        return found

    def kind_of(self, node: Node) -> Kind:
        """As what a node is said."""
        assert node.op is not None
        if self.layers:
            return "layer"
        if self.in_place(node.frame) and node.op.layout in PLACING:
            return "function"
        return "layer" if node.module is not None else "function"

    def unread(self, node: Node) -> frozenset[str]:
        """The outputs of a node that nobody reads."""
        assert node.op is not None
        pairs = zip(node.op.outputs, node.results, strict=False)
        return frozenset(name for name, result in pairs if result.id not in self.consumed)

    def found(self, node: Node) -> Lowered:
        """All plans of one node, those of one like it where there was one."""
        kind, unused = self.kind_of(node), self.unread(node)
        if node.bound is not None and node.bound.unbatched:
            return self.lower_anew(node, kind, unused)
        facts = facts_of(self, node, kind, unused)
        if facts in self.known:
            return renamed(self, self.known[facts], node)
        made = self.known[facts] = self.lower_anew(node, kind, unused)
        return made

    def lower_anew(self, node: Node, kind: Kind, unused: frozenset[str]) -> Lowered:
        """All plans of a node like which none was before."""
        assert node.op is not None
        operands = {k: v for k, v in node.operands.items() if k not in node.weights}
        origin = {p: p for p in node.params}
        plans: Sequence[Plan] | Refused
        if node.bound is not None and node.bound.unbatched:
            from codegen.unbatched import plans_with_batch

            plans = plans_with_batch(self, node, kind, operands, origin, unused)
        else:
            plans = self.plans(
                node.op, kind, node.params, operands, node.weights, node.results, origin, node, unused, 0
            )
        if isinstance(plans, Refused):
            return Lowered(node, (), plans.why)
        if kind == "layer" and not self.in_place(node.frame):
            ways = plans
            plans = Lazy(plan for plan in ways if is_layer(plan, node))
            if id(node) in self.spoken and not any(s.form.kind == "layer" for plan in plans[:1] for s in plan.steps):
                said = self.plans(node.op, "function", node.params, operands, {}, node.results, origin, node, unused, 0)
                if not isinstance(said, Refused):
                    return Lowered(node, said, "", said[0], spoken=True)
            if not plans:
                return Lowered(node, (), f"{node.op.title} has several operands and no layer in the target")
        return Lowered(node, plans, "", plans[0])

    def plans(
        self,
        op: Op,
        kind: Kind,
        params: Mapping[str, object],
        operands: Mapping[str, object],
        weights: Mapping[str, ParameterObject],
        results: tuple[TensorVersion, ...],
        origin: Mapping[str, str],
        node: Node | None,
        unused: frozenset[str],
        depth: int,
        filled: Mapping[str, float] | None = None,
    ) -> Sequence[Plan] | Refused:
        """Every way to say one op, the best first. `filled`: weights of the target's layer that the source lacks."""
        if depth > MAX_NESTING:
            return Refused(f"the decomposition of {op.name} does not end")
        positive = frozenset(k for k, v in operands.items() if v is not None and self.signs.is_positive(v))
        known = {name: p for name, p in weights.items() if name not in TORCH_ONLY}
        draft = Step(op, None, kind, dict(params), dict(operands), known, results, dict(origin), node, unused, positive)  # type: ignore[arg-type]
        forms = self.forms(draft)
        if isinstance(forms, Refused):
            return forms
        reasons: list[str] = []
        found = Lazy(self.ways(draft, forms, depth, filled or {}, reasons))
        return found if found else Refused("; ".join(dict.fromkeys(reasons)))

    def ways(
        self, draft: Step, forms: Sequence[Form], depth: int, filled: Mapping[str, float], reasons: list[str]
    ) -> Iterator[Plan]:
        """The plans of a step, made one by one; `reasons` gets why a form is left out."""
        for form in forms:
            if form.kind == "layer" and any(draft.operands.get(name) is not None for name in form.weights):
                reasons.append(f"{form.name} has weights of its own")
                continue
            if form.kind == "function" and form.spelling != "body" and (draft.weights or filled):
                reasons.append(f"{form.name} is a function, which holds no weights")
                continue
            coded = coded_operand(form, draft.operands)
            if coded is not None:
                reasons.append(coded)
            elif form.spelling != "body":
                step = Step(
                    draft.op,
                    form,
                    form.kind,
                    dict(draft.params),
                    dict(draft.operands),
                    draft.weights,
                    draft.results,
                    dict(draft.origin),
                    draft.node,
                    draft.unused,
                    draft.not_negative,
                    filled,
                )
                yield Plan(((draft.op.name, same_text(form)),), (step,))
            else:
                made = self.expand(form, draft, depth)
                if isinstance(made, Plan):
                    yield made
                else:
                    reasons.append(made.why)

    def forms(self, draft: Step) -> Sequence[Form] | Refused:
        """All forms that can say a step; steps with equal facts are asked about once."""
        facts = draft.facts()
        asked = (facts.params, facts.operands, facts.order)
        key = (draft.op.name, draft.kind, draft.unused, draft.not_negative, *map(frozen, asked))
        if key not in self.choices:
            reasons: list[str] = []
            found = Lazy(choices(draft.op, self.framework, draft.kind, draft.params, facts, reasons))
            self.choices[key] = found if found else Refused("; ".join(dict.fromkeys(reasons)))
        return self.choices[key]

    def expand(self, form: Form, whole: Step, depth: int) -> Plan | Refused:
        """A decomposition as steps, each said by its own best form."""
        bound = expand_body(form, whole.params, whole.facts(), self.opset.ops)
        if isinstance(bound, Refused):
            return bound
        names: dict[str, object] = {**whole.params, **whole.operands}
        weights: dict[str, ParameterObject] = dict(whole.weights)
        steps: list[Step] = []
        keys: list[object] = [(form.op.name, form.index)]
        outputs = list(form.op.outputs)
        for index, (raw, item) in enumerate(zip(form.body, bound, strict=True)):
            operands: dict[str, object] = {}
            owned: dict[str, ParameterObject] = {}
            filled: dict[str, float] = {}
            for name, ref in item.operands.items():
                value = resolve(ref, names)
                if form.kind == "layer" and name in item.op.weights and isinstance(ref, (int, float)):
                    filled[name] = ref
                elif isinstance(ref, str) and ref in weights and name in item.op.weights:
                    owned[name] = weights[ref]
                else:
                    operands[name] = value
            if item.op is whole.op:
                owned = {**weights, **owned}
            origin = origins(raw.params, item.op is whole.op, whole.origin)
            origin.update(shapes_of(raw.params, whole))
            for name, ref in item.operands.items():
                if isinstance(ref, str) and ref in whole.origin and names.get(ref) is whole.params.get(ref):
                    origin[f"@{name}"] = whole.origin[ref]
            results = self.results_of(item.op, item.params, operands, owned, item.results, outputs, whole)
            if isinstance(results, Refused):
                return results
            names.update(zip(item.results, results, strict=False))
            unread = frozenset(
                name
                for name, result in zip(item.op.outputs, item.results, strict=False)
                if (result not in outputs or result in whole.unused) and not read_later(result, bound[index + 1 :])
            )
            holds_no_size = form.kind == "layer" and not owned and not filled and has_free_size(item.params.values())
            kind: Kind = "function" if holds_no_size else form.kind
            plans = self.plans(
                item.op, kind, item.params, operands, owned, results, origin, whole.node, unread, depth + 1, filled
            )
            if isinstance(plans, Refused):
                return plans
            steps.extend(plans[0].steps)
            keys.append(plans[0].key)
        return Plan(tuple(keys), tuple(needed(steps, whole)))

    def results_of(
        self,
        op: Op,
        params: Mapping[str, object],
        operands: Mapping[str, object],
        weights: Mapping[str, ParameterObject],
        names: tuple[str, ...],
        outputs: list[str],
        whole: Step,
    ) -> tuple[TensorVersion, ...] | Refused:
        """The values a step makes; those of the whole op are the node's own."""
        types = {k: type_of(v) for k, v in operands.items()}
        types.update({k: p.type for k, p in weights.items()})
        try:
            inferred = infer(op, params, types, step_order(op, whole.node) or None)
        except ShapeError as error:
            return Refused(f"{op.title}: {error}")
        if len(names) == 1 and names[0] in outputs and len(inferred) == len(whole.results):
            return whole.results  # a list of results under one name
        made: list[TensorVersion] = []
        for name, type_ in zip(names, inferred, strict=False):
            if name in outputs and outputs.index(name) < len(whole.results):
                made.append(whole.results[outputs.index(name)])
            else:
                self.counter += 1
                fresh = TensorVersion(f"s{self.counter}", type_)
                made.append(fresh)
                self.signs.follow(op, operands, fresh)
        return tuple(made)


def has_free_size(values: Iterable[object]) -> bool:
    """Is there a size among parameters that is known only when the program runs? No constructor can say it."""
    return any(
        has_free_size(value) if isinstance(value, (tuple, list)) else isinstance(value, Size) for value in values
    )


def same_text(form: Form) -> int:
    """The number of the first form spelled like this one: forms that differ in when they hold write one text."""
    if "same_text" not in form.cache:
        alike = (f for f in form.op.forms.get(form.framework, ()) if f.is_spelled_like(form))
        form.cache["same_text"] = next((f.index for f in alike), form.index)
    found = form.cache["same_text"]
    assert isinstance(found, int)
    return found


def is_layer(plan: Plan, node: Node) -> bool:
    """Can a plan be made once and applied later? Functions of several operands cannot."""
    operands = [value for value in node.operands.values() if value is not None]
    return len(operands) == 1 or all(step.form.kind == "layer" for step in plan.steps)


def coded_operand(form: Form, operands: Mapping[str, object]) -> str | None:
    """Why a form cannot take an operand that is given: it wants it through another op."""
    for slot in (*form.args, *form.apply):
        value = slot.value
        if isinstance(value, Operand) and value.codec is not None and operands.get(value.names[0]) is not None:
            return f"{form.name} takes {value.names[0]} through `{value.codec}`, which is not written yet"
    return None


PLACING = {"order", "permute"}  # layouts of ops that only place elements: an expression says them best
IDEMPOTENT = {"relu", "relu6"}  # ops that done twice in a row are done once
TORCH_ONLY = {"count"}  # a weight that PyTorch counts with and nobody else has


def consumed(done: Elaborated, nodes: list[Node]) -> set[str]:
    """Ids of values that somebody reads: nodes and outputs."""
    used = {(t.whole or t).id for node in nodes for t in node.tensors()}
    for run in done.network.runs.values():
        used.update((v.whole or v).id for v in run.outputs)
    return used


def spoken_nodes(nodes: list[Node], lowering: Lowering) -> frozenset[int]:
    """The ids of nodes of layers that may be said where they are called."""
    return said_where_called(nodes) if target_of(lowering.framework).builds_early else frozenset()


def applied_nodes(nodes: list[Node]) -> dict[int, list[Node]]:
    """Nodes by the module that was applied."""
    found: dict[int, list[Node]] = {}
    for node in nodes:
        if node.module is not None:
            found.setdefault(id(node.module), []).append(node)
    return found
