"""What a person has seen of the written targets: texts that were accepted, texts that were exported. No Qt here."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import PurePath

from studio.texts import changed_lines


class TargetState:
    """Knows per target file; files are told apart by their names, as the folders of conversions come and go."""

    def __init__(self) -> None:
        self._accepted: dict[str, str] = {}
        self._exported: dict[str, str] = {}

    def wrote(self, path: str, text: str) -> frozenset[int]:
        """A conversion wrote a target: its lines that differ from what was accepted. The first text of a file is."""
        return changed_lines(self._accepted.setdefault(_name(path), text), text)

    def accept(self, path: str, text: str) -> None:
        """What is written now is what later texts are compared with."""
        self._accepted[_name(path)] = text

    def exported(self, path: str, text: str) -> None:
        """The text was written to a folder of a person's."""
        self._exported[_name(path)] = text
        self.accept(path, text)

    def has_export(self, path: str) -> bool:
        """Was the file exported since the project was opened?"""
        return _name(path) in self._exported

    def difference(self, path: str, text: str) -> str:
        """The unified difference from the last export; before any from what was accepted. "" where there is none."""
        name = _name(path)
        old = self._exported.get(name, self._accepted.get(name, text))
        label = "exported" if name in self._exported else "accepted"
        lines = unified_diff(old.splitlines(), text.splitlines(), f"{name} ({label})", f"{name} (now)", lineterm="")
        return "\n".join(lines)


def _name(path: str) -> str:
    return PurePath(path).name
