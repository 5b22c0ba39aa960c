"""Axes that attributes and parameters say stay theirs, where tensors are stored as the source counts them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Call = Callable[..., str]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("x.mean(self.dim, keepdim=True)", "ops.mean(x, axis=self.dim, keepdims=True)"),
        ("torch.softmax(x, dim=self.dim)", "ops.softmax(x, axis=self.dim)"),
        ("torch.cat([x, x], self.dim)", "ops.concatenate([x, x], axis=self.dim)"),
        ("x.chunk(2, dim=self.dim)[0]", "ops.split(x, 2, axis=self.dim)[0]"),
        ("x.unsqueeze(self.dim)", "ops.expand_dims(x, axis=self.dim)"),
        ("F.normalize(x, dim=self.dim)", "ops.norm(x, axis=self.dim, keepdims=True)"),
        ("x.mean((1, 2))", "ops.mean(x, axis=(1, 2))"),
        ("torch.stack([x, x], -1)", "ops.stack([x, x], axis=-1)"),
        ("x.sum(-2)", "ops.sum(x, axis=-2)"),
        ("torch.softmax(x, -1)", "return ops.softmax(x)"),
    ],
)
def test_an_axis_that_an_attribute_says(call: Call, source: str, target: str) -> None:
    made = call("self.dim = dim", f"return {source}", "2x4x6", signature="dim=-1")
    assert target in made


def test_pieces_whose_places_depend_on_the_axis_are_cut_along_the_one_of_this_configuration(call: Call) -> None:
    made = call("self.dim = dim", "return x.chunk(2, dim=self.dim)[0]", "2x4x5", signature="dim=-1")
    assert "self.dim" not in made


def test_where_tensors_are_stored_otherwise_the_place_is_written(call: Call) -> None:
    init = "self.dim, self.m = dim, nn.Conv2d(4, 8, 3)"
    made = call(init, "return torch.softmax(self.m(x), dim=self.dim)", "2x4x6x6", signature="dim=1")
    assert made == "return ops.softmax(self.m(x))"
