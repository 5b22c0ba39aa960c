"""PyTorch as the reader meets it: what is dropped, answered, registered, applied."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.dims import hint as dim_hint
from pivot.reading.elaborate import Elaborated
from pivot.reading.torch import TorchDialect

Net = Callable[..., Elaborated]


def ops(done: Elaborated) -> list[str]:
    return [node.op.name if node.op is not None else f"? {node.text}" for node in done.network.nodes]


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("torch.nn.modules.conv.Conv2d", "torch.nn.Conv2d"),
        ("torch.nn.modules.batchnorm._BatchNorm", "torch.nn.modules.batchnorm._BatchNorm"),
        ("torch.nn.parameter.Parameter", "torch.nn.Parameter"),
        ("torch.functional.einsum", "torch.einsum"),
        ("torch.nn.functional.relu", "torch.nn.functional.relu"),
    ],
)
def test_one_name_for_each_thing(name: str, canonical: str) -> None:
    assert TorchDialect().canonical(name) == canonical


@pytest.mark.parametrize(
    ("name", "ancestor", "expected"),
    [
        ("torch.nn.Conv2d", "torch.nn.Module", True),
        ("torch.nn.Conv2d", "torch.nn.modules.conv._ConvNd", True),
        ("torch.nn.BatchNorm1d", "torch.nn.modules.batchnorm._BatchNorm", True),
        ("torch.nn.LSTM", "torch.nn.RNNBase", True),
        ("torch.nn.Linear", "torch.nn.modules.conv._ConvNd", False),
        ("torch.nn.Parameter", "torch.nn.Module", False),
        ("torch.nn.functional.relu", "torch.nn.Module", False),
    ],
)
def test_library_classes_descend_from_each_other(name: str, ancestor: str, expected: bool) -> None:
    assert TorchDialect().is_subclass(name, ancestor) is expected


@pytest.mark.parametrize(
    "forward",
    [
        "return F.relu(x)",
        "return torch.relu(x)",
        "return x.relu()",
        "return x.relu_()",
        "return torch.relu_(x)",
        "return F.relu(x, inplace=True)",
        "return F.relu(input=x)",
        "return nn.ReLU()(x)",
        "return nn.functional.relu(x)",
        "return torch.nn.modules.activation.ReLU()(x)",
        "return torch.compile(F.relu)(x)",
        "return torch.utils.checkpoint.checkpoint(F.relu, x, use_reentrant=False)",
        "with torch.no_grad():\n    return x.to(x.device).contiguous().relu()",
        "torch.manual_seed(0)\nif torch.jit.is_scripting():\n    return x\nreturn torch.relu(x)",
        "if torch.is_tensor(x) and isinstance(x, torch.Tensor):\n    return torch.relu(x)\nreturn x",
    ],
)
def test_spellings_of_one_op(net: Net, forward: str) -> None:
    kept = [name for name in ops(net("", forward)) if name not in ("identity", "contiguous", "cast", "to")]
    assert kept == ["relu"]


def test_parameters_and_buffers_keep_their_kind_and_order(net: Net) -> None:
    done = net(
        """
        self.fc = nn.Linear(4, 4, bias=False)
        self.scale = nn.Parameter(torch.ones(4))
        self.fixed = nn.Parameter(torch.zeros(2, 3), requires_grad=False)
        self.register_buffer("mean", torch.zeros(4))
        self.register_buffer("scratch", torch.zeros(1), persistent=False)
        self.register_parameter("none", None)
        self.norm = nn.BatchNorm1d(4)
        """,
        "return self.norm(self.fc(x) * self.scale - self.mean)",
    )
    found = {p.names[0]: (p.type.shape, p.trainable, p.buffer, p.persistent) for p in done.network.parameters}
    assert found == {
        "scale": ((4,), True, False, True),
        "fixed": ((2, 3), False, False, True),
        "mean": ((4,), False, True, True),
        "fc.weight": ((4, 4), True, False, True),
        "norm.weight": ((4,), True, False, True),
        "norm.bias": ((4,), True, False, True),
        "norm.running_mean": ((4,), False, True, True),
        "norm.running_var": ((4,), False, True, True),
        "norm.num_batches_tracked": ((), False, True, True),
    }
    read_back = [v.parameter.names[0] for n in done.network.nodes for v in n.tensors() if v.parameter is not None]
    assert read_back == ["scale", "mean"]


def test_weight_initialisation_has_no_meaning_for_the_network(net: Net) -> None:
    done = net(
        """
        self.fc = nn.Linear(4, 4)
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.kaiming_normal_(m.weight, mode="fan_out")
                nn.init.zeros_(m.bias)
                m.weight.data.normal_(0, 0.02)
        for name, p in self.named_parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform_(p)
        self.apply(lambda m: None)
        """,
        "return self.fc(x)",
    )
    assert ops(done) == ["linear"]
    assert not [p for p in done.network.problems if p.severity == "error"]


@pytest.mark.parametrize(
    ("forward", "shape"),
    [
        ("return x.view(x.size(0), -1)", "N C*H*W"),
        ("b, c, h, w = x.shape\nreturn x.reshape(b, c, h * w).transpose(1, 2)", "N H*W C"),
        ("return x.permute(0, 2, 3, 1)", "N H W C"),
        ("return x[:, :2, ..., None].squeeze(-1)", "N 2 H W"),
        ("return torch.cat([x, x], dim=1).mean((2, 3))", "N 2*C"),
        ("(a, b), n = x.chunk(2, dim=1), x.numel()\nreturn x.view(n)", "N*C*H*W"),
        ("return x.flatten(1).unsqueeze(0).size(2) * x", "N C H W"),
    ],
)
def test_sizes_flow_symbolically(net: Net, forward: str, shape: str) -> None:
    done = net("", forward, "2x4x6x8")
    hints = {"N": 2, "C": 4, "H": 6, "W": 8}
    got = done.network.outputs[0].type.shape
    assert [getattr(d, "hint", d) for d in got] == [
        eval_product(word, hints) if not word.isdigit() else int(word) for word in shape.split()
    ]
    assert {str(d) for d in got if not isinstance(d, int)} <= {"N", "C", "H", "W", "2*C", "H*W", "C*H*W", "4*H*N*W"}


def eval_product(word: str, hints: dict[str, int]) -> int:
    result = 1
    for factor in word.split("*"):
        result *= hints[factor] if factor in hints else int(factor)
    return result


def test_a_size_contradiction_is_refused_at_its_place(net: Net, refused: Net) -> None:
    problem = refused(net, "self.a = nn.Linear(4, 8)\nself.b = nn.Linear(4, 2)", "return self.b(self.a(x))")
    assert problem.code == "shape"
    assert problem.line == 11
    assert "4" in problem.why
    assert "8" in problem.why


def test_layers_tell_what_they_were_made_with(net: Net) -> None:
    done = net(
        "self.a = nn.Linear(4, 8)\nself.b = nn.Linear(self.a.out_features, self.a.in_features)",
        "return self.b(self.a(x))",
    )
    assert [n.results[0].type.shape[-1] for n in done.network.nodes] == [8, 4]


def test_a_copied_module_has_weights_of_its_own(net: Net) -> None:
    done = net("import copy\nself.a = nn.Linear(4, 4)\nself.b = copy.deepcopy(self.a)", "return self.b(self.a(x))")
    a, b = done.network.nodes
    assert a.weights["kernel"] is not b.weights["kernel"]
    assert [p.names for p in done.network.parameters][2:] == [["b.weight"], ["b.bias"]]


def test_a_module_that_is_never_called_is_kept_and_said_so(net: Net) -> None:
    done = net("self.used = nn.Linear(4, 4)\nself.spare = nn.Linear(4, 4)", "return self.used(x)")
    assert len(done.network.parameters) == 4
    problem = next(p for p in done.network.problems if p.code == "unused-module")
    assert (problem.severity, problem.line) == ("info", 9)
    assert "spare" in problem.why


def test_recurrent_layers_return_what_pytorch_returns(net: Net) -> None:
    done = net(
        "self.rnn = nn.LSTM(4, 8, batch_first=True)",
        "y, (h, c) = self.rnn(x)\nreturn y[:, -1] + h[-1]",
        "2x5x4",
    )
    assert ops(done)[0] == "lstm"
    assert [str(d) for d in done.network.outputs[0].type.shape] == ["N", "8"]


def test_storing_into_a_tensor_is_refused_with_advice(net: Net, refused: Net) -> None:
    problem = refused(net, "", "x[[0, 1]] = 1\nreturn x")
    assert problem.code == "store"
    assert "where()" in problem.remedy


@pytest.mark.parametrize(("setting", "layer"), [("negative_slope", "LeakyReLU()"), ("kernel_size", "Conv2d(3, 4, 3)")])
def test_settings_of_a_layer_are_not_changed_after_it_was_made(
    net: Net, refused: Net, setting: str, layer: str
) -> None:
    problem = refused(net, f"self.m = nn.{layer}\nself.m.{setting} = 2", "return self.m(x)")
    assert f"{setting} of a layer is changed after the layer was made" in problem.why


def test_a_convolution_follows_what_is_set_after_it_was_made(net: Callable[..., Elaborated]) -> None:
    done = net("self.conv = nn.Conv2d(3, 4, 3)\nself.conv.stride = (2, 2)", "return self.conv(x)", "2x3x9x9")
    assert [str(d) for d in done.network.outputs[0].type.shape][1:2] == ["4"]
    assert done.network.outputs[0].type.shape[2:] != done.network.inputs[0].value.type.shape[2:]


@pytest.mark.parametrize(
    ("layer", "call", "why"),
    [
        ("Bilinear(4, 4, 4)", "weight_norm(self.m)", "comes by its weights"),
        ("ReLU()", "parametrize.register_parametrization(self.m, 'weight', nn.ReLU())", "is not read"),
        ("Linear(4, 4)", "parametrize.register_parametrization(self.m, 'bias', nn.ReLU())", "something else"),
    ],
)
def test_what_changes_how_a_layer_comes_by_its_weights_is_refused(
    net: Net, refused: Net, layer: str, call: str, why: str
) -> None:
    problem = refused(net, f"self.m = nn.{layer}\nnn.utils.{call}", "return self.m(x)")
    assert why in problem.why


def test_a_parametrized_weight_is_made_of_the_one_that_is_trained(net: Callable[..., Elaborated]) -> None:
    register = "nn.utils.parametrize.register_parametrization(self.a, 'weight', Scale())"
    before = """class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.by = nn.Parameter(torch.ones(1))
    def forward(self, w):
        return w * self.by
