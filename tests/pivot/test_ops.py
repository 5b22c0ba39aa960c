"""Every built-in op file is whole: it loads, says what it means in both frameworks and has an example to measure."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from pivot.notation import parse_axes
from pivot.op import Form, Op
from pivot.opset import BUILTIN, OpSet, load_opset
from pivot.schema import check_op

FAMILIES = {
    "convolution", "pooling", "normalization", "activation", "recurrent", "attention", "linear", "embedding", "shape",
    "arithmetic", "math", "reduction", "comparison", "indexing", "padding", "resize", "regularization", "loss",
    "creation",
}  # fmt: skip
FRAMEWORKS = ("torch", "keras")
FILES = sorted(BUILTIN.rglob("*.toml"))
INPUT = re.compile(r"\d+(x\d+)*(:(bool|int32(<\d+)?|int64<\d+|float32|float64))?$")


@pytest.fixture(scope="module")
def opset() -> OpSet:
    return load_opset()


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def op(request: pytest.FixtureRequest, opset: OpSet) -> Op:
    found = opset.ops.get(request.param.stem)
    assert found is not None, f"{request.param} must define the op of its name"
    return found


def missing(op: Op) -> dict[str, str]:
    """Frameworks an op file does without, with the reason: comments `# missing keras: reason`."""
    text = Path(op.path).read_text(encoding="utf-8")
    return dict(re.findall(r"^# missing (\w+): (\S.*)$", text, re.MULTILINE))


def bodies(op: Op) -> list[Form]:
    return [form for forms in op.forms.values() for form in forms if form.spelling == "body"]


def test_there_are_enough_ops(opset: OpSet) -> None:
    assert len(opset.ops) >= 110


def test_every_family_of_the_palette_has_ops(opset: OpSet) -> None:
    assert {op.family for op in opset.ops.values()} == FAMILIES


def test_every_notation_is_right(op: Op) -> None:
    check_op(op)


def test_titles_are_for_people_and_unlike(op: Op, opset: OpSet) -> None:
    assert op.title[0].isupper() or op.title[0].isdigit()
    assert "_" not in op.title
    assert op.law
    assert [other.name for other in opset.ops.values() if other.title == op.title] == [op.name]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_op_can_be_said_in_both_frameworks(op: Op, framework: str) -> None:
    assert op.forms.get(framework) or framework in missing(op), f"{op.name} has no {framework} form and gives no reason"


def test_an_example_has_both_sides(op: Op) -> None:
    whole = [example for example in op.examples if set(FRAMEWORKS) <= set(example.texts)]
    assert whole or missing(op)


def test_examples_are_expressions_over_their_inputs(op: Op) -> None:
    for example in op.examples:
        assert example.inputs, f"{op.path}:{example.line}"
        assert all(INPUT.match(spec) for spec in example.inputs.values()), f"{op.path}:{example.line}"
        for text in example.texts.values():
            found = [node for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)]
            bound = {node.id for node in found if isinstance(node.ctx, ast.Store)}  # (h := ...)
            free = (
                {node.id for node in found}
                - bound
                - {"nn", "F", "torch", "torchvision", "layers", "ops", "keras", "math"}
            )
            assert free <= set(example.inputs), f"{op.path}:{example.line}: {text}"


def test_decompositions_use_ops_and_parameters_there_are(op: Op, opset: OpSet) -> None:
    for form in bodies(op):
        known = {*op.inputs, *op.weights, *op.params}
        for step in form.body:
            target = opset.ops.get(step.op)
            assert target is not None, f"{op.name}: there is no op {step.op}"
            assert {name for name, _ in step.params} <= {*target.params, *target.inputs, *target.weights}
            names = {name for item in step.operands for name in (item if isinstance(item, tuple) else (item,))}
            assert {name for name in names if isinstance(name, str)} <= known, f"{op.name}: {step}"
            known |= set(step.results)


def test_decompositions_do_not_go_round_in_circles(op: Op) -> None:
    """A step of the op itself must change a parameter, a rank or a type, or it would be decomposed again for ever."""
    for form in bodies(op):
        ranked = {name for step in form.body if step.op in ("unsqueeze", "squeeze", "cast") for name in step.results}
        for step in form.body:
            assert step.op != op.name or step.params or ranked & set(step.operands), f"{op.name}: {step}"


def test_weights_have_the_same_axes_everywhere(op: Op) -> None:
    for forms in op.forms.values():
        for form in forms:
            if form.kind != "layer" or form.spelling == "body":
                continue
            for weight, where in form.weights.items():
                assert weight in op.weights, f"{form}: the op has no weight {weight}"
                mine, theirs = axes(op.weights[weight].letters), axes(where.letters)
                assert mine == theirs, f"{form}: {weight} has the axes {sorted(mine)}, not {sorted(theirs)}"


def axes(letters: str) -> set[str]:
    """Letters and blocks, in whatever order: a weight map may only change the order."""
    factors = [factor for axis in parse_axes(letters) for factor in axis]
    return {f"{factor.name}={''.join(sorted(factor.blocks))}" if factor.blocks else factor.name for factor in factors}


def test_layers_hold_all_weights_that_always_exist(op: Op) -> None:
    needed = {name for name, spec in op.weights.items() if spec.condition is None and not spec.buffer}
    for forms in op.forms.values():
        for form in forms:
            if form.kind == "layer" and form.spelling != "body":
                assert needed <= set(form.weights), f"{form}"


def test_sizes_of_all_weight_letters_are_known(op: Op) -> None:
    for weight in op.weights.values():
        for axis in parse_axes(weight.letters):
            for factor in axis:
                operands = [letter for spec in op.inputs.values() for letter in spec.letters]
                assert factor.blocks or factor.name in op.sizes or factor.name in operands, f"{op.name}: {factor.name}"
