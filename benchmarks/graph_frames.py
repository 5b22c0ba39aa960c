"""Frame times of the graph: panning ten thousand nodes from afar and near, and the first sight of a ResNet-50.

    python benchmarks/graph_frames.py

Runs without a display. A frame is one scroll step and everything painted because of it; "whole" paints all of the view
again, which is the worst case. The goal is 16 ms, which is 60 frames a second.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtWidgets import QApplication

from studio.picture import parse_picture
from studio.views.graph.view import GraphView
from tests.studio.fixtures.pictures import Builder, chain, grid, resnet50

FRAMES = 60
SIZE = (1600, 1000)
GOAL_MS = 16.0


def view_of(builder: Builder, app: QApplication) -> tuple[GraphView, float]:
    """A visible view of a network, and the milliseconds from its JSON to its first picture."""
    data = builder.json()
    view = GraphView()
    view.set_animated(False)
    view.resize(*SIZE)
    view.show()
    app.processEvents()
    start = time.perf_counter()
    view.set_picture(parse_picture(data))
    app.processEvents()
    view.canvas.viewport().repaint()
    return view, 1e3 * (time.perf_counter() - start)


def pan(view: GraphView, app: QApplication, step: tuple[int, int], whole: bool) -> list[float]:
    """Milliseconds per frame while the canvas is panned."""
    times = []
    for _ in range(FRAMES):
        start = time.perf_counter()
        view.canvas.scroll_by(*step)
        if whole:
            view.canvas.repaint_afar()
            view.canvas.viewport().repaint()
        app.processEvents()
        times.append(1e3 * (time.perf_counter() - start))
    return times


def zoom_in_and_out(view: GraphView, app: QApplication) -> list[float]:
    """Milliseconds per frame while a wheel is turned between 40 % and 120 %."""
    times = []
    for frame in range(FRAMES):
        start = time.perf_counter()
        view.canvas.set_zoom(0.4 * 1.03 ** (frame if frame < 38 else 75 - frame))
        app.processEvents()
        times.append(1e3 * (time.perf_counter() - start))
    return times


def report(name: str, times: list[float]) -> float:
    """Print one line; gives the median."""
    median, slowest = statistics.median(times), sorted(times)[int(len(times) * 0.95)]
    print(f"{name:58} median {median:6.2f} ms   95 % {slowest:6.2f} ms   {1e3 / median:6.0f} frames/s")
    return median


def main() -> int:
    """Print all measurements; 1 where a goal is missed."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    missed = 0
    for name, builder in (("100 x 100 grid", grid(100, 100, 2)), ("chain", chain(10_000, unmapped=2))):
        view, first = view_of(builder, app)
        print(f"{name}, 10,000 nodes: first picture after {first:.0f} ms")
        view.fit()
        missed += report("  whole network in sight, whole view painted", pan(view, app, (1, 1), True)) > GOAL_MS
        middle = view.state.drawing.bounds.centre if view.state is not None else (0.0, 0.0)
        for zoom in (0.1, 0.3, 0.5, 1.0):
            view.canvas.look_at(*middle, zoom)
            app.processEvents()
            report(f"  zoom {zoom:.0%}, panned", pan(view, app, (7, 9), False))
            view.canvas.look_at(*middle, zoom)
            median = report(f"  zoom {zoom:.0%}, whole view painted", pan(view, app, (7, 9), True))
            missed += zoom < 0.35 and median > GOAL_MS
        view.canvas.look_at(*middle, 0.4)
        report("  zoomed between 40 % and 120 %", zoom_in_and_out(view, app))
        view.close()
        view.deleteLater()
    view, first = view_of(resnet50(), app)
    print(f"ResNet-50: first picture after {first:.0f} ms")
    missed += first > 1500
    start = time.perf_counter()
    view.toggle("/layer3.1*5")
    app.processEvents()
    print(f"ResNet-50: a group opened after {1e3 * (time.perf_counter() - start):.0f} ms")
    start = time.perf_counter()
    view.open_all()
    app.processEvents()
    print(f"ResNet-50: everything opened after {1e3 * (time.perf_counter() - start):.0f} ms")
    view.close()
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
