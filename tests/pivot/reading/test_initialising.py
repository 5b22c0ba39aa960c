"""Initialisation read as effects on parameters."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated
from pivot.starts import Start


def starts(done: Elaborated) -> dict[str, Start | None]:
    return {p.names[0]: p.start for p in done.network.parameters}


def said(start: Start | None) -> tuple[object, ...]:
    assert start is not None
    return (start.kind, *(round(n, 6) for n in start.numbers))


FC = "self.fc = nn.Linear(4, 8)"
CASES = {
    "nn.init.kaiming_normal_(W, mode='fan_out', nonlinearity='relu')": ("normal", 0.0, 0.5),
    "nn.init.kaiming_uniform_(W, a=1)": ("uniform", -math.sqrt(3) / 2, math.sqrt(3) / 2),
    "nn.init.xavier_uniform_(W, gain=nn.init.calculate_gain('tanh'))": (
        "uniform", -5 / 3 * math.sqrt(0.5), 5 / 3 * math.sqrt(0.5)),
    "nn.init.xavier_normal_(tensor=W)": ("normal", 0.0, math.sqrt(1 / 6)),
    "nn.init.trunc_normal_(W, std=1.5)": ("truncated", 0.0, 1.5, -2.0, 2.0),
    "nn.init.orthogonal_(W)": ("orthogonal", 1.0),
    "nn.init.constant_(W, 0.1)": ("constant", 0.1),
    "nn.init.eye_(W)": ("identity",),
    "nn.init.sparse_(W, 0.1)": ("other",),
    "W.data.normal_(0, 0.02).mul_(2)": ("normal", 0.0, 0.04),
    "W.data.uniform_(-1, 1)": ("uniform", -1.0, 1.0),
    "W.data.fill_(3)": ("constant", 3.0),
    "W.data[:] = 0.5": ("constant", 0.5),
    "W.data[0] = 0.5": ("other",),
    "W.data = 0.1 * torch.randn(8, 4)": ("normal", 0.0, 0.1),
    "W.data *= 2": ("uniform", -1.0, 1.0),
    "nn.init.uniform_(W, -(fan := nn.init._calculate_fan_in_and_fan_out(W)[0]), fan)": ("uniform", -4.0, 4.0),
    "pass": ("uniform", -0.5, 0.5),
}  # fmt: skip


@pytest.mark.parametrize("line", CASES)
def test_the_last_initialiser_counts(net: Callable[..., Elaborated], line: str) -> None:
    done = net(f"{FC}\n{line.replace('W', 'self.fc.weight')}", "return self.fc(x)")
    assert said(starts(done)["fc.weight"]) == tuple(n if isinstance(n, str) else round(n, 6) for n in CASES[line])


def test_loops_and_apply_reach_every_layer(net: Callable[..., Elaborated]) -> None:
    done = net(
        """\
        self.body = nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4), nn.Linear(4, 4))
        for m in self.modules():
            if isinstance(m, nn.LayerNorm):
                nn.init.constant_(m.weight, 0.5)
        self.apply(weights_init)""",
        "return self.body(x)",
        before="""\
        def weights_init(m):
            if m.__class__.__name__.find("Linear") != -1:
                m.weight.data.normal_(0.0, 0.02)
                m.bias.data.zero_()
        """,
    )
    found = {name: said(start) for name, start in starts(done).items() if start is not None}
    assert found == {
        "body.0.weight": ("normal", 0.0, 0.02), "body.0.bias": ("constant", 0.0), "body.1.weight": ("constant", 0.5),
        "body.2.weight": ("normal", 0.0, 0.02), "body.2.bias": ("constant", 0.0),
    }  # fmt: skip
    assert not done.network.problems


def test_what_apply_cannot_read_is_said(net: Callable[..., Elaborated]) -> None:
    done = net(f"{FC}\nself.apply(lambda m: undefined(m))", "return self.fc(x)")
    assert [(p.code, p.severity, p.line) for p in done.network.problems] == [("initialiser", "info", 9)]


def test_parameters_start_from_their_data(net: Callable[..., Elaborated]) -> None:
    done = net(
        "self.a = nn.Parameter(1 - 0.5 * torch.rand(4))\nself.b = nn.Parameter(torch.zeros(4).uniform_(-1, 1))",
        "return x * self.a + self.b",
    )
    assert [said(s) for s in starts(done).values()] == [("uniform", 0.5, 1.0), ("uniform", -1.0, 1.0)]


def test_the_default_said_again_stays_the_default(net: Callable[..., Elaborated]) -> None:
    done = net(f"{FC}\nnn.init.kaiming_uniform_(self.fc.weight, a=5 ** 0.5)", "return self.fc(x)")
    start = starts(done)["fc.weight"]
    assert start is not None
    assert start.kind == "uniform"


def test_a_part_of_attention_is_set_as_a_whole(net: Callable[..., Elaborated]) -> None:
    done = net(
        "self.att = nn.MultiheadAttention(4, 2, batch_first=True)\nnn.init.zeros_(self.att.in_proj_weight)",
        "return self.att(x, x, x)[0]",
        "2x3x4",
    )
    node = next(n for n in done.network.nodes if n.op is not None and n.op.name == "multi_head_attention")
    kernels = [node.weights[f"{part}_kernel"].start for part in ("q", "k", "v")]
    assert [said(k) for k in kernels] == [("constant", 0.0)] * 3


def test_the_projection_inside_an_attention_layer_is_started_by_its_name(read: Callable[..., Elaborated]) -> None:
    done = read(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.attn = nn.MultiheadAttention(4, 2)
                nn.init.normal_(self.attn.out_proj.weight, std=0.1)

            def forward(self, x):
                return self.attn(x, x, x)[0]
        """,
        "5x2x4",
        model="Net()",
    )
    assert said(starts(done)["attn.out_proj.weight"]) == ("normal", 0.0, 0.1)
