"""What is loaded before the first document."""

from __future__ import annotations

import subprocess
import sys


def test_a_window_starts_without_what_is_loaded_behind_its_back() -> None:
    heavy = ("pivot.op", "pivot.opset", "pygments.lexers.python", "networkx", "numpy")
    text = (
        "import sys\nimport studio.app\n"
        f"early = [name for name in {heavy!r} if name in sys.modules]\n"
        "from studio.preloading import preload\n"
        "preload().join()\n"
        "from pivot.opset import _builtin\nfrom studio.widgets.highlight import lexer\n"
        "print(early, _builtin.cache_info().currsize, lexer.cache_info().currsize)\n"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["[]", "1", "1"]
