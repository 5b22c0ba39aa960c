"""weight_norm() and spectral_norm() around layers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
NET = """
from torch.nn.utils import spectral_norm, weight_norm
class Net(nn.Module):
    def __init__(self, norm=weight_norm):
        super().__init__()
        {body}
    def forward(self, x):
        return self.plain(self.conv(x))
"""
PLAIN = "; self.plain = nn.Conv1d(6, 2, 1)"


@pytest.mark.parametrize(
    ("made", "names"),
    [("weight_norm(nn.Conv1d(4, 6, 3))", {"weight_g", "weight_v"}),
     ("norm(nn.Conv1d(4, 6, 3), dim=0)", {"weight_g", "weight_v"}),
     ("spectral_norm(nn.Conv1d(4, 6, 3))", {"weight_orig", "weight_u", "weight_v"}),
     ("weight_norm(nn.Conv1d(4, 6, 3), dim=2)", {"weight_g", "weight_v"}),
     ("nn.utils.parametrizations.weight_norm(nn.Conv1d(4, 6, 3))",
      {"parametrizations.weight.original0", "parametrizations.weight.original1"})],
)  # fmt: skip
def test_a_layer_has_the_weights_that_a_checkpoint_has(read: Read, made: str, names: set[str]) -> None:
    done = read(NET.format(body=f"self.conv = {made}{PLAIN}"), "2x4x9")
    found = {name for p in done.network.parameters for name in p.names}
    assert {f"conv.{name}" for name in names} | {"conv.bias", "plain.weight", "plain.bias"} == found


def test_a_layer_stays_one_of_its_kind(read: Read) -> None:
    body = "self.conv = weight_norm(nn.Conv1d(4, 6, 3)); assert isinstance(self.conv, nn.Conv1d)" + PLAIN
    assert read(NET.format(body=body), "2x4x9").network.outputs[0].type.shape[1] == 2


def test_the_library_has_the_functions_that_are_read(read: Read) -> None:
    body = "self.conv = nn.Conv1d(4, 6, 3); assert hasattr(nn.utils.parametrizations, 'weight_norm')" + PLAIN
    assert read(NET.format(body=body), "2x4x9").network.outputs[0].type.shape[1] == 2


@pytest.mark.parametrize(
    ("body", "why"),
    [("self.conv = weight_norm(nn.Conv1d(4, 6, 3), dim=1)", "weight_norm with dim=1 is not read"),
     ("self.conv = spectral_norm(nn.Conv1d(4, 6, 3), n_power_iterations=3)", "n_power_iterations=3 is not read"),
     ("made = [nn.Conv1d(c, 6, 3) for c in (4, 4)]; weight_norm(made[0]); self.conv = made[1]", "with and without")],
)  # fmt: skip
def test_what_is_not_read_is_refused(read: Read, body: str, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        read(NET.format(body=body + PLAIN), "2x4x9")
