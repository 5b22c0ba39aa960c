"""Expressions of the source in the target's words: each site by its plan, everything else as it stood."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

from codegen.lower import Lowered
from codegen.writing import (
    applying,
    conditions,
    layer_facts,
    layers_ahead,
    nodes,
    parameters,
    program_calls,
    references,
    reflection,
    sizes,
    stacks,
    unpacking,
    unread,
)
from codegen.writing.absent import tell_absent
from codegen.writing.activations import function_layer
from codegen.writing.children import child, held, modules_of_kind
from codegen.writing.frozen import finish, tell_frozen
from codegen.writing.gone import while_made
from codegen.writing.held import of_array
from codegen.writing.mapped import mapped
from codegen.writing.named_functions import looked_up
from codegen.writing.nested_words import nested_arguments
from codegen.writing.number_calls import of_number
from codegen.writing.number_kinds import number_kind
from codegen.writing.plans import RAISES, Material, Unwritable
from codegen.writing.restated import says
from codegen.writing.results import taken
from codegen.writing.rows import is_input
from codegen.writing.shape_lists import shape_list
from codegen.writing.spreading import spelled_out
from codegen.writing.unnamed_sizes import tell_unnamed
from pivot.reading.keras_answers import EXTREMES, ITS_ARGUMENT, OF_NUMBERS, WHOLE
from pivot.reading.keras_calls import WITHIN
from pivot.reading.normed import GIVE_BACK
from pivot.reading.restating import COPY_LAYERS
from pivot.reading.trace import Visit
from pivot.reading.values import ListObject

if TYPE_CHECKING:
    from codegen.writing.writer import Writer
    from pivot.forms import Bound


class Expressions:
    """Writes expressions of one definition."""

    def __init__(self, writer: Writer, file: str, locals_: set[str], uses_mode: bool) -> None:
        self.w = writer
        self.file = file
        self.locals = locals_
        self.uses_mode = uses_mode
        self.uses_tensors = False  # does this definition compute with tensors?
        self.is_unread = False  # was nothing of this definition read, though it names the framework?
        self.mode_name = ""  # a parameter that tells the mode, where the target reads it from the module
        self.shapes: set[str] = set()  # parameters that are shapes of inputs, which a constructor is not given
        self.gone: set[str] = set()  # names of this definition whose values went
        self.imported: set[str] = set()  # names that it imports itself
        self.as_is: ast.AST | None = None  # a call whose result the statement takes apart itself
        self.places: dict[int, int] = {}  # calls of whose result only one item is taken

    def within(self, names: set[str]) -> Expressions:
        """What writes the body of a function inside of this one."""
        inner = Expressions(self.w, self.file, self.locals | names, self.uses_mode)
        inner.gone, inner.mode_name, inner.imported = self.gone, self.mode_name, self.imported
        return inner

    # -- dispatch -----------------------------------------------------------------

    def expr(self, node: ast.expr) -> ast.expr:
        """One expression."""
        size = self.w.inferred.said_at(node) if self.w.inferred is not None else None
        made = taken(self.dispatch(node)) if size is None else self.expr(size)
        return nodes.like(made, node) if made is not node else made

    def dispatch(self, node: ast.expr) -> ast.expr:
        node = unpacking.as_item(self, node)
        if (parts := stacks.unstacked(self, node)) is not None:
            return parts
        if isinstance(node, ast.Call) and (asked := self.w.unmade.type_test(self, node)) is not None:
            return asked
        if isinstance(node, (ast.Call, ast.Attribute)) and (parts := held(self, node)) is not None:
            return parts
        visits = self.w.trace.of(node)
        if visits and (special := self.visited(node, visits)) is not None:
            return tell_absent(self.w, node, visits, special)
        if isinstance(node, ast.Call):
            asked = reflection.asks_for_tensor(self, node)
            return asked if asked is not None else program_calls.plain_call(self, references.by_new_name(self, node))
        if isinstance(node, (ast.Name, ast.Attribute)):
            return references.reference(self, node)
        if isinstance(node, ast.Subscript):
            item = sizes.size_item(self, node) or unpacking.one_item(self, node)
            if item is not None:
                return item
        if isinstance(node, ast.BoolOp):
            return conditions.boolean(self, node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return conditions.negation(self, node.operand)
        if isinstance(node, ast.Compare):
            return conditions.compare(self, node)
        if isinstance(node, ast.IfExp):
            return conditions.conditional(self, node)
        if isinstance(node, ast.Lambda):
            inner = self.within({a.arg for a in node.args.args})
            return ast.Lambda(copy.deepcopy(node.args), inner.expr(node.body))
        if isinstance(node, ast.FormattedValue):
            return unread.in_message(self, node)
        return self.generic(node)

    def generic(self, node: ast.expr) -> ast.expr:
        """The same kind of node with its parts written."""
        made = copy.copy(node)
        for name, value in ast.iter_fields(node):
            if name == "elt" and isinstance(value, ast.expr):
                setattr(made, name, unread.element(self, value))
            elif isinstance(value, ast.expr):
                setattr(made, name, self.expr(value))
            elif isinstance(value, list):
                setattr(made, name, self.items(node, value))
        return made

    def items(self, owner: ast.AST, values: list[object]) -> list[object]:
        """A list of parts; layers that need several target layers become several elements."""
        out: list[object] = []
        for value in values:
            if isinstance(value, ast.expr):
                if isinstance(owner, ast.Tuple):
                    self.w.whole.add(id(value))  # a pair stays one
                if isinstance(owner, (ast.List, ast.Tuple)):
                    out.extend(self.elements(value))
                else:
                    out.append(self.expr(value))
            elif isinstance(value, ast.comprehension):
                fresh = copy.copy(value)
                fresh.target = self.target(value.target)
                fresh.iter = modules_of_kind(self, value, value.ifs) or self.members(value.iter)
                fresh.ifs = [self.expr(i) for i in value.ifs]
                out.append(fresh)
            elif isinstance(value, ast.keyword):
                out.append(ast.keyword(value.arg, self.expr(value.value)))
            else:
                out.append(value)
        return out

    def members(self, node: ast.expr) -> ast.expr:
        """What is looped over or counted: the layers of a Sequential, which is no list in the target."""
        made = self.expr(node)
        if id(node) in self.w.trace.listed:
            return nodes.call(ast.Attribute(made, "tolist", ast.Load()))
        return self.w.target.in_row(made) if id(node) in self.w.trace.stacks else made

    def elements(self, node: ast.expr) -> list[ast.expr]:
        """An element of a list of layers: one, or several in a row."""
        if is_input(self, node):
            return []  # says what enters, which the target's layers do not ask for
        site = self.w.sites.sites.get(("call", id(node)))
        if site is not None and site.modules and len(site.cases) == 1:
            made = self.layers(node, site.cases[0].members)
            if len(made) > 1:
                tell_frozen(self.w, site, node, ast.List(made, ast.Load()))
                made[0] = nodes.like(made[0], node)
                whole = id(node) in self.w.whole or any(id(module) in self.w.counted for module in site.modules)
                return [self.w.target.row(ast.List(made, ast.Load()))] if whole else made
        return [*layers_ahead.transposes(self, node), self.expr(node)]

    def target(self, node: ast.expr) -> ast.expr:
        """An assignment target: attributes that the target framework keeps get a trailing underscore."""
        if isinstance(node, ast.Attribute):
            return ast.Attribute(self.expr(node.value), self.w.attribute_name(node), node.ctx)
        if isinstance(node, (ast.Tuple, ast.List)):
            made = copy.copy(node)
            made.elts = [self.target(e) for e in node.elts]
            return made
        if isinstance(node, ast.Subscript):
            if id(node) in self.w.trace.stores:
                raise Unwritable("a store into a tensor beside another target is not written")
            return ast.Subscript(self.expr(node.value), self.expr(node.slice), node.ctx)
        if isinstance(node, ast.Starred):
            return ast.Starred(self.target(node.value), node.ctx)
        return self.w.inferred.loops.item_name(node) if self.w.inferred is not None else node

    # -- visited sites ---------------------------------------------------------------

    def visited(self, node: ast.expr, visits: list[Visit]) -> ast.expr | None:
        """A site by what it was met as."""
        kinds = {v.kind for v in visits}
        if any(v.name == "checkpoint" for v in visits) and isinstance(node, ast.Call):
            args = [self.expr(a) for a in node.args]
            return ast.Call(args[0], args[1:], [])
        if "unmapped" in kinds:
            self.w.mark_unmapped(node, visits)
            return self.unmapped(node, next((v.name for v in visits if v.stopped), ""))
        kind = visits[0].kind
        if (called := mapped(self, node, visits)) is not None:
            return called
        if kind == "op" and isinstance(node, ast.Call) and ("call", id(node)) not in self.w.sites.sites:
            return program_calls.program_call(self, node, visits)  # the adapter takes the source's arguments
        if kind == "op":
            return self.op(node, visits)
        if kind == "layer":
            return self.layer(node, visits)
        if kind == "apply":
            assert isinstance(node, ast.Call)
            return applying.apply(self, node, visits)
        if kind == "container" and isinstance(node, ast.Call):
            return program_calls.container(self, node, visits)
        if kind == "function" and (answer := says(visits)) is not None:
            return answer
        if kind in ("function", "class") and isinstance(node, ast.Call):
            return program_calls.program_call(self, node, visits)
        if kind == "super" and isinstance(node, ast.Call):
            return program_calls.super_call(self, node, visits)
        if kind == "size":
            return sizes.size(self, node, visits)
        if kind == "shape":
            return shape_list(self, node, visits)
        if kind == "mode":
            return self.mode(visits)
        if kind == "method" and isinstance(node, ast.Attribute) and visits[0].name == "entry":
            return ast.Subscript(self.expr(node.value), ast.Constant(node.attr), ast.Load())  # of a ModuleDict
        if kind == "method" and visits[0].name == "child" and isinstance(node, (ast.Attribute, ast.Call)):
            return child(self, node, visits)
        if kind == "method" and isinstance(node, (ast.Call, ast.Subscript)):
            return program_calls.method(self, node, visits)
        asked = number_kind(self, node, visits)
        if asked is not None:
            return asked
        if kind == "data" and isinstance(node, ast.Attribute) and layer_facts.asks_type_of_weight(node, visits):
            assert isinstance(node.value, ast.Attribute)
            return ast.Attribute(self.expr(node.value.value), "compute_dtype", ast.Load())
        if kind == "made-with" and isinstance(node, ast.Attribute):
            return layer_facts.attribute(self, node, visits)
        if kind == "weight" and isinstance(node, ast.Attribute):
            return layer_facts.weight(self, node, visits)
        copies = visits[0].name == "copy.deepcopy" and self.w.target.copies_by_hand
        if copies and isinstance(node, ast.Call) and program_calls.copies_layers(visits):
            self.w.helpers.setdefault(COPY_LAYERS)
            return nodes.call(COPY_LAYERS.rpartition(".")[2], [self.expr(node.args[0])])
        if kind == "dropped":
            return self.dropped(node, visits)
        if kind == "named function" and isinstance(node, ast.Call):
            return looked_up(self, node, visits)
        if kind == "data" and (known := reflection.answer(visits)) is not None:
            return known
        if kind == "data" and (known := reflection.kind_in_target(self, node, visits)) is not None:
            return known
        if kind == "data" and isinstance(node, ast.Call):
            return sizes.rounded(self, node, visits)
        if kind == "content" and isinstance(node, ast.Call):
            return program_calls.content(self, node, visits)
        if kind == "constant":
            return parameters.parameter_expression(self, node, visits)
        return None

    def unmapped(self, node: ast.expr, said: str = "") -> ast.expr:
        """A call that nobody maps: it raises where it would run, with its place; `said`: what was decided to say."""
        line = getattr(node, "lineno", 0)
        text = f"{self.w.short(self.file)}:{line}: {said or f'{ast.unparse(node)} is not mapped'}"
        call = nodes.call(
            RAISES,
            [
                ast.Constant(text),
                *[self.expr(a) for a in getattr(node, "args", []) if not isinstance(a, ast.Starred)][:1],
            ],
        )
        return call

    def material(self, node: ast.expr, visit: Visit, visits: list[Visit]) -> Material:
        """Argument expressions of a site by slot."""
        assert visit.bound is not None

        def hints(slot: str) -> list[object]:
            return [layer_facts.hint_of(v, slot) for v in visits]

        given = self.given(node, visit.bound)
        given |= {k: self.expr(v) for k, v in nested_arguments(node, visit).items() if k not in given}
        said = sizes.said_sizes(visit, given)
        return Material(given, visit.form, hints, self.locals, sizes=said, write=self.expr, visits=visits)

    def given(self, node: ast.expr, bound: Bound) -> dict[str, ast.expr]:
        """Slot -> the source's argument, written."""
        positional: list[ast.expr | None]
        keywords: dict[str, ast.expr] = {}
        starred = -1
        if isinstance(node, ast.Call):
            args = spelled_out(node, self.w.trace.of(node))
            starred = next((i for i, a in enumerate(args) if isinstance(a, ast.Starred)), len(args))
            positional = [*args[:starred], *[None] * (len(args) - starred)]
            keywords = {k.arg: k.value for k in node.keywords if k.arg is not None}
            spread = [k.value for k in node.keywords if k.arg is None]
            if len(spread) == 1:  # f(x, **sizes): sizes["h"]
                asked = [w for w in bound.given.values() if isinstance(w, str) and w not in keywords]
                keywords.update({w: ast.Subscript(spread[0], ast.Constant(w), ast.Load()) for w in asked})
            if isinstance(node.func, ast.Attribute) and self.is_method(node):
                positional.insert(0, node.func.value)
            if starred < len(args):
                positional = positional[: starred + (1 if self.is_method(node) else 0)]
        elif isinstance(node, ast.BinOp):
            positional = [node.left, node.right]
        elif isinstance(node, ast.UnaryOp):
            positional = [node.operand]
        elif isinstance(node, ast.Compare):
            positional = [node.left, node.comparators[0]]
        elif isinstance(node, ast.Subscript):
            positional = [node.value, node.slice]
        elif isinstance(node, ast.Attribute):
            positional = [node.value]
        else:
            positional = []
        found: dict[str, ast.expr] = {}
        variadic = self.variadic(node)
        for key, where in bound.given.items():
            if isinstance(where, int) and where < len(positional):
                part = positional[where]
                if part is None:
                    continue
                rest = [p for p in positional[where:] if p is not None]
                if (
                    key == variadic
                    and (len(rest) > 1 or not self.is_sequence(node, where, part))
                    and len(rest) == len(positional) - where
                ):
                    found[key] = ast.Tuple([self.expr(p) for p in rest], ast.Load())
                else:
                    found[key] = self.expr(part)
            elif isinstance(where, str) and where in keywords:
                found[key] = self.expr(keywords[where])
            elif key == variadic and isinstance(node, ast.Call) and len(node.args) == 1:  # f(*tensors)
                whole = node.args[0]
                found[key] = self.expr(whole.value if isinstance(whole, ast.Starred) else whole)
            elif key == variadic and starred == where and len(getattr(node, "args", [])) == starred + 1:
                found[key] = self.expr(node.args[starred].value)  # type: ignore[attr-defined]  # f(equation, *tensors)
        return found

    def is_sequence(self, node: ast.expr, where: int, part: ast.expr) -> bool:
        """Is the one argument that stands for all the remaining ones a list or tuple of them?"""
        hints = [v.args[where].hint for v in self.w.trace.of(node) if where < len(v.args)]
        return isinstance(part, (ast.Tuple, ast.List)) or any(isinstance(h, (tuple, ListObject)) for h in hints)

    def variadic(self, node: ast.expr) -> str:
        """The key of the slot that takes the remaining arguments, if the form has one."""
        for visit in self.w.trace.of(node):
            if visit.form is not None:
                return next((s.key for s in visit.form.args if s.variadic), "")
        return ""

    def is_method(self, node: ast.Call) -> bool:
        """Was a call read as a method of its receiver?"""
        return any(v.form is not None and (v.form.spelling == "method" or of_array(v)) for v in self.w.trace.of(node))

    def op(self, node: ast.expr, visits: list[Visit]) -> ast.expr:
        """A function, operator or index."""
        site = self.w.sites.sites.get(("call", id(node)))
        if site is None:
            raise Unwritable("this site has no reading")
        if site.why:
            raise Unwritable(site.why)
        op = visits[0].form.op.name if visits[0].form is not None else ""
        special = self.w.idiom(op, self, node, visits)
        if special is not None:
            return special
        material = self.material(node, visits[0], visits)
        made: ast.expr | None = None
        for case in reversed(site.cases):
            raw, place = node is self.as_is, self.places.get(id(node))
            text = self.w.plans.function(case.members, material, place=place, raw=raw)
            made = text if made is None or case.test is None else nodes.choice(case.test, text, made)
        if made is None:
            raise Unwritable("this site was never reached")
        finish(self.w, site, node, made, bool(material.stays))
        tell_unnamed(self.w, visits, node, made, material.tensors(), bool(material.stays))
        return made

    def layer(self, node: ast.expr, visits: list[Visit]) -> ast.expr:
        """A library layer constructed where it is named, or through a variable that holds its class."""
        assert isinstance(node, ast.Call)
        if any(v.module is not None and "function" in v.module.attrs for v in visits):
            return function_layer(self, node)
        if all(v.module is not None and v.module.form is None for v in visits):
            return ast.Constant(None)  # nobody reads this layer; applying it says so
        if all(v.module is not None and WITHIN in v.module.attrs and not v.module.calls for v in visits):
            return nodes.gone()  # said in the layer that it is made into
        if self.w.sites.sites.get(("call", id(node))) is None:
            return program_calls.program_call(self, node, visits)  # the adapter takes the source's arguments
        site = self.w.sites.sites["call", id(node)]
        if site.why:
            raise Unwritable(site.why)
        if site.lowered and all(low.spoken for low in site.lowered):
            return nodes.gone()  # said where it is called
        made: ast.expr | None = None
        for case in reversed(site.cases):
            layers = self.layers(node, case.members)
            text = layers[0] if len(layers) == 1 else self.w.target.row(ast.List(layers, ast.Load()))
            made = text if made is None or case.test is None else nodes.choice(case.test, text, made)
        if made is None:
            raise Unwritable("this layer has no form in the target")
        finish(self.w, site, node, made)
        tell_unnamed(self.w, visits, node, made, (), False)
        return made

    def layers(self, node: ast.expr, members: list[Lowered]) -> list[ast.expr]:
        """The constructors of one case."""
        visits = self.w.trace.of(node)
        made = self.w.plans.layer(members, self.material(node, visits[0], visits))
        return self.w.activations.behind(self, node, made)

    # -- sizes, mode, what went ----------------------------------------------------------

    def mode(self, visits: list[Visit]) -> ast.expr:
        """`self.training` is the argument `training`; a constructor that asks has nobody to ask in the target."""
        if all(while_made(self.w, visit.frame) for visit in visits):
            return nodes.gone()
        if not self.uses_mode:
            raise Unwritable("the mode is read outside a forward pass")
        return ast.Name("training", ast.Load())

    def dropped(self, node: ast.expr, visits: list[Visit]) -> ast.expr:
        """What has no meaning in the target: its receiver, a known answer, or nothing."""
        visit = visits[0]
        if visit.name == "annotate" and isinstance(node, ast.Call):
            return self.expr(node.args[1])
        if visit.name == "identity" or visit.name == "data":
            inner = (
                node.func.value
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                else node.value
                if isinstance(node, ast.Attribute)
                else node
            )
            return self.expr(inner)
        if (
            visit.result is not None
            and visit.module is not None
            and isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
        ):
            return self.expr(node.func.value)  # model.to(device), layer.apply(init)
        if visit.name == ITS_ARGUMENT and isinstance(node, ast.Call):
            return program_calls.argument_itself(self, node)
        if visit.name in {WHOLE, *OF_NUMBERS.values(), *EXTREMES.values()} and isinstance(node, ast.Call):
            return of_number(self, node, visit.name)
        if visit.name in GIVE_BACK and isinstance(node, ast.Call) and (node.args or node.keywords):
            return self.expr(node.args[0] if node.args else node.keywords[0].value)  # torch.jit.script(layer)
        answer = self.w.answers.get(visit.name, ...)
        if answer is not ...:
            return ast.Constant(answer)  # type: ignore[arg-type]
        if visit.name == "torch.nn.Buffer" and isinstance(node, ast.Call):
            return parameters.computed_buffer(self, node, visits)
        if visit.name == "torch.is_tensor" and isinstance(node, ast.Call):
            return self.w.target.is_tensor(self.expr(node.args[0]))
        return nodes.gone()
