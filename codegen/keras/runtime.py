"""Builds and runs a Keras model, source or generated, inside a worker process.

Loaded by path by codegen/verify/worker.py.

Uses the standard library, NumPy and Keras on the backend that KERAS_BACKEND names (tensorflow, or torch to tell
constants that TensorFlow keeps in float32 from defects); `shell` hands it what both runtimes share.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import os
import sys
import types
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from unittest.mock import patch

import keras
import numpy as np
from keras.src.backend.common import dtypes
from keras.src.saving import saving_lib

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from codegen.verify.worker import Shell

Job: TypeAlias = dict[str, Any]
Model: TypeAlias = Any
Tensor: TypeAlias = Any
Gradients: TypeAlias = tuple[list[Any], list[Any], list[Any]]
"""Outputs, gradients of the variables, gradients of the inputs; None where nothing is connected."""


KEPT: dict[str, str] = getattr(dtypes, "BIT64_TO_BIT32_DTYPE", {})
"""What Keras takes for a number type of 64 bits."""


def perform(job: Job, shell: Shell) -> None:
    """The symbolic build, then all passes: one model per dtype, with the weights of the .weights.h5 file."""
    backend = keras.backend.backend()
    shell.report["versions"] = {"keras": keras.__version__, "numpy": np.__version__, **framework(backend)}
    shell.stand_in_data()
    if "source" in job:
        prepare_source(job, shell)
    elif job["build"]:
        set_dtype("float32")
        shell.report["build"] = build(job, namespace(job, shell), shell)
    state = job.get("state")
    if job.get("dump_state"):
        set_dtype("float32")
        keras.utils.set_random_seed(job["seed"])
        with stand_ins(job):
            one = Runner(make_model(job, namespace(job, shell)), job, shell)
        state = job["dump_state"]
        one.dump(job["runs"][0], state)
    record_layers(shell)
    if backend == "tensorflow":
        compile_loops()
        run_as_written()
    for dtype in dict.fromkeys(run["dtype"] for run in job["runs"]):
        set_dtype(dtype)
        keras.utils.set_random_seed(job["seed"])
        runs = [run for run in job["runs"] if run["dtype"] == dtype]
        with stand_ins(job), raised(shell) if job["raised"] and dtype == "float64" else nullcontext():
            one = Runner(make_model(job, namespace(job, shell)), job, shell, state)
            one.load(runs[0])
            shell.report["parameters"] = sum(int(np.prod(v.shape)) for v in one.model.trainable_variables)
            shell.passes(runs, one.run)


NAMING = ("cast", "convert_to_tensor", "constant", "arange", "range", "zeros", "ones", "full", "eye", "linspace",
          "zeros_like", "ones_like", "full_like", "one_hot")  # fmt: skip
"""What takes a number type."""


def raised(shell: Shell) -> AbstractContextManager[None]:
    """float32 is float64 where the program names it: `ops.cast(x, "float32")`, `layers.Softmax(dtype="float32")`."""
    tf = [sys.modules[name] for name in ("tensorflow",) if name in sys.modules]
    wide = dict.fromkeys(["float32", np.float32, *(t.float32 for t in tf)], "float64") | {"complex64": "complex128"}
    kinds = {keras.src.dtype_policies: ("get",), keras.src.backend.common.variables: ("standardize_dtype",)}
    return shell.raised({**dict.fromkeys([keras.ops, *tf], NAMING), **kinds}, wide)


def framework(backend: str) -> dict[str, str]:
    """One thread for the framework below Keras, and its version."""
    if backend == "torch":
        import torch

        torch.set_num_threads(1)
        return {"torch": torch.__version__}
    import tensorflow as tf

    if "TF_NUM_INTRAOP_THREADS" not in os.environ:  # once it runs, TensorFlow takes no other number
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    return {"tensorflow": tf.__version__}


def set_dtype(dtype: str) -> None:
    """For what is built from now on; the policy is kept by Keras from the first layer on and must follow."""
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    if keras.backend.backend() == "torch" and "float64" in KEPT:
        KEPT["float64"] = dtype  # else float64 becomes float32 wherever two types meet


def prepare_source(job: Job, shell: Shell) -> None:
    """Where the source's own imports are found; what is not installed is stood in for."""
    source = job["source"]
    beside = [str(Path(source["path"]).parent), source["root"]]  # a package may hold a file of its own name
    sys.path[:0] = [*source["search"], *(reversed(beside) if source["module"] else beside)]
    sys.meta_path.append(shell.stubs)


