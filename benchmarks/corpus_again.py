"""A source that is not equal at first, once more: where the difference is float32's, that is seen here.

TensorFlow computes some ops in float32 whatever the model's type is, and some programs name float32 themselves or make
tables in it, which both frameworks then compute in an order of their own. So the unchanged program is run again, in
processes of their own:

- `raised`: in its own framework (Keras: on TensorFlow), with float64 wherever the program names float32 and while the
  model is made, on both sides, as the command's own verification does it;
- `elsewhere`: a Keras source on Keras' torch backend, in float64, the same.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sample_runs import load_runtime

from codegen.verify.worker import Shell, steady_draws

BACKENDS = {"raised": "tensorflow", "elsewhere": "torch"}
"""Verdicts in the order in which they are tried, with the backend of a Keras source."""
RAISED = ("raised",)
"""Those of a PyTorch source."""


def a_shell() -> Shell:
    """What a runtime reports to; nobody reads it here."""
    return Shell({"record_limit": 0, "runs": []}, sys.stdout)


@contextmanager
def in_float64(framework: str) -> Iterator[None]:
    """Where the program names float32, it is float64."""
    with load_runtime(framework).raised(a_shell()):
        yield


@contextmanager
def drawn_alike(framework: str) -> Iterator[None]:
    """Numbers that a model draws cannot agree between frameworks: constants stand for them, on both sides the same."""
    if framework == "tf_keras":  # models of Keras 2 draw nothing here
        yield
        return
    runtime, job = load_runtime(framework), {"dropout": 1}
    with steady_draws(), runtime.stand_ins(job) if framework == "keras" else runtime.stand_ins(job, a_shell()):
        yield


def run_as_written() -> None:
    """A program's own `@tf.function` does nothing: its trace would keep the first values of the weights."""
    importlib.import_module("tensorflow")
    load_runtime().run_as_written()


@contextmanager
def made_in_float64() -> Iterator[None]:
    """PyTorch's default type is float64 from here on, and float32 that a program names is float64."""
    import torch

    torch.set_default_dtype(torch.float64)  # a process of its own: nothing is put back
    with in_float64("torch"):
        yield


def source_again(facts: dict[str, Any], inputs: Path, weights: Path, verdict: str, work: Path) -> None:
    """Outputs of the source in `work`, as the judge's own run leaves them; this process has not loaded Keras yet."""
    os.environ["KERAS_BACKEND"] = BACKENDS[verdict]
    import keras
    import load
    import numpy as np
    import score

    load._prepare(facts, load.cache_dir())
    importlib.import_module("tensorflow")  # programs that name it are given a chance on the other backend, too
    load_runtime("keras").set_dtype("float64")
    work.mkdir(parents=True, exist_ok=True)
    with in_float64("keras"), drawn_alike("keras"):
        model, (pos, kw) = load.instantiate(facts, load.cache_dir())
        given = list(np.load(inputs).values())
        call = caller(facts, model, pos, kw, [keras.ops.convert_to_tensor(value) for value in given])
        call()
        model.load_weights(weights)
        found = score.arrays(call())
    np.savez(work / "source_outputs.npz", *found)
    shutil.copy(inputs, work / "inputs.npz")


def caller(facts: dict[str, Any], model: Any, pos: list[Any], kw: dict[str, Any], given: list[Any]) -> Any:
    """The call of a source as the judge makes it, on these tensors in its inputs' places."""
    rest = iter(given)

    def filled(value: Any) -> Any:
        return [filled(part) for part in value] if isinstance(value, tuple) else next(rest)

    args, words = [filled(value) for value in pos], {name: filled(value) for name, value in kw.items()}
    if facts.get("inputs_as") == "list":
        args = [args]
    elif facts.get("inputs_as") == "dict":
        args, words = [words], {}
    function = getattr(model, facts["method"]) if facts.get("method") else model
    mode = {} if facts.get("no_training_arg") else {"training": False}
    return lambda: function(*args, **words, **mode)


def said_again(row: dict[str, Any], verdict: str, found: dict[str, Any]) -> dict[str, Any]:
    """What the row says once the source was run again."""
    where = {"raised": "float64 stands for float32 where the program names it", "elsewhere": "on Keras' torch backend"}
    why = found.get("why") or f"{found['error']:.1e}"
    return {"verdict": verdict, "why": f"{row.get('error', row.get('why'))} at first; {why}, {where[verdict]}"}
