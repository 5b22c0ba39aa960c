"""PyTorch's own samples of its modules and functionals, each as a small model in source text.

`samples(limit)` gives them, at most `limit` per operation; those that no model can say carry the reason in `left_out`.
"""

from __future__ import annotations

import inspect
import math
import re
import sys
import types
import unittest
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

HEAD = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n\nclass M(nn.Module):\n"
LOSSES = re.compile(r"loss|cross_entropy|kl_div")
OWNED = re.compile(r"(\w+_)?(weight|bias)(_[kv]|[12])?$")
BUFFERS = re.compile(r"running_")
RANDOM = re.compile(r"dropout|rrelu|gumbel|fractional|Fractional|Dropout|RReLU")
MANY = 64
"""Up to so many numbers of a constructor's tensor are written as a literal."""


class Unsayable(Exception):
    """A sample has no source text; the text says why."""


@dataclass(slots=True)
class Sample:
    """One call: `text` is a file with a class M; `inputs` are NumPy arrays; `state` fills parameters by name."""

    op: str
    number: int
    text: str = ""
    specs: tuple[str, ...] = ()
    inputs: tuple[np.ndarray[Any, Any], ...] = ()
    state: dict[str, Any] = field(default_factory=dict)
    left_out: str | None = None

    @property
    def name(self) -> str:
        """`nn.Conv2d/3`."""
        return f"{self.op}/{self.number}"


@dataclass(slots=True)
class Text:
    """What is gathered while a call is turned into text."""

    inputs: list[Any] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)

    def take(self, value: Any) -> str:
        """A tensor as an input of forward."""
        check(value)
        self.inputs.append(value)
        return f"x{len(self.inputs) - 1}"

    def own(self, name: str, value: Any, buffer: bool) -> str:
        """A tensor as a parameter or buffer of the model."""
        check(value)
        import torch

        kind = "" if value.dtype == torch.float64 else f", dtype={value.dtype}"
        empty = f"torch.empty({', '.join(map(str, value.shape)) or '()'}{kind})"
        line = f'self.register_buffer("{name}", {empty})' if buffer else f"self.{name} = nn.Parameter({empty})"
        self.made.append(line)
        self.state[name] = value
        return f"self.{name}"

    def argument(self, value: Any) -> str:
        """An argument of a call in forward: tensors become inputs, everything else a literal."""
        import torch

        if isinstance(value, torch.Tensor):
            return self.take(value)
        if isinstance(value, (tuple, list)) and any(isinstance(item, torch.Tensor) for item in value):
            items = [self.argument(item) for item in value]
            return f"[{', '.join(items)}]" if isinstance(value, list) else f"({', '.join(items)},)"
        return literal(value)


def check(tensor: Any) -> None:
    """Refuse tensors that no input specification can say."""
    if tensor.is_sparse or tensor.is_complex():
        raise Unsayable("sparse or complex tensors")
    if tensor.numel() == 0:
        raise Unsayable("an empty tensor")


