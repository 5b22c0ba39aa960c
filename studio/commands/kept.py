"""The program that was read last, for a process that reads it again after each edit."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import time_ns
from typing import TypeVar

from codegen.convert import Converted
from codegen.lower import Lowering
from codegen.relowering import note_sizes
from codegen.restating import lacking
from codegen.rolling.styles import is_rolled
from codegen.writing.text import Printed
from pivot.op_folders import own_folders
from pivot.project import Project
from pivot.reading.elaborate import Elaborated
from pivot.reading.imports import package_root
from pivot.reading.tied_weights import ties_in
from studio.cli import DEBUG
from studio.commands.opening import Program

AnyPath = TypeVar("AnyPath", str, Path)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A program as it was read, and when the folders of its files, and these, were changed last."""

    program: Program
    done: Elaborated
    folders: dict[Path, int]
    files: dict[str, int]
    printed: Printed


class Kept:
    """Gives the reading of a program that differs from the last one in a literal, made of that; counts how often."""

    def __init__(self) -> None:
        self.remembering = False
        self.counts: Counter[str] = Counter()  # of what came of it, by reasons
        self._last: Reading | None = None

    def remember(self) -> None:
        """From now on, keep what is read."""
        self.remembering = True

    def forget(self) -> None:
        """What was read last is not needed any more."""
        self._last = None

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Read as if nothing was kept, and keep what was."""
        last, remembering = self._last, self.remembering
        self._last, self.remembering = None, False
        yield
        self._last, self.remembering = last, remembering

    def again(self, program: Program) -> tuple[Program, Elaborated] | None:
        """The reading of a program and the program with the ops it was read with, or None: it is to be read as a
        whole. What is kept is used up.
        """
        last, self._last = self._last, None
        if last is None or what_else(program.project) != what_else(last.program.project) or not plain(program):
            return None
        if stamps(last.folders) != last.folders:
            return None
        from pivot.reading.retuned import Declined, retuned  # one conversion alone never needs it

        known = replace(program, opset=last.program.opset)
        try:
            known_files = stamps(last.files)
            untouched = {file for file, stamp in last.files.items() if stamp and known_files[file] == stamp}
            done = retuned(last.done, program.request, untouched)
            if lacking(done, program.project.target, known.opset) - done.evaluator.restated:
                raise Declined("a layer is to be restated now")
        except Declined as no:
            self.counts[str(no)] += 1
            return None
        except Exception as fault:  # a fault of this shortcut must not keep anybody from the result: it is counted
            if os.environ.get(DEBUG):
                raise
            self.counts[f"fault: {fault!r}"] += 1
            return None
        self.counts[""] += 1
        return known, done

    def keep(self, program: Program, done: Elaborated, begun: int, converted: Converted) -> None:
        """Keep a reading that began at a time, in ns. What is read in another way than by its classes is not kept."""
        if not self.remembering or not plain(program) or not done.evaluator.dialect.retunes:
            return
        network, own = done.network, program.project.target == program.framework
        if own or program.project.style or network.unmapped or is_rolled(network):
            return
        if done.evaluator.said_ties or ties_in(done.evaluator):  # whether they are said, the whole decides
            return
        files = [Path(file) for file in done.evaluator.files]
        folders = stamps({*(file.parent for file in files), *(package_root(file)[0] for file in files)})
        if all(stamp < begun for stamp in folders.values()):
            times = {file: stamp for file, stamp in stamps(done.evaluator.files).items() if stamp < begun}
            self._last = Reading(program, done, folders, times, converted.printed)
            done.learned["lowering"] = converted.lowering

    def prepare(self) -> None:
        """Do ahead, while nobody waits, what the next edit of the program that is kept will need."""
        last = self._last
        if last is None:
            return
        lowering = last.done.learned.get("lowering")
        if isinstance(lowering, Lowering):
            note_sizes(lowering)
        last.done.learned["printed"] = last.printed.known()


def plain(program: Program) -> bool:
    """Are the ops those that are built in, so that they are the same ones at every run?"""
    return not program.project.decisions and not own_folders(Path(program.project.source)) and not program.ops


def what_else(project: Project) -> Project:
    """A project without its texts, and without what its network does not depend on."""
    return replace(project, texts={}, positions={})


def stamps(paths: Iterable[AnyPath]) -> dict[AnyPath, int]:
    """When each file or folder was changed last; 0 where it is gone."""
    found: dict[AnyPath, int] = {}
    for path in paths:
        try:
            found[path] = os.stat(path).st_mtime_ns
        except OSError:
            found[path] = 0
    return found


def now() -> int:
    """When a reading begins."""
    return time_ns()


KEPT = Kept()
