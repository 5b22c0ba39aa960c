"""Initialisation as effects on parameters: the last one that is read is how the parameter starts."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pivot import starts
from pivot.problems import Refusal
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.hints import index_hint
from pivot.reading.modules import ModuleObject
from pivot.reading.signals import Raised
from pivot.reading.trace import Trace, Visit
from pivot.reading.values import ParameterObject, TensorCell, TensorVersion, Value
from pivot.starts import Start

if TYPE_CHECKING:
    from pivot.network import Node
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

PREFIX = "torch.nn.init."
GAIN = "torch.nn.init.calculate_gain"
Given = Mapping[str, object]
FAN = "a tensor of fewer than two axes has no fan"
COMPUTED = "it is computed when the model is made"
REACH = 500  # of the last nodes, those that may have made what a parameter starts from
# Positional parameters behind the tensor, with their defaults.
SIGNATURES: dict[str, dict[str, object]] = {
    "uniform": {"a": 0.0, "b": 1.0},
    "normal": {"mean": 0.0, "std": 1.0},
    "trunc_normal": {"mean": 0.0, "std": 1.0, "a": -2.0, "b": 2.0},
    "constant": {"val": None},
    "ones": {},
    "zeros": {},
    "eye": {},
    "xavier_uniform": {"gain": 1.0},
    "xavier_normal": {"gain": 1.0},
    "kaiming_uniform": {"a": 0, "mode": "fan_in", "nonlinearity": "leaky_relu"},
    "kaiming_normal": {"a": 0, "mode": "fan_in", "nonlinearity": "leaky_relu"},
    "orthogonal": {"gain": 1.0},
}
# Methods that fill a tensor, and what they take.
FILLS: dict[str, dict[str, object]] = {
    "normal_": {"mean": 0.0, "std": 1.0},
    "uniform_": {"from": 0.0, "to": 1.0},
    "fill_": {"value": None},
    "zero_": {},
}
CHANGES = {"mul_", "div_", "add_", "sub_", "clamp_", "erfinv_", "copy_"}
ERRORS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


def gain(nonlinearity: object, slope: object = None) -> float | None:
    """torch.nn.init.calculate_gain."""
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + (slope if isinstance(slope, (int, float)) else 0.01) ** 2))
    if nonlinearity in ("linear", "sigmoid") or str(nonlinearity).startswith("conv"):
        return 1.0
    known = {"tanh": 5 / 3, "relu": math.sqrt(2), "selu": 0.75}
    return known.get(nonlinearity) if isinstance(nonlinearity, str) else None


def call(ev: Evaluator, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """A function of torch.nn.init: what the tensor starts from; the helpers give numbers."""
    short = name.removeprefix(PREFIX)
    tensor = args[0] if args else kwargs.get("tensor", Value(None))
    if short == "calculate_gain":
        slope = args[1] if len(args) > 1 else kwargs.get("param", Value(None))
        return Value(gain(tensor.hint if args else kwargs["nonlinearity"].hint, slope.hint))
    shape = shape_of(tensor)
    if short == "_calculate_fan_in_and_fan_out" and shape is not None:
        both = starts.fans(shape) or (0, 0)
        return Value((Value(both[0]), Value(both[1])))
    if short == "_calculate_correct_fan" and shape is not None:
        both, mode = starts.fans(shape) or (0, 0), args[1] if len(args) > 1 else kwargs["mode"]
        return Value(both[mode.hint == "fan_out"])
    if isinstance(tensor.hint, TensorCell):
        kind = short.rstrip("_")
        signature = SIGNATURES.get(kind)
        found = Start("other", why=f"{short} has no counterpart")
        if signature is not None and shape is not None:
            given = bound(signature, args[1:], kwargs)
            found = initial(kind, shape, given) or Start("other", why=f"an argument of {short} is not known")
        set_start(ev, tensor.hint, found, node, frame)
    return tensor


def shape_of(value: Value) -> tuple[int, ...] | None:
    """The sizes of a tensor, where all are numbers."""
    shape = value.hint.shape if isinstance(value.hint, TensorCell) else (None,)
    return tuple(s for s in shape if isinstance(s, int)) if all(isinstance(s, int) for s in shape) else None


def bound(signature: Given, args: Args, kwargs: Kwargs) -> dict[str, object]:
    """Arguments by name."""
    given = dict(signature)
    given.update({key: value.hint for key, value in zip(signature, args, strict=False)})
    given.update({key: value.hint for key, value in kwargs.items() if key in signature})
    return given


def initial(kind: str, shape: tuple[int, ...], given: Given) -> Start | None:
    """The distribution of one function of torch.nn.init. None: an argument is not a number."""
    if kind in ("zeros", "ones"):
        return Start("constant", (float(kind == "ones"),))
    if kind == "eye":
        return Start("identity")
    if kind.startswith(("kaiming", "xavier")):
        return by_fan(kind, shape, given)
    numbers = [v for v in given.values() if isinstance(v, (int, float))]
    if len(numbers) != len(given):
        return None
    if kind == "trunc_normal":
        return starts.truncated(*(float(n) for n in numbers))
    known = {"uniform": "uniform", "normal": "normal", "constant": "constant", "orthogonal": "orthogonal"}
    return Start(known[kind], tuple(float(n) for n in numbers))  # type: ignore[arg-type]


def by_fan(kind: str, shape: tuple[int, ...], given: Given) -> Start | None:
    """Kaiming's and Xavier's distributions."""
    both = starts.fans(shape)
    if both is None:
        return Start("other", why=FAN)
    if kind.startswith("xavier"):
        factor, mode, size = given["gain"], "fan_avg", sum(both) / 2
    else:
        factor, mode = gain(given["nonlinearity"], given["a"]), str(given["mode"])
        if mode not in ("fan_in", "fan_out"):
            return None
        size = both[mode == "fan_out"]
    if not isinstance(factor, (int, float)) or size <= 0:
        return None
    deviation = factor / math.sqrt(size)
    if kind.endswith("normal"):
        return Start("normal", (0.0, deviation), fan=mode, size=size)
    return Start("uniform", (-math.sqrt(3) * deviation, math.sqrt(3) * deviation), fan=mode, size=size)


def method(ev: Evaluator, cell: TensorCell, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> None:
    """`weight.data.normal_(0, 0.02)`, `bias.data.zero_()`, `weight.mul_(0.1)`: what a parameter starts from."""
    set_start(ev, cell, filled(ev, cell, name, args, kwargs), node, frame)


def filled(ev: Evaluator, cell: TensorCell, name: str, args: Args, kwargs: Kwargs) -> Start:
    """The distribution behind a method that writes in place."""
    other = Start("other", why=f"what {name} makes of it has no counterpart")
    if name in FILLS:
        given = bound(FILLS[name], args, kwargs)
        numbers = tuple(float(v) for v in given.values() if isinstance(v, (int, float)))
        if len(numbers) != len(given):
            return Start("other", why=f"an argument of {name} is not known")
        kind = {"normal_": "normal", "uniform_": "uniform"}.get(name, "constant")
        return Start(kind, numbers or (0.0,))  # type: ignore[arg-type]
    if name == "copy_" and args and isinstance(args[0].hint, TensorCell):
        return start_of(ev, args[0].hint) or other
    before, number = start_of(ev, cell), args[0].hint if args else None
    if before is None or name not in CHANGES:
        return other
    if name == "erfinv_":
        return starts.erfinv(before)
    if name == "clamp_":
        low = args[0].hint if args else kwargs.get("min", Value(-math.inf)).hint
        high = args[1].hint if len(args) > 1 else kwargs.get("max", Value(math.inf)).hint
        both = [n for n in (low, high) if isinstance(n, (int, float))]
        return starts.clamped(before, both[0], both[1]) if len(both) == 2 else other
    if not isinstance(number, (int, float)) or len(args) != 1 or kwargs or (name == "div_" and not number):
        return other
    if name in ("mul_", "div_"):
        return starts.scaled(before, number if name == "mul_" else 1 / number)
    return starts.shifted(before, number if name == "add_" else -number)


def stored(ev: Evaluator, cell: TensorCell, index: Value, value: Value, node: ast.AST, frame: Frame) -> None:
    """`bias.data[:] = 0`, `weight[0] = x`: only a number everywhere is a start."""
    ev.visit(Visit(node, frame, "dropped", None, (index, value), name="start"))
    everywhere = index_hint(index) == slice(None) or index.hint is Ellipsis
    if everywhere and isinstance(value.hint, (int, float)):
        set_start(ev, cell, Start("constant", (float(value.hint),)), node, frame)
    else:
        set_start(ev, cell, Start("other", why="only a part of it is set"), node, frame)


def replaced(ev: Evaluator, cell: TensorCell, made: TensorCell, node: ast.AST, frame: Frame) -> None:
    """`weight.data = torch.randn(4, 4)`, `weight.data *= 0.1`: the parameter stays, its start changes."""
    ev.visit(Visit(node, frame, "dropped", None, name="start"))
    if made.version is cell.version:
        return
    if made.version.parameter is not None and not made.base:
        why = "two weights share their numbers from here on; the target holds both"
        ev.note(frame, node, why, "after training in the target, or to train them as one, set them equal",
                "tied-weights", "warning")  # fmt: skip
    start = start_of(ev, made) if made.version.parameter is None else None
    set_start(ev, cell, start or Start("other", why=COMPUTED), node, frame)


def in_forward(frame: Frame) -> bool:
    """Does a forward pass run?"""
    return any(f.function is not None and f.function.name == "forward" for f in frame.chain())


def set_start(ev: Evaluator, cell: TensorCell, start: Start, node: ast.AST, frame: Frame) -> None:
    """Remember how a tensor starts: on its parameter, else on the tensor, which nothing but a parameter may hold."""
    node, frame = ev.in_program(node, frame)  # a restated layer starts where the program makes it
    cell = undetached(ev, cell)
    start = replace(start, file=frame.file, line=getattr(node, "lineno", 0))
    parameter = cell.version.parameter
    filled = parameter if parameter is not None else root(cell).version.parameter
    if filled is not None and filled.buffer and not filled.role:
        why = "what is written into a buffer after it was registered is not carried over"
        ev.note(frame, node, why, "load weights, or register the buffer with its content", "initialiser", "warning")
    if parameter is not None:
        for one in shared(parameter):
            change(ev, one, start)
        return
    owner = root(cell).version.parameter
    if owner is not None:
        partly = replace(start, kind="other", why="only a part of it is set")
        for one in shared(owner):
            change(ev, one, partly)
        return
    cell.start = start
    cell.stale = cell.stale or "it was filled with random numbers"


def undetached(ev: Evaluator, cell: TensorCell) -> TensorCell:
    """`p.detach().zero_()` fills p itself."""
    while cell.version.parameter is None and cell.base is not None:
        version = cell.version
        made = next((n for n in reversed(ev.nodes[-REACH:]) if version in n.results), None)
        if made is None or made.op is None or made.op.name not in ("stop_gradient", "identity"):
            break
        cell = cell.base
    return cell


def root(cell: TensorCell) -> TensorCell:
    """The tensor that a view looks into."""
    while cell.base is not None and cell.version.parameter is None:
        cell = cell.base
    return cell


def shared(parameter: ParameterObject) -> list[ParameterObject]:
    """The parameters that a library layer stores in one tensor: query, key and value of attention."""
    owner = parameter.owner
    if owner is None or owner.form is None:
        return [parameter]
    path = next((term.path for role, place in owner.form.weights.items() for term in place.terms
                 if owner.weights.get(role) is parameter), None)  # fmt: skip
    same = [
        p for role, p in owner.weights.items() if role in owner.form.weights and owner.form.weights[role].path == path
    ]
    return same if path is not None and parameter in same else [parameter]


def change(ev: Evaluator, parameter: ParameterObject, start: Start) -> None:
    """Set a start, undoable."""
    old = parameter.start
    if old is not None and old.default and (old.kind, old.numbers) == (start.kind, start.numbers):
        return  # the library's own, said again

    def undo() -> None:
        parameter.start = old

    ev.undoable(undo)
    parameter.start = start


def of_data(ev: Evaluator, cell: TensorCell, node: ast.AST, frame: Frame) -> Start:
    """How a parameter starts that is made from a tensor, and whether the tensor's expression can be written again."""
    found = start_of(ev, cell)
    if found is not None and found.file:
        return found  # a function filled it
    if cell.version.parameter is None and free_of_weights(ev, cell.version):
        return replace(found or Start("other", why=COMPUTED), computed=True)
    why = "it is computed from other weights when the model is made"
    return found or Start("other", why=why, file=frame.file, line=getattr(node, "lineno", 0))


