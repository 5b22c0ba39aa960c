"""What PyTorch's layers start from where the source is Keras: one function, applied to the whole model.

PyTorch draws kernels and biases by the kernel's fan_in; Keras has other defaults, and programs choose their own. A
function `init_weights` with a branch per class of layer is what a PyTorch program says this with. Layers of one class
that start otherwise than most are named.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.starting import axis_names, keras_fans, slot_of
from pivot.problems import Problem
from pivot.reading.keras_starts import Described, described, given_to
from pivot.starts import fans

if TYPE_CHECKING:
    from codegen.lower import Step
    from codegen.writing.writer import Writer
    from pivot.reading.modules import ModuleObject

OWN: dict[str, Described] = {
    "gamma": ("constant", 1.0), "beta": ("constant", 0.0), "mean": ("constant", 0.0), "variance": ("constant", 1.0),
}  # fmt: skip
"""What normalisations start from in both libraries."""
CUT = 0.87962566103423978  # deviation of a standard normal distribution between -2 and 2
RECURRENT = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
NAME = "init_weights"
EMPTY = '''
def init_weights(module):
    """Start as Keras does."""
'''
Rule = tuple[tuple[str, Described], ...]
"""Path of a weight in its layer, and what it starts from, in PyTorch's fans."""


@dataclass(slots=True)
class Layers:
    """The layers of one class of PyTorch: what each starts from, and whether some have no bias."""

    rules: list[tuple[Rule, ModuleObject, bool]] = field(default_factory=list)
    grouped: list[tuple[Rule, ModuleObject, bool]] = field(default_factory=list)


def start_as_source(w: Writer, body: list[ast.stmt]) -> list[ast.stmt]:
    """The definitions with what their layers start from."""
    table = gathered(w)
    lazy = [name for name in table if name.startswith("torch.nn.Lazy")]
    for name in lazy:
        del table[name]
    branches: dict[tuple[Rule, bool, bool], list[str]] = {}
    for name, layers in sorted(table.items()):
        plain, grouped = usual(w, layers.rules), usual(w, layers.grouped)
        if plain is not None and grouped is not None and plain[0] != grouped[0]:
            branches.setdefault((*grouped, True), []).append(name)
        elif plain is None:
            plain = grouped
        if plain is not None and plain[0]:
            branches.setdefault((*plain, False), []).append(name)
    ordered = sorted(branches.items(), key=lambda one: not one[0][2])  # convolutions with groups before all others
    if not ordered:
        return body
    below = [n for s in body for n in ast.walk(s)]
    taken = {n.id for n in below if isinstance(n, ast.Name)} | {n.arg for n in below if isinstance(n, ast.arg)}
    taken |= {s.name for s in body if isinstance(s, (ast.FunctionDef, ast.ClassDef))}
    name = NAME if NAME not in taken else f"{NAME}_as_keras"
    if not applied(w, body, name):
        why = "what layers start from is not carried over: the model is made where no statement can be added"
        w.refused(Problem("initialiser", "info", next(iter(w.ev.files)), 1, 1, why, "load weights"))
        return body
    made = function(name, ordered)
    if lazy and isinstance(made, ast.FunctionDef):  # a layer that is never called has no weights yet
        kinds = ast.Tuple([nodes.name(kind) for kind in lazy], ast.Load())
        test = nodes.call("isinstance", [ast.Name("module", ast.Load()), kinds if len(lazy) > 1 else kinds.elts[0]])
        made.body.insert(1, ast.If(test, [ast.Return(None)], []))
    made.__dict__["blank"] = 2
    return [made, *body]


def gathered(w: Writer) -> dict[str, Layers]:
    """By class of PyTorch: what its layers start from in the source."""
    found: dict[str, Layers] = {}
    seen: set[int] = set()
    read = [low for low in w.lowering.unapplied.values() if low.node.module is not None and low.node.module.built_with]
    for low in (*w.lowering.lowered.values(), *read):
        for step in low.chosen.steps if low.chosen is not None else ():
            module = step.node.module if step.node is not None else None
            if module is None or module.form is None or id(module) in seen or not step.weights:
                continue
            handed_on = all(module.weights.get(role) is weight for role, weight in step.weights.items())
            if step.form.kind != "layer" or not (step.op is module.form.op or handed_on) or module.speculative:
                continue
            seen.add(id(module))
            rule = rule_of(w, step, module)
            if rule is not None:
                layers = found.setdefault(step.form.name, Layers())
                groups = step.params.get("groups", 1)
                rules = layers.grouped if isinstance(groups, int) and groups > 1 else layers.rules
                rules.append((rule, module, "bias" not in step.weights and "bias" in step.form.weights))
    return found


