"""Imports are resolved to names and to files beside the source; nothing is imported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pivot.reading.elaborate import Elaborated
from pivot.reading.installed import unpacked_beside

Read = Callable[..., Elaborated]
USE = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = {block}
    def forward(self, x):
        return self.block(x)
"""
BLOCK = """
from torch import nn
WIDTH = 4
class Block(nn.Module):
    def __init__(self, n=WIDTH):
        super().__init__()
        self.fc = nn.Linear(n, n)
    def forward(self, x):
        return self.fc(x)
"""


def ops(done: Elaborated) -> list[str]:
    return [node.op.name if node.op is not None else f"? {node.text}" for node in done.network.nodes]


@pytest.mark.parametrize(
    ("statement", "block"),
    [
        ("from blocks import Block", "Block()"),
        ("from blocks import Block as B, WIDTH", "B(WIDTH)"),
        ("from .blocks import Block", "Block()"),
        ("from . import blocks", "blocks.Block(blocks.WIDTH)"),
        ("import blocks", "blocks.Block()"),
        ("import blocks as b", "b.Block()"),
        ("from blocks import *", "Block(WIDTH)"),
        ("try:\n    from blocks import Block\nexcept ImportError:\n    Block = None", "Block()"),
    ],
)
def test_files_beside_the_source_are_read(read: Read, statement: str, block: str) -> None:
    done = read(f"{statement}\n{USE.format(block=block)}", "2x4", model="Net()", files={"blocks.py": BLOCK})
    assert ops(done) == ["linear"]
    assert sorted(path.rpartition("/")[2] for path in done.evaluator.files) == ["blocks.py", "model.py"]


@pytest.mark.parametrize(
    ("statement", "block"),
    [
        ("from ..layers.blocks import Block", "Block()"),
        ("from package.layers import Block", "Block()"),
        ("from package.layers import blocks", "blocks.Block()"),
        ("from ..layers import *", "Block()"),
        ("import package.layers.blocks as b", "b.Block()"),
        ("from package import layers", "layers.Block()"),
    ],
)
def test_packages_are_read(read: Read, statement: str, block: str) -> None:
    files = {
        "package/__init__.py": "from . import layers\n",
        "package/nets/__init__.py": "",
        "package/layers/__init__.py": "from .blocks import Block\n",
        "package/layers/blocks.py": BLOCK,
    }
    text = f"{statement}\n{USE.format(block=block)}"
    assert ops(read(text, "2x4", model="Net()", files=files, name="package/nets/model.py")) == ["linear"]


def test_the_last_import_of_a_name_counts_whatever_was_asked_for_first(read: Read) -> None:
    files = {"a.py": "def y(x):\n    return -x\ndef x_(x):\n    return x.exp()\n",
             "b.py": "def y(x):\n    return x.abs()\ndef z(x):\n    return x.tanh()\n"}  # fmt: skip
    lines = "from torch import sqrt, tensor\nfrom a import x_, y\nfrom b import y, z\nfrom math import sqrt\n"
    body = "tensor(1.0)\n        return y(z(x_(x))) + sqrt(x.shape[1])"
    done = read(f"{lines}{USE.format(block='None').replace('return self.block(x)', body)}", "2x4", model="Net()",
                files=files)  # fmt: skip
    assert [op for op in ops(done) if op not in ("tensor", "add")] == ["exp", "tanh", "abs"]


def test_a_file_named_like_the_library_does_not_shadow_it(read: Read) -> None:
    files = {"torch.py": "raise SystemExit\n", "keras.py": "nn = None\n"}
    done = read(USE.format(block="nn.Linear(4, 4)"), "2x4", model="Net()", files=files)
    assert ops(done) == ["linear"]
    assert [path for path in done.evaluator.files if path.endswith("torch.py")] == []


def test_circular_imports_end(read: Read) -> None:
    files = {
        "a.py": "from b import B\nfrom torch import nn\nclass A(nn.Linear):\n    pass\n",
        "b.py": "from a import A\nclass B:\n    width = 4\n",
    }
    done = read(
        f"from a import A\nfrom b import B\n{USE.format(block='A(B.width, 4)')}", "2x4", model="Net()", files=files
    )
    assert ops(done) == ["linear"]


def test_stars_of_the_library_bind_its_names(read: Read) -> None:
    text = "from torch.nn import *\nfrom torch.nn.functional import *\n" + USE.format(block="Linear(4, 4)")
    assert ops(read(text.replace("self.block(x)", "relu(self.block(x))"), "2x4", model="Net()")) == ["linear", "relu"]


