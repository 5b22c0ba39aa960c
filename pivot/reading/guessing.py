"""Inputs guessed from the layers that take them: every guess says what it came from."""

from __future__ import annotations

import itertools
import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pivot.reading.forward_pass import forward_node, needed_inputs
from pivot.reading.inputs import InputSpec
from pivot.reading.model_facts import ModelFacts, model_facts
from pivot.reading.modules import ModuleObject
from pivot.reading.running import fits

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator

SIZES = (224, 32, 64, 28, 128, 256, 299, 96, 512)
MAX_TRIALS = 64
STEP = re.compile(r"^(t|ts|sigmas?|steps?|time_?steps?|noise_levels?)$")
MASK = re.compile(r"(^|_)masks?$")
MASKS = ((2, 1, 1, 16), (2, 1, 16, 16), (16, 16), (2, 16))
"""Of the sequences of 16 that layers are tried with: of keys, of pairs for each row, of pairs, of elements."""
LABEL = re.compile(r"^(y|t|c|cls|steps?|timesteps?|targets?)$|label|class|cond")


@dataclass(frozen=True, slots=True)
class Option:
    """One input that may be meant, and what it came from."""

    spec: InputSpec
    why: str


def guess(ev: Evaluator, root: ModuleObject) -> tuple[tuple[InputSpec, ...], str] | None:
    """The first usual inputs that go through the whole model, and what they came from; None where none do."""
    node = forward_node(ev, root)
    names = needed_inputs(ev, root)
    if not names:
        return None
    facts = model_facts(ev, root, node)
    columns = [list(unique(options(facts, name, len(names)))) for name in names]
    if any(map(MASK.search, names)):  # what is masked are sequences
        columns = [c if MASK.search(n) else sorted(c, key=is_no_sequence) for n, c in zip(names, columns, strict=True)]
    if len(columns) > 1:
        columns = [[replace(o, spec=replace(o.spec, shape=(2, *o.spec.shape[1:]))) for o in c] for c in columns]
    tried = list(itertools.islice(combinations(columns, facts), MAX_TRIALS))
    misfits: list[Misfit] = []
    for known, general in TRIALS:
        for found in tried:
            specs = tuple(option.spec for option in found)
            if fits(ev, root, specs if general else tuple(map(as_numbers, specs)), known):
                return specs, "; ".join(dict.fromkeys(option.why for option in found))
            if ev.misfit is not None and len(found) == 1 and known and general:
                misfits.append(Misfit(found[0], *ev.misfit))
        sized = image_of_size(ev, root, misfits) if general and known else None
        if sized is not None:
            return (sized.spec,), sized.why
    return None


TRIALS = ((True, True), (True, False), (False, True))
"""Whether every call has to be understood, and whether the sizes are general. `F.avg_pool2d(x, x.size(2))` fits squares
only: then the numbers have to fit. What no op takes may be another one's fault: then the sizes alone have to.
"""


def is_no_sequence(option: Option) -> bool:
    """Sequences of vectors come first, as they are in order."""
    return len(option.spec.shape) != 3


def as_numbers(spec: InputSpec) -> InputSpec:
    """An input whose sizes, but for the batch, are these numbers alone."""
    return replace(spec, fixed=frozenset(range(1, len(spec.shape))))


@dataclass(frozen=True, slots=True)
class Misfit:
    """An image of a usual size, and how many features a layer behind it was made for and got."""

    option: Option
    wanted: int
    arrived: int

    @property
    def side(self) -> int:
        """Height and width; 0 for what is no square image with the channels first."""
        shape = self.option.spec.shape
        return shape[-1] if len(shape) == 4 and shape[-1] == shape[-2] else 0

    def of_side(self, side: int) -> InputSpec:
        """The image with another height and width."""
        return replace(self.option.spec, shape=(*self.option.spec.shape[:2], side, side))


