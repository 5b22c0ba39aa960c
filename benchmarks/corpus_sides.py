"""Both sides of one entry in forked processes: the source as it is, the conversion, the generated target."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import json
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from types import ModuleType

from corpus_again import BACKENDS, drawn_alike, in_float64, made_in_float64, run_as_written, said_again, source_again

Row = dict[str, object]
SINGLE = 1e-5
"""Largest relative error against a source that was run in float32."""


def judge(name: str) -> ModuleType:
    """`load` or `score` of the manifest, found by path."""
    return importlib.import_module(name)


def load_target_framework(target: str) -> None:
    """Once for all entries: what the forks need is imported before them."""
    importlib.import_module(target)  # the generated code needs it

    import studio.cli
    import studio.commands.convert  # noqa: F401


def forked(work: Callable[[], int | None], log: Path, limit: int) -> tuple[int | None, str]:
    """Run in a fork with a time limit, its output in a file: exit status (None: killed) and what it said."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 1
        stream = log.open("w")
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
        signal.alarm(limit)
        try:
            status = work() or 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(bool(end.code))
            if end.code and not isinstance(end.code, int):
                print(end.code, file=sys.stderr)
        except BaseException:  # noqa: BLE001  whatever happened, the fork ends here and says it
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    _, raw = os.waitpid(child, 0)
    text = log.read_text(errors="replace")
    return (os.WEXITSTATUS(raw) if os.WIFEXITED(raw) else None), text


# -- the source ----------------------------------------------------------------------------


def place(cache: Path, entry: str) -> Path:
    """Where everything about an entry is kept."""
    return cache / "entries" / entry.replace("/", "__")


def prepare(ids: list[str], cache: Path, limit: int, framework: str) -> None:
    """Run the source side of every entry that was not run yet, all from one process that has its framework."""
    missing = [
        i for i in ids if not (place(cache, i) / "rows.json").exists() and not (place(cache, i) / "skipped").exists()
    ]
    if not missing:
        return
    sys.stdout.flush()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        importlib.import_module(framework)
        for number, entry in enumerate(missing, 1):
            folder = place(cache, entry)
            folder.mkdir(parents=True, exist_ok=True)
            if not (folder / "source.json").exists():
                status, text = forked(lambda: source_side(entry, cache, folder), folder / "source.log", limit)  # noqa: B023
                other = source_in_single if framework == "keras" else source_raised
                if status:
                    status, text = forked(lambda: other(entry, cache, folder), folder / "other.log", limit)  # noqa: B023
                if status:
                    (folder / "skipped").write_text(text[-2000:])
                    (folder / "source.json").unlink(missing_ok=True)  # written before the last of it ran
                    print(f"source {number}/{len(missing)} skipped {entry}", flush=True)
                    continue
            forked(lambda: more_rows(entry, cache, folder), folder / "rows.log", limit)  # noqa: B023
            if not (folder / "rows.json").exists():
                (folder / "rows.json").write_text(json.dumps({"accepted": False}))
            print(f"source {number}/{len(missing)} {entry}", flush=True)
    finally:
        os._exit(0)


def source_side(entry: str, cache: Path, folder: Path) -> None:
    """Weights, inputs and float64 outputs of the source.

    Once more with the weights of the file: what a Keras layer computes from its weights when they are loaded
    (Normalization) does not follow those that are assigned; and numbers that are drawn are the same on both sides.
    """
    import numpy as np

    load, score = judge("load"), judge("score")
    facts = load.entries()[entry]
    if facts["framework"] != "torch":
        run_as_written()
    score.source(entry, str(cache / "sources"), folder)
    model, inputs = loaded(facts, cache, folder)
    with drawn_alike(kind_of(facts)):
        outputs = score.arrays(load.forward(facts, model, widened(inputs)))
    np.savez(folder / "source_outputs.npz", *outputs)


