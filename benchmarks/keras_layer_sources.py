"""What Keras' own tests of its layers ask for, as small programs: read by syntax tree, never imported.

Every `run_layer_test(layer, arguments, input_shape=...)` of a test file is followed back through the parameters of its
test (`@parameterized...`), loops over literals, assignments and conditions on literals; the rest is left out, with why.
"""

from __future__ import annotations

import ast
import itertools
import operator
import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

Names = dict[str, ast.expr]
DATA_FORMAT = re.compile(r"(backend|keras)\.(config\.)?image_data_format\(\)")
BACKEND = re.compile(r"backend\.backend\(\)")
ARITHMETIC = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}  # fmt: skip
MAKERS = {
    "array", "arange", "ones", "zeros", "full", "ones_like", "zeros_like", "expand_dims", "random", "rand", "randn",
    "randint", "uniform", "normal", "reshape", "astype", "linspace", "multiply", "asarray",
}  # fmt: skip


@dataclass(slots=True)
class LayerCase:
    """`text` binds `model`; `arrays` are its inputs in order. `left_out` says why there is no program."""

    name: str
    op: str
    text: str = ""
    arrays: list[Any] = field(default_factory=list)
    left_out: str = ""


class LeftOut(Exception):
    """A call that cannot be followed, with the reason."""


def cases(folder: Path, only: str = "") -> Iterator[LayerCase]:
    """Every call of every `*_test.py` below a folder whose path matches."""
    for path in sorted(folder.rglob("*_test.py")):
        text = path.read_text(encoding="utf-8")
        if "run_layer_test(" in text and re.search(only, str(path.relative_to(folder))):
            yield from TestFile(path, folder, ast.parse(text)).cases()


