"""Calls that are no sites of forms: containers, functions and classes of the program, methods that modules offer."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.writing import deriving, nodes, unread
from codegen.writing.children import ASKING, children, submodule
from codegen.writing.frozen import tell_looked_up
from codegen.writing.held_rows import appended, starts_empty
from codegen.writing.naming import reference_to
from codegen.writing.parameters import buffer_expression
from codegen.writing.plans import Unwritable
from codegen.writing.restated import go_with, has_default, says_starts
from pivot.reading import classes
from pivot.reading.modules import ModuleObject
from pivot.reading.normed import is_normed
from pivot.reading.restating import is_restatement
from pivot.reading.trace import Visit
from pivot.reading.values import (
    Api,
    ClassObject,
    DictObject,
    FunctionObject,
    InstanceObject,
    ListObject,
    TensorCell,
    Unknown,
    Value,
)
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions

OF_DICTS = {"named_children": "items", "children": "values"}  # what a dict calls what a module has, too
RUNNING = {"build", "compile", "count_params", "evaluate", "fit", "predict", "save", "save_weights", "summary"}
RUNNING |= {"compute_output_shape", "compute_output_spec"}
"""Methods of Keras' models that make weights early, train, report or store: no part of what a model computes."""


def container(e: Expressions, node: ast.Call, visits: list[Visit]) -> ast.expr:
    """nn.Sequential(a, b), nn.ModuleList([...]), nn.ModuleDict({...})."""
    kind = visits[0].module.container if visits[0].module is not None else ""
    parts = node.args
    if kind == "sequential" and is_empty(visits) and not parts:
        return e.w.target.identity()
    if kind == "sequential":
        if len(parts) == 1 and isinstance(parts[0], ast.Starred):
            inner = e.expr(parts[0].value)
            filled = e.w.target.row(inner)
            if any(v.module is not None and not v.module.children for v in visits) and isinstance(inner, ast.Name):
                return ast.IfExp(inner, filled, e.w.target.identity())
            return filled
        if (
            len(parts) == 1
            and not isinstance(parts[0], ast.Starred)
            and visits[0].args
            and not isinstance(visits[0].args[0].hint, ModuleObject)
        ):
            if isinstance(visits[0].args[0].hint, DictObject):
                named = any(id(v.module) in e.w.trace.named for v in visits)
                return e.w.target.row(ordered(e, parts[0], named))
            return e.w.target.row(e.expr(parts[0]))
        elements: list[ast.expr] = []
        if any(id(v.module) in e.w.trace.named for v in visits):
            e.w.whole.update(map(id, parts))
        for part in parts:
            elements.extend(
                [ast.Starred(e.expr(part.value), ast.Load())] if isinstance(part, ast.Starred) else e.elements(part)
            )
        listed = ast.List(elements, ast.Load())
        listed.__dict__.update({k: v for k, v in node.__dict__.items() if k in ("tail", "inside")})
        return e.w.target.row(listed)
    if kind == "list":
        e.w.whole.update(map(id, getattr(parts[0], "elts", ()) if parts else ()))  # each stays one of them
        return listed_once(e.expr(parts[0])) if parts else ast.List([], ast.Load())
    if kind == "dict":
        return e.expr(parts[0]) if parts else ast.Dict([], [])
    if kind == "parameters":
        named = any(v.module is not None and v.module.class_name == "ParameterDict" for v in visits)
        return e.expr(parts[0]) if parts else (ast.Dict([], []) if named else ast.List([], ast.Load()))
    raise Unwritable(f"a container of the kind {kind} is not written")


def is_empty(visits: list[Visit]) -> bool:
    """Does a container never get a member? Keras cannot call a Sequential without layers."""
    return all(v.module is not None and not v.module.children for v in visits)