def namespace(job: Job, shell: Shell) -> dict[str, Any]:
    """Globals in which the model's expression is evaluated: layers made there take the dtype that is set now."""
    if (source := job.get("source")) is None:
        return shell.execute(job["path"], Path(job["path"]).stem, None, {})
    helpers = {"np": np, "numpy": np, "keras": keras, "types": types, "SimpleNamespace": types.SimpleNamespace}
    bound: dict[str, Any] = {}
    for name, text in source["bind"].items():
        if not name.startswith("self."):
            bound[name] = eval(text, {**helpers, **bound})  # noqa: S307  this process exists to run it
    if source["module"]:
        for name in [n for n in sys.modules if n.partition(".")[0] == source["module"].partition(".")[0]]:
            if not name.startswith("keras"):
                del sys.modules[name]  # what it made was of another dtype
        module = importlib.import_module(source["module"])
        module.__dict__.update(bound)
        return {**helpers, **module.__dict__}
    return {**helpers, **shell.execute(source["path"], "pivot_source", source["slice"], bound)}


def make_model(job: Job, names: dict[str, Any]) -> Model:
    """The object that the expression builds: a model, a class without arguments, a factory, a building method."""
    source = job.get("source")
    if source is None:
        return eval(job["model"], names)  # noqa: S307  this process exists to run it
    text, own = source["model"].partition("@")[0], {}
    for name, value in source["bind"].items():
        if name.startswith("self."):
            own[name.removeprefix("self.")] = value
    owner = names.get(text.partition(".")[0])
    made: Model = None
    if isinstance(owner, type) and "." in text and not issubclass(owner, keras.layers.Layer):
        made = object.__new__(owner)  # the method builds a model; its class's __init__ would train one
        for name, value in own.items():
            setattr(made, name, eval(value, {**names, "self": made}))  # noqa: S307
        text = f"__self.{text.partition('.')[2]}"
    model = eval(text, {**names, "__self": made})  # noqa: S307
    if not isinstance(model, keras.layers.Layer) and callable(model):
        model = model()
    if not isinstance(model, keras.layers.Layer):
        raise TypeError(f"{source['model']} is no layer and no model of Keras but {type(model).__name__}")
    return model


def apply(model: Model, inputs: list[Tensor], job: Job, training: bool) -> Tensor:
    """Call with separate arguments; a model whose call has one parameter for them takes several inputs as a list."""

    def at(place: int | list[int]) -> Tensor:  # several inputs at one place are a tuple
        return tuple(inputs[number] for number in place) if isinstance(place, list) else inputs[place]

    positional, named = list(map(at, job["args"])), {name: at(place) for name, place in job["kwargs"].items()}
    struct = getattr(model, "_inputs_struct", None)
    if isinstance(struct, dict) and set(struct) == {spec["name"] for spec in job["inputs"]}:
        positional = [{job["inputs"][place]["name"]: inputs[place] for place in job["args"]}]
    elif len(positional) > 1 and (model._obj_type() in ("Functional", "Sequential") or takes_one(model)):
        positional = [positional]
    mode = job["source"]["mode"] if "source" in job else "training"
    return model(*positional, **named, **{mode: training})


def takes_one(model: Model) -> bool:
    """Has the call of a model one parameter for all inputs: `def call(self, inputs): a, b = inputs`?"""
    kinds = [(p.name, p.kind) for p in inspect.signature(model.call).parameters.values()]
    if any(kind is inspect.Parameter.VAR_POSITIONAL for _, kind in kinds):
        return False
    beside = ("training", "mask")
    return sum(kind is inspect.Parameter.POSITIONAL_OR_KEYWORD and name not in beside for name, kind in kinds) == 1


def build(job: Job, names: dict[str, Any], shell: Shell) -> dict[str, object]:
    """A symbolic call on keras.Input with the free sizes left open (null in `build`); with numbers for all but the
    batch's (`sized`) where the program decides by a size or has weights of it: neither can be of one that is open.
    """
    found = built(job, job["build"], names)
    decides = any(part in str(found["why"]) for part in ("as a Python `bool`", "'NoneType'"))
    again = built(job, job["sized"], names) if decides and job.get("sized") else found
    return again if again["ok"] else {**found, "why": str(found["why"])[:400]}


