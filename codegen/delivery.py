"""Putting the files of a conversion into a folder: all of them or none, and what was there before stays whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pivot.problems import Refusal, refuse

REMEDY = "free some space or choose another folder with -o"


class Stage:
    """New files, gathered in a hidden folder inside the destination until all of them are complete."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: list[str] = []

    def path(self, name: str) -> Path:
        """Where to write the file that will be called `name`."""
        if name not in self.names:
            self.names.append(name)
        return self.folder / name

    def write(self, name: str, text: str) -> None:
        """Stage a text as UTF-8. Raises OSError."""
        with self.path(name).open("wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def delivery(directory: Path) -> Iterator[Stage]:
    """Stage files in the block; at its end they replace those of the same names in `directory`.

    Whatever goes wrong, in the block or while files are replaced, the folder is as it was before; a folder that had to
    be made is gone again. Raises Refusal where the disk or the rights do not allow it.
    """
    made = missing_folders(directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".pivot-", dir=directory))
    except OSError as error:
        remove_empty(made)
        raise unwritable(directory, error) from None
    try:
        stage = Stage(folder)
        yield stage
        replace_all(stage, directory)
        shutil.rmtree(folder, ignore_errors=True)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        remove_empty(made)
        if isinstance(error, OSError):
            raise unwritable(directory, error) from None
        raise


def replace_all(stage: Stage, directory: Path) -> None:
    """Move every staged file to its place; if one cannot be moved, those before it are taken back."""
    old = stage.folder / "old"
    old.mkdir()
    kept = [name for name in stage.names if (directory / name).exists()]
    for name in kept:
        keep(directory / name, old / name)
    moved: list[str] = []
    try:
        for name in stage.names:
            os.replace(stage.folder / name, directory / name)
            moved.append(name)
    except BaseException:
        for name in moved:
            if name in kept:
                shutil.move(old / name, directory / name)
            else:
                (directory / name).unlink(missing_ok=True)
        raise


def keep(file: Path, copy: Path) -> None:
    """A second name for a file, or a copy where the file system knows no second names."""
    try:
        os.link(file, copy)
    except OSError:
        shutil.copy2(file, copy)


def missing_folders(directory: Path) -> list[Path]:
    """The folders that have to be made, the innermost first."""
    found: list[Path] = []
    for folder in (directory, *directory.parents):
        if folder.exists():
            break
        found.append(folder)
    return found


def remove_empty(folders: list[Path]) -> None:
    """Take back folders that were made and hold nothing."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def unwritable(directory: Path, error: OSError) -> Refusal:
    """The one line that says what went wrong."""
    place = str(error.filename or directory)
    if Path(place).name.startswith(".") or str(directory) in place:
        place = str(directory)
    return refuse("write", place, 0, 0, f"could not be written ({error.strerror or error})", REMEDY)
