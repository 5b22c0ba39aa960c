"""The target file: what the entry needs, in the source's order, with the imports that are needed."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

from codegen.convert import Converted, convert
from codegen.dialects import dialect_of
from pivot.opset import OpSet
from pivot.reading.elaborate import Request
from pivot.reading.inputs import parse_spec

Conversion = Callable[..., Converted]

NET = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        {body}

    def forward(self, x):
        return {result}
"""


def imports(converted: Converted) -> list[str]:
    return [line for line in converted.text.split("\n") if line.startswith(("import ", "from "))]


def test_what_an_import_falls_back_to_stands_for_it(conversion: Callable[..., Converted]) -> None:
    made = conversion(
        """
        try:
            from elsewhere import Odd
        except ImportError:
            Odd = None

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                norm = nn.LayerNorm(4)
                self.norm = nn.Identity() if Odd is not None and isinstance(norm, Odd) else norm

            def forward(self, x):
                return self.norm(x)
        """,
        "2x4",
    )
    assert "\nOdd = None\n" in made.text and "elsewhere" not in made.text


def test_a_wrapper_of_what_was_not_brought_along_says_so(conversion: Callable[..., Converted]) -> None:
    made = conversion(
        """
        from functools import partial
        try:
            from elsewhere import fetch
            fetch = partial(fetch, kind="weights")
            HAS_FETCH = True
        except ImportError:
            HAS_FETCH = False

        class Net(nn.Module):
            def __init__(self, pretrained=False):
                super().__init__()
                self.fc = nn.Linear(4, 2)
                if pretrained and HAS_FETCH:
                    fetch("net")

            def forward(self, x):
                return self.fc(x)
        """,
        "2x4",
    ).text
    assert "partial(fetch" not in made and made.count("HAS_FETCH =") <= 1


def test_only_what_is_read_is_imported(conversion: Conversion) -> None:
    one = conversion(NET.format(body="self.fc = nn.Linear(4, 4)", result="self.fc(x)"), "2x4")
    two = conversion(NET.format(body="pass", result="F.relu(x)"), "2x4")
    assert imports(one) == ["import keras", "from keras import layers"]
    assert imports(two) == ["import keras", "from keras import ops"]


def test_the_standard_library_comes_first(conversion: Conversion) -> None:
    made = conversion(
        "import math\nimport os\nfrom collections import OrderedDict\n"
        + NET.format(body="self.fc = nn.Linear(4, int(math.sqrt(16)))", result="self.fc(x)"),
        "2x4",
    )
    assert imports(made) == ["import math", "import keras", "from keras import layers"]
    assert made.text.startswith("import math\n\nimport keras\n")


def test_a_name_the_program_binds_is_not_imported_over(conversion: Conversion) -> None:
    made = conversion(
        NET.format(
            body="layers = [nn.Linear(4, 4)]\n        self.body = nn.Sequential(*layers)", result="F.relu(self.body(x))"
        ),
        "2x4",
    )
    assert imports(made) == ["import keras", "from keras import ops"]
    assert "layers = [keras.layers.Dense(4)]" in made.text


def test_what_nobody_needs_is_not_written(conversion: Conversion) -> None:
    made = conversion(
        "LR = 0.1\nWIDTH = 4\n\ndef train():\n    pass\n\nclass Other(nn.Module):\n    pass\n\n"
        + NET.format(body="self.fc = nn.Linear(WIDTH, WIDTH)", result="self.fc(x)"),
        "2x4",
    )
    tree = ast.parse(made.text)
    names = [
        getattr(s, "name", None) or ast.unparse(s) for s in tree.body if not isinstance(s, (ast.Import, ast.ImportFrom))
    ]
    assert names == ["WIDTH = 4", "Net"]


def test_definitions_of_sibling_files_are_written_into_the_one_file(
    convert: Callable[..., Converted], write_source: Callable[..., Path]
) -> None:
    write_source(
        """
        import torch.nn as nn

        SLOPE = 0.3

        class Part(nn.Module):
            def __init__(self):
                super().__init__()
                self.act = nn.LeakyReLU(SLOPE)

            def forward(self, x):
                return self.act(x)
        """,
        "parts.py",
    )
    source = write_source(
        """
        import torch.nn as nn
        from parts import Part

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.part = Part()

            def forward(self, x):
                return self.part(x)
        """
    )
    text = convert(source, "2x4", model="Net()").text
    assert text.index("SLOPE = 0.3") < text.index("class Part(layers.Layer)") < text.index("class Net(keras.Model)")
    assert "import parts" not in text and "from parts" not in text


def test_an_unmapped_call_raises_with_its_place(conversion: Conversion) -> None:
    made = conversion(NET.format(body="pass", result="torch.special.bessel_j0(x)"), "2x4")
    assert "def _unmapped(what, *args):" in made.text
    assert "torch.special.bessel_j0(x) is not mapped" in made.text
    line = int(made.text.partition("model.py:")[2].partition(":")[0])
    source = next(iter(made.done.evaluator.files.values())).split("\n")
    assert "bessel_j0" in source[line - 1]


