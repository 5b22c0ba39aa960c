"""Statements: loops and conditions stay, what has no meaning goes, results are unpacked as the target gives them."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from codegen.convert import Converted
from codegen.writing.statements import negated

Call = Callable[..., str]
Init = Callable[..., str]


def test_loops_and_comments_stay(call: Call) -> None:
    made = call(
        "self.body = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])",
        "# through all\nfor layer in self.body:\n    x = F.relu(layer(x))  # each\n# done\nreturn x",
        "2x4",
    )
    assert made == "# through all\nfor layer in self.body:\n    x = ops.relu(layer(x))  # each\n# done\nreturn x"


def test_arms_nobody_took_are_written_or_refuse_where_they_stand(conversion: Callable[..., Converted]) -> None:
    made = conversion(
        """
        class Net(nn.Module):
            def __init__(self, kind="relu"):
                super().__init__()
                self.kind = kind

            def forward(self, x):
                if self.kind == "relu":
                    return F.relu(x)
                elif self.kind == "odd":
                    return torch.special.bessel_j0(x)
                return torch.tanh(x)
        """,
        "2x4",
    )
    assert 'if self.kind == "relu":\n            return ops.relu(x)' in made.text
    assert "return ops.tanh(x)" in made.text
    refusal = next(line for line in made.text.split("\n") if "model.py:" in line)
    number = int(refusal.partition("model.py:")[2].partition(":")[0].split()[0])
    source = next(iter(made.done.evaluator.files.values())).split("\n")
    assert "bessel_j0" in source[number - 1] or "odd" in source[number - 1]
    assert any(place.startswith("model.py:") for place in made.written.unverified)


def test_initialisation_goes_with_its_loop(init: Init) -> None:
    made = init(
        "self.fc = nn.Linear(4, 2)\n"
        "for m in self.modules():\n"
        "    if isinstance(m, nn.Linear):\n"
        "        nn.init.xavier_uniform_(m.weight)\n"
        "        nn.init.zeros_(m.bias)\n"
        "self.fc.weight.data.normal_(0, 0.01)",
        "return self.fc(x)",
        "2x4",
    )
    assert made == "self.fc = layers.Dense(2)"


def test_reports_go(call: Call) -> None:
    made = call(
        "self.fc = nn.Linear(4, 2)",
        "logger.info('shape %s', x.shape)\nlogging.debug('here')\n"
        "print(x.shape)\nwarnings.warn('old')\nreturn self.fc(x)",
        "2x4",
        before="import logging\nimport warnings\n\nlogger = logging.getLogger(__name__)\n\n",
    )
    assert made == "return self.fc(x)"


def test_size_names_stand_in_storage_order(call: Call) -> None:
    made = call(
        "self.conv = nn.Conv2d(3, 8, 1)",
        "y = self.conv(x)\nb, c, h, w = y.shape\nreturn y.view(b, c, h * w).transpose(1, 2)",
        "2x3x4x6",
    )
    assert made == "y = self.conv(x)\nb, h, w, c = ops.shape(y)\nreturn ops.reshape(y, (-1, h * w, c))"


@pytest.mark.parametrize(
    ("forward", "target"),
    [
        ("out, (h, c) = self.lstm(x)\nreturn out", "out = self.lstm(x)"),
        ("out, _ = self.lstm(x)\nreturn out", "out = self.lstm(x)"),
        ("_, (h, _) = self.lstm(x)\nreturn h[-1]", "h = "),
        ("out, (h, c) = self.lstm(x)\nreturn out, h[-1], c[-1]", "out, h, c = self.lstm(x)"),
    ],
)
def test_results_are_unpacked_as_the_target_returns_them(call: Call, forward: str, target: str) -> None:
    made = call("self.lstm = nn.LSTM(4, 6, batch_first=True)", forward, "2x5x4")
    assert target in made or (target == "h = " and "h" in made.split(" = ")[0])
    assert "(h, c) =" not in made
    ast.parse(f"def f(self, x):\n    {made.replace(chr(10), chr(10) + '    ')}")


def test_gates_of_a_gru_unpack_to_two(call: Call) -> None:
    made = call("self.gru = nn.GRU(4, 6, batch_first=True)", "out, h = self.gru(x)\nreturn out, h[0]", "2x5x4")
    assert made.startswith("out, h = self.gru(x)\n")


def test_annotated_and_augmented_assignments(call: Call) -> None:
    made = call(
        "self.fc = nn.Linear(4, 4)", "n: int = 2\ny: torch.Tensor = self.fc(x)\ny += x\ny *= n\nreturn y", "2x4"
    )
    assert made == "n: int = 2\ny: keras.KerasTensor = self.fc(x)\ny += x\ny *= n\nreturn y"


def test_contexts_of_the_source_framework_go_and_their_bodies_stay(call: Call) -> None:
    made = call("self.fc = nn.Linear(4, 4)", "with torch.autocast('cpu'):\n    y = self.fc(x)\nreturn y", "2x4")
    assert made == "y = self.fc(x)\nreturn y"


@pytest.mark.parametrize(
    ("test", "other"),
    [
        ("a", "not a"),
        ("not a", "a"),
        ("a is None", "a is not None"),
        ("a is not None", "a is None"),
        ("a < b", "not a < b"),
    ],
)
def test_a_test_is_turned_round(test: str, other: str) -> None:
    assert ast.unparse(negated(ast.parse(test, mode="eval").body)) == other


def test_a_loop_of_assignments_computes(call: Call) -> None:
    made = call(
        "self.a = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])\nself.b = nn.Linear(4, 4)",
        "for i, f in enumerate(self.a):\n    x = f(x)\n    if i == 1:\n        x = self.b(x)\nreturn x",
        "2x4",
    )
    assert made == "for i, f in enumerate(self.a):\n    x = f(x)\n    if i == 1:\n        x = self.b(x)\nreturn x"


def test_what_follows_a_return_and_cannot_be_written_refuses_where_it_stands(written: Callable[..., str]) -> None:
    made = written(
        """
        def chosen(layers, rate):
            if rate == 0:
                return layers
            drop = torch.rand(2) < rate
            if all(drop):
                drop[0] = False
            return [f for f, d in zip(layers, drop) if not d]

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])

            def forward(self, x):
                for f in chosen(self.a, 0):
                    x = f(x)
                return x
        """,
        "2x4",
    )
    assert "    if rate == 0:\n        return layers\n" in made
    assert "raise NotImplementedError" in made


def test_sizes_of_new_tensors_stay_expressions(init: Init) -> None:
    made = init(
        "self.offset = torch.zeros(1, width) + torch.ones((width,))",
        "return x + self.offset",
        "2x4",
        signature="width=4",
    )
    assert made == "self.offset = ops.zeros((1, width)) + ops.ones((width,))"


def test_names_of_what_went_leave_an_assignment_of_several(call: Call) -> None:
    made = call(
        "self.heads = 2",
        "b, n, d, device, h = *x.shape, x.device, self.heads\nreturn x.reshape(b, n, h, d // h)",
        "2x3x4",
    )
    assert made.split("\n")[0] == "b, n, d, h = *ops.shape(x), self.heads"


def test_an_arm_nobody_took_that_only_initialises_goes(written: Callable[..., str]) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(3, 4, 1)
                if isinstance(self.conv, nn.Conv2d):
                    nn.init.zeros_(self.conv.bias)
                elif self.conv.last is not None:
                    nn.init.zeros_(self.conv.last.bias)

            def forward(self, x):
                return self.conv(x)
        """,
        "2x3x4x4",
    )
    assert "NotImplementedError" not in made


