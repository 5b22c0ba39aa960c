"""Questions about number kinds in the target's words."""

from __future__ import annotations

from collections.abc import Callable

Net = Callable[..., str]


def test_the_framework_s_own_kind_and_its_limits(net: Net) -> None:
    made = net(
        "self.kind = pick()\nself.linear = nn.Linear(4, 4)",
        "return self.linear(x)",
        "2x4",
        before=(
            "def pick(kind=None):\n"
            "    if kind is None:\n"
            "        kind = torch.get_default_dtype()\n"
            "    if kind.is_floating_point and torch.finfo(kind).bits < 32:\n"
            "        return torch.float32\n"
            "    return kind\n\n"
        ),
    )
    assert "kind = keras.config.floatx()" in made
    assert '"float" in keras.backend.standardize_dtype(kind)' in made and "np.finfo(" in made