def test_what_is_not_found_is_named_where_it_is_called(read: Read) -> None:
    done = read(f"from .missing import Block\n{USE.format(block='Block()')}", "2x4", model="Net()")
    assert "missing" in done.network.unmapped[0].why
    done = read(f"import absent\n{USE.format(block='absent.Block()')}", "2x4", model="Net()")
    assert "absent.Block" in done.network.unmapped[0].why


@pytest.mark.parametrize(
    ("statement", "files", "name"),
    [
        ("from config import Block", {"config.py": BLOCK, "models/__init__.py": ""}, "models/model.py"),
        ("from models.parts import Block", {"models/parts.py": BLOCK}, "models/model.py"),
        ("from src.models.parts import Block", {"src/models/parts.py": BLOCK}, "src/models/model.py"),
        ("from nets import Block", {"setup.py": "", "nets/__init__.py": BLOCK}, "examples/vision/model.py"),
        (
            "from nets.parts import Block",
            {"pyproject.toml": "", "src/nets/__init__.py": "", "src/nets/parts.py": BLOCK},
            "examples/model.py",
        ),
    ],
)
def test_modules_are_found_where_the_program_is_run_from(
    read: Read, statement: str, files: dict[str, str], name: str
) -> None:
    done = read(f"{statement}\n{USE.format(block='Block()')}", "2x4", model="Net()", files=files, name=name)
    assert ops(done) == ["linear"]


@pytest.mark.parametrize("statement", ["from ..secret import Block", "from ...secret import Block"])
def test_nothing_above_the_package_is_read(read: Read, statement: str) -> None:
    files = {"secret.py": BLOCK, "package/secret.py": BLOCK, "package/nets/__init__.py": ""}
    done = read(
        f"{statement}\n{USE.format(block='Block()')}", "2x4", model="Net()", files=files, name="package/nets/model.py"
    )
    assert "was not found" in done.network.unmapped[0].why
    assert len(done.evaluator.files) == 1


def test_a_package_unpacked_beside_is_read_if_it_is_built_on_the_framework(tmp_path: Path) -> None:
    for name, needs in (("mine-1.0", "torch"), ("parts-2.1", "torch (>=2)"), ("hub-3.0", 'torch; extra == "torch"')):
        package = tmp_path / name / name.partition("-")[0]
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("", encoding="utf-8")
        record = tmp_path / name / f"{name}.dist-info"
        record.mkdir()
        (record / "METADATA").write_text(f"Name: x\nRequires-Dist: {needs}\n", encoding="utf-8")
    root = tmp_path / "mine-1.0"
    assert unpacked_beside(root, "parts") == tmp_path / "parts-2.1"
    assert unpacked_beside(root, "hub") is None and unpacked_beside(root, "nothing") is None
    assert unpacked_beside(tmp_path, "parts") is None


def test_a_package_whose_files_import_from_it(read: Read) -> None:
    """`from models import Base` in a file of `models`, whose `__init__.py` collects all of its files with stars."""
    files = {
        "models/__init__.py": "from .base import *\nfrom .net import *\nfrom .other import *\n",
        "models/base.py": "from torch import nn\nclass Base(nn.Module):\n    pass\n",
        "models/other.py": "from models import Base\nclass Other(Base):\n    pass\n",
    }
    text = f"from models import Base\n{USE.format(block='nn.Linear(4, 4)').replace('nn.Module', 'Base')}"
    done = read(text, "2x4", model="Net()", name="models/net.py", files=files)
    assert [node.op.name for node in done.network.nodes if node.op is not None] == ["linear"]


def test_a_module_that_is_imported_by_a_call(read: Read) -> None:
    head = "from importlib import import_module\nlayers = import_module('torch.nn')\n"
    done = read(head + USE.format(block="layers.Linear(4, 4)"), "2x4", model="Net()")
    assert [node.op.name for node in done.network.nodes if node.op is not None] == ["linear"]


def test_a_repository_whose_name_is_no_identifier_is_no_package(read: Callable[..., Elaborated]) -> None:
    text = "from package.blocks import *\n" + USE.format(block="Block()")
    files = {"my-net/__init__.py": "", "my-net/package/__init__.py": "", "my-net/package/blocks.py": BLOCK}
    assert ops(read(text, "2x4", model="Net()", files=files, name="my-net/package/model.py")) == ["linear"]
