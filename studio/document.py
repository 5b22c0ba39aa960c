"""What the window is about: history of the project, selection, results. Views know this and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from pivot import edits
from pivot.decisions import Decision
from pivot.history import History, ProjectKeeper, project_cost
from pivot.problems import Problem, Refusal
from pivot.project import Project, is_project_file, load_project, save_project
from studio.following import Followed
from studio.links import Links
from studio.literals import with_literal
from studio.moves import Moves
from studio.picture import Param, Span
from studio.problems import in_order
from studio.report import Report
from studio.results import KEPT, JobState, Results, Written
from studio.selection import NOTHING, Selection
from studio.target_state import TargetState
from studio.texts import Texts

if TYPE_CHECKING:
    from codegen.mapping.call import Call


class Document(QObject):
    """One open project. `revision` is the same number whenever the program of the project is the same."""

    project_changed = Signal(object, object)
    selection_changed = Signal()
    results_changed = Signal()
    written_changed = Signal()
    jobs_changed = Signal()
    edit_expected = Signal(object)
    mapping_wanted = Signal(str, str)
    hovered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history: History[Project] | None = None
        self._saved: Project | None = None
        self._revisions: dict[bytes, int] = {}
        self._numbered: tuple[Project, int] | None = None
        self._texts = Texts()
        self._moves = Moves()
        self._fresh: int | None = None  # the revision whose newcomers are to be selected
        self.path: Path | None = None
        self.selection = NOTHING
        self.results: Results | None = None
        self._kept: dict[int, Results] = {}
        self._written: Written | None = None
        self.targets = TargetState()
        self.changed_target_lines: frozenset[int] = frozenset()
        self.report: Report | None = None
        self.report_revision = 0
        self.failure: tuple[int, tuple[Problem, ...]] | None = None
        self.unverified: tuple[int, Problem] | None = None  # why the last verification came to no report
        self.jobs: Mapping[str, JobState] = {}

    # -- the project

    @property
    def project(self) -> Project | None:
        return self._history.present if self._history is not None else None

    @property
    def revision(self) -> int:
        """Names the program of the project; 0 while nothing is open."""
        if self.project is None:
            return 0
        if self._numbered is None or self._numbered[0] is not self.project:
            # A digest, as the texts of a long history must not all be kept.
            key = blake2b(repr(self.project.program_key()).encode("utf-8", "surrogatepass")).digest()
            self._numbered = self.project, self._revisions.setdefault(key, len(self._revisions) + 1)
        return self._numbered[1]

    @property
    def modified(self) -> bool:
        """Whether there is anything that saving would keep."""
        return self.project is not None and self.project != self._saved

    def open(self, path: Path, target: str = "keras") -> None:
        """Open a source file or a saved project; raises Refusal, and then what was open stays open."""
        path = path.absolute()
        if is_project_file(path):
            self.start(load_project(path), path)
        else:
            self.start(Project(source=str(path), target=target))

    def start(self, project: Project, path: Path | None = None, *, saved: bool = True) -> None:
        """Begin a new history; raises Refusal when the source cannot be read and no edited text stands in for it."""
        texts = Texts()
        if project.source not in project.texts:
            texts.read(project.source)
        before = self.project
        self._history, self._saved, self.path = (
            History(project, keeper=ProjectKeeper()),
            project if saved else None,
            path,
        )
        self._texts, self._revisions, self._moves, self._fresh = texts, {}, Moves(), None
        self._numbered = None
        self.results = self.report = self.failure = self.unverified = None
        self.targets, self.changed_target_lines, self._kept = TargetState(), frozenset(), {}
        self._written = None
        self._set_selection(NOTHING)
        self.project_changed.emit(before, project)
        self.results_changed.emit()

    def close(self) -> None:
        """Back to the opening page."""
        before, self._history, self._saved, self.path = self.project, None, None, None
        self.results = self.report = self.failure = self.unverified = self._written = None
        self._set_selection(NOTHING)
        self.project_changed.emit(before, None)
        self.results_changed.emit()

    def overwrites(self, path: Path) -> bool:
        """Whether saving there would take away what somebody else saved since it was opened or saved here."""
        if path != self.path or self._saved is None or not path.exists():
            return False
        try:
            return load_project(path) != self._saved
        except Refusal:
            return True

    def save(self, path: Path) -> None:
        """Save the project; raises Refusal, and then it still counts as modified."""
        if self.project is None:
            return
        save_project(self.to_keep() or self.project, path)
        self.path, self._saved = path, self.project
        self.project_changed.emit(self.project, self.project)

    def to_keep(self) -> Project | None:
        """The project as it is saved: with the names of the edits that led to it."""
        if self.project is None or self._history is None:
            return None
        return replace(self.project, history=(*self.project.history, *(step.label for step in self._history.done)))

    def edit(self, label: str, project: Project, merge: str | None = None) -> None:
        """One undo step; `merge` joins it to the step before when both have the same key."""
        if self._history is not None:
            cost = project_cost(self._history.present, project)
            self._go(self._history.push(label, project, merge=merge, cost=cost))

    def select_fresh(self) -> None:
        """What the last edit brought is selected, once it is there."""
        self._fresh = self.revision

    def expect(self, project: Project | None) -> None:
        """An edit is being typed that would lead to this program: what it takes may be done ahead. None: no more."""
        self.edit_expected.emit(project)

    @property
    def goes_on(self) -> bool:
        """May the next edit join the last one: a person who types, or drags?"""
        history = self._history
        return history is not None and bool(history.done) and history.done[-1].merge is not None

    def seal(self) -> None:
        """The gesture ended: what follows is a step of its own."""
        if self._history is not None:
            self._history = self._history.sealed()

    def undo(self) -> None:
        if self._history is not None:
            self._go(self._history.undo())

    def redo(self) -> None:
        if self._history is not None:
            self._go(self._history.redo())

    @property
    def undo_label(self) -> str | None:
        return self._history.undo_label if self._history else None

    @property
    def redo_label(self) -> str | None:
        return self._history.redo_label if self._history else None

    def steps(self) -> tuple[tuple[str, ...], int]:
        """The labels of all edits, the oldest first, and how many of them are done now."""
        history = self._history
        if history is None:
            return (), 0
        return (*(s.label for s in history.done), *(s.label for s in reversed(history.undone))), len(history.done)

    def go_to_step(self, number: int) -> None:
        """Undo or redo until so many edits are done."""
        history = self._history
        if history is None:
            return
        while number < len(history.done):
            history = history.undo()
        while number > len(history.done) and history.undone:
            history = history.redo()
        self._go(history)

    # -- texts

    def files(self) -> tuple[str, ...]:
        """The source file first, then the other files that were read for it."""
        if self.project is None:
            return ()
        picture = self.results.picture if self.results else None
        read = [self.local(file) for file in picture.source.files] if picture else []
        return tuple(dict.fromkeys((self.project.source, *self.project.texts, *read)))

    def text(self, file: str) -> str | None:
        """The text of a file as it is now: edited, or as on disk; None if it cannot be read."""
        if self.project is None:
            return None
        path = self.local(file)
        return self.project.texts.get(path, self._texts.known(path))

    def on_disk(self, file: str) -> str | None:
        """The text of a file as it was read from disk."""
        return self._texts.known(self.local(file))

    def local(self, file: str) -> str:
        """The path of a file that a span or a problem names, which may be relative to the source's folder."""
        return self._texts.local(file, self.project.source if self.project else "")

    def outdated_files(self) -> tuple[str, ...]:
        """Files whose content on disk is no longer what was read."""
        return self._texts.outdated()

    def reload(self) -> None:
        """Read the files again; edited texts stay. The same program on other files is another revision."""
        before = {path: self.text(path) for path in self.files()}
        self._texts.forget()
        self._revisions = {b"before %d" % number: number for number in range(len(self._revisions) + 1)}
        self._numbered = None
        self._kept.clear()
        self._follow_texts(before)
        if self.project is not None:
            self.project_changed.emit(self.project, self.project)

    def now(self, span: Span) -> Span | None:
        """Where a span of the picture stands in the present text; None where an edit took it away."""
        old, new = self._picture_text(span.file), self.text(span.file)
        place = span if old is None or new is None or old == new else self._moves.now(self.local(span.file), span)
        return None if place is None else Span(span.file, place.line, place.column, place.end_line, place.end_column)

    def _picture_text(self, file: str) -> str | None:
        files = self.results.picture.source.files if self.results and self.results.picture else {}
        return files.get(file)

    def _follow_texts(self, before: Mapping[str, str | None]) -> None:
        """Remember how the texts changed, so that places of the picture can be found in them."""
        for path, old in before.items():
            new = self.text(path)
            if old is not None and new is not None and old != new:
                self._moves.add(path, old, new)
        self._moves.reach(self.revision)

    def literal(self, span: Span) -> str | None:
        """What stands at a span of the picture in the present text."""
        place, text = self.now(span), self.text(span.file)
        return edits.text_at(text, place) if place is not None and text is not None else None

    def write_literal(self, params: Sequence[Param], text: str) -> None:
        """Write another literal wherever the parameter of one or more nodes was written; raises Refusal.

        It is one undo step, called "kernel 3 → 5" after the first place; a place that several nodes share counts once.
        """
        if self.project is not None:
            project, label = with_literal(self, params, text)
            self.edit(label, project)

    def type_text(self, file: str, place: edits.Place, text: str) -> None:
        """A person typed in the source pane; typing on one line is one undo step until it is sealed."""
        if self.project is None:
            return
        path = self.local(file)
        whole = self.text(path) or ""
        if "\r\n" in whole:
            text = text.replace("\n", "\r\n")
        project = edits.replace_span(self.project, path, place, text, self.on_disk(path))
        self.edit(f"typing in {Path(path).name}", project, f"typing {path} {place.line}")

    # -- mapping by hand

    def ask_mapping(self, node: str, op: str = "") -> None:
        """A person wants to say what the call of a node means, perhaps an op; the window asks for the rest."""
        self.mapping_wanted.emit(node, op)

    def decide(self, decision: Decision) -> None:
        """One undo step: what a call means from now on."""
        if self.project is not None:
            self.edit(decision.title, edits.decide(self.project, decision))

    def undecide(self, call: Call) -> None:
        """One undo step: what was decided about a call holds no longer."""
        if self.project is not None:
            taken = edits.undecide(self.project, (call.spelling, call.name), call.where)
            self.edit(f"take back the mapping of {call.short}", taken)

    # -- selection

    def select(self, nodes: tuple[str, ...] = (), modules: tuple[str, ...] = (), origin: str = "") -> None:
        """Select nodes and modules of the picture."""
        links = self.results.links if self.results else Links()
        self._set_selection(links.of_both(nodes, modules, origin))

    def select_source(self, file: str, line: int, column: int) -> None:
        """Select what a place of the present source text stands for."""
        self._set_selection(self.at_source(file, line, column))

    def at_source(self, file: str, line: int, column: int) -> Selection:
        """What a place of the present source text stands for."""
        links = self.results.links if self.results else Links()
        names = {self.local(name): name for name in (links.picture.source.files if links.picture else ())}
        name = names.get(self.local(file), file)
        new, old = self.text(file), self._picture_text(name)
        if old is not None and new is not None and old != new:
            place = self._moves.before(self.local(file), Span(file, line, column, line, column))
            if place is None:
                return NOTHING
            line, column = place.line, place.column
        return links.at_source(name, line, column)

    def select_target(self, line: int, column: int) -> None:
        """Select what a place of the target text was written for."""
        if self.results is not None:
            self._set_selection(self._at_target(line, column))

    def _at_target(self, line: int, column: int) -> Selection:
        assert self.results is not None
        if self.written is not None:
            return NOTHING  # what belongs to its lines is not known yet
        links = self.results.links
        names = {item.target.file for item in links.links if item.target}
        name = self.results.target_path if self.results.target_path in names else next(iter(names), "")
        return links.at_target(name, line, column)

    def hover_source(self, file: str, line: int, column: int) -> None:
        """The pointer is over a place of the source: its nodes light up; line 0 is nowhere."""
        self.hovered.emit(self.at_source(file, line, column).nodes if line else ())

    def hover_target(self, line: int, column: int) -> None:
        """The pointer is over a place of the target text; line 0 is nowhere."""
        self.hovered.emit(self._at_target(line, column).nodes if line and self.results is not None else ())

    def go_to(self, file: str, line: int, column: int = 1, origin: str = "problems") -> None:
        """Show a place of the source, with what it stands for if it stands for anything."""
        self.select_source(file, line, column)
        found, place = self.selection, Span(file, line, column, line, column)
        self._set_selection(Selection(found.nodes, found.modules, found.source, found.target, place, origin))

    def _set_selection(self, selection: Selection) -> None:
        if selection != self.selection:
            self.selection = selection
            self.selection_changed.emit()

    # -- results

    @property
    def stale(self) -> bool:
        """Whether the results were made from another program than the present one."""
        return self.results is not None and self.results.revision != self.revision

    @property
    def report_stale(self) -> bool:
        return self.report is not None and self.report_revision != self.revision

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What the last run said, in order of weight."""
        if self.failure is not None and (self.results is None or self.failure[0] == self.revision):
            return in_order(self.failure[1])
        return in_order(self.results.problems) if self.results else ()

    def set_results(self, results: Results) -> None:
        """A conversion ended well enough to have something to show."""
        self._take_over(results)
        self._tell_results()

    @property
    def written(self) -> Written | None:
        """The target of the present program, where there is no more of its results than that."""
        found, results = self._written, self.results
        if found is None or found.revision != self.revision:
            return None
        known = results is not None and results.revision == found.revision and not results.partial
        return None if known else found

    def set_written(self, revision: int, path: str, text: str) -> None:
        """A conversion has written its target; the rest of the results follows."""
        changed = self.targets.wrote(path, text) if self.results is not None else frozenset[int]()
        self._written = Written(revision, path, text, changed)
        self.written_changed.emit()

    def accept_target(self) -> None:
        """The lines that changed were looked at: from now on only later changes are marked."""
        if self.results is not None:
            self.targets.accept(self.results.target_path, self.results.target_text)
            self.changed_target_lines = frozenset()
            self.results_changed.emit()

    def note_export(self) -> None:
        """The target was exported as it is: what follows is compared with that."""
        if self.results is not None:
            self.targets.exported(self.results.target_path, self.results.target_text)
            self.changed_target_lines = frozenset()
            self.results_changed.emit()

    def set_failure(self, revision: int, problems: tuple[Problem, ...]) -> None:
        """A conversion ended with nothing to show; what was there before stays, and is stale."""
        self.failure = (revision, problems)
        if self._written is not None and self._written.revision == revision:
            self._written = None
        self.results_changed.emit()

    def set_report(self, revision: int, report: Report) -> None:
        self.report, self.report_revision, self.unverified = report, revision, None
        self.results_changed.emit()

    def set_unverified(self, revision: int, problem: Problem) -> None:
        """A verification came to no report: a report that was there before stays, but it is not of this run."""
        self.unverified = (revision, problem)
        self.results_changed.emit()

    @property
    def unverified_why(self) -> Problem | None:
        """Why the program as it is now could not be verified."""
        return self.unverified[1] if self.unverified is not None and self.unverified[0] == self.revision else None

    def set_jobs(self, jobs: Mapping[str, JobState]) -> None:
        if jobs != self.jobs:
            self.jobs = dict(jobs)
            self.jobs_changed.emit()

    def _go(self, history: History[Project]) -> None:
        if self._history is None or history is self._history:
            return
        before, texts = self._history.present, {path: self.text(path) for path in self.files()}
        self._history = history
        if before != history.present:
            self._follow_texts(texts)
            kept = self._kept_results()
            if kept is not None:
                self._take_over(kept)
            self.project_changed.emit(before, history.present)
            if kept is not None:
                self._tell_results()

    def _kept_results(self) -> Results | None:
        """What was made of the present program before an undo or a switch of the target led back to it."""
        kept = self._kept.get(self.revision) if self.stale else None
        if kept is None or (kept.directory is not None and not kept.directory.is_dir()):
            return None
        return kept

    def _take_over(self, results: Results) -> None:
        if not results.partial:
            self.changed_target_lines = self.targets.wrote(results.target_path, results.target_text)
            self._kept.pop(results.revision, None)
            if not results.pending:
                self._kept[results.revision] = results
            for old in list(self._kept)[:-KEPT]:
                del self._kept[old]
        self._follow_selection(results)
        self.results, self.failure = results, None
        if not results.partial:
            self._written = None
        self._moves.forget_until(results.revision)

    def _follow_selection(self, results: Results) -> None:
        """What is selected is found again in another picture, or what an edit brought is selected; told later."""
        old, new, chosen = self.results.picture if self.results else None, results.picture, self.selection
        fresh, self._fresh = results.revision == self._fresh, None if results.revision == self._fresh else self._fresh
        if old is None or new is None or old is new or not (fresh or chosen.nodes or chosen.modules):
            return
        followed = Followed(old, new)
        nodes, modules = followed.fresh() if fresh else ((), ())
        if not nodes and not modules:
            nodes, modules = followed.nodes(chosen.nodes), followed.modules(chosen.modules)
        if (nodes, modules) != (chosen.nodes, chosen.modules):
            self.selection = replace(chosen, nodes=nodes, modules=modules, origin="followed")

    def _tell_results(self) -> None:
        chosen = self.selection
        self.results_changed.emit()
        if self.results is not None and (chosen.nodes or chosen.modules):
            self._set_selection(self.results.links.of_both(chosen.nodes, chosen.modules, chosen.origin))
