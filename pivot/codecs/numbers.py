"""Numbers and words that frameworks say differently."""

from __future__ import annotations

import math
from typing import ClassVar

from pivot.codecs.base import Codec, NoForm, Refs, Sample
from pivot.dims import Size

FLOAT32_EPSILON = 1.1920928955078125e-07  # torch.finfo(torch.float32).eps
KERAS_EPSILON = 1e-07  # keras.config.epsilon()


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise NoForm(f"{value!r} is not a number")
    return float(value)


class OneMinus(Codec):
    """The other share: momentum counts the new values in torch, the old ones in Keras."""

    name: ClassVar[str] = "one_minus"
    template: ClassVar[tuple[str, str] | None] = ("1 - e", "1 - e")
    domain: ClassVar[tuple[Sample, ...]] = ((0.1, {}), (0.01, {}), (0.003, {}), (0.25, {}), (1.0, {}), (0.0, {}))

    def read(self, value: object, refs: Refs) -> object:
        # Rounded to 15 places: 1 - 0.9 is 0.09999999999999998, and 0.1 is what is meant.
        return round(1.0 - _number(value), 15)

    def write(self, value: object, refs: Refs) -> object:
        return self.read(value, refs)


class CountedBy(Codec):
    """A step between whole numbers, which is said as one: 2 for 2.0."""

    name: ClassVar[str] = "counted_by"
    domain: ClassVar[tuple[Sample, ...]] = ((2, {}), (-1, {}), (7, {}))

    def read(self, value: object, refs: Refs) -> object:
        return value

    def write(self, value: object, refs: Refs) -> object:
        if not _number(value).is_integer():
            raise NoForm(f"{value!r} is no step between whole numbers")
        return int(_number(value))


class Table(Codec):
    """Words for words, given in the op file: `table(tanh, 'none', False, 'tanh', True)` = framework, pivot, framework,
    pivot, ...
    """

    name: ClassVar[str] = "table"
    roles: ClassVar[tuple[str, ...]] = ("*",)
    takes_none: ClassVar[bool] = True
    domain: ClassVar[tuple[Sample, ...]] = (
        (True, {"0": "none", "1": False, "2": "tanh", "3": True}),
        (False, {"0": "none", "1": False, "2": "tanh", "3": True}),
    )

    def read(self, value: object, refs: Refs) -> object:
        return self._other(value, list(refs.values()), 0)

    def write(self, value: object, refs: Refs) -> object:
        return self._other(value, list(refs.values()), 1)

    def _other(self, value: object, words: list[object], side: int) -> object:
        for place in range(side, len(words), 2):
            if words[place] == value and isinstance(words[place], bool) == isinstance(value, bool):
                return words[place + 1 - 2 * side]
        raise NoForm(f"{value!r} has no counterpart")


class GeluKind(Codec):
    """torch's `approximate`: "none" or "tanh". Pivot: whether tanh is used."""

    name: ClassVar[str] = "gelu_kind"
    domain: ClassVar[tuple[Sample, ...]] = ((True, {}), (False, {}))

    def read(self, value: object, refs: Refs) -> object:
        if value not in ("none", "tanh"):
            raise NoForm(f"{value!r} is not 'none' or 'tanh'")
        return value == "tanh"

    def write(self, value: object, refs: Refs) -> object:
        return "tanh" if value else "none"


class Positive(Codec):
    """A whole number above zero or a size that is open; others have a special meaning in the framework (groups=-1)."""

    name: ClassVar[str] = "positive"
    face: ClassVar[str | None] = "plain"
    domain: ClassVar[tuple[Sample, ...]] = ((1, {}), (32, {}))

    def read(self, value: object, refs: Refs) -> object:
        if isinstance(value, bool) or not isinstance(value, (int, Size)) or (isinstance(value, int) and value < 1):
            raise NoForm(f"{value!r} is not a positive number")
        return value

    def write(self, value: object, refs: Refs) -> object:
        return self.read(value, refs)


