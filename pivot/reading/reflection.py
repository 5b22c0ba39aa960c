"""What a program asks about values: isinstance(), getattr(), type() and the like."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from pivot.dims import Size
from pivot.problems import Refusal
from pivot.reading import classes, lookup
from pivot.reading.constants import api_constant
from pivot.reading.handlers import Args, Handler, Kwargs
from pivot.reading.hints import own_value
from pivot.reading.modules import ModuleObject
from pivot.reading.signals import Raised
from pivot.reading.values import (
    SIZE,
    Api,
    BoundApi,
    BoundMethod,
    ClassObject,
    DictObject,
    FunctionObject,
    InstanceObject,
    ListObject,
    Partial,
    Value,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def isinstance_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """isinstance()."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):  # `torch.jit.isinstance` asks the same
        node.func = ast.copy_location(ast.Name("isinstance", ast.Load()), node.func)
    value, kinds = args
    if isinstance(kinds.hint, ClassObject) and kinds.hint.kind == "enum":
        options: tuple[Value, ...] = (kinds,)
    else:
        options = kinds.hint if isinstance(kinds.hint, tuple) else (kinds,)
    return Value(
        any(is_instance(ev, value, kind) for kind in flatten(options)),
        None,
        value.depends & ~SIZE if not isinstance(value.hint, Size) else 0,
    )


def flatten(options: tuple[Value, ...]) -> list[Value]:
    """Nested tuples of classes."""
    found: list[Value] = []
    for option in options:
        found.extend(flatten(option.hint) if isinstance(option.hint, tuple) else [option])
    return found


PYTHON_TYPES: dict[str, Callable[[object], bool]] = {
    "int": lambda h: isinstance(h, (int, Size)),
    "float": lambda h: isinstance(h, float),
    "bool": lambda h: isinstance(h, bool),
    "str": lambda h: isinstance(h, str),
    "bytes": lambda h: isinstance(h, bytes),
    "tuple": lambda h: isinstance(h, tuple) or (isinstance(h, InstanceObject) and h.items is not None),
    "list": lambda h: isinstance(h, ListObject) and h.kind == "list",
    "set": lambda h: isinstance(h, ListObject) and h.kind == "set",
    "dict": lambda h: isinstance(h, DictObject),
    "slice": lambda h: isinstance(h, slice),
    "type": lambda h: isinstance(h, ClassObject) or (isinstance(h, Api) and h.name.rpartition(".")[2][:1].isupper()),
    "object": lambda h: True,
    "range": lambda h: isinstance(h, range),
    "complex": lambda h: isinstance(h, complex),
}


ABSTRACT_TYPES: dict[str, str] = {
    "Iterable": "list tuple dict set str range",
    "Sequence": "list tuple str range",
    "Mapping": "dict",
    "MutableMapping": "dict",
    "Container": "list tuple dict set",
    "Collection": "list tuple dict set",
    "Number": "int float bool",
    "Integral": "int bool",
    "Real": "int float bool",
    "OrderedDict": "dict",
    "Hashable": "int str tuple",
    "List": "list",
    "Tuple": "tuple",
    "Dict": "dict",
    "MutableSequence": "list",
}

CALLABLE_TYPES: dict[str, type] = {
    "types.FunctionType": FunctionObject,
    "types.LambdaType": FunctionObject,
    "types.MethodType": BoundMethod,
    "functools.partial": Partial,
}


def is_instance(ev: Evaluator, value: Value, kind: Value) -> bool:
    """isinstance of one hint and one class."""
    hint, cls = value.hint, kind.hint
    if isinstance(cls, ClassObject):
        own = hint.cls if isinstance(hint, (ModuleObject, InstanceObject)) else None
        return own is not None and classes.descends(own, cls, ev)
    if not isinstance(cls, Api):
        return False
    root, _, last = cls.name.rpartition(".")
    if root == "builtins" and last in PYTHON_TYPES:
        return PYTHON_TYPES[last](own_value(hint))
    if cls.name in ("enum.EnumMeta", "enum.EnumType"):
        return isinstance(hint, ClassObject) and hint.kind == "enum"
    if last == "Hashable" and isinstance(hint, (InstanceObject, ModuleObject, ClassObject, Api, FunctionObject)):
        return True
    if root.partition(".")[0] in ("typing", "collections", "numbers") and last in ABSTRACT_TYPES:
        return any(PYTHON_TYPES[t](hint) for t in ABSTRACT_TYPES[last].split())
    if cls.name in CALLABLE_TYPES:
        return isinstance(hint, CALLABLE_TYPES[cls.name])
    if last == "Callable":
        return isinstance(hint, (FunctionObject, BoundMethod, Partial, ClassObject, Api, ModuleObject))
    if isinstance(hint, ModuleObject):
        return classes.descends(hint.cls, cls, ev)
    if isinstance(hint, InstanceObject):
        return classes.descends(hint.cls, cls, ev) if isinstance(hint.cls, ClassObject) else hint.cls == cls
    return ev.dialect.is_instance(hint, cls.name)


def issubclass_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """issubclass()."""
    cls, kinds = args
    options = flatten(kinds.hint if isinstance(kinds.hint, tuple) else (kinds,))
    hint = cls.hint
    if isinstance(hint, (ClassObject, Api)):
        return Value(any(classes.descends(hint, o.hint, ev) for o in options if isinstance(o.hint, (ClassObject, Api))))
    raise ev.refusal(frame, node, "issubclass() of something that is not a class", "pass a class")