"""
    done = net(
        f"self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4)\n{register}", "return self.b(self.a(x))", before=before
    )
    assert ops(done) == ["mul", "linear", "linear"]
    names = {name for parameter in done.network.parameters for name in parameter.names}
    assert {"a.parametrizations.weight.original", "a.parametrizations.weight.0.by", "b.weight", "a.bias"} <= names


@pytest.mark.parametrize("tie", ["self.a.weight = self.own", "self.a.weight.data = self.b.weight.data"])
def test_weights_that_the_target_holds_twice_are_said(net: Callable[..., Elaborated], tie: str) -> None:
    made = f"self.a = nn.Linear(4, 4)\nself.b = nn.Linear(4, 4)\nself.own = nn.Parameter(torch.zeros(4, 4))\n{tie}"
    done = net(made, "return self.b(self.a(x)) @ self.own")
    assert any(p.code == "tied-weights" and p.severity == "warning" and p.line for p in done.network.problems)


def test_a_module_that_defines_its_call_is_called(net: Callable[..., Elaborated]) -> None:
    before = """class Twice(nn.Module):
    def __call__(self, x):
        return x + x
"""
    assert ops(net("self.m = Twice()", "return self.m(x)", before=before)) == ["add"]


@pytest.mark.parametrize(
    ("handed", "same"),
    [("super().__call__(x)", True), ("super().__call__(x) * 3", False), ("super().__call__(x + 1)", False)],
)
def test_what_a_call_does_around_the_forward_pass_is_not_left_out(
    net: Callable[..., Elaborated], refused: Net, handed: str, same: bool
) -> None:
    before = f"""class Scaled(nn.Module):
    def __call__(self, x):
        return {handed}

    def forward(self, x):
        return x + x