class TestFile:
    """One file of tests."""

    def __init__(self, path: Path, root: Path, tree: ast.Module) -> None:
        self.path, self.root, self.tree = path, root, tree
        self.definitions = {n.name: n for n in tree.body if isinstance(n, (ast.ClassDef, ast.FunctionDef))}
        self.globals: Names = {}
        for node in tree.body:
            bind(node, self.globals)
        self.count = 0

    def cases(self) -> Iterator[LayerCase]:
        """In the order of the file, a case for every set of parameters."""
        for node in self.tree.body:
            if not isinstance(node, ast.ClassDef):
                continue
            for test in node.body:
                if isinstance(test, ast.FunctionDef) and "run_layer_test(" in ast.unparse(test):
                    for names in parameters(test, self.globals):
                        yield from self.walk(test.body, {**self.globals, **names}, [])

    def walk(self, body: Sequence[ast.stmt], names: Names, local: list[ast.stmt]) -> Iterator[LayerCase]:
        """Statements of a test from first to last; `names` and `local` definitions grow."""
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                local.append(node)
            elif isinstance(node, ast.If):
                verdict = decided(replaced(node.test, names))
                if verdict is not None:
                    yield from self.walk(node.body if verdict else node.orelse, names, local)
            elif isinstance(node, ast.For):
                items = replaced(node.iter, names)
                for item in items.elts if isinstance(items, (ast.List, ast.Tuple)) else []:
                    bind_target(node.target, item, names)
                    yield from self.walk(node.body, names, local)
            elif isinstance(node, ast.With):
                yield from self.walk(node.body, names, local)
            elif isinstance(node, ast.Expr) and is_test_call(node.value):
                yield self.case(node.value, names, local)
            else:
                bind(node, names)

    def case(self, call: ast.Call, names: Names, local: Sequence[ast.stmt]) -> LayerCase:
        """The program of one call."""
        self.count += 1
        given = dict(zip(("layer_cls", "init_kwargs", "input_shape"), call.args, strict=False))
        given.update({k.arg: k.value for k in call.keywords if k.arg})
        given = {name: replaced(value, names) for name, value in given.items()}
        layer = ast.unparse(given["layer_cls"])
        name = (
            f"{self.path.relative_to(self.root).with_suffix('')}:{call.lineno} {self.count} {layer.rpartition('.')[2]}"
        )
        found = LayerCase(name, layer.rpartition(".")[2])
        try:
            found.text, found.arrays = self.program(given, local)
        except LeftOut as why:
            found.left_out = str(why)
        return found

    def program(self, given: Names, local: Sequence[ast.stmt]) -> tuple[str, list[Any]]:
        """Text and inputs. Raises LeftOut."""
        for kind in ("input_sparse", "input_ragged"):
            if kind in given and decided(given[kind]) is not False:
                raise LeftOut(f"{kind.partition('_')[2]} inputs")
        inputs = example_inputs(given)
        arguments = call_arguments(given.get("init_kwargs"))
        call = call_arguments(without_mode(given.get("call_kwargs")))
        stateful = "stateful=True" in arguments
        lines, passed = [], []
        for name, array in inputs:
            shape = f"batch_shape={array.shape}" if stateful else f"shape={array.shape[1:]}"
            dtype = "" if array.dtype.kind == "f" else f", dtype={array.dtype.name!r}"
            lines.append(f"{name} = keras.Input({shape}{dtype})")
            passed.append(name)
        all_inputs = passed[0] if len(passed) == 1 else f"[{', '.join(passed)}]"
        if isinstance(given.get("input_shape"), ast.Dict):
            applied = ", ".join(f"{name}={name}" for name in passed)
        else:
            applied = all_inputs
        layer = ast.unparse(given["layer_cls"])
        lines.append(f"outputs = {layer}({arguments})({', '.join(filter(None, (applied, call)))})")
        lines.append(f"model = keras.Model({all_inputs}, outputs)")
        imports, definitions = self.needed("\n".join(lines), local)
        return "\n".join([*imports, "", *definitions, *lines, ""]), [array for _, array in inputs]

    def needed(self, text: str, local: Sequence[ast.stmt]) -> tuple[list[str], list[str]]:
        """Imports and definitions that a text reads, those of other test files among them."""
        wanted = words(text) | {"keras"}
        chosen: list[tuple[int, str]] = []
        known = [*self.tree.body, *self.elsewhere(), *local]
        while True:
            more = [
                (place, ast.unparse(node))
                for place, node in enumerate(known)
                if isinstance(node, (ast.ClassDef, ast.FunctionDef))
                and node.name in wanted
                and (place, ast.unparse(node)) not in chosen
            ]
            if not more:
                break
            chosen += more
            wanted |= {word for _, part in more for word in words(part)}
        lines = {"import keras"}
        for node in (*self.tree.body, *self.elsewhere()):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                lines |= {line for alias in node.names for line in import_line(node, alias, wanted)}
        return sorted(lines), [part for _, part in sorted(chosen)]

    def elsewhere(self) -> list[ast.stmt]:
        """Statements of the test files that this one imports from."""
        found: list[ast.stmt] = []
        for node in self.tree.body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("_test"):
                tail = (node.module or "").rpartition(".")[2]
                paths = sorted(self.root.rglob(f"{tail}.py"))
                found += ast.parse(paths[0].read_text(encoding="utf-8")).body if paths else []
        return found


def words(text: str) -> set[str]:
    """Names in a text."""
    return set(re.findall(r"[A-Za-z_]\w*", text))


def import_line(node: ast.Import | ast.ImportFrom, alias: ast.alias, wanted: set[str]) -> list[str]:
    """An import as a user of the library writes it: as the test has it, without what only tests need."""
    bound = alias.asname or alias.name.partition(".")[0]
    if bound not in wanted or (isinstance(node, ast.ImportFrom) and (node.module or "").endswith("_test")):
        return []
    tail = f" as {alias.asname}" if alias.asname else ""
    if isinstance(node, ast.Import):
        return [f"import {alias.name}{tail}"]
    module = node.module or ""
    return [] if alias.name in ("testing", "parameterized") else [f"from {module} import {alias.name}{tail}"]


# -- following names -------------------------------------------------------------------------


class Replace(ast.NodeTransformer):
    """Names by what they are bound to."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Free names stay."""
        return deepcopy(self.names.get(node.id, node))

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        """A function of its own stays as it is."""
        return node


def replaced(node: ast.expr, names: Names) -> ast.expr:
    """An expression in terms of literals, imports and definitions."""
    result: ast.expr = Replace(names).visit(deepcopy(node))
    if isinstance(result, ast.IfExp):
        verdict = decided(result.test)
        result = result if verdict is None else result.body if verdict else result.orelse
    return result


