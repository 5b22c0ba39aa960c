"""What a verification is asked to do: facts about both programs, inputs, weights and the nodes to compare.

Nothing here runs anything; `codegen.verify.verify.verify(plan, directory, progress)` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from codegen.weights.arrays import Array

Mode = Literal["eval", "train"]
WeightCarrier = Callable[[Mapping[str, "Array"]], Mapping[str, "Array"]]
"""state_dict names -> arrays of the source  ->  h5 dataset paths ("conv1/vars/0") -> arrays of the target.

It must be linear in the arrays (transposes, regroupings, sums) but for constants (a scale of ones): the gradient check
relies on it.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A piece of program text; lines and columns count from 1, the end column is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def as_json(self) -> dict[str, object]:
        """The SPAN record of the picture and of report.json."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "end_line": self.end_line,
            "end_column": self.end_column,
        }


@dataclass(frozen=True, slots=True)
class Probe:
    """Where a worker records a tensor.

    `name` is a module (torch) or object (keras) path such as "layer1.0.conv1" / "layer1.layers[0].conv1", the root
    being "", or, when `site` is true, the key that the instrumented text gives to `__pivot_record__(key, value)`.
    `call` counts the executions of that module or site in one forward pass from 0; `output` is the place in the
    flattened result.
    """

    name: str
    call: int = 0
    output: int = 0
    site: bool = False

    @property
    def key(self) -> str:
        """The key under which both workers store what they recorded."""
        return f"{'@' if self.site else ''}{self.name}#{self.call}.{self.output}"


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """How a worker builds the source model.

    `path`: the file that holds the model; `root`: folder to put on sys.path; `module`: dotted name when the file is
    a member of a package below `root` (relative imports), else None: then only the statements that `model` needs are
    executed. `model`: the expression, as `--model` has it ("Net(3)", "model@1", "GAN.build_generator()").
    `bind`: names the file leaves open -> expression text ("self.channels" -> "1"). `texts`: absolute path -> text to
    execute instead of the file's (instrumented with `__pivot_record__`). `search`: further folders for sys.path.
    `mode`: the parameter by which the call of a Keras model is told its mode.
    """

    path: str
    root: str
    module: str | None
    model: str
    bind: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    search: tuple[str, ...] = ()
    framework: str = "torch"
    mode: str = "training"


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """How a worker builds the generated model: `path` of the written file, `model` the expression evaluated in it.

    `texts`: path -> instrumented text executed instead (line numbers must not matter to it).
    """

    path: str
    model: str
    texts: Mapping[str, str] = field(default_factory=dict)
    framework: str = "keras"


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One input in SOURCE axis order: `shape` are the hints, `symbols` the free sizes (None = fixed by the source).

    A symbol is the text of the size ("N", "2*N"). Floats are drawn from a normal distribution, integers uniformly
    from low <= v < high, bools evenly. `keyword`: given by this name, else by position.
    `source_axes`/`target_axes`: axis letters with blanks ("N C H W"), None when both sides are in one order.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    symbols: tuple[str | None, ...] = ()
    low: int = 0
    high: int = 2
    keyword: bool = False
    source_axes: str | None = None
    target_axes: str | None = None
    whole: bool = False
    """Floats that an embedding takes: whole numbers below `high`."""
    group: str | None = None
    """The parameter that takes this input and the others of its group as one tuple."""


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """One flattened output, in the order of the source's result."""

    name: str
    source_axes: str | None = None
    target_axes: str | None = None


@dataclass(frozen=True, slots=True)
class MatchedNode:
    """One node computed by both sides, in topological order.

    `order`: target.transpose(order) has the source's axis order; None when they agree.
    """

    id: str
    op: str
    path: str
    source_key: Probe
    target_key: Probe
    order: tuple[int, ...] | None = None
    source: Place | None = None
    target: Place | None = None


@dataclass(frozen=True, slots=True)
class StaticResult:
    """The outcome of reading the written text back, decided before any framework ran."""

    equal: bool
    nodes: int
    why: str | None = None


@dataclass(frozen=True, slots=True)
class VerificationPlan:
    """Everything `verify` needs. `weights`: the given checkpoint (state_dict names -> arrays), or None: random ones.

    `modes`: which forward passes are compared. `gradients`: also compare the parameter and input gradients (eval).
    `batch`: the symbol of the batch size, varied between draws, or None.
    """

    source: SourceFacts
    target: TargetFacts
    inputs: tuple[InputSpec, ...]
    outputs: tuple[OutputSpec, ...]
    carrier: WeightCarrier
    nodes: tuple[MatchedNode, ...] = ()
    static: StaticResult | None = None
    weights: Mapping[str, Array] | None = None
    parameters: int = 0
    modes: tuple[Mode, ...] = ("eval",)
    train_outputs: tuple[OutputSpec, ...] | None = None
    """Outputs in training, where they are others: auxiliary heads."""
    dropout: bool = True
    """Can dropout be compared? Not where PyTorch drops inside a recurrent layer, out of reach."""
    gradients: bool = True
    batch: str | None = "N"
    draws: int = 3
    seed: int = 0
    limit_s: float = 300.0
    python: str | None = None
    """Interpreter of the workers; None: the one that runs this."""


def call_places(inputs: Sequence[InputSpec]) -> tuple[list[int | list[int]], dict[str, int | list[int]]]:
    """What a model is called with, as places of inputs: by position, by keyword; those of a group are a list."""
    places: list[int | list[int]] = []
    named: dict[str, int | list[int]] = {}
    for place, spec in enumerate(inputs):
        first = next(number for number, other in enumerate(inputs) if other.group == spec.group)
        if spec.group is not None and first != place:
            continue
        together = [number for number, other in enumerate(inputs) if other.group == spec.group]
        taken = place if spec.group is None else together
        if spec.keyword:
            named[spec.group or spec.name] = taken
        else:
            places.append(taken)
    return places, named


def permutation(source_axes: str | None, target_axes: str | None) -> tuple[int, ...] | None:
    """P with target = source.transpose(P): ("N C H W", "N H W C") -> (0, 2, 3, 1); None when nothing moves."""
    if source_axes is None or target_axes is None:
        return None
    source, target = source_axes.split(), target_axes.split()
    if source == target or sorted(source) != sorted(target):
        return None
    return tuple(source.index(letter) for letter in target)


def inverse(order: Sequence[int]) -> tuple[int, ...]:
    """The permutation that undoes `order`."""
    return tuple(sorted(range(len(order)), key=lambda place: order[place]))
