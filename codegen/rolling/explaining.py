"""Numbers that differ between the calls of a helper, said by its parameters: `4 * filters`, `in_channels`."""

from __future__ import annotations

import ast
import copy
import keyword
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from codegen.rolling.bodies import Attribute, Body
from codegen.rolling.comparing import comparisons
from codegen.rolling.runs import COUNT
from codegen.rolling.sources import Sources, is_plain, plain
from codegen.rolling.unify import ANY, Hole, names_in
from codegen.writing import nodes
from codegen.writing.slots import slot_param
from pivot.forms import face
from pivot.reading.values import Value
from pivot.slots import MISSING, Coded, Slot

Vector = tuple[object, ...]
FACTORS = range(2, 17)
MANY_CALLS = 4  # from so many calls on, what they give decides about defaults that the source has


@dataclass(slots=True, eq=False)
class Parameter:
    """A parameter of a constructor: its value at each call, and its default where the source gives one."""

    name: str
    values: Vector
    default: object = MISSING


class Explainer:
    """Finds the texts of the holes of one class."""

    def __init__(self, sources: Sources, bodies: Sequence[Body]) -> None:
        self.sources, self.bodies = sources, bodies
        tables = [sources.settings(body.group) for body in bodies]
        common = [n for n in tables[0] if all(n in t for t in tables)]
        self.settings: dict[str, Vector] = {n: tuple(t[n] for t in tables) for n in common}
        inner = [sources.locals(body.group) for body in bodies]
        self.locals: dict[str, Vector] = {
            n: tuple(t[n] for t in inner) for n in inner[0] if all(n in t for t in inner) and n not in self.settings
        }
        self.defaults = defaults_of(bodies[0])
        self.made: dict[str, Parameter] = {}
        self.holes: list[Hole] = []
        self.known: list[tuple[Vector, ast.expr]] = []

    def explain(self, holes: Sequence[tuple[Hole, Attribute | None]]) -> dict[str, ast.expr]:
        """Texts for all holes: first what the source says, then what equals that, then parameters of its own."""
        texts: dict[str, ast.expr] = {}
        self.holes = [hole for hole, _ in holes]
        open_: list[tuple[Hole, Attribute | None]] = []
        for hole, attribute in holes:
            text = self.said(hole, attribute)
            if text is None:
                open_.append((hole, attribute))
            else:
                texts[hole.name] = text
        for hole, attribute in sorted(open_, key=lambda pair: (is_notation(*pair), ANY in pair[0].values)):
            text = self.derived(hole)
            if text is None:
                text = self.tested(hole, attribute)
            if text is None:
                text = self.own(hole, attribute)
            texts[hole.name] = text
        return texts

    def parameters(self) -> list[Parameter]:
        """The parameters that are needed: those of its own, then the helper's in their order."""
        order = {name: place for place, name in enumerate(self.settings)}
        own = [p for p in self.made.values() if p.name not in order]
        theirs = sorted((p for p in self.made.values() if p.name in order), key=lambda p: order[p.name])
        for parameter in theirs:
            if len(parameter.values) > 1 and all(same(v, parameter.values[0]) for v in parameter.values[1:]):
                parameter.default = parameter.values[0]  # what every call gives is not said at each
            elif len(parameter.values) >= MANY_CALLS and all(map(is_number, parameter.values)):
                if sum(same(v, parameter.default) for v in parameter.values) <= 1:
                    parameter.default = MISSING  # what nearly every call says stands in its place: Block(16, 24)
        return [*own, *theirs]

    # -- what the source says ----------------------------------------------------------

    def said(self, hole: Hole, attribute: Attribute | None) -> ast.expr | None:
        """The source's own argument, where it is made of the helper's parameters and has these values."""
        if attribute is None:
            return None
        if attribute.group is not None:
            return self.passed(hole, attribute)
        written = written_argument(hole.keyword, attribute)
        if isinstance(written, ast.IfExp):
            return self.either(written.test, hole)
        text = self.argument(hole, attribute)
        return self.checked(text, hole.values) if text is not None else None

    def tested(self, hole: Hole, attribute: Attribute | None) -> ast.expr | None:
        """A notation of the target, like padding, by a simple test of parameters that are there."""
        if not is_notation(hole, attribute):
            return None
        decisive = sorted(self.made.values(), key=lambda p: len({repr(value) for value in p.values}))
        tables = {parameter.name: parameter.values for parameter in decisive}
        for test in comparisons(tables):
            made = self.either(test, hole)
            if made is not None:
                return made
        return None

    def either(self, test: ast.expr, hole: Hole) -> ast.expr | None:
        """`1 if stride == 1 else 0`: a test of the source, with what is right where it holds and where not."""
        tables = {**self.settings, **{name: p.values for name, p in self.made.items()}}
        names = set(names_in(test))
        if not names or not names <= set(tables):
            return None
        answers = [evaluate(test, {name: tables[name][place] for name in names}) for place in range(len(hole.values))]
        arms: list[ast.expr] = []
        for wanted in (True, False):
            values = tuple(
                v if bool(a) is wanted else ANY for v, a in zip(hole.values, answers, strict=True) if a is not MISSING
            )
            known = list(dict.fromkeys(v for v in values if v is not ANY))
            text = nodes.literal(known[0]) if len(known) == 1 else None
            if len(values) != len(answers) or not known:
                return None
            text = text if text is not None else self.derived(Hole(values, hole.keyword))
            if text is None:
                return None
            arms.append(text)
        for name in names - set(self.made):
            self.parameter(name)
        return ast.IfExp(copy.deepcopy(test), *arms)

    def passed(self, hole: Hole, attribute: Attribute) -> ast.expr | None:
        """What the source passes to the helper that a module stands for."""
        site = attribute.group.frame.site if attribute.group is not None and attribute.group.frame is not None else None
        text = argument_of(site, hole.keyword, attribute)
        return self.checked(text, hole.values) if text is not None else None

    def argument(self, hole: Hole, attribute: Attribute) -> ast.expr | None:
        """The expression that gave the parameter behind a target's argument."""
        value = given_value(hole.keyword, attribute)
        origin = value.origin if value is not None else None
        return origin.node if origin is not None and isinstance(origin.node, ast.expr) else None

    def checked(self, text: ast.expr, values: Vector) -> ast.expr | None:
        """A source's expression over the helper's parameters, if it gives these values at every call."""
        names = set(names_in(text)) - set(FUNCTIONS)
        every = {**self.settings, **self.locals}
        if not names or not names <= set(every):
            return None
        for place, value in enumerate(values):
            table = {name: every[name][place] for name in names}
            if not same(evaluate(text, table), value):
                return None
        for name in names:
            self.parameter(name)
        made = copy.deepcopy(text)
        tables = [{name: every[name][place] for name in names} for place in range(len(values))]
        self.known.append((tuple(evaluate(text, table) for table in tables), made))
        return made

    def parameter(self, name: str) -> Parameter:
        """A parameter of the helper that is kept, or a variable that becomes one."""
        if name not in self.made:
            values = self.settings[name] if name in self.settings else self.locals[name]
            self.made[name] = Parameter(name, values, self.defaults.get(name, MISSING))
            self.known.append((values, ast.Name(name, ast.Load())))
        return self.made[name]

    # -- what equals something ----------------------------------------------------------

    def derived(self, hole: Hole) -> ast.expr | None:
        """An expression that has the values: one that is there already, another parameter, or a multiple of one."""
        for values, text in self.known:
            if all(map(covers, values, hole.values)):
                return copy.deepcopy(text)
        if hole.keyword in self.settings and all(map(same, self.settings[hole.keyword], hole.values)):
            self.parameter(hole.keyword)
            return ast.Name(hole.keyword, ast.Load())
        for name, values in self.settings.items():
            if any(map(tells, hole.values)) and all(map(same, values, hole.values)):
                self.parameter(name)
                return ast.Name(name, ast.Load())
        for name, values in sorted(self.locals.items(), key=lambda item: item[0] != hole.keyword):
            if any(map(tells, hole.values)) and all(map(same, values, hole.values)):
                self.parameter(name)
                return ast.Name(name, ast.Load())
        if hole.keyword == COUNT:
            count = self.counted(hole.values)
            if count is not None:
                return count
        for parameter in sorted(self.made.values(), key=lambda p: p.name.startswith("in_")):
            multiple = related(parameter, hole.values)
            if multiple is not None:
                self.known.append((hole.values, multiple))
                return multiple
        return None

    def counted(self, values: Vector) -> ast.expr | None:
        """`blocks - 1`: how often a loop runs."""
        for name, numbers in self.settings.items():
            for less in (1, 2):
                pairs = list(zip(values, numbers, strict=True))
                if all(is_number(n) and (v is ANY or v == n - less) for v, n in pairs):  # type: ignore[operator]
                    self.parameter(name)
                    text = ast.BinOp(ast.Name(name, ast.Load()), ast.Sub(), ast.Constant(less))
                    self.known.append((values, text))
                    return text
        return None

    def told(self, hole: Hole) -> str:
        """The name of an argument with these values: where there are several, the one of a size that comes in."""
        names = [other.keyword for other in self.holes if other.values == hole.values]
        return next((name for name in names if name.startswith("in_")), hole.keyword)

    def own(self, hole: Hole, attribute: Attribute | None) -> ast.expr:
        """A parameter that the helper does not have: `in_channels`."""
        said = self.argument(hole, attribute) if attribute is not None and attribute.group is None else None
        name = said.id if isinstance(said, ast.Name) else self.told(hole) or "value"
        name = f"{name}_" if keyword.iskeyword(name) or name == "self" else name
        base, number = name, 2
        while name in self.made or name in self.settings:
            name, number = f"{base}{number}", number + 1
        absent = any(v is ANY for v in hole.values)  # some calls do not need it
        slot = slot_of(hole.keyword, attribute) if attribute is not None else None
        alike = in_one_notation(hole.values) if slot is not None and face(slot) == "pads" else hole.values
        values = tuple(None if v is ANY else v for v in alike)
        self.made[name] = Parameter(name, values, None if absent else MISSING)
        self.known.append((hole.values, ast.Name(name, ast.Load())))
        return ast.Name(name, ast.Load())