def bind(node: ast.stmt, names: Names) -> None:
    """What an assignment binds; one that cannot be followed unbinds its names."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        bind_target(node.targets[0], replaced(node.value, names), names)


def bind_target(target: ast.expr, value: ast.expr, names: Names) -> None:
    """`a = v`, `a, b = v, w`, `d["k"] = v`."""
    if isinstance(target, ast.Name):
        names[target.id] = value
    elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
        for part, item in zip(target.elts, value.elts, strict=False):
            bind_target(part, item, names)
    elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
        held = names.get(target.value.id)
        if isinstance(held, ast.Dict):
            held.keys.append(target.slice)
            held.values.append(value)


def decided(test: ast.expr) -> bool | None:
    """A condition on literals, for the TensorFlow backend and channels last; None where it is not one."""
    text = BACKEND.sub("'tensorflow'", DATA_FORMAT.sub("'channels_last'", ast.unparse(test)))
    tree = ast.parse(text, mode="eval").body
    try:
        if isinstance(tree, ast.Compare) and len(tree.ops) == 1:
            left, right = ast.literal_eval(tree.left), ast.literal_eval(tree.comparators[0])
            same = {ast.Eq: left == right, ast.NotEq: left != right}
            return same.get(type(tree.ops[0]))
        return bool(ast.literal_eval(tree))
    except ValueError:
        return None


def is_test_call(node: ast.expr) -> bool:
    """`self.run_layer_test(...)`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "run_layer_test"


# -- parameters of a test ---------------------------------------------------------------------


def parameters(test: ast.FunctionDef, names: Names) -> list[Names]:
    """What each run of a test is given: its decorators, over its defaults."""
    arguments = [a.arg for a in test.args.args[1:]]
    defaults = dict(zip(arguments[::-1], test.args.defaults[::-1], strict=False))
    sets: list[Names] = [{}]
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute):
            kind = decorator.func.attr
            if kind == "product":
                sets = list(products(decorator, names))
            elif kind in ("parameters", "named_parameters"):
                first = decorator.args[0] if decorator.args else None
                if isinstance(first, ast.Call) and ast.unparse(first.func) == "named_product":
                    sets = list(products(first, names))
                else:
                    sets = [named(row, arguments, kind) for row in rows(decorator, names)]
    return [{**defaults, **found} for found in sets]


def rows(decorator: ast.Call, names: Names) -> list[ast.expr]:
    """One expression per run."""
    given = [replaced(a, names) for a in decorator.args]
    if len(given) == 1 and isinstance(given[0], (ast.List, ast.Tuple)):
        if all(isinstance(e, (ast.Tuple, ast.List, ast.Dict)) for e in given[0].elts):
            return given[0].elts
    if len(given) == 1 and isinstance(given[0], ast.Call) and ast.unparse(given[0].func).endswith("product"):
        parts = [p.elts for p in given[0].args if isinstance(p, (ast.Tuple, ast.List))]
        return [ast.Tuple(list(row), ast.Load()) for row in itertools.product(*parts)]
    return given


def named(row: ast.expr, arguments: Sequence[str], kind: str) -> Names:
    """The arguments of one run by name."""
    if isinstance(row, ast.Dict):
        return {str(k.value): v for k, v in zip(row.keys, row.values, strict=True) if isinstance(k, ast.Constant)}
    if isinstance(row, ast.Call) and ast.unparse(row.func) == "dict":
        return {k.arg: k.value for k in row.keywords if k.arg}
    values = row.elts if isinstance(row, (ast.Tuple, ast.List)) else [row]
    return dict(zip(arguments, values[1:] if kind == "named_parameters" else values, strict=False))


def products(decorator: ast.Call, names: Names) -> Iterator[Names]:
    """`product(a=[...], b=[...])` and `product(({"a": ...}, ...), ({"b": ...}, ...))`."""
    pools: list[list[list[tuple[str, ast.expr]]]] = []
    for argument in decorator.args:
        sets = replaced(argument, names)
        if isinstance(sets, (ast.List, ast.Tuple)):
            pools.append([list(named(row, (), "").items()) for row in sets.elts])
    for keyword in decorator.keywords:
        value = replaced(keyword.value, names)
        if keyword.arg and isinstance(value, (ast.List, ast.Tuple)):
            pools.append([[(keyword.arg, item)] for item in value.elts])
    for chosen in itertools.product(*pools):
        yield dict(pair for pairs in chosen for pair in pairs)


# -- arguments and inputs ----------------------------------------------------------------------


