"""torchvision's resnet.py: brought from its wheel, and imported without the rest of torchvision.

`import torchvision` loads its data sets, image codecs and compiled operators. A ResNet needs none of them, so the
packages around it are empty here: a peer is not charged for them, and any PyTorch version will do.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import types
import zipfile
from pathlib import Path

VERSION = "0.29.2"


def fetch(cache: Path) -> Path:
    """Download the wheel once, unpack its Python files, and return the folder that holds `torchvision`."""
    folder = cache / f"torchvision-{VERSION}"
    if not (folder / "torchvision" / "models" / "resnet.py").exists():
        cache.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check"]
        subprocess.run([*pip, "--dest", str(cache), f"torchvision=={VERSION}"], check=True)
        wheel = next(cache.glob(f"torchvision-{VERSION}*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder, [name for name in archive.namelist() if name.endswith(".py")])
    return folder


def package(name: str, path: Path) -> types.ModuleType:
    """A package whose `__init__.py` is not run."""
    module = types.ModuleType(name)
    module.__path__ = [str(path)]
    sys.modules[name] = module
    return module


def load(folder: Path) -> types.ModuleType:
    """`torchvision.models.resnet` from the unpacked folder."""
    root = folder / "torchvision"
    package("torchvision", root)
    package("torchvision.models", root / "models")
    package("torchvision.transforms", root / "transforms")
    presets = types.ModuleType("torchvision.transforms._presets")
    presets.ImageClassification = object  # type: ignore[attr-defined]
    sys.modules[presets.__name__] = presets
    logging = types.ModuleType("torchvision.utils")
    logging._log_api_usage_once = lambda _: None  # type: ignore[attr-defined]
    sys.modules[logging.__name__] = logging
    return importlib.import_module("torchvision.models.resnet")


if __name__ == "__main__":
    # python torchvision_resnet.py FOLDER FILE.pt: write a ResNet-50 state dict with random weights
    import torch

    torch.manual_seed(0)
    torch.save(load(Path(sys.argv[1])).resnet50(weights=None).state_dict(), sys.argv[2])
