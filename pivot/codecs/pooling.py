"""Padding of pools and transposed convolutions, where frameworks differ in more than notation."""

from __future__ import annotations

from typing import ClassVar

from pivot.codecs.base import Codec, NoForm, Refs, Sample
from pivot.codecs.pads import KerasPadding, TorchPadList, added_pairs, axis_count, no_pads, pad_pairs
from pivot.dims import Dim, Size, dim_max


class NoPadding(KerasPadding):
    """Keras "valid" only."""

    name = "no_padding"
    domain = ((((0, 0), (0, 0)), {"kernel": (3, 3)}),)

    def read(self, value: object, refs: Refs) -> object:
        if value != "valid":
            raise NoForm(f"{value!r} is not 'valid'")
        return no_pads(axis_count(refs))

    def write(self, value: object, refs: Refs) -> object:
        if value == "same" or value != no_pads(axis_count(refs)):
            raise NoForm("padding is not counted like this in Keras")
        return "valid"


class SamePadding(KerasPadding):
    """Keras "same" only."""

    name = "same_padding"
    domain = (
        (((1, 1), (1, 1)), {"kernel": (3, 3), "stride": (1, 1)}),
        ("same", {"kernel": (3, 3), "stride": (2, 2)}),
    )

    def read(self, value: object, refs: Refs) -> object:
        if value != "same":
            raise NoForm(f"{value!r} is not 'same'")
        return super().read(value, refs)

    def write(self, value: object, refs: Refs) -> object:
        if super().write(value, refs) != "same":
            raise NoForm("there is no padding")
        return "same"


class Counted(Codec):
    """torch's `count_include_pad`, which has no meaning without padding: it is then True in the pivot."""

    name: ClassVar[str] = "counted"
    roles: ClassVar[tuple[str, ...]] = ("padding",)
    domain: ClassVar[tuple[Sample, ...]] = (
        (True, {"padding": ((0, 0),)}),
        (True, {"padding": ((1, 1),)}),
        (False, {"padding": ((1, 1),)}),
    )

    def read(self, value: object, refs: Refs) -> object:
        if not isinstance(value, bool):
            raise NoForm(f"{value!r} is not True or False")
        padding = refs.get("padding")
        unpadded = isinstance(padding, tuple) and padding == no_pads(len(padding))
        return True if unpadded else value

    def write(self, value: object, refs: Refs) -> object:
        return value