def given_value(name: str, attribute: Attribute) -> Value | None:
    """The value that the source gave for what a target's argument says."""
    step, module, outer = attribute.step, attribute.module, parameter_of(name, attribute)
    if outer is None or step is None or step.node is None:
        return None
    table = module.param_values if module is not None else step.node.params_from
    return table.get(outer)


def in_one_notation(values: Vector) -> Vector:
    """`(2, 2, 2, 2)` for `2` where other calls pad every side by itself: one kind of argument for all calls."""
    lengths = {len(v) for v in values if isinstance(v, tuple)}
    if len(lengths) != 1:
        return values
    return tuple((v,) * max(lengths) if type(v) is int else v for v in values)


def is_notation(hole: Hole, attribute: Attribute | None) -> bool:
    """Is an argument the target's own way to say something: padding, which follows from other numbers?"""
    slot = slot_of(hole.keyword, attribute) if attribute is not None else None
    return slot is not None and isinstance(slot.value, Coded) and face(slot) != "ntuple"


def slot_of(name: str, attribute: Attribute) -> Slot | None:
    """The slot of a target's argument."""
    return next((s for s in attribute.step.form.args if s.name == name), None) if attribute.step is not None else None


def parameter_of(name: str, attribute: Attribute) -> str | None:
    """The parameter of the source's op that a target's argument says."""
    slot = slot_of(name, attribute)
    param = slot_param(slot) if slot is not None else None
    return attribute.step.origin.get(param) if attribute.step is not None and param is not None else None


