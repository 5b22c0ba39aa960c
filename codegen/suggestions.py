"""Which ops an unmapped call may mean: three, ranked by name and by how many tensors they take."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from pivot.op import Op
from pivot.opset import OpSet

WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
COUNT = 3


def spoken_name(text: str) -> str:
    """`torch.special.bessel_j0(y)` -> `bessel_j0`, `self.act(x)` -> `act`; '' for what is not a call."""
    head = text.partition("(")[0].strip()
    name = head.rpartition(".")[2]
    return name if name.isidentifier() else ""


def plain_name(name: str) -> str:
    """`BatchNorm2d`, `batch_norm_2d` -> `batchnorm2d`: spellings of one name come out alike."""
    return "".join(word.lower() for word in WORDS.findall(name))


class Suggester:
    """Ranks the ops of an op set; what was asked once is remembered."""

    def __init__(self, opset: OpSet) -> None:
        self._names = [(op, tuple(_spellings(op))) for op in opset.ops.values()]
        self._known: dict[tuple[str, int], tuple[str, ...]] = {}

    def suggest(self, name: str, tensors: int) -> tuple[str, ...]:
        """The three ops nearest to a name that take that many tensors, the best first."""
        key = (plain_name(name), tensors)
        if key not in self._known:
            ranked = sorted(
                self._names, key=lambda item: (-self._score(item[0], item[1], key[0], tensors), item[0].name)
            )
            self._known[key] = tuple(op.name for op, _ in ranked[:COUNT])
        return self._known[key]

    @staticmethod
    def _score(op: Op, spellings: tuple[str, ...], name: str, tensors: int) -> float:
        """Likeness of the names, 0 to 1, and a quarter where the number of tensors fits.

        What is not known is drawn as giving a tensor like its first: an elementwise op is a little likelier.
        """
        matcher = difflib.SequenceMatcher(autojunk=False)
        matcher.set_seq2(name)
        best = 0.0
        for spelling in spellings:
            matcher.set_seq1(spelling)
            if matcher.quick_ratio() > best:
                best = max(best, matcher.ratio())
        return best + (0.25 if _takes(op, tensors) else 0.0) + (0.1 if op.layout == "any" else 0.0)


def _takes(op: Op, tensors: int) -> bool:
    """Can an op be given that many tensors?"""
    least = sum(1 for spec in op.inputs.values() if not spec.optional)
    return any(spec.many for spec in op.inputs.values()) or least <= tensors <= len(op.inputs)


def _spellings(op: Op) -> Iterable[str]:
    names = {op.name, op.title.lower()}
    names.update(
        form.name.rpartition(".")[2]
        for forms in op.forms.values()
        for form in forms
        if form.spelling in ("call", "method")
    )
    return sorted({plain_name(name) for name in names} - {""})
