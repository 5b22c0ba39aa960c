"""A class taken into another program, with what it needs and nothing else."""

from __future__ import annotations

import textwrap

import pytest

from pivot.editing.carrying import carried, take_in
from pivot.editing.source import Source, apply
from pivot.problems import Refusal

BLOCK = """
    import torch.nn as nn
    from math import sqrt, pi
    from .parts import Other

    WIDTH = 4


    def scale(x):
        return x / sqrt(WIDTH)


    class Base(nn.Module):
        pass


    class Block(Base):
        # a comment that goes along
        def forward(self, x):
            return scale(x)


    class Far(Base):
        def forward(self, x):
            return Other(x)
"""


def source(text: str, name: str = "net.py") -> Source:
    return Source(textwrap.dedent(text).lstrip(), name)


def taken(text: str, names: list[str] = ["Block"]) -> tuple[str, dict[str, str]]:  # noqa: B006
    here = source(text)
    called, changes = take_in(here, carried(source(BLOCK), names), here.tree.body[-1])
    return apply(here.text, changes), called


def test_what_it_needs_goes_along_and_nothing_else() -> None:
    what = carried(source(BLOCK), ["Block"])
    assert [name for name, _ in what.definitions] == ["WIDTH", "scale", "Base", "Block"]
    assert what.imports == ("from math import sqrt", "import torch.nn as nn")
    assert "# a comment that goes along" in dict(what.definitions)["Block"]


def test_it_is_written_before_what_uses_it_with_the_imports_that_are_missing() -> None:
    text, called = taken("from torch import nn\n\n\nclass Net(nn.Module):\n    pass\n")
    assert set(called.values()) == {"WIDTH", "scale", "Base", "Block"}
    assert text.startswith("from torch import nn\nfrom math import sqrt\n\n\nWIDTH = 4\n")
    assert text.index("class Block(Base)") < text.index("class Net(nn.Module)")


def test_what_is_here_already_is_used() -> None:
    text, called = taken(textwrap.dedent(BLOCK) + "\n\nclass Net:\n    pass\n")
    assert called["Block"] == "Block"
    assert text.count("class Block") == 1


def test_another_thing_of_the_same_name_gets_another_name_and_so_does_what_uses_it() -> None:
    text, called = taken(
        "from torch import nn\n\n\ndef scale(x):\n    return 2 * x\n\n\nclass Net(nn.Module):\n    pass\n"
    )
    assert called["scale"] == "scale2"
    assert "return scale2(x)" in text
    assert "def scale2(x):" in text and "def scale(x):\n    return 2 * x" in text


def test_a_dependency_that_is_renamed_makes_a_class_of_its_own() -> None:
    text, called = taken(textwrap.dedent(BLOCK).replace("WIDTH = 4", "WIDTH = 8") + "\n\nclass Net:\n    pass\n")
    assert (called["WIDTH"], called["scale"], called["Block"], called["Base"]) == ("WIDTH2", "scale2", "Block2", "Base")
    assert "class Block2(Base):" in text and "sqrt(WIDTH2)" in text


def test_what_another_file_of_the_program_holds_is_refused() -> None:
    with pytest.raises(Refusal, match="another file"):
        carried(source(BLOCK), ["Far"])


def test_an_import_that_is_something_else_here_is_refused() -> None:
    with pytest.raises(Refusal, match="means something else here"):
        taken("import numpy as nn\n\n\nclass Net:\n    pass\n")