def written_argument(name: str, attribute: Attribute) -> ast.expr | None:
    """What stands in the source at the making of a layer for what a target's argument says."""
    module, param = attribute.module, parameter_of(name, attribute)
    if module is None or module.bound is None or param is None or not isinstance(module.site, ast.Call):
        return None
    where = module.bound.given.get(module.bound.sources.get(param, ""))
    if isinstance(where, int):
        return module.site.args[where] if where < len(module.site.args) else None
    return next((k.value for k in module.site.keywords if k.arg == where), None) if where is not None else None


def argument_of(site: ast.AST | None, name: str, attribute: Attribute) -> ast.expr | None:
    """The argument of a call of a helper, by the name of its parameter."""
    function = attribute.group.function if attribute.group is not None else None
    if not isinstance(site, ast.Call) or function is None:
        return None
    given = next((k.value for k in site.keywords if k.arg == name), None)
    if given is not None:
        return given
    names = [a.arg for a in (*function.node.args.posonlyargs, *function.node.args.args)]
    at = names.index(name) if name in names else len(site.args)
    return site.args[at] if at < len(site.args) else None


def defaults_of(body: Body) -> dict[str, object]:
    """The plain defaults of a helper's parameters."""
    function = body.group.function
    if function is None:
        return {}
    spec = function.node.args
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    found = dict(zip(names[::-1], function.defaults[::-1], strict=False))
    found.update({a.arg: v for a, v in zip(spec.kwonlyargs, function.kw_defaults, strict=False) if v is not None})
    return {name: plain(value) for name, value in found.items() if is_plain(plain(value))}


