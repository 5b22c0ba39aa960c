"""Tests of one file share a process, so that what is expensive is made once: pytest and its plugin must agree on it."""

from __future__ import annotations

import pytest


def test_a_test_is_named_by_its_group_where_tests_are_handed_out_in_groups(request: pytest.FixtureRequest) -> None:
    grouped = bool(request.config.getoption("loadgroup", False))
    assert request.node.nodeid.endswith("@tests/house/test_groups.py") is grouped
