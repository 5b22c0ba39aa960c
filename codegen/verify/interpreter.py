"""Whether an interpreter has what a verification runs, asked before anything is begun."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable

from pivot.problems import refuse

NEEDED = {"torch": ("numpy", "torch"), "keras": ("numpy", "keras", "tensorflow")}
_ASK = "import sys, importlib.util as u; print(*(n for n in sys.argv[1:] if u.find_spec(n) is None))"
_SECONDS = 30.0
_REMEDY = "name one that has PyTorch and Keras (in the settings, or with --python)"


def check_interpreter(python: str | None, frameworks: Iterable[str]) -> None:
    """Raises Refusal where an interpreter cannot be run or lacks a package; None: the one that runs this."""
    if python is None and getattr(sys, "frozen", False):
        raise refuse("interpreter", "", 0, 0, "this application brings no frameworks along", _REMEDY)
    named = python or sys.executable
    if shutil.which(named) is None:
        raise refuse("interpreter", named, 0, 0, "this interpreter is not there, or cannot be run", _REMEDY)
    names = dict.fromkeys(name for framework in frameworks for name in NEEDED.get(framework, ()))
    try:
        # As the workers are started: an interpreter that does not take these options does not run them either.
        asked = (named, "-P", "-s", "-c", _ASK, *names)
        done = subprocess.run(asked, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise refuse("interpreter", named, 0, 0, f"this interpreter does not answer ({error})", _REMEDY) from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        why = f"this is no Python of 3.11 or later ({said})"
        raise refuse("interpreter", named, 0, 0, why, _REMEDY)
    if missing := done.stdout.split():
        raise refuse("interpreter", named, 0, 0, f"this interpreter has no {', '.join(missing)}", _REMEDY)
