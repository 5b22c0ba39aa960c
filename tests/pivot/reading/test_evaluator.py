"""The language, feature by feature: what the evaluator makes of small programs."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

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


def width(net: Read, init: str, before: str = "") -> object:
    """The number that `n` is: as the width of a layer."""
    return sizes(net(f"{init}\nself.fc = nn.Linear(4, n)", "return self.fc(x)", before=before))[0]


@pytest.mark.parametrize(
    ("init", "expected"),
    [
        ("n = 2 + 3 * 4 - 1", 13),
        ("n = 7 // 2 + 7 % 4 + 2 ** 3", 14),
        ("n = int(7 / 2)", 3),
        ("n = 1 << 4 | 3", 19),
        ("n = -(-5)", 5),
        ("n = 5 if 3 < 4 <= 4 else 6", 5),
        ("n = None or 6", 6),
        ("n = 0 and 6 or 7", 7),
        ("n = not False and 8", 8),
        ("n = 3 if 'a' in ('a', 'b') and 'c' not in {'a': 1} else 4", 3),
        ("n = 3 if None is None else 4", 3),
        ("a, (b, *c) = 1, (2, 3, 4)\nn = a + b + sum(c)", 10),
        ("n, m = m2 = 5, 6", 5),
        ("n = [1, 2, 3, 4][-2]", 3),
        ("n = sum([1, 2, 3, 4][1:3])", 5),
        ("n = len('abc') + len([1, 2]) + len({'a': 1})", 6),
        ("n = {'a': 4, **{'b': 5}}['b']", 5),
        ("n = [i * j for i in range(3) for j in range(3) if i != j][-1]", 2),
        ("n = {k: v for k, v in zip('ab', (3, 4))}['b']", 4),
        ("n = sum(i for i in range(5) if i % 2)", 4),
        ("n = len({i % 3 for i in range(9)})", 3),
        ("n = max(3, 9, 4) + min([2, 5])", 11),
        ("n = sorted([3, 1, 2], key=lambda v: -v)[0]", 3),
        ("n = list(map(lambda a, b: a + b, [1, 2], [3, 4]))[1]", 6),
        ("n = list(filter(None, [0, 5]))[0]", 5),
        ("n = list(enumerate('ab', start=4))[1][0]", 5),
        ("n = list(reversed(range(4)))[0]", 3),
        ("n = dict(a=3, b=4)['b']", 4),
        ("n = dict([('a', 3)]).get('z', 9)", 9),
        ("d = {}\nd.setdefault('a', []).append(4)\nn = d['a'][0]", 4),
        ("l = [1]\nl += [2, 3]\nl.insert(0, 9)\nl.extend((4,))\nn = l.pop(0) + len(l)", 13),
        ("n = int('12') + int(float('3.9'))", 15),
        ("n = len(f'{3:>5}|{\"a\"!r}')", 9),
        ("n = len('%s-%d' % ('ab', 3))", 4),
        ("n = len('{}{b}'.format('ab', b=1))", 3),
        ("n = len('a,b,c'.split(','))", 3),
        ("n = (m := 4) + m", 8),
        ("n = 0\nfor i in range(10):\n    if i == 2: continue\n    if i == 5: break\n    n += i\nelse:\n    n = 99", 8),
        ("n = 0\nwhile n < 7:\n    n += 2\nelse:\n    n += 1", 9),
        ("def f(a, b=2, *c, d, e=5, **g):\n    return a + b + sum(c) + d + e + g['h']\nn = f(1, 2, 3, d=4, h=6)", 21),
        ("def f(*a, **k):\n    return g(*a, **k)\ndef g(a, b):\n    return a - b\nn = f(9, **{'b': 2})", 7),
        ("def make(k):\n    def inner(v):\n        return v * k\n    return inner\nn = make(3)(4)", 12),
        ("n = (lambda a, b=3: a * b)(2)", 6),
        ("def f():\n    yield 1\n    yield from (2, 3)\nn = sum(f())", 6),
        ("def f(a):\n    if a: return 3\n    return 4\nn = f(True)", 3),
        ("try:\n    raise ValueError('no')\nexcept ValueError:\n    n = 3\nfinally:\n    m = 1", 3),
        ("n = isinstance(3, (int, str)) + isinstance([], list) + isinstance(None, int) + 1", 3),
        ("n = getattr(nn, 'Lin' + 'ear')(4, 3).out_features", 3),
        ("n = next(iter([6, 7]))", 6),
        ("n = divmod(17, 5)[1] + abs(-3) + round(2.6)", 8),
        ("n = pow(2, 3)", 8),
        ("l = [1, 2, 3]\ndel l[0]\nd = {'a': 1, 'b': 2}\ndel d['a']\nn = len(l) + len(d)", 3),
        ("assert 1 < 2, 'never'\nn = 3", 3),
    ],
)  # fmt: skip
def test_plain_python(net: Read, init: str, expected: int) -> None:
    assert width(net, init) == expected


@pytest.mark.parametrize(
    ("before", "init", "expected"),
    [
        ("from functools import partial\ndef f(a, b, c): return a + b * c", "n = partial(f, 1, c=3)(2)", 7),
        ("from functools import reduce\nfrom operator import mul", "n = reduce(mul, [2, 3, 4])", 24),
        ("import math", "n = math.ceil(math.sqrt(10)) + math.prod((2, 3)) + int(math.pi)", 13),
        ("import itertools", "n = sum(itertools.chain([1, 2], [3])) + len(list(itertools.product('ab', repeat=3)))", 14),
        ("from itertools import accumulate", "n = list(accumulate([1, 2, 3]))[-1]", 6),
        ("from collections import OrderedDict", "n = list(OrderedDict([('a', 2), ('b', 3)]).values())[1]", 3),
        ("from collections import namedtuple\nP = namedtuple('P', 'a b')", "p = P(3, b=4)\na, b = p\nn = p.a + p[1] + b", 11),
        ("from typing import NamedTuple\nclass P(NamedTuple):\n    a: int\n    b: int = 4", "n = P(3).b", 4),
        ("from dataclasses import dataclass, field\n@dataclass\nclass C:\n    a: int\n    b: list = field(default_factory=list)\n"
         "    def total(self):\n        return self.a + len(self.b)", "n = C(3, [1, 2]).total()", 5),
        ("from enum import Enum\nclass E(Enum):\n    A = 3\n    B = 5", "n = E.B.value + E['A'].value + (E(5) is E.B) + len(list(E))", 11),
        ("from types import SimpleNamespace", "c = SimpleNamespace(a=3)\nc.b = 4\nn = c.a + c.b", 7),
        ("from copy import deepcopy", "a = [[1], 2]\nb = deepcopy(a)\nb[0].append(5)\nn = len(a[0]) + len(b[0])", 3),
        ("class A:\n    k = 3\n    def __init__(self, v):\n        self.v = v\n    @property\n    def twice(self):\n        return 2 * self.v\n"
         "    @staticmethod\n    def one():\n        return 1\n    @classmethod\n    def make(cls, v):\n        return cls(v + cls.k)",
         "n = A.make(2).twice + A.one()", 11),
        ("class A:\n    def __call__(self, v): return v + 1\n    def __getitem__(self, i): return i * 2\n    def __len__(self): return 3",
         "a = A()\nn = a(1) + a[4] + len(a)", 13),
        ("class A:\n    def f(self): return 1\nclass B(A):\n    def f(self): return 10 + super().f()\nclass C(A):\n"
         "    def f(self): return 100 + super().f()\nclass D(B, C):\n    pass", "n = D().f()", 111),
        ("class A: pass\nclass B(A): pass", "n = issubclass(B, A) + isinstance(B(), A) + (type(B()) is B) + 1", 4),
        ("SIZES = {'s': 3, 'm': 5}\ndef pick(k):\n    return SIZES[k]", "n = pick('m')", 5),
        ("K = 2\ndef later():\n    return AFTER\nAFTER = K + 3", "n = later()", 5),
        ("try:\n    import missing_package as mp\n    HAS = True\nexcept ImportError:\n    HAS = False\nW = 6", "n = W", 6),
    ],
)  # fmt: skip
def test_classes_and_the_standard_library(net: Read, before: str, init: str, expected: int) -> None:
    assert width(net, init, before) == expected


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
    done = net("", "y = torch.fft.fft2(x)\nreturn torch.relu(y)")
    node = done.network.unmapped[0]
    assert (node.text, node.site.lineno) == ("torch.fft.fft2(x)", 10)
    assert "torch.fft.fft2" in node.why
    assert list(node.tensors()) == [done.network.inputs[0].value]
    problem = next(p for p in done.network.problems if p.code == "unmapped")
    assert (problem.severity, problem.line) == ("error", 10)
    assert done.network.nodes[1].operands["x"] is node.results[0]


def test_an_unknown_argument_is_never_dropped(net: Read) -> None:
    done = net("self.fc = nn.Linear(4, 4, sparse=True)", "return self.fc(x)")
    assert "sparse" in done.network.unmapped[0].why


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


def test_a_long_sum_is_read(net: Read) -> None:
    assert width(net, "n = " + "+".join(["1"] * 900)) == 900
