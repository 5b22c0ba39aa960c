"""Parameters and buffers that a forward pass writes into."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated

INIT = 'self.register_buffer("ema", torch.zeros(4))\nself.fc = nn.Linear(4, 4)'
WRITES = [
    "self.ema.mul_(0.9).add_(x.mean(0))",
    "self.ema += x.mean(0)",
    "self.ema[0] = 2.0",
    "self.ema.data.copy_(x[0])",
    "self.ema.view(2, 2)[0].zero_()",
    "self.ema = self.ema * 0.9",
    "self.fc.bias.clamp_(0, 1)",
]


@pytest.mark.parametrize("write", WRITES)
def test_an_update_that_no_output_needs_is_left_out_and_said(net: Callable[..., Elaborated], write: str) -> None:
    done = net(INIT, f"y = self.fc(x) + self.ema\n{write}\nreturn y")
    assert [n.op.name for n in done.network.nodes if n.op is not None] == ["linear", "add"]
    said = [p for p in done.network.problems if p.code == "update"]
    assert said and all(p.severity == "warning" and p.line for p in said)


@pytest.mark.parametrize("write", WRITES)
def test_an_updated_value_that_an_output_needs_is_refused(net: Callable[..., Elaborated], write: str) -> None:
    with pytest.raises(Refusal, match=r"writes into .* and computes with the new value"):
        net(INIT, f"{write}\nreturn self.fc(x) + self.ema")


def test_what_the_constructor_writes_is_no_update(net: Callable[..., Elaborated]) -> None:
    done = net(INIT + "\nself.ema.add_(1)\nself.ema += 1", "return self.fc(x) + self.ema")
    assert not [p for p in done.network.problems if p.code == "update"]


def test_an_update_that_many_layers_make_is_one_remark_with_their_number(read: Callable[..., Elaborated]) -> None:
    done = read(
        """
        class Norm(nn.BatchNorm1d):
            def forward(self, x):
                self.num_batches_tracked.add_(1)
                return super().forward(x)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.norms = nn.Sequential(Norm(4), Norm(4), Norm(4))

            def forward(self, x):
                return self.norms(x)
        """,
        "2x4",
        model="Net()",
    )
    said = [p for p in done.network.problems if p.code == "update"]
    assert len(said) == 1 and said[0].why.endswith("norms.0.num_batches_tracked and 2 more")


def test_a_buffer_that_gets_what_it_holds_is_no_update(net: Callable[..., Elaborated]) -> None:
    done = net(INIT, "self.ema = self.ema.to(x.device)\nreturn self.fc(x) + self.ema")
    assert not [p for p in done.network.problems if p.code == "update"]
