"""Rules of matrix products, einsum, and of layers whose result is said by axis letters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pivot.arithmetic import evaluate_text
from pivot.dims import Dim, Size
from pivot.notation import axis_of, parse_axes
from pivot.shapes.base import ShapeError, Site, agree, broadcast
from pivot.shapes.dtypes import promote
from pivot.slots import MISSING, NotationError
from pivot.types import TensorType


def matmul_shape(left: tuple[Dim, ...], right: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """Shape of left @ right; vectors lose their axis."""
    if not left or not right:
        raise ShapeError("a matrix product needs tensors with axes")
    a = left if len(left) > 1 else (1, *left)
    b = right if len(right) > 1 else (*right, 1)
    agree(a[-1], b[-2], "the inner sizes of the product")
    shape = (*broadcast([a[:-2], b[:-2]]), a[-2], b[-1])
    if len(left) == 1:
        shape = (*shape[:-2], shape[-1])
    return shape if len(right) > 1 else shape[:-1]


def rule_matmul(site: Site) -> Sequence[TensorType]:
    """a: .. i k, b: .. k j -> y: .. i j."""
    a, b = site.tensor("a"), site.tensor("b")
    return (TensorType(matmul_shape(a.shape, b.shape), promote((a, b))),)


def rule_matmul_plus(site: Site) -> Sequence[TensorType]:
    """x: *, a: .. i k, b: .. k j -> y: .. i j, x broadcast."""
    x, a, b = site.tensor("x"), site.tensor("a"), site.tensor("b")
    return (TensorType(broadcast([x.shape, matmul_shape(a.shape, b.shape)]), promote((x, a, b))),)


def rule_outer(site: Site) -> Sequence[TensorType]:
    """a: M, b: N -> y: M N."""
    a, b = site.tensor("a"), site.tensor("b")
    if a.rank != 1 or b.rank != 1:
        raise ShapeError("an outer product needs two vectors")
    return (TensorType((a.shape[0], b.shape[0]), promote((a, b))),)


def rule_einsum(site: Site) -> Sequence[TensorType]:
    """xs: * + -> y: the letters behind `->`, or those that stand once in alphabetical order."""
    equation = site.param("equation")
    if not isinstance(equation, str):
        raise ShapeError("the equation is not known")
    tensors = site.tensors()
    left, arrow, right = re.sub(r"\s", "", equation).partition("->")
    terms = left.split(",")
    if len(terms) != len(tensors):
        raise ShapeError(f"'{equation}' is about {len(terms)} tensors, {len(tensors)} are given")
    sizes: dict[str, Dim] = {}
    leads: list[tuple[Dim, ...]] = []
    for term, tensor in zip(terms, tensors, strict=True):
        letters = term.replace("...", "")
        dots = tensor.rank - len(letters)
        if dots < 0 or (dots and "..." not in term):
            raise ShapeError(f"'{term}' does not describe a tensor of {tensor.rank} axes")
        at = term.index("...") if "..." in term else len(letters)
        leads.append(tensor.shape[at : at + dots])
        for letter, size in zip(letters, (*tensor.shape[:at], *tensor.shape[at + dots :]), strict=True):
            known = sizes.get(letter)
            sizes[letter] = size if known is None or known == 1 else known if size == 1 else agree(known, size, letter)
    if not arrow:
        once = sorted(letter for letter in sizes if left.count(letter) == 1)
        right = ("..." if "..." in left else "") + "".join(once)
    common = broadcast(leads)
    found: list[Dim] = []
    for letter in re.findall(r"\.\.\.|.", right):
        if letter == "...":
            found.extend(common)
        elif letter in sizes:
            found.append(sizes[letter])
        else:
            raise ShapeError(f"the letter {letter} of the result stands nowhere before")
    return (TensorType(tuple(found), promote(tensors)),)


def rule_letters(site: Site) -> Sequence[TensorType]:
    """Every output by its axis letters: sizes from [sizes] of the op file, else from an operand with the letter."""
    dtype = promote([value for value in site.given() if isinstance(value, TensorType)])
    return tuple(TensorType(_by_letters(site, spec.letters), dtype) for spec in site.op.outputs.values())


def rule_linear(site: Site) -> Sequence[TensorType]:
    """x: * I -> y: * O, as its letters say; the kernel, where it is an operand, must fit."""
    kernel = site.operands.get("kernel")
    x = site.first()
    if x.rank < 1:
        raise ShapeError("a linear map needs a tensor with axes")
    if isinstance(kernel, TensorType) and kernel.rank == 2:
        agree(x.shape[-1], kernel.shape[-1], "the last axis and the kernel")
    return rule_letters(site)


def rule_bilinear(site: Site) -> Sequence[TensorType]:
    """a: * I, b: * J -> y: * O."""
    return rule_letters(site)


def rule_attention(site: Site) -> Sequence[TensorType]:
    """q: N H T D, k: N H S D, v: N H S V -> y: N H T V; any number of axes before T."""
    q, k, v = (site.tensor(name) for name in tuple(site.op.inputs)[:3])
    if min(q.rank, k.rank, v.rank) < 2:
        raise ShapeError("attention needs tensors of two axes or more")
    agree(q.shape[-1], k.shape[-1], "the last axes of query and key")
    agree(k.shape[-2], v.shape[-2], "the lengths of key and value")
    lead = broadcast([q.shape[:-2], k.shape[:-2], v.shape[:-2]])
    return (TensorType((*lead, q.shape[-2], v.shape[-1]), promote((q, k, v))),)


def rule_multi_head_attention(site: Site) -> Sequence[TensorType]:
    """q: N T E, k: N S E, v: N S E -> y: N T E, scores: N T S."""
    return rule_letters(site)


def rule_recurrent(site: Site) -> Sequence[TensorType]:
    """x: N T F -> y: N T D*H and one state (D, N, H) per further output; D = 2 where the op has weights for both
    directions.
    """
    x = site.first()
    if x.rank != 3:
        raise ShapeError(f"a recurrent layer needs 3 axes, not {x.rank}")
    batch, steps, _ = x.shape
    units = site.size("units")
    ways = 2 if any(name.endswith("_back") for name in site.op.weights) else 1
    state = TensorType((ways, batch, units), x.dtype)
    return TensorType((batch, steps, units * ways), x.dtype), *(state,) * (len(site.op.outputs) - 1)


def rule_recurrent_ends(site: Site) -> Sequence[TensorType]:
    """x: N T F -> y: N 2*H, or N H where the last states of both directions are not put side by side."""
    x = site.first()
    if x.rank != 3:
        raise ShapeError(f"a recurrent layer needs 3 axes, not {x.rank}")
    units = site.size("units")
    return (TensorType((x.shape[0], units * 2 if site.param("merge") == "concat" else units), x.dtype),)


def rule_recurrent_cell(site: Site) -> Sequence[TensorType]:
    """x: N F -> one state N H per output."""
    x = site.first()
    shape = (*x.shape[:-1], site.size("units"))
    return (TensorType(shape, x.dtype),) * len(site.op.outputs)


def rule_embedding(site: Site) -> Sequence[TensorType]:
    """ids: * -> y: * D, with the element type of the table where it is an operand."""
    table = site.operands.get("table")
    dtype = table.dtype if isinstance(table, TensorType) else "float32"
    (y,) = rule_letters(site)
    return (TensorType(y.shape, dtype),)


def rule_one_hot(site: Site) -> Sequence[TensorType]:
    """ids: * -> y: * count."""
    dtype = site.param("dtype")
    return (TensorType((*site.first().shape, site.size("count")), dtype if isinstance(dtype, str) else "int64"),)


def _by_letters(site: Site, letters: tuple[str, ...]) -> tuple[Dim, ...]:
    found: list[Dim] = []
    for letter in letters:
        if letter == "*":
            found.extend(_star(site))
            continue
        total: Dim = 1
        for factor in parse_axes(letter)[0]:
            total = total * _letter(site, factor.name)
        found.append(total)
    return tuple(found)


def _star(site: Site) -> tuple[Dim, ...]:
    """The axes `*` of all inputs that have them, broadcast."""
    stars: list[tuple[Dim, ...]] = []
    for name, spec in site.op.inputs.items():
        value = site.operands.get(name)
        if isinstance(value, TensorType) and "*" in spec.letters:
            at, rest = spec.letters.index("*"), len(spec.letters) - 1
            stars.append(value.shape[at : at + value.rank - rest])
    return broadcast(stars)


def _letter(site: Site, letter: str) -> Dim:
    def lookup(name: str, part: str | None) -> object:
        if part is not None:
            return _of_operand(site, name, part)
        if name in site.op.params:
            value = site.param(name)
            if value is not MISSING:
                return value
        raise NotationError(f"'{name}' is not known")

    text = site.op.sizes.get(letter)
    if text is not None:
        try:
            value = evaluate_text(text, lookup)
        except NotationError as error:
            raise ShapeError(f"the size {letter}: {error.why}") from None
        if isinstance(value, (int, Size)):
            return value
        raise ShapeError(f"the size {letter} is not a number")
    sizes = [
        _of_operand(site, name, letter)
        for name, spec in site.op.inputs.items()
        if letter in spec.letters and isinstance(site.operands.get(name), TensorType)
    ]
    if not sizes:
        raise ShapeError(f"the size {letter} is not known")
    total = sizes[0]
    for size in sizes[1:]:
        total = agree(total, size, f"the size {letter}")
    return total


def _of_operand(site: Site, name: str, letter: str) -> Dim:
    value, own = site.operands.get(name), site.op.letters(name)
    axis = axis_of(own, letter, value.rank) if isinstance(value, TensorType) and own is not None else None
    if not isinstance(value, TensorType) or axis is None:
        raise ShapeError(f"the size {name}.{letter} is not known")
    return value.shape[axis]
