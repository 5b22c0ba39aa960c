"""Runs the journeys: `python -m tests.studio.journeys [-o FOLDER] [--tour]`.

Every step leaves a picture in the folder; `--tour` writes docs/tour.md and its pictures. Runs offscreen, or in a real
window where a display is given (`xvfb-run -a python -m tests.studio.journeys`). torchvision's ResNet is fetched from
its wheel; without a network the example that is written like it takes its place.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

ROOT = Path(__file__).parents[3]
TOUR = ROOT / "docs" / "images" / "tour"
WIDTH = 1100  # of the pictures in the documentation


def torchvision_resnet(cache: Path) -> Path | None:
    """torchvision's resnet.py from its wheel, as published; None where it cannot be had."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    from torchvision_resnet import fetch

    try:
        return fetch(cache) / "torchvision" / "models" / "resnet.py"
    except (OSError, subprocess.CalledProcessError):
        return None


def main() -> int:
    """Run all journeys; 1 when one of them does not come to its end."""
    parser = argparse.ArgumentParser(prog="python -m tests.studio.journeys", description="Work as a person would.")
    parser.add_argument("-o", "--out", type=Path, default=ROOT / "build" / "journeys", help="folder for the pictures")
    parser.add_argument("--tour", action="store_true", help="write docs/tour.md with the pictures")
    parser.add_argument("--only", default="", help="run only journeys with this in their name")
    given = parser.parse_args()
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    home = tempfile.mkdtemp(prefix="pivot-studio-journeys-")
    # What a person kept is neither read nor written.
    os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_DATA_HOME"] = home
    os.environ["PIVOT_TOUR"] = "1"
    shutil.rmtree(given.out, ignore_errors=True)
    given.out.mkdir(parents=True)
    from studio.app import make_application
    from tests.studio.journeys.all import CHAPTERS
    from tests.studio.journeys.person import Lost

    make_application().setCursorFlashTime(0)
    cache = Path(os.environ.get("PIVOT_CACHE", Path.home() / ".cache" / "pivot-studio"))
    source = torchvision_resnet(cache) or ROOT / "resources" / "examples" / "resnet18.py"
    failed, pages = 0, []
    for chapter in CHAPTERS:
        if given.only not in chapter.name:
            continue
        folder = Path(home) / "work"
        folder.mkdir(exist_ok=True)
        try:
            steps = chapter.run(given.out, folder, source)
        except Lost as lost:
            print(f"LOST  {chapter.name}: {lost}", file=sys.stderr)
            failed += 1
            continue
        print(f"ok    {chapter.name}: {len(steps)} pictures", flush=True)
        pages.append((chapter, steps))
    if given.tour and not failed:
        write_tour(pages, given.out)
    shutil.rmtree(home, ignore_errors=True)
    return 1 if failed else 0


def write_tour(pages: list[tuple[object, list[tuple[str, str]]]], shots: Path) -> None:
    """docs/tour.md, and its pictures in the size a page shows."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage

    shutil.rmtree(TOUR, ignore_errors=True)
    TOUR.mkdir(parents=True)
    lines = [
        "# A tour of the window",
        "",
        "Taken by `make journeys`, which works at the window as a person does: with the mouse, the keyboard and files",
        "that are dropped. Every picture is one step, and every step checks what its text says.",
    ]
    for chapter, steps in pages:
        lines += ["", f"## {chapter.title}", "", *chapter.text.strip().splitlines()]
        for file, text in steps:
            image = QImage(str(shots / file)).scaledToWidth(WIDTH, Qt.TransformationMode.SmoothTransformation)
            few_colours(image).save(str(TOUR / file))
            lines += ["", text, "", f"![{text.split(':')[0].split(';')[0]}](images/tour/{file})"]
    (ROOT / "docs" / "tour.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def few_colours(image: QImage) -> QImage:
    """A picture with 256 colours: a third of the size, and nothing is to be seen of it.

    Half of them are those that it has most of; then come small marks, of colours that are hardly told apart the first.
    """
    import numpy as np
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage

    whole = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(whole.constBits(), np.uint32)
    colours, counts = np.unique(pixels, return_counts=True)
    order = np.argsort(-counts)
    _, first = np.unique(colours[order] & 0xF0F0F0, return_index=True)
    most = [*order[:128], *order[np.sort(first)], *order[128:]]
    table = list(dict.fromkeys(int(colours[at]) for at in most))[:256]
    plain = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    return whole.convertToFormat(QImage.Format.Format_Indexed8, table, plain)


if __name__ == "__main__":
    sys.exit(main())
