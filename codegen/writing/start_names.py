"""The top of a target file: initialisers that several sites share, and layers that start as PyTorch's do."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence

from codegen.writing import nodes
from codegen.writing.starting import Key
from pivot.reading.walking import replace_below, walk

UNIFORM = '''
def {uniform}(fan_in):
    """PyTorch's default: U(-1/sqrt(fan_in), 1/sqrt(fan_in))."""
    bound = fan_in**-0.5
    return keras.initializers.RandomUniform(-bound, bound)
'''
LAYER = """
class {name}({base}):
    def build(self, input_shape):
        {given}self.{kernel} = {uniform}({size})
        self.bias_initializer = {uniform}({size})
        super().build(input_shape)
"""
RECURRENT = """
@keras.saving.register_keras_serializable()
class {name}({base}):
    def build(self, {shapes}):
        {cell}.kernel_initializer = {uniform}(self.units)
        {cell}.recurrent_initializer = {uniform}(self.units)
        {cell}.bias_initializer = {bias}{forget}
        super().build({passed})
"""
TWO = '''
def {two}(fan_in):
    """The start of a bias that is the sum of two of PyTorch's."""
    one, other = {uniform}(fan_in), {uniform}(fan_in)
    return lambda shape, dtype=None: one(shape, dtype) + other(shape, dtype)
'''
ATTENTION = '''
class {name}(keras.initializers.Initializer):
    """PyTorch's bounds for the projections of query, key and value, and of the output."""

    def __call__(self, shape, dtype=None):
        is_output = shape[-1] == shape[0] * shape[1]
        bound = math.sqrt({outer} / shape[-1] if is_output else {inner} / shape[0])
        return keras.initializers.RandomUniform(-bound, bound)(shape, dtype)
'''
TRUNCATED = '''
def {name}(shape, dtype=None):
    """N({mean}, {deviation}**2), cut off at {low} and {high}."""
    ends = [math.erf((end - {mean}) / ({deviation} * math.sqrt(2))) for end in ({low}, {high})]
    drawn = keras.ops.erfinv(keras.initializers.RandomUniform(*ends)(shape, dtype))
    return {mean} + {deviation} * math.sqrt(2) * drawn
'''
SHARED = '''
def {name}(shape, dtype=None):
    """{law}"""
    return {maker}(shape, dtype)
