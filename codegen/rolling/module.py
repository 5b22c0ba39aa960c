"""The target file of a model whose program builds a graph: a class for the model, classes for its helpers."""

from __future__ import annotations

import ast

from codegen.rolling.bodies import Bodies, Given
from codegen.rolling.classes import Classes, Rolled
from codegen.rolling.factory_parameters import keep_factory_parameters
from codegen.rolling.forward import rename_inputs
from codegen.rolling.frozen import refuse_frozen
from codegen.rolling.groups import Group, group_nodes, own_class
from codegen.rolling.in_place import overwriting
from codegen.rolling.sources import Sources, bound_arguments, camel_case, is_plain, plain
from codegen.rolling.styles import FUNCTIONAL, SEQUENTIAL, is_rolled, restyled
from codegen.writing import nodes
from codegen.writing.module import collect, put_together
from codegen.writing.named_functions import LINEAR
from codegen.writing.naming import reference_to
from codegen.writing.plans import Unwritable
from codegen.writing.writer import Writer, WrittenModule
from pivot.problems import Problem, refuse
from pivot.reading.frames import Frame
from pivot.reading.keras_starts import described
from pivot.reading.modules import ModuleObject
from pivot.reading.restating import is_restatement
from pivot.reading.trace import Visit
from pivot.reading.values import Api, ClassObject, FunctionObject, ListObject, Unknown, Value


def has_own_call(root: ModuleObject) -> bool:
    """Is a model of a class of the program, which calls what it holds, rather than one of inputs and outputs?"""
    return isinstance(root.cls, ClassObject) and root.container != FUNCTIONAL


def written_in_place(frame: Frame) -> bool:
    """Does a frame of a functional model belong to no class of the program?"""
    return all(own_class(at) is None for at in frame.chain())


def write_rolled(w: Writer, docstring: str) -> WrittenModule:
    """Write a network as classes. Raises Refusal where a part cannot be written."""
    network = w.done.network
    file = next(iter(w.ev.files))
    try:
        root = group_nodes(network.runs["eval"].nodes, network.outputs, classes_stay=True)
        refuse_frozen(w.trace, root)
        root.inputs = [entry.value for entry in network.inputs]
        root.outputs = list(network.outputs)
        classes, made = rolled_classes(w, root, set())
        library: dict[str, tuple[str, str]] = {}
        written = collect(w, library, {})
        names = {s.name for group in written.values() for s in group if isinstance(s, (ast.ClassDef, ast.FunctionDef))}
        if not names.isdisjoint(
            rolled.name for rolled in classes.rolled
        ):  # a restated layer is written as it stands too
            classes, made = rolled_classes(w, root, names)
            written = collect(w, library, {})
        statements: list[ast.stmt] = [classes.inner(rolled) for rolled in classes.rolled if rolled is not made]
        whole: ast.stmt = root_class(w, classes, made)
        w.out.entry = ast.Call(ast.Name(made.name, ast.Load()), [], [])
        if w.style in (SEQUENTIAL, FUNCTIONAL):
            whole, w.out.entry = restyled(w, root_class(w, classes, made), w.style)
        statements.append(whole)
    except Unwritable as no:
        raise refuse("unwritable", file, 1, 1, str(no), "write it with operations the target has") from None
    return put_together(w, written, statements, library, docstring)


def rolled_classes(w: Writer, root: Group, taken: set[str]) -> tuple[Classes, Rolled]:
    """The classes of a graph, and that of its root, with other names than those that are `taken`."""
    outputs = (value for run in w.done.network.runs.values() for value in run.outputs)
    bodies = Bodies(w.lowering, w.layout, w.starts, lambda g: given_to(w, g), overwriting(w.lowering, outputs))
    by_path = not is_rolled(w.done.network) or has_own_call(w.done.network.root)
    classes = Classes(Sources(w.trace), bodies, w.target, by_path, lambda g: own_call(w, g), taken)
    made = classes.roll(root, root_name(w, root))
    if w.style not in (SEQUENTIAL, FUNCTIONAL):
        made.parameters += keep_factory_parameters(made.attributes, made.origins, root.nodes)
    return classes, made


