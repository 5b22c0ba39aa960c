"""Texts of the files of a project as they were read from disk, and how two texts differ. No Qt here."""

from __future__ import annotations

import os
from difflib import SequenceMatcher
from pathlib import Path

from pivot.problems import Refusal


class Texts:
    """Reads each file once, so that every place refers to one and the same text until `forget`."""

    def __init__(self) -> None:
        self._texts: dict[str, str | None] = {}
        self._local: dict[tuple[str, str], str] = {}

    def read(self, path: str) -> str:
        """The text of a file; raises Refusal."""
        text = _load(path)
        self._texts[path] = text
        return text

    def known(self, path: str) -> str | None:
        """The text of a file, read now if it was not before; None if it cannot be read."""
        if path not in self._texts:
            try:
                self.read(path)
            except Refusal:
                self._texts[path] = None
        return self._texts[path]

    def forget(self) -> None:
        """Read every file again when it is asked for."""
        self._texts.clear()

    def outdated(self) -> tuple[str, ...]:
        """The files that hold something else now; a file that is gone counts."""
        return tuple(path for path, text in self._texts.items() if _present(path) != text)

    def local(self, file: str, source: str) -> str:
        """The absolute path of a file that may be named relative to the source, or only by its last name."""
        if not file or file == source or file in self._texts:
            return file
        found = self._local.get((file, source))
        if found is None:
            found = self._local[file, source] = _absolute(file, source)
        return found


def _absolute(file: str, source: str) -> str:
    if os.path.isabs(file):
        return os.path.normpath(file)
    if Path(file).name == Path(source).name and not os.path.dirname(file):
        return source
    return os.path.normpath(os.path.join(os.path.dirname(source), file))


def changed_lines(old: str, new: str) -> frozenset[int]:
    """Lines of `new`, from 1, that are not in `old` at their place; a deletion marks the line that follows it."""
    if old == new:
        return frozenset()
    before, after = old.split("\n"), new.split("\n")
    marked: set[int] = set()
    for tag, _, _, start, end in SequenceMatcher(None, before, after, autojunk=len(after) > 3_000).get_opcodes():
        if tag != "equal":
            marked.update(range(start + 1, max(end, start + 1) + 1))
    return frozenset(line for line in marked if line <= len(after))


def _present(path: str) -> str | None:
    try:
        return _load(path)
    except Refusal:
        return None


def _load(path: str) -> str:
    """The text of a source file; the reader is not loaded before a file is. Raises Refusal."""
    from pivot.reading.source import load

    return load(path).text
