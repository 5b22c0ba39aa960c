"""Undo and redo over values: every state is kept, so there is no inverse command to get wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar, cast

from pivot.project import Project

T = TypeVar("T")

MAX_STEPS = 1_000
MAX_BYTES = 64 * 2**20


class Keeper(Protocol):
    """Keeps a state small beside the one next to it, which is always there when it is wanted back."""

    def kept(self, value: object, beside: object) -> object:
        """What is kept of a value."""
        ...

    def back(self, kept: object, beside: object) -> object:
        """The value again, equal to what it was."""
        ...


class Whole:
    """Keeps a state as it is."""

    def kept(self, value: object, beside: object) -> object:
        return value

    def back(self, kept: object, beside: object) -> object:
        return kept


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """One edit: what is kept of the state before it (after it, once it is undone), its name, and what it costs to keep.

    `merge` is the key of a gesture (a drag, typing): a following edit with the same key joins this step.
    """

    label: str
    before: object
    merge: str | None
    cost: int


@dataclass(frozen=True, slots=True)
class History(Generic[T]):
    """The present state with the steps that led to it and the steps that were undone (nearest last in both)."""

    present: T
    done: tuple[Step[T], ...] = ()
    undone: tuple[Step[T], ...] = ()
    keeper: Keeper = field(default=Whole(), repr=False, compare=False)

    def push(self, label: str, value: T, *, merge: str | None = None, cost: int = 0) -> History[T]:
        """The history after one edit. An edit that changes nothing is no step; undone steps are dropped."""
        if value == self.present:
            return self
        last = self.done[-1] if self.done else None
        if last is not None and merge is not None and last.merge == merge and not self.undone:
            began = self.keeper.back(last.before, self.present)
            if value == began:
                # The gesture came back to where it began: there is nothing to undo.
                return replace(self, present=value, done=self.done[:-1])
            kept = self.keeper.kept(began, value)
            joined = replace(last, label=label, before=kept, cost=max(last.cost, cost))
            return replace(self, present=value, done=(*self.done[:-1], joined))
        step: Step[T] = Step(label, self.keeper.kept(self.present, value), merge, cost)
        return replace(self, present=value, done=_capped((*self.done, step)), undone=())

    def sealed(self) -> History[T]:
        """The same history, whose last step takes no further edit in (a gesture ended)."""
        if not self.done or self.done[-1].merge is None:
            return self
        return replace(self, done=(*self.done[:-1], replace(self.done[-1], merge=None)))

    def undo(self) -> History[T]:
        """One step back; the same history when there is none."""
        if not self.done:
            return self
        step = self.done[-1]
        before = cast("T", self.keeper.back(step.before, self.present))
        back: Step[T] = Step(step.label, self.keeper.kept(self.present, before), None, step.cost)
        return replace(self, present=before, done=self.done[:-1], undone=(*self.undone, back))

    def redo(self) -> History[T]:
        """One step forward; the same history when there is none."""
        if not self.undone:
            return self
        step = self.undone[-1]
        after = cast("T", self.keeper.back(step.before, self.present))
        forth: Step[T] = Step(step.label, self.keeper.kept(self.present, after), None, step.cost)
        return replace(self, present=after, done=(*self.done, forth), undone=self.undone[:-1])

    @property
    def undo_label(self) -> str | None:
        """What undo would take back, or None."""
        return self.done[-1].label if self.done else None

    @property
    def redo_label(self) -> str | None:
        """What redo would bring back, or None."""
        return self.undone[-1].label if self.undone else None


def _capped(steps: tuple[Step[T], ...]) -> tuple[Step[T], ...]:
    """Forget the oldest steps above the caps; the last one always stays, so that every edit can be undone."""
    steps = steps[-MAX_STEPS:]
    total = sum(step.cost for step in steps)
    first = 0
    while total > MAX_BYTES and first < len(steps) - 1:
        total -= steps[first].cost
        first += 1
    return steps[first:]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A project without the texts that differ from its neighbour's, and of these what stands between equal ends."""

    project: Project
    texts: Mapping[str, tuple[int, int, str]]


class ProjectKeeper:
    """Keeps of each text only what its neighbour in the history has not."""

    def kept(self, value: object, beside: object) -> object:
        assert isinstance(value, Project)
        assert isinstance(beside, Project)
        differing = {path: text for path, text in value.texts.items() if beside.texts.get(path) is not text}
        if not differing:
            return value
        middles = {path: between(text, beside.texts.get(path, "")) for path, text in differing.items()}
        shared = {path: text for path, text in value.texts.items() if path not in differing}
        return _Kept(replace(value, texts=shared), middles)

    def back(self, kept: object, beside: object) -> object:
        if not isinstance(kept, _Kept):
            return kept
        assert isinstance(beside, Project)
        texts = dict(kept.project.texts)
        for path, (head, tail, middle) in kept.texts.items():
            other = beside.texts.get(path, "")
            texts[path] = other[:head] + middle + other[len(other) - tail :]
        return replace(kept.project, texts=texts)


def between(text: str, other: str) -> tuple[int, int, str]:
    """How many characters two texts share at the beginning and at the end, and what is between these in the first."""
    most = min(len(text), len(other))
    head = _shared(most, lambda count: text[:count] == other[:count])
    tail = _shared(most - head, lambda count: text[len(text) - count :] == other[len(other) - count :])
    return head, tail, text[head : len(text) - tail]


def _shared(most: int, equal: Callable[[int], bool]) -> int:
    """The greatest number up to `most` for which two ends are equal."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if equal(middle) else (low, middle - 1)
    return low


def project_cost(before: Project, after: Project) -> int:
    """Bytes that keeping `before` beside `after` takes: what of its texts and positions the two do not share."""
    texts = sum(
        4 * len(between(text, after.texts.get(path, ""))[2])
        for path, text in before.texts.items()
        if after.texts.get(path) is not text
    )
    moved = sum(64 * len(nodes) for group, nodes in before.positions.items() if after.positions.get(group) != nodes)
    return 512 + texts + moved
