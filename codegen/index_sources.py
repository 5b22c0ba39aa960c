"""Where tensors that are indices got another order than the source's: there they are to be brought into it.

grid = rearrange(grid, "c i j -> (i j) c")        # could be left as it is, and be read as (c, i * j)
bias = table[(grid[:, None] - grid[None]).sum(-1)]        # but what it holds are places, in the source's order
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from codegen.index_placing import STORED_OTHERWISE, tensors_of
from codegen.orders import identity, rank_of, tensors

if TYPE_CHECKING:
    from codegen.agreeing import SiteStep
    from codegen.layout import Layout
    from codegen.lower import Step
    from pivot.reading.values import TensorVersion


def sources_of_indices(layout: Layout) -> frozenset[SiteStep]:
    """The steps that have to give their result in the source's order."""
    wanted = [placed.step for placed in layout.placed.values() if placed.why == STORED_OTHERWISE]
    if not wanted:
        return frozenset()
    maker = {result.id: placed.step for placed in layout.placed.values() for result in placed.step.results}
    return frozenset(found for step in wanted for found in sources_of(layout, maker, step))


def sources_of(layout: Layout, maker: dict[str, Step], step: Step) -> Iterator[SiteStep]:
    """The steps behind which the tensors of one index are stored otherwise."""
    from codegen.agreeing import site_step

    for part in tensors_of(step.params.get("index")):
        at: TensorVersion | None = part if is_reordered(layout, part) else None
        while at is not None and (made := maker.get(at.id)) is not None:
            at = next((v for v in tensors(made.operands) if is_reordered(layout, v)), None)
            if at is None:
                yield site_step(layout.lowering, made)


def is_reordered(layout: Layout, value: TensorVersion) -> bool:
    """Is a tensor stored in another order than the source's?"""
    return layout.order_of(value) != identity(rank_of(value))
