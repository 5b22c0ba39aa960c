"""PyTorch as the evaluator meets it: names, modes, sizes, and calls without meaning for the network."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.codecs.dtypes import FollowingDtype
from pivot.dims import Size, hint, product
from pivot.reading import applying, contents, freezing, initialising, normed, numpy_arrays, restating, updating
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.hints import readable
from pivot.reading.iterating import iterate
from pivot.reading.modules import ModuleObject
from pivot.reading.spelled import Spelled
from pivot.reading.storage import new_version, write_in_place
from pivot.reading.torch_containers import followed
from pivot.reading.torch_modules import TorchModules
from pivot.reading.torch_names import ANSWERS, BASES, CONTAINER_METHODS, CONTAINERS, DROPPED_PREFIXES, UNWRAPPED
from pivot.reading.trace import Visit
from pivot.reading.values import (
    SIZE,
    Api,
    BoundApi,
    ClassObject,
    Device,
    InstanceObject,
    ListObject,
    Origin,
    ParameterObject,
    TensorCell,
    Value,
)
from pivot.types import FixedKind, TensorType

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


KINDS = {
    "torch.Tensor": "float32", "torch.FloatTensor": "float32", "torch.DoubleTensor": "float64",
    "torch.LongTensor": "int64", "torch.IntTensor": "int32", "torch.BoolTensor": "bool",
}  # fmt: skip
"""Classes that make a tensor of a list, and the kind of its numbers."""
KEEPING = ("requires_grad_", "detach_", "retain_grad_", "share_memory_")  # write nothing of their own


class TorchDialect(TorchModules):
    """torch, torch.nn and torch.nn.functional."""

    framework = "torch"
    retunes = True
    unstacks = "torch.unbind"
    named_rows = frozenset({"sequential"})
    called_by_name = frozenset({"forward"})

    def canonical(self, name: str) -> str:
        """`torch.nn.modules.conv.Conv2d` and the like are `torch.nn.Conv2d`; private bases keep their place."""
        parts = name.split(".")
        if (
            parts[:3] == ["torch", "nn", "modules"]
            and len(parts) > 3
            and not parts[-1].startswith("_")
            and parts[-1][:1].isupper()
        ):
            return f"torch.nn.{parts[-1]}"
        if parts[:3] == ["torch", "nn", "parameter"] and len(parts) > 3:
            return f"torch.nn.{parts[-1]}"
        if name == "torch.jit.isinstance":
            return "builtins.isinstance"  # where TorchScript is not compiled
        if name.startswith("torch.functional.") and len(parts) == 3:
            return f"torch.{parts[-1]}"
        return name

    def is_subclass(self, name: str, ancestor: str) -> bool:
        if name == ancestor:
            return True
        last = name.rpartition(".")[2]
        if not name.startswith("torch.nn.") or not last[:1].isupper():
            return False
        prefix = BASES.get(ancestor)
        if prefix is not None:
            return last.startswith(prefix)
        return ancestor == "torch.nn.Module" and last != "Parameter"

    def is_module_class(self, cls: ClassObject) -> bool:
        return any(isinstance(c, Api) and self.is_subclass(c.name, "torch.nn.Module") for c in cls.mro())

    def is_model_name(self, name: str) -> bool:
        return name == "torch.nn.Sequential"

    def harmless_decorator(self, name: str) -> bool:
        return super().harmless_decorator(name) or name in {
            "no_grad",
            "wrap",
            "unused",
            "ignore",
            "export",
            "script",
            "script_method",
            "_overload_method",
            "compile",
            "inference_mode",
            "jit",
            "autocast",
            "enable_grad",
            "_overload",
            "is_scripting",
            "disable",
        }

    def is_instance(self, hint: object, name: str) -> bool:
        if isinstance(hint, TensorCell):
            if name in ("torch.nn.Parameter",):
                return hint.version.parameter is not None and not hint.version.parameter.buffer
            return name in ("torch.Tensor", "torch.FloatTensor")
        return name == "torch.Size" and isinstance(hint, tuple)

    def knows(self, name: str) -> bool:
        if name in normed.FUNCTIONS or name in restating.known():
            return True
        return not name.startswith("torch.") or name.rpartition(".")[2] in {
            "nn",
            "compile",
            "jit",
            "cuda",
            "functional",
        }

    def has_method(self, hint: object, attr: str) -> bool:
        if isinstance(hint, ModuleObject) and hint.container and attr in CONTAINER_METHODS:
            return True
        return isinstance(hint, ModuleObject) and attr in {
            "forward",
            "parameters",
            "modules",
            "children",
            "train",
            "eval",
        }

    # -- calls ------------------------------------------------------------------

    def special_call(
        self, ev: Evaluator, callee: Value, api: Api, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value | None:
        name = api.name
        if name in ANSWERS:
            ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=name))
            return Value(ANSWERS[name])
        if name in UNWRAPPED and args:
            ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=name))
            return args[0]
        instead = normed.stand_in(ev, name, node, frame)
        if instead is not None:
            return ev.call(instead, args, kwargs, node, frame)
        made = numpy_arrays.call(ev, callee, name, args, kwargs, node, frame)
        if made is not None:
            return made
        if name in normed.FUNCTIONS:
            return normed.wrapped(ev, callee, name, args, kwargs, node, frame)
        if name in normed.REMOVERS and args:
            ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=name))
            return args[0]
        if name in CONTAINERS:
            return self.make_container(ev, callee, name, CONTAINERS[name], args, kwargs, node, frame)
        if name in ("torch.is_tensor",):
            ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=name))
            return Value(isinstance(args[0].hint, TensorCell))
        if name in ("torch.nn.Parameter", "torch.nn.Buffer"):
            return self.make_parameter(ev, callee, name, args, kwargs, node, frame)
        if name.startswith("torch.utils.checkpoint.checkpoint") and args:
            ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name="checkpoint"))
            plain = {k: v for k, v in kwargs.items() if k not in ("use_reentrant", "preserve_rng_state", "context_fn")}
            return ev.call(args[0], args[1:], plain, node, frame)
        if name in ("torch.Tensor", "torch.FloatTensor") and not kwargs and all(type(v.hint) is int for v in args):
            return self.call_forms(ev, callee, "torch.empty", args or (Value(0),), kwargs, node, frame)
        kind = KINDS.get(name)
        if kind is not None and len(args) == 1 and isinstance(args[0].hint, (ListObject, tuple)):
            more = {"dtype": Value(Api(f"torch.{kind}"))} if kind != kind_of_list(args[0]) else {}
            return self.call_forms(ev, callee, "torch.tensor", args, more, node, frame)
        if name == "torch.jit.annotate" and len(args) == 2:
            ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name="annotate"))
            return args[1]
        if name == "torch.nn.init._calculate_fan_in_and_fan_out" and args and isinstance(args[0].hint, TensorCell):
            shape = args[0].hint.shape
            inner = product(shape[2:])
            return Value((Value(shape[1] * inner), Value(shape[0] * inner)))
        if name == "torch.device" and args and isinstance(args[0].hint, str):
            ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=name))
            why, kind = "torch.device has no meaning for the network", args[0].hint.partition(":")[0]
            return Value(Device(why, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1, frame.file, kind))
        if name == "torch.device" and args and isinstance(args[0].hint, (Device, InstanceObject)):
            ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=name))
            return args[0]
        if name == "torch.Size":
            ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=name))
            return Value(tuple(iterate(ev, args[0], node, frame)), None, SIZE)
        if self.is_in_place(ev, name) and args and isinstance(args[0].hint, TensorCell):
            made = self.call_forms(ev, callee, name[:-1], args, kwargs, node, frame)
            write_in_place(ev, args[0].hint, made, node, frame)
            return args[0]
        out = kwargs.get("out")
        if out is not None and isinstance(out.hint, TensorCell) and isinstance(node, ast.Call):
            made = self.call_forms(ev, callee, name, args, {k: v for k, v in kwargs.items() if k != "out"}, node, frame)
            if isinstance(made.hint, TensorCell):
                write_in_place(ev, out.hint, made, node, frame)
                return out
            return made
        if name == initialising.GAIN:
            gain = initialising.call(ev, name, args, kwargs, node, frame)
            ev.visit(Visit(node, frame, "data", callee, args, kwargs, name=name, result=gain))
            return gain
        if name.startswith(initialising.PREFIX):
            ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=name))
            return initialising.call(ev, name, args, kwargs, node, frame)
        if name.startswith(DROPPED_PREFIXES):
            ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=name))
            return ev.unknown(frame, node, f"{name} has no meaning for the network")
        return None

    def unknown_call(
        self, ev: Evaluator, callee: Value, api: Api, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        changes = id(node) in ev.trace.for_effect and any(isinstance(v.hint, ModuleObject) for v in args)
        if changes and api.name.startswith("torch.nn.utils."):
            why = f"{api.name} changes how a module comes by its weights, which is not read"
            raise ev.refusal(frame, node, why, "compute the weight in the forward pass", "changed-layer")
        return super().unknown_call(ev, callee, api, args, kwargs, node, frame)

    def is_in_place(self, ev: Evaluator, name: str) -> bool:
        """Is this `torch.relu_`, which writes into its first argument what `torch.relu` would give?"""
        return name.endswith("_") and not name.endswith("__") and bool(ev.opset.find(self.framework, "call", name[:-1]))

    def exports(self, ev: Evaluator, module: str, name: str) -> bool:
        full = self.canonical(f"{module}.{name}")
        known = full in CONTAINERS or name in ("Module", "Parameter", "functional", "init", "nn")
        known = known or restating.is_restated(ev, full)
        return module.startswith("torch") and (known or bool(ev.opset.find(self.framework, "call", full)))

    def make_parameter(
        self, ev: Evaluator, callee: Value, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
    ) -> Value:
        """nn.Parameter(data): the tensor that it starts from tells its shape."""
        data = args[0] if args else kwargs.get("data", Value(None))
        if not isinstance(data.hint, TensorCell):
            raise ev.refusal(
                frame, node, "a parameter whose shape is not known", "make it from torch.zeros(shape) or the like"
            )
        cell = data.hint
        wanted = args[1] if len(args) > 1 else kwargs.get("requires_grad", Value(True))
        trainable = name == "torch.nn.Parameter" and wanted.hint is not False
        buffer = name.endswith("Buffer")
        kept = args[1] if buffer and len(args) > 1 else kwargs.get("persistent", Value(True))
        if buffer and not kept.hint and cell.version.parameter is None:  # not in the checkpoint: computed again
            ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=name, result=data))
            followed(cell)
            return data
        parameter = ParameterObject(TensorType(cell.shape, str(cell.dtype)), trainable, bool(kept.hint), buffer)
        parameter.start = initialising.of_data(ev, cell, node, frame)
        ev.parameters.append(parameter)
        version = new_version(ev, parameter.type, parameter)
        result = Value(TensorCell(version), Origin("apply", node, frame.file, name, (data,), frame))
        ev.visit(Visit(node, frame, "constant", callee, args, kwargs, name=name, result=result))
        return result

    def tensor_store(
        self, ev: Evaluator, owner: Value, index: Value, value: Value, node: ast.AST, frame: Frame
    ) -> None:
        cell = owner.hint
        if isinstance(cell, TensorCell) and self.of_parameter(cell):
            if not initialising.in_forward(frame):
                initialising.stored(ev, cell, index, value, node, frame)
                return
            ev.visit(Visit(node, frame, "dropped", None, (index, value), name="start"))
            updating.update(ev, cell, node, frame)
            return
        super().tensor_store(ev, owner, index, value, node, frame)

    # -- tensors ----------------------------------------------------------------

    def tensor_attribute(self, ev: Evaluator, owner: Value, attr: str, node: ast.AST, frame: Frame) -> Value:
        cell = owner.hint
        assert isinstance(cell, TensorCell)
        if attr == "shape":
            ev.visit(Visit(node, frame, "size", None, (owner,), name="shape"))
            return Value(
                tuple(self.size_value(cell, i, owner, node, frame) for i in range(len(cell.shape))), None, SIZE
            )
        if attr == "ndim":
            ev.visit(Visit(node, frame, "size", None, (owner,), name="ndim"))
            return Value(len(cell.shape))
        if attr == "data":
            ev.visit(Visit(node, frame, "dropped", None, (owner,), name="data"))
            return owner
        if attr == "dtype":
            ev.visit(Visit(node, frame, "data", None, (owner,), name="dtype"))
            name = f"torch.{cell.dtype}"
            return Value(Api(name if isinstance(cell.dtype, FixedKind) else FollowingDtype(name)))
        if f"Tensor.{attr}" in ANSWERS:
            ev.visit(Visit(node, frame, "dropped", None, (owner,), name=f"Tensor.{attr}"))
            return Value(ANSWERS[f"Tensor.{attr}"])
        if attr in ("requires_grad", "is_quantized", "is_sparse", "is_nested"):
            return Value(False)
        if attr in ("grad", "grad_fn"):
            return Value(None)
        if attr == "device":
            ev.visit(Visit(node, frame, "dropped", None, (owner,), name="device"))
            return Value(InstanceObject(Api("torch.device"), {"type": Value("cpu"), "index": Value(None)}))
        forms = ev.opset.find(self.framework, "attribute", attr)
        if forms:
            visit = Visit(node, frame, "op", None, (owner,), name=attr)
            found = applying.try_forms(ev, forms, (owner,), {}, node, frame)
            if isinstance(found, str):
                spelled = Spelled("attribute", attr, node, frame, (owner,))
                return self.unmapped(ev, (owner,), {}, node, frame, f"{attr}: {found}", spelled=spelled)
            visit.form, visit.bound = found
            visit.result = self.run_function(ev, visit, (owner,), {}, node, frame)
            ev.visit(visit)
            return visit.result
        return Value(BoundApi(owner, attr))

    def tensor_method(
        self,
        ev: Evaluator,
        callee: Value,
        receiver: Value,
        name: str,
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
    ) -> Value:
        cell = receiver.hint
        assert isinstance(cell, TensorCell)
        if name in ("size", "dim", "numel", "nelement", "ndimension", "stride"):
            return self.size_method(ev, callee, receiver, cell, name, args, kwargs, node, frame)
        if name == "new" and gives_sizes(node, args):
            name = "new_empty"
        if name == "astype":  # of a NumPy array
            name = "type"
        if name == "type" and not args and not kwargs:  # x.type() is what it is called, of which y.type(...) makes use
            ev.visit(Visit(node, frame, "data", callee, (receiver,), kwargs, name="dtype"))
            return Value(Api(f"torch.{cell.dtype}"))
        if name in ("is_floating_point", "is_complex", "is_contiguous"):
            kinds = {"is_floating_point": ("float", "bfloat"), "is_complex": ("complex",), "is_contiguous": ("",)}
            return Value(cell.dtype.startswith(kinds[name]))
        if name in ("item", "tolist"):
            known = contents.as_python(ev, receiver, node, frame)
            if known is not None:
                ev.visit(Visit(node, frame, "content", callee, (receiver,), kwargs, name=name, result=known))
                return known
        owned = cell.version.parameter is not None
        if name.endswith("_") and not name.endswith("__"):
            if owned or self.of_parameter(cell) or self.fills_constant(cell, name, frame):
                kept = "identity" if name in KEEPING else name
                result = receiver if name in KEEPING else None
                ev.visit(Visit(node, frame, "dropped", callee, (receiver, *args), kwargs, name=kept, result=result))
                if name == "requires_grad_":
                    wanted = args[0] if args else kwargs.get("requires_grad", Value(True))
                    freezing.freeze(ev, freezing.of_tensor(cell), wanted, node, frame)
                if name not in KEEPING and not initialising.in_forward(frame):
                    initialising.method(ev, cell, name, args, kwargs, node, frame)
                elif name not in KEEPING:
                    updating.update(ev, cell, node, frame)
                return receiver
            if name in ("requires_grad_", "detach_", "retain_grad_"):
                ev.visit(
                    Visit(node, frame, "dropped", callee, (receiver, *args), kwargs, name="identity", result=receiver)
                )
                return receiver
            made = super().tensor_method(ev, callee, receiver, name[:-1], args, kwargs, node, frame)
            if isinstance(made.hint, TensorCell) and [*map(hint, made.hint.shape)] != [*map(hint, cell.shape)]:
                why = f"{name}() gives another shape than the tensor has that it writes into"
                raise ev.refusal(frame, node, why, "bring both into one shape first", "shape")
            write_in_place(ev, cell, made, node, frame)
            return receiver
        if name in ("backward", "register_hook", "retain_grad"):
            ev.visit(Visit(node, frame, "dropped", callee, (receiver, *args), kwargs, name=name))
            return Value(None)
        return super().tensor_method(ev, callee, receiver, name, args, kwargs, node, frame)

    def set_tensor_attribute(
        self, ev: Evaluator, owner: Value, attr: str, value: Value, node: ast.AST, frame: Frame
    ) -> None:
        cell = owner.hint
        if attr == "requires_grad" and isinstance(cell, TensorCell):
            ev.visit(Visit(node, frame, "dropped", None, (owner, value), name="start"))
            freezing.freeze(ev, freezing.of_tensor(cell), value, node, frame)
            return
        super().set_tensor_attribute(ev, owner, attr, value, node, frame)

    def fills_constant(self, cell: TensorCell, name: str, frame: Frame) -> bool:
        """`nn.Parameter(torch.empty(8).normal_())`: random numbers that are drawn once, when the model is made."""
        return name in ("normal_", "uniform_") and not initialising.in_forward(frame)

    def fills_weights(self, cell: TensorCell) -> bool:
        return self.of_parameter(cell)

    def of_parameter(self, cell: TensorCell) -> bool:
        """Is a tensor a view of a parameter? Writing into it is initialisation."""
        at: TensorCell | None = cell
        while at is not None:
            if at.version.parameter is not None:
                return True
            at = at.base
        return False

    def size_method(
        self,
        ev: Evaluator,
        callee: Value,
        receiver: Value,
        cell: TensorCell,
        name: str,
        args: Args,
        kwargs: Kwargs,
        node: ast.AST,
        frame: Frame,
    ) -> Value:
        """size(), size(i), dim(), numel()."""
        ev.visit(Visit(node, frame, "size", callee, (receiver, *args), kwargs, name=name))
        rank = len(cell.shape)
        if name in ("dim", "ndimension"):
            return Value(rank)
        if name in ("numel", "nelement"):
            return Value(product(cell.shape), Origin("size", node, frame.file, "numel", (receiver,), frame), SIZE)
        if name == "stride":
            return ev.unknown(frame, node, "strides have no meaning for the network")
        where = args[0] if args else kwargs.get("dim")
        if where is None:
            return Value(tuple(self.size_value(cell, i, receiver, node, frame) for i in range(rank)), None, SIZE)
        axis = where.hint
        if not isinstance(axis, int) or not -rank <= axis < rank:
            raise ev.refusal(
                frame, node, f"size({readable(where)}) of a tensor with {rank} axes", "check the axis", "shape"
            )
        return self.size_value(cell, axis, receiver, node, frame)


def gives_sizes(node: ast.AST, args: Args) -> bool:
    """Is `x.new(...)` given sizes: numbers, `y.size()` or `y.shape`? A list would be the content."""
    said = node.args[0] if isinstance(node, ast.Call) and len(node.args) == 1 else None
    asked = said.func if isinstance(said, ast.Call) else said
    sized = isinstance(asked, ast.Attribute) and asked.attr in ("size", "shape") and isinstance(args[0].hint, tuple)
    return sized or (bool(args) and all(isinstance(a.hint, (int, Size)) for a in args))


def kind_of_list(value: Value) -> str:
    """The kind that torch.tensor() takes for the numbers of a list."""
    hint = value.hint
    while isinstance(hint, (ListObject, tuple)):
        items = hint.items if isinstance(hint, ListObject) else hint
        if any(isinstance(item.hint, float) for item in items):
            return "float32"
        hint = items[0].hint if items else None
    return "bool" if isinstance(hint, bool) else "int64" if isinstance(hint, int) else "float32"