def rule_of(w: Writer, step: Step, module: ModuleObject) -> Rule | None:
    """What one layer starts from; None where that is not known."""
    found: list[tuple[str, Described]] = []
    assert module.form is not None
    for role in step.weights:
        if role not in step.form.weights or role not in module.form.weights:
            continue
        given = given_to(module, slot_of(module.form, role)) if slot_of(module.form, role) else None
        said = described(given) if given is not None else None
        said = in_torch(step, module, role, said) if said is not None else None
        paths = [beginning(term.path) for term in step.form.weights[role].terms]
        if said is None or any(term.part is not None for term in step.form.weights[role].terms):
            left_out(w, module, role)
            return None
        if said != OWN.get(role):
            found += [(path, said) for path in paths]
        if role == "bias" and forgets(module):
            found.append((paths[0], ("forget",)))
    return tuple(dict.fromkeys(found))


def beginning(path: str) -> str:
    """What the weights of all layers and directions of a recurrent layer begin with; other paths as they are."""
    known = next((word for word in RECURRENT if path.startswith(word)), None)
    return path if known is None else known


def forgets(module: ModuleObject) -> bool:
    """Does the bias of an LSTM's forget gate start from one?"""
    given = given_to(module, "unit_forget_bias")
    return given is not None and given.hint is True


def in_torch(step: Step, module: ModuleObject, role: str, said: Described) -> Described | None:
    """A description with its fan in PyTorch's words; None where PyTorch has none for it."""
    if said[0] != "variance":
        return said
    assert module.form is not None
    parameter = step.weights[role]
    mine, theirs = axis_names(module.form.weights[role].letters), axis_names(step.form.weights[role].letters)
    whole = [s for s in parameter.type.shape if isinstance(s, int)]
    sizes = dict(zip(mine, whole, strict=False))
    if len(whole) != len(mine) or any(axis not in sizes for axis in theirs):
        return None
    keras, torch = keras_fans(whole), fans([sizes[axis] for axis in theirs])
    if keras is None or torch is None:
        return None
    _, scale, mode, distribution = said
    if mode == "fan_avg":
        return said if sum(keras) == sum(torch) else None
    size = keras[mode == "fan_out"]
    word = next((name for name, fan in zip(("fan_in", "fan_out"), torch, strict=True) if fan == size), None)
    if keras[0] == keras[1] and set(keras) == set(torch):
        word = str(mode)  # both are the same number
    return None if word is None else ("variance", scale, word, distribution)


def usual(w: Writer, rules: Sequence[tuple[Rule, ModuleObject, bool]]) -> tuple[Rule, bool] | None:
    """The rule that most layers of a class follow, without their bias where they have none; the others are named."""
    if not rules:
        return None
    full = [(tuple(rule), module, bare) for rule, module, bare in rules]
    counts = Counter(rule for rule, _, _ in full)
    bare = any(flag for _, _, flag in full)

    def contains(rule: Rule, other: Rule) -> bool:
        return set(other) <= set(rule) and all(path == "bias" for path, _ in set(rule) - set(other))

    best = max(counts, key=lambda rule: (sum(n for other, n in counts.items() if contains(rule, other)), len(rule)))
    for rule, module, flag in full:
        if not (rule == best or (flag and contains(best, rule))):
            left_out(w, module, "")
    return best, bare


def left_out(w: Writer, module: ModuleObject, role: str) -> None:
    """A layer that starts otherwise than is written."""
    file = module.frame.file if module.frame is not None else next(iter(w.ev.files))
    what = f"what {module.class_name}'s {role} starts from" if role else f"what this {module.class_name} starts from"
    why = (
        f"{what} is not carried over: {'PyTorch has no word for it' if role else 'others of its class start otherwise'}"
    )
    remedy = "load weights, or set these values in the target"
    w.refused(Problem("initialiser", "info", file, getattr(module.site, "lineno", 0), 1, why, remedy))


