"""Which axes of a reshape become which: minimal groups of equal size."""

from __future__ import annotations

from codegen.orders import Order
from pivot.dims import Dim, symbols
from pivot.dims import hint as dim_hint

BATCH = "N"  # the symbol of samples
RESHAPING = {"reshape", "flatten", "unflatten"}
Group = tuple[tuple[int, ...], tuple[int, ...]]


def groups(before: tuple[Dim, ...], after: tuple[Dim, ...]) -> list[Group]:
    """Minimal groups (axes before, axes after) of equal size, left to right; sizes are compared by their hints, but for
    the batch, which is often 1 on the configuration at hand: (N, C) -> (1, N * C) is one group.
    """
    a, b = [dim_hint(d) for d in before], [dim_hint(d) for d in after]
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
    return settle_ones(with_batch(found, before, after), a, b)


def with_batch(found: list[Group], before: tuple[Dim, ...], after: tuple[Dim, ...]) -> list[Group]:
    """Groups joined until a batch of one is on both sides of its group: it is no other axis of size 1."""
    sides = (before, after)

    def holds(axes: tuple[int, ...], sizes: tuple[Dim, ...]) -> bool:
        return any(BATCH in symbols(sizes[axis]) for axis in axes)

    def lost(group: Group) -> bool:
        left, right = (holds(axes, sizes) for axes, sizes in zip(group, sides, strict=True))
        return left != right

    if not all(holds(tuple(range(len(sizes))), sizes) for sizes in sides):
        return found  # the program says a number for it
    out: list[Group] = []
    joining = False
    for group in found:
        one = all(dim_hint(sizes[axis]) == 1 for axes, sizes in zip(group, sides, strict=True) for axis in axes)
        if joining:
            out[-1] = (out[-1][0] + group[0], out[-1][1] + group[1])
        else:
            out.append(group)
        joining = (joining or one) and lost(out[-1])
    return out


def settle_ones(found: list[Group], a: list[int], b: list[int]) -> list[Group]:
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
