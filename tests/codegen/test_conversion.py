"""conversion.json says what scripts rely on: how to build the model, in which order axes stand, what is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen.conversion import (
    axis_letters,
    conversion_record,
    dumps,
    parameter_count,
    problems_of,
    target_name,
    weights_name,
)
from codegen.convert import Converted

Convert = Callable[..., Converted]
Record = dict[str, Any]


def record_of(converted: Converted, model: str | None = None) -> Record:
    problems = problems_of(converted.done, converted)
    return conversion_record(
        converted, model=model, framework="keras", target_path="net_keras.py", problems=problems, weights=None
    )


def test_images_are_stored_channels_last_and_said_so(convert: Convert, example_models: dict[str, Path]) -> None:
    record = record_of(convert(example_models["unet"], "1x3x64x64"))
    assert record["inputs"] == [
        {"name": "x", "shape": ["N", 3, "H", "W"], "dtype": "float32"}
        | {"source_axes": "N C H W", "target_axes": "N H W C"}
    ]
    assert record["outputs"][0]["source_axes"] == "N C H W"
    assert record["outputs"][0]["target_axes"] == "N H W C"


def test_other_tensors_stay_in_the_sources_order(convert: Convert, example_models: dict[str, Path]) -> None:
    record = record_of(convert(example_models["gru_tagger"]))
    for tensor in (*record["inputs"], *record["outputs"]):
        assert tensor["source_axes"] == tensor["target_axes"]
    assert record["inputs"][0]["dtype"] == "int64"


def test_the_axes_of_a_transposed_output_follow_from_the_layout(convert: Convert, write_source: Any) -> None:
    source = write_source("""
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(3, 8, 3)

            def forward(self, x):
                y = self.conv(x)
                return y, y.permute(0, 2, 3, 1), y.mean((2, 3))
    """)
    outputs = record_of(convert(source, "2x3x8x9"))["outputs"]
    assert [out["name"] for out in outputs] == ["0", "1", "2"]
    assert (outputs[0]["source_axes"], outputs[0]["target_axes"]) == ("N C H W", "N H W C")
    assert outputs[1]["source_axes"] == outputs[1]["target_axes"]  # the permute is what storage already is
    assert outputs[2]["source_axes"] == outputs[2]["target_axes"] == "N F"


@pytest.mark.parametrize(
    ("rank", "dtype"), [(0, "float32"), (1, "int64"), (2, "int64"), (4, "float32"), (7, "float32")]
)
def test_every_axis_has_a_letter_of_its_own(rank: int, dtype: str) -> None:
    letters, last = axis_letters(rank, dtype), axis_letters(rank, dtype, channels_last=True)
    assert len(letters) == len(set(letters)) == rank
    assert sorted(last) == sorted(letters)
    assert rank != 4 or last == ("N", "H", "W", "C")


def test_sources_and_targets_are_named_with_the_expressions_that_build_them(
    convert: Convert, example_models: dict[str, Path]
) -> None:
    converted = convert(example_models["resnet18"], "1x3x64x64", model="resnet18(num_classes=7)")
    record = record_of(converted)
    assert record["source"]["path"] == str(example_models["resnet18"])
    assert (record["source"]["framework"], record["source"]["model"]) == ("torch", "resnet18(num_classes=7)")
    assert record["target"] == {"path": "net_keras.py", "framework": "keras", "model": "resnet18(num_classes=7)"}


def test_the_binding_that_was_asked_for_is_kept(convert: Convert, write_source: Any) -> None:
    source = write_source("""
        from torch import nn

        model = nn.Sequential(nn.Linear(4, 4))
        model = nn.Sequential(nn.Linear(4, 2), nn.ReLU())
    """)
    record = record_of(convert(source, "2x4", model="model@0"), model="model@0")
    assert record["source"]["model"] == "model@0"


def test_numbers_count_once_and_with_statistics(convert: Convert, write_source: Any) -> None:
    source = write_source("""
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = nn.Linear(4, 4)
                self.b = self.a
                self.bn = nn.BatchNorm1d(4)

            def forward(self, x):
                return self.bn(self.b(self.a(x)))
    """)
    converted = convert(source, "2x4")
    assert parameter_count(converted.done.network) == 4 * 4 + 4 + 4 * 4  # as Keras counts: no num_batches_tracked


def test_unmapped_nodes_and_sites_are_counted(convert: Convert, example_models: dict[str, Path]) -> None:
    record = record_of(convert(example_models["spectral_mixer"]))
    assert record["nodes"]["unmapped"] == 4
    assert record["sites"]["unmapped"] == 1
    lost = [problem for problem in record["problems"] if problem["severity"] == "error"]
    assert len(lost) == 1
    assert lost[0]["line"] == 24
    assert "torch.special.bessel_j0" in lost[0]["why"]


def test_parameters_that_went_are_named(convert: Convert, write_source: Any) -> None:
    source = write_source("""
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 2)

            def forward(self, x):
                return self.fc(x)

        def net(pretrained=False, progress=True):
            model = Net()
            if pretrained:
                model.load_state_dict(load_state_dict_from_url("https://example.org/net.pth", progress=progress))
            return model
    """)
    record = record_of(convert(source, "2x4", model="net()"))
    said = " ".join(problem["why"] for problem in record["problems"] if problem["code"] == "dropped-parameter")
    assert "progress of net" in said


def test_the_record_is_json_and_the_same_every_time(convert: Convert, example_models: dict[str, Path]) -> None:
    texts = {dumps(record_of(convert(example_models["cifar_cnn"]))) for _ in range(2)}
    assert len(texts) == 1
    assert json.loads(texts.pop())["version"] == 1


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("resnet.py", "resnet_keras.py"),
        ("my-net.v2.py", "my-net.v2_keras.py"),
        ("a\nb'c.py", "a_b_c_keras.py"),
        ("größe.py", "größe_keras.py"),
        ("\udcff.py", "__keras.py"),
    ],
)
def test_target_names_can_stand_in_any_folder(source: str, name: str) -> None:
    assert target_name(Path(source), "keras") == name


def test_long_names_leave_room_for_suffixes() -> None:
    name = weights_name(Path("x" * 252 + ".py"), "keras")
    assert len(name.encode()) <= 230
    assert name.endswith("_keras.weights.h5")
    assert weights_name(Path("net.py"), "torch") == "net_torch.safetensors"


def test_a_row_that_padding_keeps_from_training_is_said(convert: Convert, write_source: Any) -> None:
    text = "import torch.nn as nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    text += "        self.e = nn.Embedding(9, 4{})\n\n    def forward(self, x):\n        return self.e(x)\n"
    for more, said in (("", []), (", padding_idx=None", []), (", padding_idx=0", ["padding-row"])):
        made = convert(write_source(text.format(more)), "2x3:int64<9")
        assert [p.code for p in problems_of(made.done, made)] == said


def test_a_layer_that_shares_a_table_is_told(convert: Convert, write_source: Callable[..., Path]) -> None:
    made = convert(
        write_source(
            """
            from torch import nn

            class LM(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.embed = nn.Embedding(9, 4)
                    self.head = nn.Linear(4, 9, bias=False)
                    self.head.weight = self.embed.weight

                def forward(self, ids):
                    return self.head(self.embed(ids))
            """
        ),
        "2x3:int64<9",
        model="LM()",
    )
    (told,) = (p for p in problems_of(made.done, made) if p.code == "tied-weights")
    assert told.severity == "info" and "self.head has no weight of its own" in told.why
    assert (
        "self.head.weight = self.embed.weight"
        in next(iter(made.done.evaluator.files.values())).split("\n")[told.line - 1]
    )