def test_where_a_tensor_lies_is_not_asked(call: Call) -> None:
    made = call(
        "self.a = nn.Linear(4, 4)\nself.count = 1",
        "if (x.is_cuda or x.is_xpu) and self.count > 1:\n    x = x * 2\nreturn self.a(x)",
        "2x4",
    )
    assert made == "return self.a(x)"


def test_what_an_arm_loses_that_was_not_met_is_at_hand_behind_it(written: Callable[..., str]) -> None:
    made = written(
        """
        def shifted(x, mask):
            return x if mask is None else x + mask

        class Net(nn.Module):
            def forward(self, x, mask=None):
                if mask is not None:
                    mask = mask.to(x.device)
                x = shifted(x, mask)
                return x * 2
        """,
        "2x4",
    )
    assert "x = shifted(x, mask)" in made


def test_a_check_of_whole_shapes_goes_where_sizes_are_open(net: Callable[..., str]) -> None:
    checks = "assert x.shape == y.shape\nif x.size() != (2, y.size(1), 4):\n    raise ValueError('sizes')\nreturn x + y"
    made = net("pass", checks, "2x3x4", "2x3x4", args="x, y")
    assert "return x + y" in made and "assert" not in made and "raise" not in made
    assert "assert ops.shape(x)[2] == 4" in net("pass", "assert x.size(2) == 4\nreturn x", "2x3x4")


