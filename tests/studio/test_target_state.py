"""What was accepted and exported of a target."""

from __future__ import annotations

from studio.target_state import TargetState


def test_the_difference_is_from_the_last_export_else_from_what_was_accepted() -> None:
    state = TargetState()
    assert state.wrote("/tmp/1/net_keras.py", "a\nb\n") == frozenset()
    assert state.wrote("/tmp/2/net_keras.py", "a\nc\n") == {2}
    assert state.difference("/tmp/2/net_keras.py", "a\nc\n").splitlines()[-2:] == ["-b", "+c"]
    state.exported("/tmp/2/net_keras.py", "a\nc\n")
    assert state.difference("/tmp/3/net_keras.py", "a\nc\n") == ""
    assert "(exported)" in state.difference("/tmp/3/net_keras.py", "a\nd\n")
    assert state.has_export("net_keras.py") and not state.has_export("net_torch.py")
    assert state.wrote("/tmp/4/net_torch.py", "x") == frozenset()