def told_to(w: Writer, module: ModuleObject) -> dict[str, int]:
    """The sizes that the constructor of a module is told; a copy of a layer is told those of the layer."""
    if w.inferred is None:
        return {}
    entered = module.visit.entered if module.visit is not None else None
    first = entered.receiver.hint if entered is not None and entered.receiver is not None else None
    return w.inferred.told.get(id(module)) or w.inferred.told.get(id(first), {})


def own_call(w: Writer, group: Group) -> ast.expr:
    """How a module is made whose class the program defines: with numbers for all that it is told."""
    module = group.module
    assert module is not None and isinstance(module.cls, ClassObject)
    visit = module.visit
    scope = w.scope_of(module.cls.file)
    if visit is None or visit.entered is None or visit.entered.function is None:
        given: dict[str, Value] = {}
    else:
        function = visit.entered.function
        given = bound_arguments(function, visit)
        if is_restatement(module.cls.file) and function.node.args.kwarg is not None:  # it hands on all that it is given
            given = {**given, **visit.kwargs}
        if function.name != "__init__" or set(visit.kwargs) - set(given) - LIBRARY:
            raise Unwritable(f"{module.cls.name} is made with arguments that its constructor does not name")
    if scope is None or module.cls.name not in scope.names:
        raise Unwritable(f"the class {module.cls.name} is not one of a file")
    gone = w.dropped_parameters([visit]) if visit is not None else set()
    kept = {name: value for name, value in given.items() if name not in gone | LIBRARY}
    defaults = defaults_of(visit)
    texts: dict[str, ast.expr] = {}
    for name, value in kept.items():
        own = defaults.get(name)
        if is_restatement(module.cls.file) and own is not None and type(own.hint) is type(value.hint):
            if isinstance(own.hint, (bool, int, float, str, type(None))) and own.hint == value.hint:
                continue  # of the library's many arguments, those that say something
        if value is own:
            continue
        if isinstance(value.hint, Unknown) and own is not None:
            without(w, value.hint, f"{module.cls.name} is made with its own {name}")
            continue
        if own is not None and visit is not None and described(value) is not None and not is_writable(value):
            place = visit.frame.file, getattr(visit.node, "lineno", 1), 1
            why = f"what {module.cls.name} starts from is not handed to it: it is made with its own {name}"
            w.refused(Problem("not-carried", "info", *place, why, "load weights, or set these values in the target"))
            continue
        text = argument(w, value)
        if text is None:
            raise Unwritable(f"{module.cls.name} is made with {name}, which is no number, text or function")
        texts[name] = text
    told = told_to(w, module)
    w.wanted.setdefault((module.cls.file, module.cls.name))
    words = [ast.keyword(k, nodes.literal(v)) for k, v in told.items() if k not in texts]
    words += [ast.keyword(k, text) for k, text in texts.items()]
    return ast.Call(ast.Name(module.cls.name, ast.Load()), [], words)


def argument(w: Writer, value: Value) -> ast.expr | None:
    """How what a constructor is given is written: numbers, texts, lists of them, functions; None: it cannot be said."""
    hint = value.hint
    if isinstance(hint, Api):
        return w.target.identity() if hint.name == LINEAR else w.adapters.reference(hint.name)
    if isinstance(hint, FunctionObject):
        scope = w.scope_of(hint.file)
        held = scope.names.get(hint.name) if scope is not None else None
        return reference_to((hint.file, hint.name)) if held is not None and held.hint is hint else None
    return nodes.literal(listed(value)) if is_writable(value) else None


