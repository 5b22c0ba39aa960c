"""Inputs guessed from layers, from what is done to a parameter first, and from names of settings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated
from pivot.reading.guessing import alike

Read = Callable[..., Elaborated]


def guessed(read: Read, init: str, forward: str, args: str = "x", signature: str = "") -> tuple[list[str], str]:
    """The inputs, and what is said about them."""
    text = (
        f"class Net(nn.Module):\n    def __init__(self{', ' * bool(signature)}{signature}):\n"
        f"        super().__init__()\n        {init}\n    def forward(self, {args}):\n        {forward}\n"
    )
    done = read(text)
    problem = next(p for p in done.network.problems if p.code == "input-guess")
    return [str(s) for s in done.specs], problem.why


@pytest.mark.parametrize(
    ("init", "forward", "spec", "why"),
    [
        ("self.a = nn.Linear(784, 2)", "return self.a(x.view(x.size(0), -1))", "2x1x28x28", "as 1 x 28 x 28"),
        ("self.a = nn.Conv2d(3, 4, 3)", "return self.a(x.permute(0, 3, 1, 2))", "1x224x224x3", "Conv2d at line"),
        (
            "self.b = nn.Linear(9, 9); self.a = nn.Linear(5, 9)",
            "x = self.a(x)\n        return self.b(x)",
            "2x5",
            "Linear at",
        ),
        ("self.a = nn.LSTM(6, 3, batch_first=True)", "return self.a(x)[0]", "2x16x6", "LSTM at"),
    ],
)
def test_one_input(read: Read, init: str, forward: str, spec: str, why: str) -> None:
    specs, said = guessed(read, init, forward)
    assert specs == [spec]
    assert why in said


def test_the_size_of_an_image_is_taken_from_the_settings(read: Read) -> None:
    init = "self.a = nn.Conv2d(3, 4, 8, stride=8)"
    specs, said = guessed(read, init, "return self.a(x)", signature="image_size=48")
    assert specs == ["1x3x48x48"]
    assert "image_size=48" in said


def test_the_size_of_an_image_follows_from_a_linear_layer_behind_it(read: Read) -> None:
    init = "self.a = nn.Conv2d(3, 4, 3); self.b = nn.Linear(4 * 23 * 23, 2)"
    specs, said = guessed(read, init, "return self.b(F.max_pool2d(self.a(x), 2).flatten(1))")
    assert specs == ["1x3x48x48"]  # 49 would do as well
    assert "2116 features behind it" in said


def test_an_image_that_only_squares_go_through(read: Read) -> None:
    init = "self.a = nn.Conv2d(3, 4, 3, padding=1)"
    specs, _ = guessed(read, init, "x = self.a(x)\n        return x * F.avg_pool2d(x, x.size(2))")
    assert specs == ["1x3x224x224"]


def test_a_time_step_is_a_number_per_row(read: Read) -> None:
    init = "self.a = nn.Conv2d(3, 4, 3, padding=1); self.b = nn.Linear(16, 4)"
    forward = "e = self.b(torch.sin(t[:, None] * torch.arange(16)))\n        return self.a(x) + e[:, :, None, None]"
    specs, said = guessed(read, init, forward, "x, t")
    assert specs == ["2x3x224x224", "2"]
    assert "the name t" in said


def test_what_is_masked_is_a_sequence(read: Read) -> None:
    init = "self.q = nn.Linear(8, 8); self.k = nn.Linear(8, 8)"
    forward = (
        "s = self.q(x) @ self.k(m).transpose(1, 2)\n"
        "        return s.masked_fill(src_mask == 0, -1e4).masked_fill(mask == 0, -1e4)"
    )
    specs, said = guessed(read, init, forward, "x, m, src_mask, mask")
    assert specs[:2] == ["2x16x8", "2x16x8"]
    assert "the name src_mask" in said


def test_inputs_that_a_layer_joins_are_as_wide_as_the_settings_say(read: Read) -> None:
    init = "self.emb = nn.Embedding(10, 10); self.fc = nn.Linear(latent_dim + 10 + code_dim, 8)"
    forward = "return self.fc(torch.cat((self.emb(labels), noise, code), 1))"
    specs, said = guessed(read, init, forward, "noise, labels, code", "latent_dim=20, code_dim=3")
    assert specs == ["2x20", "2:int64<10", "2x3"]
    assert "latent_dim=20" in said
    assert "code_dim=3" in said


def test_names_that_are_alike() -> None:
    assert alike("code", "code_dim") > alike("noise", "latent_dim") > alike("noise", "code_dim") == 0
