"""Programs that the tests of codegen convert, read once per session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted, write_target
from codegen.restating import elaborate_for
from codegen.static_proof import Proof, prove
from pivot.opset import OpSet, load_opset
from pivot.reading.elaborate import Elaborated, Request, elaborate
from pivot.reading.inputs import parse_spec
from pivot.reading.keras import KerasDialect
from pivot.reading.torch import TorchDialect


@pytest.fixture(scope="session")
def opset() -> OpSet:
    """The built-in ops."""
    return load_opset()


@pytest.fixture(scope="session")
def read(opset: OpSet) -> Callable[..., Elaborated]:
    """`read(path, "1x3x32x32", model="Net()")` elaborates a PyTorch source."""

    def elaborated(path: Path, *inputs: str, model: str | None = None) -> Elaborated:
        return elaborate(Request(path, model, tuple(map(parse_spec, inputs))), TorchDialect(), opset)

    return elaborated


@pytest.fixture(scope="session")
def read_keras(opset: OpSet) -> Callable[[Path], Elaborated]:
    """`read_keras(path)` elaborates a Keras source."""
    return lambda path: elaborate(Request(path, None, ()), KerasDialect(), opset)


@pytest.fixture(scope="session")
def convert(opset: OpSet) -> Callable[..., Converted]:
    """`convert(path, "1x3x32x32", model="Net()")` writes a PyTorch source for Keras."""

    def converted(path: Path, *inputs: str, model: str | None = None) -> Converted:
        request = Request(path, model, tuple(map(parse_spec, inputs)))
        return write_target(elaborate_for(request, TorchDialect(), "keras", opset), "keras", opset)

    return converted


@pytest.fixture(scope="session")
def to_torch(opset: OpSet) -> Callable[..., tuple[Converted, Proof]]:
    """`to_torch(path, "1x32x32x3", model="Net()")` writes a Keras source for PyTorch and proves it."""

    def converted(path: Path, *inputs: str, model: str | None = None) -> tuple[Converted, Proof]:
        request = Request(path, model, tuple(map(parse_spec, inputs)))
        made = write_target(elaborate_for(request, KerasDialect(), "torch", opset), "torch", opset)
        return made, prove(made, TorchDialect(), opset, path.with_name("target.py"))

    return converted
