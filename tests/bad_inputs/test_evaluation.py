"""Programs that are hostile to whoever evaluates them: limits are named, nothing is executed, nothing large is made."""

from __future__ import annotations

import ast
import textwrap
import time
import tracemalloc
from pathlib import Path

import pytest

from codegen.convert import Converted, convert
from pivot.opset import OpSet, load_opset
from pivot.problems import Problem, Refusal
from pivot.reading.elaborate import Elaborated, Request, elaborate
from pivot.reading.inputs import parse_spec
from pivot.reading.torch import TorchDialect

LONGEST = 30.0  # seconds of processor time for any program, on a slow machine; most take some milliseconds
LARGEST = 200_000_000  # bytes
HEAD = (
    "import copy, ctypes, functools, itertools, math, os, subprocess, torch\nimport numpy as np\nfrom torch import nn\n"
)


@pytest.fixture(scope="module")
def opset() -> OpSet:
    return load_opset()


def program(init: str, forward: str = "return self.fc(x)", before: str = "", inside: str = "") -> str:
    indent = " " * 8
    return "\n".join([
        HEAD + textwrap.dedent(before),
        "class Net(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        "        self.fc = nn.Linear(4, 4)",
        textwrap.indent(textwrap.dedent(init), indent),
        "    def forward(self, x):",
        textwrap.indent(textwrap.dedent(forward), indent),
        textwrap.indent(textwrap.dedent(inside), "    "),
        "",
    ])  # fmt: skip


def read(opset: OpSet, text: str, *, watched: bool = False) -> Elaborated | Problem:
    """What elaboration makes of a program, or why it refuses. Anything but a Refusal goes through."""
    path = Path("/nowhere/net.py")
    request = Request(path, "Net()", (parse_spec("2x4"),), texts={str(path): text})
    begun = time.process_time()
    if watched:  # the memory; it takes much time
        tracemalloc.start()
    try:
        return elaborate(request, TorchDialect(), opset)
    except Refusal as refusal:
        return refusal.problem
    finally:
        if watched:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert peak < LARGEST
        assert time.process_time() - begun < LONGEST


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


