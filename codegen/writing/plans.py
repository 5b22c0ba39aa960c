"""One site in the target's words: nested calls for functions, constructors for layers, transposes of storage."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from codegen.layout import Layout, Placed
from codegen.lower import Lowered, Step
from codegen.orders import first_name
from codegen.writing import nodes
from codegen.writing.reshape_text import index_expression, reshape_expression
from codegen.writing.slots import Disagreement, Given, arguments
from pivot.forms import OperandRef
from pivot.op import Form
from pivot.reading.values import TensorVersion
from pivot.slots import Operand


class Unwritable(Exception):
    """A site cannot be written; the text says why."""


@dataclass(frozen=True, slots=True)
class Material:
    """What the source gives a site: expressions per slot, its form, and the values that a slot had."""

    given: Given
    form: Form | None
    hints: Callable[[str], list[object]]


class PlanText:
    """Writes plans. All members of a case are written by one text, or it is refused."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def steps_at(self, members: list[Lowered], index: int) -> list[Step]:
        """The index-th step of every member."""
        return [m.chosen.steps[index] for m in members if m.chosen is not None]

    def placed(self, steps: list[Step]) -> Placed:
        """How the steps stand in storage; refused where the visits differ."""
        found = [self.layout.placed[id(s)] for s in steps if id(s) in self.layout.placed]
        if not found:
            return Placed(steps[0])
        first = found[0]
        for other in found:
            if other.why:
                raise Unwritable(other.why)
            if other.transposes != first.transposes or other.alias != first.alias:
                raise Unwritable("the visits of this site hold their tensors in different orders")
        return first

    # -- functions -----------------------------------------------------------------

    def function(self, members: list[Lowered], material: Material) -> ast.expr:
        """A plan as an expression over the operands."""
        made: dict[str, list[ast.expr]] = {}  # by step number, per result
        count = len(members[0].chosen.steps) if members[0].chosen is not None else 0
        text: ast.expr | None = None
        for index in range(count):
            steps = self.steps_at(members, index)
            text = self.function_step(members, steps, material, made)
            for result in steps[0].results:
                made[result.id] = [text]
        if text is None:
            raise Unwritable("there is nothing to write")
        return text

    def function_step(
        self, members: list[Lowered], steps: list[Step], material: Material, made: dict[str, list[ast.expr]]
    ) -> ast.expr:
        """One step of a function."""
        placed = self.placed(steps)

        def operand(ref: OperandRef) -> ast.expr:
            return self.operand(steps[0], ref, material, made, placed)

        step = steps[0]
        if placed.alias:
            return operand(OperandRef(first_name(step)))
        if step.op.shape in ("reshape", "flatten", "unflatten") and step.kind == "function":
            return reshape_expression(
                self.layout, steps, operand(OperandRef(first_name(step))), material.given, material.form
            )
        if step.op.shape == "index":
            return index_expression(
                self.layout, steps, operand(OperandRef(first_name(step))), material.given, material.form
            )
        if step.form.spelling == "operator":
            return self.operator(step, operand)
        args, kwargs = self.arguments(steps, "args", material, operand)
        if step.form.kind == "layer":
            layer = ast.Call(nodes.name(step.form.name), args, kwargs)
            more, named = self.arguments(steps, "apply", material, operand)
            return ast.Call(layer, more, named)
        if step.form.spelling == "method":
            return ast.Call(ast.Attribute(args[0], step.form.name, ast.Load()), args[1:], kwargs)
        if step.form.spelling == "attribute":
            return ast.Attribute(args[0], step.form.name, ast.Load())
        return ast.Call(nodes.name(step.form.name), args, kwargs)

    def arguments(
        self, steps: list[Step], part: str, material: Material, operand: Callable[[OperandRef], ast.expr]
    ) -> tuple[list[ast.expr], list[ast.keyword]]:
        """Arguments of a step; disagreement of visits is a reason not to write."""
        try:
            return arguments(self.layout, steps, part, material.given, material.form, operand, material.hints)
        except Disagreement as no:
            raise Unwritable(no.why) from None

    def operator(self, step: Step, operand: Callable[[OperandRef], ast.expr]) -> ast.expr:
        """`a + b`, `-x`, `a < b`."""
        refs = [slot.value.names[0] for slot in step.form.args if isinstance(slot.value, Operand)]
        tree = ast.parse(step.form.pattern, mode="eval").body
        parts = [operand(OperandRef(name)) for name in refs]
        if isinstance(tree, ast.BinOp):
            return ast.BinOp(parts[0], tree.op, parts[1])
        if isinstance(tree, ast.UnaryOp):
            return ast.UnaryOp(tree.op, parts[0])
        if isinstance(tree, ast.Compare):
            return ast.Compare(parts[0], tree.ops, [parts[1]])
        raise Unwritable(f"the operator {step.form.pattern} is not known")

    def operand(
        self, step: Step, ref: OperandRef, material: Material, made: dict[str, list[ast.expr]], placed: Placed
    ) -> ast.expr:
        """The expression of an operand: an earlier step's, or the source's own."""
        if ref.form != "one" and ref.others:
            parts = [self.operand(step, OperandRef(n), material, made, placed) for n in (ref.name, *ref.others)]
            return ast.List(parts, ast.Load()) if ref.form == "list" else ast.Tuple(parts, ast.Load())
        value = step.operands.get(ref.name)
        perms = placed.transposes.get(ref.name)
        if isinstance(value, TensorVersion) and value.id in made:
            text = made[value.id][0]
        else:
            text = self.source_operand(step, ref.name, value, material)
        if perms is None:
            return text
        if perms and isinstance(perms[0], int):
            return transposed(text, perms)
        if not isinstance(text, (ast.List, ast.Tuple)) or len(text.elts) != len(perms):
            raise Unwritable("the tensors of this list are stored in different orders")
        elements = [transposed(e, p) if isinstance(p, tuple) else e for e, p in zip(text.elts, perms, strict=True)]
        return ast.List(elements, ast.Load())

    def source_operand(self, step: Step, name: str, value: object, material: Material) -> ast.expr:
        """The argument of the source's call that gave an operand."""
        wanted = name
        node = step.node
        if node is not None and value is not None:
            wanted = next(
                (k for k, v in node.operands.items() if v is value or (isinstance(v, tuple) and v == value)), name
            )
        if material.form is not None:
            for slot in (*material.form.args, *material.form.apply):
                if isinstance(slot.value, Operand) and wanted in slot.value.names and slot.key in material.given:
                    return material.given[slot.key]
        if isinstance(value, (int, float, bool)) or value is None:
            return nodes.literal(value)
        raise Unwritable(f"the operand {name} has no text of its own here")

    # -- layers --------------------------------------------------------------------

    def layer(self, members: list[Lowered], material: Material) -> list[ast.expr]:
        """A plan as constructors, one per step; steps that are functions become Lambda layers."""
        count = len(members[0].chosen.steps) if members[0].chosen is not None else 0
        made: list[ast.expr] = []
        for index in range(count):
            steps = self.steps_at(members, index)
            self.placed(steps)
            made.append(self.layer_step(steps, material))
        return made

    def layer_step(self, steps: list[Step], material: Material) -> ast.expr:
        """One constructor."""
        step = steps[0]
        if step.form.kind == "layer":
            if step.op.shape in ("reshape", "unflatten") and step.form.name.endswith("Reshape"):
                return self.reshape_layer(steps)

            def none(ref: OperandRef) -> ast.expr:
                raise Unwritable(f"the constructor needs the tensor {ref.name}")

            args, kwargs = self.arguments(steps, "args", material, none)
            return ast.Call(nodes.name(step.form.name), args, kwargs)
        if step.weights:
            raise Unwritable(f"{step.op.title} has weights and no layer in the target")
        return self.lambda_layer(steps, material)

    def reshape_layer(self, steps: list[Step]) -> ast.expr:
        """layers.Reshape with the sizes in storage order."""
        shapes = set()
        for step in steps:
            order = self.layout.order_of(step.results[0]) if step.results else None
            if order is None:
                raise Unwritable("a reshape that is never applied")
            sizes = [step.results[0].type.shape[axis] for axis in order[1:]]
            shapes.add(tuple(size if isinstance(size, int) else -1 for size in sizes))
        if len(shapes) != 1 or next(iter(shapes)).count(-1) > 1:
            raise Unwritable("the sizes of this reshape differ between visits")
        return nodes.call("keras.layers.Reshape", [nodes.literal(next(iter(shapes)))])

    def lambda_layer(self, steps: list[Step], material: Material) -> ast.expr:
        """`layers.Lambda(lambda x: ops.f(x))` for what the target has only as a function."""

        def operand(ref: OperandRef) -> ast.expr:
            if ref.others or ref.name != first_name(steps[0]):
                raise Unwritable(f"{steps[0].op.title} has several operands and no layer in the target")
            perm = self.placed(steps).transposes.get(ref.name)
            x = ast.Name("x", ast.Load())
            return transposed(x, perm) if perm else x  # type: ignore[arg-type]

        step = steps[0]
        if step.op.shape in ("reshape", "flatten", "unflatten"):
            body = reshape_expression(self.layout, steps, operand(OperandRef(first_name(step))), {}, None)
        elif step.form.spelling == "operator":
            body = self.operator(step, operand)
        else:
            args, kwargs = self.arguments(steps, "args", material, operand)
            body = ast.Call(nodes.name(step.form.name), args, kwargs)
        spec = ast.arguments([], [ast.arg("x")], None, [], [], None, [])
        return nodes.call("keras.layers.Lambda", [ast.Lambda(spec, body)])


def transposed(text: ast.expr, perm: tuple[int, ...]) -> ast.expr:
    """`ops.transpose(x, perm)`."""
    return nodes.call("keras.ops.transpose", [text, nodes.literal(tuple(perm))])
