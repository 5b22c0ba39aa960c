"""Builds and runs a PyTorch model, source or generated, inside a worker process.

Loaded by path by codegen/verify/worker.py.

Uses the standard library, NumPy and torch; `shell` hands it what both runtimes share.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
import types
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from codegen.verify.worker import Shell

Job: TypeAlias = dict[str, Any]
Model: TypeAlias = Any
Tensor: TypeAlias = Any


def perform(job: Job, shell: Shell) -> None:
    """Build the model, write or read its weights, run all passes: one model per dtype."""
    torch.set_num_threads(1)
    torch.backends.mha.set_fastpath_enabled(False)  # the fused path does not call the modules that are recorded
    shell.report["versions"] = {"torch": torch.__version__, "numpy": np.__version__}
    make = source_maker(job, shell) if "source" in job else target_maker(job, shell)
    state = job["state"]
    if job.get("dump_state"):
        torch.manual_seed(job["seed"])
        model = sized(make(), job)
        perturb(model)
        state = job["dump_state"]
        dump_state(model, state, shell)
    for dtype in dict.fromkeys(run["dtype"] for run in job["runs"]):
        torch.set_default_dtype(getattr(torch, dtype))
        torch.manual_seed(job["seed"])
        with raised(shell) if job["raised"] and dtype == "float64" else nullcontext():
            model = in_dtype(sized(make(), job), getattr(torch, dtype))
            if state:
                load_state(model, state)
            train_all_rows(model)
            attach(model, job["record"], shell)
            shell.report["parameters"] = sum(parameter.numel() for parameter in model.parameters())
            shell.report["aliases"] = aliases(model)
            one = Runner(model, job, shell, state)
            shell.passes([run for run in job["runs"] if run["dtype"] == dtype], one.run)


def in_dtype(model: Model, dtype: Tensor) -> Model:
    """A model in a floating type; its complex numbers stay complex."""
    kind = torch.complex128 if dtype == torch.float64 else torch.complex64
    return model._apply(lambda t: t.to(kind) if t.is_complex() else t.to(dtype) if t.is_floating_point() else t)


NAMING: dict[Any, tuple[str, ...]] = {
    torch.Tensor: ("to", "type", "softmax", "log_softmax", "sum", "mean", "prod", "cumsum", "new_zeros", "new_ones",
                   "new_full", "new_tensor"),
    torch: ("arange", "zeros", "ones", "full", "empty", "eye", "linspace", "tensor", "as_tensor", "zeros_like",
            "ones_like", "full_like", "softmax", "log_softmax", "sum", "mean", "prod", "cumsum"),
    torch.nn.functional: ("softmax", "log_softmax"),
}  # fmt: skip
"""What takes a number type, by where it stands."""


@contextmanager
def raised(shell: Shell) -> Iterator[None]:
    """float32 is float64 where the model's code names it: `x.float()`, `x.to(torch.float32)`, `x.sum(dtype=...)`."""

    def double(x: Tensor, **kwargs: Tensor) -> Tensor:
        shell.report["raised"] = True
        return x.double(**kwargs)

    narrow = torch.Tensor.float
    torch.Tensor.float = double
    try:
        with shell.raised(NAMING, {torch.float32: torch.float64, torch.complex64: torch.complex128}):
            yield
    finally:
        torch.Tensor.float = narrow


# ------------------------------------------------------------------------------------------------------ the model
def source_maker(job: Job, shell: Shell) -> Callable[[], Model]:
    """What makes the source's model, each time anew."""
    source = job["source"]
    beside = [str(Path(source["path"]).parent), source["root"]]  # a package may hold a file of its own name
    sys.path[:0] = [*source["search"], *(reversed(beside) if source["module"] else beside)]
    sys.meta_path.append(shell.stubs)
    declare_torchvision_ops(shell)
    names = namespace(source, shell)
    return lambda: make_model(source, names)


def target_maker(job: Job, shell: Shell) -> Callable[[], Model]:
    """What makes the generated model, each time anew: the file is executed under the dtype that is set."""

    def make() -> Model:
        names = shell.execute(job["path"], Path(job["path"]).stem, None, {})
        return eval(job["model"], names)  # noqa: S307  this process exists to run it

    return make