def free_of_weights(ev: Evaluator, value: TensorVersion) -> bool:
    """Does no weight go into a tensor? Of very long computations only the end is looked at."""
    made = {result.id: node for node in ev.nodes[-REACH:] for result in node.results}
    waiting, seen = [value], {value.id}
    while waiting:
        version = waiting.pop()
        node = made.get(version.id)
        if version.parameter is not None or (node is None and len(ev.nodes) > REACH):
            return False
        for part in node.operands.values() if node is not None else ():
            for one in part if isinstance(part, (tuple, list)) else (part,):
                if isinstance(one, TensorVersion) and one.id not in seen:
                    seen.add(one.id)
                    waiting.append(one)
    return True


def start_of(ev: Evaluator, cell: TensorCell) -> Start | None:
    """How a tensor starts, as far as its making says: `torch.randn(...) * 0.02`."""
    if cell.version.parameter is not None:
        return cell.version.parameter.start
    if cell.start is not None:
        return cell.start
    made = {result.id: node for node in ev.nodes[-12:] for result in node.results}
    return made_start(cell.version, made)


def made_start(value: TensorVersion, made: Mapping[str, Node]) -> Start | None:
    """The start behind a value of the last nodes."""
    if value.parameter is not None:
        return value.parameter.start
    node = made.get(value.id)
    if node is None or node.op is None:
        return None
    name = node.op.name
    if name in ("zeros", "ones"):
        return Start("constant", (float(name == "ones"),))
    if name == "full" and isinstance(node.params.get("value"), (int, float)):
        return Start("constant", (float(node.params["value"]),))  # type: ignore[arg-type]
    if name in ("rand", "randn"):
        return Start("uniform" if name == "rand" else "normal", (0.0, 1.0))
    if name not in ("mul", "div", "add", "sub", "neg"):
        return None
    parts = list(node.operands.values())
    tensors = [(i, made_start(p, made)) for i, p in enumerate(parts) if isinstance(p, TensorVersion)]
    numbers = [p for p in parts if isinstance(p, (int, float))]
    if name == "neg" and len(tensors) == 1 and tensors[0][1] is not None:
        return starts.scaled(tensors[0][1], -1)
    if len(tensors) != 1 or len(numbers) != 1 or tensors[0][1] is None:
        return None
    place, start, number = tensors[0][0], tensors[0][1], float(numbers[0])
    assert start is not None
    if name == "mul":
        return starts.scaled(start, number)
    if name == "add":
        return starts.shifted(start, number)
    if name == "sub":
        return starts.shifted(start, -number) if place == 0 else starts.shifted(starts.scaled(start, -1), number)
    return starts.scaled(start, 1 / number) if place == 0 and number else None


