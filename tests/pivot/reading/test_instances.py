"""Instances of program classes that are no modules."""

from __future__ import annotations

from collections.abc import Callable

from pivot.reading.elaborate import Elaborated

CONFIGURED = """
from dataclasses import dataclass

@dataclass
class Config:
    width: int
    depth: int = 2

class Wide(Config):
    def __init__(self, width, factor=2):
        super().__init__(width * factor)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        config = Wide(2)
        self.layers = nn.Sequential(*[nn.Linear(config.width, config.width) for _ in range(config.depth)])

    def forward(self, x):
        return self.layers(x)
"""


def test_the_generated_constructor_of_a_dataclass_is_called_through_super(read: Callable[..., Elaborated]) -> None:
    done = read(CONFIGURED, "2x4", model="Net()")
    assert [n.params["units"] for n in done.network.nodes] == [4, 4]


OVER = """
from dataclasses import dataclass

class Base:
    def __init__(self, width=9):
        self.width = width

@dataclass
class Config(Base):
    width: int
    depth: int = 2

class Named(Config):
    pass

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        config = Named(4, depth=3)
        self.layers = nn.Sequential(*[nn.Linear(config.width, config.width) for _ in range(config.depth)])

    def forward(self, x):
        return self.layers(x)
"""


def test_a_dataclass_has_a_constructor_of_its_own(read: Callable[..., Elaborated]) -> None:
    assert [n.params["units"] for n in read(OVER, "2x4").network.nodes] == [4, 4, 4]
