"""Settings keep what is valid, whatever the store holds."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QByteArray, QSettings
from pytestqt.qtbot import QtBot

from studio.settings import VERSION, Settings, setting_table


def test_every_default_is_valid() -> None:
    for setting in setting_table().values():
        assert setting.valid(setting.default) == setting.default
        assert setting.text


def test_a_change_is_kept_and_told_once(qtbot: QtBot) -> None:
    settings = Settings()
    with qtbot.waitSignal(settings.changed) as told:
        settings.set("theme", "dark")
    assert told.args == ["theme"]
    with qtbot.assertNotEmitted(settings.changed):
        settings.set("theme", "dark")
    assert Settings().text("theme") == "dark"


@pytest.mark.parametrize(
    ("name", "kept", "read"),
    [("theme", "pink", "system"), ("code_px", "999", 28), ("code_px", "big", 13), ("convert_on_edit", "perhaps", True)],
)
def test_nonsense_in_the_store_is_not_believed(name: str, kept: str, read: object) -> None:
    QSettings().setValue(f"settings/{name}", kept)
    settings = Settings()
    assert {"bool": settings.flag, "int": settings.number, "choice": settings.text, "text": settings.text}[
        setting_table()[name].kind
    ](name) == read


def test_a_store_of_a_newer_version_is_not_used() -> None:
    Settings().set("theme", "dark")
    QSettings().setValue("version", VERSION + 1)
    assert Settings().text("theme") == "system"


def test_recent_files_are_ordered_unique_and_few() -> None:
    settings = Settings()
    settings.set("recent_files", 3)
    for name in ("a", "b", "c", "a", "d"):
        settings.add_recent(name)
    assert settings.recent() == ("d", "a", "c")
    settings.drop_recent("a")
    assert settings.recent() == ("d", "c")
    settings.drop_recent("c")
    assert settings.recent() == ("d",)


def test_window_state_is_bytes() -> None:
    settings = Settings()
    assert settings.bytes("panels").isEmpty()
    settings.set_bytes("panels", QByteArray(b"x\0y"))
    assert Settings().bytes("panels").data() == b"x\0y"
    QSettings().setValue("state/panels", 3)
    assert Settings().bytes("panels").isEmpty()