def namespace(source: Job, shell: Shell) -> dict[str, Any]:
    """Globals in which the model's expression is evaluated: an imported module, or the needed part of a script."""
    helpers = {"np": np, "numpy": np, "torch": torch, "types": types, "SimpleNamespace": types.SimpleNamespace}
    bound: dict[str, Any] = {}
    for name, text in source["bind"].items():
        if not name.startswith("self."):
            bound[name] = eval(text, {**helpers, **bound})  # noqa: S307  this process exists to run it
    if source["module"]:
        module = importlib.import_module(source["module"])
        module.__dict__.update(bound)
        return {**helpers, **module.__dict__}
    return {**helpers, **shell.execute(source["path"], "pivot_source", source["slice"], bound)}


def make_model(source: Job, names: dict[str, Any]) -> Model:
    """The model that the expression names: an instance, a class without arguments, a factory, a building method."""
    text = source["model"].partition("@")[0]
    own = {key.removeprefix("self."): value for key, value in source["bind"].items() if key.startswith("self.")}
    tree = ast.parse(text, mode="eval").body
    made: Model = None
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Attribute) and isinstance(tree.func.value, ast.Name):
        owner = names.get(tree.func.value.id)
        if isinstance(owner, type) and isinstance(vars(owner).get(tree.func.attr), types.FunctionType):
            made = _unstarted(owner, own, names)  # the method builds a model; its class's __init__ would train one
            text = f"__self.{text.partition('.')[2]}"
    model = eval(text, {**names, "__self": made})  # noqa: S307
    if not isinstance(model, torch.nn.Module) and callable(model):
        model = model()
    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"{source['model']} is not a torch.nn.Module but {type(model).__name__}")
    return model


def sized(model: Model, job: Job) -> Model:
    """A model whose lazy layers know their sizes: those of the first inputs that it will be given."""
    held = (*model.parameters(), *model.buffers())
    if not any(torch.nn.parameter.is_lazy(tensor) for tensor in held):
        return model
    with np.load(job["runs"][0]["inputs"]) as file:
        given = [torch.from_numpy(np.array(file[f"i{place}"])) for place in range(len(job["inputs"]))]
    given = [value.to(torch.get_default_dtype()) if value.is_floating_point() else value for value in given]
    model.eval()
    with torch.no_grad():
        apply(model, given, job)
    return model


def apply(model: Model, inputs: list[Tensor], job: Job) -> Tensor:
    """Call with the inputs at the places that the job says; several at one place are a tuple."""

    def at(place: int | list[int]) -> Tensor:
        return tuple(inputs[number] for number in place) if isinstance(place, list) else inputs[place]

    return model(*map(at, job["args"]), **{name: at(place) for name, place in job["kwargs"].items()})


def _unstarted(owner: type, attributes: dict[str, str], names: dict[str, Any]) -> Model:
    """An object whose __init__ did not run, with the attributes that were given from outside."""
    made: Model = object.__new__(owner)
    if isinstance(made, torch.nn.Module):
        torch.nn.Module.__init__(made)
    for name, text in attributes.items():
        setattr(made, name, eval(text, {**names, "self": made}))  # noqa: S307
    return made


def declare_torchvision_ops(shell: Shell) -> None:
    """Compiled operators of a torchvision whose binary was made for another torch, so that its Python half imports."""
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None or spec.loader is shell.stubs:
        return
    binaries = [*Path(spec.origin).parent.glob("_C*.so"), *Path(spec.origin).parent.glob("_C*.pyd")]
    try:
        for binary in binaries:
            torch.ops.load_library(str(binary))
    except OSError:
        binaries = []
    if not binaries:
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        shell.alive.append(library)


# ------------------------------------------------------------------------------------------------------ weights
def perturb(model: Model) -> None:
    """Move every value off its default, so that a dropped or swapped one shows."""
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, tensor in [*parameters.items(), *model.named_buffers()]:
            if not tensor.is_floating_point() or tensor.numel() == 0:
                continue
            if name.endswith("running_var"):
                tensor.uniform_(0.5, 1.5)
            elif name.endswith("running_mean"):
                tensor.normal_(0, 0.1)
            elif tensor.dim() == 1 and name in parameters:
                tensor.add_(torch.randn_like(tensor) * 0.05)


