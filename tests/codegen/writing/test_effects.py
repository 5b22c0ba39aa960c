"""Statements for their effect."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Call = Callable[..., str]


@pytest.mark.parametrize(
    ("forward", "target"),
    [
        ("y = self.fc(x)\ny.mul_(2)\nreturn y", "y = self.fc(x)\ny = y * 2\nreturn y"),
        ("y = self.fc(x)\nself.act(y)\nreturn y", "y = self.fc(x)\ny = self.act(y)\nreturn y"),
        ("y = self.fc(x)\nF.relu(y, inplace=True)\nreturn y", "y = self.fc(x)\ny = ops.relu(y)\nreturn y"),
        (
            "y = self.fc(x)\ny.clamp_(0, 1).add_(x)\nreturn y",
            "y = self.fc(x)\ny = ops.clip(y, 0, 1) + x\nreturn y",
        ),
    ],
)
def test_what_changes_a_tensor_in_place_binds_its_name_again(call: Call, forward: str, target: str) -> None:
    made = call("self.fc = nn.Linear(4, 4)\nself.act = nn.ReLU(inplace=True)", forward, "2x4")
    assert made == target


def test_a_call_without_effect_on_a_tensor_stays(init: Callable[..., str]) -> None:
    made = init(
        "layers = []\nlayers.append(nn.Linear(4, 4))\nself.body = nn.Sequential(*layers)", "return self.body(x)", "2x4"
    )
    assert made == "layers = []\nlayers.append(keras.layers.Dense(4))\nself.body = keras.Sequential(layers)"