LIMITS: list[tuple[int, str, str, str]] = [  # row, limit that is named, code in __init__, code in forward
    (49, "integer_bits", "n = 2**9999**99", ""),
    (49, "integer_bits", "n = ((2**999)**99)**99", ""),
    (49, "integer_bits", "n = 1 << 10**9", ""),
    (49, "integer_bits", "n = pow(2, 10**9, 7)", ""),
    (49, "integer_bits", "n = np.power(2, 10**9)", ""),
    (49, "integer_bits", "n = round(10**5, -10**9)", ""),
    (49, "integer_bits", "n = 3\nfor i in range(60): n = n * n", ""),
    (49, "string_bytes", "n = 'a' * 10**12", ""),
    (49, "string_bytes", "n = 10**12 * b'a'", ""),
    (49, "string_bytes", "n = 'ab'\nfor i in range(60): n = n + n", ""),
    (49, "string_bytes", "n = 'ab'\nfor i in range(60): n += n", ""),
    (49, "string_bytes", "n = 'a' * 1000\nn = n.replace('a', n)\nn = n.replace('a', n)", ""),
    (49, "string_bytes", "n = ('-' * 100000).join(['a'] * 1000)", ""),
    (49, "string_bytes", "n = 'a'.zfill(10**10)", ""),
    (49, "container_items", "n = [0] * 10**10", ""),
    (49, "container_items", "n = 10**10 * (0,)", ""),
    (49, "container_items", "n = [1]\nfor i in range(60): n = n + n", ""),
    (49, "container_items", "n = (1,)\nfor i in range(60): n = n + n", ""),
    (49, "container_items", "n = [1]\nfor i in range(60): n.extend(n)", ""),
    (50, "loop_iterations", "n = []\nwhile True: n.append(1)", ""),
    (50, "loop_iterations", "while True: pass", ""),
    (50, "loop_iterations", "", "while True: x = x\nreturn x"),
    (51, "loop_iterations", "for i in range(10**12): pass", ""),
    (51, "loop_iterations", "n = [i for i in range(10**12)]", ""),
    (51, "total_iterations", "for i in range(9000):\n    for j in range(9000): pass", ""),
    (51, "total_iterations", "n = [i for i in range(9000) for j in range(9000)]", ""),
    (51, "container_items", "n = list(range(10**12))", ""),
    (51, "container_items", "n = max(range(10**12))", ""),
    (51, "container_items", "n = 5.5 in range(10**12)", ""),
    (51, "container_items", "print(*range(10**12))", ""),
    (51, "container_items", "a, *b = range(10**12)", ""),
    (51, "container_items", "n = list(zip(range(10**12)))", ""),
    (52, "may not end", "n = next(itertools.count())", ""),
    (52, "may not end", "n = list(itertools.cycle([1]))", ""),
    (52, "may not end", "n = list(itertools.permutations(range(100)))", ""),
    (52, "without an end", "n = list(itertools.repeat(1))", ""),
    (52, "container_items", "n = list(itertools.product(range(1000), repeat=5))", ""),
    (52, "container_items", "n = list(itertools.chain(range(10**12)))", ""),
    (52, "loop_iterations", "def g():\n    while True: yield 1\nn = list(g())", ""),
    (53, "recursion", "f = lambda f: f(f)\nf(f)", ""),
    (53, "recursion", "", "return self.forward(x)"),
    (53, "recursion", "", "return self(x)"),
    (54, "container_items", "n = []\nn.append(n)\nm = n == n", ""),
    (54, "container_items", "n = [1]\nfor i in range(60): n = [n, n]\nm = n == n", ""),
    (54, "container_items", "", "n = [x]\nfor i in range(60): n = [n, n]\nreturn torch.cat(n)"),
    (54, "container_items", "", "n = [x]\nfor i in range(60): n = [n, n]\nreturn torch.no_such(n)"),
    (54, "container_items", "", "n = [x]\nfor i in range(60): n = [n, n]\nreturn n"),
    (54, "graph_nodes", "m = self.fc\nfor i in range(60): m = nn.ModuleList([m, m])\nself.m = m", ""),
    (58, "string_bytes", "n = f'{1:>{10**9}}'", ""),
    (58, "string_bytes", "n = f'{1:>1000000000}'", ""),
    (58, "string_bytes", "n = '%1000000000d' % 1", ""),
    (58, "string_bytes", "n = '%*d' % (10**9, 1)", ""),
    (58, "string_bytes", "n = '{:>1000000000}'.format(1)", ""),
    (58, "string_bytes", "n = '{:>{}}'.format(1, 10**9)", ""),
    (58, "string_bytes", "n = '{:>{w}}'.format(1, w=10**9)", ""),
    (60, "shape_product", "n = nn.Linear(10**9, 10**9)", ""),
    (60, "shape_product", "n = nn.Linear(2**63, 2)", ""),
    (60, "shape_product", "n = torch.zeros(10**9, 10**9)", ""),
    (60, "shape_product", "", "return x.expand(10**9, 10**9, -1, 4)"),
    (60, "shape_product", "", "return x + torch.arange(10**15)"),
]


@pytest.mark.parametrize(
    ("limit", "init", "forward"), [row[1:] for row in LIMITS], ids=[f"{r[0]} {(r[2] or r[3])[:40]!r}" for r in LIMITS]
)
def test_limits_are_named_with_their_place(opset: OpSet, limit: str, init: str, forward: str) -> None:
    text = program(init or "pass", forward or "return self.fc(x)")
    found = read(opset, text, watched=not limit.endswith("_iterations"))
    assert isinstance(found, Problem)
    assert found.code == "limit"
    assert limit in found.why
    assert found.remedy
    if limit != "graph_nodes" and "return n" not in forward:  # those two are about the whole
        assert found.line >= line_of(text, (init or forward).splitlines()[0])
    assert str(found).isprintable()
    assert len(str(found)) < 400


def test_mutual_recursion_of_constructors(opset: OpSet) -> None:
    before = """
        class A(nn.Module):
            def __init__(self):
                super().__init__()
                self.b = B()
        class B(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = A()
    """
    found = read(opset, program("self.a = A()", before=before))
    assert isinstance(found, Problem)
    assert "recursion" in found.why


