"""A few of the two hundred kills."""

from __future__ import annotations

import os

import pytest

from tests.studio.journeys.kills import LOST, kill_often


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="whether a process is alive is not asked there")
def test_no_project_is_broken_and_little_is_lost() -> None:
    found = kill_often(4, seed=40)
    assert all(kill.made > 0 for kill in found)
    assert max(kill.lost_s for kill in found) <= LOST
