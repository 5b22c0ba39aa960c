"""The verification report as values: verdict, three steps, errors per output and node. No Qt here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from studio.picture import Span
from studio.places import read_span

Record = Mapping[str, object]
_Line = tuple[str, tuple[str, ...]]
LOW, HIGH = -18.0, 0.0
"""Decades between which errors are drawn."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """One of the three steps; `ok` is None when it did not run.

    `detail` is one line about it, to be translated; `given` stands in its braces.
    """

    name: str
    title: str
    ok: bool | None
    detail: str
    given: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The line as it is written here."""
        return self.detail.format(*self.given)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One output or node: relative error in float64, largest reference value, relative error in float32."""

    id: str
    op: str
    path: str
    error: float | None
    maximum: float | None
    single: float | None
    source: Span | None
    target: Span | None
    is_output: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What report.json says; `gate` is the largest relative float64 error that still counts as equal."""

    equal: bool
    steps: tuple[StepResult, StepResult, StepResult]
    rows: tuple[Comparison, ...]
    gate: float
    worst: float | None
    worst_single: float | None
    first_difference: Comparison | None
    first_text: str
    why: str
    constants: tuple[str, ...]
    parameters: int
    seconds: float
    versions: Mapping[str, str]
    page: str = ""  # the file that a browser shows

    @property
    def compared(self) -> bool:
        """Whether it came to numbers at all; a program that did not run is not proven equal, and not shown unequal."""
        return self.equal or bool(self.rows)


def read_report(record: Record) -> Report:
    """The report of one JSON record; parts that are missing count as not run."""
    static, build, numbers = (_record(record.get(name)) for name in ("static", "build", "numbers"))
    double, single = _compared(numbers.get("float64")), _compared(numbers.get("float32"))
    gate = _number(double.get("gate")) or 1e-12
    rows = _rows(double, single)
    worst = _number(double.get("worst"))
    first = _record(double.get("first_difference") or numbers.get("first_difference"))
    steps = (
        StepResult("static", "Same program", _ok(static, "equal"), *_static_line(static)),
        StepResult("build", "Builds", _ok(build, "ok"), *_build_line(build)),
        StepResult(
            "numbers", "Same numbers", _numbers_ok(record, double, worst, gate), *_numbers_line(numbers, double, worst)
        ),
    )
    return Report(
        record.get("equal") is True,
        steps,
        rows,
        gate,
        worst,
        _number(single.get("worst")),
        _row(first, {}, is_output=False) if first else None,
        _text(first.get("why")) if first else "",
        _text(record.get("why")),
        tuple(_constant(item) for item in _list(double.get("constants") or numbers.get("constants"))),
        int(_number(record.get("parameters")) or 0),
        _number(record.get("seconds")) or 0.0,
        {name: str(version) for name, version in _record(record.get("versions")).items()},
    )


def _rows(double: Record, single: Record) -> tuple[Comparison, ...]:
    by_key = {
        _key(item): _number(item.get("error")) for part in ("outputs", "nodes") for item in _records(single.get(part))
    }
    nodes = [_row(item, by_key, is_output=False) for item in _records(double.get("nodes"))]
    outputs = [_row(item, by_key, is_output=True) for item in _records(double.get("outputs"))]
    return (*nodes, *outputs)


def _row(item: Record, single: Mapping[str, float | None], *, is_output: bool) -> Comparison:
    return Comparison(
        _key(item),
        "output" if is_output else _text(item.get("op")),
        _text(item.get("path")) or _text(item.get("name")) or _text(item.get("id")),
        _number(item.get("error")),
        _number(item.get("max")),
        single.get(_key(item)),
        read_span(item.get("source")),
        read_span(item.get("target")),
        is_output,
    )


def _static_line(static: Record) -> _Line:
    if not static:
        return _said("not run")
    if static.get("equal") is True:
        nodes = _number(static.get("nodes"))
        if nodes:
            text = (
                "{0} node read back from the target text" if nodes == 1 else "{0} nodes read back from the target text"
            )
            return _said(text, f"{nodes:,.0f}")
        return _said("the target text reads back as the same network")
    return _why(static, "the target text reads back as another network")


def _build_line(build: Record) -> _Line:
    if not build:
        return _said("not run")
    if build.get("ok") is True:
        shapes = ", ".join(filter(None, (_shape(item) for item in _list(build.get("inputs")))))
        return _said("with {0}", shapes) if shapes else _said("the model builds symbolically")
    return _why(build, "the model does not build")


def _said(text: str, *given: str) -> _Line:
    return text, given


def _why(record: Record, otherwise: str) -> _Line:
    """The reason that a step gives; it may hold braces of its own."""
    why = _text(record.get("why"))
    return _said("{0}", why) if why else _said(otherwise)


def _shape(item: object) -> str:
    if isinstance(item, dict):
        name, shape = _text(item.get("name")), item.get("shape")
        return f"{name} {_shape(shape)}".strip()
    if isinstance(item, list):
        return "(" + ", ".join("any" if size is None else str(size) for size in item) + ")"
    return str(item)


def _numbers_line(numbers: Record, double: Record, worst: float | None) -> _Line:
    if not double:
        return _why(numbers, "not run")
    if worst is None:
        return _said("no value was compared")
    batches, error = _record(numbers.get("batches")), f"{worst:.1e}"
    first, second = (_number(batches.get(name)) for name in ("first", "second"))
    if first is not None and second is not None:
        text = "largest relative error {0} in float64, batches of {1} and {2}"
        return _said(text, error, f"{first:.0f}", f"{second:.0f}")
    if why := _text(batches.get("why")):
        return _said("largest relative error {0} in float64; second batch: {1}", error, why)
    return _said("largest relative error {0} in float64", error)


def _numbers_ok(record: Record, double: Record, worst: float | None, gate: float) -> bool | None:
    if not double:
        return None
    if isinstance(double.get("equal"), bool):
        return double["equal"] is True
    return record.get("equal") is True or (worst is not None and worst <= gate)


def _compared(value: object) -> Record:
    """The numbers of one format; those of a run that did not come to compare any are none, and not zero."""
    record = _record(value)
    empty = [record.get(name) == [] for name in ("outputs", "nodes")]
    return {} if all(empty) else record


def _ok(record: Record, name: str) -> bool | None:
    value = record.get(name)
    return value if isinstance(value, bool) else None


def _key(item: Record) -> str:
    return _text(item.get("id")) or _text(item.get("name"))


def _constant(item: object) -> str:
    return (_text(item.get("name")) or _text(item.get("op"))) if isinstance(item, dict) else str(item)


def _record(value: object) -> Record:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _records(value: object) -> list[Record]:
    return [item for item in _list(value) if isinstance(item, dict)]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> float | None:
    """JSON has no NaN: a writer may say null or text; text such as "nan" and "inf" is read as the number it names."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return None


def within(error: float | None, gate: float) -> bool | None:
    """Whether an error passes; None where nothing was measured, and NaN never passes."""
    return None if error is None else (not math.isnan(error) and error <= gate)


def part_of(error: float | None) -> float | None:
    """Where an error stands between 1e-18 and 1, from 0 to 1; infinite and NaN errors fill the scale."""
    if error is None:
        return None
    if math.isnan(error) or math.isinf(error):
        return 1.0
    if error <= 0:
        return 0.0
    return min(1.0, max(0.0, (math.log10(error) - LOW) / (HIGH - LOW)))
