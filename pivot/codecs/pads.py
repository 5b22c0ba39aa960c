"""Padding of spatial axes. Pivot: ((before, after), ...) per axis, or "same" = TensorFlow's for the size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pivot.codecs.base import Codec, NoForm, Refs, Sample
from pivot.codecs.tuples import is_size
from pivot.dims import Size, hint

Pair = tuple[object, object]
NO_KEYWORD = "Keras has no explicit padding argument"


def same_pads(kernel: object, dilation: object) -> tuple[Pair, ...]:
    """Pads that keep the size at stride 1: total = d * (k - 1), the smaller half in front."""
    if not isinstance(kernel, (tuple, list)):
        raise NoForm("'same' needs the kernel size")
    spread = dilation if isinstance(dilation, (tuple, list)) else (1,) * len(kernel)
    pairs: list[Pair] = []
    for size, step in zip(kernel, spread, strict=True):
        total = step * (size - 1)
        pairs.append((total // 2, total - total // 2))
    return tuple(pairs)


def no_pads(count: int) -> tuple[Pair, ...]:
    """No padding on `count` axes."""
    return ((0, 0),) * count


def pad_pairs(value: object) -> tuple[Pair, ...]:
    """(before, after) per axis as tuples; raises NoForm."""
    if not isinstance(value, (tuple, list)) or not all(isinstance(p, Sequence) and len(p) == 2 for p in value):
        raise NoForm(f"{value!r} is not padding")
    return tuple((pair[0], pair[1]) for pair in value)


def added_pairs(value: object) -> tuple[Pair, ...]:
    """The same where nothing is cut off, which Keras' padding does not do: by the sizes of the example, where a pad is
    a size. Raises NoForm.
    """
    pairs = pad_pairs(value)
    if any(isinstance(pad, (int, Size)) and hint(pad) < 0 for pair in pairs for pad in pair):
        raise NoForm("the padding is negative here, so it cuts off, which Keras' padding does not: slice the tensor")
    return pairs


def axis_count(refs: Refs) -> int:
    """How many axes the kernel has; raises NoForm."""
    kernel = refs.get("kernel")
    if not isinstance(kernel, (tuple, list)):
        raise NoForm("padding needs the kernel size")
    return len(kernel)


def _unit(stride: object) -> bool:
    return stride is None or stride == 1 or (isinstance(stride, (tuple, list)) and all(step == 1 for step in stride))


def _collapse(items: Sequence[object]) -> object:
    return items[0] if items and all(item == items[0] for item in items) else tuple(items)


class TorchPadding(Codec):
    """torch: a number, one per axis, "valid", "same". With `stride` known to be 1 asymmetric "same" pads can be
    written.
    """

    name: ClassVar[str] = "torch_padding"
    face: ClassVar[str | None] = "pads"
    roles: ClassVar[tuple[str, ...]] = ("kernel", "dilation?", "stride?")
    domain: ClassVar[tuple[Sample, ...]] = (
        (((1, 1), (1, 1)), {"kernel": (3, 3), "dilation": (1, 1)}),
        (((0, 0), (2, 2)), {"kernel": (3, 3), "dilation": (1, 1)}),
        (((1, 2),), {"kernel": (4,), "dilation": (1,), "stride": (1,)}),
    )

    def read(self, value: object, refs: Refs) -> object:
        count = axis_count(refs)
        if value == "valid":
            return no_pads(count)
        if value == "same":
            if not _unit(refs.get("stride")):
                raise NoForm("torch pads 'same' at stride 1 only")
            return same_pads(refs["kernel"], refs.get("dilation"))
        if is_size(value):
            return ((value, value),) * count
        if isinstance(value, (tuple, list)) and len(value) in (1, count) and all(is_size(item) for item in value):
            items = value if len(value) == count else (value[0],) * count
            return tuple((item, item) for item in items)
        raise NoForm(f"{value!r} is not padding for {count} axes")

    def pairs_of(self, count: int) -> tuple[tuple[int, int], ...] | None:
        return tuple((i, i) for i in range(count))

    def write(self, value: object, refs: Refs) -> object:
        if value == "same":
            raise NoForm("torch has no padding that depends on the size")
        pairs = pad_pairs(value)
        if all(before == after for before, after in pairs):
            return _collapse([before for before, _ in pairs])
        if "stride" in refs and _unit(refs["stride"]) and pairs == same_pads(refs.get("kernel"), refs.get("dilation")):
            return "same"
        raise NoForm("torch pads the same before and after")


class KerasPadding(Codec):
    """Keras: "valid" or "same"."""

    name: ClassVar[str] = "keras_padding"
    roles: ClassVar[tuple[str, ...]] = ("kernel", "stride?", "dilation?")
    domain: ClassVar[tuple[Sample, ...]] = (
        (((0, 0), (0, 0)), {"kernel": (3, 3), "stride": (2, 2), "dilation": (1, 1)}),
        (((1, 1), (2, 2)), {"kernel": (3, 5), "stride": (1, 1), "dilation": (1, 1)}),
        (((1, 2),), {"kernel": (4,), "stride": (1,)}),
        ("same", {"kernel": (3, 3), "stride": (2, 2)}),
    )

    def read(self, value: object, refs: Refs) -> object:
        if value == "valid":
            return no_pads(axis_count(refs))
        if value == "same":
            fixed = _unit(refs.get("stride")) or _unit(refs.get("kernel", ...))  # a window of one place needs no pads
            return same_pads(refs.get("kernel"), refs.get("dilation")) if fixed else "same"
        raise NoForm(f"{value!r} is not 'valid' or 'same'")

    def write(self, value: object, refs: Refs) -> object:
        if value == "same":
            return "same"
        pairs = pad_pairs(value)
        if all(pair == (0, 0) for pair in pairs):
            return "valid"
        if _unit(refs.get("stride")) and pairs == same_pads(refs.get("kernel"), refs.get("dilation")):
            return "same"
        raise NoForm(NO_KEYWORD)


class KerasCausal(KerasPadding):
    """Keras Conv1D: "valid", "same" or "causal" (all padding in front)."""

    name = "keras_causal_padding"
    domain = (
        (((4, 0),), {"kernel": (3,), "stride": (1,), "dilation": (2,)}),
        (((2, 2),), {"kernel": (3,), "stride": (1,), "dilation": (2,)}),
        (((0, 0),), {"kernel": (1,), "stride": (1,), "dilation": (1,)}),
        ("same", {"kernel": (3,), "stride": (2,), "dilation": (1,)}),
    )

    def read(self, value: object, refs: Refs) -> object:
        return _causal(refs) if value == "causal" else super().read(value, refs)

    def write(self, value: object, refs: Refs) -> object:
        if value != "same" and value == _causal(refs) and value != no_pads(1):
            return "causal"
        return super().write(value, refs)


def _causal(refs: Refs) -> tuple[Pair, ...]:
    pads = same_pads(refs.get("kernel"), refs.get("dilation"))
    if len(pads) != 1:
        raise NoForm("'causal' is for one axis")
    before, after = pads[0]
    return ((before + after, 0),) if isinstance(before, int) and isinstance(after, int) else pads


class KerasPads(Codec):
    """Zero padding layers of Keras: 1, (1, 2) per axis, ((1, 2), (0, 1)) before and after."""

    name: ClassVar[str] = "keras_pads"
    face: ClassVar[str | None] = "pads"
    roles: ClassVar[tuple[str, ...]] = ("count?",)
    count: ClassVar[int] = 2
    domain: ClassVar[tuple[Sample, ...]] = (
        (((1, 1), (1, 1)), {}),
        (((1, 1), (2, 2)), {}),
        (((1, 2), (0, 1)), {}),
    )

    def read(self, value: object, refs: Refs) -> object:
        if is_size(value):
            return ((value, value),) * self.count
        if not isinstance(value, (tuple, list)) or len(value) != self.count:
            raise NoForm(f"{value!r} is not padding for {self.count} axes")
        return pad_pairs([(item, item) if is_size(item) else item for item in value])

    def write(self, value: object, refs: Refs) -> object:
        if value == "same":
            raise NoForm("the padding depends on the size")
        pairs = added_pairs(value)
        if len(pairs) != self.count:
            raise NoForm(f"{len(pairs)} axes where {self.count} are padded")
        if all(before == after for before, after in pairs):
            return _collapse([before for before, _ in pairs])
        return pairs

    def pairs_of(self, count: int) -> tuple[tuple[int, int], ...] | None:
        return tuple((i, i) for i in range(count)) if count == self.count else None

    def from_pairs(self, count: int) -> str | None:
        return f"({', '.join(f'(a{i}, b{i})' for i in range(count))})" if count == self.count else None


class KerasPads1(Codec):
    """ZeroPadding1D: 1 or (1, 2) = before and after the one axis."""

    name: ClassVar[str] = "keras_pads1d"
    face: ClassVar[str | None] = None
    domain: ClassVar[tuple[Sample, ...]] = ((((1, 1),), {}), (((1, 2),), {}))

    def read(self, value: object, refs: Refs) -> object:
        if is_size(value):
            return ((value, value),)
        return pad_pairs([value])

    def write(self, value: object, refs: Refs) -> object:
        if value == "same":
            raise NoForm("the padding depends on the size")
        pairs = pad_pairs(value)
        if len(pairs) != 1:
            raise NoForm(f"{len(pairs)} axes where 1 is padded")
        before, after = pairs[0]
        return before if before == after else (before, after)

    def from_pairs(self, count: int) -> str | None:
        return "(a0, b0)" if count == 1 else None


class KerasPads3(KerasPads):
    """ZeroPadding3D: 1, (1, 2, 3), ((1, 2), (0, 1), (0, 0))."""

    name = "keras_pads3d"
    count = 3
    domain = ((((1, 1),) * 3, {}), (((1, 2), (0, 1), (0, 0)), {}))


class TorchPadList(Codec):
    """`F.pad`: (before, after) of the last axis first. Pivot: the padded axes in order, the last one last."""

    cuts: ClassVar[bool] = False
    name: ClassVar[str] = "torch_pad_list"
    domain: ClassVar[tuple[Sample, ...]] = ((((1, 2), (3, 4)), {}), (((0, 1),), {}))

    def read(self, value: object, refs: Refs) -> object:
        if not isinstance(value, (tuple, list)) or len(value) % 2:
            raise NoForm(f"{value!r} is not pairs of before and after")
        if not self.cuts and any(isinstance(item, int) and item < 0 for item in value):
            raise NoForm("some ends are cropped, not padded")
        pairs = [(value[i], value[i + 1]) for i in range(0, len(value), 2)]
        return tuple(reversed(pairs))

    def write(self, value: object, refs: Refs) -> object:
        return tuple(item for pair in reversed(pad_pairs(value)) for item in pair)

    def pairs_of(self, count: int) -> tuple[tuple[int, int], ...] | None:
        return tuple((i, i + 1) for i in range(count - 2, -1, -2)) if count % 2 == 0 else None

    def from_pairs(self, count: int) -> str | None:
        return f"({', '.join(f'a{i}, b{i}' for i in reversed(range(count)))})"


class TorchPads2(TorchPadList):
    """nn.ZeroPad2d and its like: one number for all sides, or (before, after) of the last axis first."""

    name = "torch_pads2d"
    face: ClassVar[str | None] = "pads"
    number_face: ClassVar[bool] = True
    count: ClassVar[int] = 2
    domain: ClassVar[tuple[Sample, ...]] = ((((1, 2), (3, 4)), {}), (((1, 1), (1, 1)), {}))

    def read(self, value: object, refs: Refs) -> object:
        if is_size(value):
            return ((value, value),) * self.count
        pairs = super().read(value, refs)
        if not isinstance(pairs, tuple) or len(pairs) != self.count:
            raise NoForm(f"{value!r} is not padding for {self.count} axes")
        return pairs

    def write(self, value: object, refs: Refs) -> object:
        items = super().write(value, refs)
        assert isinstance(items, tuple)
        return _collapse(items)


class TorchPads1(TorchPads2):
    """nn.ReflectionPad1d and its like."""

    name = "torch_pads1d"
    count = 1
    domain: ClassVar[tuple[Sample, ...]] = ((((1, 2),), {}), (((1, 1),), {}))


class TorchPads3(TorchPads2):
    """nn.ReplicationPad3d and its like."""

    name = "torch_pads3d"
    count = 3
    domain: ClassVar[tuple[Sample, ...]] = ((((1, 2), (3, 4), (0, 0)), {}), (((1, 1),) * 3, {}))
