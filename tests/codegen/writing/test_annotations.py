"""Annotations: Python's own stay, the source framework's get their counterpart, the rest goes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Net = Callable[..., str]

BEFORE = "from typing import Dict, List, Optional, Tuple, Union\n\nfrom torch import Tensor, device\n\n\n"


@pytest.mark.parametrize(
    ("annotation", "target"),
    [
        ("int", "int"),
        ("str | None", "str | None"),
        ("List[int]", "List[int]"),
        ("Tuple[int, ...]", "Tuple[int, ...]"),
        ("Optional[Tensor]", "Optional[keras.KerasTensor]"),
        ("torch.Tensor", "keras.KerasTensor"),
        ("Dict[str, torch.Tensor]", "Dict[str, keras.KerasTensor]"),
        ("'Optional[Tensor]'", "Optional[keras.KerasTensor]"),
        ("nn.Module", "layers.Layer"),
        ("nn.ModuleList", "list"),
        ("nn.Conv2d", "layers.Layer"),
        ("Union[nn.Sequential, None]", "Union[keras.Sequential, None]"),
        ("device", None),
        ("torch.dtype", None),
        ("Optional[torch.Generator]", None),
        ("'not an expression'", None),
        ("Net", "Net"),
        ("Nobody", None),
    ],
)
def test_parameters(net: Net, annotation: str, target: str | None) -> None:
    made = net(
        "self.fc = nn.Linear(4, 4)", "return self.fc(x)", "2x4", args=f"x, extra: {annotation} = None", before=BEFORE
    )
    wanted = f"extra: {target} = None" if target is not None else "extra=None"
    assert f"def call(self, x, {wanted}):" in made


def test_results(net: Net) -> None:
    helper = "def helper(x: Tensor) -> Tensor:\n    return x * 2\n\n\n"
    made = net("self.fc = nn.Linear(4, 4)", "return helper(self.fc(x))", "2x4", before=BEFORE + helper)
    assert "def helper(x: keras.KerasTensor) -> keras.KerasTensor:" in made