# ------------------------------------------------------------------------------------------------------ as text
def function(name: str, branches: Sequence[tuple[tuple[Rule, bool, bool], list[str]]]) -> ast.stmt:
    """`init_weights(module)`."""
    made = ast.parse(EMPTY).body[0]
    assert isinstance(made, ast.FunctionDef)
    made.name = name
    last: list[ast.stmt] = made.body
    for (rule, bare, grouped), names in branches:
        classes = [nodes.name(n) for n in names]
        kind = classes[0] if len(classes) == 1 else ast.Tuple(classes, ast.Load())
        test: ast.expr = nodes.call("isinstance", [ast.Name("module", ast.Load()), kind])
        if grouped:
            test = ast.BoolOp(ast.And(), [test, ast.parse("module.groups > 1", mode="eval").body])
        branch = ast.If(test, list(lines(rule, bare)), [])
        last.append(branch)
        last = branch.orelse
    return made


def lines(rule: Rule, bare: bool) -> Iterator[ast.stmt]:
    """What one class of layers starts from."""
    recurrent = [path for path, _ in rule if path.startswith(RECURRENT)]
    if recurrent:
        yield from recurrent_lines(rule)
        return
    for path, said in rule:
        made = statements(f"module.{path}", said)
        if path == "bias" and bare:
            yield ast.If(ast.parse("module.bias is not None", mode="eval").body, made, [])
        else:
            yield from made


def recurrent_lines(rule: Rule) -> Iterator[ast.stmt]:
    """Weights of all layers and directions by the beginnings of their names."""
    table: dict[str, Described] = {}
    for path, said in rule:
        if said[0] != "forget":
            table.setdefault("bias" if path.startswith("bias") else path[: len("weight_ih")], said)
    loop = ast.parse("for name, weight in module.named_parameters():\n    pass").body[0]
    assert isinstance(loop, ast.For)
    loop.body = []
    last = loop.body
    for beginning, said in table.items():
        test = ast.parse(f"name.startswith({beginning!r})", mode="eval").body
        branch = ast.If(test, statements("weight", said), [])
        last.append(branch)
        last = branch.orelse
    if any(said[0] == "forget" for _, said in rule):
        made = ast.parse('if name.startswith("bias_ih"):\n    nn_ones').body[0]
        assert isinstance(made, ast.If)
        inner = ast.parse("weight[module.hidden_size : 2 * module.hidden_size]", mode="eval").body
        forget = ast.Expr(nodes.call("torch.nn.init.ones_", [inner]))
        forget.__dict__["before"] = ("# the forget gate",)
        made.body = [forget]
        loop.body.append(made)
    yield loop


