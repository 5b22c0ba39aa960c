"""Which ops an unmapped call may mean, by the words of its name, tensors and keywords; none where none is close.

A name is read as words, and a word weighs what it tells: `softplus` stands in one op, `2d` in many, and a word that no
op knows (`bessel`) speaks against all of them. A likeness of letters alone is no reason.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pivot.op import Op
from pivot.opset import OpSet

WORDS = re.compile(r"\d+d(?![a-z])|[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
COUNT = 3
CLOSE = 0.55  # likeness of the names below which an op is not offered, whatever it takes
TOLD = 0.2  # how much less a name must say of an op that knows all keywords of the call
BESIDE = 0.25  # how far behind the best one another may be
SHORT = {
    "avg": "average", "conv": "convolution", "norm": "normalization", "attn": "attention", "mul": "multiply",
    "multiplication": "multiply", "div": "divide", "division": "divide", "sub": "subtract", "subtraction": "subtract",
    "addition": "add", "exponential": "exp", "logarithm": "log", "maximum": "max", "minimum": "min", "bn": "batchnorm",
    "pooling": "pool", "padding": "pad", "activation": "act", "embed": "embedding", "cosine": "cos", "sine": "sin",
    "dimensional": "", "the": "", "of": "", "a": "", "an": "", "and": "", "with": "", "to": "", "in": "", "by": "",
    "custom": "", "my": "", "new": "", "layer": "", "layers": "", "module": "",
    "fn": "", "func": "", "function": "", "fast": "", "fused": "", "impl": "", "op": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known of an unmapped call: its name, the ranks of its tensors (None: unknown), its keywords."""

    name: str
    ranks: tuple[int | None, ...] = ()
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """An op with its spellings as words."""

    op: Op
    spellings: tuple[tuple[str, ...], ...]


def spoken_name(text: str) -> str:
    """`torch.special.bessel_j0(y)` -> `bessel_j0`, `self.act(x).unique()` -> `unique`; '' for what is not a call."""
    try:
        call = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:  # a long text that was cut off: its first name must do
        name = text.partition("(")[0].strip().rpartition(".")[2]
        return name if name.isidentifier() else ""
    func = call.func if isinstance(call, ast.Call) else call
    if isinstance(func, ast.Attribute):
        return func.attr
    return func.id if isinstance(func, ast.Name) else ""


def words_of(name: str) -> tuple[str, ...]:
    """`MaxPool2d`, `max_pooling_2d` -> `max pool 2d`: spellings of one name come out alike."""
    found = (word.lower() for word in WORDS.findall(name.replace("-D ", "d ")))
    return tuple(word for word in (SHORT.get(word, word) for word in found) if word)


class Suggester:
    """Ranks the ops of an op set; what was asked once is remembered."""

    def __init__(self, opset: OpSet) -> None:
        self._ops = [_Known(op, tuple(sorted(_spellings(op)))) for op in opset.ops.values()]
        in_ops: dict[str, int] = {}
        for known in self._ops:
            for word in {word for spelling in known.spellings for word in spelling}:
                in_ops[word] = in_ops.get(word, 0) + 1
        whole = math.log(1 + len(self._ops))
        self._weights = {word: math.log(1 + len(self._ops) / count) / whole for word, count in in_ops.items()}
        self._asked: dict[Wanted, tuple[str, ...]] = {}

    def suggest(self, wanted: Wanted) -> tuple[str, ...]:
        """At most three ops that the call may mean, the best first."""
        if wanted not in self._asked:
            self._asked[wanted] = self._ranked(wanted)
        return self._asked[wanted]

    def _ranked(self, wanted: Wanted) -> tuple[str, ...]:
        words = words_of(wanted.name)
        found: list[tuple[float, str]] = []
        for known in self._ops:
            likeness = max((self._alike(words, spelling) for spelling in known.spellings), default=0.0)
            if likeness >= CLOSE - TOLD:
                told = _told(known.op, wanted.keywords)
                if likeness >= CLOSE - TOLD * told:
                    found.append((likeness + _fit(known.op, wanted.ranks) + 2 * TOLD * told, known.op.name))
        found.sort(key=lambda item: (-item[0], item[1]))
        return tuple(name for score, name in found[:COUNT] if score >= found[0][0] - BESIDE)

    def _alike(self, words: Sequence[str], others: Sequence[str]) -> float:
        """The weight of the words that have a counterpart, of the weight of all words of both names: 0 to 1."""
        if not words or not others:
            return 0.0
        if "".join(words) == "".join(others):
            return 1.0
        whole = met = 0.0
        for one, other in ((words, others), (others, words)):
            for word in one:
                weight = 0.15 if word.isdigit() else self._weights.get(word, 1.0)
                whole += weight
                met += weight * _counterpart(word, other)
        return met / whole if whole else 0.0


def _counterpart(word: str, others: Sequence[str]) -> float:
    """How much of a word the words of another name say: all of it, the parts of it, a slip of the pen."""
    if word in others:
        return 1.0
    inside = sum(len(other) for other in set(others) if len(other) >= 3 and other in word)
    around = max((len(word) / len(other) for other in others if len(word) >= 3 and word in other), default=0.0)
    slip = 0.0
    if len(word) >= 5:
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(word)
        for other in others:
            matcher.set_seq1(other)
            if len(other) >= 5 and other[0] == word[0] and matcher.quick_ratio() >= 0.8:
                slip = max(slip, matcher.ratio())
    return max(min(1.0, inside / len(word)), around, slip if slip >= 0.8 else 0.0)


def _fit(op: Op, ranks: Sequence[int | None]) -> float:
    """What speaks for an op beside its name: it takes so many tensors, of these ranks.

    What is not known is drawn as giving a tensor like its first: an elementwise op is a little likelier.
    """
    least = sum(1 for spec in op.inputs.values() if not spec.optional)
    many = any(spec.many for spec in op.inputs.values())
    score = 0.1 if many or least <= len(ranks) <= len(op.inputs) else -0.2
    for rank, spec in zip(ranks, op.inputs.values(), strict=False):
        if rank is not None and spec.letters and not any(letter in ("*", "+", "...") for letter in spec.letters):
            score += 0.05 if len(spec.letters) == rank else -0.2
    return score + (0.05 if op.layout == "any" else 0.0)


def _told(op: Op, keywords: Sequence[str]) -> float:
    """The part of some keywords that the forms of an op have."""
    if not keywords:
        return 0.0
    slots = (slot for forms in op.forms.values() for form in forms for slot in (*form.args, *form.apply))
    known = {slot.name for slot in slots}
    return sum(word in known for word in keywords) / len(keywords)


def _spellings(op: Op) -> Iterable[tuple[str, ...]]:
    names = {op.name, op.title.partition("(")[0], op.title.partition("(")[2].rstrip(")")}
    names.update(
        form.name.rpartition(".")[2]
        for forms in op.forms.values()
        for form in forms
        if form.spelling in ("call", "method")
    )
    return {words_of(name) for name in names} - {()}
