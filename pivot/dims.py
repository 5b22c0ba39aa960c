"""Sizes of tensor axes: whole numbers, or integer polynomials over symbols and floor-div, mod, min, max terms.

Every symbolic size carries a hint, the number it has on the chosen example. Equality is structural: two sizes are
equal when their canonical forms are. `//` and `%` follow Python (floor). No size is ever assumed to be zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias, Union

Dim: TypeAlias = Union[int, "Size"]


@dataclass(frozen=True, slots=True)
class Atom:
    """An indivisible factor: a symbol, or an opaque `//`, `%`, `min`, `max` of two dims. Two atoms with one text are
    one.
    """

    text: str
    kind: str = field(compare=False)
    args: tuple[Dim, ...] = field(compare=False)
    hint: int = field(compare=False)

    def __hash__(self) -> int:
        return hash(self.text)


Monomial: TypeAlias = tuple[tuple[Atom, int], ...]
Terms: TypeAlias = tuple[tuple[Monomial, int], ...]


@dataclass(frozen=True, slots=True, repr=False)
class Size:
    """A symbolic size: `terms` is a sum of coefficient * monomial, in canonical order, never a plain number."""

    terms: Terms
    hint: int = field(compare=False)

    def __hash__(self) -> int:
        return hash(self.terms)

    def __add__(self, other: object) -> Dim:
        return _add(self, other) if isinstance(other, (int, Size)) else NotImplemented

    __radd__ = __add__

    def __sub__(self, other: object) -> Dim:
        return _add(self, _scale(other, -1)) if isinstance(other, (int, Size)) else NotImplemented

    def __rsub__(self, other: object) -> Dim:
        return _add(_scale(self, -1), other) if isinstance(other, int) else NotImplemented

    def __mul__(self, other: object) -> Dim:
        return _multiply(self, other) if isinstance(other, (int, Size)) else NotImplemented

    __rmul__ = __mul__

    def __neg__(self) -> Dim:
        return _scale(self, -1)

    def __pos__(self) -> Dim:
        return self

    def __floordiv__(self, other: object) -> Dim:
        return _floordiv(self, other) if isinstance(other, (int, Size)) else NotImplemented

    def __rfloordiv__(self, other: object) -> Dim:
        return _floordiv(other, self) if isinstance(other, int) else NotImplemented

    def __mod__(self, other: object) -> Dim:
        return _mod(self, other) if isinstance(other, (int, Size)) else NotImplemented

    def __rmod__(self, other: object) -> Dim:
        return _mod(other, self) if isinstance(other, int) else NotImplemented

    def __str__(self) -> str:
        return text(self)

    def __repr__(self) -> str:
        return f"Size({text(self)}={self.hint})"


@dataclass(frozen=True, slots=True)
class Quotient:
    """`size / number`, which is no size until it is rounded."""

    over: Dim
    by: Dim

    def __float__(self) -> float:
        return hint(self.over) / hint(self.by)

    def rounded(self, up: bool) -> Dim:
        """The size that rounding makes of it."""
        return ceil_div(self.over, self.by) if up else self.over // self.by


def symbol(name: str, hint: int) -> Size:
    """The size called `name`, which is `hint` on the example at hand."""
    return Size(((((Atom(name, "symbol", (), hint), 1),), 1),), hint)


def hint(dim: Dim) -> int:
    """The number this dim has on the example."""
    return dim if isinstance(dim, int) else dim.hint


def is_number(value: object) -> bool:
    """Is this a number, or a size that is one on the configuration that was read?"""
    return isinstance(value, (int, float, Size, Quotient)) and not isinstance(value, bool)


def same(left: Dim, right: Dim) -> bool:
    """Whether both are the same number for every value of their symbols, as far as canonical forms tell."""
    return left == right


def symbols(dim: Dim) -> frozenset[str]:
    """Names of all symbols in a dim, also inside opaque terms."""
    if isinstance(dim, int):
        return frozenset()
    found: set[str] = set()
    for monomial, _ in dim.terms:
        for atom, _power in monomial:
            if atom.kind == "symbol":
                found.add(atom.text)
            else:
                found |= _symbols_inside(atom)
    return frozenset(found)


@lru_cache(maxsize=1 << 14)
def _symbols_inside(atom: Atom) -> frozenset[str]:
    """Symbols of an opaque term: its text decides them."""
    return frozenset().union(*(symbols(arg) for arg in atom.args))


def evaluate(dim: Dim, values: Mapping[str, int]) -> int:
    """The number of a dim when its symbols have `values`; KeyError names a symbol that is missing."""
    if isinstance(dim, int):
        return dim
    total = 0
    for monomial, coefficient in dim.terms:
        for atom, power in monomial:
            coefficient *= _evaluate_atom(atom, values) ** power
        total += coefficient
    return total


def renamed(dim: Dim, values: Mapping[str, Dim]) -> Dim:
    """The dim with other sizes in the place of some of its symbols."""
    if isinstance(dim, int) or not symbols(dim) & values.keys():
        return dim
    total: Dim = 0
    for monomial, coefficient in dim.terms:
        part: Dim = coefficient
        for atom, power in monomial:
            for _ in range(power):
                part = part * _renamed_atom(atom, values)
        total = total + part
    return total


def text(dim: Dim) -> str:
    """Python-like text: `N`, `2*N`, `N*T`, `H//2`, `(H + 1)//2`, `N - 1`."""
    if isinstance(dim, int):
        return str(dim)
    out = ""
    for monomial, coefficient in dim.terms:
        factors = [factor for atom, power in monomial for factor in (atom,) * power]
        compound = len(factors) > 1 or abs(coefficient) != 1 or (coefficient < 0 and not out)
        parts = [f"({a.text})" if compound and a.kind in ("//", "%") else a.text for a in factors]
        if abs(coefficient) != 1 or not parts:
            parts.insert(0, str(abs(coefficient)))
        sign = " - " if coefficient < 0 else " + "
        out += (sign if out else sign.strip(" +")) + "*".join(parts)
    return out


def product(dims: Iterable[Dim]) -> Dim:
    """All dims multiplied; 1 for none."""
    result: Dim = 1
    for dim in dims:
        result = result * dim
    return result


def ceil_div(left: Dim, right: Dim) -> Dim:
    """left / right rounded up, for right > 0."""
    return (left + right - 1) // right


def dim_min(left: Dim, right: Dim) -> Dim:
    """The smaller of two dims, opaque where the symbols decide."""
    return _extreme("min", left, right, min)


def dim_max(left: Dim, right: Dim) -> Dim:
    """The larger of two dims, opaque where the symbols decide."""
    return _extreme("max", left, right, max)


def _evaluate_atom(atom: Atom, values: Mapping[str, int]) -> int:
    if atom.kind == "symbol":
        return values[atom.text]
    left, right = (evaluate(arg, values) for arg in atom.args)
    if atom.kind == "//":
        return left // right
    if atom.kind == "%":
        return left % right
    return min(left, right) if atom.kind == "min" else max(left, right)


def _renamed_atom(atom: Atom, values: Mapping[str, Dim]) -> Dim:
    if atom.kind == "symbol":
        return values.get(atom.text, Size(((((atom, 1),), 1),), atom.hint))
    left, right = (renamed(arg, values) for arg in atom.args)
    if atom.kind == "//":
        return left // right
    if atom.kind == "%":
        return left % right
    return dim_min(left, right) if atom.kind == "min" else dim_max(left, right)


def free_symbols(dim: Dim) -> dict[str, Size]:
    """All symbols in a dim by name, also inside opaque terms, each with its own hint."""
    found: dict[str, Size] = {}
    for monomial, _ in dim.terms if isinstance(dim, Size) else ():
        for atom, _power in monomial:
            if atom.kind == "symbol":
                found[atom.text] = symbol(atom.text, atom.hint)
            for arg in atom.args:
                found.update(free_symbols(arg))
    return found


def _terms(dim: Dim) -> Terms:
    if isinstance(dim, Size):
        return dim.terms
    return (((), dim),) if dim else ()


def _order(term: tuple[Monomial, int]) -> tuple[int, str]:
    """Higher degrees first, then by name; the constant ends up last."""
    return -sum(power for _, power in term[0]), "*".join(atom.text for atom, _ in term[0])


def _build(collected: Mapping[Monomial, int], value: int) -> Dim:
    terms = [(monomial, count) for monomial, count in collected.items() if count]
    if not terms or (len(terms) == 1 and not terms[0][0]):
        return terms[0][1] if terms else 0
    return Size(tuple(sorted(terms, key=_order)), value)


def _add(left: Dim, right: Dim) -> Dim:
    collected = dict(_terms(left))
    for monomial, count in _terms(right):
        collected[monomial] = collected.get(monomial, 0) + count
    return _build(collected, hint(left) + hint(right))


def _scale(dim: Dim, factor: int) -> Dim:
    if isinstance(dim, int):
        return dim * factor
    return _build({monomial: count * factor for monomial, count in dim.terms}, dim.hint * factor)


def _multiply(left: Dim, right: Dim) -> Dim:
    if isinstance(right, int):
        return _scale(left, right)
    collected: dict[Monomial, int] = {}
    for first, a in _terms(left):
        for second, b in right.terms:
            powers = dict(first)
            for atom, power in second:
                powers[atom] = powers.get(atom, 0) + power
            monomial = tuple(sorted(powers.items(), key=lambda item: item[0].text))
            collected[monomial] = collected.get(monomial, 0) + a * b
    return _build(collected, hint(left) * hint(right))


def _wrapped(dim: Dim) -> str:
    plain = isinstance(dim, int) and dim >= 0
    if isinstance(dim, Size) and len(dim.terms) == 1 and dim.terms[0][1] == 1:
        monomial = dim.terms[0][0]
        plain = len(monomial) == 1 and monomial[0][1] == 1 and monomial[0][0].kind not in ("//", "%")
    return text(dim) if plain else f"({text(dim)})"


def _opaque(kind: str, left: Dim, right: Dim, value: int) -> Dim:
    if kind in ("min", "max"):
        left, right = sorted((left, right), key=text)
        name = f"{kind}({text(left)}, {text(right)})"
    else:
        name = f"{_wrapped(left)}{kind}{_wrapped(right)}"
    return Size(((((Atom(name, kind, (left, right), value), 1),), 1),), value)


def _divide_exactly(left: Dim, right: Size) -> Dim | None:
    """left / right where the polynomial division leaves nothing, else None."""
    rest: Dim = left
    quotient: Dim = 0
    lead, lead_count = right.terms[0]
    for _ in range(32):
        if isinstance(rest, int):
            return quotient if rest == 0 else None
        monomial, count = rest.terms[0]
        powers = dict(monomial)
        for atom, power in lead:
            powers[atom] = powers.get(atom, 0) - power
        if count % lead_count or any(power < 0 for power in powers.values()):
            return None
        factor: Dim = count // lead_count
        for atom, power in powers.items():
            factor = factor * product([Size(((((atom, 1),), 1),), atom.hint)] * power)
        quotient = quotient + factor
        rest = rest - factor * right
    return None


def _split(left: Size, divisor: int) -> tuple[Dim, Dim]:
    """left = quotient * divisor + rest, with the constant of the rest in [0, divisor)."""
    whole: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    for monomial, count in left.terms:
        if count % divisor == 0 or not monomial:
            whole[monomial] = count // divisor
            rest[monomial] = count % divisor
        else:
            rest[monomial] = count
    # The hints are only placeholders here: the caller knows the true ones.
    quotient = _rehint(_build(whole, 0))
    return quotient, _rehint(_build(rest, 0))


def _rehint(dim: Dim) -> Dim:
    """The dim with its hint computed again from the hints of its atoms."""
    if isinstance(dim, int):
        return dim
    total = 0
    for monomial, count in dim.terms:
        for atom, power in monomial:
            count *= atom.hint**power
        total += count
    return Size(dim.terms, total)


def _floordiv(left: Dim, right: Dim) -> Dim:
    if isinstance(right, int):
        if isinstance(left, int):
            return left // right
        if right == 1:
            return left
        if right < 0:
            return _floordiv(_scale(left, -1), -right) if right else left.hint // right
        quotient, rest = _split(left, right)
        if isinstance(rest, int):
            return quotient
        inner = rest.terms[0][0][0][0] if len(rest.terms) == 1 and len(rest.terms[0][0]) == 1 else None
        if inner is not None and inner.kind == "//" and rest.terms[0] == (((inner, 1),), 1):
            over, under = inner.args
            if isinstance(under, int) and under > 0:  # (a // b) // c is a // (b * c)
                return quotient + _floordiv(over, under * right)
        return quotient + _opaque("//", rest, right, rest.hint // right)
    if left == 0:
        return 0
    exact = _divide_exactly(left, right)
    if exact is not None:
        return exact
    common = _common_factor(left, right)
    if common is not None:  # (a * m) // (b * m) is a // b
        upper, lower = _divide_exactly(left, common), _divide_exactly(right, common)
        if upper is not None and lower is not None:
            return _floordiv(upper, lower)
    return _opaque("//", left, right, hint(left) // right.hint)


def _common_factor(left: Dim, right: Size) -> Size | None:
    """The product of the atoms that every term of both has, or None."""
    terms = [dict(monomial) for size in (left, right) for monomial, _ in (size.terms if isinstance(size, Size) else ())]
    if isinstance(left, int) or not terms:
        return None
    shared = {atom: min(t.get(atom, 0) for t in terms) for atom in terms[0]}
    made = product(Size(((((atom, 1),), 1),), atom.hint) for atom, power in shared.items() for _ in range(power))
    return made if isinstance(made, Size) else None


def _mod(left: Dim, right: Dim) -> Dim:
    if isinstance(right, int):
        if isinstance(left, int):
            return left % right
        if right <= 0:
            return _opaque("%", left, right, left.hint % right)
        _, rest = _split(left, right)
        return rest % right if isinstance(rest, int) else _opaque("%", rest, right, rest.hint % right)
    if left == 0 or _divide_exactly(left, right) is not None:
        return 0
    return _opaque("%", left, right, hint(left) % right.hint)


def _extreme(kind: str, left: Dim, right: Dim, choose: Callable[[int, int], int]) -> Dim:
    gap = left - right
    if isinstance(gap, int):
        return left if (gap <= 0) == (kind == "min") else right
    return _opaque(kind, left, right, choose(hint(left), hint(right)))