def defaults_of(visit: Visit | None) -> dict[str, Value]:
    """What the parameters of a constructor are where a call leaves them out."""
    function = visit.entered.function if visit is not None and visit.entered is not None else None
    if function is None:
        return {}
    spec = function.node.args
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    found = dict(zip(names[::-1], function.defaults[::-1], strict=False))
    found.update({a.arg: v for a, v in zip(spec.kwonlyargs, function.kw_defaults, strict=False) if v is not None})
    return found


def listed(value: Value) -> object:
    """A value as plain Python, lists included."""
    hint = value.hint
    return [listed(item) for item in hint.items] if isinstance(hint, ListObject) else plain(value)


def is_writable(value: Value) -> bool:
    """Can a value be an argument of a constructor that is written down?"""
    hint = value.hint
    if isinstance(hint, ListObject):
        return hint.kind == "list" and all(map(is_writable, hint.items))
    return is_plain(plain(value))


def without(w: Writer, value: Unknown, then: str) -> None:
    """Say that a value that no tensor depends on (a regulariser, a metric) is not handed to a constructor."""
    place = value.file, value.line, value.column
    why = f"{value.why}; nothing is computed from it: {then}"
    w.refused(Problem("not-carried", "info", *place, why, "set it up in the training where it acts there"))


def given_to(w: Writer, group: Group) -> Given | None:
    """The arguments of the call of a module whose class stays, without those that its `forward` has no more; None:
    tensors only, each in a parameter of its own.
    """
    visits = w.trace.visits.get(id(group.frame.site), []) if group.frame is not None else []
    visit = next((v for v in visits if v.entered is group.frame), None)
    if visit is None and group.frame is not None:  # nodes in a comprehension stand in a frame of the same call
        visit = next((v for v in visits if v.entered is not None and v.entered.key == group.frame.key), None)
    if group.module is None or visit is None or group.function is None:
        return None
    spec = group.function.node.args
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    names = names[1:] if names[:1] == ["self"] else names
    gone = w.dropped_parameters([visit])
    row = [value for place, value in enumerate(visit.args) if not (place < len(names) and names[place] in gone)]
    words = {name: value for name, value in visit.kwargs.items() if name not in gone | LIBRARY}
    return Given(row, words, visit.result)


LIBRARY = {"name", "dtype", "trainable", "autocast", "kwargs"}
"""Arguments of Keras' own constructors, which a class hands on to them."""


def root_name(w: Writer, root: Group) -> str:
    """The model is called like its class, or like the function that was asked for it."""
    if has_own_call(w.done.network.root):
        return w.done.network.root.class_name
    entry = w.ev.entry_node
    callee = entry.func if isinstance(entry, ast.Call) else entry
    if isinstance(callee, ast.Attribute):
        return camel_case(callee.attr)
    if isinstance(callee, ast.Name):
        return camel_case(callee.id)
    return camel_case(root.function.name) if root.function is not None else "Model"


def root_class(w: Writer, classes: Classes, made: Rolled) -> ast.ClassDef:
    """The class of the model: its inputs in order, its outputs in their structure."""
    network = w.done.network
    wishes = classes.wishes(made)
    names = rename_inputs(made.inputs, wishes)
    for place, (spec, entry) in enumerate(zip(w.done.specs, network.inputs, strict=True)):
        if spec.name is not None:
            names[place] = entry.name
        elif made.inputs == 1:
            names[place] = "x"
        elif place not in wishes.names and entry.name.isidentifier() and entry.name not in names:
            names[place] = entry.name
    numbers = iter(made.outputs)

    def structured(structure: object) -> ast.expr:
        if isinstance(structure, dict):
            keys = [ast.Constant(key) for key in structure]
            return ast.Dict(list(keys), [structured(part) for part in structure.values()])
        if isinstance(structure, list):
            return ast.Tuple([structured(part) for part in structure], ast.Load())
        if structure is None:
            return ast.Constant(None)
        return ast.Name(f"_{next(numbers)}", ast.Load())

    return classes.definition(made, wishes, names, structured(network.runs["eval"].structure))
