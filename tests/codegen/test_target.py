"""Targets: found by name, and what each writes for the same wish."""

from __future__ import annotations

import ast
from typing import get_args

import pytest

from codegen.target import Kind, target_of

X = ast.Name("x", ast.Load())


@pytest.mark.parametrize("framework", ["keras", "torch"])
def test_a_target_is_found_by_its_name_and_names_every_kind(framework: str) -> None:
    target = target_of(framework)
    assert target.framework == framework
    named = {*target.bases, *target.names}
    assert named == set(get_args(Kind))
    assert set(target.kinds.values()) <= named
    assert target.safe(next(iter(target.reserved))).endswith("_")


def text(node: ast.expr) -> str:
    return ast.unparse(ast.fix_missing_locations(ast.Expression(node)))


@pytest.mark.parametrize(
    ("framework", "wanted"),
    [
        (
            "keras",
            [
                "keras.ops.shape(x)[-1]", "x.shape[0]", "keras.ops.transpose(x, (0, 2, 1))",
                "keras.ops.reshape(x, (-1, 4))", "keras.ops.take(x, i, axis=1)", "keras.Sequential([a, b])",
                "keras.layers.Permute((2, 1))", "keras.layers.Lambda(lambda x: x)",
            ],
        ),
        (
            "torch",
            [
                "x.shape[-1]", "x.shape[0]", "x.permute(0, 2, 1)", "x.reshape(-1, 4)", "x[:, i]",
                "torch.nn.Sequential(a, b)", "Lambda(lambda x: x.permute(0, 2, 1))", "Lambda(lambda x: x)",
            ],
        ),
    ],
)  # fmt: skip
def test_each_target_has_its_own_spelling(framework: str, wanted: list[str]) -> None:
    target = target_of(framework)
    shape = ast.Tuple([ast.UnaryOp(ast.USub(), ast.Constant(1)), ast.Constant(4)], ast.Load())
    layers = ast.List([ast.Name("a", ast.Load()), ast.Name("b", ast.Load())], ast.Load())
    made = [
        target.size(X, -1),
        target.size(X, 0, static=True),
        target.transpose(X, (0, 2, 1)),
        target.reshape(X, shape),
        target.take(X, ast.Name("i", ast.Load()), 1),
        target.row(layers),
        target.permute_layer((0, 2, 1)),
        target.function_layer(X),
    ]
    assert [text(node) for node in made] == wanted