def getattr_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """getattr(), with or without a default."""
    attr = args[1].hint
    if not isinstance(attr, str):
        raise ev.refusal(frame, node, "getattr() by a name that is not known", "use a plain name")
    if len(args) > 2 and not has(ev, args[0], attr, node, frame):
        return args[2]
    try:
        return lookup.attribute(ev, args[0], attr, node, frame)
    except (Refusal, Raised):
        if len(args) > 2:
            return args[2]
        raise


def has(ev: Evaluator, owner: Value, attr: str, node: ast.AST, frame: Frame) -> bool:
    """hasattr()."""
    hint = owner.hint
    if isinstance(hint, Api):
        name = f"{hint.name}.{attr}"
        if attr.startswith("__"):
            return api_constant(name) is not None
        known = ev.opset.find(ev.dialect.framework, "call", ev.dialect.canonical(name))
        return bool(known) or ev.dialect.knows(name)
    try:
        value = lookup.attribute(ev, owner, attr, node, frame)
    except (Refusal, Raised):
        return False
    if isinstance(value.hint, BoundApi):
        return ev.dialect.has_method(hint, attr)
    return True


def hasattr_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """hasattr()."""
    attr = args[1].hint
    return Value(isinstance(attr, str) and has(ev, args[0], attr, node, frame))


def setattr_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """setattr()."""
    if not isinstance(args[1].hint, str):
        raise ev.refusal(frame, node, "setattr() by a name that is not known", "use a plain name")
    lookup.set_attribute(ev, args[0], args[1].hint, args[2], node, frame)
    return Value(None)


def type_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """type()."""
    hint = args[0].hint
    if isinstance(hint, (ModuleObject, InstanceObject)):
        return Value(hint.cls)
    for name, test in PYTHON_TYPES.items():
        if name not in ("object", "type") and test(hint) and not (name == "int" and isinstance(hint, bool)):
            return Value(Api(f"builtins.{name}"))
    return Value(Api("builtins.object"))


def callable_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """callable()."""
    return Value(isinstance(args[0].hint, (FunctionObject, BoundMethod, ClassObject, Api, Partial, ModuleObject)))


def isfunction_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """inspect.isfunction(): of a library's own function, which may be written in another language, it is not known."""
    hint = args[0].hint
    if isinstance(hint, Api) and not PYTHON_TYPES["type"](hint):
        return ev.unknown(frame, node, f"isfunction() of {hint.name}")
    return Value(isinstance(hint, FunctionObject))


def isclass_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """inspect.isclass()."""
    return Value(PYTHON_TYPES["type"](args[0].hint))


def ismethod_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """inspect.ismethod()."""
    return Value(isinstance(args[0].hint, (BoundMethod, BoundApi)))


def signature_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """inspect.signature(): the names of the parameters of a function, a class of the program or a library layer."""
    hint = args[0].hint
    bound = 1 if isinstance(hint, (BoundMethod, ClassObject)) else 0
    function = hint.function if isinstance(hint, BoundMethod) else hint
    if isinstance(hint, ClassObject):
        hit = classes.member(ev, hint, "__init__")
        function = hit[0].hint if hit is not None else None
    forms = ev.opset.find(ev.dialect.framework, "call", hint.name) if isinstance(hint, Api) else ()
    called = hint.receiver.hint if isinstance(hint, BoundApi) and hint.name in ev.dialect.forward_names else None
    takes = ev.dialect.call_parameters(called) if isinstance(called, ModuleObject) else ()
    if takes:
        names = list(takes)
    elif forms:
        names = [slot.name for slot in forms[0].args if slot.name is not None]
    elif isinstance(function, FunctionObject):
        spec = function.node.args
        every = [*spec.posonlyargs, *spec.args, spec.vararg, *spec.kwonlyargs, spec.kwarg]
        names = [a.arg for a in every if a is not None][bound:]
    else:
        return ev.unknown(frame, node, "the signature of something that is not a function of the program")
    parameters = DictObject({name: (Value(name), Value(None)) for name in names})
    return Value(InstanceObject(Api("inspect.Signature"), {"parameters": Value(parameters)}))


def vars_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """vars()."""
    hint = args[0].hint if args else None
    attrs = hint.attrs if isinstance(hint, (InstanceObject, ModuleObject)) else {}
    ev.inspected = True
    return Value(DictObject({k: (Value(k), v) for k, v in attrs.items()}))


def dir_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """dir() of a library module: the names of it that are known; whether it has others is not known."""
    hint = args[0].hint if args else None
    if not isinstance(hint, Api):
        return ev.unknown(frame, node, "dir() of this value")
    return Value(
        DictObject({n: (Value(n), Value(None)) for n in ev.opset.names(ev.dialect.framework, hint.name)}, "dir")
    )


FUNCTIONS: dict[str, Handler] = {
    "builtins.isinstance": isinstance_,
    "builtins.issubclass": issubclass_,
    "builtins.getattr": getattr_,
    "builtins.hasattr": hasattr_,
    "builtins.setattr": setattr_,
    "builtins.type": type_,
    "builtins.callable": callable_,
    "builtins.vars": vars_,
    "builtins.dir": dir_,
    "inspect.isfunction": isfunction_,
    "inspect.isclass": isclass_,
    "inspect.ismethod": ismethod_,
    "inspect.signature": signature_,
}
