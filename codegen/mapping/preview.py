"""An op in the target's words, before anything is written: what a person reads while mapping a call.

The written file may differ in what surrounds it: transposes of storage orders, names of layers.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from pivot.choosing import choose
from pivot.codecs.base import DottedName
from pivot.forms import Refused, expand_body, write_slots
from pivot.op import Form, Kind, Op
from pivot.patterns import pattern_operands
from pivot.shapes import infer
from pivot.spelling import Nested, OperandRef, PlainFacts, Written

_NAMES = {"keras": "Keras", "torch": "PyTorch", "flax": "Flax"}
_SHORT = (
    ("keras.ops.", "ops."),
    ("keras.layers.", "layers."),
    ("torch.nn.functional.", "F."),
    ("torch.nn.", "nn."),
)


class Unsayable(Exception):
    """The target has no words for an op as it is used; the text says why."""


def expression(
    ops: Mapping[str, Op],
    op: Op,
    target: str,
    kind: Kind,
    params: Mapping[str, object],
    operands: Mapping[str, object],
    texts: Mapping[str, str],
) -> str:
    """An op as one expression over the texts of its operands. Raises Unsayable, ShapeError."""
    facts = PlainFacts(dict(params), {name: value for name, value in operands.items() if value is not None})
    forms = choose(op, target, kind, params, facts)
    if isinstance(forms, Refused):
        raise Unsayable(f"{op.title} cannot be said in {_NAMES.get(target, target)}: {forms.why}")
    form = forms[0]
    if form.spelling == "body":
        return _body(ops, form, target, params, facts, texts)
    args = [_argument(item, texts) for item in _written(form, "args", params, facts)]
    if form.spelling == "operator":
        return _operator(form, args)
    if form.spelling == "index":
        return f"{args[0]}[{args[1]}]" if len(args) > 1 else args[0]
    if form.spelling == "attribute":
        return f"{_wrapped(args[0])}.{form.name}"
    if form.spelling == "method":
        return f"{_wrapped(args[0])}.{form.name}({', '.join(args[1:])})"
    made = f"{short(form.name)}({', '.join(args)})"
    if form.kind == "layer":
        over = [_argument(item, texts) for item in _written(form, "apply", params, facts)]
        return f"{made}({', '.join(over)})"
    return made


def short(name: str) -> str:
    """`keras.ops.abs` as generated files write it: `ops.abs`."""
    return next((new + name[len(old) :] for old, new in _SHORT if name.startswith(old)), name)


def _body(
    ops: Mapping[str, Op],
    form: Form,
    target: str,
    params: Mapping[str, object],
    facts: PlainFacts,
    texts: Mapping[str, str],
) -> str:
    steps = expand_body(form, params, facts, ops)
    if isinstance(steps, Refused):
        raise Unsayable(steps.why)
    values: dict[str, object] = {**params, **facts.operands}
    known = {**{name: repr(value) for name, value in params.items()}, **texts}
    for step in steps:
        operands: dict[str, object] = {}
        said: dict[str, str] = {}
        for name, ref in step.operands.items():
            operands[name] = _value(ref, values)
            said[name] = _text(ref, known)
        made = infer(step.op, step.params, operands)
        text = expression(ops, step.op, target, form.kind, step.params, operands, said)
        for name, value in zip(step.results, made, strict=False):
            values[name], known[name] = value, text
    return known[next(iter(form.op.outputs))]


def _value(ref: object, values: Mapping[str, object]) -> object:
    if isinstance(ref, tuple):
        return tuple(_value(item, values) for item in ref)
    return values.get(ref) if isinstance(ref, str) else ref


def _text(ref: object, known: Mapping[str, str]) -> str:
    if isinstance(ref, tuple):
        return f"[{', '.join(_text(item, known) for item in ref)}]"
    return known.get(ref, ref) if isinstance(ref, str) else repr(ref)


def _written(form: Form, part: str, params: Mapping[str, object], facts: PlainFacts) -> tuple[Written, ...]:
    made = write_slots(form, part, params, facts)
    if isinstance(made, Refused):
        raise Unsayable(made.why)
    return made


def _argument(item: Written, texts: Mapping[str, str]) -> str:
    text = _said(item.value, texts)
    return f"{item.name}={text}" if item.keyword and item.name else text


def _said(value: object, texts: Mapping[str, str]) -> str:
    if isinstance(value, OperandRef):
        if value.others or value.form in ("list", "tuple"):
            each = [texts.get(name, name) for name in (value.name, *value.others)]
            if len(each) == 1 and each[0].startswith(("[", "(")):
                return each[0]
            inside = ", ".join(each)
            return f"[{inside}]" if value.form == "list" else f"({inside})"
        return texts.get(value.name, value.name)
    if isinstance(value, Nested):
        return f"{short(value.call)}({', '.join(_argument(item, texts) for item in value.arguments)})"
    if isinstance(value, DottedName):
        return short(str(value))
    if isinstance(value, tuple):
        inside = ", ".join(_said(item, texts) for item in value)
        return f"({inside}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return f"[{', '.join(_said(item, texts) for item in value)}]"
    return repr(value)


def _operator(form: Form, args: list[str]) -> str:
    tree = ast.parse(form.pattern, mode="eval").body
    names = [ast.unparse(node) for node in pattern_operands(form.pattern)]
    if len(names) == 1:
        return form.pattern.replace(names[0], _wrapped(args[0]))
    sign = form.name
    if isinstance(tree, ast.BinOp | ast.Compare) and len(args) == 2:
        return f"{_wrapped(args[0])} {sign} {_wrapped(args[1])}"
    raise Unsayable(f"the operator {form.pattern} is not known")


def _wrapped(text: str) -> str:
    """An operand that needs brackets gets them."""
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return text
    simple = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant)
    return text if isinstance(node, simple) else f"({text})"
