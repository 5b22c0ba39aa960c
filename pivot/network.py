"""The network: what the program is on one configuration. Frozen facts, made only by elaboration."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pivot.forms import Bound
    from pivot.opset import Form, Op
    from pivot.problems import Problem
    from pivot.reading.frames import Frame
    from pivot.reading.modules import ModuleObject
    from pivot.reading.spelled import Spelled
    from pivot.reading.trace import Trace
    from pivot.reading.values import ParameterObject, TensorVersion, Value

Operand = object  # TensorVersion | tuple[TensorVersion | number, ...] | int | float | bool | Size | None


@dataclass(slots=True, eq=False, repr=False)
class Node:
    """One op met in one or both modes. `params` are pivot values on the source's own axis numbers."""

    id: str
    op: Op | None  # None: unmapped
    form: Form | None
    params: dict[str, object]
    operands: dict[str, Operand]
    weights: dict[str, ParameterObject]
    results: tuple[TensorVersion, ...]
    module: ModuleObject | None  # the library layer that was applied
    site: ast.AST
    file: str
    frame: Frame
    modes: set[str] = field(default_factory=set)
    bound: Bound | None = None
    owner: ModuleObject | None = None  # the user module in whose forward this stands
    index: int = 0  # n-th application of `module`
    why: str = ""  # unmapped: the reason
    text: str = ""
    making: Value | None = None
    params_from: dict[str, Value] = field(default_factory=dict)  # parameter -> the value it was given as
    spelled: Spelled | None = None  # unmapped: the call as a form would read it
    waits: str = ""  # unmapped: the unmapped call that its shapes hang on
    stopped: bool = False  # unmapped: the target is to stop here, as was decided

    def tensors(self) -> Iterator[TensorVersion]:
        """The tensor operands, in order."""
        for operand in self.operands.values():
            for item in operand if isinstance(operand, tuple) else (operand,):
                if hasattr(item, "type"):
                    yield item


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the network: name, the value it enters as, and the parameter that takes it in a tuple."""

    name: str
    value: TensorVersion
    group: str | None = None


@dataclass(slots=True)
class Run:
    """One forward pass: the nodes in order of evaluation, inputs and outputs (flattened, with names and structure)."""

    mode: str
    inputs: tuple[Input, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[TensorVersion, ...]
    output_names: tuple[str, ...]
    structure: object


@dataclass(slots=True)
class Network:
    """An elaborated program. `nodes` holds both modes merged by site, in order of evaluation."""

    root: ModuleObject
    entry: str
    runs: Mapping[str, Run]
    nodes: tuple[Node, ...]
    modules: tuple[ModuleObject, ...]
    parameters: tuple[ParameterObject, ...]
    trace: Trace
    guards: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    fixed: Mapping[str, int] = field(default_factory=dict)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The inputs of evaluation."""
        return self.runs["eval"].inputs

    @property
    def outputs(self) -> tuple[TensorVersion, ...]:
        """The outputs of evaluation, flattened."""
        return self.runs["eval"].outputs

    @property
    def unmapped(self) -> tuple[Node, ...]:
        """The nodes that no op file reads."""
        return tuple(n for n in self.nodes if n.op is None)
