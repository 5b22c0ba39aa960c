"""Parameters of the function that builds a model, where they are nothing but arguments of its layers.

`def ResNet50(..., classes=1000)` hands `classes` on to one `Dense(classes)`: the module takes it too. What a program
computes with or decides by is not kept, nor what later layers have sizes of: another number would be another network.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codegen.rolling.bodies import Attribute
from codegen.rolling.explaining import Parameter, same, written_argument
from pivot.network import Node
from pivot.reading.frames import Frame
from pivot.reading.values import FunctionObject

KEEPING = {"same", "float"}
"""Shape rules of what gives a tensor like the one it takes."""


@dataclass(frozen=True, slots=True)
class Use:
    """A number in a constructor, what stands for it in the source, and every name that it came through."""

    call: ast.Call
    place: int | str  # of the argument
    value: object
    way: tuple[tuple[FunctionObject, ast.Name], ...]  # from the layer outwards: a function and the name it reads

    @property
    def outer(self) -> tuple[int, str]:
        """The function that was called from outside, and its parameter."""
        function, name = self.way[-1]
        return id(function.node), name.id


def keep_factory_parameters(
    attributes: Sequence[ast.expr], origins: Sequence[Attribute], nodes: Sequence[Node]
) -> list[Parameter]:
    """Put names of parameters into constructors, in place of their numbers; the parameters, in the source's order.

    `nodes`: all of the network, in order.
    """
    found: dict[tuple[int, str], list[Use]] = {}
    for made, attribute in zip(attributes, origins, strict=True):
        for use in uses(made, attribute) if gives_no_size(attribute, nodes) else ():
            found.setdefault(use.outer, []).append(use)
    kept: list[tuple[int, Parameter]] = []
    for group in found.values():
        function, name = group[0].way[-1]
        if not all(same(use.value, group[0].value) for use in group) or not are_all(group):
            continue
        for use in group:
            if isinstance(use.place, int):
                use.call.args[use.place] = ast.Name(name.id, ast.Load())
            else:
                next(k for k in use.call.keywords if k.arg == use.place).value = ast.Name(name.id, ast.Load())
        value = group[0].value
        kept.append((parameters_of(function).index(name.id), Parameter(name.id, (value,), value)))
    return [parameter for _, parameter in sorted(kept, key=lambda pair: pair[0])]


def uses(made: ast.expr, attribute: Attribute) -> Iterator[Use]:
    """The numbers of a constructor for which the source says a parameter of the function that builds the model."""
    module, step = attribute.module, attribute.step
    if not isinstance(made, ast.Call) or module is None or step is None or module.frame is None or attribute.members:
        return
    slots = [slot for slot in step.form.args if not slot.keyword]
    given: list[tuple[int | str, str, ast.expr]] = [
        (place, slot.name or "", text) for place, (slot, text) in enumerate(zip(slots, made.args, strict=False))
    ]
    given += [(k.arg, k.arg, k.value) for k in made.keywords if k.arg is not None]
    for place, name, text in given:
        said = written_argument(name, attribute) if isinstance(text, ast.Constant) else None
        way = way_of(said, module.frame) if isinstance(said, ast.Name) else ()
        if way and isinstance(text, ast.Constant) and type(text.value) in (int, float):
            yield Use(made, place, text.value, way)


def gives_no_size(attribute: Attribute, nodes: Sequence[Node]) -> bool:
    """Does no other layer depend on the size of what a layer gives: dropout, or a last layer and its activation?"""
    step, module = attribute.step, attribute.module
    if step is None or module is None:
        return False
    if step.op.shape in KEEPING:
        return True
    reached = {result.id for node in nodes if node.module is module for result in node.results}
    for node in nodes:
        if node.module is module or not any(tensor.id in reached for tensor in node.tensors()):
            continue
        if node.op is None or node.op.shape not in KEEPING or node.weights:
            return False
        reached |= {result.id for result in node.results}
    return True


def way_of(name: ast.Name, frame: Frame) -> tuple[tuple[FunctionObject, ast.Name], ...]:
    """The functions that a name is a parameter of, from a frame to the call from outside; none where it is not."""
    found: list[tuple[FunctionObject, ast.Name]] = []
    while True:
        function = frame.function
        if function is None or frame.receiver is not None or name.id not in parameters_of(function):
            return ()
        found.append((function, name))
        if frame.parent is None or frame.parent.function is None:
            return tuple(found)
        passed = passed_as(frame, function, name.id)
        if not isinstance(passed, ast.Name):
            return ()
        name, frame = passed, frame.parent


def passed_as(frame: Frame, function: FunctionObject, name: str) -> ast.expr | None:
    """What the call that made a frame says for a parameter."""
    if not isinstance(frame.site, ast.Call) or any(isinstance(arg, ast.Starred) for arg in frame.site.args):
        return None
    given = next((k.value for k in frame.site.keywords if k.arg == name), None)
    place = parameters_of(function).index(name)
    return given if given is not None or place >= len(frame.site.args) else frame.site.args[place]


def parameters_of(function: FunctionObject) -> list[str]:
    """Names of a function's parameters."""
    spec = function.node.args
    return [argument.arg for argument in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]


def are_all(group: Sequence[Use]) -> bool:
    """Are these the only places where a parameter is read, besides checks that only raise?"""
    known = {id(name) for use in group for _, name in use.way}
    for function, name in {id(function): (function, name.id) for use in group for function, name in use.way}.values():
        checks = {id(inner) for check in only_raising(function.node) for inner in ast.walk(check)}
        for node in ast.walk(function.node):
            if isinstance(node, ast.Name) and node.id == name and id(node) not in known and id(node) not in checks:
                return False
            if isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
                return False
    return True


def only_raising(node: ast.AST) -> Iterator[ast.If]:
    """Conditions under which a function raises and does nothing else."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.If) and not inner.orelse and all(isinstance(s, ast.Raise) for s in inner.body):
            yield inner
