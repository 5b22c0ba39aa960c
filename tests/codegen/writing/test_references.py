"""Names in the target's words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codegen.convert import Converted


def test_what_a_function_imports_itself_is_written_with_it(
    convert: Callable[..., Converted], write_source: Callable[..., Path]
) -> None:
    path = write_source(
        """
        from torch import nn

        def activation():
            from acts import Swish
            return Swish

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.act = activation()()

            def forward(self, x):
                return self.act(x)
        """
    )
    acts = "import torch\nfrom torch import nn\n\n\nclass Swish(nn.Module):\n    def forward(self, x):\n"
    (path.parent / "acts.py").write_text(acts + "        return x * torch.sigmoid(x)\n", encoding="utf-8")
    made = convert(path, "2x4", model="Net()").text
    assert "class Swish(layers.Layer):" in made and "    return Swish\n" in made
