"""Constants that a forward pass brings to the type of its input."""

from __future__ import annotations

from collections.abc import Callable


def test_a_constant_in_the_type_of_the_input_has_a_name_of_the_call(net: Callable[..., str]) -> None:
    """Stored on the model, it would be a tensor of a graph that the next call cannot use."""
    made = net(
        "self.mean = torch.Tensor((0.4, 0.5, 0.6)).view(1, 3, 1, 1)",
        "self.mean = self.mean.type_as(x)\nx = (x - self.mean) * 2\nreturn x + self.mean",
        "2x3x4x4",
    )
    assert "self.mean = ops.cast" not in made
    assert "mean = ops.cast(self.mean, x.dtype)" in made
    assert "x - mean" in made and "x + mean" in made