"""
    if same:
        assert ops(net("self.m = Scaled()", "return self.m(x)", before=before)) == ["add"]
    else:
        problem = refused(net, "self.m = Scaled()", "return self.m(x)", before=before)
        assert "Scaled has a __call__ beside its forward" in problem.why


def test_a_parametrized_weight_of_a_derived_layer(net: Callable[..., Elaborated], refused: Net) -> None:
    before = """from torch.nn.utils.parametrize import register_parametrization
class Half(nn.Module):
    def forward(self, w):
        return w * 0.5
class Half{0}(nn.{0}):
    def __init__(self, *args):
        super().__init__(*args)
        register_parametrization(self, "weight", Half())
"""
    done = net("self.m = HalfLinear(4, 4)", "return self.m(x)", before=before.format("Linear"))
    assert ops(done) == ["mul", "linear"]
    problem = refused(net, "self.m = HalfBilinear(4, 4, 4)", "return self.m(x, x)", before=before.format("Bilinear"))
    assert "HalfBilinear is not read" in problem.why
    own = "class Own(nn.Module):\n    def forward(self, x): return x\n"
    register = "nn.utils.parametrize.register_parametrization(self.m, 'weight', nn.ReLU())"
    assert "Own is not read" in refused(net, f"self.m = Own()\n{register}", "return self.m(x)", before=own).why


def test_what_a_derived_layer_changes_is_computed_with(net: Callable[..., Elaborated], refused: Net) -> None:
    before = """class Wide(nn.{0}):
    def __init__(self, *args):
        super().__init__(*args)
        self.{1} = {2}
"""
    done = net(
        "self.m = Wide(3, 4, 3)", "return self.m(x)", "1x3x8x8", before=before.format("Conv2d", "padding", "(1, 1)")
    )
    assert dim_hint(done.network.outputs[0].type.shape[2]) == 8
    same = net(
        "self.m = Wide(3, 4, 3)", "return self.m(x)", "1x3x8x8", before=before.format("Conv2d", "stride", "(1, 1)")
    )
    assert not same.evaluator.restated
    problem = refused(
        net,
        "self.m = Wide(1)",
        "return self.m(x)",
        "1x3x8x8",
        before=before.format("Softmax", "dim", "2"),
    )
    assert "changed after the layer was made" in problem.why


def test_an_empty_tensor_stands_where_nothing_is_kept_yet(net: Callable[..., Elaborated]) -> None:
    done = net("self.kept = torch.Tensor()\nself.a = nn.Linear(4, 4)", "return self.a(x)")
    assert not done.network.unmapped and done.network.outputs[0].type.shape[1] == 4
