"""Which axes of a reshape become which: minimal groups of equal size."""

from __future__ import annotations

from codegen.orders import Order
from pivot.dims import Dim, free_symbols, renamed, symbols
from pivot.dims import hint as dim_hint

BATCH = "N"  # the symbol of samples
MANY = 1_000_003  # a prime
RESHAPING = {"reshape", "flatten", "unflatten"}
Group = tuple[tuple[int, ...], tuple[int, ...]]


def groups(before: tuple[Dim, ...], after: tuple[Dim, ...]) -> list[Group]:
    """Minimal groups (axes before, axes after) of equal size, left to right; sizes are compared by their hints, but for
    the batch, which is often 1 on the configuration at hand: (N, C) -> (1, N * C) is one group.
    """
    a, b = numbers(before, after)
    found: list[Group] = []
    i = j = 0
    while i < len(a) or j < len(b):
        left, right = [], []
        size_left = size_right = 1
        if i < len(a):
            left.append(i)
            size_left = a[i]
            i += 1
        if j < len(b):
            right.append(j)
            size_right = b[j]
            j += 1
        while size_left != size_right:
            if size_left < size_right and i < len(a):
                size_left *= a[i]
                left.append(i)
                i += 1
            elif j < len(b):
                size_right *= b[j]
                right.append(j)
                j += 1
            elif i < len(a):
                size_left *= a[i]
                left.append(i)
                i += 1
            else:
                break
        found.append((tuple(left), tuple(right)))
    return settle_ones(found)


def numbers(before: tuple[Dim, ...], after: tuple[Dim, ...]) -> list[list[int]]:
    """The sizes at hand, but for a batch of one that both sides have: a number that no other axis can be taken for."""
    sides = (before, after)
    batches = [[free_symbols(d)[BATCH] for d in side if BATCH in symbols(d)] for side in sides]
    one = all(batches) and dim_hint(batches[0][0]) == 1
    return [[dim_hint(renamed(d, {BATCH: MANY}) if one else d) for d in side] for side in sides]


def settle_ones(found: list[Group]) -> list[Group]:
    """An axis of size 1 that was paired with nothing joins the group before it (or behind it, at the front)."""
    out: list[Group] = []
    for left, right in found:
        if out and (not left or not right):
            out[-1] = (out[-1][0] + left, out[-1][1] + right)
        else:
            out.append((left, right))
    while len(out) > 1 and (not out[0][0] or not out[0][1]):
        out[1] = (out[0][0] + out[1][0], out[0][1] + out[1][1])
        del out[0]
    return out


def order_before(made: list[Group], wish: Order) -> list[int] | None:
    """The order to reshape from so that the result is stored in `wish`; None where a group would be torn apart."""
    ranked = sorted(made, key=lambda group: min((wish.index(axis) for axis in group[1]), default=-1))
    if tuple(axis for _, right in ranked for axis in right) != wish:
        return None
    return [axis for left, _ in ranked for axis in left]