'''
SHORT = 16  # letters of an expression that may stand twice
Library = dict[str, tuple[str, str]]


def name_starts(body: list[ast.stmt], library: Library) -> list[ast.stmt]:
    """Name every mark in `body`; what the names stand for is returned, to come first. `library` gets the imports."""
    inside = [n for s in body for n in walk(s)]
    found = [n for n in inside if isinstance(n, ast.Name) and "start" in n.__dict__]
    if not found:
        return []
    taken = {n.id for n in inside if isinstance(n, ast.Name)}
    taken |= {n.arg for n in inside if isinstance(n, ast.arg)}
    taken |= {n.name for n in inside if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    top = Top(Counter(n.__dict__["start"] for n in found), taken)
    for statement in body:
        replace_below(statement, ast.Name, top.put)
    if "math." in top.text:
        library.setdefault("math", ("math", ""))
    made = ast.parse(top.text).body
    for statement in made:
        statement.__dict__["blank"] = 2
        for inner in walk(statement):
            inner.__dict__.pop("lineno", None)
    return made


class Top:
    """Puts names, or the thing itself where it is needed once, in the places of the marks."""

    def __init__(self, count: Counter[Key], taken: set[str]) -> None:
        self.count, self.taken = count, taken
        self.names: dict[Key, str] = {}
        self.text = ""

    def put(self, node: ast.Name) -> ast.expr | None:
        """What stands for a name, if it is a mark."""
        key = node.__dict__.get("start")
        if key is None:
            return None
        if key[0] == "fan_in":
            return ast.Call(ast.Name(self.uniform(), ast.Load()), [ast.parse(str(key[1]), mode="eval").body], [])
        if key[0] == "object":
            return self.maker(key[1:])
        if key[0] == "attention":
            return ast.Call(ast.Name(self.name(key), ast.Load()), [], [])
        named = key[0] != "start" or (key[1] == "truncated" and not is_two_sigma(key[1:]))
        if not named and self.count[key] == 1:
            return self.maker(key[1:])
        return ast.Name(self.name(key), ast.Load())

    def name(self, key: Key) -> str:
        """The name of a mark; its definition is written when it is first needed."""
        if key in self.names:
            return self.names[key]
        if key[0] in ("layer", "recurrent"):
            base = str(key[1]).rpartition(".")[2]
            name = self.names[key] = self.free(base, f"{base}Layer")
            self.write_layer(key, name)
            return name
        stem = stem_of(key[1:]) if key[0] == "start" else "AttentionStart"
        name = self.names[key] = self.free(stem, f"start_{stem}")
        self.write_start(key[1:] if key[0] == "start" else key, name)
        return name

    def free(self, *names: str) -> str:
        """The first name that nothing in the file has."""
        numbered = (f"{names[0]}_{n}" for n in range(2, len(self.taken) + 3))
        name = next(n for n in (*names, *numbered) if n not in self.taken)
        self.taken.add(name)
        return name

    def uniform(self) -> str:
        """The name of PyTorch's default."""
        key: Key = ("uniform",)
        if key not in self.names:
            self.names[key] = self.free("uniform", "fan_in_uniform")
            self.text += UNIFORM.format(uniform=self.names[key])
        return self.names[key]

    def write_layer(self, key: Key, name: str) -> None:
        """A layer class of Keras that starts as PyTorch's does."""
        uniform = self.uniform()
        if key[0] == "layer":
            size = str(key[2])
            given = ""
            if len(size) > SHORT:
                given, size = f"fan_in = {size}\n        ", "fan_in"
            self.text += LAYER.format(name=name, base=key[1], given=given, size=size, kernel=key[3], uniform=uniform)
            return
        base, cell = str(key[1]), str(key[2])
        two = "GRU" not in base
        bias = f"{self.sum_of_two()}(self.units)" if two else f"{uniform}(self.units)"
        shapes = "input_shape" if cell == "self" else "sequences_shape, initial_state_shape=None"
        forget = f"\n        {cell}.unit_forget_bias = False" if "LSTM" in base else ""
        passed = shapes.replace("=None", "")
        self.text += RECURRENT.format(
            name=name, base=base, uniform=uniform, cell=cell, bias=bias, forget=forget, shapes=shapes, passed=passed
        )

    def sum_of_two(self) -> str:
        """The name of the start of a bias that Keras has once and PyTorch twice."""
        key: Key = ("two",)
        if key not in self.names:
            self.names[key] = self.free("sum_of_two")
            self.text += TWO.format(two=self.names[key], uniform=self.uniform())
        return self.names[key]

    def write_start(self, key: Key, name: str) -> None:
        """An initialiser that several sites share: a function, as one object would give them all the same numbers."""
        if key[0] == "attention":
            self.text += ATTENTION.format(name=name, inner=repr(key[1]), outer=repr(key[2]))
        elif key[0] == "truncated" and not is_two_sigma(key):
            mean, deviation, low, high = (repr(k) for k in key[1:])
            self.text += TRUNCATED.format(name=name, mean=mean, deviation=deviation, low=low, high=high)
        elif key[0] == "constant":
            self.text += f"\n{name} = {ast.unparse(self.maker(key))}\n"
        else:
            self.text += SHARED.format(name=name, law=law_of(key), maker=ast.unparse(self.maker(key)))

    def maker(self, key: Key) -> ast.expr:
        """The initialiser itself."""
        kind, *numbers = key
        values = [nodes.literal(n) for n in numbers]
        if kind == "variance":
            if isinstance(numbers[0], float) and abs(numbers[0] * 3 - 1) < 1e-9:
                values[0] = ast.BinOp(ast.Constant(1), ast.Div(), ast.Constant(3))
            return nodes.call("keras.initializers.VarianceScaling", values)
        if kind in ("normal", "truncated"):
            given = {"mean": values[0], "stddev": values[1]}
            if numbers[0] == 0:
                del given["mean"]
            name = "RandomNormal" if kind == "normal" else "TruncatedNormal"
            return nodes.call(f"keras.initializers.{name}", [], given)
        names = {"uniform": "RandomUniform", "constant": "Constant", "orthogonal": "Orthogonal"}
        return nodes.call(f"keras.initializers.{names[str(kind)]}", values)


def is_two_sigma(key: Sequence[object]) -> bool:
    """Is a truncated normal distribution the one that Keras has, cut off at two deviations?"""
    mean, deviation, low, high = (float(str(k)) for k in key[1:])
    return all(abs(abs(end - mean) - 2 * deviation) <= 1e-12 * deviation for end in (low, high))


def stem_of(key: Sequence[object]) -> str:
    """A name that says what an initialiser is."""
    kind = str(key[0])
    if kind == "variance":
        who = "xavier" if key[2] == "fan_avg" else "kaiming"
        return f"{who}_{str(key[3]).rpartition('_')[2]}"
    return {"truncated": "trunc_normal"}.get(kind, kind)


def law_of(key: Sequence[object]) -> str:
    """One line that says what is drawn."""
    if key[0] == "variance":
        shape = "Uniform" if key[3] == "uniform" else "Normal"
        return f"{shape} with variance {key[1]:g} / {key[2]}."
    if key[0] == "normal":
        return f"Normal with mean {key[1]:g} and deviation {key[2]:g}."
    if key[0] == "truncated":
        return f"Normal with mean {key[1]:g} and deviation {key[2]:g}, cut off at two deviations."
    if key[0] == "uniform":
        return f"Uniform between {key[1]:g} and {key[2]:g}."
    return f"Orthogonal, times {key[1]:g}."
