"""Keras 3 as a target: its words for tensors, modules and containers."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from codegen.keras.reserved import RESERVED
from codegen.target import Alias, Target
from codegen.writing import nodes
from pivot.reading.modules import ModuleObject


class KerasTarget(Target):
    """keras.layers and keras.ops; weights come into being with the first call, images keep their channels last."""

    framework = "keras"
    title = "Keras"
    roots = frozenset({"keras", "tensorflow", "tf_keras"})
    call_name = "call"
    mode_argument = "training"
    builds_early = False
    builds_symbolically = True
    nests_anything = False
    functional_models = True
    pads_itself = False
    channels_last = True
    holds_modules = False
    public_classes = True  # a layer's scope is made from it, and TensorFlow refuses scopes that begin with one
    single_root = False
    changes_in_place = False
    copies_by_hand = True
    reserved = RESERVED
    aliases = (Alias("keras.layers", "layers"), Alias("keras.ops", "ops"))
    bases = MappingProxyType(
        {
            "module": "keras.layers.Layer",
            "model": "keras.Model",
            "sequential": "keras.Sequential",
            "list": "keras.layers.Layer",
            "dict": "keras.layers.Layer",
            "function": "",
        }
    )
    names = MappingProxyType(
        {
            "tensor": "keras.KerasTensor",
            "module": "keras.layers.Layer",
            "model": "keras.Model",
            "sequential": "keras.Sequential",
            "list": "list",
            "dict": "dict",
            "identity": "keras.layers.Identity",
        }
    )
    kinds = MappingProxyType(
        {
            "keras.KerasTensor": "tensor",
            "tensorflow.Tensor": "tensor",
            "keras.layers.Layer": "module",
            "keras.Layer": "module",
            "keras.Model": "model",
            "keras.Sequential": "sequential",
            "keras.layers.Identity": "identity",
        }
    )

    def shape(self, x: ast.expr) -> ast.expr:
        return nodes.call("keras.ops.shape", [x])

    def let_go(self, weight: ast.expr) -> list[ast.stmt]:
        return [ast.Delete([weight])]  # else its layer would keep both

    def count(self, x: ast.expr) -> ast.expr:
        return nodes.call("keras.ops.size", [x])

    def transpose(self, x: ast.expr, order: Sequence[int]) -> ast.expr:
        return nodes.call("keras.ops.transpose", [x, nodes.literal(tuple(order))])

    def reshape(self, x: ast.expr, shape: ast.expr) -> ast.expr:
        return nodes.call("keras.ops.reshape", [x, shape])

    def squeeze(self, x: ast.expr, places: Sequence[int]) -> ast.expr:
        return nodes.call("keras.ops.squeeze", [x], {"axis": nodes.literal(one_or_all(places))})

    def unsqueeze(self, x: ast.expr, place: int) -> ast.expr:
        return nodes.call("keras.ops.expand_dims", [x], {"axis": nodes.literal(place)})

    def flatten(self, x: ast.expr) -> ast.expr:
        return ast.Call(nodes.call("keras.layers.Flatten"), [x], [])

    def broadcast(self, x: ast.expr, shape: ast.expr) -> ast.expr:
        return nodes.call("keras.ops.broadcast_to", [x, shape])

    def take(self, x: ast.expr, index: ast.expr, axis: int) -> ast.expr:
        return nodes.call("keras.ops.take", [x, index], {"axis": nodes.literal(axis)})

    def stack(self, parts: ast.expr) -> ast.expr:
        return nodes.call("keras.ops.stack", [parts])

    def is_tensor(self, x: ast.expr) -> ast.expr:
        return nodes.call("keras.ops.is_tensor", [x])

    def as_computed(self, x: ast.expr) -> ast.expr:
        return nodes.call("keras.ops.cast", [x, nodes.name("self.compute_dtype")])

    def row(self, layers: ast.expr) -> ast.expr:
        return nodes.call("keras.Sequential", [layers])

    def in_row(self, row: ast.expr) -> ast.expr:
        return ast.Attribute(row, "layers", ast.Load())

    def drop_last(self, row: ast.expr) -> ast.stmt:
        return ast.Expr(ast.Call(ast.Attribute(row, "pop", ast.Load()), [], []))

    def children(self, module: ast.expr) -> ast.expr:
        return ast.Attribute(module, "_layers", ast.Load())

    modules_in_order = "keras.layers_within"

    def modules(self, module: ast.expr) -> ast.expr:
        return ast.Call(ast.Attribute(module, "_flatten_layers", ast.Load()), [], [])

    def append(self, row: ast.expr, layer: ast.expr) -> ast.expr:
        return ast.Call(ast.Attribute(row, "add", ast.Load()), [layer], [])

    def function_layer(self, body: ast.expr) -> ast.expr:
        return self.layer_of_function(nodes.function_of_x(body))

    def layer_of_function(self, function: ast.expr) -> ast.expr:
        return nodes.call("keras.layers.Lambda", [function])

    def permute_layer(self, order: Sequence[int]) -> ast.expr:
        if order[0] == 0:
            return nodes.call("keras.layers.Permute", [nodes.literal(tuple(order[1:]))])
        turned = nodes.call("keras.ops.transpose", [nodes.name("x"), nodes.literal(tuple(order))])
        return self.function_layer(turned)  # what enters has no batch in front

    def reshape_layer(self, sizes: Sequence[ast.expr]) -> ast.expr:
        return nodes.call("keras.layers.Reshape", [ast.Tuple(list(sizes), ast.Load())])

    def stored_names(self, root: ModuleObject) -> Mapping[int, Mapping[str, tuple[str, ...]]]:
        from codegen.keras.stored import dataset_table

        table = dataset_table(root)
        return {key: {path: (name,) for path, name in names.items()} for key, names in table.items()}


def one_or_all(places: Sequence[int]) -> int | tuple[int, ...]:
    """One axis by itself, several as a tuple."""
    return tuple(places) if len(places) > 1 else places[0]


TARGET = KerasTarget()