def ordered(e: Expressions, node: ast.expr, whole: bool = False) -> ast.expr:
    """The layers of an OrderedDict([(name, layer), ...]), without the names; `whole`: each stays one of them."""
    told = node
    if isinstance(node, ast.Call) and node.args:
        node = node.args[0]
    pairs: list[ast.expr] = []
    if isinstance(node, (ast.List, ast.Tuple)) and all(
        isinstance(e, ast.Tuple) and len(e.elts) == 2 for e in node.elts
    ):
        for element in node.elts:
            assert isinstance(element, ast.Tuple)
            e.w.whole.update([id(element.elts[1])] * whole)
            made = e.elements(element.elts[1])
            made[0].__dict__.update({k: v for k, v in element.__dict__.items() if k in ("before", "behind")})
            pairs.extend(made)
        return ast.List(pairs, ast.Load())
    if isinstance(node, ast.Dict):
        e.w.whole.update([id(value) for value in node.values] * whole)
        for value in node.values:
            pairs.extend(e.elements(value))
        return ast.List(pairs, ast.Load())
    return nodes.call("list", [ast.Call(ast.Attribute(e.expr(told), "values", ast.Load()), [], [])])


def program_call(e: Expressions, node: ast.Call, visits: list[Visit]) -> ast.expr:
    """A function or class of the program, or an adapter: the same call, less what went."""
    if any(is_normed(v.callee) for v in visits):  # weight_norm(nn.Conv1d(...))
        func = one_restated(visits) or nodes.gone()
    elif "container_site" in node.__dict__ or of_name(node.func):  # stands for a method; `tf` is imported inside
        func = one_restated(visits) or e.expr(node.func)
    else:
        func = e.expr(node.func)
    if nodes.has_gone(func):
        known = one_restated(visits)  # getattr(nn, "GRU")
        if known is None:
            return nodes.gone()
        func = known
        if isinstance(node.func, ast.Call) and not is_restatement(visits[0].frame.file):
            tell_looked_up(e.w, visits[0], node)
    if all(fills_row(e, visit) for visit in visits):
        made = container(e, node, visits)
        row = e.w.target.row(ast.List([], ast.Load()))
        if isinstance(made, ast.Call) and isinstance(row, ast.Call) and ast.dump(made.func) == ast.dump(row.func):
            return ast.Call(func, made.args, made.keywords)
        raise Unwritable(f"{visits[0].name} is made without layers")
    if not node.args and starts_empty(e.w, visits[0]):
        return ast.Call(func, [ast.List([], ast.Load())], [])
    return with_arguments(e, node, func, visits)


def of_name(func: ast.expr) -> bool:
    """Is this `tf.gather`, of a name and not of the object itself?"""
    names = ast.unparse(func).split(".")
    return len(names) > 1 and names[0] != "self" and all(map(str.isidentifier, names))


def fills_row(e: Expressions, visit: Visit) -> bool:
    """Does a call make a class that is a Sequential with the library's own constructor, of its layers?"""
    module = visit.module
    if visit.kind != "class" or module is None or module.container != "sequential" or visit.kwargs:
        return False
    return (
        isinstance(module.cls, ClassObject)
        and bool(visit.args)
        and classes.member(e.w.ev, module.cls, "__init__") is None
    )


def one_restated(visits: list[Visit]) -> ast.expr | None:
    """The restated class or function of a library that all visits call, however the program finds its name."""
    met = {v.callee.hint for v in visits if v.callee is not None}
    hint = met.pop() if len(met) == 1 else None
    if not isinstance(hint, (ClassObject, FunctionObject)) or not is_restatement(hint.file):
        return None
    return reference_to((hint.file, hint.name))


