"""How the texts changed since the results were made, step by step, so that places can be followed. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass, field

from pivot.edits import Place
from pivot.rebase import Rebase


@dataclass(slots=True)
class _Step:
    """The texts that one edit changed, and the revision it led to."""

    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    rebases: dict[str, Rebase] = field(default_factory=dict)
    revision: int = 0


class Moves:
    """A list of steps. Following an edit by itself is exact where comparing far apart texts would have to guess."""

    def __init__(self) -> None:
        self._steps: list[_Step] = []
        self._open = _Step()

    def add(self, path: str, old: str, new: str) -> None:
        """One text changed in the step that is being made."""
        self._open.texts[path] = (old, new)

    def reach(self, revision: int) -> None:
        """The step is complete and led to this revision."""
        if self._open.texts:
            self._open.revision = revision
            self._steps.append(self._open)
            self._open = _Step()

    def forget_until(self, revision: int) -> None:
        """New results were made from this revision: what led there is of no interest any more."""
        reached = [at for at, step in enumerate(self._steps) if step.revision == revision]
        if reached:
            del self._steps[: reached[-1] + 1]

    def now(self, path: str, place: Place) -> Place | None:
        """Where a place of the results' text stands after all steps."""
        found: Place | None = place
        for step in self._steps:
            if found is not None and path in step.texts:
                if path not in step.rebases:
                    step.rebases[path] = Rebase(*step.texts[path])
                found = step.rebases[path].place(found)
        return found

    def before(self, path: str, place: Place) -> Place | None:
        """Where a place of the present text stood in the results' text."""
        found: Place | None = place
        for step in reversed(self._steps):
            if found is not None and path in step.texts:
                old, new = step.texts[path]
                found = Rebase(new, old).place(found)
        return found
