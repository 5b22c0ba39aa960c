"""Undo and redo over values: every state is kept whole, so there is no inverse command to get wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pivot.project import Project

T = TypeVar("T")

MAX_STEPS = 1_000
MAX_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """One edit: the state before it, what it is called, and what it costs to keep.

    `merge` is the key of a gesture (a drag, typing): a following edit with the same key joins this step.
    """

    label: str
    before: T
    merge: str | None
    cost: int


@dataclass(frozen=True, slots=True)
class History(Generic[T]):
    """The present state with the steps that led to it and the steps that were undone (nearest last in both)."""

    present: T
    done: tuple[Step[T], ...] = ()
    undone: tuple[Step[T], ...] = ()

    def push(self, label: str, value: T, *, merge: str | None = None, cost: int = 0) -> History[T]:
        """The history after one edit. An edit that changes nothing is no step; undone steps are dropped."""
        if value == self.present:
            return self
        last = self.done[-1] if self.done else None
        if last is not None and merge is not None and last.merge == merge and not self.undone:
            if value == last.before:
                # The gesture came back to where it began: there is nothing to undo.
                return History(value, self.done[:-1])
            joined = replace(last, label=label, cost=max(last.cost, cost))
            return History(value, (*self.done[:-1], joined))
        return History(value, _capped((*self.done, Step(label, self.present, merge, cost))))

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
        back = Step(step.label, self.present, None, step.cost)
        return History(step.before, self.done[:-1], (*self.undone, back))

    def redo(self) -> History[T]:
        """One step forward; the same history when there is none."""
        if not self.undone:
            return self
        step = self.undone[-1]
        forth = Step(step.label, self.present, None, step.cost)
        return History(step.before, (*self.done, forth), self.undone[:-1])

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


def project_cost(before: Project, after: Project) -> int:
    """Bytes that keeping `before` beside `after` takes: texts and positions that the two do not share."""
    texts = sum(4 * len(text) for path, text in before.texts.items() if after.texts.get(path) is not text)
    moved = sum(64 * len(nodes) for group, nodes in before.positions.items() if after.positions.get(group) != nodes)
    return 512 + texts + moved
