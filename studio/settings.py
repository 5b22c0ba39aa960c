"""Settings: a table in settings.toml gives name, type, default and text; QSettings keeps what a person changed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

from studio.resources import resource

VERSION = 1


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of settings.toml; `kind` is bool, int, choice, font, text or program (text that names one).

    `titles` are what people read for `choices`; `unit` stands behind a number.
    """

    name: str
    group: str
    kind: str
    default: bool | int | str
    text: str
    hint: str
    choices: tuple[str, ...] = ()
    minimum: int = 0
    maximum: int = 1_000_000
    titles: tuple[str, ...] = ()
    unit: str = ""

    def valid(self, value: object) -> bool | int | str:
        """The value if it is one this setting may have, else the default: a settings file can hold anything."""
        match self.kind:
            case "bool":
                return (
                    value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value), self.default)
                )
            case "int":
                try:
                    number = int(str(value))
                except ValueError:
                    return self.default
                return min(max(number, self.minimum), self.maximum)
            case "text" | "program" | "font":
                return value if isinstance(value, str) else self.default
        return str(value) if str(value) in self.choices else self.default


@cache
def setting_table() -> Mapping[str, Setting]:
    """The settings by name, in the order of the file."""
    with resource("settings.toml").open("rb") as file:
        table = tomllib.load(file)
    return MappingProxyType(
        {
            name: Setting(
                name,
                row["group"],
                row["type"],
                row["default"],
                row["text"],
                row["hint"],
                tuple(row.get("choices", ())),
                row.get("minimum", 0),
                row.get("maximum", 1_000_000),
                tuple(row.get("titles", ())),
                row.get("unit", ""),
            )
            for name, row in table.items()
        }
    )


class Settings(QObject):
    """Typed access to what is kept between sessions; `changed` names the setting that got a new value."""

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = QSettings()
        if self._number("version") > VERSION:
            # A newer version wrote this store: what it means by a name is not known here, so nothing of it is used.
            self._store.clear()
        self._store.setValue("version", VERSION)

    def flag(self, name: str) -> bool:
        return bool(self._value(name))

    def number(self, name: str) -> int:
        return int(self._value(name))

    def text(self, name: str) -> str:
        return str(self._value(name))

    def set(self, name: str, value: bool | int | str) -> None:
        """Keep a new value; raises KeyError for a setting that the table does not have."""
        valid = setting_table()[name].valid(value)
        if valid != self._value(name):
            self._store.setValue(f"settings/{name}", valid)
            self.changed.emit(name)

    def recent(self) -> tuple[str, ...]:
        """The files opened last, newest first."""
        value = self._store.value("recent")
        names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return tuple(name for name in names if isinstance(name, str) and name)[: self.number("recent_files")]

    def add_recent(self, path: str) -> None:
        """Put a file at the head of the recent ones."""
        names = [path, *(name for name in self.recent() if name != path)]
        self._store.setValue("recent", names[: self.number("recent_files")])

    def drop_recent(self, path: str) -> None:
        """Forget a file that is gone."""
        self._store.setValue("recent", [name for name in self.recent() if name != path])

    def session(self) -> tuple[str, ...]:
        """The files that were open last."""
        value = self._store.value("session")
        names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return tuple(name for name in names if isinstance(name, str) and name)

    def set_session(self, names: Sequence[str]) -> None:
        """Remember which files are open; on disk at once, for nobody knows when a process ends."""
        if tuple(names) != self.session():
            self._store.setValue("session", list(names))
            self._store.sync()

    @property
    def toured(self) -> bool:
        """Whether the tour was shown, or declined."""
        return str(self._store.value("toured", "")).lower() == "true"

    def set_toured(self) -> None:
        self._store.setValue("toured", True)

    def bytes(self, name: str) -> QByteArray:
        """A saved state of the window, empty if there is none."""
        value = self._store.value(f"state/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_bytes(self, name: str, value: QByteArray) -> None:
        self._store.setValue(f"state/{name}", value)

    def sync(self) -> None:
        """Write to disk now."""
        self._store.sync()

    def _value(self, name: str) -> bool | int | str:
        setting = setting_table()[name]
        value = self._store.value(f"settings/{name}")
        return setting.default if value is None else setting.valid(value)

    def _number(self, name: str) -> int:
        value = str(self._store.value(name, "0"))
        return int(value) if value.isdigit() else 0
