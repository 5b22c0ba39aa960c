"""The target file of a model whose program builds a graph: a class for the model, classes for its helpers."""

from __future__ import annotations

import ast

from codegen.rolling.bodies import Bodies
from codegen.rolling.classes import Classes, Rolled
from codegen.rolling.forward import rename_inputs
from codegen.rolling.groups import Group, group_nodes, own_class
from codegen.rolling.sources import Sources, bound_arguments, camel_case, is_plain, plain
from codegen.writing import nodes
from codegen.writing.module import collect, put_together
from codegen.writing.plans import Unwritable
from codegen.writing.writer import Writer, WrittenModule
from pivot.network import Network
from pivot.problems import refuse
from pivot.reading.frames import Frame
from pivot.reading.values import ClassObject, Value

FUNCTIONAL = "functional"


def is_rolled(network: Network) -> bool:
    """Is there no class program behind a model?"""
    return network.root.container == FUNCTIONAL


def written_in_place(frame: Frame) -> bool:
    """Does a frame of a functional model belong to no class of the program?"""
    return all(own_class(at) is None for at in frame.chain())


def forget_building(network: Network) -> None:
    """Leave out the visits at which a functional model was built: what it computes was met again when it was called,
    with the tensors and sizes that count.
    """
    met = {id(node) for run in network.runs.values() for node in run.nodes}
    for key, visits in network.trace.visits.items():
        made = [id(visit.made) in met for visit in visits if visit.made is not None and not visit.speculative]
        if any(made) and not all(made):
            network.trace.visits[key] = [v for v in visits if v.made is None or v.speculative or id(v.made) in met]


def write_rolled(w: Writer, docstring: str) -> WrittenModule:
    """Write a network as classes. Raises Refusal where a part cannot be written."""
    network = w.done.network
    file = next(iter(w.ev.files))
    try:
        root = group_nodes(network.runs["eval"].nodes, network.outputs, classes_stay=True)
        root.inputs = [entry.value for entry in network.inputs]
        root.outputs = list(network.outputs)
        bodies = Bodies(w.lowering, w.layout, w.starts, lambda g: given_to(w, g))
        classes = Classes(Sources(w.trace), bodies, w.target, not is_rolled(network), lambda g: own_call(w, g))
        made = classes.roll(root, root_name(w, root))
        library: dict[str, tuple[str, str]] = {}
        written = collect(w, library, {})
        statements: list[ast.stmt] = [classes.inner(rolled) for rolled in classes.rolled if rolled is not made]
        statements.append(root_class(w, classes, made))
    except Unwritable as no:
        raise refuse("unwritable", file, 1, 1, str(no), "write it with operations the target has") from None
    w.out.entry = ast.Call(ast.Name(made.name, ast.Load()), [], [])
    return put_together(w, written, statements, library, docstring)


def own_call(w: Writer, group: Group) -> ast.expr:
    """How a module is made whose class the program defines: with numbers for all that it is told."""
    module = group.module
    assert module is not None and isinstance(module.cls, ClassObject)
    visit = module.visit
    scope = w.scope_of(module.cls.file)
    if visit is None or visit.entered is None or visit.entered.function is None:
        given: dict[str, Value] = {}
    else:
        given = bound_arguments(visit.entered.function, visit)
        if visit.entered.function.name != "__init__" or set(visit.kwargs) - set(given) - LIBRARY:
            raise Unwritable(f"{module.cls.name} is made with arguments that its constructor does not name")
    if scope is None or module.cls.name not in scope.names:
        raise Unwritable(f"the class {module.cls.name} is not one of a file")
    gone = w.dropped_parameters([visit]) if visit is not None else set()
    kept = {name: plain(value) for name, value in given.items() if name not in gone | LIBRARY}
    for name, value in kept.items():
        if not is_plain(value):
            raise Unwritable(f"{module.cls.name} is made with {name}, which is no number or text")
    told = w.inferred.told.get(id(module), {}) if w.inferred is not None else {}
    w.wanted.setdefault((module.cls.file, module.cls.name))
    words = [ast.keyword(k, nodes.literal(v)) for k, v in {**told, **kept}.items()]
    return ast.Call(ast.Name(module.cls.name, ast.Load()), [], words)


def given_to(w: Writer, group: Group) -> tuple[list[Value], dict[str, Value]] | None:
    """The arguments of the call of a module whose class stays, without those that its `forward` has no more; None:
    tensors only, each in a parameter of its own.
    """
    visits = w.trace.visits.get(id(group.frame.site), []) if group.frame is not None else []
    visit = next((v for v in visits if v.entered is group.frame), None)
    if group.module is None or visit is None or group.function is None:
        return None
    spec = group.function.node.args
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    names = names[1:] if names[:1] == ["self"] else names
    gone = w.dropped_parameters([visit])
    row = [value for place, value in enumerate(visit.args) if not (place < len(names) and names[place] in gone)]
    return row, {name: value for name, value in visit.kwargs.items() if name not in gone | LIBRARY}


LIBRARY = {"name", "dtype", "trainable", "autocast", "kwargs"}
"""Arguments of Keras' own constructors, which a class hands on to them."""


def root_name(w: Writer, root: Group) -> str:
    """The model is called like the function that was asked for it."""
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
