"""Programs that ask for the version of their library."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated


@pytest.mark.parametrize(
    ("test", "width"),
    [
        ("int(tf.__version__.split('.', maxsplit=1)[0]) == 1", 3),
        ("version.parse(tf.__version__) >= version.parse('2.6')", 4),
        ("version.parse('2.0') == version.parse('2.0.0')", 4),
        ("version.parse('2.10.1') < version.parse('2.9')", 3),
        ("version.parse(keras.__version__).major >= 3", 4),
    ],
)
def test_a_version_decides(read_keras: Callable[..., Elaborated], test: str, width: int) -> None:
    text = f"""
    import tensorflow as tf
    from packaging import version

    units = 4 if {test} else 3
    model = keras.Sequential([keras.Input((5,)), layers.Dense(units)])
    """
    done = read_keras(text, model="model")
    assert done.network.parameters[0].type.shape == (5, width)