def statements(weight: str, said: Described) -> list[ast.stmt]:
    """`nn.init` for one weight."""
    kind, *numbers = said
    tensor = ast.parse(weight, mode="eval").body
    values = [n for n in numbers if isinstance(n, float)]

    def call(name: str, *args: object, **words: object) -> list[ast.stmt]:
        given = {key: value if isinstance(value, ast.expr) else nodes.literal(value) for key, value in words.items()}
        return [ast.Expr(nodes.call(f"torch.nn.init.{name}", [tensor, *map(nodes.literal, args)], given))]

    if kind == "constant":
        words = {0.0: "zeros_", 1.0: "ones_"}
        return call(words[values[0]]) if values[0] in words else call("constant_", values[0])
    if kind == "normal":
        return call("normal_", std=values[1]) if values[0] == 0 else call("normal_", *values)
    if kind == "truncated":
        mean, deviation = values
        return call("trunc_normal_", mean, deviation, mean - 2 * deviation, mean + 2 * deviation)
    if kind == "uniform":
        return call("uniform_", *values)
    if kind == "orthogonal":
        return call("orthogonal_") if values[0] == 1 else call("orthogonal_", gain=values[0])
    if kind == "identity":
        return call("eye_")
    scale, mode, distribution = values[0], str(numbers[1]), str(numbers[2])
    if distribution == "truncated_normal":
        return truncated(weight, scale, mode)
    shape = "uniform_" if distribution == "uniform" else "normal_"
    if mode == "fan_avg":
        gain = {} if scale == 1 else {"gain": math.sqrt(scale)}
        return call(f"xavier_{shape}", **gain)
    side = {} if mode == "fan_in" else {"mode": mode}
    if scale in (1.0, 2.0):
        return call(f"kaiming_{shape}", **side, nonlinearity="relu" if scale == 2 else "linear")
    if scale < 2:  # the gain of a leaky ReLU is sqrt(2 / (1 + a**2))
        square = 2 / scale - 1
        near = round(square)
        slope = nodes.call("math.sqrt", [nodes.literal(near if abs(square - near) < 1e-9 else square)])
        return call(f"kaiming_{shape}", a=slope, **side)
    size = fan(weight, mode)
    bound = 3 * scale if distribution == "uniform" else scale
    first = ast.parse(f"bound = math.sqrt({bound!r} / ({size}))").body
    name = ast.Name("bound", ast.Load())
    last = [ast.UnaryOp(ast.USub(), name), name] if distribution == "uniform" else [ast.Constant(0.0), name]
    return [*first, ast.Expr(nodes.call(f"torch.nn.init.{shape}", [tensor, *last]))]


def fan(weight: str, mode: str) -> str:
    """The number of a weight's inputs, outputs, or their mean."""
    size = {"fan_in": f"{weight}[0].numel()", "fan_out": f"{weight}[:, 0].numel()"}
    return size.get(mode, f"({size['fan_in']} + {size['fan_out']}) / 2")


def truncated(weight: str, scale: float, mode: str) -> list[ast.stmt]:
    """A normal distribution of a variance, cut off at two deviations."""
    number = repr(int(scale)) if scale == int(scale) else repr(scale)
    size = f"({fan(weight, mode)})" if mode == "fan_avg" else fan(weight, mode)
    text = f"std = math.sqrt({number} / {size}) / {CUT!r}\n"
    text += f"torch.nn.init.trunc_normal_({weight}, std=std, a=-2 * std, b=2 * std)"
    made = ast.parse(text).body
    made[0].__dict__["before"] = ("# what is left between -2 and 2 deviations has the variance",)
    return made


# ------------------------------------------------------------------------------------------------------ where
def applied(w: Writer, body: list[ast.stmt], name: str) -> bool:
    """Apply the function where the model is made: at the end of its class's constructor, or to what a function returns,
    or to the variable that holds it.
    """
    entry = w.out.entry
    root = root_name(w, body)
    holder = next((s for s in body if isinstance(s, ast.ClassDef) and s.name == root), None)
    if holder is not None:
        init = next((s for s in holder.body if isinstance(s, ast.FunctionDef) and s.name == "__init__"), None)
        if init is None:
            return False
        init.body.append(ast.parse(f"self.apply({name})").body[0])
        return True
    callee = entry.func if isinstance(entry, ast.Call) else entry
    function_ = next(
        (s for s in body if isinstance(s, ast.FunctionDef) and isinstance(callee, ast.Name) and s.name == callee.id),
        None,
    )
    if function_ is not None and isinstance(entry, ast.Call):
        last = function_.body[-1]
        if not isinstance(last, ast.Return) or last.value is None:
            return False
        last.value = ast.Call(ast.Attribute(last.value, "apply", ast.Load()), [ast.Name(name, ast.Load())], [])
        return True
    if isinstance(entry, ast.Name):
        body.append(ast.parse(f"{entry.id}.apply({name})").body[0])
        return True
    return False


def root_name(w: Writer, body: Sequence[ast.stmt]) -> str:
    """The class of the model in the written text."""
    callee = w.out.entry.func if isinstance(w.out.entry, ast.Call) else w.out.entry
    classes = {s.name for s in body if isinstance(s, ast.ClassDef)}
    if isinstance(callee, ast.Name) and callee.id in classes:
        return callee.id
    own = w.done.network.root.class_name
    own = w.out.renamed.get(own, own)
    return own if own in classes else ""
