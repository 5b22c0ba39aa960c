"""What layers and parameters start from, in Keras' words: arguments at the making sites, named once at the top.

PyTorch's defaults draw a bias by its kernel's fan_in, which a Keras initialiser never sees: layers that start like that
are a small class of their own at the top of the file, so that the places where they are made stay as short as ever.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from codegen.lower import Step
from codegen.writing import nodes
from codegen.writing.slots import Given
from codegen.writing.start_comments import say
from pivot.notation import parse_axes, split_outside
from pivot.op import Form
from pivot.problems import Problem
from pivot.reading.values import ParameterObject, TensorCell
from pivot.slots import Made, SizeOf, Slot
from pivot.starts import Start, scaled, shifted

Key = tuple[object, ...]
STRINGS: dict[Key, str] = {
    ("constant", 0.0): "zeros",
    ("constant", 1.0): "ones",
    ("orthogonal", 1.0): "orthogonal",
    ("identity",): "identity",
    ("variance", 1.0, "fan_avg", "uniform"): "glorot_uniform",
    ("variance", 2.0, "fan_in", "uniform"): "he_uniform",
    ("variance", 1.0, "fan_in", "uniform"): "lecun_uniform",
}
MODES = ("fan_in", "fan_out", "fan_avg")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The start of one weight at one visit: the source's, the fans that Keras sees in its own array, and what it
    calls the fan that the source scaled by.
    """

    start: Start | None
    fans: tuple[int, int] | None
    told: str = ""


class Starts:
    """Decides per making site; `marks` in the written text are named when the file is put together."""

    def __init__(self, init: str, note: Callable[[Problem], None]) -> None:
        self.on, self.defaults = init != "keras", init == "source"
        self.note = note

    def layer(
        self, steps: Sequence[Step], callee: ast.expr, args: list[ast.expr], given: Given, source: Form | None
    ) -> tuple[ast.expr, list[ast.keyword]]:
        """What is called for a layer, and the initialisers it is given besides its arguments."""
        form = steps[0].form
        if not self.on or not any(step.weights for step in steps) or form.framework != "keras":
            return callee, []
        known = dict.fromkeys(role for step in steps for role in step.weights if role in form.weights)
        wanted = {role: [self.said(want(step, role)) for step in steps if role in step.weights] for role in known}
        if all_default(wanted):
            if "fan_in" in form.init and set(wanted) <= {"kernel", "bias"}:
                return mark(("layer", form.name, form.init["fan_in"], slot_of(form, "kernel"))), []
            if "cell" in form.init:
                return self.recurrent(form, callee, args), []
        found: dict[str, ast.expr] = {}
        for slot in dict.fromkeys(slot_of(form, role) for role in wanted):
            roles = {role: each for role, each in wanted.items() if slot_of(form, role) == slot}
            text = self.attention(steps, roles) if len(roles) > 1 else None
            role, each = next(iter(roles.items()))
            if text is None and role == "bias" and all_default(roles):
                text = bias_start(steps, each, given, source)
            if text is None:
                text = self.argument(form, role, [w for each in roles.values() for w in each], slot)
            if text is not None:
                found[slot] = text
        if "forget" in form.init and "bias" in wanted and any(w.start is not None for w in wanted["bias"]):
            found[form.init["forget"]] = ast.Constant(False)
        more = [ast.keyword(slot, text) for slot, text in found.items()]
        if inner_of(form) is not None and args and isinstance(args[0], ast.Call):
            args[0].keywords.extend(more)  # a wrapper takes none, the layer that it wraps does
            return callee, []
        return callee, more

    def said(self, one: Wanted) -> Wanted:
        """Without the library's own start, where only what the program says is wanted."""
        own = one.start is not None and one.start.default and not self.defaults
        return Wanted(None, one.fans) if own else one

    def recurrent(self, form: Form, callee: ast.expr, args: list[ast.expr]) -> ast.expr:
        """A recurrent layer, by itself or inside Bidirectional."""
        inner = inner_of(form)
        if inner is None:
            return mark(("recurrent", form.name, form.init["cell"]))
        if args and isinstance(args[0], ast.Call):
            args[0].func = mark(("recurrent", inner.call, form.init["cell"]))
        return callee

    def attention(self, steps: Sequence[Step], roles: dict[str, list[Wanted]]) -> ast.expr | None:
        """One initialiser for the projections of attention, which tells by its shape which one it makes."""
        widths = [step.params.get("width") for step in steps]
        squares: dict[bool, set[float]] = {False: set(), True: set()}
        for role, each in roles.items():
            if len(each) != len(widths):  # not all visits have a bias
                return None
            for one, width in zip(each, widths, strict=True):
                if one.start is None or one.start.kind != "uniform" or not isinstance(width, int):
                    return None
                squares[role.startswith("out")].add(tidy(one.start.numbers[1] ** 2 * width))
        if any(len(found) != 1 for found in squares.values()):
            return None
        return mark(("attention", squares[False].pop(), squares[True].pop()))

    def argument(self, form: Form, role: str, each: list[Wanted], slot: str) -> ast.expr | None:
        """The initialiser of one weight, None where Keras' own is the same or none is known."""
        starts = [w.start for w in each if w.start is not None]
        inner = inner_of(form)
        default = str(next((s.default for s in (inner.slots if inner else form.args) if s.name == slot), None)).lower()
        key = common([w for w in each if w.start is not None]) if starts else None
        if not starts or (key is not None and slot and STRINGS.get(key, "") == default):
            return None
        if len(starts) < len(each):
            why = "it differs between the visits of one site"
            self.left_out(starts[0], f"what {form.op.title}'s {role} starts from is not carried over: {why}")
            return None
        bad = next((s for s in starts if s.kind == "other"), None)
        if bad is not None or key is None or not slot:
            why = bad.why if bad is not None else "it differs between the visits of one site"
            first = bad or next((s for s in starts if s.file), starts[0])
            if key is None or key not in STRINGS or STRINGS[key] != default:
                self.left_out(first, f"what {form.op.title}'s {role} starts from is not carried over: {why}")
            return None
        made = say(initialiser(key), starts)
        if len(form.weights) > 4 and key not in STRINGS:  # parts of the layer copy it, which a function does not allow
            made.__dict__["start"] = ("object", *key)
        return made

    def own(self, parameters: Sequence[ParameterObject]) -> ast.expr | None:
        """The initialiser of a module's own parameter, None where nothing is known of it."""
        if not self.on:
            return None
        each = [own_wanted(p) for p in parameters]
        if not each or any(w.start is None for w in each):
            return None
        bad = next((w.start for w in each if w.start is not None and w.start.kind == "other"), None)
        key = common(each)
        if bad is not None or key is None:
            first = bad or next(w.start for w in each if w.start is not None)
            why = bad.why if bad is not None else "it differs between the visits of one site"
            self.left_out(first, f"what a parameter starts from is not carried over: {why}")
            return None
        return say(initialiser(key), [w.start for w in each if w.start is not None])

    def left_out(self, start: Start, why: str) -> None:
        """An initialiser that has no place in the target."""
        remedy = "load weights, or set these values in the target"
        self.note(Problem("initialiser", "info", start.file, start.line, 1, why, remedy))


