"""What of a network is seen first."""

from __future__ import annotations

import pytest

from studio.views.graph.sight import across


@pytest.mark.parametrize(("extent", "seen", "centre"), [(1000.0, 1200.0, 500.0), (2000.0, 400.0, 900.0)])
def test_the_first_item_is_in_sight_across_the_flow(extent: float, seen: float, centre: float) -> None:
    assert across(900.0, 0.0, extent, seen) == centre
