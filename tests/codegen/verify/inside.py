"""The workers' jobs done in this process: the frameworks are imported once for many small verifications."""

from __future__ import annotations

import builtins
import importlib.util
import io
import json
import random
import sys
import types
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from codegen.verify import worker
from codegen.verify.workers import RUNTIMES, Limits, WorkerFailure

_runtimes: dict[str, types.ModuleType] = {}


def runtime(framework: str) -> types.ModuleType:
    """The runtime of a framework, loaded by path as a worker does."""
    if framework not in _runtimes:
        spec = importlib.util.spec_from_file_location(f"pivot_runtime_{framework}", RUNTIMES[framework])
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        _runtimes[framework] = module
    return _runtimes[framework]


def run_inside(
    framework: str,
    job: Mapping[str, object],
    folder: Path,
    name: str,
    limits: Limits,
    *,
    python: str | None = None,
    backend: str = "tensorflow",
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, object]:
    """What `run_worker` does, in this process; what the runtimes change is put back."""
    import keras
    import tensorflow as tf
    import torch

    if backend != "tensorflow":
        raise WorkerFailure("only one backend lives in this process")
    job = json.loads(json.dumps(job))
    shell = worker.Shell(dict(job), io.StringIO())
    module, paths, finders = runtime(framework), list(sys.path), list(sys.meta_path)
    dtype, layer_call, graph = torch.get_default_dtype(), keras.layers.Layer.__call__, tf.function
    state = np.random.get_state(), random.getstate()
    loader = worker.importlib.machinery.SourceFileLoader
    served = loader.get_data, loader.path_stats
    try:
        worker.serve_texts(job["texts"])
        builtins.__pivot_record__ = shell.recorder  # type: ignore[attr-defined]
        module.perform(job, shell)
    except (Exception, SystemExit) as error:
        found = worker.describe(error)
        raise WorkerFailure(str(found["error"]), None, 0, shell.report) from error
    finally:
        sys.path[:], sys.meta_path[:] = paths, finders
        torch.set_default_dtype(dtype)
        keras.layers.Layer.__call__ = layer_call
        tf.function = graph
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")
        np.random.set_state(state[0])
        random.setstate(state[1])
        loader.get_data, loader.path_stats = served
        worker._texts.clear()
        worker._guarded.cache_clear()
    return {**shell.report, "stubs": list(shell.stubs.names)}