def with_arguments(e: Expressions, node: ast.Call, func: ast.expr, visits: list[Visit]) -> ast.Call:
    """The source's arguments; those of parameters that went are left out, the mode is passed where it is needed."""
    dropped = e.w.dropped_parameters(visits)
    names = e.w.parameter_names(visits)
    args: list[ast.expr] = []
    kwargs: list[ast.keyword] = []
    by_name = first_by_name(node, visits)
    for position, arg in enumerate(node.args):
        if isinstance(arg, ast.Starred):
            args.append(ast.Starred(e.expr(arg.value), ast.Load()))
        elif position < len(names) and names[position] in dropped:
            later = [p for p in range(position + 1, len(node.args)) if p < len(names) and names[p] not in dropped]
            if later and any(isinstance(a, ast.Starred) for a in node.args):
                continue
        elif by_name is not None and by_name <= position < len(names):
            kwargs.append(ast.keyword(names[position], argument(e, arg, visits, position, len(node.args))))
        else:
            args.append(argument(e, arg, visits, position, len(node.args)))
    for keyword in node.keywords:
        named = isinstance(keyword.value, ast.Name) and keyword.value.id in e.gone
        if keyword.arg is None and (named or go_with(dropped, visits)):
            continue
        if keyword.arg is None or (keyword.arg not in dropped and e.w.keeps(visits, keyword.arg)):
            value = e.expr(keyword.value)
            if keyword.arg is not None and says_starts(visits, keyword.arg, value):
                continue
            if nodes.has_gone(value) and keyword.arg is not None:
                if is_left_out(visits, keyword.arg):
                    continue
                if all(v.entered and has_no_meaning(v.kwargs.get(keyword.arg, NONE).hint) for v in visits):
                    value = ast.Constant(None)
            kwargs.append(ast.keyword(keyword.arg, value))
    more = e.w.inferred.arguments(node, visits) if e.w.inferred is not None else []
    args[:0] = [e.expr(text) for text in more]
    if e.w.takes_mode(visits):
        kwargs.append(ast.keyword("training", ast.Name("training", ast.Load())))
    return ast.Call(func, args, kwargs)


NONE = Value(None)


def argument(e: Expressions, arg: ast.expr, visits: list[Visit], position: int, count: int) -> ast.expr:
    """An argument by place; one without meaning in the target (a device) that a function of the program asks for is
    None: no tensor depends on it. `count`: of the arguments by place, which a method's receiver may stand before.
    """
    made = e.expr(arg)
    if nodes.has_gone(made):
        given = [v.args[position - count].hint for v in visits if v.entered is not None and count <= len(v.args)]
        if given and len(given) == len(visits) and all(has_no_meaning(hint) for hint in given):
            made = ast.Constant(None)
    return nodes.like(made, arg)


def first_by_name(node: ast.Call, visits: list[Visit]) -> int | None:
    """From which place on the arguments of a layer are named: Keras takes only tensors by place, and None."""
    if any(isinstance(arg, ast.Starred) for arg in node.args):
        return None
    for position in range(len(node.args)):
        values = [v.args[position].hint for v in visits if v.kind == "apply" and position < len(v.args)]
        if any(not is_of_tensors(value) for value in values):
            return position
    return None


def is_of_tensors(hint: object) -> bool:
    """Is a value a tensor, nothing, or a structure of these?"""
    if isinstance(hint, (tuple, ListObject)):
        parts = hint.items if isinstance(hint, ListObject) else hint
        return all(is_of_tensors(p.hint if isinstance(p, Value) else p) for p in parts)
    if isinstance(hint, DictObject):
        return all(is_of_tensors(value.hint) for _, value in hint.entries.values())
    return hint is None or isinstance(hint, TensorCell)


def is_left_out(visits: list[Visit], name: str) -> bool:
    """May an argument without meaning in the target (a device) be left out, because its parameter has a default?"""
    for visit in visits:
        value = visit.kwargs.get(name)
        if value is None or not has_no_meaning(value.hint) or not has_default(visit, name):
            return False
    return bool(visits)


def has_no_meaning(hint: object) -> bool:
    """Is a value unknown, or an object of the framework's own, such as a device?"""
    return isinstance(hint, Unknown) or (isinstance(hint, InstanceObject) and isinstance(hint.cls, Api))


def names_a_device(e: Expressions, node: ast.Name) -> bool:
    """Is a name of a file bound to what the target has nothing for, as by `device = torch.device("cuda")`?"""
    scope = e.w.ev.scopes.get(Path(e.file))
    value = scope.names.get(node.id) if scope is not None else None
    bound = scope.lazy.get(node.id, []) if scope is not None and value is not None else []
    if value is None or len(bound) != 1 or not isinstance(bound[0], ast.Assign) or not has_no_meaning(value.hint):
        return False
    return any(isinstance(part, ast.Call) and is_device(e, part.func) for part in walk(bound[0].value))


