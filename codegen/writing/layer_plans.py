"""One site in the target's words where it makes layers: a constructor per step, functions as Lambda layers."""

from __future__ import annotations

import ast

from codegen.lower import Lowered, Step
from codegen.orders import first_name
from codegen.writing import nodes, same_pads
from codegen.writing.joined_sizes import split_as_said
from codegen.writing.layers_ahead import called_both_ways
from codegen.writing.plan_steps import gives_several_first, is_one_lambda, stored_shapes
from codegen.writing.plans import FunctionText, Material, Unwritable, is_member, unsayable
from codegen.writing.reshape_text import is_minus_one, reshape_expression
from codegen.writing.results import filled, parts
from codegen.writing.sharing import fill_sizes, settle, shared
from pivot.forms import OperandRef
from pivot.results import ResultGroup
from pivot.slots import Operand


class PlanText(FunctionText):
    """Writes the plans of sites: as functions where they stand, or as layers that are made."""

    def layer(self, members: list[Lowered], material: Material) -> list[ast.expr]:
        """A plan as constructors, one per step; steps that are functions become Lambda layers, together one."""
        first = members[0].chosen.steps if members[0].chosen is not None else ()
        count = len(first)
        if is_one_lambda(first):
            return [self.whole_lambda(members, material)]
        if gives_several_first(members[0]) is not None:
            count = 1  # what is done with all that it gives stands where it is called
        made: list[ast.expr] = []
        for index in range(count):
            steps = self.steps_at(members, index)
            perm = self.inside_container(steps) if steps[0].form.kind == "layer" else None
            if perm and not (index == 0 and called_both_ways(steps)) and is_member(steps):
                made.append(self.target.permute_layer(perm))  # type: ignore[arg-type]
            if index and steps[0].op.name == "identity":
                continue  # what a layer gives is turned: the transpose says it
            asked = same_pads.window(members, index)
            told = same_pads.in_words(members, index, material)
            told = same_pads.arguments(asked) if told is None and asked is not None else told
            layer = self.target.same_pad_layer(told, same_pads.value(steps[0])) if told is not None else None
            layer = layer if layer is not None else self.layer_step(steps, material)
            made.append(settle(fill_sizes(layer, unsayable), set()))
            taken = self.taken_in_row(steps, members[0]) if index == count - 1 else None
            made += [taken] if taken is not None else []
        return made

    def inside_container(self, steps: list[Step]) -> object:
        """The transpose in front of layers that a container calls; other calls of layers write their own."""
        found = [(s, self.layout.placed[id(s)]) for s in steps if id(s) in self.layout.placed]
        bad = next((p.why for _, p in found if p.why), "")
        if bad:
            raise Unwritable(bad)
        perms = {
            p.transposes.get(first_name(s)) for s, p in found if s.node and hasattr(s.node.site, "container_index")
        }
        if len(perms) > 1:
            raise Unwritable("containers call this layer with tensors stored in different orders")
        return next(iter(perms), None)

    def taken_in_row(self, steps: list[Step], low: Lowered) -> ast.expr | None:
        """What takes the one value that the next layer of a row wants out of several that a layer gives."""
        source = low.node.form.result if low.node.form is not None else None
        target = steps[0].form.result
        if source is None or steps[0].form.kind != "layer" or not isinstance(target, ResultGroup):
            return None
        if isinstance(source, ResultGroup) or not is_member(steps):
            return None
        found = parts(self.target, target, ast.Name("x", ast.Load()))
        return self.target.function_layer(settle(filled(source, found), {"x"}))

    def layer_step(self, steps: list[Step], material: Material) -> ast.expr:
        """One constructor."""
        step = steps[0]
        if step.form.kind == "layer":
            if step.op.shape in ("reshape", "unflatten") and step.form.name.endswith("Reshape"):
                return self.reshape_layer(steps, material)

            def none(ref: OperandRef) -> ast.expr:
                raise Unwritable(f"the constructor needs the tensor {ref.name}")

            args, kwargs = self.arguments(steps, "args", material, none)
            callee = nodes.name(step.form.name)
            if self.starts is not None:
                callee, more = self.starts.layer(steps, callee, args, material.given, material.form)
                kwargs = [*kwargs, *more]
            return ast.Call(callee, args, kwargs)
        if step.weights:
            raise Unwritable(f"{step.op.title} has weights and no layer in the target")
        return self.lambda_layer(steps, material)

    def reshape_layer(self, steps: list[Step], material: Material) -> ast.expr:
        """layers.Reshape with the sizes in storage order."""
        if not all(step.results for step in steps):
            raise Unwritable("a reshape that is never applied")
        shapes = stored_shapes(self.layout, steps)
        if len(shapes) != 1 or next(iter(shapes)).count(-1) > 1:
            raise Unwritable("the sizes of this reshape differ between visits")
        sizes = [nodes.literal(size) for size in next(iter(shapes))]
        said = split_as_said(steps, material.given, material.form)
        orders = {self.layout.order_of(step.results[0]) for step in steps}
        if said is not None and len(orders) == 1:
            texts = [said[axis] for axis in orders.pop()[1:]]
            sizes = [
                size if text is None or is_minus_one(text) else text for size, text in zip(sizes, texts, strict=True)
            ]
        return self.target.reshape_layer(sizes)

    def lambda_layer(self, steps: list[Step], material: Material) -> ast.expr:
        """`layers.Lambda(lambda x: ops.f(x))` for what the target has only as a function."""

        def operand(ref: OperandRef) -> ast.expr:
            if ref.others or ref.name != first_name(steps[0]):
                raise Unwritable(f"{steps[0].op.title} has several operands and no layer in the target")
            perm = self.placed(steps).transposes.get(ref.name)
            x = ast.Name("x", ast.Load())
            return self.target.transpose(x, perm) if perm else x  # type: ignore[arg-type]

        step = steps[0]
        if self.placed(steps).alias and not self.placed(steps).transposes:
            return self.target.identity()  # only axes are numbered anew
        said = split_as_said(steps, material.given, material.form)
        if said is not None and step.op.shape == "reshape":
            x = shared(operand(OperandRef(first_name(step))), "x")
            return self.target.function_layer(settle(reshape_expression(self.layout, steps, x, {}, None, said), {"x"}))
        if step.op.shape in ("reshape", "flatten", "unflatten", "index"):
            material = Material({}, None, material.hints)
        return self.target.function_layer(self.step_text(steps, material, operand))

    def whole_lambda(self, members: list[Lowered], material: Material) -> ast.expr:
        """One Lambda layer for a plan of functions."""
        node = members[0].node
        given = [name for name, value in node.operands.items() if value is not None]
        if len(given) != 1 or material.form is None:
            raise Unwritable(
                f"{node.op.title if node.op is not None else 'this'} has several operands and no layer in the target"
            )
        slot = next(s for s in material.form.apply if isinstance(s.value, Operand) and given[0] in s.value.names)
        x: dict[str, ast.expr] = {slot.key: ast.Name("x", ast.Load())}
        return self.target.function_layer(
            self.function(members, Material({**material.given, **x}, material.form, material.hints, {"x"}))
        )
