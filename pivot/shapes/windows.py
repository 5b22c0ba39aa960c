"""Rules of convolutions, pools, padding and resizing: x: N C .. -> y: N C' .., the spatial axes last."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from pivot.codecs.base import NoForm
from pivot.codecs.resizing import scaled_size
from pivot.dims import Dim, Size, ceil_div, hint
from pivot.shapes.base import ShapeError, Site, check_positive
from pivot.types import TensorType


def _pads(site: Site, name: str, count: int) -> tuple[tuple[Dim, Dim], ...] | None:
    """(before, after) per axis; None for "same"."""
    value = site.param(name)
    if value == "same":
        return None
    if value is None:
        return ((0, 0),) * count
    if not isinstance(value, tuple) or len(value) != count:
        raise ShapeError(f"'{name}' is not padding for {count} axes")
    return tuple((pair[0], pair[1]) for pair in value)


def _per_axis(site: Site, name: str, count: int) -> tuple[Dim, ...]:
    if site.param(name) is None:
        return (1,) * count
    values = site.sizes(name)
    return values * count if len(values) == 1 else values


def _spatial(x: TensorType, count: int) -> tuple[Dim, ...]:
    if x.rank < count + 1:
        raise ShapeError(f"a tensor of {x.rank} axes has no {count} spatial axes besides its channels")
    return x.shape[x.rank - count :]


def _with_channels(site: Site, x: TensorType, spatial: Sequence[Dim]) -> TensorType:
    """The result: as many channels as `filters`, if the op has such a parameter."""
    lead = x.shape[: x.rank - len(spatial)]
    if "filters" in site.op.params:
        channels, groups = lead[-1], site.size("groups") if "groups" in site.op.params else 1
        if isinstance(channels, int) and isinstance(groups, int) and (groups < 1 or channels % groups):
            raise ShapeError(f"{channels} channels do not divide into {groups} groups")
        lead = (*lead[:-1], site.size("filters"))
    return TensorType((*lead, *spatial), x.dtype)


def window_size(size: Dim, kernel: Dim, stride: Dim, pads: tuple[Dim, Dim], dilation: Dim, up: bool) -> Dim:
    """How many windows fit: floor((n + pads - reach) / stride) + 1; rounded up with `up` (torch's ceil_mode)."""
    before, after = pads
    hints = (hint(size), hint(kernel), hint(stride), hint(before), hint(after), hint(dilation))
    return _window_size(hints, size, kernel, stride, before, after, dilation, up)


@lru_cache(8192)
def _window_size(
    hints: tuple[int, ...], size: Dim, kernel: Dim, stride: Dim, before: Dim, after: Dim, dilation: Dim, up: bool
) -> Dim:
    """The same, computed once: every pass of a program asks for the same windows. `hints`: sizes are equal whatever
    number they have on the example, and what comes out is not.
    """
    if hint(stride) < 1:
        raise ShapeError(f"a stride of {stride}")
    room = size + before + after - (dilation * (kernel - 1) + 1)
    if not up:
        return check_positive(room // stride + 1, "the size of the result")
    count = ceil_div(room, stride) + 1
    if hint((count - 1) * stride) >= hint(size + before):  # the last window must start inside
        count = count - 1
    return check_positive(count, "the size of the result")


def rule_window(site: Site) -> Sequence[TensorType]:
    """x: N C .. -> y: N F ..' (pools: C), with kernel, stride, padding, dilation, ceil where the op has them."""
    x = site.first()
    kernel = site.sizes("kernel")
    count = len(kernel)
    stride, dilation = _per_axis(site, "stride", count), _per_axis(site, "dilation", count)
    pads = _pads(site, "padding", count)
    up = site.flag("ceil") or site.flag("ceil_mode")
    found: list[Dim] = []
    for place, size in enumerate(_spatial(x, count)):
        if pads is None:
            found.append(ceil_div(size, stride[place]))
        else:
            found.append(window_size(size, kernel[place], stride[place], pads[place], dilation[place], up))
    return (_with_channels(site, x, found),)


def rule_window_transpose(site: Site) -> Sequence[TensorType]:
    """x: N C .. -> y: N F ..': (n - 1) * stride - pads + dilation * (kernel - 1) + 1 + output_padding."""
    x = site.first()
    kernel = site.sizes("kernel")
    count = len(kernel)
    stride, dilation = _per_axis(site, "stride", count), _per_axis(site, "dilation", count)
    pads = _pads(site, "padding", count)
    extra = site.sizes("output_padding") if site.param("output_padding") is not None else (0,) * count
    found: list[Dim] = []
    for place, size in enumerate(_spatial(x, count)):
        if pads is None:
            found.append(size * stride[place])
            continue
        before, after = pads[place]
        full = (size - 1) * stride[place] + dilation[place] * (kernel[place] - 1) + 1
        found.append(check_positive(full - before - after + extra[place], "the size of the result"))
    return (_with_channels(site, x, found),)


def rule_adaptive(site: Site) -> Sequence[TensorType]:
    """x: N C .. -> y: N C `size`; None keeps an axis."""
    x = site.first()
    wanted = site.param("size")
    if not isinstance(wanted, tuple):
        raise ShapeError("the new size is not known")
    old = _spatial(x, len(wanted))
    spatial = tuple(before if new is None else new for new, before in zip(wanted, old, strict=True))
    return (TensorType((*x.shape[: x.rank - len(wanted)], *spatial), x.dtype),)


def _moved_ends(site: Site, name: str, sign: int) -> Sequence[TensorType]:
    x = site.first()
    value = site.param(name)
    count = len(value) if isinstance(value, tuple) else 0
    pads = _pads(site, name, count)
    if pads is None:
        raise ShapeError("'same' is no padding by itself")
    spatial = [
        check_positive(size + sign * (before + after), "the size of the result")
        for size, (before, after) in zip(x.shape[x.rank - count :], pads, strict=True)
    ]
    return (TensorType((*x.shape[: x.rank - count], *spatial), x.dtype),)


def rule_pad(site: Site) -> Sequence[TensorType]:
    """x: .. n -> y: .. n + before + after on the last axes, as many as `padding` has."""
    return _moved_ends(site, "padding", 1)


def rule_crop(site: Site) -> Sequence[TensorType]:
    """x: .. n -> y: .. n - before - after on the last axes, as many as `cropping` has."""
    return _moved_ends(site, "cropping", -1)


def rule_resize(site: Site) -> Sequence[TensorType]:
    """x: N C .. -> y: N C `size`."""
    x = site.first()
    wanted = site.sizes("size")
    _spatial(x, len(wanted))
    return (TensorType((*x.shape[: x.rank - len(wanted)], *wanted), x.dtype),)


def rule_upsample(site: Site) -> Sequence[TensorType]:
    """x: N C n .. -> y: N C floor(n * scale) .."""
    x = site.first()
    scale = site.param("scale")
    factors = scale if isinstance(scale, tuple) else (scale,)
    try:
        spatial = [scaled_size(n, f) for n, f in zip(_spatial(x, len(factors)), factors, strict=True)]
    except NoForm as error:
        raise ShapeError(str(error)) from None
    return (TensorType((*x.shape[: x.rank - len(factors)], *spatial), x.dtype),)


def rule_pixel_shuffle(site: Site) -> Sequence[TensorType]:
    """x: N C*f*f H W -> y: N C H*f W*f."""
    x, factor = site.first(), site.size("factor")
    *lead, channels, height, width = _at_least(x, 3)
    if isinstance(channels, int) and isinstance(factor, int) and channels % (factor * factor):
        raise ShapeError(f"{channels} channels do not divide by {factor} * {factor}")
    return (TensorType((*lead, channels // (factor * factor), height * factor, width * factor), x.dtype),)


def rule_pixel_unshuffle(site: Site) -> Sequence[TensorType]:
    """x: N C H*f W*f -> y: N C*f*f H W."""
    x, factor = site.first(), site.size("factor")
    *lead, channels, height, width = _at_least(x, 3)
    for size in (height, width):
        if isinstance(size, int) and isinstance(factor, int) and size % factor:
            raise ShapeError(f"{size} pixels do not divide by {factor}")
    return (TensorType((*lead, channels * factor * factor, height // factor, width // factor), x.dtype),)


def _at_least(x: TensorType, rank: int) -> tuple[int | Size, ...]:
    if x.rank < rank:
        raise ShapeError(f"a tensor of {x.rank} axes where {rank} are needed")
    return x.shape