def apply_function(ev: Evaluator, module: ModuleObject, function: Value, node: ast.AST, frame: Frame) -> None:
    """module.apply(f): f of every module below, then of the module itself.

    It leaves no trace: nothing of f is written. What of it cannot be read leaves the parameters as they are, and is
    said.
    """
    trace, nodes, problems = ev.trace, len(ev.nodes), list(ev.problems)
    scratch = Trace()
    trace.keep.append(scratch)
    ev.trace = scratch
    why = ""
    try:
        for one in post_order(module, set()):
            ev.call(function, (Value(one),), {}, node, frame)
    except Refusal as no:
        why = no.problem.why
    except Raised:
        why = "the function raises"
    except ERRORS as error:
        why = str(error) or type(error).__name__
    finally:
        ev.trace = trace
        trace.keep.extend(scratch.keep)
        del ev.nodes[nodes:]
        ev.problems[:] = problems
    if why:
        said = f"what apply() sets at the start is not carried over whole ({why})"
        ev.note(frame, node, said, "load weights, or set these values in the target", "initialiser")


def post_order(module: ModuleObject, seen: set[int]) -> list[ModuleObject]:
    """Children before their parents, each once, as nn.Module.apply goes."""
    if id(module) in seen:
        return []
    seen.add(id(module))
    return [one for _, child in module.own_children() for one in post_order(child, seen)] + [module]


def start_by_default(module: ModuleObject, args: Args, kwargs: Kwargs) -> None:
    """What the weights of a library layer start from where the program says nothing: `init` of its form."""
    form, given = module.form, module.bound
    assert form is not None and given is not None
    if not form.init:
        return
    arguments: dict[str, object] = {slot.key: slot.default for slot in form.args}
    for key, where in given.given.items():
        value = args[where] if isinstance(where, int) and where < len(args) else kwargs.get(str(where))
        arguments[key] = value.hint if value is not None else None
    shapes = {role: [s for s in p.type.shape if isinstance(s, int)] for role, p in module.weights.items()}
    own = [p for _, p in module.own_parameters() if not p.buffer]
    for parameter in {id(p): p for p in (*module.weights.values(), *own)}.values():
        text = form.init.get(parameter.role)
        if text is not None:
            parameter.start = starts.default_start(text, shapes, module.params, arguments)