def source_in_single(entry: str, cache: Path, folder: Path) -> None:
    """The same in float32, for a Keras model that names float32 somewhere and does not run in float64."""
    facts = judge("load").entries()[entry]
    backend = importlib.import_module("tf_keras" if facts.get("backend") == "tf_keras" else "keras").backend
    backend.set_floatx = lambda name: None
    source_side(entry, cache, folder)
    path = folder / "source.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "single": True}))


def source_raised(entry: str, cache: Path, folder: Path) -> None:
    """The same with float64 wherever a PyTorch source names float32, for one that does not run in float64 as it is."""
    with made_in_float64():
        source_side(entry, cache, folder)
    path = folder / "source.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "raised": True}))


def kind_of(facts: dict[str, object]) -> str:
    """The package whose layers a source uses."""
    if facts["framework"] == "torch":
        return "torch"
    return "tf_keras" if facts.get("backend") == "tf_keras" else "keras"


def widened(inputs: tuple[list, dict]) -> tuple[list, dict]:
    """Floating inputs as float64."""
    import numpy as np

    def wide(value: object) -> object:
        if isinstance(value, tuple):
            return tuple(map(wide, value))
        return value.astype("float64") if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value

    return [wide(value) for value in inputs[0]], {name: wide(value) for name, value in inputs[1].items()}


def more_rows(entry: str, cache: Path, folder: Path) -> None:
    """The same with one row more in the batch, where the source takes that: below `more/`."""
    import numpy as np

    load, score = judge("load"), judge("score")
    facts = load.entries()[entry]
    model, inputs = loaded(facts, cache, folder)
    pos, kw = widened(inputs)
    batch = next(a.shape[0] for a in [*pos, *kw.values()] if isinstance(a, np.ndarray) and a.ndim)

    def longer(value: object) -> object:
        if isinstance(value, tuple):
            return tuple(map(longer, value))
        if not isinstance(value, np.ndarray) or not value.ndim or value.shape[0] != batch:
            return value
        return np.concatenate([value, value[-1:]])

    pos, kw = [longer(p) for p in pos], {k: longer(v) for k, v in kw.items()}
    with drawn_alike(kind_of(facts)):
        outputs = score.arrays(load.forward(facts, model, (pos, kw)))
    flat = [part for value in (*pos, *kw.values()) for part in (value if isinstance(value, tuple) else (value,))]
    more = folder / "more"
    more.mkdir(exist_ok=True)
    np.savez(more / "inputs.npz", *flat)
    np.savez(more / "source_outputs.npz", *outputs)
    (folder / "rows.json").write_text(json.dumps({"accepted": True}))


def loaded(
    facts: dict[str, object], cache: Path, folder: Path, making: AbstractContextManager[None] | None = None
) -> tuple[Callable[..., object], tuple[list, dict]]:
    """The source's model in float64 with the weights that were saved, and its inputs; `making`: a PyTorch model."""
    load = judge("load")
    sources = str(cache / "sources")
    if facts["framework"] == "torch":
        import torch

        state = torch.load(folder / "source.pt")
        with making or nullcontext():
            model, inputs = load.instantiate(facts, sources)
        model.load_state_dict(state)
        return model.double(), inputs
    load._prepare(facts, load.cache_dir(sources))  # which of two kinds of Keras `keras` is
    importlib.import_module("tf_keras" if facts.get("backend") == "tf_keras" else "keras").backend.set_floatx("float64")
    model, inputs = load.instantiate(facts, sources)
    load.forward(facts, model, inputs)  # makes the weights
    model.load_weights(folder / "source.weights.h5")
    return model, inputs


# -- the conversion and the target -------------------------------------------------------------


