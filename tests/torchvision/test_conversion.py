"""torchvision's model files, converted to Keras and read back: all mapped, proved equal, as short as the source."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from codegen.convert import Converted, convert
from codegen.static_proof import prove
from pivot.opset import OpSet, load_opset
from pivot.reading.elaborate import Request
from pivot.reading.inputs import parse_spec
from pivot.reading.keras import KerasDialect
from pivot.reading.torch import TorchDialect

MODELS = {
    "resnet18()": "resnet.py",
    "resnet50()": "resnet.py",
    "wide_resnet50_2()": "resnet.py",
    "vgg16_bn()": "vgg.py",
    "alexnet()": "alexnet.py",
    "densenet121()": "densenet.py",
    "mobilenet_v2()": "mobilenetv2.py",
    "squeezenet1_0()": "squeezenet.py",
    "shufflenet_v2_x1_0()": "shufflenetv2.py",
    "mnasnet1_0()": "mnasnet.py",
    "googlenet(init_weights=False)": "googlenet.py",
    "maxvit_t()": "maxvit.py",
}
STANDARD = ("collections", "functools", "itertools", "math", "typing")


@cache
def opset() -> OpSet:
    return load_opset()


@cache
def converted(folder: Path, model: str) -> Converted:
    """One conversion for all tests of a model."""
    request = Request(folder / MODELS[model], model, (parse_spec("1x3x224x224"),))
    return convert(request, TorchDialect(), "keras", opset())


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_unmapped_and_the_text_is_proved_equal(torchvision_models: Path, tmp_path: Path, model: str) -> None:
    done = converted(torchvision_models, model)
    assert [node.text for node in done.done.network.unmapped] == []
    target = tmp_path / "generated_keras.py"
    target.write_text(done.text, encoding="utf-8")
    proof = prove(done, KerasDialect(), opset(), target)
    assert (proof.why, proof.place) == (None, None)
    assert len(proof.matches) >= len(done.done.network.nodes)


def definitions(text: str) -> set[str]:
    return {n.name for n in ast.parse(text).body if isinstance(n, (ast.ClassDef, ast.FunctionDef))}


@pytest.mark.parametrize("model", ["resnet18()", "resnet50()", "wide_resnet50_2()"])
def test_a_resnet_keeps_its_classes_and_needs_no_transpose(torchvision_models: Path, model: str) -> None:
    text = converted(torchvision_models, model).text
    assert definitions(text) >= {"BasicBlock", "Bottleneck", "ResNet"}
    assert "transpose" not in text
    assert "permute" not in text.lower()
    resnet = next(n for n in ast.parse(text).body if isinstance(n, ast.ClassDef) and n.name == "ResNet")
    init = next(n for n in resnet.body if isinstance(n, ast.FunctionDef) and n.name == "__init__")
    names = [a.arg for a in init.args.args]
    assert names[:4] == ["self", "block", "layers", "num_classes"]
    assert ast.literal_eval(init.args.defaults[names.index("num_classes") - len(names)]) == 1000


def bare(text: str) -> str:
    """The code without comments, docstrings and tables of weights, one line per statement however it was wrapped."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.Module)):
            kept = [s for s in node.body if not is_docstring(s) and not is_table(s)]
            node.body = kept or ([] if isinstance(node, ast.Module) else [ast.Pass()])
    return ast.unparse(tree)


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_table(node: ast.stmt) -> bool:
    return isinstance(node, ast.ClassDef) and any("Weights" in ast.unparse(base) for base in node.bases)


def length(text: str) -> int:
    return sum(bool(line.strip()) for line in bare(text).splitlines())


@pytest.mark.parametrize("model", MODELS)
def test_the_generated_code_is_not_longer_than_the_source(torchvision_models: Path, model: str) -> None:
    """The source is the file, and those beside it that the generated file has definitions from."""
    done = converted(torchvision_models, model)
    made = definitions(done.text)
    sources = [text for text in done.done.evaluator.files.values() if definitions(text) & made]
    assert length(done.text) <= sum(map(length, sources))


@pytest.mark.parametrize("model", MODELS)
def test_the_generated_code_imports_keras_and_nothing_of_torch(torchvision_models: Path, model: str) -> None:
    tree = ast.parse(converted(torchvision_models, model).text)
    imported = {a.name.partition(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {(n.module or "").partition(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert imported <= {"keras", "numpy", "__future__", *STANDARD}
    assert not re.search(r"\btorch\b", bare(ast.unparse(tree)))


LISTING = """
import json, sys
from pathlib import Path
from benchmarks.torchvision_resnet import load
model = load(Path(sys.argv[1])).resnet50()
print(json.dumps({
    "modules": [[path, type(module).__name__] for path, module in model.named_modules()],
    "tensors": [[name, list(tensor.shape)] for name, tensor in model.state_dict().items()],
    "parameters": [name for name, _ in model.named_parameters()],
}))
"""


@pytest.mark.frameworks
def test_resnet50_has_the_paths_and_shapes_that_pytorch_reports(
    torchvision_root: Path, torchvision_models: Path, root: Path
) -> None:
    run = [sys.executable, "-c", LISTING, str(torchvision_root)]
    theirs = json.loads(subprocess.run(run, cwd=root, check=True, capture_output=True, text=True).stdout)
    network = converted(torchvision_models, "resnet50()").done.network
    assert [[path, module.class_name] for path, module in network.root.walk()] == theirs["modules"]
    ours = {name: list(p.type.shape) for p in network.parameters for name in p.names}
    assert ours == dict(theirs["tensors"])
    trainable = [name for p in network.parameters if p.trainable for name in p.names]
    assert trainable == theirs["parameters"]
