"""Try to install other converters, each into an environment of its own below benchmarks/.peers.

They need versions of TensorFlow and Keras that exclude each other and ours. What cannot be installed is named and left
out. PyTorch is installed first; where the package index offers it with CUDA only, set
PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu to save some gigabytes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
TORCH = "torch==2.13.0"
PEERS = {
    # nobuco imports a module that only Keras 2 has; the last TensorFlow with Keras 2 is 2.15.
    "nobuco": [["nobuco==0.17.0", "tensorflow-cpu==2.15.1", "numpy<2", "pillow"], ["--no-deps", "torchvision==0.28.0"]],
    "onnx2tf": [["onnx2tf==1.29.24", "numpy<2"]],
}


def install(name: str, steps: list[list[str]]) -> str | None:
    """Make one environment; returns why it failed, or None."""
    folder = HERE / ".peers" / name
    python = folder / "bin" / "python"
    if python.exists():
        return None
    venv.create(folder, with_pip=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for wanted in ([TORCH], *steps):
        done = subprocess.run([*pip, *wanted], capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(folder)
            errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            return errors[-1] if errors else f"pip ended with status {done.returncode}"
    return None


def main() -> int:
    """Install all; status 1 if none could be."""
    failed = 0
    for name, steps in PEERS.items():
        why = install(name, steps)
        failed += why is not None
        print(f"{name}: {why or 'installed'}")
    return 1 if failed == len(PEERS) else 0


if __name__ == "__main__":
    sys.exit(main())