class KerasTransposePadding(Codec):
    """Keras transposed convolutions: "valid", or "same" = the gradient of a "same" convolution on stride * size."""

    name: ClassVar[str] = "keras_transpose_padding"
    roles: ClassVar[tuple[str, ...]] = ("kernel", "stride")
    domain: ClassVar[tuple[Sample, ...]] = (
        (((1, 1), (1, 1)), {"kernel": (4, 4), "stride": (2, 2)}),
        (((0, 1),), {"kernel": (3,), "stride": (2,)}),
        (((0, 0), (0, 0)), {"kernel": (3, 3), "stride": (2, 2)}),
    )

    def read(self, value: object, refs: Refs) -> object:
        kernel, stride = refs.get("kernel"), refs.get("stride")
        if not isinstance(kernel, tuple) or not isinstance(stride, tuple):
            raise NoForm("padding needs the kernel size and the stride")
        if any(step > size for size, step in zip(kernel, stride, strict=True)):
            raise NoForm("Keras adds output padding where the stride is larger than the kernel")
        if value == "valid":
            return no_pads(len(kernel))
        if value == "same":
            totals = [size - step for size, step in zip(kernel, stride, strict=True)]
            return tuple((total // 2, total - total // 2) for total in totals)
        raise NoForm(f"{value!r} is not 'valid' or 'same'")

    def write(self, value: object, refs: Refs) -> object:
        for word in ("valid", "same"):
            if self.read(word, refs) == value:
                return word
        raise NoForm("Keras has no explicit padding argument")


class KerasOutputPadding(Codec):
    """`output_padding=` of a "same" transposed convolution of Keras that leaves nothing to cut off; reference: kernel.

    Keras' output is `(length - 1) * stride + kernel - 2 * (kernel // 2) + output_padding` long, torch's without padding
    `(length - 1) * stride + kernel + output_padding`.
    """

    name: ClassVar[str] = "keras_output_padding"
    roles: ClassVar[tuple[str, ...]] = ("kernel",)
    domain: ClassVar[tuple[Sample, ...]] = (((0, 0), {"kernel": (2, 3)}), ((1,), {"kernel": (1,)}))

    def read(self, value: object, refs: Refs) -> object:
        kernel = refs.get("kernel")
        if not isinstance(kernel, tuple):
            raise NoForm("output padding needs the kernel size")
        given = (value,) * len(kernel) if isinstance(value, int) else value
        if not isinstance(given, (tuple, list)) or not all(isinstance(more, int) for more in given):
            raise NoForm(f"{value!r} is not a number or one per axis")
        beyond = tuple(more - size // 2 * 2 for more, size in zip(given, kernel, strict=True))
        if any(more < 0 for more in beyond):
            raise NoForm("Keras has less than a convolution without padding gives")
        return beyond

    def write(self, value: object, refs: Refs) -> object:
        kernel = refs.get("kernel")
        if not isinstance(kernel, tuple) or not isinstance(value, tuple):
            raise NoForm("output padding needs the kernel size")
        return tuple(more + size // 2 * 2 for more, size in zip(value, kernel, strict=True))


class UnsaidPadding(Codec):
    """No `output_padding=` of a "valid" transposed convolution of Keras: none, where no stride is above the kernel.

    Where a parameter of the program says the kernel or the stride, a 0 holds for every value of it; not for "same",
    of which Keras cuts off another part as soon as the output padding is said.
    """

    name: ClassVar[str] = "unsaid_padding"
    roles: ClassVar[tuple[str, ...]] = ("kernel", "stride")
    takes_none: ClassVar[bool] = True
    stated: ClassVar[int | None] = 0
    stated_without: ClassVar[str] = "padding"
    domain: ClassVar[tuple[Sample, ...]] = (((0, 0), {"kernel": (3, 3), "stride": (2, 2)}),)

    def read(self, value: object, refs: Refs) -> object:
        if value is not None:
            raise NoForm("output padding that is said")
        return (0,) * axis_count(refs)

    def write(self, value: object, refs: Refs) -> object:
        if value != (0,) * axis_count(refs):
            raise NoForm("there is output padding")
        return None


class TorchCropList(TorchPadList):
    """Cropping as negative padding in torch, the last axis first."""

    name = "torch_crop_list"
    cuts = True
    domain = ((((1, 2), (3, 0)), {}), (((0, 1),), {}))

    def read(self, value: object, refs: Refs) -> object:
        pairs = pad_pairs(super().read(value, refs))
        if not any(_number(item) < 0 for pair in pairs for item in pair):
            raise NoForm("nothing is cropped")
        return tuple((_negated(before), _negated(after)) for before, after in pairs)

    def write(self, value: object, refs: Refs) -> object:
        return super().write(tuple((-_number(before), -_number(after)) for before, after in pad_pairs(value)), refs)


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise NoForm(f"{value!r} is not a fixed number")
    return value


def _negated(value: object) -> int:
    number = -_number(value)
    if number < 0:
        raise NoForm("some ends are padded, not cropped")
    return number


class KerasPadWidth(Codec):
    """keras.ops.pad: pairs for every axis; batch first and channels last stay as they are."""

    name: ClassVar[str] = "keras_pad_width"
    domain: ClassVar[tuple[Sample, ...]] = ((((1, 2), (0, 1)), {}), (((1, 1),), {}))

    def read(self, value: object, refs: Refs) -> object:
        pairs = pad_pairs(value)
        if len(pairs) < 3 or pairs[0] != (0, 0) or pairs[-1] != (0, 0):
            raise NoForm("batch or channels are padded too")
        return pairs[1:-1]

    def write(self, value: object, refs: Refs) -> object:
        return ((0, 0), *added_pairs(value), (0, 0))

    def from_number(self, value: object) -> str | None:
        return f"((0, 0), {'(e, e), ' * len(pad_pairs(value))}(0, 0))"

    def from_pairs(self, count: int) -> str | None:
        return f"((0, 0), {''.join(f'(a{i}, b{i}), ' for i in range(count))}(0, 0))"


class CeilPads(Codec):
    """Pads under which a pool that rounds down covers what one with ceil_mode covers (only for decompositions)."""

    name: ClassVar[str] = "ceil_pads"
    roles: ClassVar[tuple[str, ...]] = ("kernel", "stride", "x", "dilation?")

    def read(self, value: object, refs: Refs) -> object:
        pairs = pad_pairs(value)
        kernel, stride, shape = refs.get("kernel"), refs.get("stride"), getattr(refs.get("x"), "shape", None)
        dilation = refs.get("dilation") or (1,) * len(pairs)
        if not all(isinstance(item, tuple) for item in (kernel, stride, shape, dilation)):
            raise NoForm("rounding up needs the shape of the tensor")
        found: list[tuple[int, int]] = []
        for place, (before, after) in enumerate(pairs):
            size = shape[len(shape) - len(pairs) + place] if isinstance(shape, tuple) else None
            found.append(self._axis(before, after, size, _at(kernel, place), _at(stride, place), _at(dilation, place)))
        return tuple(found)

    def _axis(
        self, before: object, after: object, size: object, kernel: int, stride: int, dilation: int
    ) -> tuple[int, int]:
        if not isinstance(before, int) or not isinstance(after, int) or not isinstance(size, int):
            raise NoForm("rounding up depends on a size that is not fixed")
        reach = dilation * (kernel - 1) + 1
        count = -(-(size + before + after - reach) // stride) + 1
        if (count - 1) * stride >= size + before:
            count -= 1
        return before, max((count - 1) * stride + reach - size - before, after)

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("pads of ceil_mode are not written")


class TfSamePads(Codec):
    """Numbers for "same" with a stride: references are kernel, stride, dilation and the sizes of the axes (only for
    decompositions).
    """

    name: ClassVar[str] = "tf_same_pads"
    roles: ClassVar[tuple[str, ...]] = ("kernel", "stride", "dilation", "*")

    def read(self, value: object, refs: Refs) -> object:
        if value != "same":
            return value
        kernel, stride, dilation = refs.get("kernel"), refs.get("stride"), refs.get("dilation")
        pairs: list[tuple[Dim, Dim]] = []
        for place in range(axis_count(refs)):
            size = refs.get(str(place))
            if not isinstance(size, (int, Size)):
                raise NoForm("'same' with a stride needs the sizes of the tensor")
            step = _at(stride, place)
            reach = _at(dilation, place) * (_at(kernel, place) - 1) + 1
            total = -size % step + reach - step
            if reach < step:
                total = dim_max(total, 0)
            pairs.append((total // 2, (total + 1) // 2))
        return tuple(pairs)

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("pads that depend on sizes are not written")


def _at(values: object, place: int) -> int:
    if not isinstance(values, tuple) or not isinstance(values[place], int):
        raise NoForm("a window needs fixed numbers")
    found: int = values[place]
    return found
