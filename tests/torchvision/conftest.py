"""torchvision's own source as text, from its wheel; torchvision itself is neither installed nor imported to read it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

VERSION = "0.29.2"
CACHE = Path(os.environ.get("PIVOT_TEST_CACHE", Path.home() / ".cache" / "pivot-studio-tests"))


@pytest.fixture(scope="session")
def torchvision_root() -> Path:
    """The folder that holds the package `torchvision`: downloaded once, unpacked, only its Python files."""
    root = CACHE / f"torchvision-{VERSION}"
    if (root / ".complete").exists():
        return root
    wheels = CACHE / f"wheels-{os.getpid()}"
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(wheels), f"torchvision=={VERSION}"]
    subprocess.run(command, check=True)
    with zipfile.ZipFile(next(wheels.glob("torchvision*.whl"))) as wheel:
        wheel.extractall(root, [n for n in wheel.namelist() if n.startswith("torchvision/") and n.endswith(".py")])
    for path in wheels.iterdir():
        path.unlink()
    wheels.rmdir()
    (root / ".complete").touch()
    return root


@pytest.fixture(scope="session")
def torchvision_models(torchvision_root: Path) -> Path:
    """The folder of the model files."""
    return torchvision_root / "torchvision" / "models"
