"""Fixtures and settings for all tests."""

from __future__ import annotations

import gc
import os
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

# Before Qt, OpenMP or TensorFlow are imported by anything: no window, no graphics card, no chatter, and one thread for
# each of the test processes that share the machine.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist names tests by their groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep tests of one file in one process, and tests that import frameworks in one process per group.

    `@pytest.mark.frameworks` puts a test into the group "frameworks", `@pytest.mark.frameworks("ops")` into "ops":
    each group pays the seconds of importing PyTorch and TensorFlow once.
    """
    if os.environ.get("PYTEST_XDIST_WORKER") is None:
        return
    for item in items:
        marker = item.get_closest_marker("frameworks")
        if item.get_closest_marker("xdist_group") is not None:
            continue
        if marker is not None:
            item.add_marker(pytest.mark.xdist_group(marker.args[0] if marker.args else "frameworks"))
        else:
            item.add_marker(pytest.mark.xdist_group(item.path.relative_to(ROOT).as_posix()))


@pytest.fixture(scope="session", autouse=True)
def _private_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings, caches and remembered mappings of whoever runs the tests are neither read nor written."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(home / "config"))
        patch.setenv("XDG_DATA_HOME", str(home / "data"))
        patch.setenv("XDG_CACHE_HOME", str(home / "cache"))
        patch.setenv("XDG_STATE_HOME", str(home / "state"))
        yield


@pytest.fixture(scope="module", autouse=True)
def _only_young_garbage() -> None:
    """What was there before the tests of a file is not looked through for garbage again.

    A process that has imported PyTorch and TensorFlow holds millions of objects: every full collection takes seconds.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def example_models() -> dict[str, Path]:
    """The example models that come with the application, by stem."""
    return {path.stem: path for path in sorted((ROOT / "resources" / "examples").glob("*.py"))}


@pytest.fixture
def write_source(tmp_path: Path) -> Callable[..., Path]:
    """`write_source(text, name="model.py")` writes a dedented source file into a fresh folder and returns its path."""

    def write(text: str, name: str = "model.py") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    return write
