"""The graph as a file."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from pivot.problems import Refusal
from studio.views.graph.exporting import save_graph
from tests.studio.fixtures.pictures import chain, resnet50
from tests.studio.views.graph.conftest import Show


def test_lines_hold_all_that_is_drawn(show: Show, tmp_path: Path):
    view = show(resnet50(unmapped=True), 2.0)
    view.toggle("/layer1")
    save_graph(view.state, view.look, tmp_path / "net.svg", "ResNet")
    tree = ElementTree.parse(tmp_path / "net.svg")
    texts = "".join(tree.getroot().itertext())
    for wanted in ("conv1", "layer1 · Sequential", "fft2", "N×64×112×112", "×2"):
        assert wanted in texts, "also what is out of sight is written, and as text"
    assert not list(tree.iter("{http://www.w3.org/2000/svg}image")), "no pixels"
    save_graph(view.state, view.look, tmp_path / "net.pdf")
    assert (tmp_path / "net.pdf").read_bytes().startswith(b"%PDF")


def test_pixels_show_the_red_node_and_stay_within_bounds(show: Show, tmp_path: Path):
    view = show(resnet50(unmapped=True))
    save_graph(view.state, view.look, tmp_path / "net.png")
    image = QImage(str(tmp_path / "net.png"))
    assert image.width() > view.state.drawing.bounds.width
    red = QColor(view.look.danger)
    assert any(image.pixelColor(x, y) == red for x in range(image.width()) for y in range(0, image.height(), 8))
    long = show(chain(3000))
    save_graph(long.state, long.look, tmp_path / "long.png")
    made = QImage(str(tmp_path / "long.png"))
    assert made.width() * made.height() <= 61_000_000


def test_other_endings_are_refused(show: Show, tmp_path: Path):
    view = show(resnet50())
    for name in ("net.bmp", "net"):
        with pytest.raises(Refusal, match="no kind of picture"):
            save_graph(view.state, view.look, tmp_path / name)
    with pytest.raises(Refusal):
        save_graph(view.state, view.look, tmp_path / "none" / "net.svg")
