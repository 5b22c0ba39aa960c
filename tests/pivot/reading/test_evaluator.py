"""The language, feature by feature: what the evaluator makes of small programs."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated
from pivot.reading.values import literals_of

Read = Callable[..., Elaborated]


def ops(done: Elaborated) -> list[str]:
    return [node.op.name if node.op is not None else f"? {node.text}" for node in done.network.nodes]


def paths(done: Elaborated) -> list[str]:
    return [node.module.path for node in done.network.nodes if node.module is not None]


def sizes(done: Elaborated) -> list[object]:
    """The last size of the result of every node, which tells the value of a number in the constructor."""
    return [node.results[0].type.shape[-1] for node in done.network.nodes]


def test_names_by_computation_reach_submodules(net: Read) -> None:
    done = net(
        """
        for i in range(3):
            setattr(self, f"layer{i}", nn.Linear(4, 4))
        self.add_module("head", nn.Linear(4, 2))
        """,
        """
        for i in range(3):
            x = getattr(self, "layer%d" % i)(x)
        return self.head(x) if hasattr(self, "head") else x
        """,
    )
    assert paths(done) == ["layer0", "layer1", "layer2", "head"]


def test_names_by_computation_reach_submodules_by_methods_too(net: Read) -> None:
    done = net(
        """
        for i in range(2):
            self.__setattr__("level_%d" % i, nn.Linear(4, 4))
        """,
        """
        for i in reversed(range(2)):
            x = self.__getattr__("level_%d" % i)(x)
        return x
        """,
    )
    assert paths(done) == ["level_1", "level_0"]


def test_containers_are_walked_in_the_order_of_registration(net: Read) -> None:
    done = net(
        """
        from collections import OrderedDict
        self.blocks = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])
        self.blocks.append(nn.Linear(4, 4))
        self.named = nn.ModuleDict({"a": nn.ReLU(), "b": nn.Sigmoid()})
        self.seq = nn.Sequential(OrderedDict([("first", nn.Linear(4, 4)), ("act", nn.Tanh())]))
        self.seq.add_module("last", nn.Linear(4, 3))
        """,
        """
        for i, block in enumerate(self.blocks):
            x = block(x)
        for name, act in self.named.items():
            x = act(x)
        x = self.named["a"](x)
        return self.seq[-1](self.seq[:2](x))
        """,
    )
    assert paths(done)[:6] == ["blocks.0", "blocks.1", "blocks.2", "named.a", "named.b", "named.a"]
    assert paths(done)[-3:] == ["seq.first", "seq.act", "seq.last"]
    names = [name for parameter in done.network.parameters for name in parameter.names]
    assert names[:2] == ["blocks.0.weight", "blocks.0.bias"]
    assert names[-2:] == ["seq.last.weight", "seq.last.bias"]


def test_a_module_called_twice_is_two_nodes_with_one_set_of_weights(net: Read) -> None:
    done = net("self.fc = nn.Linear(4, 4)", "return self.fc(self.fc(x))")
    first, second = done.network.nodes
    assert (first.index, second.index) == (0, 1)
    assert first.weights["kernel"] is second.weights["kernel"]
    assert len(done.network.parameters) == 2


def test_a_module_under_two_names_has_both_paths(net: Read) -> None:
    done = net("self.a = nn.Linear(4, 4)\nself.b = self.a", "return self.b(self.a(x))")
    assert done.network.nodes[0].module is done.network.nodes[1].module
    assert done.network.parameters[0].names == ["a.weight", "b.weight"]


def test_tied_weights_are_one_parameter(net: Read) -> None:
    done = net(
        "self.a = nn.Linear(4, 4)\nself.b = nn.Linear(4, 4)\nself.b.weight = self.a.weight", "return self.b(self.a(x))"
    )
    assert ["a.weight", "b.weight"] in [parameter.names for parameter in done.network.parameters]


def test_inheritance_between_modules_calls_each_part_once(read: Read) -> None:
    done = read(
        """
        class Base(nn.Module):
            width = 4
            def __init__(self, out):
                super().__init__()
                self.fc = nn.Linear(self.width, out)
            def forward(self, x):
                return self.act(self.fc(x))
            def act(self, x):
                raise NotImplementedError

        class Net(Base):
            def __init__(self):
                super(Net, self).__init__(out=3)
                self.more = nn.Linear(3, 2)
            def act(self, x):
                return torch.relu(x)
            def forward(self, x):
                return self.more(super().forward(x))
        """,
        "2x4",
    )
    assert ops(done) == ["linear", "relu", "linear"]
    assert paths(done) == ["fc", "more"]


def test_a_subclass_of_a_layer_is_that_layer(read: Read) -> None:
    done = read(
        """
        class Wide(nn.Linear):
            def __init__(self, n):
                super().__init__(n, 2 * n)

        class Block(nn.Sequential):
            def __init__(self, n):
                super().__init__(Wide(n), nn.ReLU())

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.block = Block(4)
            def forward(self, x):
                return self.block(x)
        """,
        "2x4",
    )
    assert ops(done) == ["linear", "relu"]
    assert paths(done) == ["block.0", "block.1"]
    assert sizes(done) == [8, 8]


def test_configuration_takes_one_arm_and_tries_the_other(net: Read) -> None:
    done = net(
        "self.deep = False\nself.fc = nn.Linear(4, 4)",
        """
        if self.deep:
            y = torch.sigmoid(x)
            self.seen = y
        else:
            y = torch.relu(x)
        return self.fc(y)
        """,
    )
    assert ops(done) == ["relu", "linear"]
    trace = done.evaluator.trace
    tried = [v for visits in trace.visits.values() for v in visits if v.name == "torch.sigmoid"]
    assert len(tried) == 1
    assert tried[0].speculative
    assert tried[0].form is not None
    branch = next(b for branches in trace.branches.values() for b in branches)
    assert (branch.taken, branch.kind) == (False, "config")
    assert "seen" not in done.network.root.attrs


def test_what_follows_an_early_return_is_tried_too(net: Read) -> None:
    done = net("", "if x.shape[1] == 4:\n    return torch.relu(x)\nreturn torch.tanh(x)")
    assert ops(done) == ["relu"]
    visits = [v for found in done.evaluator.trace.visits.values() for v in found]
    assert [v.speculative for v in visits if v.name == "torch.tanh"] == [True]


def test_an_arm_that_cannot_be_read_is_remembered_with_its_reason(net: Read) -> None:
    done = net("", "if False:\n    x = no_such_name(x)\nreturn x + 1")
    assert ops(done) == ["add"]
    assert any("no_such_name" in why for why in done.evaluator.trace.unread.values())
    assert not [p for p in done.network.problems if p.severity == "error"]


def test_trials_leave_containers_and_attributes_as_they_were(net: Read) -> None:
    done = net(
        """
        sizes = [4, 8]
        table = {"a": 1}
        if len(sizes) > 5:
            sizes.append(16)
            sizes[0] = 99
            table["b"] = 2
            del self.gone
            self.extra = nn.Linear(1, 1)
        self.fc = nn.Linear(sizes[0], len(sizes) + len(table))
        """,
        "return self.fc(x)",
    )
    assert sizes(done) == [3]
    assert [path for path, _ in done.network.root.walk()] == ["", "fc"]


def test_both_modes_are_merged_by_site(net: Read) -> None:
    done = net(
        "self.drop = nn.Dropout(0.5)\nself.aux = nn.Linear(4, 4)\nself.fc = nn.Linear(4, 2)",
        "if self.training:\n    x = self.aux(x)\nx = self.drop(x)\nreturn self.fc(x)",
    )
    modes = {node.module.path: node.modes for node in done.network.nodes if node.module is not None}
    assert modes == {"aux": {"train"}, "drop": {"eval", "train"}, "fc": {"eval", "train"}}
    assert {b.kind for branches in done.evaluator.trace.branches.values() for b in branches} == {"mode"}


def test_in_place_operations_are_seen_by_every_alias(net: Read) -> None:
    done = net("", "y = x\ny += 1\nz = torch.relu_(x)\nreturn y * 2, z")
    add, relu, mul = done.network.nodes
    assert next(relu.tensors()) is add.results[0]
    assert next(mul.tensors()) is relu.results[0]
    assert done.network.outputs[1] is relu.results[0]


def test_an_operation_that_is_not_in_place_leaves_the_alias(net: Read) -> None:
    done = net("", "y = x\nx = x + 1\nreturn y * 2")
    assert next(done.network.nodes[1].tensors()) is done.network.inputs[0].value


def test_reading_a_tensor_written_through_a_view_is_refused(net: Read, refused: Read) -> None:
    problem = refused(net, "", "y = x.view(-1)\ny += 1\nreturn x * 2")
    assert problem.code == "view-write"
    assert problem.line == 12


def test_sizes_are_symbolic_and_guarded(net: Read) -> None:
    done = net(
        "self.fc = nn.Linear(12, 3)", "n = x.size(0)\nreturn self.fc(x.view(n, x.shape[1] * x.shape[2]))", "2x3x4"
    )
    view = done.network.nodes[0]
    assert str(view.results[0].type.shape[0]) == "N"
    assert any("12" in guard for guard in done.network.guards) or done.network.fixed


def test_a_size_that_a_layer_fixes_is_a_number(net: Read) -> None:
    done = net("self.fc = nn.Linear(4, 3)", "return self.fc(x)", "2x4")
    assert [str(d) for d in done.network.inputs[0].value.type.shape] == ["N", "4"]


def test_a_decision_on_the_content_of_a_tensor_is_refused(net: Read, refused: Read) -> None:
    problem = refused(net, "", "if x.sum() > 0:\n    x = -x\nreturn x")
    assert problem.code == "content"
    assert "where()" in problem.remedy


def test_an_unknown_call_is_kept_with_text_place_and_reason(net: Read) -> None:
    done = net("", "y = torch.linalg.matrix_exp(x)\nreturn torch.relu(y)")
    node = done.network.unmapped[0]
    assert (node.text, node.site.lineno) == ("torch.linalg.matrix_exp(x)", 10)
    assert "torch.linalg.matrix_exp" in node.why
    assert list(node.tensors()) == [done.network.inputs[0].value]
    problem = next(p for p in done.network.problems if p.code == "unmapped")
    assert (problem.severity, problem.line) == ("error", 10)
    assert done.network.nodes[1].operands["x"] is node.results[0]


def test_an_unknown_argument_is_never_dropped(net: Read) -> None:
    with pytest.raises(Refusal, match="sparse"):
        net("self.fc = nn.Linear(4, 4, sparse=True)", "return self.fc(x)")


def test_an_unread_member_of_a_container_is_not_skipped(net: Read) -> None:
    done = net("self.seq = nn.Sequential(nn.ReLU(), other.Layer(4))", "return self.seq(x)", before="import other")
    assert ops(done)[0] == "relu"
    assert len(done.network.unmapped) == 1


def test_decorators_leave_functions_as_they_are_and_are_named(net: Read) -> None:
    done = net(
        "self.n = plus(2)",
        "return double(x)",
        before="""
        import functools
        @functools.lru_cache(maxsize=None)
        def plus(a):
            return a + 1
        @odd
        def double(x):
            return x * 2
        """,
    )
    assert ops(done) == ["mul"]
    assert any("odd" in p.why and p.code == "decorator" for p in done.network.problems)
    assert not any("lru_cache" in p.why for p in done.network.problems)


def test_literals_lead_back_to_the_numbers_in_the_source(read: Read) -> None:
    done = read(
        """
        class Net(nn.Module):
            def __init__(self, width=12, scale=3):
                super().__init__()
                half = width // 2
                self.fc = nn.Linear(4, half * scale)
            def forward(self, x):
                return self.fc(x)
        """,
        "2x4",
        model="Net(scale=5)",
    )
    value = done.network.nodes[0].params_from["units"]
    numbers = [node.value for _, node in literals_of(value) if isinstance(node, ast.Constant)]
    assert sorted(numbers) == [2, 5, 12]
    assert value.hint == 30


def test_a_loop_variable_is_known_as_one(net: Read) -> None:
    done = net("self.l = nn.ModuleList([nn.Linear(4, 4)])", "for i in range(2):\n    x = x * i\nreturn x")
    kinds = [v.origin.kind for visits in done.evaluator.trace.visits.values() for visit in visits
             for v in visit.args if v.origin is not None]  # fmt: skip
    assert "loop" in kinds


def test_names_in_a_class_body_and_nested_functions(read: Read) -> None:
    done = read(
        """
        class Net(nn.Module):
            base = 3
            total = base * 2
            def __init__(self):
                super().__init__()
                def make(n):
                    return nn.Linear(n, self.total)
                self.fc = make(4)
            def forward(self, x):
                def act(t):
                    return F.relu(self.fc(t))
                return act(x)
        """,
        "2x4",
    )
    assert ops(done) == ["linear", "relu"]
    assert sizes(done)[0] == 6


def test_a_class_may_be_made_from_its_namesake(read: Read) -> None:
    done = read(
        """
        class Net(nn.Module):
            def forward(self, x):
                return torch.relu(x)
        class Net(Net):
            def forward(self, x):
                return super().forward(x) + 1
        """,
        "2x4",
        model="Net()",
    )
    assert ops(done) == ["relu", "add"]


def test_the_names_of_a_class_are_not_seen_from_inside_its_methods(read: Read) -> None:
    done = read(
        """
        def scale(x, by=2):
            return x * by

        class Net(nn.Module):
            by = 3

            def scale(self, x):
                return scale(x, by=4)

            def forward(self, x):
                return self.scale(x)
        """,
        "2x4",
        model="Net()",
    )
    assert [node.operands["b"] for node in done.network.nodes] == [4]


def test_a_call_whose_arguments_do_not_fit_falls_into_the_handler_of_a_type_error(read: Read) -> None:
    done = read(
        """
        class Plain(nn.Module):
            def __init__(self, size):
                super().__init__()
                self.fc = nn.Linear(size, 3)

            def forward(self, x):
                return self.fc(x)

        def make(cls):
            try:
                return cls(4, wide=True)
            except TypeError:
                return cls(4)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.part = make(Plain)

            def forward(self, x):
                return self.part(x)
        """,
        "2x4",
        model="Net()",
    )
    assert ops(done) == ["linear"]
