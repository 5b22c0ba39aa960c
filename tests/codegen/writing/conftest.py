"""Small programs and what is written for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted

HEAD = """import torch
import torch.nn as nn
import torch.nn.functional as F


"""


@pytest.fixture
def conversion(convert: Callable[..., Converted], write_source: Callable[..., Path]) -> Callable[..., Converted]:
    """`conversion(text, "2x4", model="Net()")` converts a program; torch, nn and F are imported."""

    def made(source: str, *inputs: str, model: str | None = "Net()") -> Converted:
        path = write_source(source)
        path.write_text(HEAD + path.read_text(encoding="utf-8"), encoding="utf-8")
        return convert(path, *inputs, model=model)

    return made


@pytest.fixture
def written(conversion: Callable[..., Converted]) -> Callable[..., str]:
    """`written(text, "2x4")` is the text for Keras, without its imports."""

    def made(source: str, *inputs: str, model: str | None = "Net()") -> str:
        lines = conversion(source, *inputs, model=model).text.split("\n")
        kept = [line for line in lines if not line.startswith(("import ", "from "))]
        return "\n".join(kept).strip("\n") + "\n"

    return made


@pytest.fixture
def net(written: Callable[..., str]) -> Callable[..., str]:
    """`net(init, forward, "2x4")` is what is written for a class `Net` of these two bodies, without the class line.

    `signature` are the parameters of `__init__` behind self, `args` those of `forward`.
    """

    def made(
        init: str,
        forward: str,
        *inputs: str,
        signature: str = "",
        args: str = "x",
        before: str = "",
        model: str = "Net()",
    ) -> str:
        body = [
            "class Net(nn.Module):",
            f"    def __init__(self{', ' * bool(signature)}{signature}):",
            "        super().__init__()",
            *(f"        {line}" for line in init.strip("\n").split("\n")),
            "",
            f"    def forward(self, {args}):",
            *(f"        {line}" for line in forward.strip("\n").split("\n")),
            "",
        ]
        return written(before + "\n".join(body), *inputs, model=model)

    return made


@pytest.fixture
def call(net: Callable[..., str]) -> Callable[..., str]:
    """`call(init, forward, "2x4")` is the body of `call` that is written, without its indentation."""

    def made(init: str, forward: str, *inputs: str, **options: str) -> str:
        lines = net(init, forward, *inputs, **options).split("\n")
        at = next(i for i, line in enumerate(lines) if line.startswith("    def call("))
        end = next((i for i in range(at + 1, len(lines)) if lines[i].startswith("    def ")), len(lines))
        return "\n".join(line[8:] for line in lines[at + 1 : end]).strip("\n")

    return made


@pytest.fixture
def init(net: Callable[..., str]) -> Callable[..., str]:
    """`init(init, forward, "2x4")` is the body of `__init__` that is written, behind `super().__init__()`."""

    def made(body: str, forward: str, *inputs: str, **options: str) -> str:
        lines = net(body, forward, *inputs, **options).split("\n")
        at = next(i for i, line in enumerate(lines) if line == "        super().__init__()")
        end = next(i for i in range(at + 1, len(lines)) if lines[i].startswith("    def "))
        return "\n".join(line[8:] for line in lines[at + 1 : end]).strip("\n")

    return made
