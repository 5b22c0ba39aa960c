"""Small functional models and what is written for them in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted, write_target
from codegen.restating import elaborate_for
from codegen.static_proof import prove
from pivot.opset import OpSet
from pivot.reading.elaborate import Request
from pivot.reading.keras import KerasDialect
from pivot.reading.torch import TorchDialect

HEAD = """import keras
from keras import layers


"""


@pytest.fixture
def rolled(opset: OpSet, write_source: Callable[..., Path]) -> Callable[..., str]:
    """`rolled(text, model="build()")` is the text for PyTorch without its imports, read back and proved."""

    def made(source: str, model: str = "build()") -> str:
        path = write_source(source)
        path.write_text(HEAD + path.read_text(encoding="utf-8"), encoding="utf-8")
        converted = write_target(elaborate_for(Request(path, model), KerasDialect(), "torch", opset), "torch", opset)
        check(converted, path, opset)
        lines = converted.text.split("\n")
        return "\n".join(line for line in lines if not line.startswith(("import ", "from "))).strip("\n") + "\n"

    return made


def check(converted: Converted, path: Path, opset: OpSet) -> None:
    """The written text is the network that was read."""
    proof = prove(converted, TorchDialect(), opset, path.with_name("made.py"))
    assert proof.why is None, f"{proof.why}\n{converted.text}"
