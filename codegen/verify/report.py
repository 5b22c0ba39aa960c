"""The outcome of a verification as values, as report.json, and the words that sum it up."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codegen.verify.comparison import GATE
from codegen.verify.html import page
from pivot.atomic import write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from codegen.verify.batches import Batches
    from codegen.verify.plan import Place, StaticResult
    from codegen.verify.training import TrainingResult


def json_number(value: float) -> float | None:
    """JSON has no infinity: null stands for "cannot be compared"."""
    return value if math.isfinite(value) else None


@dataclass(frozen=True, slots=True)
class NodeResult:
    """One node computed by both sides; `largest` is max|value| of the source."""

    id: str
    op: str
    path: str
    source: Place | None
    target: Place | None
    error: float
    largest: float
    why: str | None = None

    def as_json(self) -> dict[str, object]:
        """The record of report.json."""
        return {
            "id": self.id,
            "op": self.op,
            "path": self.path,
            "source": self.source.as_json() if self.source else None,
            "target": self.target.as_json() if self.target else None,
            "error": json_number(self.error),
            "max": self.largest,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class OutputResult:
    """One output, the worst over all passes; shape in the source's axis order."""

    name: str
    error: float
    shape: tuple[int, ...]
    why: str | None = None

    def as_json(self) -> dict[str, object]:
        """The record of report.json."""
        return {"name": self.name, "error": json_number(self.error), "shape": list(self.shape), "why": self.why}


@dataclass(frozen=True, slots=True)
class Numbers:
    """One number format: outputs, nodes in topological order, and the largest error of both."""

    outputs: tuple[OutputResult, ...] = ()
    nodes: tuple[NodeResult, ...] = ()

    @property
    def worst(self) -> float:
        """0 when there is nothing."""
        errors = [output.error for output in self.outputs] + [node.error for node in self.nodes]
        return max(errors, default=0.0)

    def as_json(self, gate: float | None) -> dict[str, object]:
        """`gate`: null where the format does not decide."""
        return {
            "outputs": [output.as_json() for output in self.outputs],
            "nodes": [node.as_json() for node in self.nodes],
            "worst": json_number(self.worst),
            "gate": gate,
        }


@dataclass(frozen=True, slots=True)
class PassResult:
    """One forward pass on both sides. `error`: None where the source itself refuses these inputs."""

    name: str
    batch: int | None
    error: float | None
    why: str | None = None

    def as_json(self) -> dict[str, object]:
        """The record of report.json."""
        error = None if self.error is None else json_number(self.error)
        return {"name": self.name, "batch": self.batch, "error": error, "why": self.why}


@dataclass(frozen=True, slots=True)
class GradientResult:
    """Gradients of all parameters and inputs together; `error` None: not compared, `why` says why."""

    error: float | None
    parameters: int
    why: str | None = None

    def as_json(self) -> dict[str, object]:
        """The record of report.json."""
        error = None if self.error is None else json_number(self.error)
        return {"error": error, "parameters": self.parameters, "why": self.why}


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The symbolic build; shapes in target order, None = free."""

    ok: bool
    inputs: tuple[tuple[int | None, ...], ...]
    why: str | None = None

    def as_json(self) -> dict[str, object]:
        """The record of report.json."""
        return {"ok": self.ok, "inputs": [list(shape) for shape in self.inputs], "why": self.why}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a verification found out. `why`: one line when it is not equal.

    `raised`: the program names float32 somewhere, and was compared with float64 in its place on both sides.
    """

    equal: bool
    source: Mapping[str, object]
    target: Mapping[str, object]
    static: StaticResult | None = None
    build: BuildResult | None = None
    float64: Numbers = field(default_factory=Numbers)
    float32: Numbers = field(default_factory=Numbers)
    passes: tuple[PassResult, ...] = ()
    batches: Batches | None = None
    gradients: GradientResult | None = None
    training: TrainingResult | None = None
    constants: tuple[str, ...] = ()
    raised: bool = False
    first_difference: NodeResult | OutputResult | None = None
    why: str | None = None
    parameters: int = 0
    seconds: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The content of report.json."""
        static = self.static
        return {
            "version": 1,
            "equal": self.equal,
            "why": self.why,
            "static": {"equal": static.equal, "nodes": static.nodes, "why": static.why} if static else None,
            "build": self.build.as_json() if self.build else None,
            "numbers": {
                "float64": self.float64.as_json(GATE),
                "float32": self.float32.as_json(None),
                "passes": [one.as_json() for one in self.passes],
                "batches": self.batches.as_json() if self.batches else None,
                "gradients": self.gradients.as_json() if self.gradients else None,
                "training": self.training.as_json() if self.training else None,
                "constants": list(self.constants),
                "raised": self.raised,
                "first_difference": self.first_difference.as_json() if self.first_difference else None,
            },
            "source": dict(self.source),
            "target": dict(self.target),
            "parameters": self.parameters,
            "seconds": round(self.seconds, 2),
            "versions": dict(self.versions),
        }

    def sentence(self) -> str:
        """The verdict in one sentence."""
        if self.equal:
            extra = " up to constants that TensorFlow keeps in float32" if self.constants else ""
            kind = "float64, which stands for float32 where the program names it" if self.raised else "float64"
            text = f"Both sides compute the same{extra}: largest relative error {self.float64.worst:.1e} in {kind}"
            trained = self.training.error if self.training is not None else None
            return f"{text}." if trained is None else f"{text}, {trained:.1e} in training."
        return f"Not proven equal: {self.why or 'the numbers differ'}."

    def lines(self) -> list[str]:
        """The verdict for people: the sentence, and for which batches it was found."""
        return [self.sentence(), *([f"  {self.batches.line()}"] if self.batches else [])]


def write_report(report: Report, directory: Path) -> None:
    """report.json and report.html into `directory`. Raises OSError."""
    record = report.as_json()
    write_atomic(directory / "report.json", json.dumps(record, indent=1).encode())
    write_atomic(directory / "report.html", page(record, report.sentence()).encode())
