"""Types of op parameters (`int[2]`, `pads[2]`, `axis`, `str?`) and the one normal form of a value of each type."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pivot.dims import Size
from pivot.slots import MISSING, NotationError
from pivot.types import DTYPES

KINDS = (
    "int", "float", "bool", "str", "number", "pads", "axis", "axes", "new_axis", "new_axes", "dims", "index", "dtype",
    "value",
)  # fmt: skip
_TYPE = re.compile(r"\s*([a-z_]+)(\?)?(?:\[(\d+|\*)\])?(\?)?\s*$")


class BadValue(Exception):
    """A value does not fit the type of its parameter."""


@dataclass(frozen=True, slots=True)
class ParamType:
    """`kind[count]?`: count None = a single value, -1 = any number of them; `item?[n]`: entries may be None."""

    kind: str
    count: int | None = None
    optional: bool = False
    item_optional: bool = False

    def __str__(self) -> str:
        tail = "" if self.count is None else "[*]" if self.count < 0 else f"[{self.count}]"
        return self.kind + "?" * self.item_optional + tail + "?" * self.optional


@dataclass(frozen=True, slots=True)
class ParamSpec:
    """One parameter of an op; `default` is MISSING where it must always be given."""

    name: str
    type: ParamType
    default: object = MISSING


def parse_param(name: str, text: str) -> ParamSpec:
    """`int[2] = (1, 1)` as a ParamSpec; raises NotationError."""
    written, equals, default_text = text.partition("=")
    match = _TYPE.match(written)
    if match is None or match[1] not in KINDS:
        raise NotationError(f"'{written.strip()}' is not a type; known: {', '.join(KINDS)}")
    kind, first, count_text, last = match.groups()
    count = None if count_text is None else -1 if count_text == "*" else int(count_text)
    optional = bool(last or (first and count is None))
    kind_type = ParamType(kind, count, optional, bool(first and count is not None))
    if kind == "pads" and count is None:
        raise NotationError("pads needs the number of axes: pads[2]")
    if not equals:
        return ParamSpec(name, kind_type)
    try:
        default = ast.literal_eval(default_text.strip().replace("-inf", "-1e999").replace("+inf", "1e999"))
    except (ValueError, SyntaxError):
        raise NotationError(f"'{default_text.strip()}' is not a literal", len(written) + 1) from None
    try:
        return ParamSpec(name, kind_type, normal_value(kind_type, default, None))
    except BadValue as error:
        raise NotationError(f"the default does not fit: {error}", len(written) + 1) from None


def normal_value(kind_type: ParamType, value: object, rank: int | None) -> object:
    """The one spelling of `value` for its type: tuples, pairs, non-negative axes of a tensor with `rank` axes (None =
    unknown).

    Raises BadValue with the reason. `new_axis` counts in a tensor of one axis more (unsqueeze, stack).
    """
    if value is None:
        if kind_type.optional:
            return None
        raise BadValue("None is not allowed")
    kind = kind_type.kind
    if kind in ("axes", "new_axes"):
        items = _items(value)
        room = rank if rank is None or kind == "axes" else rank + len(items)
        return tuple(_axis(item, room) for item in items)
    if kind == "pads":
        return _pads(value, kind_type.count or 1)
    if kind in ("dims", "index"):
        return _items(value)
    if kind_type.count is None:
        return _single(kind, value, rank)
    if isinstance(value, (tuple, list)):
        if kind_type.count >= 0 and len(value) != kind_type.count:
            raise BadValue(f"{len(value)} values where {kind_type.count} are needed")
        return tuple(None if v is None and kind_type.item_optional else _single(kind, v, rank) for v in value)
    return (_single(kind, value, rank),) * max(kind_type.count, 1)


def _items(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def _single(kind: str, value: object, rank: int | None) -> object:
    if kind == "value":
        return tuple(value) if isinstance(value, list) else value
    if kind == "int":
        if isinstance(value, (int, Size)) and not isinstance(value, bool):
            return value
    elif kind == "float":
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, Size):
            return value
    elif kind == "number":
        if isinstance(value, (int, float, bool, Size)):
            return value
    elif kind == "bool":
        if isinstance(value, (bool, int)):
            return bool(value)
    elif kind == "str":
        if isinstance(value, str):
            return value
    elif kind == "axis":
        return _axis(value, rank)
    elif kind == "new_axis":
        return _axis(value, None if rank is None else rank + 1)
    elif kind == "dtype" and isinstance(value, str) and value in DTYPES:
        return value
    raise BadValue(f"{_shown(value)} is not {'an' if kind[0] in 'ai' else 'a'} {kind}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"a {type(value).__name__}"


def _axis(value: object, rank: int | None) -> object:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValue(f"{_shown(value)} is not an axis")
    if rank is None:
        return value
    room = max(rank, 1)  # a scalar has the axes 0 and -1, as in torch
    if not -room <= value < room:
        raise BadValue(f"axis {value} does not exist in a tensor of {rank} axes")
    return value % room


def _pads(value: object, count: int) -> object:
    """((before, after), ...) per axis; a whole number, one number per axis and "same" are accepted too. `count`: below
    0 where any number of axes is padded, and each has a pair.
    """
    if value == "same":
        return "same"
    if _is_size(value) and count >= 0:
        return ((value, value),) * count
    if not isinstance(value, (tuple, list)) or (count >= 0 and len(value) != count):
        raise BadValue(f"{_shown(value)} is not padding for {count if count >= 0 else 'the'} axes")
    pairs: list[tuple[object, object]] = []
    for item in value:
        if _is_size(item):
            pairs.append((item, item))
        elif isinstance(item, (tuple, list, Sequence)) and len(item) == 2 and all(_is_size(v) for v in item):
            pairs.append((item[0], item[1]))
        else:
            raise BadValue(f"{_shown(item)} is not (before, after)")
    return tuple(pairs)


def _is_size(value: object) -> bool:
    return isinstance(value, (int, Size)) and not isinstance(value, bool)