def literal(value: Any) -> str:
    """A value as source text. Raises Unsayable."""
    import torch

    if value is None or isinstance(value, (bool, int, str)):
        return repr(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f'float("{value}")'
    if isinstance(value, torch.dtype):
        return str(value)
    if isinstance(value, (tuple, list)):
        items = ", ".join(literal(item) for item in value)
        return f"[{items}]" if isinstance(value, list) else f"({items}{',' * (len(value) == 1)})"
    if isinstance(value, torch.Tensor):
        check(value)
        if value.numel() > MANY:
            raise Unsayable("a constructor takes a long tensor")
        kind = "" if value.is_floating_point() else f", dtype={value.dtype}"
        return f"torch.tensor({literal(value.tolist())}{kind})"
    if isinstance(value, torch.nn.Module) and hasattr(value, "said"):
        return str(value.said)
    if value is torch.nn.functional.gelu or value is torch.nn.functional.relu:
        return f"F.{value.__name__}"
    raise Unsayable(f"an argument that is a {type(value).__name__}")


def write(text: Text, layer: str | None, call: str) -> str:
    """The source of a model that returns `call`."""
    lines = ["    def __init__(self):", "        super().__init__()"]
    lines += [f"        {line}" for line in text.made]
    if layer is not None:
        lines.append(f"        self.layer = {layer}")
    names = ", ".join(f"x{place}" for place in range(len(text.inputs)))
    return HEAD + "\n".join([*lines, "", f"    def forward(self, {names}):", f"        return {call}", ""])


def specification(tensor: Any) -> str:
    """`2x3:int64<5`, as --input has it."""
    shape = "x".join(map(str, tensor.shape)) or "scalar"
    if tensor.is_floating_point():
        return shape
    kind = str(tensor.dtype).removeprefix("torch.")
    return f"{shape}:{kind}" + ("" if kind == "bool" else f"<{max(int(tensor.max()) + 1, 1)}")


def finished(op: str, number: int, text: Text, layer: str | None, call: str) -> Sample:
    """A sample with everything that running it needs."""
    if not text.inputs:
        raise Unsayable("nothing is given but numbers")
    return Sample(
        op,
        number,
        write(text, layer, call),
        tuple(specification(tensor) for tensor in text.inputs),
        tuple(tensor.detach().numpy().copy() for tensor in text.inputs),
        {name: value.detach().clone() for name, value in text.state.items()},
    )


def joined(args: Sequence[str], kwargs: Mapping[str, str]) -> str:
    """Arguments of a call as text."""
    return ", ".join([*args, *(f"{name}={value}" for name, value in kwargs.items())])


def of_module(op: str, number: int, name: str, given: Any) -> Sample:
    """A sample of a module: `self.layer = nn.X(...)`, then called. Raises Unsayable."""
    text = Text()
    made = given.constructor_input
    layer = f"{name}({joined([literal(a) for a in made.args], {k: literal(v) for k, v in made.kwargs.items()})})"
    call = given.forward_input
    args = [text.argument(a) for a in call.args]
    kwargs = {k: text.argument(v) for k, v in call.kwargs.items()}
    if RANDOM.search(op):
        raise Unsayable("random numbers decide the result")
    return finished(op, number, text, layer, f"self.layer({joined(args, kwargs)})")


def of_function(op: str, number: int, name: str, names: Sequence[str], given: Any) -> Sample:
    """A sample of a functional; tensors that are called weight or bias belong to the model. Raises Unsayable."""
    text = Text()
    if given.kwargs.get("training") is True or (len(given.args) > 8 and "training" in names and given.args[8] is True):
        raise Unsayable("the training mode" if not RANDOM.search(op) else "random numbers decide the result")
    if "dropout" in op and given.kwargs.get("training") is None:
        raise Unsayable("random numbers decide the result")
    if re.search("fractional|gumbel", op) or ("scaled_dot" in op and given.kwargs.get("dropout_p")):
        raise Unsayable("random numbers decide the result")

    def one(place: str | None, value: Any) -> str:
        if place is not None and hasattr(value, "shape") and (OWNED.match(place) or BUFFERS.match(place)):
            return text.own(place, value, bool(BUFFERS.match(place) or LOSSES.search(op)))
        return text.argument(value)

    values = [given.input, *given.args]
    args = [one(names[place] if place < len(names) else None, value) for place, value in enumerate(values)]
    kwargs = {k: one(k, v) for k, v in given.kwargs.items()}
    return finished(op, number, text, None, f"{name}({joined(args, kwargs)})")


def parts(given: Any) -> str:
    """What makes a sample different from others: everything but the numbers in tensors."""
    import torch

    def shown(value: Any) -> str:
        if isinstance(value, torch.Tensor):
            return f"T{value.dim()}{value.dtype}" + ("0" if value.numel() == 0 else "")
        if isinstance(value, (tuple, list)):
            return f"[{', '.join(map(shown, value))}]"
        if isinstance(value, Mapping):
            return ", ".join(f"{key}={shown(item)}" for key, item in value.items())
        return type(value).__name__ if isinstance(value, torch.nn.Module) else repr(value)

    if hasattr(given, "constructor_input"):
        made, call = given.constructor_input, given.forward_input
        pieces = [made.args, made.kwargs, call.args, call.kwargs] if call is not None else [made.args, made.kwargs]
    else:
        pieces = [given.input, given.args, given.kwargs]
    return "; ".join(map(shown, pieces))


def spread(given: Sequence[Any], limit: int) -> list[tuple[int, Any]]:
    """At most `limit` samples that differ, evenly from the first to the last, with their numbers."""
    distinct: dict[str, tuple[int, Any]] = {}
    for number, item in enumerate(given):
        distinct.setdefault(parts(item), (number, item))
    found = list(distinct.values())
    if len(found) <= limit:
        return found
    return [found[round(place * (len(found) - 1) / (limit - 1))] for place in range(limit)]


def samples(limit: int, only: str) -> Iterator[Sample]:
    """Samples of every module and functional whose name matches, made for a CPU, float64 and evaluation."""
    warnings.simplefilter("ignore")
    import torch

    stand_in = types.ModuleType("expecttest")  # a test framework that the sample tables import and do not use
    stand_in.TestCase = unittest.TestCase  # type: ignore[attr-defined]
    sys.modules.setdefault("expecttest", stand_in)
    from torch.testing._internal.common_methods_invocations import op_db
    from torch.testing._internal.common_modules import module_db

    torch.manual_seed(0)
    remember_arguments()
    for info in module_db:
        op = info.name.removeprefix("torch.")
        if not re.search(only, op) or not op.startswith("nn."):
            continue
        given = list(
            info.module_inputs_func(info, device="cpu", dtype=torch.float64, requires_grad=False, training=False)
        )
        for number, item in spread(given, limit):
            yield said(op, number, lambda op=op, number=number, item=item: of_module(op, number, op, item))
    for info in op_db:
        if not info.name.startswith("nn.functional."):
            continue
        op = info.name + (f"[{info.variant_test_name}]" if info.variant_test_name else "")
        if not re.search(only, op):
            continue
        if torch.float64 not in info.dtypes and info.name != "nn.functional.one_hot":
            yield Sample(op, 0, left_out="no float64")
            continue
        function = info.name.removeprefix("nn.functional.")
        dtype = torch.float64 if torch.float64 in info.dtypes else torch.int64
        given = list(info.sample_inputs("cpu", dtype, requires_grad=False))
        names = parameter_names(function)
        for number, item in spread(given, limit):
            yield said(
                op,
                number,
                lambda op=op, number=number, item=item, names=names, function=function: of_function(
                    op, number, f"F.{function}", names, item
                ),
            )


def said(op: str, number: int, make: Any) -> Sample:
    """The sample, or why it is left out."""
    try:
        made: Sample = make()
    except Unsayable as no:
        return Sample(op, number, left_out=str(no))
    return made


def parameter_names(function: str) -> list[str]:
    """Names of a functional's arguments; built-in functions say them in their documentation."""
    import torch

    found = getattr(torch.nn.functional, function, None)
    try:
        return list(inspect.signature(found).parameters)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        match = re.search(rf"{function}\(([^)]*)\)", found.__doc__ or "")
        return [part.partition("=")[0].strip() for part in match[1].split(",") if part.strip() != "*"] if match else []


def remember_arguments() -> None:
    """Layers that are handed to other layers remember how they were made."""
    import torch

    for name in ("TransformerEncoderLayer", "TransformerDecoderLayer"):
        kind = getattr(torch.nn, name)
        made = kind.__init__

        def remember(self: Any, *args: Any, made: Any = made, name: str = name, **kwargs: Any) -> None:
            made(self, *args, **kwargs)
            self.said = f"nn.{name}({joined([literal(a) for a in args], {k: literal(v) for k, v in kwargs.items()})})"

        kind.__init__ = remember