REFUSED: list[tuple[int, str, str]] = [
    (53, "'A' is not bound", "class A(A): pass\nclass Net(A): pass\n"),
    (53, "is not bound", "class A(B): pass\nclass B(A): pass\nclass Net(A): pass\n"),
    (53, "calls itself too often", program("", "return self.p", inside="@property\ndef p(self):\n    return self.p\n")),
    (56, "has no attribute 'gone'", program("", "return self.gone(x)", inside="def __getattr__(self, n): ...\n")),
    (60, "Linear", program("n = nn.Linear(float('nan'), 2)")),
    (60, "Linear", program("n = nn.Linear(None, 2)")),
    (60, "Linear", program("n = nn.Linear('4', 2)")),
    (60, "Conv2d", program("n = nn.Conv2d(4, 4, 1, groups=0)")),
    (60, "elements", program("", "return x.view(-5, 4)")),
    (60, "divi", program("", "return x.view(2**63, -1)")),
    (60, "axes", program("", "return x[0, 0, 0, 0]")),
    (60, "size(99)", program("", "return x.size(99)")),
    (60, "division by zero", program("n = 1 // 0")),
    (60, "out of range", program("n = [1][5]")),
]  # fmt: skip


@pytest.mark.parametrize(("why", "text"), [r[1:] for r in REFUSED], ids=[f"{r[0]} {r[1]}" for r in REFUSED])
def test_refusals(opset: OpSet, why: str, text: str) -> None:
    found = read(opset, text if text.startswith("import") else HEAD + text)
    assert isinstance(found, Problem)
    assert why in found.why
    assert found.remedy


OPENS: list[tuple[int, str, str]] = [
    (54, "n = []\nn.append(n)\nself.n = n", ""),
    (54, "n = {}\nn['n'] = n\nself.n = n\nm = str(n)", ""),
    (54, "setattr(self, 'x', self)", ""),
    (54, "self.c = copy.deepcopy(self)", ""),
    (54, "n = []\nn.append(n)\nm = copy.deepcopy(n)", ""),
    (56, "class M(type):\n    def __call__(cls):\n        while True: pass\nclass A(metaclass=M): pass", ""),
    (56, "class A:\n    def __init_subclass__(cls):\n        while True: pass\nclass B(A): pass\nn = B()", ""),
    (56, "class A:\n    def __class_getitem__(cls, i):\n        while True: pass\nn = A[int]", ""),
    (60, "n = nn.Conv2d(3, -1, 3)", ""),
    (60, "n = nn.Linear(0, 5)", ""),
    (60, "n = nn.Linear(True, 2)", ""),
    (60, "", "return x.sum(99)"),
    (60, "", "return x.permute(0, 0, 1, 7)"),
]


@pytest.mark.parametrize(
    ("init", "forward"), [r[1:] for r in OPENS], ids=[f"{r[0]} {(r[1] or r[2])[:40]!r}" for r in OPENS]
)
def test_what_is_only_odd_opens(opset: OpSet, init: str, forward: str) -> None:
    assert isinstance(read(opset, program(init or "pass", forward or "return self.fc(x)")), Elaborated)


