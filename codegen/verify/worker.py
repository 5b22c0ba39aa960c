"""The process in which a model runs. Started by path: `python -P worker.py RUNTIME.py JOB.json`.

It uses the standard library and NumPy only, and loads by path the runtime of one framework, whose
`perform(job, shell)` does the job. Here is what both runtimes need: limits, stand-ins for modules that are not
installed, texts executed in place of files, and the recorder of intermediate tensors. Results are one .npz per pass
and one JSON report. Progress goes to stdout, one JSON object per line; what the model's code prints goes to stderr.
"""

from __future__ import annotations

import ast
import builtins
import functools
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import random
import socket
import sys
import traceback
import types
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

Job: TypeAlias = dict[str, Any]
Unknown: TypeAlias = Any
"""A value of a framework or of the model's own code: nothing is known about it here."""


# ------------------------------------------------------------------------------------------------------ limits
def restrict(memory: int | None) -> None:
    """Resource limits and no network. The parent also keeps a time limit and ends the whole process group."""
    try:
        import resource
    except ImportError:  # Windows has none
        resource = None  # type: ignore[assignment]
    if resource is not None:
        limits = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 32 * 2**30}
        if memory:
            limits[resource.RLIMIT_AS] = memory
        for kind, value in limits.items():
            hard = resource.getrlimit(kind)[1]
            resource.setrlimit(kind, (value if hard < 0 else min(value, hard), hard))

    def refuse(*_: object, **__: object) -> None:
        raise OSError("the network is closed while a model is verified")

    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, refuse)
    socket.create_connection = refuse  # type: ignore[assignment]


UNIFORM, NORMAL = 0.25, 0.5
"""What stands for a number drawn evenly from [0, 1), and for one drawn from N(0, 1), as where sources are read."""


@contextmanager
def steady_draws() -> Iterator[None]:
    """Numbers that a model draws outside its framework are the same on both sides: always one from their range."""

    def unit(*shape: Unknown, original: Unknown) -> Unknown:
        return np.full_like(original(*shape), UNIFORM) if shape else UNIFORM

    def normal(loc: Unknown = 0.0, scale: Unknown = 1.0, size: Unknown = None, *, original: Unknown) -> Unknown:
        return loc + scale * np.full_like(original(0.0, 1.0, size), NORMAL)

    def standard(*shape: Unknown, original: Unknown) -> Unknown:
        return np.full_like(original(*shape), NORMAL)

    def between(low: Unknown, high: Unknown = None, *more: Unknown, original: Unknown, last: int | None) -> Unknown:
        if more or (high is None and last is None):
            return original(low, high, *more)
        low, high = (0, low) if high is None else (low, high)
        value = low + UNIFORM * (high - low + (last or 0))
        return value if last is None else int(value)

    spaces: dict[Unknown, dict[str, Unknown]] = {
        random: {
            "random": unit,
            "uniform": functools.partial(between, last=None),
            "randint": functools.partial(between, last=1),
            "randrange": functools.partial(between, last=0),
            "choice": lambda items, original: items[int(UNIFORM * len(items))],
        },
        np.random: {
            "rand": unit,
            "random": unit,
            "randn": standard,
            "standard_normal": standard,
            "normal": normal,
            "uniform": functools.partial(between, last=None),
            "randint": functools.partial(between, last=0),
        },
    }
    old = [(space, name, getattr(space, name)) for space, names in spaces.items() for name in names]
    for space, name, original in old:
        setattr(space, name, functools.partial(spaces[space][name], original=original))
    try:
        yield
    finally:
        for space, name, original in old:
            setattr(space, name, original)


# ------------------------------------------------------------------------------------------------------ modules
class Stub(types.ModuleType):
    """Stands for a module that is not installed and that the model does not need."""

    __path__: list[str] = []  # noqa: RUF012

    def __getattr__(self, name: str) -> Stub:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Stub(f"{self.__name__}.{name}")

    def __call__(self, *args: Unknown, **kwargs: Unknown) -> Unknown:
        """As a decorator it leaves what it decorates alone."""
        if len(args) == 1 and not kwargs and isinstance(args[0], type | types.FunctionType):
            return args[0]
        return self

    def __getitem__(self, key: object) -> Stub:
        return self

    def __iter__(self) -> Iterator[Unknown]:
        return iter(())

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        return (object,)


class StubFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The last finder: a top-level module that nobody found is stood in for, unless its import may fail."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}  # the modules that were stood in for, in order

    def find_spec(self, name: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        """A spec that makes a stub, or None."""
        top = name.partition(".")[0]
        parent = sys.modules.get(name.rpartition(".")[0])
        if isinstance(parent, Stub) or ("." not in name and not _import_may_fail()):
            self.names.setdefault(top)
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> Stub:
        """The stand-in."""
        return Stub(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """A stub has nothing to execute."""


def _import_may_fail() -> bool:
    """Whether the import being executed stands in `try: ... except ImportError`, or is only asked about."""
    frame: types.FrameType | None = sys._getframe(2)
    while frame is not None and "importlib" in frame.f_code.co_filename:
        if frame.f_code.co_name == "find_spec" and "util" in frame.f_code.co_filename:
            return True  # importlib.util.find_spec: the model asks whether the module is there
        frame = frame.f_back
    if frame is None or frame.f_code.co_filename.startswith("<"):
        return True
    line = frame.f_lineno
    return any(first <= line <= last for first, last in _guarded(frame.f_code.co_filename))


@functools.cache
def _guarded(file: str) -> tuple[tuple[int, int], ...]:
    """Line ranges of a file in which an ImportError is caught; all lines of an installed library's file."""
    if "site-packages" in file or not (os.path.exists(file) or os.path.realpath(file) in _texts):
        return ((0, 1 << 30),)
    caught = ("ImportError", "ModuleNotFoundError", "Exception", "BaseException")
    ranges = []
    for node in ast.walk(ast.parse(text_of(file))):
        if isinstance(node, ast.Try) and any(
            handler.type is None or any(name in ast.dump(handler.type) for name in caught) for handler in node.handlers
        ):
            ranges.append((node.body[0].lineno, node.body[-1].end_lineno or node.body[-1].lineno))
    return tuple(ranges)


_texts: dict[str, str] = {}


def serve_texts(texts: dict[str, str]) -> None:
    """Imports of these files execute the given text, never a cached compilation of the file."""
    _texts.update({os.path.realpath(path): text for path, text in texts.items()})
    loader: Unknown = importlib.machinery.SourceFileLoader
    get_data, path_stats = loader.get_data, loader.path_stats

    def data(self: Unknown, path: str) -> Unknown:
        text = _texts.get(os.path.realpath(path))
        return get_data(self, path) if text is None else text.encode()

    def stats(self: Unknown, path: str) -> Unknown:
        if os.path.realpath(path) in _texts:
            raise OSError("no cached code")
        return path_stats(self, path)

    loader.get_data, loader.path_stats = data, stats


def text_of(path: str) -> str:
    """The text to execute for a file: the given one, else the file's."""
    text = _texts.get(os.path.realpath(path))
    return Path(path).read_text(encoding="utf-8-sig") if text is None else text


def execute(
    path: str, name: str, slice_: Sequence[Sequence[int]] | None, bound: dict[str, Unknown]
) -> dict[str, Unknown]:
    """Globals of a file executed as module `name`; `slice_` lists the statements to execute ([3], or [3, 0] inside)."""
    tree = ast.parse(text_of(path), path)
    if slice_ is not None:
        tree.body = [_statement(tree, place) for place in slice_]
    module = types.ModuleType(name)
    module.__file__ = path
    module.__dict__.update(bound)
    sys.modules[name] = module
    sys.argv = [path]  # a program that parses its command line is started without arguments
    exec(compile(tree, path, "exec"), module.__dict__)  # noqa: S102  this process exists to run it
    return module.__dict__


def _statement(tree: ast.Module, place: Sequence[int]) -> ast.stmt:
    node: Unknown = tree
    for index in place:
        node = node.body[index]
    found: ast.stmt = node
    return found


# ------------------------------------------------------------------------------------------------------ tensors
def flatten(value: Unknown, found: list[Unknown] | None = None) -> list[Unknown]:
    """Tensors and numbers of an output structure, in order."""
    found = [] if found is None else found
    if value is None or isinstance(value, str | bytes):
        return found
    if hasattr(value, "to_tuple") and not isinstance(value, dict):
        value = value.to_tuple()
    if hasattr(value, "detach") or hasattr(value, "numpy") or isinstance(value, int | float | np.ndarray):
        found.append(value)
    elif isinstance(value, dict) or hasattr(value, "values"):
        for item in value.values():
            flatten(item, found)
    elif isinstance(value, list | tuple):
        for item in value:
            flatten(item, found)
    return found


def array(value: Unknown) -> Array | None:
    """A copy as NumPy array; bfloat16 as float32; None for a symbolic tensor."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        value = (value.float() if str(value.dtype) == "torch.bfloat16" else value).numpy()
    elif hasattr(value, "numpy"):
        try:
            value = value.numpy()
        except (AttributeError, NotImplementedError, TypeError, ValueError):
            return None
    return np.array(value)


def cotangent(seed: int, place: int, shape: Sequence[int]) -> Array:
    """The fixed weights of the sum whose gradient is compared, for output `place`, in the source's axis order."""
    return np.random.RandomState((seed * 1009 + place) % 2**32).standard_normal(shape)


class Recorder:
    """Keeps the tensors of one pass under "path#call.output" or "@site#call.output", up to a number of bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.start(False)

    def start(self, on: bool) -> None:
        """Begin a pass, or stop keeping."""
        self.on = on
        self.kept: dict[str, Array] = {}
        self.left_out = 0
        self.counts: dict[str, int] = {}
        self.size = 0

    def __call__(self, key: str, value: Unknown) -> Unknown:
        """What `__pivot_record__(key, value)` does in instrumented text; returns the value itself."""
        if self.on:
            self.keep(f"@{key}", value)
        return value

    def keep(self, name: str, value: Unknown) -> None:
        """Count one execution of `name` and keep copies of its tensors."""
        copies = [array(item) for item in flatten(value)]
        if all(copy is None for copy in copies):  # a symbolic call, not an execution
            return
        call = self.counts.get(name, 0)
        self.counts[name] = call + 1
        for place, copy in enumerate(copies):
            if copy is None or self.size + copy.nbytes > self.limit:
                self.left_out += 1
                continue
            self.size += copy.nbytes
            self.kept[f"{name}#{call}.{place}"] = copy


def stand_in_data() -> None:
    """The images that Keras would download are zeros: programs take shapes from them, the network is closed."""
    gray, colour = (60_000, (28, 28), ()), (50_000, (32, 32, 3), (1,))
    shapes: dict[str, tuple[int, tuple[int, ...], tuple[int, ...]]]
    shapes = {"mnist": gray, "fashion_mnist": gray, "cifar10": colour, "cifar100": colour}

    def load(name: str, *args: object, **more: object) -> tuple[tuple[Any, Any], ...]:
        count, image, label = shapes[name]
        zero = np.zeros((), "uint8")
        rows = (count, 10_000)
        return tuple((np.broadcast_to(zero, (n, *image)), np.broadcast_to(zero, (n, *label))) for n in rows)

    for name in shapes:
        for module in (f"keras.src.datasets.{name}", f"keras.datasets.{name}"):
            importlib.import_module(module).__dict__["load_data"] = functools.partial(load, name)


class Shell:
    """What a runtime is given: the report it fills, the recorder, and the functions of this file."""

    flatten = staticmethod(flatten)
    array = staticmethod(array)
    cotangent = staticmethod(cotangent)
    execute = staticmethod(execute)
    stand_in_data = staticmethod(stand_in_data)

    def __init__(self, job: Job, out: Unknown) -> None:
        self.report: dict[str, Unknown] = {"ok": True, "error": None, "runs": [], "versions": {}}
        self.recorder = Recorder(job["record_limit"])
        self.alive: list[object] = []  # what must live as long as the process
        self.stubs = StubFinder()
        self._out, self._done = out, 0
        self._total = sum(not run.get("instead") for run in job["runs"])

    @contextmanager
    def raised(self, places: Mapping[Unknown, Sequence[str]], wide: Mapping[Unknown, Unknown]) -> Iterator[None]:
        """float32 is float64 (`wide`: names, and what stands for each) where code names it to one of these functions.

        Only so can both sides be compared to the last digits; it is told in the report.
        """

        def wider(value: Unknown) -> Unknown:
            for name, other in wide.items():
                if value is name or (isinstance(value, str) and value == name):
                    self.report["raised"] = True
                    return other
            return value

        def widened(function: Unknown) -> Unknown:
            def call(*args: Unknown, **kwargs: Unknown) -> Unknown:
                return function(*map(wider, args), **{name: wider(value) for name, value in kwargs.items()})

            return call

        found = [(place, name) for place, names in places.items() for name in names if hasattr(place, name)]
        before = [(place, name, getattr(place, name)) for place, name in found]
        for place, name, function in before:
            setattr(place, name, widened(function))
        try:
            yield
        finally:
            for place, name, function in before:
                setattr(place, name, function)

    def passes(self, runs: Sequence[Job], perform: Unknown) -> None:
        """Every pass, its results saved; one that fails is told in the report and does not stop the others.

        One that stands in for others is left out where one of these did not fail.
        """
        for run in runs:
            done = {entry["name"] for entry in self.report["runs"] if entry["ok"]}
            if done.intersection(run.get("instead", ())):
                continue
            self._total += bool(run.get("instead"))
            entry: dict[str, Unknown] = {"name": run["name"], "ok": True}
            self.report["runs"].append(entry)
            self.recorder.start(bool(run.get("record")))
            try:
                with steady_draws():
                    results: dict[str, Array] = perform(run)
                results.update({f"={key}": value for key, value in self.recorder.kept.items()})
                save_arrays(run["results"], results)
                entry["left_out"] = self.recorder.left_out
            except Exception as error:  # noqa: BLE001  the model's own code may raise anything
                entry |= {"ok": False, **describe(error)}
            self.recorder.start(False)
            self._done += 1
            self._out.write(json.dumps({"event": "progress", "done": self._done, "total": self._total}) + "\n")
            self._out.flush()


def save_arrays(path: str, arrays: dict[str, Array]) -> None:
    """An .npz; every key carries a sign that np.savez does not use itself."""
    savez: Unknown = np.savez
    savez(path, **arrays)


def describe(error: BaseException) -> dict[str, object]:
    """One line for people: what went wrong and, in the model's own files, where."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
    own = [f for f in frames if not any(part in f.filename for part in ("site-packages", "importlib", "runtime.py"))]
    at = own[-1] if own else None
    text = " ".join(str(error).split())[:400] or "no message"
    place = {"file": at.filename, "line": at.lineno} if at else {"file": None, "line": 0}
    return {"error": f"{type(error).__name__}: {text}", **place}


def main(runtime: str, path: str) -> int:
    """0: the job was done (single passes may have failed, the report says so); 1: it was not."""
    job = json.loads(Path(path).read_text(encoding="utf-8"))
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the model's code prints must not mix with the progress lines
    shell = Shell(job, out)
    try:
        restrict(job.get("memory"))
        serve_texts(job.get("texts", {}))
        builtins.__pivot_record__ = shell.recorder  # type: ignore[attr-defined]
        spec = importlib.util.spec_from_file_location("pivot_runtime", runtime)
        if spec is None or spec.loader is None:
            raise ImportError(runtime)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.perform(job, shell)
    except (Exception, SystemExit) as error:  # noqa: BLE001  see above
        shell.report |= {"ok": False, **describe(error)}
    shell.report["stubs"] = list(shell.stubs.names)
    Path(job["report"]).write_text(json.dumps(shell.report), encoding="utf-8")
    return 0 if shell.report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
