"""PyTorch as a target: its words for tensors, modules and containers."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from codegen.target import Alias, Target, dotted
from codegen.torch.reserved import RESERVED
from codegen.writing import nodes
from pivot.reading.modules import ModuleObject

if TYPE_CHECKING:
    from codegen.writing.writer import Writer

LAMBDA = '''
class Lambda(torch.nn.Module):
    """A function as a layer."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)
'''

SAME_PADS = '''
def same_pads(x, kernel_size, stride, dilation=1):
    """The widths for F.pad that TensorFlow's padding="same" asks for: what is odd goes to the end."""
    pads = []
    for size in reversed(x.shape[2:]):
        width = max(-size % stride + dilation * (kernel_size - 1) + 1 - stride, 0)
        pads += [width // 2, (width + 1) // 2]
    return pads
'''

SAME_PAD = '''
class SamePad(torch.nn.Module):
    """What TensorFlow's padding="same" puts around a tensor, which depends on its size."""

    def __init__(self, kernel_size, stride, dilation=1, value=None):
        super().__init__()
        self.window = kernel_size, stride, dilation
        self.value = value

    def forward(self, x):
        return torch.nn.functional.pad(x, same_pads(x, *self.window), value=self.value)
'''

TRUNCATED = '''
def truncated_normal_(weight, deviation):
    """Draw a weight as Keras does: what is left between -2 and 2 deviations has this deviation."""
    std = deviation / 0.87962566103423978
    return torch.nn.init.trunc_normal_(weight, std=std, a=-2 * std, b=2 * std)
'''


class TorchTarget(Target):
    """torch.nn; weights are made by constructors, which are told all sizes, and channels come second."""

    framework = "torch"
    title = "PyTorch"
    roots = frozenset({"torch", "torchvision"})
    call_name = "forward"
    mode_argument = ""
    builds_early = True
    builds_symbolically = False
    nests_anything = True
    functional_models = False
    pads_itself = True
    channels_last = False
    holds_modules = True
    public_classes = False
    single_root = True
    changes_in_place = True
    copies_by_hand = False
    reserved = RESERVED
    aliases = (Alias("torch.nn.functional", "F", plain=True), Alias("torch.nn", "nn"))
    bases = MappingProxyType(
        {
            "module": "torch.nn.Module",
            "model": "torch.nn.Module",
            "sequential": "torch.nn.Sequential",
            "list": "torch.nn.ModuleList",
            "dict": "torch.nn.ModuleDict",
            "function": "torch.autograd.Function",
        }
    )
    names = MappingProxyType(
        {
            "tensor": "torch.Tensor",
            "module": "torch.nn.Module",
            "model": "torch.nn.Module",
            "sequential": "torch.nn.Sequential",
            "list": "torch.nn.ModuleList",
            "dict": "torch.nn.ModuleDict",
            "identity": "torch.nn.Identity",
        }
    )
    kinds = MappingProxyType(
        {
            "torch.Tensor": "tensor",
            "torch.LongTensor": "tensor",
            "torch.FloatTensor": "tensor",
            "torch.nn.Module": "module",
            "torch.nn.Sequential": "sequential",
            "torch.nn.ModuleList": "list",
            "torch.nn.ModuleDict": "dict",
            "torch.nn.Identity": "identity",
            "torch.autograd.Function": "function",
        }
    )

    def shape(self, x: ast.expr) -> ast.expr:
        return ast.Attribute(x, "shape", ast.Load())

    def count(self, x: ast.expr) -> ast.expr:
        return method(x, "numel")

    def transpose(self, x: ast.expr, order: Sequence[int]) -> ast.expr:
        return method(x, "permute", *map(nodes.literal, order))

    def reshape(self, x: ast.expr, shape: ast.expr) -> ast.expr:
        return method(x, "reshape", *(shape.elts if isinstance(shape, ast.Tuple) else [shape]))

    def squeeze(self, x: ast.expr, places: Sequence[int]) -> ast.expr:
        return method(x, "squeeze", nodes.literal(tuple(places) if len(places) > 1 else places[0]))

    def unsqueeze(self, x: ast.expr, place: int) -> ast.expr:
        return method(x, "unsqueeze", nodes.literal(place))

    def flatten(self, x: ast.expr) -> ast.expr:
        return method(x, "flatten", nodes.literal(1))

    def broadcast(self, x: ast.expr, shape: ast.expr) -> ast.expr:
        return method(x, "expand", *(shape.elts if isinstance(shape, ast.Tuple) else [shape]))

    def take(self, x: ast.expr, index: ast.expr, axis: int) -> ast.expr:
        before: list[ast.expr] = [ast.Slice() for _ in range(axis)]
        whole: ast.expr = ast.Tuple([*before, index], ast.Load()) if before else index
        return ast.Subscript(x, whole, ast.Load())

    def stack(self, parts: ast.expr) -> ast.expr:
        return nodes.call("torch.stack", [parts])

    def is_tensor(self, x: ast.expr) -> ast.expr:
        return nodes.call("torch.is_tensor", [x])

    def as_computed(self, x: ast.expr) -> ast.expr:
        return x  # buffers follow their module

    def row(self, layers: ast.expr) -> ast.expr:
        if isinstance(layers, (ast.List, ast.Tuple)):
            return nodes.call("torch.nn.Sequential", layers.elts)
        return nodes.call("torch.nn.Sequential", [ast.Starred(layers, ast.Load())])

    def in_row(self, row: ast.expr) -> ast.expr:
        return row

    def drop_last(self, row: ast.expr) -> ast.stmt:
        return ast.Delete([ast.Subscript(row, ast.Constant(-1), ast.Del())])

    def children(self, module: ast.expr) -> ast.expr:
        return ast.Call(ast.Attribute(module, "children", ast.Load()), [], [])

    def modules(self, module: ast.expr) -> ast.expr:
        return ast.Call(ast.Attribute(module, "modules", ast.Load()), [], [])

    def append(self, row: ast.expr, layer: ast.expr) -> ast.expr:
        return method(row, "append", layer)

    def function_layer(self, body: ast.expr) -> ast.expr:
        return self.layer_of_function(nodes.function_of_x(body))

    def layer_of_function(self, function: ast.expr) -> ast.expr:
        return nodes.call("Lambda", [function])

    def permute_layer(self, order: Sequence[int]) -> ast.expr:
        return self.function_layer(self.transpose(ast.Name("x", ast.Load()), order))

    def reshape_layer(self, sizes: Sequence[ast.expr]) -> ast.expr:
        return nodes.call("torch.nn.Unflatten", [nodes.literal(1), ast.Tuple(list(sizes), ast.Load())])

    def same_pad(self, x: ast.expr, window: list[ast.expr], value: list[ast.keyword]) -> ast.expr | None:
        return ast.Call(dotted("torch.nn.functional.pad"), [x, nodes.call("same_pads", [x, *window])], value)

    def same_pad_layer(self, window: list[ast.expr], value: list[ast.keyword]) -> ast.expr | None:
        return ast.Call(dotted("SamePad"), window, value)

    def start_as_source(self, w: Writer, body: list[ast.stmt]) -> list[ast.stmt]:
        from codegen.torch.starting import start_as_source

        return start_as_source(w, body)

    def stored_names(self, root: ModuleObject) -> Mapping[int, Mapping[str, tuple[str, ...]]]:
        from codegen.torch.stored import state_names

        return state_names(root)

    def helpers(self) -> Mapping[str, str]:
        return {"Lambda": LAMBDA, "SamePad": SAME_PAD, "same_pads": SAME_PADS, "truncated_normal_": TRUNCATED}


def method(x: ast.expr, name: str, *args: ast.expr) -> ast.expr:
    """`x.name(...)`."""
    return ast.Call(ast.Attribute(x, name, ast.Load()), list(args), [])


TARGET = TorchTarget()
