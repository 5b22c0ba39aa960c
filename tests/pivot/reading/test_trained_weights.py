"""Trained weights that a library function is asked for: the network without them, where they decide no more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pivot.problems import Refusal
from pivot.reading import installed
from pivot.reading.elaborate import Elaborated

MODELS = """
import torch.nn as nn
from torchvision.models._utils import handle_legacy_interface, _ovewrite_named_param

class Small(nn.Module):
    def __init__(self, num_classes=10, wide=False):
        super().__init__()
        self.fc = nn.Linear(4, 2 * num_classes if wide else num_classes)

    def forward(self, x):
        return self.fc(x)

@handle_legacy_interface(weights=("pretrained", "ALL"))
def small(*, weights=None, progress=True, **kwargs):
    if weights is not None:
        _ovewrite_named_param(kwargs, {sets!r}, 10)
    return Small(**kwargs)
"""


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`shelf("num_classes")` installs a library whose trained weights set that argument."""

    def filled(sets: str) -> None:
        folder = tmp_path / "shelf" / "models"
        folder.mkdir(parents=True)
        (folder / "small.py").write_text(MODELS.format(sets=sets))
        monkeypatch.setattr(installed, "FOLDERS", {"torchvision.models.": ("shelf", "models")})
        monkeypatch.setattr(installed, "package", lambda name: tmp_path / name)
        installed.find_on.cache_clear()

    return filled


def program(call: str) -> str:
    return f"""
from torchvision import models

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = models.{call}

    def forward(self, x):
        return self.body(x)
"""


@pytest.mark.parametrize(
    "call", ["small()", "small(True)", "small(pretrained=True)", "small(pretrained=False)", "small(weights='ALL')"]
)
def test_a_yes_to_trained_weights_is_the_network_without_them(
    shelf: Callable[[str], None], read: Callable[..., Elaborated], call: str
) -> None:
    shelf("num_classes")
    made = read(program(call), "2x4", model="Net()")
    assert len(made.network.nodes) == 1
    told = [p.why for p in made.network.problems if p.code == "weights"]
    asked = call not in ("small()", "small(pretrained=False)")
    assert told == ["the trained weights of small are not loaded"] * asked


def test_weights_that_set_more_than_the_number_of_classes_are_refused(
    shelf: Callable[[str], None], read: Callable[..., Elaborated]
) -> None:
    shelf("wide")
    with pytest.raises(Refusal, match="set other arguments, too: wide"):
        read(program("small(pretrained=True)"), "2x4", model="Net()")