def inner_of(form: Form) -> Made | None:
    """The layer that a form wraps into another."""
    return next((s.value for s in form.args if isinstance(s.value, Made)), None)


def all_default(wanted: Mapping[str, list[Wanted]]) -> bool:
    """Does every weight start as the source's library has it?"""
    starts = [w.start for each in wanted.values() for w in each]
    return bool(starts) and all(s is not None and s.default for s in starts)


def bias_start(steps: Sequence[Step], each: list[Wanted], given: Given, source: Form | None) -> ast.expr | None:
    """PyTorch's default for a bias whose kernel starts otherwise: its fan_in as a number, or in the source's words."""
    sizes = {round(w.start.numbers[1] ** -2) for w in each if w.start is not None and w.start.kind == "uniform"}
    if len(sizes) == 1:
        return mark(("fan_in", ast.unparse(nodes.literal(sizes.pop()))))
    slot = next((s for s in source.args if isinstance(s.value, SizeOf)), None) if source is not None else None
    fields = {math.prod(k) if isinstance(k := s.params.get("kernel", ()), tuple) else k for s in steps}
    if slot is None or slot.key not in given or len(fields) != 1 or any(s.params.get("groups", 1) != 1 for s in steps):
        return None
    text, field = given[slot.key], fields.pop()
    size = text if field == 1 else ast.BinOp(text, ast.Mult(), nodes.literal(field))
    made = mark(("fan_in", ast.unparse(size)))
    return made


def mark(key: Key) -> ast.expr:
    """Stands for a name at the top of the file, given when all of them are known."""
    made = ast.Name("?", ast.Load())
    made.__dict__["start"] = key
    return made


def initialiser(key: Key) -> ast.expr:
    """The argument for a distribution."""
    if key in STRINGS:
        return ast.Constant(STRINGS[key])
    return mark(("start", *key))


# ------------------------------------------------------------------------------------------------------ one weight
def want(step: Step, role: str) -> Wanted:
    """The start of a weight of a step, terms that are stored apart added up."""
    parameter = step.weights[role]
    source, name = source_place(parameter)
    start = parameter.start
    if source is None:
        return Wanted(start, None)
    terms = source.weights[name].terms
    if len(terms) > 1 and parameter.owner is not None:
        values = [parameter.owner.parameters.get(t.path) for t in terms]
        cells = [v.hint for v in values if v is not None and isinstance(v.hint, TensorCell)]
        start = summed([c.version.parameter.start for c in cells if c.version.parameter is not None])
    mine, theirs = axis_names(source.weights[name].letters), axis_names(step.form.weights[role].letters)
    sizes = dict(zip(mine, parameter.type.shape, strict=False))
    shape = [1 if axis == "1" else sizes.get(axis) for axis in theirs]
    whole = [s for s in shape if isinstance(s, int)]
    if len(whole) < len(shape) or terms[0].part is not None:
        return Wanted(start, None)
    return Wanted(start, keras_fans(whole), told_mode(start, mine, theirs))


