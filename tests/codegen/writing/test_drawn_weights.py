"""What PyTorch draws in place of a Keras initialiser: the same bounds and the same deviation."""

from __future__ import annotations

import ast
import math
from typing import Any

import pytest

from codegen.torch.target import TRUNCATED
from codegen.writing import nodes
from codegen.writing.drawn_weights import drawn
from pivot.reading.keras_starts import Described, scale_by

pytestmark = pytest.mark.frameworks
torch = pytest.importorskip("torch")

KINDS: list[Described] = [
    ("variance", scale, mode, distribution)
    for scale in (1.0, 2.0, 0.5)
    for mode in ("fan_in", "fan_out", "fan_avg")
    for distribution in ("uniform", "truncated_normal", "untruncated_normal")
]


def tensor_of(shape: tuple[int, ...], said: Described) -> Any:
    """What the written expression gives."""
    made = drawn([nodes.literal(size) for size in shape], len(shape), said)
    assert made is not None
    names: dict[str, Any] = {"torch": torch, "math": math}
    exec(TRUNCATED, names)
    torch.manual_seed(0)
    return eval(ast.unparse(ast.fix_missing_locations(ast.Expression(made))), names)


@pytest.mark.parametrize("shape", [(50, 400), (3, 3, 20, 80), (20_000,)])
@pytest.mark.parametrize("said", KINDS)
def test_a_variance_is_scaled_by_keras_fans(shape: tuple[int, ...], said: Described) -> None:
    _, scale, mode, distribution = said
    weight = tensor_of(shape, said)
    assert tuple(weight.shape) == shape
    deviation = math.sqrt(float(str(scale)) / scale_by(shape, str(mode)))
    assert weight.std().item() == pytest.approx(deviation, rel=0.03)
    most = weight.abs().max().item()
    if distribution == "uniform":
        assert most == pytest.approx(math.sqrt(3) * deviation, rel=0.01)
    elif distribution == "truncated_normal":
        assert most == pytest.approx(2 * deviation / 0.8796, rel=0.01)
    else:
        assert most > 3 * deviation


def test_a_truncated_normal_is_cut_at_two_deviations() -> None:
    assert tensor_of((100, 300), ("truncated", 1.0, 0.02)).max().item() == pytest.approx(1.04, abs=1e-3)


@pytest.mark.parametrize("said", [("orthogonal", 1.0), ("identity", 1.0)])
def test_what_pytorch_flattens_otherwise_has_no_word(said: Described) -> None:
    assert drawn([nodes.literal(3)] * 3, 3, said) is None


def test_sizes_that_stand_for_several_are_multiplied() -> None:
    sizes: list[ast.expr] = [ast.Starred(nodes.name("self.size"), ast.Load()), nodes.name("n"), nodes.name("m")]
    made = drawn(sizes, 4, ("variance", 2.0, "fan_in", "uniform"))
    assert made is not None
    assert "math.sqrt(6 / (math.prod(self.size) * n))" in ast.unparse(made)
    sizes = [nodes.name("n"), ast.Starred(nodes.name("self.size"), ast.Load())]
    assert drawn(sizes, 4, ("variance", 2.0, "fan_in", "uniform")) is None  # which size is the last is not said