def call_arguments(node: ast.expr | None) -> str:
    """`{"units": 3}` as `units=3`. Raises LeftOut."""
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return ""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "dict":
        return ", ".join(ast.unparse(keyword) for keyword in node.keywords)
    if not isinstance(node, ast.Dict):
        raise LeftOut("arguments that are not literal")
    held: dict[str, str] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None and isinstance(value, ast.Dict):
            held.update(
                {ast.literal_eval(k): ast.unparse(v) for k, v in zip(value.keys, value.values, strict=True) if k}
            )
        elif isinstance(key, ast.Constant):
            held[str(key.value)] = ast.unparse(value)
        else:
            raise LeftOut("arguments that are not literal")
    return ", ".join(f"{key}={value}" for key, value in held.items())


def without_mode(node: ast.expr | None) -> ast.expr | None:
    """The arguments of a call without `training`: the models are run as they are in use."""
    if not isinstance(node, ast.Dict):
        return node
    kept = [(k, v) for k, v in zip(node.keys, node.values, strict=True) if k is None or ast.unparse(k) != "'training'"]
    return ast.Dict([k for k, _ in kept], [v for _, v in kept])


def example_inputs(given: Names) -> list[tuple[str, Any]]:
    """Names and values, drawn as the tests draw them where only a shape is given. Raises LeftOut."""
    rng = np.random.default_rng(0)
    if "input_data" in given:
        data = evaluated(given["input_data"], rng)
        parts = list(data) if isinstance(data, (tuple, list)) else [data]
        return [(f"inputs_{i}" if len(parts) > 1 else "inputs", np.asarray(part)) for i, part in enumerate(parts)]
    if "input_shape" not in given:
        raise LeftOut("no inputs")
    shape = evaluated(given["input_shape"], rng)
    dtype = evaluated(given["input_dtype"], rng) if "input_dtype" in given else None
    if isinstance(shape, dict):
        kinds = dtype or {}
        return [(name.removesuffix("_shape"), drawn(part, kinds.get(name), rng)) for name, part in shape.items()]
    if shape and isinstance(shape[0], (tuple, list)):
        kinds_ = dtype or [None] * len(shape)
        return [(f"inputs_{i}", drawn(part, kinds_[i], rng)) for i, part in enumerate(shape)]
    return [("inputs", drawn(shape, dtype, rng))]


def drawn(shape: Sequence[int], dtype: str | None, rng: np.random.Generator) -> Any:
    """Uniform below 3, as the tests draw."""
    values = 3 * rng.random(tuple(shape))
    return values if dtype is None or "float" in dtype else values.astype(dtype)


def evaluated(node: ast.expr, rng: np.random.Generator) -> Any:
    """Literals and the functions of NumPy that make arrays. Raises LeftOut."""
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func).rpartition(".")[2]
        if isinstance(node.func, ast.Attribute) and name in MAKERS:
            args = [evaluated(a, rng) for a in node.args]
            kwargs = {k.arg: evaluated(k.value, rng) for k in node.keywords if k.arg}
            owner = ast.unparse(node.func.value)
            if owner in ("np.random", "ops", "np"):
                if name in ("rand", "randn"):
                    return rng.random(tuple(args))
                if name in ("random", "uniform", "normal"):
                    size = kwargs.get("size", args[-1] if args else ())
                    return rng.random(size)
                return rng.integers(*args, **kwargs) if name == "randint" else getattr(np, name)(*args, **kwargs)
            return getattr(np.asarray(evaluated(node.func.value, rng)), name)(*args, **kwargs)
        raise LeftOut("inputs that are not literal")
    if isinstance(node, ast.Attribute):
        if ast.unparse(node.value) == "np":
            return node.attr.rstrip("_")
        if node.attr == "shape":
            return evaluated(node.value, rng).shape
    if isinstance(node, (ast.Tuple, ast.List)):
        items = [evaluated(e, rng) for e in node.elts]
        return tuple(items) if isinstance(node, ast.Tuple) else items
    if isinstance(node, ast.Dict):
        return {evaluated(k, rng): evaluated(v, rng) for k, v in zip(node.keys, node.values, strict=True) if k}
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.GtE):
        return evaluated(node.left, rng) >= evaluated(node.comparators[0], rng)
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        return ARITHMETIC[type(node.op)](evaluated(node.left, rng), evaluated(node.right, rng))
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise LeftOut("inputs that are not literal") from None