def test_the_files_docstring_stays_at_its_head(
    convert: Callable[..., Converted], write_source: Callable[..., Path]
) -> None:
    source = write_source(
        '"""All of it.\n\nMore.\n"""\nimport torch.nn as nn\nmodel = nn.Sequential(nn.Linear(4, 4))\n'
    )
    text = convert(source, "2x4", model="model").text
    assert text.startswith('"""All of it.\n\nMore.\n"""\n\nimport keras\n')
    assert text.endswith("model = keras.Sequential([layers.Dense(4)])\n")


def test_a_name_bound_from_outside_stands_with_its_value(write_source: Callable[..., Path], opset: OpSet) -> None:
    path = write_source(
        "import torch.nn as nn\nopt = parser.parse_args()\n"
        + NET.format(body="self.fc = nn.Linear(4, opt.width * depth)", result="self.fc(x)")
    )
    bind = {"opt": "SimpleNamespace(width=4)", "depth": "2"}
    request = Request(path, "Net()", (parse_spec("2x4"),), bind)
    made = convert(request, dialect_of("torch", str(path)), "keras", opset)
    assert "from types import SimpleNamespace" in imports(made)
    assert "depth = 2\nopt = SimpleNamespace(width=4)\n" in made.text
    assert "layers.Dense(opt.width * depth)" in made.text


def test_a_single_layer_becomes_a_model(conversion: Conversion) -> None:
    made = conversion("model = nn.Linear(4, 2)\n", "2x4", model="model")
    assert made.entry == "keras.Sequential([model])"
    assert "import keras" in imports(made)


def test_module_level_names_that_ask_the_library_stand_with_their_answer(conversion: Conversion) -> None:
    source = """
import collections.abc

try:
    from typing import Literal
except ImportError:
    from typing_extensions import Literal

HAS_SILU = "silu" in dir(F)


def pair(x):
    return tuple(x) if isinstance(x, collections.abc.Iterable) else (x, x)


class Net(nn.Module):
    def __init__(self, pool: Literal["avg", "max"] = "avg"):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, pair(3))

    def forward(self, x):
        x = self.conv(x)
        return F.silu(x) if HAS_SILU else x * F.sigmoid(x)
"""
    text = conversion(source, "2x3x8x8").text
    assert "HAS_SILU = True" in text
    assert "import collections.abc\n" in text
    assert "from typing import Literal" in text


def test_a_name_that_is_bound_twice_is_written_as_it_was_asked_for(conversion: Conversion) -> None:
    source = """
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
shift = nn.Linear(4, 4)
net = nn.Sequential(shift, nn.Linear(4, 2))
net = nn.Sequential(nn.Linear(4, 3), nn.Tanh())
"""
    first, second = (conversion(source, "2x4", model=f"net@{number}").text for number in (0, 1))
    assert first.count("net = ") == 1 and "Dense(8)" in first.replace("layers.", "")
    assert second.count("net = ") == 1
    assert second.index("shift = ") < second.index("net = ")


def test_a_class_that_the_entry_hands_over_is_written(written: Callable[..., str]) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self, act=nn.ReLU):
                super().__init__()
                self.act = act()

            def forward(self, x):
                return self.act(x)
        """,
        "2x4",
        model="Net(act=nn.Tanh)",
    )
    assert 'def tanh():\n    return layers.Activation("tanh")' in made


REBOUND = """
import keras
from keras import layers

scale = keras.Sequential([layers.Rescaling(0.5), layers.Dense(3)])


def scale(image, label):
    return image, label
"""


def test_what_binds_the_name_of_the_model_anew_behind_it_is_left_out(
    to_torch: Callable[..., Any], write_source: Callable[..., Path]
) -> None:
    converted, proof = to_torch(write_source(REBOUND), "2x4", model="scale@0")
    assert proof.why is None
    assert "scale = nn.Sequential(" in converted.text and "def scale" not in converted.text


BOUND = """
import keras
from keras import layers

model = keras.Sequential([layers.Dense(3), norm])
"""


def test_a_layer_that_is_bound_from_outside_is_written(opset: OpSet, write_source: Callable[..., Path]) -> None:
    path = write_source(BOUND)
    bind = {"norm": "__import__('tensorflow').keras.layers.Normalization(mean=0.5, variance=2.0)"}
    request = Request(path, "model", (parse_spec("2x4"),), bind)
    text = convert(request, dialect_of("keras", str(path)), "torch", opset).text
    assert "norm = Normalization(mean=0.5, variance=2.0)" in text
    assert "class Normalization(nn.Module):" in text and "tensorflow" not in text


def test_the_helper_that_raises_stands_only_where_it_is_called(conversion: Conversion) -> None:
    pool = "nn.MaxPool3d(kernel_size=(1, 3, 3), stride=(1, 2, 2), padding=(0, 1, 1))"
    made = conversion(
        f"class Net(nn.Module):\n"
        f"    def __init__(self):\n        super().__init__()\n        self.pool = {pool}\n\n"
        f"    def forward(self, x):\n        return self.pool(x)\n",
        "1x2x4x8x8",
    )
    assert "class MaxPool3d" in made.text and "_unmapped" not in made.text
