"""Every example that comes with the application converts into text that a person could have written."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen.convert import Converted, write_target
from codegen.writing.text import render
from pivot.opset import OpSet
from pivot.reading.elaborate import Elaborated
from pivot.reading.syntax import parse

INPUTS = {
    "alexnet": "1x3x224x224",
    "cifar_cnn": "1x3x32x32",
    "mobilenet_v2": "1x3x64x64",
    "resnet18": "1x3x64x64",
    "unet": "1x3x64x64",
    "vgg16": "1x3x64x64",
}
EXAMPLES = (*INPUTS, "cnn_rnn_classifier", "gru_tagger", "lstm_classifier", "spectral_mixer")


@pytest.fixture(scope="module")
def converted(convert: Callable[..., Converted], example_models: dict[str, Path]) -> Callable[[str], Converted]:
    """`converted("unet")`: each example once."""
    made: dict[str, Converted] = {}

    def of(name: str) -> Converted:
        if name not in made:
            made[name] = convert(example_models[name], *([INPUTS[name]] if name in INPUTS else []))
        return made[name]

    return of


def test_no_example_is_forgotten(example_models: dict[str, Path]) -> None:
    assert set(EXAMPLES) == set(example_models)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_text_is_python_with_nothing_of_the_source_framework(
    converted: Callable[[str], Converted], name: str
) -> None:
    tree = ast.parse(converted(name).text)
    roots = {
        alias.name.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    } | {(node.module or "").partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not roots & {"torch", "torchvision", "codegen", "pivot"}
    code = ast.unparse(strip_texts(tree))
    assert not re.search(r"\b(torch|nn|F)\.", code)


def strip_texts(tree: ast.Module) -> ast.Module:
    """The tree without docstrings and messages."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return tree


@pytest.mark.parametrize("name", EXAMPLES)
def test_printing_what_was_printed_changes_nothing(converted: Callable[[str], Converted], name: str) -> None:
    text = converted(name).text
    assert render(parse(text, "model_keras.py")) == text
    assert text.endswith("\n") and not text.endswith("\n\n")
    assert not any(line != line.rstrip() for line in text.split("\n"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_classes_functions_and_parameters_keep_their_names(
    converted: Callable[[str], Converted], example_models: dict[str, Path], name: str
) -> None:
    source = definitions(ast.parse(example_models[name].read_text(encoding="utf-8")))
    target = definitions(ast.parse(converted(name).text))
    assert [n for n in target if n in source] == [n for n in source if n in target]
    for definition, parameters in target.items():
        if definition in source:
            kept = [p for p in parameters if p != "training"]
            assert kept == [p for p in source[definition] if p in kept], definition


def definitions(tree: ast.Module) -> dict[str, list[str]]:
    """`Class.method` or function -> names of its parameters."""
    found: dict[str, list[str]] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = [a.arg for a in node.args.args]
        elif isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, ast.FunctionDef):
                    method = "forward" if item.name == "call" else item.name
                    found[f"{node.name}.{method}"] = [a.arg for a in item.args.args]
    return found


@pytest.mark.parametrize("name", EXAMPLES)
def test_docstrings_stay_word_for_word(
    converted: Callable[[str], Converted], example_models: dict[str, Path], name: str
) -> None:
    source = docstrings(ast.parse(example_models[name].read_text(encoding="utf-8")))
    target = docstrings(ast.parse(converted(name).text))
    assert {key: text for key, text in target.items() if key in source} == {
        key: text for key, text in source.items() if key in target
    }
    assert "" in target


def docstrings(tree: ast.Module) -> dict[str, str]:
    found = {"": ast.get_docstring(tree) or ""}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            found[node.name] = ast.get_docstring(node) or ""
    return {key: text for key, text in found.items() if text}


@pytest.mark.parametrize("name", EXAMPLES)
def test_spans_stand_in_the_text(converted: Callable[[str], Converted], name: str) -> None:
    made = converted(name)
    lines = made.text.split("\n")
    assert made.spans
    for line, column, end_line, end_column in made.spans.values():
        assert (1, 1) <= (line, column) <= (end_line, end_column)
        assert end_line <= len(lines)
        assert column <= len(lines[line - 1]) + 1 and end_column <= len(lines[end_line - 1]) + 1


@pytest.mark.parametrize("name", ["cifar_cnn", "lstm_classifier"])
def test_the_same_source_gives_the_same_text(
    read: Callable[..., Elaborated], converted: Callable[[str], Converted], opset: OpSet,
    example_models: dict[str, Path], name: str,
) -> None:  # fmt: skip
    again = read(example_models[name], *([INPUTS[name]] if name in INPUTS else []))
    assert write_target(again, "keras", opset).text == converted(name).text


def test_the_steps_are_told_in_order(
    read: Callable[..., Elaborated], opset: OpSet, example_models: dict[str, Path]
) -> None:
    told: list[str] = []
    write_target(read(example_models["cifar_cnn"], "1x3x32x32"), "keras", opset, told.append)
    assert told == ["lower", "write"]


@pytest.mark.parametrize(
    ("name", "entry", "inputs"),
    [
        ("cifar_cnn", "build_model()", ()),
        ("alexnet", "alexnet()", ()),
        ("vgg16", "VGG16()", ("1x32x32x3",)),
        ("lstm_classifier", "LSTMClassifier()", ("ids=2x40:int64<5000",)),
        ("cnn_rnn_classifier", "CnnRnnClassifier()", ("ids=2x50:int64<5000",)),
    ],
)
def test_tensorflow_examples_become_pytorch(
    root: Path, to_torch: Callable[..., Any], name: str, entry: str, inputs: tuple[str, ...]
) -> None:
    """Sequential and subclassed: proved by reading back, without a permute, images with their channels second."""
    converted, proof = to_torch(root / "resources" / "examples" / "tensorflow" / f"{name}.py", *inputs, model=entry)
    assert proof.why is None
    assert "keras" not in converted.text
    assert name == "cnn_rnn_classifier" or "permute" not in converted.text
    order = converted.layout.order_of(converted.done.network.inputs[0].value)
    assert order == ((0, 3, 1, 2) if len(order) == 4 else (0, 1))
