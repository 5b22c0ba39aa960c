"""Questions about the library's classes, which become functions of the target."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Written = Callable[..., str]
NET = """
import types

class Act(nn.Module):
    def forward(self, x):
        return torch.relu(x)

BY_NAME = {{"ReLU": Act}}

def pick(layer):
    if isinstance(layer, types.FunctionType):
        return layer()
    return BY_NAME[layer.__name__]()

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = pick({one})

    def forward(self, x):
        return self.one(x)
"""


def test_the_answer_stands_where_the_question_was(written: Written) -> None:
    made = written(NET.format(one="nn.ReLU"), "2x4")
    assert 'return BY_NAME["ReLU"]()' in made
    assert "FunctionType" not in made


def test_an_answer_of_a_class_of_the_program_is_asked_for(written: Written) -> None:
    made = written(NET.format(one="Act").replace('"ReLU"', '"Act"'), "2x4")
    assert "if isinstance(layer, types.FunctionType):" in made


@pytest.mark.parametrize("asked", ["isinstance(layer, str)", "isinstance(layer, (type, types.FunctionType)) and False"])
def test_a_question_that_a_function_answers_alike_is_kept(written: Written, asked: str) -> None:
    made = written(NET.format(one="nn.ReLU").replace("isinstance(layer, types.FunctionType)", asked), "2x4")
    assert asked.partition(" and")[0] in made


def test_the_kind_of_a_layer_is_answered_where_its_class_becomes_a_function(written: Callable[..., str]) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self, norm_layer=nn.LayerNorm):
                super().__init__()
                self.norm = norm_layer(8)
                self.turned = isinstance(self.norm, nn.BatchNorm1d)
                self.plain = isinstance(self.norm, (nn.LayerNorm, nn.GroupNorm))

            def forward(self, x):
                return self.norm(x) * 2 if self.plain else x
        """,
        "2x8",
    )
    assert "self.turned = False" in made and "self.plain = True" in made


def test_decisions_on_a_device_are_those_of_the_processor(net: Callable[..., str]) -> None:
    made = net(
        'self.scale = 2.0 if device.type == "cuda" else 1.0',
        'if x.device.type == "cuda":\n    x = x * 2\nreturn x * self.scale',
        "2x4",
        signature='device=torch.device("cuda" if torch.cuda.is_available() else "cpu")',
    )
    assert "self.scale = 1.0" in made
    assert "cuda" not in made


def test_numbers_of_the_library_are_those_of_mathematics(net: Callable[..., str]) -> None:
    made = net("self.fc = nn.Linear(4, 4)", "return self.fc(x * torch.pi).clamp(max=torch.inf)", "2x4")
    assert "x * math.pi" in made


def test_layers_that_a_loop_tells_apart_are_asked_for_the_target_s_class(written: Callable[..., str]) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.row = nn.Sequential(nn.Conv2d(3, 4, 1), nn.MaxPool2d(2), nn.ReLU(), nn.MaxPool2d(2))
                self.ends = [i for i, layer in enumerate(self.row) if isinstance(layer, nn.MaxPool2d)]

            def forward(self, x):
                found = []
                for i, layer in enumerate(self.row):
                    x = layer(x)
                    if i in self.ends:
                        found.append(x)
                return found
        """,
        "2x3x8x8",
    )
    assert "if isinstance(layer, layers.MaxPooling2D)" in made.replace("keras.layers", "layers")
