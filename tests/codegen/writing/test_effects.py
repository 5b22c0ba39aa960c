"""Statements for their effect."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codegen.convert import Converted
from pivot.problems import Refusal

Call = Callable[..., str]


@pytest.mark.parametrize(
    ("forward", "target"),
    [
        ("y = self.fc(x)\ny.mul_(2)\nreturn y", "y = self.fc(x)\ny = y * 2\nreturn y"),
        ("y = self.fc(x)\nself.act(y)\nreturn y", "y = self.fc(x)\ny = self.act(y)\nreturn y"),
        ("y = self.fc(x)\nF.relu(y, inplace=True)\nreturn y", "y = self.fc(x)\ny = ops.relu(y)\nreturn y"),
        ("y = self.fc(x)\ntorch.clamp(x, 0, 1, out=y)\nreturn y", "y = self.fc(x)\ny = ops.clip(x, 0, 1)\nreturn y"),
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


def test_a_call_for_its_effect_that_has_none_goes(written: Callable[..., str]) -> None:
    made = written(
        """
        def start(module):
            for child in module.children():
                start(child)
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 4)
                self.reset()
                self.setup()
            def reset(self):
                start(self)
            def setup(self):
                self.scale = 2
            def forward(self, x):
                return self.fc(x) * self.scale
        """,
        "2x4",
    )
    assert "start" not in made and "reset" not in made
    assert "self.setup()" in made and "self.scale = 2" in made


def test_what_another_library_is_told_is_left_out(written: Callable[..., str]) -> None:
    made = written(
        """
        from elsewhere.tools import warn

        class Net(nn.Module):
            def __init__(self, old=True):
                super().__init__()
                if old:
                    warn("this is old")
                self.fc = nn.Linear(4, 4)

            def forward(self, x):
                return self.fc(x)
        """,
        "2x4",
    )
    assert "warn" not in made


def test_a_buffer_that_nothing_can_be_said_of_and_nobody_asks_for_is_left_out(
    conversion: Callable[..., Converted],
) -> None:
    made = conversion(
        """
        class Net(nn.Module):
            def __init__(self, count=4):
                super().__init__()
                self.register_buffer("places", torch.randperm(8)[:count])
                self.fc = nn.Linear(8, 4)

            def forward(self, x):
                return self.fc(x)
        """,
        "2x8",
    )
    assert "places" not in made.text and "self.fc(x)" in made.text
    assert any("places" in p.why and p.line for p in made.written.problems)


def test_a_call_that_would_only_do_something_in_an_arm_that_was_not_taken_and_has_no_words_is_left_out(
    conversion: Callable[..., Converted],
) -> None:
    made = conversion(
        """
        def start(module, again):
            for _, child in module.named_children():
                start(child, again)
            if again and hasattr(module, "fill"):
                module.fill()
        class Scale(nn.Module):
            def __init__(self):
                super().__init__()
                self.fill()
            def fill(self):
                self.register_buffer("scale", torch.full((4,), 2.0), persistent=False)
            def forward(self, x):
                return x * self.scale
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.scale = Scale()
                start(self, False)
            def forward(self, x):
                return self.scale(x)
        """,
        "2x4",
    )
    assert "start(" not in made.text and "def fill" in made.text
    assert [p.why for p in made.written.problems if p.code == "left-out"] == [
        "start() is left out: it changed nothing, and what it would do in other arms is not written"
    ]


CHANGING = """
        def add(x, y, whole):
            if whole:
                x.add_(y)
            else:
                x[:, 1:] += y[:, 1:]
            {end}

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 4)

            def forward(self, x):
                y = self.fc(x)
                add(y, x, False)
                return y * 2
"""


def test_the_result_of_a_function_that_writes_into_what_it_is_given_is_bound_to_it(written: Callable[..., str]) -> None:
    assert "y = add(y, x, False)\n        return y * 2" in written(CHANGING.format(end="return x"), "2x3x4")


def test_a_function_that_writes_into_what_it_is_given_and_does_not_give_it_back_is_refused(
    written: Callable[..., str],
) -> None:
    with pytest.raises(Refusal, match=r"add\(\) writes into what it is given: let it return that"):
        written(CHANGING.format(end="return None"), "2x3x4")