def judged(entry: str, cache: Path, limit: int, to: str) -> Row:
    """One row of the results."""
    folder = place(cache, entry)
    row: Row = {"id": entry, "package": judge("load").entries()[entry]["origin"]["type"] == "pypi"}
    os.environ["PIVOT_STUDIO_PACKAGES"] = "" if row["package"] else str(cache / "sources" / "pypi")
    if not (folder / "source.json").exists():
        return {**row, "verdict": "skipped"}
    score, out = judge("score"), folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    status, text = forked(lambda: converted(folder, out, to, bool(row["package"])), folder / "convert.log", limit)
    measures = folder / "measures.json"
    if measures.exists():
        row.update(json.loads(measures.read_text()))
        measures.unlink()
    if status in (2, 3):
        placed = status == 3 or score.PLACE.search(text)
        return {**row, "verdict": "refused" if placed else "crashed", "why": score.last(text)}
    if status != 0 or "Traceback" in text:
        return {**row, "verdict": "crashed", "why": f"status {status}: {score.last(text)}"}
    source = json.loads((folder / "source.json").read_text())
    single, high = (bool(source.get(name)) for name in ("single", "raised"))
    row.update(compared(out, folder, folder / "target.log", limit, to, raised=single or high))
    if high and row["verdict"] == "equal":
        row.update(verdict="raised", why=f"{row['error']:.1e}; the source names float32 and does not run in float64")
    if row["verdict"] in ("close", "wrong") and not high:
        constants = rounded(out, folder, limit) if to == "torch" and not single else {}
        row.update(constants or looked_again(entry, row, cache, out, limit, to))
    if single and row["verdict"] not in BACKENDS:
        error = row.get("error")
        return {**row, "verdict": "single"} if isinstance(error, float) and error <= SINGLE else row
    if row["verdict"] in ("equal", "rounded") and json.loads((folder / "rows.json").read_text())["accepted"]:
        again = compared(out, folder / "more", folder / "more.log", limit, to)
        row["batch"] = again["verdict"] in ("equal", "close")  # the constants are rounded there too
        row["batch_why"] = again.get("why", "")
    shutil.rmtree(out, ignore_errors=True)
    return row


def converted(folder: Path, out: Path, to: str, package: bool, more: Sequence[str] = ()) -> int:
    """Convert as the command does, with `more` arguments; what the code is like goes to measures.json."""
    from code_quality import measured

    import studio.cli
    import studio.commands.convert as command

    source = json.loads((folder / "source.json").read_text())
    given = ["convert", source["path"], "--to", to, "--model", source["model"], "-o", str(out)]
    given += ["--weights", str(folder / source["weights"])]
    given += [part for spec in source["specs"] for part in ("--input", spec)]
    given += [part for name, value in source["bind"].items() for part in ("--set", f"{name}={value}")]
    given += more
    run_conversion = command.run_conversion

    def timed(*args: object, **kwargs: object) -> object:
        begin = time.process_time()
        run = run_conversion(*args, **kwargs)
        seconds = time.process_time() - begin
        if run.converted is not None:
            facts = {"seconds": round(seconds, 3), **measured(run.converted, package)}
            (folder / "measures.json").write_text(json.dumps(facts))
        return run

    command.run_conversion = timed
    sys.argv = ["pivot-studio", *given]
    return studio.cli.main(given)


def compared(out: Path, work: Path, log: Path, limit: int, to: str, raised: bool = False) -> Row:
    """Run the target on the inputs in `work` and compare with the outputs there."""
    score = judge("score")
    take_each_tensor(out / "conversion.json")

    def run() -> None:
        with drawn_alike(to), in_float64(to) if raised else nullcontext():
            score.target(out, work)

    status, text = forked(run, log, limit)
    found = [line for line in text.splitlines() if line.startswith("ERROR ")]
    if status == 0 and found:
        error = float(found[-1].split()[1])
        return {"verdict": "equal" if error <= 1e-12 else "close" if error <= 1e-6 else "wrong", "error": error}
    why = score.last(text) or f"status {status}"
    return {"verdict": "wrong" if "WRONG" in why else "unloadable", "why": why}


def take_each_tensor(path: Path) -> None:
    """The judge hands over each tensor by itself, in order: a model that takes some as a tuple (`hidden.0`), or others
    between them, is called as it wants to be.
    """
    facts = json.loads(path.read_text())
    names = [spec["name"] for spec in facts["inputs"]]
    if __name__ not in facts["target"]["model"]:
        facts["target"]["model"] = f"__import__({__name__!r}).packing({facts['target']['model']}, {names})"
        path.write_text(json.dumps(facts))


