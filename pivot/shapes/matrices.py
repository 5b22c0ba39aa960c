"""Shapes of linear algebra: factors, determinants and inverses of matrices in the last two axes."""

from __future__ import annotations

from collections.abc import Sequence

from pivot.dims import dim_min
from pivot.shapes.base import ShapeError, Site, agree
from pivot.types import TensorType


def square(site: Site) -> TensorType:
    """The first operand, whose last two axes are equally long. Raises ShapeError."""
    x = site.first()
    if x.rank < 2:
        raise ShapeError("a matrix is needed")
    agree(x.shape[-2], x.shape[-1], "the matrix is not square")
    return x


def rule_qr(site: Site) -> Sequence[TensorType]:
    """x: * M N -> q: * M K, r: * K N, where K is the smaller of both."""
    x = site.first()
    if x.rank < 2:
        raise ShapeError("a matrix is needed")
    *rest, rows, columns = x.shape
    both = rows if rows == columns else dim_min(rows, columns)
    return (TensorType((*rest, rows, both), x.dtype), TensorType((*rest, both, columns), x.dtype))


def rule_same_square(site: Site) -> Sequence[TensorType]:
    """x: * M M -> y: * M M."""
    return (square(site),)


def rule_determinant(site: Site) -> Sequence[TensorType]:
    """x: * M M -> y: *, for every output."""
    x = square(site)
    return tuple(TensorType(x.shape[:-2], x.dtype) for _ in site.op.outputs)


def rule_solve(site: Site) -> Sequence[TensorType]:
    """a: * M M, b: * M K -> y: * M K."""
    a, b = square(site), site.tensor("b")
    if b.rank != a.rank:
        raise ShapeError("the right side is no matrix")
    agree(a.shape[-1], b.shape[-2], "the sides of the equation differ")
    return (b,)
