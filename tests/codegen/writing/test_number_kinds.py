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


def test_a_table_made_in_float32_is_of_the_kind_that_the_program_computes_in(net: Net) -> None:
    made = net(
        "self.table = torch.arange(4, dtype=torch.float) * torch.arange(4).float()",
        "return x + self.table + torch.ones(4, dtype=torch.float32) + torch.ones(4, dtype=x.dtype)",
        "2x4",
    )
    flat = "".join(made.split())
    assert "ops.arange(4,dtype=keras.config.floatx())*ops.cast(ops.arange(4),keras.config.floatx())" in flat
    assert "ops.ones((4,), dtype=keras.config.floatx())" in made and "dtype=x.dtype" in made


def test_a_table_in_a_kind_of_its_own_keeps_it(net: Net) -> None:
    made = net("self.table = torch.arange(4, dtype=torch.float64)", "return x.double() + self.table", "2x4")
    assert 'ops.arange(4, dtype="float64")' in made


def test_tensors_of_two_kinds_meet_in_functions_not_in_operators(net: Net) -> None:
    """x.float() stays float32 where a program computes in another kind; TensorFlow's operators take one kind only."""
    made = net(
        "self.linear = nn.Linear(4, 4)",
        (
            "x = self.linear(x)\nv = x.to(torch.float32).pow(2)\nw = v * v\n"
            "y = x * torch.rsqrt(w + 1e-6)\nreturn y + w.to(x.dtype) + w.type_as(x)"
        ),
        "2x4",
    )
    assert "w = v * v" in made
    assert "y = ops.multiply(x, ops.rsqrt(w + 1e-6))" in made
    assert "y + ops.cast(w, x.dtype) + ops.cast(w, x.dtype)" in made


def test_a_kind_by_another_name_is_handed_on(net: Net) -> None:
    before = "def table(size, kind):\n    return torch.arange(size).to(kind)\n\n"
    made = net("self.table = table(4, torch.float)", "return x + self.table", "2x4", before=before)
    assert 'self.table = table(4, "float32")' in made


def test_numbers_made_float32_by_name_meet_the_rest_in_a_function(net: Net) -> None:
    made = net("pass", "scale = torch.tensor(0.3, dtype=torch.float32)\nreturn x * scale", "2x4")
    assert "return ops.multiply(x, scale)" in made
