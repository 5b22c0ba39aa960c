"""What is put into a program: a layer to be made and applied, or an expression of the tensors it takes."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pivot.binding import Refused
from pivot.choosing import choose
from pivot.codecs.base import DottedName
from pivot.dims import symbol
from pivot.editing.names import Library
from pivot.op import Form, Kind, Op
from pivot.slots import MISSING, NotationError, Path, SizeOf
from pivot.spelling import OperandRef, PlainFacts, Written, write_slots
from pivot.types import TensorType


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` makes a `layer`, or is an expression with the names `operands` in it. An attribute gets `name`."""

    name: str
    text: str
    layer: bool
    operands: tuple[str, ...] = ()

    def applied(self, texts: Sequence[str], made: str = "") -> str:
        """The expression on some tensors; a layer is called `made`. With too few of them, the last one stands in."""
        if self.layer:
            return f"{made or self.text}({texts[0]})"
        given = dict(zip(self.operands, (*texts, *[texts[-1]] * len(self.operands)), strict=False))
        tree = ast.parse(self.text, mode="eval")
        places = sorted(
            (node.col_offset, node.id) for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in given
        )
        text = self.text
        for column, name in reversed(places):
            text = text[:column] + given[name] + text[column + len(name) :]
        return text


def piece_of(
    op: Op,
    framework: str,
    library: Library,
    shapes: Sequence[Sequence[object] | None] = (),
    lazy: bool = False,
) -> Piece | None:
    """An op as its file's first fitting example spells it, with the sizes of the tensors it will get.

    `lazy`: a layer that finds its sizes itself is taken where there is one, so that they need not be mended when
    something before it changes. None where the framework has no example of the op.
    """
    chosen = [(example, text) for example in op.examples if (text := _plain(example.texts.get(framework, "")))]
    # An example of the op's own layer or function tells more than one where it is a part of something.
    ranked = sorted(chosen, key=lambda item: _rank(op, framework, item[1]))
    if not ranked:
        return None
    example, text = ranked[0]
    tree = ast.parse(text, mode="eval").body
    names = tuple(name for name in example.inputs if re.search(rf"\b{name}\b", text))
    layer = not names and isinstance(tree, ast.Call)
    if layer and isinstance(tree, ast.Call):
        text = _sized(op, framework, tree, text, shapes[0] if shapes else None, lazy)
    return Piece(op.name, _called(text, library), layer, names)


def spelled(
    op: Op, framework: str, params: Mapping[str, object], library: Library, shape: Sequence[object] | None
) -> Piece | None:
    """An op with parameters of its own, for a tensor of a shape, as its forms write it; None where none does."""
    first = next(iter(op.inputs), None)
    if first is None:
        return None
    dims = tuple(size if isinstance(size, int) else symbol(str(size), 2) for size in shape or ())
    values = dict(params)
    for name, spec in op.params.items():
        if name not in values and spec.default is not MISSING:
            values[name] = spec.default
    facts = PlainFacts(values, {first: TensorType(dims)} if shape is not None else {}, order={})
    kind: Kind = "layer" if any(form.kind == "layer" for form in op.forms.get(framework, ())) else "function"
    try:
        forms = choose(op, framework, kind, values, facts)
        if isinstance(forms, Refused) or forms[0].spelling != "call" or forms[0].kind != kind:
            return None
        arguments = write_slots(forms[0], "args", values, facts)
    except (LookupError, ValueError, TypeError, NotationError):
        return None
    if isinstance(arguments, Refused):
        return None
    texts = [_argument(item, library) for item in arguments]
    if any(text is None for text in texts):
        return None
    text = f"{library.name(forms[0].name)}({', '.join(text for text in texts if text)})"
    return Piece(op.name, text, kind == "layer", () if kind == "layer" else (first,))


def _argument(item: Written, library: Library) -> str | None:
    """One argument as text; None for what is no literal, no name of a library and no tensor."""
    value = item.value
    if isinstance(value, OperandRef):
        text = value.name if value.codec is None and not value.listed and not value.others else None
    elif isinstance(value, DottedName):
        text = library.name(value.name)
    elif value is None or isinstance(value, bool | int | float | str | tuple | list):
        text = repr(value)
    else:
        text = None
    return text if text is None or not item.keyword else f"{item.name}={text}"


def _plain(text: str) -> str:
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return ""
    return text.strip() if not isinstance(tree.body, ast.Constant) else ""


