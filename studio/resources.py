"""Where the data files are: in the repository, in an installation, or inside a frozen application."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path


@cache
def resources() -> Path:
    """The folder of icons, themes, settings and examples; raises FileNotFoundError when the installation is broken."""
    bundle = getattr(sys, "_MEIPASS", None)
    places = [Path(bundle) / "resources"] if isinstance(bundle, str) else []
    places += [Path(__file__).resolve().parent.parent / "resources", Path(sys.prefix) / "share/pivot-studio/resources"]
    for place in places:
        if (place / "theme.toml").is_file():
            return place
    raise FileNotFoundError(f"the data folder is in none of: {', '.join(map(str, places))}")


def resource(name: str) -> Path:
    """One data file or folder by its path below the data folder."""
    return resources() / name
