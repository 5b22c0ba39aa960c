"""Expressions of the source in the target's words: each site by its plan, everything else as it stood."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

from codegen.layout import first_name
from codegen.lower import Lowered
from codegen.writing import nodes
from codegen.writing.plans import Material, Unwritable, transposed
from pivot.forms import OperandRef
from pivot.reading.modules import ModuleObject
from pivot.reading.trace import Visit
from pivot.reading.values import Api, ClassObject, TensorCell, Value

if TYPE_CHECKING:
    from codegen.writing.sites import Site
    from codegen.writing.writer import Writer
    from pivot.forms import Bound

FRAMEWORK_ROOTS = {"torch", "torchvision", "tensorflow", "keras", "einops"}
KEPT_ROOTS = {
    "builtins", "math", "functools", "collections", "typing", "itertools", "copy", "dataclasses", "enum", "operator", "warnings",
    "numpy", "stdlib", "types", "abc", "numbers", "string", "re",
}  # fmt: skip


class Expressions:
    """Writes expressions of one definition."""

    def __init__(self, writer: Writer, file: str, locals_: set[str], uses_mode: bool) -> None:
        self.w = writer
        self.file = file
        self.locals = locals_
        self.uses_mode = uses_mode
        self.uses_tensors = False  # does this definition compute with tensors?
        self.gone: set[str] = set()  # names of this definition whose values went

    # -- dispatch -----------------------------------------------------------------

    def expr(self, node: ast.expr) -> ast.expr:
        """One expression."""
        made = self.dispatch(node)
        return nodes.like(made, node) if made is not node else made

    def dispatch(self, node: ast.expr) -> ast.expr:
        visits = self.w.trace.of(node)
        if visits:
            special = self.visited(node, visits)
            if special is not None:
                return special
        if isinstance(node, ast.Call):
            return self.plain_call(node)
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self.reference(node)
        if isinstance(node, ast.Subscript):
            sized = self.size_item(node)
            if sized is not None:
                return sized
        if isinstance(node, ast.BoolOp):
            return self.boolean(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            operand = self.expr(node.operand)
            if isinstance(operand, ast.Constant) and isinstance(operand.value, bool):
                return ast.Constant(not operand.value)
            return ast.UnaryOp(ast.Not(), operand)
        if isinstance(node, ast.Compare):
            return self.compare(node)
        if isinstance(node, ast.IfExp):
            return self.conditional(node)
        if isinstance(node, ast.Lambda):
            inner = Expressions(self.w, self.file, self.locals | {a.arg for a in node.args.args}, self.uses_mode)
            inner.gone = self.gone
            return ast.Lambda(copy.deepcopy(node.args), inner.expr(node.body))
        return self.generic(node)

    def generic(self, node: ast.expr) -> ast.expr:
        """The same kind of node with its parts written."""
        made = copy.copy(node)
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                setattr(made, name, self.expr(value))
            elif isinstance(value, list):
                setattr(made, name, self.items(node, value))
        return made

    def items(self, owner: ast.AST, values: list[object]) -> list[object]:
        """A list of parts; layers that need several target layers become several elements."""
        out: list[object] = []
        for value in values:
            if isinstance(value, ast.expr):
                if isinstance(owner, (ast.List, ast.Tuple)):
                    out.extend(self.elements(value))
                else:
                    out.append(self.expr(value))
            elif isinstance(value, ast.comprehension):
                fresh = copy.copy(value)
                fresh.target, fresh.iter = self.target(value.target), self.expr(value.iter)
                fresh.ifs = [self.expr(i) for i in value.ifs]
                out.append(fresh)
            elif isinstance(value, ast.keyword):
                out.append(ast.keyword(value.arg, self.expr(value.value)))
            else:
                out.append(value)
        return out

    def elements(self, node: ast.expr) -> list[ast.expr]:
        """An element of a list of layers: one, or several in a row."""
        site = self.w.sites.sites.get(("call", id(node)))
        if site is not None and site.modules and len(site.cases) == 1:
            made = self.layers(node, site.cases[0].members)
            if len(made) > 1:
                made[0] = nodes.like(made[0], node)
                return made
        return [self.expr(node)]

    def target(self, node: ast.expr) -> ast.expr:
        """An assignment target: attributes that the target framework keeps get a trailing underscore."""
        if isinstance(node, ast.Attribute):
            return ast.Attribute(self.expr(node.value), self.w.attribute_name(node), node.ctx)
        if isinstance(node, (ast.Tuple, ast.List)):
            made = copy.copy(node)
            made.elts = [self.target(e) for e in node.elts]
            return made
        if isinstance(node, ast.Subscript):
            return ast.Subscript(self.expr(node.value), self.expr(node.slice), node.ctx)
        if isinstance(node, ast.Starred):
            return ast.Starred(self.target(node.value), node.ctx)
        return node

    # -- visited sites ---------------------------------------------------------------

    def visited(self, node: ast.expr, visits: list[Visit]) -> ast.expr | None:
        """A site by what it was met as."""
        kinds = {v.kind for v in visits}
        if any(v.name == "checkpoint" for v in visits) and isinstance(node, ast.Call):
            args = [self.expr(a) for a in node.args]
            return ast.Call(args[0], args[1:], [])
        if "unmapped" in kinds:
            self.w.mark_unmapped(node, visits)
            return self.unmapped(node)
        kind = visits[0].kind
        if kind == "op":
            return self.op(node, visits)
        if kind == "layer":
            return self.layer(node, visits)
        if kind == "apply":
            assert isinstance(node, ast.Call)
            return self.apply(node, visits)
        if kind == "container" and isinstance(node, ast.Call):
            return self.container(node, visits)
        if kind in ("function", "class") and isinstance(node, ast.Call):
            return self.program_call(node, visits)
        if kind == "super" and isinstance(node, ast.Call):
            return self.super_call(node, visits)
        if kind == "size":
            return self.size(node, visits)
        if kind == "mode":
            return self.mode(node)
        if kind == "method" and isinstance(node, (ast.Call, ast.Subscript)):
            return self.method(node, visits)
        if kind == "dropped":
            return self.dropped(node, visits)
        if kind == "constant":
            from codegen.writing.parameters import parameter_expression

            return parameter_expression(self, node, visits)
        return None

    def unmapped(self, node: ast.expr) -> ast.expr:
        """A call that nobody maps: it raises where it would run, with its place."""
        line = getattr(node, "lineno", 0)
        text = f"{self.w.short(self.file)}:{line}: {ast.unparse(node)} is not mapped"
        call = nodes.call("_unmapped", [ast.Constant(text), *[self.expr(a) for a in getattr(node, "args", []) if not isinstance(a, ast.Starred)][:1]])
        self.w.needs_unmapped = True
        return call

    def material(self, node: ast.expr, visit: Visit, visits: list[Visit]) -> Material:
        """Argument expressions of a site by slot."""
        assert visit.bound is not None
        return Material(self.given(node, visit.bound), visit.form, lambda slot: [hint_of(v, slot) for v in visits])

    def given(self, node: ast.expr, bound: Bound) -> dict[str, ast.expr]:
        """Slot -> the source's argument, written."""
        positional: list[ast.expr | None]
        keywords: dict[str, ast.expr] = {}
        if isinstance(node, ast.Call):
            starred = next((i for i, a in enumerate(node.args) if isinstance(a, ast.Starred)), len(node.args))
            positional = [*node.args[:starred], *[None] * (len(node.args) - starred)]
            keywords = {k.arg: k.value for k in node.keywords if k.arg is not None}
            if isinstance(node.func, ast.Attribute) and self.is_method(node):
                positional.insert(0, node.func.value)
            if starred < len(node.args):
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
                if key == variadic and (len(rest) > 1 or not isinstance(part, (ast.Tuple, ast.List))) and len(rest) == len(positional) - where:
                    found[key] = ast.Tuple([self.expr(p) for p in rest], ast.Load())
                else:
                    found[key] = self.expr(part)
            elif isinstance(where, str) and where in keywords:
                found[key] = self.expr(keywords[where])
        return found

    def variadic(self, node: ast.expr) -> str:
        """The key of the slot that takes the remaining arguments, if the form has one."""
        for visit in self.w.trace.of(node):
            if visit.form is not None:
                return next((s.key for s in visit.form.args if s.variadic), "")
        return ""

    def is_method(self, node: ast.Call) -> bool:
        """Was a call read as a method of its receiver?"""
        return any(v.form is not None and v.form.spelling == "method" for v in self.w.trace.of(node))

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
            text = self.w.plans.function(case.members, material)
            made = text if made is None or case.test is None else choice(case.test, text, made)
        if made is None:
            raise Unwritable("this site was never reached")
        self.w.link(node, made, [m.node for m in site.lowered])
        return made

    def op_of(self, left: ast.expr, right: ast.expr, site: Site, visits: list[Visit]) -> ast.expr:
        """`left op= right` as the plan of its operator."""
        bound = visits[0].bound
        assert bound is not None
        parts = [left, right]
        given = {key: self.expr(parts[where]) for key, where in bound.given.items() if isinstance(where, int) and where < 2}
        material = Material(given, visits[0].form, lambda slot: [])
        return self.w.plans.function(site.cases[0].members, material)

    def layer(self, node: ast.expr, visits: list[Visit]) -> ast.expr:
        """A library layer constructed where it is named, or through a variable that holds its class."""
        assert isinstance(node, ast.Call)
        if all(v.module is not None and v.module.form is None for v in visits):
            return ast.Constant(None)  # nobody reads this layer; applying it says so
        if self.w.sites.sites.get(("call", id(node))) is None:
            return self.program_call(node, visits)  # the adapter takes the source's arguments
        site = self.w.sites.sites["call", id(node)]
        if site.why:
            raise Unwritable(site.why)
        made: ast.expr | None = None
        for case in reversed(site.cases):
            layers = self.layers(node, case.members)
            text = layers[0] if len(layers) == 1 else nodes.call("keras.Sequential", [ast.List(layers, ast.Load())])
            made = text if made is None or case.test is None else choice(case.test, text, made)
        if made is None:
            raise Unwritable("this layer has no form in the target")
        self.w.link(node, made, [m.node for m in site.lowered])
        return made

    def layers(self, node: ast.expr, members: list[Lowered]) -> list[ast.expr]:
        """The constructors of one case."""
        visits = self.w.trace.of(node)
        return self.w.plans.layer(members, self.material(node, visits[0], visits))

    def apply(self, node: ast.Call, visits: list[Visit]) -> ast.expr:
        """A module called. Layers with a sibling before them are called through it."""
        func = self.expr(node.func)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("forward", "__call__") and visits[0].name != "super":
            func = self.expr(node.func.value)
        elif visits[0].name == "super" and isinstance(node.func, ast.Attribute):
            func = ast.Attribute(self.expr(node.func.value), self.w.call_name, ast.Load())
        modules = [v.module for v in visits if v.module is not None]
        library = [m for m in modules if m.form is not None and not isinstance(m.cls, ClassObject)]
        if not library:
            return self.with_arguments(node, func, visits)
        if len(library) != len(modules):
            raise Unwritable("a library layer and a module of the program are called here")
        return self.apply_layer(node, func, visits)

    def apply_layer(self, node: ast.Call, func: ast.expr, visits: list[Visit]) -> ast.expr:
        """A library layer applied: operands in the order it wants."""
        lowered = [self.w.lowering.lowered[id(v.made)] for v in visits if v.made is not None and id(v.made) in self.w.lowering.lowered]
        if not lowered or lowered[0].chosen is None:
            return self.with_arguments(node, func, visits)
        visit = visits[0]
        assert visit.bound is not None
        given = self.given(node, visit.bound)
        step = lowered[0].chosen.steps[0]
        x_name = first_name(step)
        last = [m.chosen.steps[-1] for m in lowered if m.chosen is not None]
        placed = [self.w.layout.placed[id(m.chosen.steps[0])] for m in lowered if m.chosen is not None]
        if any(p.why for p in placed):
            raise Unwritable(next(p.why for p in placed if p.why))
        perms = {p.transposes.get(x_name) for p in placed}
        if len(perms) != 1:
            raise Unwritable("this layer is reached with tensors stored in different orders")
        perm = next(iter(perms))

        def operand(ref: OperandRef) -> ast.expr:
            text = self.w.plans.source_operand(last[0] if ref.name not in step.operands else step, ref.name, last[0].operands.get(ref.name), Material(given, visit.form, lambda s: []))
            if ref.name == x_name and perm:
                text = transposed(text, perm)  # type: ignore[arg-type]
            if ref.name == x_name:
                before = self.w.sibling(node.func, visits)
                if before is not None:
                    text = ast.Call(before, [text], [])
            return text

        steps = [m.chosen.steps[-1] for m in lowered if m.chosen is not None]
        if len(steps[0].form.apply) and steps[0].form.kind == "layer":
            from codegen.writing.slots import Disagreement, arguments

            if len(lowered[0].chosen.steps) > 1:
                args, kwargs = [operand(OperandRef(x_name))], []
            else:
                try:
                    args, kwargs = arguments(self.w.layout, steps, "apply", given, visit.form, operand, lambda s: [])
                except Disagreement as no:
                    raise Unwritable(no.why) from None
        else:
            args, kwargs = [operand(OperandRef(x_name))], []
        made = ast.Call(func, args, kwargs)
        self.w.link(node, made, [m.node for m in lowered])
        return made

    # -- containers, calls of the program ---------------------------------------------

    def container(self, node: ast.Call, visits: list[Visit]) -> ast.expr:
        """nn.Sequential(a, b), nn.ModuleList([...]), nn.ModuleDict({...})."""
        kind = visits[0].module.container if visits[0].module is not None else ""
        parts = node.args
        if kind == "sequential":
            if len(parts) == 1 and isinstance(parts[0], ast.Starred):
                inner = self.expr(parts[0].value)
                return nodes.call("keras.Sequential", [inner])
            if len(parts) == 1 and not isinstance(parts[0], ast.Starred) and visits[0].args and not isinstance(visits[0].args[0].hint, ModuleObject):
                return nodes.call("keras.Sequential", [self.ordered(parts[0])])
            elements: list[ast.expr] = []
            for part in parts:
                elements.extend([ast.Starred(self.expr(part.value), ast.Load())] if isinstance(part, ast.Starred) else self.elements(part))
            listed = ast.List(elements, ast.Load())
            listed.__dict__.update({k: v for k, v in node.__dict__.items() if k in ("tail", "inside")})
            return nodes.call("keras.Sequential", [listed])
        if kind == "list":
            return self.expr(parts[0]) if parts else ast.List([], ast.Load())
        if kind == "dict":
            return self.expr(parts[0]) if parts else ast.Dict([], [])
        raise Unwritable("lists of parameters are not written yet")

    def ordered(self, node: ast.expr) -> ast.expr:
        """The layers of an OrderedDict([(name, layer), ...]), without the names."""
        if isinstance(node, ast.Call) and node.args:
            node = node.args[0]
        pairs: list[ast.expr] = []
        if isinstance(node, (ast.List, ast.Tuple)) and all(isinstance(e, ast.Tuple) and len(e.elts) == 2 for e in node.elts):
            for element in node.elts:
                assert isinstance(element, ast.Tuple)
                made = self.elements(element.elts[1])
                made[0].__dict__.update({k: v for k, v in element.__dict__.items() if k in ("before", "behind")})
                pairs.extend(made)
            return ast.List(pairs, ast.Load())
        if isinstance(node, ast.Dict):
            for value in node.values:
                pairs.extend(self.elements(value))
            return ast.List(pairs, ast.Load())
        return nodes.call("list", [ast.Call(ast.Attribute(self.expr(node), "values", ast.Load()), [], [])])

    def program_call(self, node: ast.Call, visits: list[Visit]) -> ast.expr:
        """A function or class of the program, or an adapter: the same call, less what went."""
        func = self.expr(node.func)
        if nodes.has_gone(func):
            return nodes.gone()
        return self.with_arguments(node, func, visits)

    def with_arguments(self, node: ast.Call, func: ast.expr, visits: list[Visit]) -> ast.Call:
        """The source's arguments; those of parameters that went are left out, the mode is passed where it is needed."""
        dropped = self.w.dropped_parameters(visits)
        names = self.w.parameter_names(visits)
        args: list[ast.expr] = []
        kwargs: list[ast.keyword] = []
        for position, arg in enumerate(node.args):
            if isinstance(arg, ast.Starred):
                args.append(ast.Starred(self.expr(arg.value), ast.Load()))
            elif position < len(names) and names[position] in dropped:
                later = [p for p in range(position + 1, len(node.args)) if p < len(names) and names[p] not in dropped]
                if later and any(isinstance(a, ast.Starred) for a in node.args):
                    continue
            else:
                args.append(nodes.like(self.expr(arg), arg))
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg not in dropped:
                kwargs.append(ast.keyword(keyword.arg, self.expr(keyword.value)))
        if self.w.takes_mode(visits):
            kwargs.append(ast.keyword("training", ast.Name("training", ast.Load())))
        return ast.Call(func, args, kwargs)

    def plain_call(self, node: ast.Call) -> ast.expr:
        """A call that was never met, or one of plain Python."""
        func = self.expr(node.func)
        args = [ast.Starred(self.expr(a.value), ast.Load()) if isinstance(a, ast.Starred) else self.expr(a) for a in node.args]
        kwargs = [ast.keyword(k.arg, self.expr(k.value)) for k in node.keywords]
        return ast.Call(func, args, kwargs)

    def super_call(self, node: ast.Call, visits: list[Visit]) -> ast.expr:
        """super().__init__(...) of a library base."""
        made = ast.Attribute(nodes.call("super"), "__init__", ast.Load())
        base = visits[0].name
        if base.endswith("Sequential") and (node.args or node.keywords):
            if len(node.args) == 1 and isinstance(node.args[0], ast.Starred):
                return ast.Call(made, [self.expr(node.args[0].value)], [])
            elements: list[ast.expr] = []
            for part in node.args:
                elements.extend([ast.Starred(self.expr(part.value), ast.Load())] if isinstance(part, ast.Starred) else self.elements(part))
            return ast.Call(made, [ast.List(elements, ast.Load())], [])
        if visits[0].form is not None:
            raise Unwritable(f"a class that derives from {base} is not written yet")
        return ast.Call(made, [], [])

    def method(self, node: ast.Call | ast.Subscript, visits: list[Visit]) -> ast.expr:
        """Methods that modules offer: registration becomes attributes, containers are Python's own."""
        name = visits[0].name
        module = visits[0].module
        if isinstance(node, ast.Subscript):
            if module is not None and module.container == "sequential":
                return ast.Subscript(ast.Attribute(self.expr(node.value), "layers", ast.Load()), self.expr(node.slice), ast.Load())
            return ast.Subscript(self.expr(node.value), self.expr(node.slice), ast.Load())
        assert isinstance(node.func, ast.Attribute)
        owner = self.expr(node.func.value)
        if name in ("add_module", "register_module") and module is not None:
            key, value = node.args[0], node.args[1]
            if module.container == "sequential":
                return ast.Call(ast.Attribute(owner, "add", ast.Load()), [self.expr(value)], [])
            if module.container == "dict" and isinstance(module.cls, ClassObject):
                box = ast.Attribute(owner, "modules", ast.Load())
                return nodes.call(ast.Attribute(box, "__setitem__", ast.Load()), [self.expr(key), self.expr(value)])
            return nodes.call("setattr", [owner, self.expr(key), self.expr(value)])
        if module is not None and module.container == "dict" and isinstance(module.cls, ClassObject):
            return ast.Call(ast.Attribute(ast.Attribute(owner, "modules", ast.Load()), name, ast.Load()), [self.expr(a) for a in node.args], [])
        if module is not None and module.container == "sequential" and name == "append":
            return ast.Call(ast.Attribute(owner, "add", ast.Load()), [self.expr(a) for a in node.args], [])
        if module is not None and module.container and name in ("append", "extend", "insert", "items", "keys", "values", "update", "pop"):
            return ast.Call(ast.Attribute(owner, name, ast.Load()), [self.expr(a) for a in node.args], [])
        if name in ("modules", "named_modules", "parameters", "named_parameters", "children", "named_children", "buffers", "state_dict"):
            return nodes.gone()
        raise Unwritable(f"the method {name} of a module has no counterpart")

    # -- sizes, mode, what went ----------------------------------------------------------

    def size(self, node: ast.expr, visits: list[Visit]) -> ast.expr:
        """x.shape, x.size(), x.size(i), x.dim(): places of storage."""
        name = visits[0].name
        owner = node.value if isinstance(node, ast.Attribute) else node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
        if owner is None:
            raise Unwritable("a size that is read in an unusual way")
        x = self.expr(owner)
        if name in ("dim", "ndim", "ndimension"):
            return nodes.call("len", [ast.Attribute(x, "shape", ast.Load())])
        if name in ("numel", "nelement"):
            return nodes.call("keras.ops.size", [x])
        if isinstance(node, ast.Call) and (node.args or node.keywords):
            where = [v.args[1].hint if len(v.args) > 1 else v.kwargs["dim"].hint for v in visits]
            return self.axis_size(x, visits, where)
        orders = self.orders(visits)
        if orders == tuple(range(len(orders))):
            return nodes.call("keras.ops.shape", [x])
        return ast.Tuple([self.axis_size(x, visits, [axis] * len(visits)) for axis in range(len(orders))], ast.Load())

    def orders(self, visits: list[Visit]) -> tuple[int, ...]:
        """The one storage order of the tensors whose size is read."""
        found = set()
        for visit in visits:
            cell = visit.args[0].hint
            if isinstance(cell, TensorCell):
                found.add(self.w.layout.order_of(cell.version))
        if len(found) != 1:
            raise Unwritable("sizes are read of tensors stored in different orders")
        return next(iter(found))

    def axis_size(self, x: ast.expr, visits: list[Visit], axes: list[object]) -> ast.expr:
        """One size: from the static shape where it is a number, at run time otherwise."""
        order = self.orders(visits)
        places, static = set(), True
        for visit, axis in zip(visits, axes, strict=True):
            cell = visit.args[0].hint
            if not isinstance(cell, TensorCell) or not isinstance(axis, int):
                raise Unwritable("the axis of a size is not a number")
            places.add(order.index(axis % len(order)))
            static = static and isinstance(cell.shape[axis], int)
        if len(places) != 1:
            raise Unwritable("sizes of different axes are read here")
        shape: ast.expr = ast.Attribute(x, "shape", ast.Load()) if static else nodes.call("keras.ops.shape", [x])
        return ast.Subscript(shape, nodes.literal(next(iter(places))), ast.Load())

    def size_item(self, node: ast.Subscript) -> ast.expr | None:
        """`x.shape[1]`, `x.size()[1]`."""
        visits = self.w.trace.of(node.value)
        if not visits or visits[0].kind != "size" or visits[0].name not in ("shape", "size"):
            return None
        if isinstance(node.value, ast.Call) and (node.value.args or node.value.keywords):
            return None
        owner = node.value.value if isinstance(node.value, ast.Attribute) else node.value.func.value if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute) else None
        index = node.slice
        number = -index.operand.value if isinstance(index, ast.UnaryOp) and isinstance(index.operand, ast.Constant) else index.value if isinstance(index, ast.Constant) else None  # type: ignore[operator]
        if owner is None or not isinstance(number, int):
            return None
        return self.axis_size(self.expr(owner), visits, [number] * len(visits))

    def mode(self, node: ast.expr) -> ast.expr:
        """`self.training` is the argument `training`."""
        if not self.uses_mode:
            raise Unwritable("the mode is read outside a forward pass")
        return ast.Name("training", ast.Load())

    def dropped(self, node: ast.expr, visits: list[Visit]) -> ast.expr:
        """What has no meaning in the target: its receiver, a known answer, or nothing."""
        visit = visits[0]
        if visit.name == "identity" or visit.name == "data":
            inner = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else node.value if isinstance(node, ast.Attribute) else node
            return self.expr(inner)
        if visit.result is not None and visit.module is not None and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return self.expr(node.func.value)  # model.to(device), layer.apply(init)
        answer = self.w.answers.get(visit.name, ...)
        if answer is not ...:
            return ast.Constant(answer)  # type: ignore[arg-type]
        if visit.name == "torch.is_tensor" and isinstance(node, ast.Call):
            return nodes.call("keras.ops.is_tensor", [self.expr(node.args[0])])
        return nodes.gone()

    # -- names ------------------------------------------------------------------------

    def reference(self, node: ast.Name | ast.Attribute) -> ast.expr:
        """A name or attribute: locals stay, library classes become adapters, reserved attributes are renamed."""
        if isinstance(node, ast.Name):
            if node.id in self.gone:
                return nodes.gone()
            if node.id in self.locals:
                return node
        api = self.w.static_api(node, self.file, self.locals)
        if api is not None and not isinstance(node, ast.Name):
            made = self.library(api)
            if made is not None:
                return made
        if api is not None and isinstance(node, ast.Name) and api.root in FRAMEWORK_ROOTS:
            made = self.library(api)
            if made is not None:
                return made
        if isinstance(node, ast.Name):
            return node
        owner = self.expr(node.value)
        if isinstance(owner, nodes.Gone):
            return nodes.gone()
        return ast.Attribute(owner, self.w.attribute_name(node), node.ctx)

    def library(self, api: Api) -> ast.expr | None:
        """A library name used as a value."""
        if api.root in KEPT_ROOTS:
            return None
        if ("adapter", api.name) in self.w.sites.sites:
            return ast.Name(self.w.adapter(api.name), ast.Load())
        if api.name in ("torch.Tensor", "torch.nn.Module", "torch.nn.Sequential", "torch.nn.Identity"):
            self.w.framework_name = True
            return nodes.name({"torch.Tensor": "keras.KerasTensor", "torch.nn.Module": "keras.layers.Layer",
                               "torch.nn.Sequential": "keras.Sequential", "torch.nn.Identity": "keras.layers.Identity"}[api.name])
        forms = self.w.opset.find(self.w.source_framework, "call", api.name)
        if forms:
            return self.w.value_adapter(api.name, forms)
        if api.name.startswith("torch.") and api.name.count(".") == 1 and api.name.partition(".")[2] in ("float32", "float64", "int64", "bool"):
            return ast.Constant(api.name.partition(".")[2])
        return nodes.gone()

    # -- conditions -----------------------------------------------------------------------

    def boolean(self, node: ast.BoolOp) -> ast.expr:
        """and / or, folded where an answer is known."""
        stop = isinstance(node.op, ast.Or)
        kept: list[ast.expr] = []
        for part in node.values:
            made = self.expr(part)
            if isinstance(made, ast.Constant) and isinstance(made.value, bool):
                if made.value is stop:
                    return ast.Constant(stop) if not kept else ast.BoolOp(node.op, [*kept, made]) if any(isinstance(n, ast.Call) for k in kept for n in ast.walk(k)) else ast.Constant(stop)
                continue
            kept.append(made)
        if not kept:
            return ast.Constant(not stop)
        return kept[0] if len(kept) == 1 else ast.BoolOp(node.op, kept)

    def compare(self, node: ast.Compare) -> ast.expr:
        """Comparisons; `None is None` of what went is folded."""
        left = self.expr(node.left)
        rights = [self.expr(c) for c in node.comparators]
        if isinstance(left, nodes.Gone) and len(rights) == 1 and isinstance(rights[0], ast.Constant) and rights[0].value is None:
            return ast.Constant(isinstance(node.ops[0], ast.Is))
        return ast.Compare(left, node.ops, rights)

    def conditional(self, node: ast.IfExp) -> ast.expr:
        """a if test else b."""
        test = self.expr(node.test)
        if isinstance(test, ast.Constant):
            return self.expr(node.body if test.value else node.orelse)
        return ast.IfExp(test, self.arm(node.body), self.arm(node.orelse))

    def arm(self, node: ast.expr) -> ast.expr:
        """One arm; one that cannot be written refuses when it is reached."""
        try:
            return self.expr(node)
        except Unwritable as no:
            self.w.not_verified(self.file, node, no)
            self.w.needs_unmapped = True
            return nodes.call("_unmapped", [ast.Constant(f"{self.w.short(self.file)}:{node.lineno}: {no}")])


def hint_of(visit: Visit, slot: str) -> object:
    """The plain value that a visit gave to a slot."""
    if visit.bound is None:
        return None
    where = visit.bound.given.get(slot)
    value: Value | None = None
    if isinstance(where, int) and where < len(visit.args):
        value = visit.args[where]
    elif isinstance(where, str):
        value = visit.kwargs.get(where)
    if value is None:
        slot_made = next((s for s in visit.form.args if s.key == slot), None) if visit.form is not None else None
        return slot_made.default if slot_made is not None else None
    hint = value.hint
    return tuple(v.hint if isinstance(v, Value) else v for v in hint) if isinstance(hint, tuple) else hint


def choice(test: ast.expr, first: ast.expr, other: ast.expr) -> ast.IfExp:
    """Two ways to say a site under a test; a statement makes an `if` of it."""
    made = ast.IfExp(copy.deepcopy(test), first, other)
    made.__dict__["choice"] = True
    return made


