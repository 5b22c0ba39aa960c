"""How fast PyTorch code written from keras.applications is beside torchvision's own models.

    python benchmarks/gallery_speed.py --torchvision DIR [--rounds 15] [--batch 4] [--only REGEX]

`DIR` holds the package's unpacked wheel; only its model texts are imported, with stand-ins for what they ask of the
rest. Both models run in turns on one thread in evaluation mode, and the medians are compared. A difference in what both
compute (an input normalised inside, a padding on one side) is part of what is measured; layers and sizes are the same.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import runpy
import statistics
import sys
import time
import types
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
GALLERY = Path(__file__).resolve().parent.parent / "docs" / "gallery"
PAIRS = {
    "resnet50": ("resnet50_torch.py", "ResNet50", "resnet", "resnet50"),
    "mobilenet_v2": ("mobilenetv2_torch.py", "MobileNetV2", "mobilenetv2", "mobilenet_v2"),
    "densenet121": ("densenet121_torch.py", "DenseNet121", "densenet", "densenet121"),
    "efficientnet_b0": ("efficientnetb0_torch.py", "EfficientNetB0", "efficientnet", "efficientnet_b0"),
}


def main() -> int:
    """Measure and print; status 1 where ours is more than 5 % slower."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--torchvision", type=Path, required=True, metavar="DIR")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--only", default="", metavar="REGEX")
    options = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    stand_in(options.torchvision)
    slow = False
    print(f"{'model':18} {'generated':>10} {'torchvision':>12} {'ratio':>7}")
    for name, (file, entry, module, builder) in PAIRS.items():
        if not re.search(options.only, name):
            continue
        ours = names_of(GALLERY / file)[entry]().eval()
        theirs = getattr(importlib.import_module(f"torchvision.models.{module}"), builder)().eval()
        x = torch.randn(options.batch, 3, 224, 224)
        times: dict[str, list[float]] = {"ours": [], "theirs": []}
        with torch.no_grad():
            for turn in range(options.rounds + 2):
                for key, model in (("ours", ours), ("theirs", theirs)):
                    begun = time.perf_counter()
                    model(x)
                    if turn >= 2:
                        times[key].append(time.perf_counter() - begun)
        mine, other = (statistics.median(times[key]) for key in ("ours", "theirs"))
        slow = slow or mine > 1.05 * other
        print(f"{name:18} {1000 * mine:8.0f} ms {1000 * other:9.0f} ms {mine / other:7.2f}", flush=True)
    return int(slow)


def names_of(path: Path) -> dict[str, type]:
    """What a generated file defines."""
    return runpy.run_path(str(path))


def stand_in(folder: Path) -> None:
    """Make torchvision's model texts importable without its compiled library and its transforms."""
    root = folder / "torchvision"
    for name, path in (("", root), (".models", root / "models"), (".ops", root / "ops"), (".transforms", None)):
        module = types.ModuleType(f"torchvision{name}")
        module.__path__ = [str(path)] if path is not None else []
        sys.modules[module.__name__] = module
    presets = types.ModuleType("torchvision.transforms._presets")
    presets.ImageClassification = presets.InterpolationMode = Anything  # type: ignore[attr-defined]
    utils = types.ModuleType("torchvision.utils")
    utils._log_api_usage_once = lambda obj: None  # type: ignore[attr-defined]
    utils._make_ntuple = lambda x, n: tuple(x) if isinstance(x, (tuple, list)) else (x,) * n  # type: ignore[attr-defined]
    sys.modules.update({presets.__name__: presets, utils.__name__: utils})
    ops = sys.modules["torchvision.ops"]
    ops.StochasticDepth = importlib.import_module("torchvision.ops.stochastic_depth").StochasticDepth  # type: ignore[attr-defined]


class Anything:
    """A preprocessing that nobody runs."""

    BILINEAR = BICUBIC = None


if __name__ == "__main__":
    sys.exit(main())