def related(parameter: Parameter, values: Vector) -> ast.expr | None:
    """`4 * filters`, `kernel_size // 2`: the values as a simple function of a parameter."""
    pairs = [(v, m) for v, m in zip(values, parameter.values, strict=True) if v is not ANY]
    if not all(is_number(v) and is_number(m) for v, m in pairs) or len({m for _, m in pairs}) < 2:
        return None
    name = ast.Name(parameter.name, ast.Load())
    for factor in FACTORS:
        if all(v == factor * m for v, m in pairs):  # type: ignore[operator]
            return ast.BinOp(ast.Constant(factor), ast.Mult(), name)
        if all(v == m // factor and v for v, m in pairs):  # type: ignore[operator]
            return ast.BinOp(name, ast.FloorDiv(), ast.Constant(factor))
    return None


def is_number(value: object) -> bool:
    """Is a value a whole number that is no truth value?"""
    return isinstance(value, int) and not isinstance(value, bool)


def tells(value: object) -> bool:
    """Does a value tell one parameter from others: a number, which neither a truth value nor a word is?"""
    return is_number(value) or isinstance(value, float)


def same(a: object, b: object) -> bool:
    """Equal and of the same type all through; what a call does not need is equal to everything."""
    if a is ANY or b is ANY:
        return True
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


def covers(known: object, wanted: object) -> bool:
    """Is a known value right where another is wanted?"""
    return wanted is ANY or (known is not ANY and same(known, wanted))


OPERATORS: dict[type[ast.operator], Callable[[float, float], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
COMPARISONS: dict[type[ast.cmpop], Callable[..., object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
FUNCTIONS: dict[str, Callable[..., object]] = {"int": int, "max": max, "min": min, "round": round}


def compared(how: ast.cmpop, left: object, right: object) -> object:
    """A comparison, MISSING where the values have no order."""
    try:
        return COMPARISONS[type(how)](left, right)
    except TypeError:
        return MISSING


def evaluate(text: ast.expr, names: Mapping[str, object]) -> object:
    """The value of a little expression of numbers, MISSING where it is none."""
    if isinstance(text, ast.Constant):
        return text.value
    if isinstance(text, ast.Name):
        return names.get(text.id, MISSING)
    if isinstance(text, ast.Tuple):
        return tuple(evaluate(part, names) for part in text.elts)
    if isinstance(text, ast.BinOp) and type(text.op) in OPERATORS:
        left, right = evaluate(text.left, names), evaluate(text.right, names)
        if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
            return MISSING
        if isinstance(text.op, (ast.Div, ast.FloorDiv, ast.Mod)) and right == 0:
            return MISSING
        return OPERATORS[type(text.op)](left, right)
    if isinstance(text, ast.UnaryOp) and isinstance(text.op, ast.Not):
        value = evaluate(text.operand, names)
        return MISSING if value is MISSING else not value
    if isinstance(text, ast.BoolOp):
        values = [evaluate(part, names) for part in text.values]
        if MISSING in values:
            return MISSING
        return all(values) if isinstance(text.op, ast.And) else any(values)
    if isinstance(text, ast.Compare) and len(text.ops) == 1 and type(text.ops[0]) in COMPARISONS:
        left, right = evaluate(text.left, names), evaluate(text.comparators[0], names)
        return MISSING if MISSING in (left, right) else compared(text.ops[0], left, right)
    if isinstance(text, ast.Call) and isinstance(text.func, ast.Name) and text.func.id in FUNCTIONS:
        args = [evaluate(part, names) for part in text.args]
        if text.keywords or not args or not all(isinstance(a, (int, float)) for a in args):
            return MISSING
        return FUNCTIONS[text.func.id](*args)
    return MISSING