def dump_state(model: Model, path: str, shell: Shell) -> None:
    """state_dict names -> arrays, each key behind a "=" (np.savez reserves the key "file")."""
    tensors = {name: value for name, value in model.state_dict().items() if hasattr(value, "detach")}
    save: Callable[..., None] = np.savez
    save(path, **{f"={name}": shell.array(value) for name, value in tensors.items()})


def train_all_rows(model: Model) -> None:
    """What padding_idx keeps from training is said with the conversion; the other gradients are compared."""
    for module in model.modules():
        if isinstance(module, torch.nn.Embedding):
            module.padding_idx = None


def aliases(model: Model) -> dict[str, str]:
    """Further names of a parameter -> the name under which its gradient is given."""
    first: dict[int, str] = {}
    pairs = [(name, first.setdefault(id(p), name)) for name, p in model.named_parameters(remove_duplicate=False)]
    return {name: kept for name, kept in pairs if name != kept}


def load_state(model: Model, path: str) -> None:
    """Every entry of the state_dict from the file; only batch counters may be missing."""
    with np.load(path) as file:
        given = {key[1:]: torch.from_numpy(np.array(file[key])) for key in file.files}
    state = model.state_dict()
    given |= {name: state[name] for name in state if name.endswith("num_batches_tracked") and name not in given}
    given |= {name: value for name, value in state.items() if name.endswith("_extra_state")}
    model.load_state_dict(given, strict=True)


# ------------------------------------------------------------------------------------------------------ passes
UNIFORM, NORMAL = 0.25, 0.5
"""What stands for a number drawn evenly from [0, 1), and for one drawn from N(0, 1); Keras' worker has the same."""


def attach(model: Model, paths: Sequence[str], shell: Shell) -> None:
    """Forward hooks on the modules at these paths that exist."""
    known = dict(model.named_modules(remove_duplicate=False))

    def hook(path: str) -> Callable[[Model, object, object], None]:
        def keep(_: Model, __: object, output: object) -> None:
            if shell.recorder.on:
                shell.recorder.keep(path, output)

        return keep

    for path in paths:
        if path in known:
            known[path].register_forward_hook(hook(path))