def image_of_size(ev: Evaluator, root: ModuleObject, misfits: list[Misfit]) -> Option | None:
    """The image that gives as many features as a layer was made for, found between usual sizes that give fewer and
    more; of several, the size that can be halved most often.
    """
    for first in (m for m in misfits if m.side):
        channels, wanted = first.option.spec.shape[1], first.wanted
        same = [m for m in misfits if m.side and (m.wanted, m.option.spec.shape[1]) == (wanted, channels)]
        below = max((m.side for m in same if m.arrived < wanted), default=0)
        above = min((m.side for m in same if m.arrived > wanted), default=0)
        between = range(below + 1, above) if below else range(0)

        def arrived(side: int, first: Misfit = first) -> int:
            if fits(ev, root, (first.of_side(side),), True) or ev.misfit is None or ev.misfit[0] != first.wanted:
                return first.wanted
            return ev.misfit[1]

        right = between[bisect_left(between, wanted, key=arrived) : bisect_right(between, wanted, key=arrived)]
        side = max(right, key=lambda side: (side & -side, -side), default=0)
        if side and fits(ev, root, (first.of_side(side),), True):
            return Option(first.of_side(side), f"{first.option.why}, and {wanted} features behind it")
    return None


def combinations(columns: list[list[Option]], facts: ModelFacts) -> Iterator[tuple[Option, ...]]:
    """One option per input, the more likely ones first; of several flat inputs, first those that a layer joins."""
    if len(columns) > 1 and facts.widths:
        joined = [c for c in itertools.product(*columns) if flat_width(c, facts) in facts.widths]
        yield from joined[: MAX_TRIALS // 2]
    yield from sorted_product(columns)


def flat_width(found: tuple[Option, ...], facts: ModelFacts) -> int:
    """Features of all inputs side by side: embedded ones count as wide as their embedding."""
    return sum(
        facts.embedded.get(o.spec.high or 0, 1) if o.spec.dtype == "int64" else math.prod(o.spec.shape[1:])
        for o in found
    )


def sorted_product(columns: list[list[Option]]) -> Iterator[tuple[Option, ...]]:
    """The product of all columns by the sum of places: no column is walked to its end before the next begins."""
    most = sum(len(c) - 1 for c in columns)
    for total in range(most + 1):
        yield from at_distance(columns, total)


def at_distance(columns: list[list[Option]], total: int) -> Iterator[tuple[Option, ...]]:
    """Combinations whose places sum up to `total`."""
    if not columns:
        if total == 0:
            yield ()
        return
    first, *rest = columns
    for place in range(min(total, len(first) - 1), -1, -1):
        for tail in at_distance(rest, total - place):
            yield (first[place], *tail)


def unique(found: Iterator[Option]) -> Iterator[Option]:
    """Each input once."""
    seen: set[InputSpec] = set()
    for option in found:
        if option.spec not in seen:
            seen.add(option.spec)
            yield option


def options(facts: ModelFacts, name: str, count: int) -> Iterator[Option]:
    """Inputs that a parameter of the forward pass may stand for, the most likely first."""
    said = facts.said.get(name)
    if said is not None:
        yield Option(InputSpec((2, *said.sizes), said.dtype, fixed=said.fixed), described(said.by))
    taker = facts.takers.get(name)
    if count > 1 and STEP.search(name):
        yield Option(InputSpec((2,)), f"the name {name}")
    if count > 1 and MASK.search(name):
        yield from (Option(InputSpec(shape), f"the name {name}") for shape in MASKS)
    layers = [taker] if taker is not None else []
    layers += [layer for layer in facts.layers if layer is not taker]
    if taker is None and count > 1:
        yield from named_widths(facts, name)
    for layer in layers[:3]:
        yield from layer_options(facts, name, layer)
    if count > 1:
        yield from named_widths(facts, name)
    if count == 1 and facts.sizes:
        yield from image_options(facts, name, facts.channels or 3, "the names of the model's settings", facts.sizes)


def layer_options(facts: ModelFacts, name: str, layer: ModuleObject) -> Iterator[Option]:
    """Inputs for the layer that takes them."""
    assert layer.form is not None
    op, why = layer.form.op.name, described(layer)
    if op == "embedding":
        high = next((v for v in layer.params.values() if isinstance(v, int)), None)
        lengths = [*(n for _, n in facts.lengths), 16, 32, 64, 128, 512]
        flat = [Option(InputSpec((2,), "int64", None, high), why)]
        rows = [Option(InputSpec((2, n), "int64", None, high), why) for n in lengths if n <= 4096]
        yield from [*flat, *rows[:3]] if LABEL.search(name) else [*rows, *flat]
        return
    width = facts.width_of(layer)
    if width is None:
        return
    if op.startswith(("conv2d", "batch_norm", "conv_transpose2d", "instance_norm")) and not op.endswith("1d"):
        yield from image_options(facts, name, width, why)
    elif op.startswith(("conv1d", "conv_transpose1d")):
        for size in (*(n for _, n in facts.lengths), 64, 128, 256, 512, 1024):
            yield Option(InputSpec((1, width, size)), why)
            yield Option(InputSpec((1, size, width)), f"{why}, with the channels last")
    elif op.startswith("conv3d"):
        for size in (32, 64, 16):
            yield Option(InputSpec((1, width, size, size, size)), why)
    elif op in ("lstm", "gru", "rnn") or "lstm" in op or "gru" in op:
        yield Option(InputSpec((2, 16, width)), why)
    else:
        yield from feature_options(facts, name, width, why)


def feature_options(facts: ModelFacts, name: str, width: int, why: str) -> Iterator[Option]:
    """Inputs for a linear layer or what is like one: features, an image that is flattened, a sequence."""
    flat = Option(InputSpec((2, width)), why)
    images = [
        Option(InputSpec((2, c, h, w)), f"{why}, as {c} x {h} x {w}")
        for c in dict.fromkeys((facts.channels or 1, 1, 3))
        for h, w in square(facts, width, c)
    ]
    yield from [*images, flat] if name in facts.flattened else [flat, *images]
    for size in (*(n for _, n in facts.lengths[:2]), 16):
        yield Option(InputSpec((2, size, width)), f"{why}, in a sequence")
    yield from image_options(facts, name, facts.channels or 3, "the names of the model's settings", facts.sizes)


def square(facts: ModelFacts, width: int, channels: int) -> Iterator[tuple[int, int]]:
    """Height and width of images with so many elements."""
    side = math.isqrt(width // channels) if width % channels == 0 else 0
    if side > 3 and side * side * channels == width:
        yield side, side


def image_options(
    facts: ModelFacts, name: str, channels: int, why: str, sizes: tuple[tuple[str, tuple[int, int]], ...] | None = None
) -> Iterator[Option]:
    """Images and films of sizes that the model names, then of usual sizes."""
    if sizes is None:
        sizes = (*facts.sizes, *(("", (s, s)) for s in SIZES))
    for said, (height, width) in sizes:
        origin = f"{why} and {said}={height if height == width else (height, width)}" if said else why
        if facts.frames or "video" in name:
            count = facts.frames[0][1] if facts.frames else 8
            yield Option(InputSpec((1, channels, count, height, width)), origin)
            continue
        if name in facts.channels_last:
            yield Option(InputSpec((1, height, width, channels)), origin)
        yield Option(InputSpec((1, channels, height, width)), origin)
    if sizes and name not in facts.channels_last:
        height, width = sizes[0][1]
        yield Option(InputSpec((1, height, width, channels)), f"{why}, with the channels last")


def named_widths(facts: ModelFacts, name: str) -> Iterator[Option]:
    """Vectors as wide as settings of the model say, those with a like name first."""
    for said, width in sorted(facts.numbers, key=lambda pair: -alike(name, pair[0])):
        yield Option(InputSpec((2, width)), f"{said}={width}")


def alike(one: str, other: str) -> int:
    """How much two names have in common: words, then usual pairs such as noise and latent."""
    a, b = set(re.split(r"[_\d]+", one.lower())), set(re.split(r"[_\d]+", other.lower()))
    usual = ({"noise", "latent"}, {"z", "latent"}, {"z", "style"}, {"labels", "classes"}, {"label", "classes"})
    return 2 * len((a & b) - {""}) + sum(1 for pair in usual if a & pair and b & pair and not a & b)


def described(layer: ModuleObject) -> str:
    """`Conv2d at line 12`."""
    return f"{layer.class_name} at line {getattr(layer.site, 'lineno', 0)}"
