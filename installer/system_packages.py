"""Finds, and on Debian as root installs, the system libraries that Qt loads.

Standard library only: it runs before anything is installed. `core` is what a window needs even when it is drawn
offscreen (tests, screenshots); `window` is what an X11 or Wayland display needs in addition.

Usage: python installer/system_packages.py [--check]

Exit status: 0 everything of `core` is there; 1 it is not, and one line on stderr names what is missing.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

CORE = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libzstd.so.1": "libzstd1",
}
WINDOW = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
FONT_PACKAGE = "fonts-dejavu-core"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


def loads(library: str) -> bool:
    """Whether the dynamic loader finds the library; the only test that no packaging system can get wrong."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Whether any outline font is installed: without one Qt draws empty boxes."""
    return any(
        next(Path(folder).expanduser().rglob(pattern), None) is not None
        for folder in FONT_FOLDERS
        for pattern in ("*.ttf", "*.otf")
    )


def missing(table: dict[str, str]) -> list[str]:
    """Names of the packages whose library does not load."""
    return [package for library, package in table.items() if not loads(library)]


def missing_core() -> list[str]:
    """Packages without which not even an offscreen window can be made."""
    return missing(CORE) + ([] if has_font() else [FONT_PACKAGE])


def install(packages: list[str]) -> bool:
    """Install with apt; returns whether apt was there and succeeded. Its output goes to stderr."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0 or not Path("/etc/debian_version").exists():
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = [apt, "install", "-y", "-q", "--no-install-recommends", *packages]
    for step in (command, [apt, "update", "-q"], command):
        done = subprocess.run(step, env=environment, stdout=sys.stderr, check=False)
        if done.returncode == 0 and step is command:
            return True
    return False


def main(arguments: list[str]) -> int:
    """Look, install what can be installed, look again, and say in one line what is still missing."""
    if not sys.platform.startswith("linux"):
        return 0  # Qt's wheels bring everything on Windows and macOS
    core, window = missing_core(), missing(WINDOW)
    if (core or window) and "--check" not in arguments and install(core + window):
        core, window = missing_core(), missing(WINDOW)
    if core or window:
        needed = "to draw at all" if core else "to open a window on a display"
        print(
            f"Qt needs these system packages {needed}: sudo apt-get install {' '.join(core + window)}", file=sys.stderr
        )
    return 1 if core else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
