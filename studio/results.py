"""What one conversion made, and work that is under way, as values. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pivot.problems import Problem
from studio.links import Links
from studio.picture import Picture

KEPT = 6
"""Results that are held, so that undo and a switch of the target show theirs at once."""


@dataclass(frozen=True, slots=True)
class Results:
    """What one conversion made, stamped with the revision of the project it was made from."""

    revision: int
    status: int = 0
    directory: Path | None = None
    picture: Picture | None = None
    links: Links = field(default_factory=Links)
    target_path: str = ""
    target_text: str = ""
    conversion: Mapping[str, object] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    partial: bool = False  # the network is known, its target is still being written
    pending: bool = False  # the target is written, and is still being read back


@dataclass(frozen=True, slots=True)
class Written:
    """A target of a conversion that goes on: nothing else of it is known, and nothing is proved. `changed`: its lines
    that differ from what was accepted.
    """

    revision: int
    path: str
    text: str
    changed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class JobState:
    """One piece of work: kind (convert, verify, weights), the revision it works on, and how far it is."""

    kind: str
    revision: int
    step: str = ""
    done: int = 0
    total: int = 0
