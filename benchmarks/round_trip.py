"""There and back: is a network the same after PyTorch -> Keras -> PyTorch, and after Keras -> PyTorch -> Keras?

    python benchmarks/round_trip.py [--only REGEX] [--torchvision DIR] [--keep DIR] [--outputs]

Every example, every builder of torchvision's classification models (`DIR` holds the package's unpacked wheel) and every
builder of keras.applications, read as text where they are installed or unpacked. Three questions per model, all of
them decided by reading: "same": written in its own framework, is it the network that it was? "there": is the other
framework's text proved? "back": is the text that is written from that one the first network again? With `--outputs` the
model and what came back are also run in float64, with weights that were carried there and back.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from round_trip_outputs import outputs_error  # noqa: E402

from codegen.convert import Converted, write_target  # noqa: E402
from codegen.dialects import dialect_of  # noqa: E402
from codegen.restating import elaborate_for  # noqa: E402
from codegen.static_proof import Proof, compare_networks, prove  # noqa: E402
from pivot.opset import OpSet, load_opset  # noqa: E402
from pivot.problems import Refusal, refuse  # noqa: E402
from pivot.reading.elaborate import Elaborated, Request, elaborate  # noqa: E402
from pivot.reading.inputs import InputSpec, parse_spec  # noqa: E402

OTHER = {"torch": "keras", "keras": "torch"}
EXAMPLES = HERE.parent / "resources" / "examples"
CLASSIFICATION = (
    "alexnet", "convnext", "densenet", "efficientnet", "googlenet", "inception", "maxvit", "mnasnet", "mobilenetv2",
    "mobilenetv3", "regnet", "resnet", "shufflenetv2", "squeezenet", "swin_transformer", "vgg", "vision_transformer",
)  # fmt: skip
SIZES = {"inception_v3": 299, "swin": 256}


@dataclass(frozen=True, slots=True)
class Model:
    """One model to be sent there and back."""

    name: str
    path: Path
    framework: str
    expression: str | None
    inputs: tuple[InputSpec, ...] = ()


@dataclass(slots=True)
class Row:
    """What became of a model: "" where a question is answered with yes, else why not."""

    name: str
    same: str = "-"
    there: str = "-"
    back: str = "-"
    outputs: str = ""
    error: float | None = None
    seconds: float = 0.0
    specs: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Is every answer yes?"""
        return not (self.same or self.there or self.back or self.outputs)


def main() -> int:
    """Ask everything and print the table; status 1 where an answer is no."""
    options = arguments()
    opset = load_opset()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = (options.keep or Path(scratch)).resolve()
        for model in models(options.torchvision):
            if re.search(options.only, model.name):
                rows.append(sent(model, folder / model.name.replace("/", "_"), opset))
                if options.outputs and not rows[-1].back:
                    run_both(rows[-1], model, folder / model.name.replace("/", "_") / "outputs")
                print(line(rows[-1]), flush=True)
    for group, chosen in grouped(rows):
        counts = {q: sum(not getattr(row, q) for row in chosen) for q in ("same", "there", "back")}
        print(f"{group}: {len(chosen)} models, " + ", ".join(f"{q} {n}" for q, n in counts.items()))
    return int(not all(row.holds for row in rows))


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="REGEX", help="names that match")
    parser.add_argument("--torchvision", type=Path, metavar="DIR", help="the folder that holds the package torchvision")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the written texts here")
    parser.add_argument("--outputs", action="store_true", help="run the model and what came back, too")
    return parser.parse_args()


def models(torchvision: Path | None) -> Iterator[Model]:
    """All models, the examples first."""
    for path in sorted(EXAMPLES.rglob("*.py")):
        framework = "keras" if path.parent.name == "tensorflow" else "torch"
        if path.stem != "spectral_mixer":  # has an operation that nothing reads
            yield Model(f"examples/{framework}/{path.stem}", path, framework, None)
    if torchvision is not None:
        for stem in CLASSIFICATION:
            path = torchvision / "torchvision" / "models" / f"{stem}.py"
            for name in builders(path, "register_model"):
                size = next((s for key, s in SIZES.items() if key in name), 224)
                extra = "init_weights=False" if stem in ("googlenet", "inception") else ""
                yield Model(f"torchvision/{name}", path, "torch", f"{name}({extra})", (image("torch", size),))
    spec = find_spec("keras")
    if spec is not None and spec.origin is not None:
        for path in sorted((Path(spec.origin).parent / "src" / "applications").glob("*.py")):
            for name in builders(path, "keras_export"):
                yield Model(f"keras.applications/{name}", path, "keras", f"{name}(weights=None)")


