"""Rules of ops that follow an axis pattern."""

from __future__ import annotations

from collections.abc import Sequence

from pivot.axis_patterns import PatternError, Resolved, resolve
from pivot.shapes.base import ShapeError, Site
from pivot.types import TensorType


def resolved(site: Site) -> Resolved:
    """The pattern of a site on its tensor."""
    lengths = site.param("lengths")
    try:
        return resolve(str(site.param("pattern")), lengths if isinstance(lengths, dict) else {}, site.first().shape)
    except PatternError as error:
        raise ShapeError(str(error)) from None


def rule_rearrange(site: Site) -> Sequence[TensorType]:
    """x: left -> y: right; both sides have the same names."""
    found = resolved(site)
    if found.stretched or set(found.before) != set(found.after):
        odd = ", ".join(sorted(found.old ^ set(found.after)))
        raise ShapeError(f"{odd} stands on one side of the pattern only")
    return (TensorType(found.joined(), site.first().dtype),)


def rule_reduce_pattern(site: Site) -> Sequence[TensorType]:
    """x: left -> y: right; names that the right side lacks are reduced."""
    found = resolved(site)
    if found.new:
        raise ShapeError(f"{', '.join(sorted(found.new))} stands only on the right of the pattern")
    return (TensorType(found.joined(), site.first().dtype),)


def rule_repeat_pattern(site: Site) -> Sequence[TensorType]:
    """x: left -> y: right; along names that the left side lacks the entries are repeated."""
    found = resolved(site)
    gone = sorted(set(found.before) - set(found.after))
    if gone:
        raise ShapeError(f"{', '.join(gone)} stands only on the left of the pattern")
    return (TensorType(found.joined(), site.first().dtype),)
