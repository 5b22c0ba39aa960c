"""The work of a document: newest request of a kind wins, results carry the revision they were made from."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from pivot.problems import Problem, Refusal
from pivot.project import Project, dumps, load_project
from studio.document import Document
from studio.jobs.events import Draft, Found, Progress, Sketch, Text
from studio.jobs.job import Job, Outcome, own_command
from studio.jobs.results import conversion_results, drafted_results, proved_results, sketched_results
from studio.report import read_report
from studio.results import KEPT, JobState, Results

VERBS = ("convert", "verify", "weights")
Command: TypeAlias = Sequence[str] | Callable[[], Sequence[str]]
"""What runs verbs; a function is asked anew for every run."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A job that has not ended, cancelled ones included."""

    kind: str
    job: Job
    ended: Callable[[Outcome], None]


@dataclass(frozen=True, slots=True)
class _Conversion:
    """The run that converts a program, in a folder of its own."""

    project: Project
    folder: Path
    job: Job


class Jobs(QObject):
    """Starts verbs for a document and puts what they make into it. `failed(kind, text)` tells what ended badly."""

    failed = Signal(str, str)
    weights_written = Signal(str)

    def __init__(self, document: Document, command: Command | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        fixed = tuple(command) if command is not None and not callable(command) else own_command()
        self._command: Callable[[], Sequence[str]] = command if callable(command) else lambda: fixed
        self._folder = Path(tempfile.mkdtemp(prefix="pivot-studio-"))
        self._count = 0
        self._made: list[Path] = []  # folders of conversions, the oldest first
        self._jobs: dict[str, Job] = {}
        self._serial = 0
        self._runs: dict[int, _Run] = {}
        self._ended: list[Job] = []
        self._found: dict[str, list[Problem]] = {}
        self._draft: Results | None = None  # what the conversion that runs has written and not proved yet
        self._verify_next = False
        self.automatic = True
        self.verify_options: tuple[str, ...] = ()
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.timeout.connect(lambda: self.convert())
        self._wait = 350
        self._ahead: _Conversion | None = None  # of the program that an edit being typed would lead to
        self._dropped: list[_Conversion] = []  # such ones that nobody asked for
        document.project_changed.connect(self._edited)
        document.edit_expected.connect(self._expect)

    def set_delay(self, milliseconds: int) -> None:
        """How long to wait after an edit that others may follow before converting."""
        self._wait = milliseconds

    @property
    def busy(self) -> bool:
        return bool(self._jobs) or self._delay.isActive()

    def convert(self, inputs: tuple[str, ...] = ()) -> None:
        """Convert the present program; a conversion that runs is given up. `inputs` stand in for unknown ones."""
        self._delay.stop()
        project = self._document.project
        if project is None:
            return
        self.cancel("convert")
        revision, asked = self._document.revision, _program(project, inputs)
        self._draft = None
        ahead = self._ahead if self._ahead is not None and self._ahead.project == asked else None
        if ahead is not None:
            self._ahead = None
        made = ahead or self._conversion(asked)
        folder = made.folder
        self._watch("convert", made.job, lambda outcome: self._converted(revision, project, folder, outcome))
        if ahead is None:
            made.job.start()
        self._begun("convert", revision)
        if ahead is not None:  # where this is called from, others are still to be told of the edit
            QTimer.singleShot(0, made.job.release)

    def _conversion(self, project: Project) -> _Conversion:
        """A run that converts a program, not started yet."""
        self._count += 1
        folder = self._folder / str(self._count)
        folder.mkdir()
        saved, out = folder / "project.pivot", folder / "out"
        saved.write_bytes(dumps(project, folder).encode("utf-8", "surrogateescape"))  # it need not outlive a crash
        # The target is wanted before it is proved; where there is nothing to be seen yet, the network before that.
        early = ("--sketch",) if self._document.results is None else ()
        command = ("convert", str(saved), "--to", project.target, "-o", str(out), "--json", "--draft", *early)
        return _Conversion(project, folder, self._job(command))

    def _expect(self, project: Project | None) -> None:
        """Begin with a program that an edit being typed would lead to; it is held back until the edit is made."""
        wanted = None
        present = self._document.project
        if project is not None and present is not None and self.automatic and self._document.results is not None:
            wanted = _program(project) if _program(project) != _program(present) else None
        if self._ahead is not None and self._ahead.project != wanted:
            self._drop()
        if wanted is not None and self._ahead is None:
            self._ahead = self._conversion(wanted)
            self._ahead.job.hold()
            self._ahead.job.start()

    def _drop(self) -> None:
        """The edit was not made: give up what was begun for it."""
        if self._ahead is not None:
            self._ahead.job.cancel()
            self._dropped.append(self._ahead)
            self._ahead = None

    def verify(self) -> None:
        """Verify the present program, after a conversion if the results are stale."""
        results = self._document.results
        if results is None or self._document.stale or results.directory is None:
            self._verify_next = True
            if "convert" not in self._jobs:
                self.convert()
            return
        self._verify_next = False
        self.cancel("verify")
        revision, directory = results.revision, results.directory
        self._start(
            "verify",
            revision,
            ("verify", str(directory), "--json", *self.verify_options),
            lambda outcome: self._verified(revision, directory, outcome),
        )

    def write_weights(self, checkpoint: Path, out: Path) -> None:
        """Carry a checkpoint over to the target of the present results."""
        results = self._document.results
        if results is None or results.directory is None:
            self.failed.emit("weights", "there is no conversion yet: convert first")
            return
        command = ("weights", str(checkpoint), "--with", str(results.directory), "-o", str(out), "--json")
        self._start("weights", results.revision, command, lambda outcome: self._weighed(out, outcome))

    def cancel(self, kind: str | None = None) -> None:
        """Give up one kind of work, or all."""
        for name in (kind,) if kind is not None else VERBS:
            job = self._jobs.pop(name, None)
            if job is not None:
                job.cancel()
        if kind is None:
            self._delay.stop()
            self._verify_next = False
        self._tell()

    def shut(self) -> None:
        """End every child and take the working folder away."""
        self._delay.stop()
        self._drop()
        for job in [*(run.job for run in self._runs.values()), *(dropped.job for dropped in self._dropped)]:
            job.stop()
        self._jobs.clear()
        self._ended.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, kind: str, revision: int, arguments: Sequence[str], ended: Callable[[Outcome], None]) -> None:
        job = self._job(arguments)
        self._watch(kind, job, ended)
        job.start()
        self._begun(kind, revision)

    def _job(self, arguments: Sequence[str]) -> Job:
        # Jobs that have ended are let go here, where none of them is still sending a signal.
        self._ended.clear()
        for dropped in [dropped for dropped in self._dropped if not dropped.job.running]:
            shutil.rmtree(dropped.folder, ignore_errors=True)
            self._dropped.remove(dropped)
        return Job((*self._command(), *arguments))

    def _watch(self, kind: str, job: Job, ended: Callable[[Outcome], None]) -> None:
        self._serial += 1
        serial = self._serial
        self._jobs[kind], self._found[kind] = job, []
        self._runs[serial] = _Run(kind, job, ended)
        # The slots know a number and not the job: a slot that held its own sender would free it while it dies.
        job.heard.connect(partial(self._on_event, serial))
        job.finished.connect(partial(self._on_end, serial))

    def _begun(self, kind: str, revision: int) -> None:
        """Tell that a job was started: once it runs, as what is drawn then would hold it up."""
        if kind in self._jobs:
            self._tell(JobState(kind, revision))

    def _on_event(self, serial: int, event: object) -> None:
        run = self._runs[serial]
        if self._jobs.get(run.kind) is not run.job:
            return
        match event:
            case Progress(step, done, total):
                state = self._document.jobs.get(run.kind)
                if state is not None:
                    self._tell(replace(state, step=step, done=done, total=total))
            case Found(problem):
                self._found[run.kind].append(problem)
            case Sketch(picture):
                state = self._document.jobs.get(run.kind)
                if state is not None and self._document.results is None:
                    with suppress(ValueError):  # the result says what is wrong
                        self._document.set_results(sketched_results(picture, state.revision))
            case Text(path, text):
                state = self._document.jobs.get(run.kind)
                if state is not None:
                    self._document.set_written(state.revision, path, text)
            case Draft() as draft:
                state = self._document.jobs.get(run.kind)
                if state is not None:
                    with suppress(ValueError):  # the result says what is wrong
                        self._draft = drafted_results(draft, state.revision, tuple(self._found[run.kind]))
                        self._document.set_results(self._draft)

    def _on_end(self, serial: int, outcome: Outcome) -> None:
        run = self._runs.pop(serial)
        if self._jobs.get(run.kind) is run.job:
            del self._jobs[run.kind]
            run.ended(outcome)
            self._tell()
        self._ended.append(run.job)

    def _converted(self, revision: int, project: Project, folder: Path, outcome: Outcome) -> None:
        problems = tuple(self._found["convert"])
        try:
            results = self._read(revision, folder, outcome, problems)
        except ValueError as error:
            why = f"the result cannot be read ({error})"
            results, problems = (
                None,
                (Problem("command", "error", project.source, 0, 0, why, "report this as a fault"),),
            )
        if results is not None:
            self._document.set_results(results)
            self._made.append(folder)
            while len(self._made) > KEPT + 1 and "verify" not in self._jobs:
                shutil.rmtree(self._made.pop(0), ignore_errors=True)
            if self._verify_next:
                self.verify()
            return
        known = () if project.inputs else self._known_inputs()
        if known and [problem.code for problem in problems] == ["input"]:
            # An edit broke the shapes that the inputs were guessed from: with those of before, it is told where.
            self.convert(known)
            return
        self._verify_next = False
        if not problems:
            problems = (_said(outcome, project.source),)
        self._document.set_failure(revision, problems)
        self.failed.emit("convert", str(problems[0]))

    def _known_inputs(self) -> tuple[str, ...]:
        """The inputs that the last conversion found or guessed."""
        directory = self._document.results.directory if self._document.results else None
        try:
            return load_project(directory / "project.pivot").inputs if directory is not None else ()
        except Refusal:
            return ()

    def _read(self, revision: int, folder: Path, outcome: Outcome, found: tuple[Problem, ...]) -> Results | None:
        if outcome.result is None:
            return None
        if not isinstance(outcome.result.record.get("picture"), dict):
            draft = self._draft
            return proved_results(draft, outcome.result, folder / "out", found) if draft is not None else None
        return conversion_results(outcome.result, revision, folder / "out", found)

    def _verified(self, revision: int, directory: Path, outcome: Outcome) -> None:
        record = outcome.result.record.get("report") if outcome.result is not None else None
        if isinstance(record, dict):
            self._document.set_report(revision, replace(read_report(record), page=str(directory / "report.html")))
            return
        fatal = [problem for problem in self._found["verify"] if problem.severity == "error"]
        problem = fatal[0] if fatal else _said(outcome, "")
        self._document.set_unverified(revision, problem)
        self.failed.emit("verify", problem.why)

    def _weighed(self, out: Path, outcome: Outcome) -> None:
        if outcome.status == 0 and not outcome.cancelled:
            self.weights_written.emit(str(out))
            return
        found = self._found["weights"]
        self.failed.emit("weights", str(found[0]) if found else _said(outcome, "").why)

    def _edited(self, before: Project | None, after: Project | None) -> None:
        expected = self._ahead is not None and after is not None and self._ahead.project == _program(after)
        if not expected:
            self._drop()
        # What may go on waits for its end, and so does what follows another edit while that is being converted.
        wait = 0 if expected or not (self._jobs.get("convert") or self._document.goes_on) else self._wait
        if after is None:
            self.cancel()
        elif before is None or before.source != after.source:
            self.cancel()
            self.convert()
        elif self._document.results is None or self._document.results.partial or self._document.stale:
            if self.automatic:
                self._delay.start(wait)
        elif self._document.results.pending:
            # Undo led back to what is being proved, or it was given up: then once more.
            self._delay.stop()
            state = self._document.jobs.get("convert")
            if self.automatic and (state is None or state.revision != self._document.revision):
                self._delay.start(wait)
        else:
            # Undo led back to the program that the results were made from: nothing is left to do.
            self._delay.stop()
            self.cancel("convert")
            self._drop()

    def _states(self) -> dict[str, JobState]:
        return {kind: state for kind, state in self._document.jobs.items() if kind in self._jobs}

    def _tell(self, state: JobState | None = None) -> None:
        states: Mapping[str, JobState] = self._states()
        self._document.set_jobs({**states, state.kind: state} if state is not None else states)


def _program(project: Project, inputs: tuple[str, ...] = ()) -> Project:
    """Only what the program depends on: a node dragged elsewhere must not make another file."""
    return replace(project, positions={}, inputs=project.inputs or inputs)


def _said(outcome: Outcome, file: str) -> Problem:
    """What a run that printed no problem said: its last line, or how it ended."""
    last = outcome.said.splitlines()[-1] if outcome.said else ""
    why = last or (f"the command ended with status {outcome.status}" if outcome.status >= 0 else "the command crashed")
    return Problem("command", "error", file, 0, 0, why, "see the log, or run the same command in a terminal")
