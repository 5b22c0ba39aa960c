"""Writing what a conversion made to a folder a person chose, each file atomically. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pivot.atomic import write_atomic
from pivot.problems import refuse
from pivot.project import Project, dumps


def plan(directory: Path) -> tuple[Path, ...]:
    """The files of a conversion, relative to its folder; links and caches stay behind."""
    found = [path for path in sorted(directory.rglob("*")) if path.is_file() and not path.is_symlink()]
    return tuple(path.relative_to(directory) for path in found if "__pycache__" not in path.parts)


def replaced(directory: Path, out: Path) -> tuple[Path, ...]:
    """The files that are in the way and differ, relative to the folder."""
    return tuple(name for name in plan(directory) if (out / name).exists() and not _equal(directory / name, out / name))


def export(directory: Path, out: Path, project: Project) -> tuple[Path, ...]:
    """Copy a conversion; the project file is written anew so that it names the source and not a working copy.

    Raises Refusal at the first file that cannot be written: that file and those after it are then as they were.
    """
    written: list[Path] = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in plan(directory):
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            made: Mapping[str, str] = {"project.pivot": dumps(project, out.absolute())}
            text = made.get(name.as_posix())
            content = (directory / name).read_bytes() if text is None else text.encode("utf-8", "surrogateescape")
            write_atomic(out / name, content)
            written.append(out / name)
    except OSError as error:
        place = str(error.filename or out)
        why = f"could not be written ({error.strerror or error})"
        raise refuse("export", place, 0, 0, why, "free some space or choose another folder") from None
    return tuple(written)


def _equal(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
    except OSError:
        return False
