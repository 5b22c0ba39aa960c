"""What items say."""

from __future__ import annotations

import pytest

from studio.layout.tree import build_tree
from studio.views.graph.face import Faces, short_number
from tests.studio.fixtures.pictures import resnet50


@pytest.fixture(scope="module")
def faces() -> Faces:
    picture = resnet50(unmapped=True).picture()
    return Faces(picture, build_tree(picture))


def test_the_faces_of_all_kinds(faces):
    assert (faces.of("n0").title, faces.of("n0").subtitle) == ("conv1", "2-D convolution  64×3×7×7")
    assert (faces.of(">v0").title, faces.of(">v0").subtitle) == ("x", "N×3×224×224")
    group = faces.of("/layer3.1*5")
    assert (group.title, group.count) == ("layer3.1–5 · Bottleneck", 5)
    assert group.subtitle == "50 nodes  ·  9.0 M parameters"
    lost = faces.of(faces.picture.unmapped[0].id)
    assert (lost.subtitle, lost.lost) == ("torch.fft.fft2(x)", 1)


def test_the_tip_of_a_node_tells_op_path_shapes_and_places(faces):
    heading, lines = faces.tip("n0")
    told = dict(lines)
    assert heading == "conv1"
    assert told["operation"] == "2-D convolution"  # and not the name of its file
    assert (told["input"], told["output"]) == ("N×3×224×224  float32", "N×64×112×112  float32")
    assert told["weight"] == "weight  64×3×7×7"
    assert told["called at"] == "model.py:200"
    assert told["made at"] == "model.py:100"


def test_the_tip_of_an_unmapped_node_tells_why(faces):
    told = dict(faces.tip(faces.picture.unmapped[0].id)[1])
    assert told["unmapped"] == "no op has this spelling"
    assert told["call"] == "torch.fft.fft2(x)"
    assert told["nearest"].endswith("2-D convolution")


@pytest.mark.parametrize(
    ("value", "text"), [(999, "999"), (1000, "1.0 k"), (73984, "74.0 k"), (25_600_000, "25.6 M"), (7 * 10**9, "7.0 G")]
)
def test_numbers_are_short(value, text):
    assert short_number(value) == text
