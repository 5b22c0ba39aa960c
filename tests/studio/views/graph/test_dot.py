"""The graph in Graphviz's language."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from studio.views.graph.dot import dot_text
from studio.views.graph.state import GraphState
from tests.studio.fixtures.pictures import gpt, resnet50


def state_of(builder, opened=(), horizontal=False) -> GraphState:
    state = GraphState(builder.picture(), lambda face: (140.0, 46.0), horizontal)
    state.set_opened(opened)
    return state


def test_groups_are_clusters_and_edges_have_shapes():
    text = dot_text(state_of(resnet50(unmapped=True), ["/layer1"]), 'a "net"')
    assert text.startswith('digraph "a \\"net\\"" {')
    assert 'subgraph "cluster/layer1" {' in text
    assert '"n0" -> "n1" [label="N×64×112×112"];' in text
    assert 'xlabel="unmapped"' in text
    assert text.count("{") == text.count("}")
    assert "rankdir=LR" in dot_text(state_of(gpt(), horizontal=True))


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_understands_it():
    text = dot_text(state_of(gpt(unmapped=True), ["/h"]))
    done = subprocess.run(["dot", "-Tsvg"], input=text.encode(), capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert b"<svg" in done.stdout