def built(job: Job, shapes: list[list[int | None]], names: dict[str, Any]) -> dict[str, object]:
    """A symbolic call with these shapes."""
    try:
        inputs = [
            keras.Input(batch_shape=tuple(shape), dtype=None if spec["dtype"].startswith("float") else spec["dtype"])
            for shape, spec in zip(shapes, job["inputs"], strict=True)
        ]
        outputs = keras.tree.flatten(apply(make_model(job, names), inputs, job, False))
    except Exception as error:  # noqa: BLE001  the generated code may raise anything
        text = " ".join(str(error).split())
        if "Non-tensor received: None" in text:  # the call went through: `return logits, None`
            return {"ok": True, "inputs": shapes, "outputs": [], "why": None}
        return {"ok": False, "inputs": shapes, "outputs": [], "why": f"{type(error).__name__}: {text}"}
    found = [list(value.shape) for value in outputs if hasattr(value, "shape")]
    return {"ok": True, "inputs": shapes, "outputs": found, "why": None}


# ------------------------------------------------------------------------------------------------------ objects
def object_paths(model: Model) -> dict[str, Model]:
    """Every layer by every attribute path: "", "conv1", "blocks[0].conv", "branches['left']", "body.layers[2]"."""
    hidden = set(dir(keras.layers.Layer())) | {"_functional", "_operations", "_nodes", "layers", "_modules"}
    hidden.add("_self_unconditional_dependency_names")  # TensorFlow's own copy of the attributes
    found: dict[str, Model] = {}
    stack: list[tuple[str, Any, tuple[int, ...]]] = [("", model, ())]
    while stack:
        path, value, above = stack.pop()
        if id(value) in above or len(found) > 100_000:
            continue
        inside = (*above, id(value))
        if isinstance(value, keras.layers.Layer):
            found[path] = value
            dot = f"{path}." if path else ""
            if value._obj_type() in ("Functional", "Sequential"):
                stack += [(f"{dot}layers[{n}]", layer, inside) for n, layer in enumerate(value.layers)]
            held = {**vars(value), **vars(value).get("_modules", {})}  # there on the torch backend
            children = [(name, child) for name, child in held.items() if name not in hidden]
            if value._obj_type() == "Layer" and not isinstance(value, keras.Model) and "layers" in vars(value):
                children.append(("layers", value.layers))
            stack += [(dot + name, child, inside) for name, child in children if _holds(child)]
        elif isinstance(value, dict):
            stack += [(f"{path}[{key!r}]", child, inside) for key, child in value.items() if _holds(child)]
        elif isinstance(value, list | tuple):
            stack += [(f"{path}[{n}]", child, inside) for n, child in enumerate(value) if _holds(child)]
    return found


def _holds(value: object) -> bool:
    return isinstance(value, keras.layers.Layer | list | tuple | dict)


_watched: dict[int, list[str]] = {}
"""id of a layer -> the paths under which its results are recorded."""


def record_layers(shell: Shell) -> None:
    """Every call of a watched layer is recorded, at its completion."""
    original = keras.layers.Layer.__call__

    @functools.wraps(original)
    def call(self: Model, *args: Tensor, **kwargs: Tensor) -> Tensor:
        result = original(self, *args, **kwargs)
        if shell.recorder.on:
            for path in _watched.get(id(self), ()):
                shell.recorder.keep(path, result)
        return result

    keras.layers.Layer.__call__ = call


def compile_loops() -> None:
    """The steps of Keras' own recurrent layers run as one graph: eagerly, 2,000 steps take minutes.

    Cells that the model's author wrote stay eager, so that what happens inside them is recorded.
    """
    import tensorflow as tf

    graph = tf.function  # TensorFlow's own, whatever the name means later
    compiled: dict[int, tuple[Model, Any]] = {}  # the layer is kept with its function: an id alone may return
    for kind in (keras.layers.RNN, keras.layers.LSTM, keras.layers.GRU):
        original = vars(kind)["inner_loop"]

        @functools.wraps(original)
        def loop(self: Model, *args: Tensor, original: Tensor = original, **kwargs: Tensor) -> Tensor:
            parts = (type(self), type(self.cell))
            if not tf.executing_eagerly() or any(part.__module__.partition(".")[0] != "keras" for part in parts):
                return original(self, *args, **kwargs)
            if id(self) not in compiled:
                compiled[id(self)] = self, graph(functools.partial(original, self), autograph=False)
            return compiled[id(self)][1](*args, **kwargs)

        kind.inner_loop = loop


def run_as_written() -> None:
    """`@tf.function` of the program's own does nothing from now on.

    A method that makes its layers' variables while it is traced keeps their first values for good: the weights that
    are loaded afterwards would not reach it. Nothing inside a graph could be recorded either.
    """
    import tensorflow as tf

    def function(func: Tensor = None, **options: object) -> Tensor:
        return func if func is not None else functools.partial(function, **options)

    tf.function = function


