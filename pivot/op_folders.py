"""Where op files of one's own lie: the user's folder, and one beside the source that belongs to its project."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PROJECT_FOLDER = "pivot_ops"
VARIABLE = "PIVOT_STUDIO_OPS"


def user_folder() -> Path:
    """The folder of the user's op files; the environment variable PIVOT_STUDIO_OPS names another one."""
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given)
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    return base / "pivot-studio" / "ops"


def project_folder(source: Path) -> Path:
    """The folder of op files that goes with a source file."""
    return source.absolute().parent / PROJECT_FOLDER


def own_folders(source: Path) -> tuple[Path, ...]:
    """The folders that are there, the user's first: what stands in a later one counts."""
    return tuple(folder for folder in (user_folder(), project_folder(source)) if folder.is_dir())