def _rank(op: Op, framework: str, text: str) -> tuple[bool, bool, bool, int]:
    """Whole calls first, layers before functions, then what is said in few words."""
    tree = ast.parse(text, mode="eval").body
    named = {form.name.rpartition(".")[2] for form in op.forms.get(framework, ())}
    spoken = _spoken(tree)
    plain = not any(isinstance(node, ast.Call) for node in ast.walk(tree) if node is not tree)
    special = "groups" in text or "dilation" in text
    layer = isinstance(tree, ast.Call) and any(
        form.kind == "layer" and form.name.rpartition(".")[2] == spoken for form in op.forms.get(framework, ())
    )
    return (not (plain and (spoken in named or not isinstance(tree, ast.Call))), not layer, special, len(text))


def _spoken(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _spoken(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _called(text: str, library: Library) -> str:
    """Examples say `nn`, `F`, `layers`, `ops`; a file has its own names for them."""
    known = {
        "nn": "torch.nn", "F": "torch.nn.functional", "torch": "torch",
        "layers": "keras.layers", "ops": "keras.ops", "keras": "keras",
    }  # fmt: skip
    tree = ast.parse(text, mode="eval")
    found: list[tuple[int, int, str]] = []
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in inner:
            dotted = ast.unparse(node)
            root, _, rest = dotted.partition(".")
            if root in known and re.fullmatch(r"[\w.]+", dotted):
                found.append((node.col_offset, node.end_col_offset or 0, library.name(f"{known[root]}.{rest}")))
    for start, end, name in sorted(found, reverse=True):
        text = text[:start] + name + text[end:]
    return text


def _sized(op: Op, framework: str, call: ast.Call, text: str, shape: Sequence[object] | None, lazy: bool) -> str:
    """The call with the sizes of its tensor: what is a size in the form, and the count of channels that it gives."""
    spoken = _spoken(call)
    form = next((f for f in op.forms.get(framework, ()) if f.name.rpartition(".")[2] == spoken), None)
    if form is None:
        return text
    found = f"{form.name.rpartition('.')[0]}.Lazy{spoken}"
    if lazy and any(other.name == found for other in op.forms.get(framework, ())):
        return _without_sizes(form, call, text, spoken)
    if shape is None:
        return text
    first = next(iter(op.inputs), "")
    letters = form.order.get(first) or (op.inputs[first].letters if first else ())
    sized = {
        slot.name: size
        for slot in form.args
        if isinstance(slot.value, SizeOf) and (size := _size(letters, slot.value.letter, shape)) is not None
    }
    kept = next(
        iter(sized.values()), _size(letters, "C", shape) or _size(letters, letters[-1] if letters else "", shape)
    )
    outputs = {name for name in op.sizes.values() if name in op.params}
    for slot in form.args:
        if isinstance(slot.value, Path) and slot.value.name in outputs and kept is not None and slot.name:
            sized.setdefault(slot.name, kept)
    given: list[tuple[ast.expr, str | None]] = [
        *((node, form.args[at].name if at < len(form.args) else None) for at, node in enumerate(call.args)),
        *((keyword.value, keyword.arg) for keyword in call.keywords),
    ]
    for node, name in sorted(given, key=lambda item: -item[0].col_offset):
        if name in sized and isinstance(node, ast.Constant):
            text = text[: node.col_offset] + str(sized[name]) + text[node.end_col_offset :]
    return text


def _without_sizes(form: Form, call: ast.Call, text: str, spoken: str) -> str:
    """`nn.Conv2d(3, 16, 3)` -> `nn.LazyConv2d(16, 3)`."""
    derived = {slot.name for slot in form.args if isinstance(slot.value, SizeOf)}
    kept = [
        text[node.col_offset : node.end_col_offset]
        for at, node in enumerate(call.args)
        if at >= len(form.args) or form.args[at].name not in derived
    ]
    kept += [
        f"{keyword.arg}={text[keyword.value.col_offset : keyword.value.end_col_offset]}"
        for keyword in call.keywords
        if keyword.arg not in derived
    ]
    called = text[: call.func.end_col_offset]
    return f"{called[: len(called) - len(spoken)]}Lazy{spoken}({', '.join(kept)})"


def _size(letters: Sequence[str], letter: str, shape: Sequence[object]) -> int | None:
    """The size of an axis that is known; letters behind a `*` count from the end."""
    if letter not in letters or letter == "*":
        return None
    at = letters.index(letter)
    if "*" in letters[:at]:
        at -= len(letters) - len(shape)
    size = shape[at] if 0 <= at < len(shape) else None
    return size if isinstance(size, int) else None