class PathStore(saving_lib.H5IOStore):
    """Takes the place of the weights file while Keras walks the model: h5 path -> variable."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self.path = ""

    def __bool__(self) -> bool:
        return True

    def make(self, path: str, metadata: object = None) -> PathStore:
        """The object whose variables follow."""
        self.path = f"{path}/vars" if path else "vars"
        return self

    def __setitem__(self, key: str, value: object) -> None:
        self.found[f"{self.path}/{key}"] = value


def variable_paths(model: Model) -> dict[str, Any]:
    """The variables by the h5 path under which load_weights looks for them."""
    store = PathStore()
    saving_lib._save_state(model, store, None, "", set())
    return {path: value for path, value in store.found.items() if isinstance(value, keras.Variable)}


# ------------------------------------------------------------------------------------------------------ passes
UNIFORM, NORMAL = 0.25, 0.5  # for numbers drawn evenly from [0, 1) and from N(0, 1); PyTorch's worker has the same


@contextmanager
def stand_ins(job: Job) -> Iterator[None]:
    """Random numbers of both sides cannot agree: dropout multiplies by 1 + rate, drawn numbers are constants."""
    random, uniform, normal = keras.src.backend.random, keras.random.uniform, keras.random.normal

    def dropped(inputs: Tensor, rate: float, *_: Tensor, **__: Tensor) -> Tensor:
        return inputs * (1 + rate * job["dropout"])

    def evenly(shape: Tensor, minval: float = 0.0, maxval: float = 1.0, **more: Tensor) -> Tensor:
        return keras.ops.full_like(uniform(shape, **more), minval + UNIFORM * (maxval - minval))

    def normally(shape: Tensor, mean: float = 0.0, stddev: float = 1.0, **more: Tensor) -> Tensor:
        return keras.ops.full_like(normal(shape, **more), mean + NORMAL * stddev)

    def told(draw: Tensor) -> Tensor:  # tf.random.normal(): in the type of the run, not in that which it has by itself
        return lambda shape, *args, dtype=None, seed=None, name=None, **more: draw(shape, *args, **more)

    new: list[tuple[Any, str, Any]] = [(random, "dropout", dropped), (keras.random, "dropout", dropped)]
    for name, draw in (("uniform", evenly), ("normal", normally)):
        new += [(keras.random, name, draw)]
        new += [(sys.modules["tensorflow"].random, name, told(draw))] if "tensorflow" in sys.modules else []
    with ExitStack() as kept:
        for space, name, function in new:
            kept.enter_context(patch.object(space, name, function))
        yield


def settle(model: Model) -> None:
    """Layers that compute with values derived from their variables derive them anew (Normalization)."""
    for layer in model._flatten_layers():
        if hasattr(layer, "finalize_state") and layer.built:
            layer.finalize_state()


class Runner:
    """One model, and how a pass of it is run."""

    def __init__(self, model: Model, job: Job, shell: Shell, state: str | None = None) -> None:
        self.model, self.job, self.shell, self.state = model, job, shell, state

    def dump(self, run: Job, path: str) -> None:
        """Weights moved off their defaults, so that a dropped or swapped one shows: h5 path behind "=" -> array."""
        with stand_ins(self.job):
            apply(self.model, self.tensors(run), self.job, False)
        draw = np.random.default_rng(self.job["seed"])
        for variable in variable_paths(self.model).values():
            value = self.shell.array(variable.value)
            if value is None or value.dtype.kind != "f":
                continue
            if "variance" in variable.name:
                value = draw.uniform(0.5, 1.5, value.shape)
            elif value.ndim < 2:
                value = value + draw.normal(0, 0.1 if not variable.trainable else 0.05, value.shape)
            variable.assign(value.astype(variable.dtype))
        settle(self.model)
        save: Any = np.savez
        save(path, **{f"={name}": self.shell.array(v.value) for name, v in variable_paths(self.model).items()})

    def restore(self) -> None:
        """Every variable from the file."""
        if self.state is None:
            self.model.load_weights(self.job["weights"])
            return
        with np.load(self.state) as file:
            for path, variable in variable_paths(self.model).items():
                if f"={path}" not in file.files:
                    raise KeyError(f"the weights have no {path}")
                variable.assign(np.array(file[f"={path}"]).astype(variable.dtype))
        settle(self.model)

    def load(self, run: Job) -> None:
        """The variables are made by a first call, then filled from the file."""
        with stand_ins(self.job):
            apply(self.model, self.tensors(run), self.job, False)
        self.restore()
        _watched.clear()
        wanted = set(self.job["record"])
        for path, layer in object_paths(self.model).items():
            if path in wanted:
                _watched.setdefault(id(layer), []).append(path)

    def tensors(self, run: Job) -> list[Tensor]:
        """The inputs of a pass; floating ones in its dtype."""
        with np.load(run["inputs"]) as file:
            given = [np.array(file[f"i{place}"]) for place in range(len(self.job["inputs"]))]
        given = [value.astype(run["dtype"]) if value.dtype.kind == "f" else value for value in given]
        return [keras.ops.convert_to_tensor(value, dtype=value.dtype.name) for value in given]

    def run(self, run: Job) -> dict[str, NDArray[Any]]:
        """Outputs "o0", "o1", ...; with gradients "g:<h5 path>" and "i:<input>"."""
        inputs, training = self.tensors(run), run["mode"] == "train"
        with stand_ins(self.job):
            if run.get("gradients"):
                results = self.differentiate(inputs, training)
            else:
                outputs = self.shell.flatten(apply(self.model, inputs, self.job, training))
                results = {f"o{place}": self.shell.array(value) for place, value in enumerate(outputs)}
        if training:
            paths = variable_paths(self.model)
            kept = {f"s:{path}": v for path, v in paths.items() if not v.trainable and "float" in v.dtype}
            results |= {key: self.shell.array(v.value) for key, v in kept.items()}
            self.restore()  # running statistics moved
        return {key: value for key, value in results.items() if value is not None}

    def differentiate(self, inputs: list[Tensor], training: bool) -> dict[str, NDArray[Any] | None]:
        """Outputs, and the gradients of their sum weighted by the cotangents."""
        paths, every = variable_paths(self.model), "source" not in self.job  # what is not trained is no parameter
        variables = {path: v for path, v in paths.items() if "float" in v.dtype and (every or v.trainable)}
        leaves = {
            place: value
            for place, value in enumerate(inputs)
            if "float" in keras.backend.standardize_dtype(value.dtype)
        }
        gradients = self._torch if keras.backend.backend() == "torch" else self._tensorflow
        outputs, of_variables, of_leaves = gradients(inputs, training, list(variables.values()), leaves)
        results = {f"o{place}": self.shell.array(value) for place, value in enumerate(outputs)}
        found = {f"g:{path}": value for path, value in zip(variables, of_variables, strict=True)}
        found |= {f"i:{place}": value for place, value in zip(leaves, of_leaves, strict=True)}
        return results | {key: self.shell.array(value) for key, value in found.items() if value is not None}

    def weighted_sum(self, outputs: list[Tensor]) -> Tensor:
        """Cotangents are drawn in the source's axis order and turned to the target's."""
        total: Tensor = keras.ops.zeros((), "float64")
        for place, value in enumerate(outputs):
            dtype, shape = keras.backend.standardize_dtype(value.dtype), tuple(value.shape)
            if "float" not in dtype:
                continue
            orders = self.job.get("orders", ())
            order = orders[place] if place < len(orders) else None
            axes = order or range(len(shape))
            weights = self.shell.cotangent(self.job["seed"], place, [shape[axis] for axis in axes])
            weights = weights.transpose(np.argsort(axes))
            part = keras.ops.sum(value * keras.ops.convert_to_tensor(weights.astype(dtype)))
            total = total + keras.ops.cast(part, "float64")
        return total

    def _tensorflow(
        self, inputs: list[Tensor], training: bool, variables: list[Any], leaves: dict[int, Tensor]
    ) -> Gradients:
        import tensorflow as tf

        with tf.GradientTape(watch_accessed_variables=False) as tape:
            for variable in variables:
                tape.watch(variable.value)
            for value in leaves.values():
                tape.watch(value)
            outputs = self.shell.flatten(apply(self.model, inputs, self.job, training))
            total = self.weighted_sum(outputs)
        found = tape.gradient(total, [*[v.value for v in variables], *leaves.values()], unconnected_gradients="none")
        found = [tf.convert_to_tensor(value) if value is not None else None for value in found]
        return outputs, found[: len(variables)], found[len(variables) :]

    def _torch(
        self, inputs: list[Tensor], training: bool, variables: list[Any], leaves: dict[int, Tensor]
    ) -> Gradients:
        for value in leaves.values():
            value.requires_grad_()
        for variable in variables:
            variable.value.grad = None
        outputs = self.shell.flatten(apply(self.model, inputs, self.job, training))
        total = self.weighted_sum(outputs)
        if hasattr(total, "requires_grad") and total.requires_grad:
            total.backward()
        return outputs, [variable.value.grad for variable in variables], [value.grad for value in leaves.values()]