@contextmanager
def stand_ins(job: Job, shell: Shell) -> Iterator[None]:
    """Random numbers of both sides cannot agree: dropout multiplies by 1 + rate, drawn numbers are constants.

    Running variances are counted as Keras does; how far PyTorch's own would move is kept in the report.
    """
    functional: Any = torch.nn.functional
    normalise, attend = functional.batch_norm, functional.scaled_dot_product_attention

    def dropped(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
        factor = 1 + p * job["dropout"] if training else 1
        return input.mul_(factor) if inplace else input * factor

    def batch_norm(
        input: Tensor, running_mean: Tensor, running_var: Tensor, weight: Tensor = None, bias: Tensor = None,
        training: bool = False, momentum: float = 0.1, eps: float = 1e-5,
    ) -> Tensor:  # fmt: skip
        before = running_var.clone() if training and running_var is not None else None
        found = normalise(input, running_mean, running_var, weight, bias, training, momentum, eps)
        count = input.numel() // input.shape[1]
        if before is not None and count > 1:
            kept = before * (1 - momentum)
            with torch.no_grad():
                running_var.copy_(kept + (running_var - kept) * (count - 1) / count)
            shell.report["unbiased"] = max(shell.report.get("unbiased") or 0.0, count / (count - 1))
        return found

    def attention(query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor = None, dropout_p: float = 0.0,
                  is_causal: bool = False, **more: Tensor) -> Tensor:  # fmt: skip
        found = attend(query, key, value, attn_mask, 0.0, is_causal, **more)
        return found * (1 + dropout_p * job["dropout"])

    def filled(function: Callable[..., Tensor], number: float) -> Callable[..., Tensor]:
        return lambda *args, **kwargs: function(*args, **kwargs).fill_(number)

    def normally(mean: Tensor, std: Tensor = 1.0, size: Sequence[int] | None = None, **more: Tensor) -> Tensor:
        more.pop("generator", None)
        middle = torch.full(size, mean, **more) if size is not None else torch.as_tensor(mean)
        return middle + NORMAL * std

    def chosen(input: Tensor, p: Tensor = None, *_: Tensor, **__: Tensor) -> Tensor:
        odds = input if p is None or isinstance(p, torch.Generator) else p
        return input.copy_((odds > UNIFORM) * torch.ones_like(input))

    names = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")
    new: list[tuple[Any, str, Any]] = [(functional, name, dropped) for name in names]
    new += [(torch, "dropout", dropped), (functional, "batch_norm", batch_norm)]
    new += [(functional, "scaled_dot_product_attention", attention)]
    new += [(torch, name, filled(getattr(torch, name), UNIFORM)) for name in ("rand", "rand_like")]
    new += [(torch, name, filled(getattr(torch, name), NORMAL)) for name in ("randn", "randn_like")]
    new += [(torch, "normal", normally)]
    new += [(torch.Tensor, "normal_", lambda self, mean=0.0, std=1.0, **_: self.fill_(mean + NORMAL * std))]
    new += [(torch, "bernoulli", lambda input, *args, **kwargs: chosen(input.clone(), *args, **kwargs))]
    new += [(torch.Tensor, "bernoulli_", chosen)]
    old = [(space, name, getattr(space, name)) for space, name, _ in new]
    for space, name, function in new:
        setattr(space, name, function)
    try:
        yield
    finally:
        for space, name, function in old:
            setattr(space, name, function)


class Runner:
    """One model, and how a pass of it is run."""

    def __init__(self, model: Model, job: Job, shell: Shell, state: str | None) -> None:
        self.model, self.job, self.shell, self.state = model, job, shell, state

    def run(self, run: Job) -> dict[str, NDArray[Any]]:
        """Outputs "o0", "o1", ...; with gradients "g:<parameter>" and "i:<input>"."""
        dtype, specs = getattr(torch, run["dtype"]), self.job["inputs"]
        with np.load(run["inputs"]) as file:
            given = [torch.from_numpy(np.array(file[f"i{place}"])) for place in range(len(specs))]
        given = [value.to(dtype) if value.is_floating_point() else value for value in given]
        wanted = bool(run.get("gradients"))
        leaves = [value.requires_grad_() if wanted and value.is_floating_point() else value for value in given]
        used = [value * 1 if value.requires_grad else value for value in leaves]  # a leaf may not be changed in place
        training = run["mode"] == "train"
        self.model.train(training)
        for module in self.model.modules() if training and not self.job["dropout"] else ():
            if isinstance(module, torch.nn.RNNBase):
                module.dropout = 0.0  # what it drops between its own layers no stand-in reaches
        torch.manual_seed(self.job["seed"])
        with torch.set_grad_enabled(wanted), stand_ins(self.job, self.shell):
            outputs = self.shell.flatten(apply(self.model, used, self.job))
        results = {f"o{place}": self.shell.array(value) for place, value in enumerate(outputs)}
        if wanted:
            results |= self.gradients(outputs, leaves)
        if training:
            buffers = {
                f"s:{name}": self.shell.array(b) for name, b in self.model.named_buffers() if b.is_floating_point()
            }
            results |= buffers
        if training and self.state:
            load_state(self.model, self.state)  # running statistics moved
        return {key: value for key, value in results.items() if value is not None}

    def cotangent(self, place: int, shape: tuple[int, ...]) -> Tensor:
        """Drawn in the source's axis order; of a generated model turned to its own."""
        orders = self.job.get("orders", ())
        axes = (orders[place] if place < len(orders) else None) or range(len(shape))
        weights = self.shell.cotangent(self.job["seed"], place, [shape[axis] for axis in axes])
        return torch.from_numpy(np.ascontiguousarray(weights.transpose(np.argsort(axes))))

    def gradients(self, outputs: list[Tensor], leaves: list[Tensor]) -> dict[str, NDArray[Any] | None]:
        """Of the sum of all outputs, weighted by the cotangents."""
        self.model.zero_grad()
        terms = []
        for place, value in enumerate(outputs):
            if hasattr(value, "requires_grad") and value.requires_grad:
                terms.append((value * self.cotangent(place, tuple(value.shape)).to(value.dtype)).sum())
        if not terms:
            return {}
        torch.stack([term.to(terms[0].dtype) for term in terms]).sum().backward()
        parameters = {f"g:{name}": p.grad for name, p in self.model.named_parameters()}
        inputs = {f"i:{place}": value.grad for place, value in enumerate(leaves) if value.requires_grad}
        found = {**parameters, **inputs}
        return {key: self.shell.array(value) for key, value in found.items() if value is not None}