def test_what_a_function_imports_itself_is_imported_there_again(written: Callable[..., str]) -> None:
    made = written(
        """
        def rounded(x):
            import warnings, math, numpy as np
            from torch import nn
            return int(np.ceil(x / 8) * 8)

        class Net(nn.Module):
            def __init__(self, n=4):
                super().__init__()
                self.a = nn.Linear(4, rounded(n))

            def forward(self, x):
                return self.a(x)
        """,
        "2x4",
    )
    assert "def rounded(x):\n    import numpy as np\n\n    return int(np.ceil(x / 8) * 8)" in made


def test_what_a_function_imports_and_the_target_lacks_goes_with_what_is_made_of_it(init: Init) -> None:
    made = init(
        "from torch.nn.attention import SDPBackend\n"
        "self.size = 4\n"
        "kernels = dict(flash=SDPBackend.FLASH_ATTENTION, math=SDPBackend.MATH)\n"
        "wanted = [kernels[name] for name in kernels]\n"
        "self.context = partial(torch.nn.attention.sdpa_kernel, wanted)\n",
        "with self.context():\n    return F.scaled_dot_product_attention(x, x, x) * self.size",
        "2x3x4",
        before="from functools import partial\n",
    )
    assert made.strip() == "self.size = 4"


def test_what_a_function_answers_about_the_library_is_what_it_gives(written: Callable[..., str]) -> None:
    made = written(
        """
        from torch import pi

        def is_fast(device):
            device = torch.device(device)
            if device.type == "cuda":
                return True
            known = torch.xpu.is_available()
            return known and device.type != "meta"

        class Net(nn.Module):
            def forward(self, x):
                if is_fast(x.device):
                    return torch.compile(torch.relu)(x)
                return x * pi
        """,
        "2x4",
    )
    assert "def is_fast():\n    return False" in made
    assert "return x * math.pi" in made


def test_a_loop_that_starts_biases_goes_where_no_layer_has_one(init: Init) -> None:
    made = init(
        """
self.a = nn.Linear(4, 4, bias=False)
for m in self.modules():
    if isinstance(m, nn.Linear):
        m.weight.data.normal_(0, 0.1)
        if m.bias is not None:
            m.bias.data.zero_()
""",
        "return self.a(x)",
        "2x4",
    )
    assert made == "self.a = layers.Dense(4, use_bias=False)"


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("n, device = x.shape[1], x.device", "n = ops.shape(x)[1]\n"),
        ("device, n = x.device, x.shape[1]", "n = ops.shape(x)[1]\n"),
        ("n, m, device = x.shape[1], 2, x.device", "n, m = ops.shape(x)[1], 2\n"),
        ("*n, device = *x.shape[1:], x.device", "(*n,) = ops.shape(x)[1:]\n"),
    ],
)
def test_what_is_left_of_a_pair_is_no_tuple(call: Call, source: str, wanted: str) -> None:
    made = call("", f"{source}\nreturn x * (n[0] if isinstance(n, list) else n)", "2x3")
    assert made.startswith(wanted) and "device" not in made
