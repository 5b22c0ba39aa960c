"""What a program asks about the names of its library, which in the target are functions or nothing at all."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.plans import Unwritable
from pivot.reading.initialising import GAIN
from pivot.reading.modules import ModuleObject
from pivot.reading.trace import Visit
from pivot.reading.values import Api, ClassObject, Value
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions

LIBRARIES = ("torch", "torchvision", "tensorflow", "keras", "einops")
ASKED = ("builtins.hasattr", "builtins.isinstance", "builtins.issubclass", "__name__", "device")
FUNCTIONS = ("types.FunctionType", "types.LambdaType")


def answer(visits: list[Visit]) -> ast.expr | None:
    """`hasattr(F, "gelu")`, `isinstance(nn.ReLU, type)`, `nn.ReLU.__name__`: what was answered.

    None where nothing is asked about the library. Raises Unwritable where the answer changes between visits: what
    stands for a class of the library in the target would give another one.
    """
    if all(v.name == GAIN for v in visits):
        return a_number(visits)
    about = [v for v in visits if v.name in ASKED and v.args and isinstance(v.args[0].hint, Api)]
    library = [v for v in about if isinstance(v.args[0].hint, Api) and v.args[0].hint.root in LIBRARIES]
    if all(is_kept(v) for v in library):
        return kind_of_layer(visits) if not library else None
    if is_told_apart(visits):
        return None
    answers = {v.result.hint if v.result is not None else None for v in visits}
    known = answers.pop()
    if answers or not isinstance(known, (bool, str)):
        raise Unwritable("what is asked about a class of the library has another answer in the target")
    return ast.Constant(known)


def a_number(visits: list[Visit]) -> ast.expr:
    """`nn.init.calculate_gain("relu")`: the number. Raises Unwritable where visits get several."""
    numbers = {v.result.hint for v in visits if v.result is not None}
    known = numbers.pop() if len(numbers) == 1 else None
    if not isinstance(known, (int, float)):
        raise Unwritable("what the library scales a distribution by differs between visits, or is not known")
    return ast.Constant(known)


def is_told_apart(visits: list[Visit]) -> bool:
    """`type(m).__name__ == "Block"`, of modules of the library and of the program: is it one of the program's classes
    that the name is compared with? Both frameworks answer alike then, whatever the library's classes are called.
    """
    known, function = visits[0].frame.scope.module.names, visits[0].frame.function
    if any(v.name != "__name__" for v in visits) or function is None:
        return False
    compared = (named_class(part) for part in walk(function.node) if isinstance(part, ast.Compare))
    names = [name for left, name in filter(None, compared) if left is visits[0].node]
    return any(isinstance(known.get(name, Value(None)).hint, ClassObject) for name in names)


def named_class(test: ast.expr) -> tuple[ast.Attribute, str] | None:
    """The name of a class and what it is compared with: `m.__class__.__name__ == "Block"`."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], (ast.Eq, ast.NotEq)):
        return None
    left, right = test.left, test.comparators[0]
    if not isinstance(left, ast.Attribute) or left.attr != "__name__" or not isinstance(right, ast.Constant):
        return None
    return (left, right.value) if isinstance(right.value, str) else None


def kind_of_layer(visits: list[Visit]) -> ast.expr | None:
    """`isinstance(self.norm, nn.BatchNorm1d)`: what was answered, as a function stands for the class in the target.

    None where it is no module that is asked about, or where the visits get several answers.
    """
    for visit in visits:
        if visit.name != "builtins.isinstance" or len(visit.args) < 2 or visit.result is None:
            return None
        layers = {n for n in names(visit.args[1]) if n.split(".")[0] in LIBRARIES and not n.endswith(".Module")}
        if not layers or not isinstance(visit.args[0].hint, ModuleObject):
            return None
    answers = {visit.result.hint for visit in visits if visit.result is not None}
    known = answers.pop() if len(answers) == 1 else None
    return ast.Constant(known) if isinstance(known, bool) else None


def kind_in_target(e: Expressions, node: ast.expr, visits: list[Visit]) -> ast.expr | None:
    """`isinstance(m, nn.MaxPool2d)` in a loop over layers, with the target's class of those that are of the kind.

    None where no class of the target tells the same layers apart.
    """
    if not isinstance(node, ast.Call) or len(node.args) != 2 or any(v.name != "builtins.isinstance" for v in visits):
        return None
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for visit in visits:
        module, known = visit.args[0].hint, visit.result.hint if visit.result is not None else None
        if not isinstance(module, ModuleObject) or not isinstance(known, bool) or not names(visit.args[1]):
            return None
        found[known].add(layer_in_target(e, module))
    both = found[True] | found[False]
    if len(found[True]) != 1 or found[True] & found[False] or "" in both:
        return None
    return nodes.call("isinstance", [e.expr(node.args[0]), nodes.name(found[True].pop())])


def layer_in_target(e: Expressions, module: ModuleObject) -> str:
    """The target's class for a layer of the library; '' where it becomes something else than one layer."""
    made = [e.w.lowering.lowered.get(id(node)) for node in e.w.sites.applied.get(id(module), [])]
    steps = [low.chosen.steps if low is not None and low.chosen is not None else () for low in made]
    alone = bool(steps) and all(len(part) == 1 and part[0].form.kind == "layer" for part in steps)
    classes = {part[0].form.name for part in steps} if alone and module.made_by is None else set()
    return classes.pop() if len(classes) == 1 else ""


def is_kept(visit: Visit) -> bool:
    """Is the answer the same whether a class of the library becomes a class or a function of the target?"""
    if visit.name != "builtins.isinstance" or len(visit.args) < 2:
        return False
    kinds = names(visit.args[1])
    return ("builtins.type" in kinds) == any(k in FUNCTIONS for k in kinds)


def names(kinds: Value) -> set[str]:
    """The library names among the classes that isinstance() is asked about."""
    hint = kinds.hint
    if isinstance(hint, tuple):
        return {name for kind in hint if isinstance(kind, Value) for name in names(kind)}
    return {hint.name} if isinstance(hint, Api) else set()


def asks_for_tensor(e: Expressions, node: ast.Call) -> ast.expr | None:
    """`isinstance(x, torch.Tensor)` asks the target in its own way; None for every other call."""
    if not isinstance(node.func, ast.Name) or node.func.id != "isinstance" or len(node.args) != 2:
        return None
    kind = node.args[1]
    api = e.w.static_api(kind, e.file, e.locals) if isinstance(kind, (ast.Name, ast.Attribute)) else None
    if api is None or e.w.source.kinds.get(api.name) != "tensor":
        return None
    if any(v.kind == "weight" for v in e.w.trace.of(node.args[0])):
        return ast.Constant(True)
    return e.w.target.is_tensor(e.expr(node.args[0]))
