"""A target in the framework of its source is a copy of what the model needs, in one file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted, write_target
from codegen.static_proof import Proof, prove
from pivot.opset import OpSet
from pivot.problems import Refusal
from pivot.reading.elaborate import Request, elaborate
from pivot.reading.inputs import parse_spec
from pivot.reading.keras import KerasDialect
from pivot.reading.torch import TorchDialect

Copied = Callable[..., tuple[Converted, Proof]]

TORCH = '''"""A small network."""
import torch, os
from torch import nn
import torch.nn.functional as F


class Block(nn.Module):
    """Convolution and activation."""

    def __init__(self, width):
        super().__init__()
        # no bias: a normalisation follows
        self.conv = nn.Conv2d(width, width, kernel_size = 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(width)
        nn.init.zeros_(self.norm.weight)

    def forward(self, x):
        return x + F.relu(self.norm(self.conv(x)), inplace=True)  # (N, C, H, W)


class Net(nn.Module):
    def __init__(self, depth=2):
        super().__init__()
        self.blocks = nn.ModuleList([Block(4) for _ in range(depth)])

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return torch.flatten(x, 1)


def train(model):
    print(os.environ)


if __name__ == "__main__":
    train(Net())
'''


@pytest.fixture
def copied(tmp_path: Path, opset: OpSet) -> Copied:
    """`copied({"net.py": text}, "1x4x8x8", model="Net()")` writes the first file in its own framework, proved."""

    def made(files: dict[str, str], *inputs: str, model: str | None = None, **bind: str) -> tuple[Converted, Proof]:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        main = tmp_path / next(iter(files))
        dialect = KerasDialect() if "keras" in next(iter(files.values())) else TorchDialect()
        done = elaborate(Request(main, model, tuple(map(parse_spec, inputs)), bind), dialect, opset)
        written = write_target(done, dialect.framework, opset)
        return written, prove(written, type(dialect)(), opset, tmp_path / "copy.py")

    return made


def test_classes_names_and_comments_stay_and_what_the_model_does_not_need_goes(copied: Copied) -> None:
    made, proof = copied({"net.py": TORCH}, "1x4x8x8")
    assert proof.equal and len(proof.matches) > 10
    assert made.entry == "Net()"
    expected = (
        TORCH[: TORCH.index("\n\ndef train")].replace("torch, os", "torch").replace("kernel_size = 3", "kernel_size=3")
    )
    assert made.text == expected.replace('"""\nimport', '"""\n\nimport')


def test_files_of_the_program_become_one(copied: Copied) -> None:
    main = "import torch\nfrom parts import Block as Part, WIDTH\nimport parts\n\n"
    main += "class Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    main += "        self.a = Part(WIDTH)\n        self.b = parts.Other()\n\n"
    main += "    def forward(self, x):\n        return self.b(self.a(x))\n"
    parts = "from torch import nn\n\nWIDTH = 4\nUNUSED = 5\n\n\nclass Block(nn.Linear):\n"
    parts += (
        "    def __init__(self, width):\n        super().__init__(width, width)\n\n\nclass Other(nn.ReLU):\n    pass\n"
    )
    made, proof = copied({"net.py": main, "parts.py": parts}, "2x4")
    assert proof.equal
    assert "parts" not in made.text and "UNUSED" not in made.text and "Part = Block" in made.text
    assert made.text.index("from torch import nn") < made.text.index("class Block") < made.text.index("class Net")


def test_two_definitions_of_one_name_are_refused(copied: Copied) -> None:
    main = "import torch\nimport parts\n\nclass Block(torch.nn.ReLU):\n    pass\n\n"
    main += "class Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    main += "        self.a = Block()\n        self.b = parts.Block()\n\n"
    main += "    def forward(self, x):\n        return self.b(self.a(x))\n"
    with pytest.raises(Refusal, match="Block is something else in"):
        copied(
            {"net.py": main, "parts.py": "from torch import nn\nclass Block(nn.Tanh):\n    pass\n"},
            "2x4",
            model="Net()",
        )


def test_statements_that_build_a_model_and_names_from_outside(copied: Copied) -> None:
    text = "import keras\nfrom keras import layers\n\nother = keras.Sequential([layers.Dense(9)])\n"
    text += (
        "model = keras.Sequential()\nmodel.add(keras.Input((4,)))\nmodel.add(layers.Dense(width, activation='relu'))\n"
    )
    text += "model.add(layers.Dense(2))\nmodel.summary()\n"
    made, proof = copied({"net.py": text}, model="model", width="8")
    assert proof.equal and made.entry == "model"
    assert "width = 8" in made.text and "other" not in made.text and "summary" not in made.text
    assert made.text.count("model.add") == 3


def test_an_attribute_from_outside_is_refused(copied: Copied) -> None:
    with pytest.raises(Refusal, match="binds an attribute"):
        copied({"net.py": TORCH}, "1x4x8x8", **{"self.depth": "3"})


def test_two_imports_of_one_name_are_told_apart(copied: Copied) -> None:
    main = "import torch\nimport torch.nn.functional as F\nfrom parts import size\n\n"
    main += "class Net(torch.nn.Module):\n    def forward(self, x):\n        return F.relu(x) * size(3)\n"
    parts = "from os import path as F\nimport os\n\ndef size(x):\n    return len(F.join('a', 'b')) * x\n"
    made, _ = copied({"net.py": main, "parts.py": parts}, "2x4", model="Net()")
    assert "from os import path\n" in made.text and "len(path.join(" in made.text, made.text
    assert "F.relu(x)" in made.text


def test_classes_that_nothing_makes_stay_in_their_package(copied: Copied) -> None:
    main = "import torch\nfrom functools import partial\nfrom .parts import Crop, Block\n\n"
    main += "CHOICES = {'crop': partial(Crop, size=3)}\n\n"
    main += "class Net(torch.nn.Module):\n    def __init__(self, choice='crop'):\n        super().__init__()\n"
    main += "        self.choice = CHOICES[choice]\n        self.a = Block()\n\n"
    main += "    def forward(self, x):\n        return self.a(x)\n"
    parts = "from torch import nn\n\nclass Crop:\n    def __init__(self, size):\n        self.size = size\n\n"
    parts += "class Block(nn.ReLU):\n    pass\n"
    files = {"pack/net.py": main, "pack/parts.py": parts, "pack/__init__.py": ""}
    made, proof = copied(files, "2x4", model="Net()")
    assert proof.equal
    assert "from pack.parts import Crop" in made.text and "class Crop" not in made.text
    assert "class Block" in made.text


def test_a_name_that_goes_around_in_a_package_is_taken_where_it_is_defined(copied: Copied) -> None:
    main = "import torch\nfrom .parts import Kind\n\nclass Net(torch.nn.Module):\n    def forward(self, x):\n"
    main += "        return x * 2 if Kind.TWICE.value == 2 else x\n"
    kinds = "from enum import Enum\n\nclass Kind(Enum):\n    TWICE = 2\n"
    files = {
        "pack/net.py": main,
        "pack/__init__.py": "",
        "pack/parts/__init__.py": "from .kinds import *\nfrom .crops import *\n",
        "pack/parts/kinds.py": kinds,
        "pack/parts/crops.py": "from . import Kind\n\nCROP = Kind.TWICE\n",
    }
    made, proof = copied(files, "2x4", model="Net()")
    assert proof.equal and "class Kind(Enum):" in made.text, made.text
