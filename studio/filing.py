"""Opening, saving, exporting: from what a person asks to what happens on disk, with every refusal told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pivot import edits
from pivot.atomic import write_atomic
from pivot.problems import Refusal, refuse
from pivot.project import is_project_file
from studio.chooser import Chooser
from studio.dialogs import Answer, Changed, ask_changed, ask_replace, ask_unsaved, tell
from studio.document import Document
from studio.examples import example_files
from studio.export import export, replaced
from studio.frameworks import target_for
from studio.problems import in_window
from studio.recovery import Recovered, discard
from studio.settings import Settings
from studio.translation import counted, tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_SUFFIXES = {".py", ".pivot", ".ipynb"}


class Filing:
    """The file commands of one window. `say` puts a line into the status bar; dialogs can be replaced for tests."""

    def __init__(self, window: QWidget, document: Document, settings: Settings, say: Callable[[str], None]) -> None:
        self._window = window
        self._document = document
        self._settings = settings
        self._say = say
        self.chooser = Chooser()
        self.ask_unsaved: Callable[[QWidget, str], Answer] = ask_unsaved
        self.ask_replace: Callable[[QWidget, Sequence[str], str], bool] = ask_replace
        self.ask_changed: Callable[[QWidget, str], Changed] = ask_changed
        self.tell: Callable[[QWidget, str, str, str], None] = tell

    def ask_open(self, folder: Path | None = None) -> Path | None:
        """The file that a person wants to open, from a folder on: if none is said, that of what is open."""
        project = self._document.project
        here = Path(project.source).parent if project is not None else Path.cwd()
        return self.chooser.source(self._window, folder or here)

    def open(self, path: Path) -> bool:
        """Open a source or a project in place of what is open; False when it was refused or given up."""
        if not self.may_leave():
            return False
        try:
            if is_project_file(path):
                self._document.open(path)  # it says itself what it is written in
            else:
                self._document.open(path, target_for(path, self._settings.text("default_target")))
        except Refusal as refusal:
            self._settings.drop_recent(str(path))
            self.refused(tr("This file cannot be opened"), refusal)
            return False
        self._settings.add_recent(str(path.absolute()))
        return True

    def new_network(self) -> bool:
        """Begin a network from nothing in place of what is open; False when that was not to be given up."""
        if not self.may_leave():
            return False
        from studio.editing.drawing import new_project  # a window opens without it

        count, path = 1, Path.cwd() / "network.py"
        while path.exists():
            count += 1
            path = path.with_name(f"network{count}.py")
        self._document.start(new_project(str(path)))
        self._say(tr("A new network: drop an operation on the wire, or press Enter on one in the list"))
        return True

    def save_source(self) -> bool:
        """Write the source with all edits to a file of its own; the project goes on as it is."""
        project = self._document.project
        if project is None:
            return False
        path = self.chooser.python(self._window, Path(project.source))
        text = self._document.text(project.source)
        if path is None or text is None:
            return False
        try:
            write_atomic(path, text.encode("utf-8", "surrogateescape"))
        except OSError as error:
            problem = refuse("save-source", str(path), 0, 0, error.strerror or str(error), "choose another place")
            self.refused(tr("The source was not saved"), problem)
            return False
        self._say(tr("Source written to {0}").format(path))
        return True

    def take_up(self, recovered: Recovered) -> bool:
        """Go on with work that a crash left behind; it stays on disk until it is saved or dropped."""
        try:
            self._document.start(recovered.project, recovered.path, saved=False)
        except Refusal as refusal:
            self.refused(tr("This work cannot be taken up"), refusal)
            return False
        discard(recovered)
        return True

    def may_leave(self) -> bool:
        """Whether the open project may be given up, after asking for unsaved work."""
        project = self._document.project
        if project is None or not self._document.modified:
            return True
        name = (self._document.path or Path(project.source)).name
        answer = self.ask_unsaved(self._window, name)
        return self.save() if answer == "save" else answer == "discard"

    def save(self) -> bool:
        return self.save_to(self._document.path) if self._document.path is not None else self.save_as()

    def save_as(self) -> bool:
        project = self._document.project
        if project is None:
            return False
        start = self._document.path or Path(project.source).with_suffix(".pivot")
        path = self.chooser.project(self._window, start)
        return path is not None and self.save_to(path)

    def save_to(self, path: Path) -> bool:
        """Save; where somebody else wrote the file meanwhile, a person says what is to become of that."""
        if self._document.overwrites(path):
            answer = self.ask_changed(self._window, path.name)
            if answer != "replace":
                return self.save_as() if answer == "save as" else False
        try:
            self._document.save(path)
        except Refusal as refusal:
            self.refused(tr("The project was not saved"), refusal)
            return False
        self._settings.add_recent(str(path.absolute()))
        self._say(tr("Saved {0}").format(path.name))
        return True

    def export(self) -> bool:
        """Write the conversion to a folder; what would be replaced is asked for first."""
        results, project = self._document.results, self._document.project
        if results is None or project is None:
            return False
        if results.pending and not self._document.stale:
            runs = "convert" in self._document.jobs
            said = tr("The target is still being proved.") if runs else tr("It was not proved.")
            self.tell(self._window, tr("Not exported"), said, tr("Wait for the conversion, or convert once more."))
            return False
        if results.directory is None:
            return False
        if self._document.stale:
            self.tell(
                self._window,
                tr("Not exported"),
                tr("The target was written for an earlier source."),
                tr("Convert first."),
            )
            return False
        out = self.chooser.folder(self._window, Path(project.source).parent)
        if out is None:
            return False
        in_the_way = [str(name) for name in replaced(results.directory, out)]
        if in_the_way and not self.ask_replace(self._window, in_the_way, str(out)):
            return False
        try:
            written = export(results.directory, out, project)
        except Refusal as refusal:
            self.refused(tr("The export stopped"), refusal)
            return False
        self._document.note_export()
        self._say(tr("Exported {0} to {1}").format(counted(len(written), "file"), out))
        return True

    def discard_edits(self) -> None:
        """Go back to the texts on disk: one undo step."""
        project = self._document.project
        for path in project.texts if project is not None else ():
            project = edits.drop_text(project, path) if project is not None else None
        if project is not None:
            self._document.edit("discard edits", project)

    def examples(self) -> tuple[Path, ...]:
        """The example models that come with the application."""
        return example_files()

    def accepts(self, path: Path) -> bool:
        """Whether a file that is held over the window can be opened, by its name; of a folder, one is chosen."""
        return path.suffix.lower() in _SUFFIXES or path.is_dir()

    def refused(self, title: str, refusal: Refusal) -> None:
        """Tell a refusal with its place and remedy."""
        problem = refusal.problem
        place = f"{problem.file}:{problem.line}: " if problem.line else f"{problem.file}: " if problem.file else ""
        remedy = in_window(problem.remedy)
        self.tell(self._window, title, f"{place}{problem.why}.", f"{remedy[:1].upper()}{remedy[1:]}.")