class KerasEpsilon(Codec):
    """`epsilon=None` of keras.ops means keras.config.epsilon()."""

    name: ClassVar[str] = "keras_epsilon"
    face: ClassVar[str | None] = "plain"
    takes_none: ClassVar[bool] = True
    none_means: ClassVar[float] = KERAS_EPSILON
    domain: ClassVar[tuple[Sample, ...]] = ((1e-05, {}), (KERAS_EPSILON, {}), (FLOAT32_EPSILON, {}))

    def read(self, value: object, refs: Refs) -> object:
        return self.none_means if value is None else _number(value)

    def write(self, value: object, refs: Refs) -> object:
        return None if value == self.none_means else _number(value)


class RmsEpsilon(KerasEpsilon):
    """`eps=None` of torch.nn.RMSNorm means the epsilon of the element type, whichever the model has."""

    name = "rms_epsilon"
    takes_none = False
    none_means = math.nan


class NormOrder(Codec):
    """`p` of a norm: None and "fro" mean 2 over all elements."""

    name: ClassVar[str] = "norm_order"
    takes_none: ClassVar[bool] = True
    domain: ClassVar[tuple[Sample, ...]] = ((2.0, {}), (1.0, {}), (math.inf, {}))

    def read(self, value: object, refs: Refs) -> object:
        if value is None or value == "fro":
            return 2.0
        return _number(value)

    def write(self, value: object, refs: Refs) -> object:
        number = _number(value)
        return int(number) if number.is_integer() else number


class Unbiased(Codec):
    """`unbiased=True` of torch.var means correction 1, False means 0."""

    name: ClassVar[str] = "unbiased"
    domain: ClassVar[tuple[Sample, ...]] = ((1, {}), (0, {}))

    def read(self, value: object, refs: Refs) -> object:
        if not isinstance(value, bool):
            raise NoForm(f"{value!r} is not True or False")
        return int(value)

    def write(self, value: object, refs: Refs) -> object:
        if value in (0, 1):
            return value == 1
        raise NoForm(f"a correction of {value} is neither biased nor unbiased")


class Bessel(Codec):
    """n / (n - correction) with n elements in the reduced axes; reads a tensor (only for decompositions)."""

    name: ClassVar[str] = "bessel"
    roles: ClassVar[tuple[str, ...]] = ("axes", "correction")

    def read(self, value: object, refs: Refs) -> object:
        shape, axes = getattr(value, "shape", None), refs.get("axes")
        if not isinstance(shape, tuple):
            raise NoForm("the correction needs the shape of the tensor")
        places = range(len(shape)) if axes is None else axes
        count = 1
        for place in places if isinstance(places, (tuple, range)) else ():
            size = shape[place]
            if not isinstance(size, int):
                raise NoForm("the correction depends on a size that is not fixed")
            count *= size
        rest = count - _number(refs.get("correction"))
        if rest <= 0:
            raise NoForm("the correction leaves no element")
        return count / rest

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("a correction factor is not written")


class BesselRoot(Bessel):
    """The root of n / (n - correction)."""

    name = "bessel_root"

    def read(self, value: object, refs: Refs) -> object:
        return math.sqrt(_number(super().read(value, refs)))


class SizePerHead(Codec):
    """Keras counts the size of one head, the pivot all heads together; reference: how many heads."""

    name: ClassVar[str] = "size_per_head"
    roles: ClassVar[tuple[str, ...]] = ("heads",)
    template: ClassVar[tuple[str, str] | None] = ("e * heads", "e // heads")
    domain: ClassVar[tuple[Sample, ...]] = ((64, {"heads": 8}), (5, {"heads": 1}))

    def read(self, value: object, refs: Refs) -> object:
        heads = refs.get("heads")
        if not isinstance(value, int) or not isinstance(heads, int):
            raise NoForm("the number of heads is not known")
        return value * heads

    def write(self, value: object, refs: Refs) -> object:
        heads = refs.get("heads")
        if not isinstance(value, int) or not isinstance(heads, int) or heads < 1 or value % heads:
            raise NoForm(f"{value} does not divide into {heads} heads")
        return value // heads


class HalfOver(Codec):
    """0.5 / value (only for decompositions)."""

    name: ClassVar[str] = "half_over"

    def read(self, value: object, refs: Refs) -> object:
        number = _number(value)
        if number == 0:
            raise NoForm("zero divides nothing")
        return 0.5 / number

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("a computed factor is not written")