def is_device(e: Expressions, node: ast.expr) -> bool:
    """Is this `torch.device`?"""
    api = e.w.static_api(node, e.file, set()) if isinstance(node, (ast.Name, ast.Attribute)) else None
    return api is not None and api.name == "torch.device"


def plain_call(e: Expressions, node: ast.Call) -> ast.expr:
    """A call that was never met, or one of plain Python."""
    api = e.w.static_api(node.func, e.file, e.locals) if isinstance(node.func, (ast.Name, ast.Attribute)) else None
    if api is not None and api.name in e.w.answers:
        return ast.Constant(e.w.answers[api.name])  # type: ignore[arg-type]
    if api is None:
        if (known := unread.method(e, node)) is not None:
            return known
        if (asked := by_name(e, node)) is not None:
            return asked
    func = e.expr(node.func)
    write = e.members if isinstance(node.func, ast.Name) and node.func.id in COUNTING else e.expr
    args = [ast.Starred(e.members(a.value), ast.Load()) if isinstance(a, ast.Starred) else write(a) for a in node.args]
    kwargs = [ast.keyword(k.arg, e.expr(k.value)) for k in node.keywords]
    if isinstance(node.func, ast.Name) and node.func.id == "dict":
        if kwargs and all(nodes.has_gone(k.value) for k in kwargs):
            return nodes.gone()
        kwargs = [k for k in kwargs if k.arg is None or not nodes.has_gone(k.value)]  # the proof finds who asks for it
    return ast.Call(func, args, kwargs)


def by_name(e: Expressions, node: ast.Call) -> ast.expr | None:
    """`self.__getattr__(name)` is `getattr(self, name)`: that method itself is a module's alone, no layer has it."""
    func, known = node.func, {"__getattr__": "getattr", "__setattr__": "setattr"}
    if not isinstance(func, ast.Attribute) or func.attr not in known or isinstance(func.value, ast.Call):
        return None  # a call: super().__setattr__(name, value)
    return nodes.call(known[func.attr], [e.expr(func.value), *map(e.expr, node.args)])


COUNTING = {"enumerate", "len", "list", "reversed", "tuple", "zip"}  # what takes the members of a container


def listed_once(made: ast.expr) -> ast.expr:
    """The list that a ModuleList makes of what it is given: a generator gives its layers once, and hides them."""
    if isinstance(made, ast.GeneratorExp):
        return ast.ListComp(made.elt, made.generators)
    runs_out = isinstance(made, ast.Call) and ast.unparse(made.func) in ("map", "filter", "reversed", "zip")
    return nodes.call("list", [made]) if runs_out else made


def content(e: Expressions, node: ast.Call, visits: list[Visit]) -> ast.expr:
    """`x.item()` is `float(x)`, `x.tolist()` a list of these."""
    assert isinstance(node.func, ast.Attribute)
    owner = e.expr(node.func.value)
    first = visits[0].result.hint if visits[0].result is not None else None
    items = first.items if isinstance(first, ListObject) else []
    kind = "int" if isinstance(items[0].hint if items else first, int) else "float"
    if not isinstance(first, ListObject):
        return nodes.call(kind, [owner])
    if any(isinstance(item.hint, ListObject) for item in items):
        raise Unwritable("tolist() of a tensor with several axes")
    each = ast.comprehension(ast.Name("value", ast.Store()), owner, [], 0)
    return ast.ListComp(nodes.call(kind, [ast.Name("value", ast.Load())]), [each])


def super_call(e: Expressions, node: ast.Call, visits: list[Visit]) -> ast.expr:
    """super().__init__(...) of a library base; `super(Base, self)`, which passes a class of the program over, stays."""
    made = ast.Attribute(nodes.call("super", passed_over(node, visits)), "__init__", ast.Load())
    holder = visits[0].module
    if holder is not None and holder.container == "sequential" and (node.args or node.keywords):
        if not e.w.source.builds_early:  # the list of its layers, and a name
            listed = next((k.value for k in node.keywords if k.arg == "layers"), node.args[0] if node.args else None)
            row = e.w.target.row(e.expr(listed)) if listed is not None else None
            return ast.Call(made, row.args if isinstance(row, ast.Call) else [], [])
        if len(node.args) == 1 and isinstance(node.args[0], ast.Starred):
            return ast.Call(made, [e.expr(node.args[0].value)], [])
        if len(node.args) == 1 and visits[0].args and isinstance(visits[0].args[0].hint, DictObject):
            return ast.Call(made, [ordered(e, node.args[0])], [])
        elements: list[ast.expr] = []
        for part in node.args:
            elements.extend(
                [ast.Starred(e.expr(part.value), ast.Load())] if isinstance(part, ast.Starred) else e.elements(part)
            )
        return ast.Call(made, [ast.List(elements, ast.Load())], [])
    if visits[0].form is not None:
        return deriving.super_init(e, node, visits)
    return ast.Call(made, [], [])