def packing(model: object, names: list[str]) -> object:
    """A model that is called with tensors of these names: those with a common beginning go on as one tuple."""
    kind = type(model)
    method = kind.call if hasattr(kind, "call") else kind.forward
    wanted = [name for name in inspect.signature(method).parameters if name != "self"]
    heads = list(dict.fromkeys(name.partition(".")[0] for name in names))
    by_name = wanted[: len(heads)] != heads and set(heads) <= set(wanted)
    if not by_name and not any("." in name for name in names):
        return model

    def call(self: object, *tensors: object, **more: object) -> object:
        groups: dict[str, list[object]] = {}
        for name, tensor in zip(names, tensors, strict=True):
            groups.setdefault(name.partition(".")[0], []).append(tensor if "." not in name else (tensor,))
        packed = [sum(group, ()) if isinstance(group[0], tuple) else group[0] for group in groups.values()]
        if by_name:
            return kind.__call__(self, **dict(zip(heads, packed, strict=True)), **more)
        return kind.__call__(self, *packed, **more)

    model.__class__ = type(kind.__name__, (kind,), {"__call__": call})  # type: ignore[assignment]
    return model


def looked_again(entry: str, row: Row, cache: Path, out: Path, limit: int, to: str) -> Row:
    """The first other run of a source that the target equals."""
    facts, folder = judge("load").entries()[entry], place(cache, entry)
    if facts.get("backend") == "tf_keras":
        return {}
    for verdict in BACKENDS if to == "torch" else ("raised",):
        work = folder / verdict
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        if to == "torch":
            given = (facts, folder / "inputs.npz", folder / "source.weights.h5", verdict, work)
            status, _ = forked(partial(source_again, *given), work / "source.log", limit)
        else:
            status, _ = forked(partial(torch_again, facts, cache, folder, work), work / "source.log", limit)
        if status == 0:
            found = compared(out, work, work / "target.log", limit, to, raised=True)
            if found["verdict"] == "close" and verdict == "raised" and to == "torch":
                found.update(rounded(out, work, limit, raised=True))
            if found["verdict"] in ("equal", "rounded"):
                return said_again(row, verdict, found)
    return {}


def torch_again(facts: dict[str, object], cache: Path, folder: Path, work: Path) -> None:
    """Outputs of a PyTorch source in `work`, made and run in float64 from its first line on, with the same weights.

    Tables that are not saved (positions, windows) are the model's own, computed in float64.
    """
    import numpy as np

    load, score = judge("load"), judge("score")
    model, inputs = loaded(facts, cache, folder, made_in_float64())
    with in_float64("torch"), drawn_alike("torch"):
        outputs = score.arrays(load.forward(facts, model, widened(inputs)))
    np.savez(work / "source_outputs.npz", *outputs)
    shutil.copy(folder / "inputs.npz", work / "inputs.npz")


def rounded(out: Path, work: Path, limit: int, raised: bool = False) -> Row:
    """Is a PyTorch target equal once the constants are rounded that TensorFlow keeps in float32?"""
    from rounded_constants import explained

    score = judge("score")

    def error() -> float:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            score.target(out, work)
        return float(said.getvalue().split()[-1])

    def search() -> None:
        with drawn_alike("torch"), in_float64("torch") if raised else nullcontext():
            found = explained(error, float, 1e-12)
        print(f"EXPLAINED {found}" if found is not None else "nothing explains it")

    status, text = forked(search, work / "rounded.log", limit)
    found = [line for line in text.splitlines() if line.startswith("EXPLAINED ")]
    return {"verdict": "rounded", "why": found[-1].partition(" ")[2]} if status == 0 and found else {}


def start_up_seconds() -> float:
    """Processor time of the command before it reads anything, in a process of its own."""
    import subprocess

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with contextlib.suppress(OSError):
        subprocess.run([sys.executable, "-m", "studio", "ops", "--missing", "keras"], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, cwd=Path(__file__).resolve().parent.parent, check=False)  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
