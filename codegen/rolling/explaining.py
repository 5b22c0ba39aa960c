"""Numbers that differ between the calls of a helper, said by its parameters: `filters`, `4 * filters`, `in_channels`."""

from __future__ import annotations

import ast
import copy
import keyword
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from codegen.lower import Step
from codegen.rolling.bodies import Attribute, Body
from codegen.rolling.sources import Sources, is_plain, plain
from codegen.rolling.runs import COUNT
from codegen.rolling.unify import Hole, names_in
from codegen.writing.slots import slot_param
from pivot.reading.values import Value
from pivot.slots import MISSING

Vector = tuple[object, ...]
FACTORS = range(2, 17)


@dataclass(slots=True, eq=False)
class Parameter:
    """A parameter of a constructor: its value at each call, and its default where the source gives one."""

    name: str
    values: Vector
    default: object = MISSING


@dataclass(slots=True)
class Explained:
    """What stands for each hole, and the parameters that this needs in the order of the helper's own."""

    texts: dict[str, ast.expr] = field(default_factory=dict)
    parameters: list[Parameter] = field(default_factory=list)


class Explainer:
    """Finds the texts of the holes of one class."""

    def __init__(self, sources: Sources, bodies: Sequence[Body]) -> None:
        self.sources, self.bodies = sources, bodies
        tables = [sources.settings(body.group) for body in bodies]
        common = [n for n in tables[0] if all(n in t for t in tables)]
        self.settings: dict[str, Vector] = {n: tuple(t[n] for t in tables) for n in common}
        self.defaults = defaults_of(bodies[0])
        self.made: dict[str, Parameter] = {}
        self.known: list[tuple[Vector, ast.expr]] = []

    def explain(self, holes: Sequence[tuple[Hole, Attribute | None]]) -> Explained:
        """Texts for all holes: first what the source says, then what equals that, then parameters of its own."""
        out = Explained()
        open_: list[tuple[Hole, Attribute | None]] = []
        for hole, attribute in holes:
            text = self.said(hole, attribute)
            if text is None:
                open_.append((hole, attribute))
            else:
                out.texts[hole.name] = text
        for hole, attribute in open_:
            text = self.derived(hole)
            if text is None:
                text = self.own(hole, attribute)
            out.texts[hole.name] = text
        order = {name: place for place, name in enumerate(self.settings)}
        own = [p for p in self.made.values() if p.name not in order]
        theirs = sorted((p for p in self.made.values() if p.name in order), key=lambda p: order[p.name])
        out.parameters = [*own, *theirs]
        return out

    # -- what the source says ----------------------------------------------------------

    def said(self, hole: Hole, attribute: Attribute | None) -> ast.expr | None:
        """The source's own argument, where it is made of the helper's parameters and has these values."""
        if attribute is None:
            return None
        if attribute.group is not None:
            return self.passed(hole, attribute)
        text = self.argument(hole, attribute)
        if text is not None:
            return self.checked(text, hole.values)
        return None

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
        if not names or not names <= set(self.settings):
            return None
        for place, value in enumerate(values):
            table = {name: self.settings[name][place] for name in names}
            if not same(evaluate(text, table), value):
                return None
        for name in names:
            self.parameter(name)
        made = copy.deepcopy(text)
        self.known.append((values, made))
        return made

    def parameter(self, name: str) -> Parameter:
        """A parameter of the helper that is kept."""
        if name not in self.made:
            self.made[name] = Parameter(name, self.settings[name], self.defaults.get(name, MISSING))
            self.known.append((self.settings[name], ast.Name(name, ast.Load())))
        return self.made[name]

    # -- what equals something ----------------------------------------------------------

    def derived(self, hole: Hole) -> ast.expr | None:
        """An expression that has the values: one that is there already, another parameter, or a multiple of one."""
        for values, text in self.known:
            if all(map(same, values, hole.values)):
                return copy.deepcopy(text)
        if hole.keyword in self.settings and all(map(same, self.settings[hole.keyword], hole.values)):
            self.parameter(hole.keyword)
            return ast.Name(hole.keyword, ast.Load())
        for name, values in self.settings.items():
            if isinstance(hole.values[0], int) and all(map(same, values, hole.values)):
                self.parameter(name)
                return ast.Name(name, ast.Load())
        if hole.keyword == COUNT:
            text = self.counted(hole.values)
            if text is not None:
                return text
        for parameter in self.made.values():
            text = related(parameter, hole.values)
            if text is not None:
                self.known.append((hole.values, text))
                return text
        return None

    def counted(self, values: Vector) -> ast.expr | None:
        """`blocks - 1`: how often a loop runs."""
        for name, numbers in self.settings.items():
            for less in (1, 2):
                if all(is_number(n) and v == n - less for v, n in zip(values, numbers, strict=True)):  # type: ignore[operator]
                    self.parameter(name)
                    text = ast.BinOp(ast.Name(name, ast.Load()), ast.Sub(), ast.Constant(less))
                    self.known.append((values, text))
                    return text
        return None

    def own(self, hole: Hole, attribute: Attribute | None) -> ast.expr:
        """A parameter that the helper does not have: `in_channels`."""
        said = self.argument(hole, attribute) if attribute is not None and attribute.group is None else None
        name = said.id if isinstance(said, ast.Name) else hole.keyword or "value"
        name = f"{name}_" if keyword.iskeyword(name) or name == "self" else name
        base, number = name, 2
        while name in self.made or name in self.settings:
            name, number = f"{base}{number}", number + 1
        self.made[name] = Parameter(name, hole.values)
        self.known.append((hole.values, ast.Name(name, ast.Load())))
        return ast.Name(name, ast.Load())


def given_value(name: str, attribute: Attribute) -> Value | None:
    """The value that the source gave for what a target's argument says."""
    step, module = attribute.step, attribute.module
    slot = next((s for s in step.form.args if s.name == name), None) if step is not None else None
    param = slot_param(slot) if slot is not None else None
    outer = step.origin.get(param) if step is not None and param is not None else None
    if outer is None or step is None or step.node is None:
        return None
    table = module.param_values if module is not None else step.node.params_from
    return table.get(outer)


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
    mine = parameter.values
    if len(set(mine)) < 2 or not all(is_number(v) for v in (*mine, *values)):
        return None
    name = ast.Name(parameter.name, ast.Load())
    for factor in FACTORS:
        if all(v == factor * m for v, m in zip(values, mine, strict=True)):  # type: ignore[operator]
            return ast.BinOp(ast.Constant(factor), ast.Mult(), name)
        if all(v == m // factor and v for v, m in zip(values, mine, strict=True)):  # type: ignore[operator]
            return ast.BinOp(name, ast.FloorDiv(), ast.Constant(factor))
    return None


def is_number(value: object) -> bool:
    """Is a value a whole number that is no truth value?"""
    return isinstance(value, int) and not isinstance(value, bool)


def same(a: object, b: object) -> bool:
    """Equal and of the same type all through."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


OPERATORS: dict[type[ast.operator], Callable[[float, float], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
FUNCTIONS: dict[str, Callable[..., object]] = {"int": int, "max": max, "min": min, "round": round}


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
    if isinstance(text, ast.Call) and isinstance(text.func, ast.Name) and text.func.id in FUNCTIONS:
        args = [evaluate(part, names) for part in text.args]
        if text.keywords or not args or not all(isinstance(a, (int, float)) for a in args):
            return MISSING
        return FUNCTIONS[text.func.id](*args)
    return MISSING


