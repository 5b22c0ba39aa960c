"""Writes test_<stem>_equivalence.py: a pytest file that checks the equality again, without this application.

Beside it, in the folder `equivalence`, lie the source's weights (state.npz, source.weights.h5) and the same weights as
the target loads them (target.weights.h5, target.npz), so that the file needs no mapping: only torch, keras and numpy.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.verify.draws import load_npz
from codegen.verify.plan import call_places, permutation
from codegen.verify.slicing import local_defaults, needed_statements
from codegen.verify.test_parts import HEAD, SOURCE, TAIL, TARGET
from codegen.weights.keras_file import write_weights_h5
from pivot.atomic import write_atomic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codegen.verify.plan import VerificationPlan

FOLDER = "equivalence"


def write_test(
    plan: VerificationPlan,
    directory: Path,
    state: Path,
    weights: Path,
    stubs: Sequence[str],
    gate: float,
    more: bool,
) -> Path:
    """The test file in `directory`. `stubs`: modules that are not installed; `gate`: largest error allowed; `more`:
    the source takes a larger batch, which is compared too.

    Raises OSError; SliceError and SyntaxError when the file on disk no longer defines the model.
    """
    folder = directory / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    facts = plan.source
    shutil.copyfile(weights, folder / weights.name)
    if facts.framework == "keras":
        write_weights_h5(folder / "source.weights.h5", {key[1:]: array for key, array in load_npz(state).items()})
    else:
        shutil.copyfile(state, folder / "state.npz")
    given = frozenset(name for name in facts.bind if not name.startswith("self."))
    kept, own = None, dict[str, str]()
    if facts.module is None:
        text = Path(facts.path).read_text(encoding="utf-8-sig")
        kept, own = needed_statements(text, facts.model, given), local_defaults(text, facts.model)
    inputs = [
        {
            "shape": spec.shape,
            "batch": tuple(axis for axis, symbol in enumerate(spec.symbols) if symbol == plan.batch and plan.batch),
            "dtype": spec.dtype,
            "range": (spec.low, spec.high),
            **({"whole": True} if spec.whole else {}),
            "order": permutation(spec.source_axes, spec.target_axes),
        }
        for spec in plan.inputs
    ]
    values = {
        "source": _path(Path(facts.path), directory),
        "root": _path(Path(facts.root), directory),
        "target": _path(Path(plan.target.path), directory),
        "module": repr(facts.module),
        "statements": repr(kept),
        "bind": repr({**own, **facts.bind}),
        "mode": facts.mode,
        "model": repr(facts.model.partition("@")[0]),
        "target_model": repr(plan.target.model),
        "inputs": "[\n" + "".join(f"    {entry!r},\n" for entry in inputs) + "]",
        "places": repr(call_places(plan.inputs)[0]),
        "named": repr(call_places(plan.inputs)[1]),
        "orders": repr([permutation(output.target_axes, output.source_axes) for output in plan.outputs]),
        "stubs": repr(sorted(stubs)),
        "gate": repr(gate),
        "batches": "[0, 1]" if more else "[0]",
        "title": f"{Path(plan.target.path).name} computes the same as {Path(facts.path).name}",
    }
    template = HEAD + SOURCE[facts.framework] + TARGET[plan.target.framework] + TAIL
    text = re.sub(r"<<(\w+)>>", lambda match: values[match[1]], template)
    path = directory / f"test_{re.sub(r'[^0-9A-Za-z_]', '_', Path(facts.path).stem)}_equivalence.py"
    write_atomic(path, text.encode())
    return path


def _path(path: Path, directory: Path) -> str:
    """An expression: relative to the test file where that stays within two folders up, else absolute."""
    relative = os.path.relpath(path, directory).replace(os.sep, "/")
    if relative.startswith("../../../"):
        return f"Path({str(path)!r})"
    return f"HERE / {relative!r}"