def passed_over(node: ast.Call, visits: list[Visit]) -> list[ast.expr]:
    """The arguments of `super` where they name another class than the one the method stands in."""
    made = node.func.value if isinstance(node.func, ast.Attribute) else None
    owner = visits[0].frame.owner
    if not isinstance(made, ast.Call) or len(made.args) != 2 or owner is None:
        return []
    cls, this = made.args
    if not isinstance(cls, ast.Name) or not isinstance(this, ast.Name) or cls.id == owner.name:
        return []
    return [ast.Name(cls.id, ast.Load()), ast.Name(this.id, ast.Load())]


def method(e: Expressions, node: ast.Call | ast.Subscript, visits: list[Visit]) -> ast.expr:
    """Methods that modules offer: registration becomes attributes, containers are Python's own."""
    name = visits[0].name
    module = visits[0].module
    if isinstance(node, ast.Subscript):
        if module is not None and module.container == "sequential":
            part = ast.Subscript(e.w.target.in_row(e.expr(node.value)), e.expr(node.slice), ast.Load())
            is_row = id(node) in e.w.trace.stacks or any(is_called(v.result) for v in visits)
            return e.w.target.row(part) if is_row else part
        return ast.Subscript(e.expr(node.value), e.expr(node.slice), ast.Load())
    assert isinstance(node.func, ast.Attribute)
    owner = e.expr(node.func.value)
    if name in ("add_weight", "add_variable"):
        from codegen.writing.own_weights import weight_expression

        return weight_expression(e, node, visits)
    if name == "add" and module is not None and module.container == "sequential":
        return added(e, owner, node)
    if name in ("add_module", "register_module") and module is not None:
        named = {k.arg: k.value for k in node.keywords}
        given = [*node.args, *(named[k] for k in ("name", "module")[len(node.args) :] if k in named)]
        if len(given) == 1 and isinstance(given[0], ast.Starred) and not module.container:
            return nodes.call("setattr", [owner, ast.Starred(e.expr(given[0].value), ast.Load())])
        if len(given) != 2:
            raise Unwritable(f"{name}() is not given a name and a module")
        key, value = given
        if module.container == "sequential":
            return appended(e.w, module.cls, owner, e.expr(value))
        if module.container == "dict" and isinstance(module.cls, ClassObject):
            box = ast.Attribute(owner, "modules", ast.Load())
            return nodes.call(ast.Attribute(box, "__setitem__", ast.Load()), [e.expr(key), e.expr(value)])
        if module.container == "list" and not isinstance(module.cls, ClassObject):
            return nodes.call(ast.Attribute(owner, "append", ast.Load()), [e.expr(value)])
        if module.container == "dict":
            return nodes.call(ast.Attribute(owner, "__setitem__", ast.Load()), [e.expr(key), e.expr(value)])
        if module.container:
            raise Unwritable(f"{name}() of a class derived from {module.container}")
        return nodes.call("setattr", [owner, e.expr(key), e.expr(value)])
    if name in ("register_buffer", "register_parameter"):
        first = node.args[0] if node.args else next(k.value for k in node.keywords if k.arg == "name")
        if name == "register_parameter":
            value = node.args[1] if len(node.args) > 1 else next(k.value for k in node.keywords if k.arg == "param")
            return nodes.call("setattr", [owner, e.expr(first), e.expr(value)])
        return nodes.call("setattr", [owner, e.expr(first), buffer_expression(e, node, visits)])
    if module is not None and module.container == "dict" and isinstance(module.cls, ClassObject):
        return ast.Call(
            ast.Attribute(ast.Attribute(owner, "modules", ast.Load()), OF_DICTS.get(name, name), ast.Load()),
            [e.expr(a) for a in node.args],
            [],
        )
    if module is not None and module.container == "sequential" and name == "append":
        return appended(e.w, module.cls, owner, e.expr(node.args[0]))
    if (
        module is not None
        and module.container
        and name in ("append", "extend", "insert", "items", "keys", "values", "update", "pop")
    ):
        return ast.Call(ast.Attribute(owner, name, ast.Load()), [e.expr(a) for a in node.args], [])
    if name in ASKING:
        return children(e, owner, name, visits)
    if name == "get_submodule":
        return submodule(e, owner, visits)
    if name in (
        "modules",
        "named_modules",
        "parameters",
        "named_parameters",
        "buffers",
        "state_dict",
    ):
        return nodes.gone()
    if name in RUNNING:
        return nodes.gone()
    raise Unwritable(f"the method {name} of a module has no counterpart")