def builders(path: Path, decorator: str) -> list[str]:
    """Functions of a file that are exported as builders of models."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith(("preprocess", "decode"))
        and any(decorator in ast.unparse(found) for found in node.decorator_list)
    ]


def image(framework: str, size: int) -> InputSpec:
    """One picture."""
    return parse_spec(f"1x3x{size}x{size}" if framework == "torch" else f"1x{size}x{size}x3")


def sent(model: Model, folder: Path, opset: OpSet) -> Row:
    """A model there and back."""
    folder.mkdir(parents=True, exist_ok=True)
    row, begun = Row(model.name), time.monotonic()
    for question in ("same", "there", "back"):
        try:
            ask(question, row, model, folder, opset)
        except Refusal as no:
            setattr(row, question, f"{Path(no.problem.file).name}:{no.problem.line}: {no.problem.why}")
        except Exception as error:  # noqa: BLE001  a defect of ours is a row of the table
            (folder / f"{question}.txt").write_text(traceback.format_exc())
            setattr(row, question, f"{type(error).__name__}: {error}")
    row.seconds = time.monotonic() - begun
    return row


def run_both(row: Row, model: Model, folder: Path) -> None:
    """The error of the outputs of what came back into the row."""
    try:
        row.error = outputs_error(model.path, model.framework, model.expression, row.specs, folder)
        row.outputs = "" if row.error <= 1e-12 else f"relative error {row.error:.1e}"
    except RuntimeError as no:
        row.outputs = str(no)


def ask(question: str, row: Row, model: Model, folder: Path, opset: OpSet) -> None:
    """Answer one question into the row."""
    request = Request(model.path, model.expression, model.inputs)
    if question == "same":
        _, proof = written(request, model.framework, model.framework, folder, opset)
        row.same = proof.why or ""
        return
    other = OTHER[model.framework]
    there, proof = written(request, model.framework, other, folder, opset)
    row.specs = tuple(f"{'x'.join(map(str, s.shape))}:{s.dtype}" for s in there.done.specs)
    row.there = proof.why or ""
    if question == "back" and proof.why is None:
        path = folder / f"{model.path.stem}_{other}.py"
        specs = proof.target.specs if proof.target is not None else ()
        _, proof = written(Request(path, there.entry, tuple(specs)), other, model.framework, folder, opset)
        row.back = proof.why or ""
        if proof.why is None and proof.target is not None:
            row.back = compared(request, there.done, proof.target, other, opset)


def compared(request: Request, restated: Elaborated, back: Elaborated, other: str, opset: OpSet) -> str:
    """Why the first network and the last one differ; "" where they do not.

    What the other framework lacks was taken apart on the way there, and comes back in parts: library modules by what
    they are restated as, operations by what the op files say instead. Then both are compared in such parts.
    """
    plain = elaborate(request, restated.evaluator.dialect, opset)
    found = compare_networks(plain, back, opset)
    if found.why is not None:
        found = compare_networks(plain, back, opset, between=other)
    if found.why is not None and restated.evaluator.restated - plain.evaluator.restated:
        found = compare_networks(restated, back, opset, between=other)
    return "" if found.why is None else f"{found.why} ({found.place})"


def written(request: Request, source: str, target: str, folder: Path, opset: OpSet) -> tuple[Converted, Proof]:
    """The text of a program in a framework, and its proof."""
    done = elaborate_for(request, dialect_of(source, str(request.path)), target, opset)
    if done.network.unmapped:
        node = done.network.unmapped[0]
        raise refuse("unmapped", node.file, getattr(node.site, "lineno", 0), 0, f"not mapped: {node.text}", "map it")
    made = write_target(done, target, opset)
    stem = request.path.stem.removesuffix(f"_{source}")
    path = folder / f"{stem}_{target}.py"
    path.write_text(made.text, encoding="utf-8")
    return made, prove(made, dialect_of(target, str(path)), opset, path)


def line(row: Row) -> str:
    """One line of the table."""
    answers = "  ".join(f"{q} {'yes' if not getattr(row, q) else 'no'}" for q in ("same", "there", "back"))
    whys = [f"\n    {q}: {getattr(row, q)}"[:300] for q in ("same", "there", "back", "outputs") if getattr(row, q)]
    answers += "" if row.error is None else f"  outputs {row.error:.1e}"
    return f"{row.name:44} {answers}  {row.seconds:5.1f} s{''.join(whys)}"


def grouped(rows: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Rows by where the models come from."""
    for group in dict.fromkeys(row.name.rpartition("/")[0] for row in rows):
        yield group, [row for row in rows if row.name.rpartition("/")[0] == group]


if __name__ == "__main__":
    sys.exit(main())