CALLS = [
    "len()", "isinstance(1)", "[].pop(1,2,3)", "{}.get()", "sorted([1,'a'])", "max(1,'a')", "[].insert(1)",
    "''.join(1)", "[].remove(1)", "getattr(self)", "nn.ModuleList().pop(3)", "nn.ModuleList()['a']",
    "self.add_module()", "self.register_buffer()", "self.get_submodule('a.b')", "sum(1,2)",
    "functools.partial()", "functools.reduce(1)", "copy.copy()", "torch.is_tensor()", "torch.Size()",
    "nn.Parameter()", "nn.ModuleList(5)", "zip(1)", "divmod(1)", "divmod(1,0)", "''.split('')", "dict(1)",
    "dict([1])", "enumerate()", "filter(None)", "int([])", "type()", "next()", "next(iter([]))", "ord('')",
    "range('a')", "{[]:1}", "nn.Sequential()()", "chr(-1)", "int('x')", "''.index('a')", "[][0]",
    "(1).real.x()", "math.sqrt(-1)", "math.log(0)", "5()",
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_calls_that_python_refuses_are_refused_or_kept(opset: OpSet, call: str) -> None:
    text = program(f"n = {call}")
    found = read(opset, text)
    if isinstance(found, Problem):
        assert found.line == line_of(text, f"n = {call}")


DANGEROUS = [
    "os.system('touch {c}')",
    "__import__('os').system('touch {c}')",
    "eval(\"open('{c}', 'w')\")",
    "exec(\"open('{c}', 'w')\")",
    "exec(compile(\"open('{c}', 'w')\", 'a', 'exec'))",
    "open('{c}', 'w').write('a')",
    "subprocess.run(['touch', '{c}'])",
    "ctypes.CDLL(None).system(b'touch {c}')",
    "getattr(__builtins__, 'open')('{c}', 'w')",
    "().__class__.__base__.__subclasses__()",
    "torch.hub.load('a/b', 'c', source='local')",
    "torch.load('{c}')",
    "np.save('{c}', 1)",
    "(lambda: open('{c}', 'w'))()",
    "[open('{c}', 'w') for _ in range(1)]",
    "f\"{{open('{c}', 'w')}}\"",
    "'{{0.__class__}}'.format(open)",
]


@pytest.mark.parametrize("place", ["module", "constructor", "forward", "decorator", "default", "class"])
@pytest.mark.parametrize("code", DANGEROUS)
def test_nothing_is_ever_executed(opset: OpSet, tmp_path: Path, code: str, place: str) -> None:
    canary = tmp_path / "canary"
    line = code.format(c=canary)
    text = {
        "module": program("self.n = N", before=f"{line}\nN = {line}"),
        "constructor": program(f"self.n = {line}"),
        "forward": program("", f"n = {line}\nreturn self.fc(x)"),
        "decorator": program("", inside=f"@({line})\ndef f(self):\n    return 1\n"),
        "default": program("self.n = self.f()", inside=f"def f(self, n={line}):\n    return n\n"),
        "class": program("self.n = self.k", inside=f"k = {line}\n"),
    }[place]
    read(opset, text)
    assert not canary.exists()


def test_what_was_not_executed_is_listed(opset: OpSet) -> None:
    found = read(opset, program("self.n = eval('1')"))
    assert isinstance(found, Elaborated)
    assert any(p.code == "not-executed" and "eval" in p.why for p in found.network.problems)


NAMES = [
    "class",
    "__class__",
    "a b",
    "1",
    "lambda",
    '"); import os #',
    "x\ny = 1",
    "'''",
    "é",
    "self",
    "\\",
    "a-b",
    "None",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_that_would_break_generated_code(opset: OpSet, tmp_path: Path, name: str) -> None:
    """Row 62: such a name may be refused; where it is written, it is an escaped literal and adds no statement."""
    plain, odd = (
        converted(opset, tmp_path, f"self.add_module({n!r}, nn.Linear(4, 4))", f"return getattr(self, {n!r})(x)")
        for n in ("plain", name)
    )
    assert isinstance(plain, Converted)
    if isinstance(odd, Converted):
        tree, other = ast.parse(odd.text), ast.parse(plain.text)
        assert len(statements(tree)) == len(statements(other))
        assert not [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == "os"]


def converted(opset: OpSet, folder: Path, init: str, forward: str) -> Converted | Problem:
    path = folder / "net.py"
    path.write_text(program(init, forward), encoding="utf-8")
    try:
        return convert(Request(path, "Net()", (parse_spec("2x4"),)), TorchDialect(), "keras", opset)
    except Refusal as refusal:
        return refusal.problem


def statements(tree: ast.Module) -> list[ast.stmt]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]


def test_one_class_with_very_many_layers(opset: OpSet) -> None:
    """Row 61 at a smaller scale: 50,000 layers are refused by the limit of loops, some hundreds are read."""
    many = program(
        "self.l = nn.ModuleList([nn.Linear(4, 4) for _ in range({n})])", "for l in self.l: x = l(x)\nreturn x"
    )
    found = read(opset, many.replace("{n}", "50000"))
    assert isinstance(found, Problem)
    assert "loop_iterations" in found.why
    found = read(opset, many.replace("{n}", "400"))
    assert isinstance(found, Elaborated)
    assert len(found.network.nodes) == 400