def own_wanted(parameter: ParameterObject) -> Wanted:
    """The start of a parameter of a module's own: it is stored as in the source."""
    shape = [s for s in parameter.type.shape if isinstance(s, int)]
    axes = [str(axis) for axis in range(len(shape))]
    return Wanted(parameter.start, keras_fans(shape), told_mode(parameter.start, axes, axes))


def told_mode(start: Start | None, mine: Sequence[str], theirs: Sequence[str]) -> str:
    """The source's fan in Keras' words: PyTorch counts inputs on its second axis, Keras on the last but one."""
    if start is None or not start.fan or len(mine) < 2 or len(theirs) < 2:
        return ""
    if start.fan == "fan_avg":
        return "fan_avg"
    axis = mine[1] if start.fan == "fan_in" else mine[0]
    return {axis: "", theirs[-2]: "fan_in", theirs[-1]: "fan_out"}[axis]


def source_place(parameter: ParameterObject) -> tuple[Form | None, str]:
    """The form that stores a parameter, and its name there."""
    owner = parameter.owner
    if owner is None or owner.form is None:
        return None, ""
    name = next((role for role, p in owner.weights.items() if p is parameter), "")
    return (owner.form, name) if name in owner.form.weights else (None, "")


@cache
def axis_names(letters: str) -> tuple[str, ...]:
    """One name per stored axis: the last letter of a block of gates."""
    parse_axes(letters)
    parts = [part for part in split_outside(letters.strip(), " ") if part]
    return tuple(part.strip("()").split()[-1] for part in parts)


def summed(starts: Sequence[Start | None]) -> Start | None:
    """The start of a sum of independent terms: constants only shift."""
    if any(s is None for s in starts) or not starts:
        return None
    found = [s for s in starts if s is not None]
    if all(s.default for s in found):
        return found[0]  # a class of the target adds them up
    fixed = sum(s.numbers[0] for s in found if s.kind == "constant")
    rest = [s for s in found if s.kind != "constant"]
    if not rest:
        return scaled(Start("constant", (1.0,), file=found[0].file, line=found[0].line), fixed)
    if len(rest) == 1:
        return shifted(rest[0], fixed)
    bad = next((s for s in rest if s.kind == "other"), None)
    return bad or Start("other", why="it is the sum of two", file=rest[0].file, line=rest[0].line)


def keras_fans(shape: Sequence[int]) -> tuple[int, int] | None:
    """(fan_in, fan_out) as keras.initializers.VarianceScaling computes them."""
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else None
    field = math.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


def slot_of(form: Form, role: str) -> str:
    """The argument that takes a weight's initialiser: `kernel_initializer`; "" where the form has none."""
    slots: list[Slot] = []
    for slot in form.args:
        slots += slot.value.slots if isinstance(slot.value, Made) else [slot]
    names = [s.name for s in slots if s.name is not None and s.name.endswith("_initializer")]
    leaf = form.weights[role].path.rpartition("/")[2]
    for name in (f"{leaf}_initializer", f"{leaf.removesuffix('_kernel')}_initializer"):
        if name in names:
            return name
    others = [n for n in names if n not in ("bias_initializer", "recurrent_initializer")]
    return others[0] if leaf == "kernel" and len(others) == 1 else ""


# ------------------------------------------------------------------------------------------------------ all visits
def common(each: list[Wanted]) -> Key | None:
    """One distribution that is right at every visit: by the fan its numbers came from, by numbers, by any fan."""
    first = each[0].start
    assert first is not None
    if any(w.start is None or w.start.kind != first.kind for w in each):
        return None
    told = each[0].told
    if told and all(w.start is not None and w.told == told and fan_of(w, told) == w.start.size for w in each):
        found = by_fan(each, told)
        if found is not None:
            return found
    numbers = {w.start.numbers for w in each if w.start is not None}
    if len(numbers) == 1:
        return (first.kind, *map(tidy, first.numbers))
    return next((found for mode in MODES if (found := by_fan(each, mode)) is not None), None)


def fan_of(one: Wanted, mode: str) -> float | None:
    """A fan of the array that Keras makes."""
    if one.fans is None:
        return None
    return {"fan_in": one.fans[0], "fan_out": one.fans[1], "fan_avg": sum(one.fans) / 2}[mode]


def by_fan(each: list[Wanted], mode: str) -> Key | None:
    """VarianceScaling with one scale for all visits."""
    scales: set[float] = set()
    for one in each:
        start, size = one.start, fan_of(one, mode)
        if start is None or size is None or start.kind not in ("normal", "uniform"):
            return None
        low, high = start.numbers
        if (start.kind == "normal" and low != 0) or (start.kind == "uniform" and low != -high):
            return None
        scales.add(tidy(high**2 * size / (3 if start.kind == "uniform" else 1)))
    kind = "uniform" if each[0].start is not None and each[0].start.kind == "uniform" else "untruncated_normal"
    return ("variance", scales.pop(), mode, kind) if len(scales) == 1 else None


def tidy(number: float) -> float:
    """Without the last digits, which only rounding made."""
    return float(f"{number:.13g}")