def is_called(value: Value | None) -> bool:
    """Is a part of a row of layers called like the row itself: `self.features[:4](x)`?"""
    module = value.hint if value is not None else None
    return isinstance(module, ModuleObject) and module.container == "sequential" and bool(module.calls)


def made_at_call(e: Expressions, node: ast.Call, visits: list[Visit]) -> ast.expr | None:
    """`Dropout(0.1)(x)` in a forward pass: a layer made anew does not know the mode of the module around it."""
    if not isinstance(node.func, ast.Call) or not e.w.target.builds_early:
        return None
    forms = [v.module.form for v in visits if v.module is not None and v.module.form is not None]
    if not any(form.op.weights or form.op.name in ("dropout", "dropout1d", "dropout2d", "dropout3d") for form in forms):
        return None
    making = e.w.trace.of(node.func)
    if "self" not in e.locals or not making or making[0].bound is None or len(node.args) != 1:
        raise Unwritable("a layer with weights or a mode of its own is made anew at each call")
    name = forms[0].op.name
    if any(form.op.name != name for form in forms) or not name.startswith("dropout"):
        raise Unwritable("a layer with weights or a mode of its own is made anew at each call")
    rate = e.given(node.func, making[0].bound).get("rate")
    args = [e.expr(node.args[0]), rate or ast.Constant(0.5), nodes.name("self.training")]
    return nodes.call(f"torch.nn.functional.{name}", args)


def argument_itself(e: Expressions, node: ast.Call) -> ast.expr:
    """`tf.identity(x)` is x; a variable that holds such a function is called."""
    given = [*(e.expr(arg) for arg in node.args), *(e.expr(k.value) for k in node.keywords if k.arg is not None)]
    known = isinstance(node.func, (ast.Name, ast.Attribute)) and e.w.static_api(node.func, e.file, e.locals) is not None
    return given[0] if known else ast.Call(e.expr(node.func), given[:1], [])


def added(e: Expressions, owner: ast.expr, node: ast.Call) -> ast.expr:
    """`model.add(layer)`: one layer more, several where the target needs them, none for what only announces input."""
    given = node.args[0] if node.args else next(k.value for k in node.keywords)
    layers = e.elements(given)
    if not layers:
        return nodes.gone()
    if len(layers) == 1:
        return e.w.target.append(owner, layers[0])
    return ast.Call(ast.Attribute(owner, "extend", ast.Load()), [ast.List(layers, ast.Load())], [])


def copies_layers(visits: list[Visit]) -> bool:
    """Is what a deep copy is made of a module, or a list or dict that holds some?"""
    return any(holds_module(v.args[0]) for v in visits if v.args)


def holds_module(value: Value) -> bool:
    """Is a value a module, or a container of modules?"""
    hint = value.hint
    if isinstance(hint, ListObject):
        return any(holds_module(item) for item in hint.items)
    if isinstance(hint, DictObject):
        return any(holds_module(item) for _, item in hint.entries.values())
    return isinstance(hint, ModuleObject)
