"""The h5 paths under which Keras 3.15 saves and loads the variables of a model, computed without Keras.

What `keras/src/saving/saving_lib.py` does (3.15.1), and what this module repeats on a description of the objects:

- An object's own variables lie in `<path>/vars/0`, `<path>/vars/1`, ...: first the trainable ones in the order in which
  they were made, then the others. The root's path is empty: `vars/0`. load_weights wants exactly as many as the object
  has, and takes a missing group for "no variables". Seed generators (Dropout) are not saved and not asked for.
- Then its attributes are visited, sorted by name with private ones (`_x`) last, by code points (`Z` before `a`).
  Attributes that a plain `keras.layers.Layer()` has (`SKIPPED`) are never visited. A Sequential first visits `layers`,
  and so does a model whose program connects inputs with outputs, whatever attributes its class sets beside them.
- A Model has a property `layers`: all layers tracked by it, in the order of their assignment or appending. It is
  visited at the place of its name, so an attribute whose name sorts behind "layers" is saved as
  `layers/<class name>[_<count>]`, unless it was reached before. A plain Layer has no such property.
- A list, tuple or dict adds a level; its members are named by their class in snake case, the second one with `_1`;
  members that were visited before, and layers without variables, count too. A list inside it is named `container`.
- Every object is visited once: a shared layer lies at the path where it is met first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind = Literal["model", "functional", "sequential", "layer"]
Item: TypeAlias = "Saveable | Sequence[Item] | Mapping[str, Item] | None"
"""What an attribute or a container holds; None: anything that is neither a Keras object nor a container."""


@dataclass(frozen=True, slots=True, eq=False)
class Saveable:
    """A Keras object: class name, attributes in the order of their assignment, variable roles in saving order.

    `kind`: "sequential" for keras.Sequential and its subclasses (an attribute "layers" holds what was added),
    "functional" for models of a graph, "model" for other subclasses of keras.Model, else "layer". `key`: equal keys
    mean one and the same object (default: this object itself). `tracked`: the layers in the order of tracking, when it
    is not that of the attributes (a list that is appended to after later attributes were set).
    """

    cls: str
    name: str | None = None
    kind: Kind = "layer"
    attributes: tuple[tuple[str, Item], ...] = ()
    variables: tuple[str, ...] = ()
    key: object = None
    tracked: tuple[Saveable, ...] | None = None

    @property
    def identity(self) -> object:
        """What tells two objects apart."""
        return id(self) if self.key is None else ("key", self.key)


@dataclass(frozen=True, slots=True)
class Group:
    """The variables of one object: `path` of the object in the file ("" = root), `roles` of vars/0, vars/1, ..."""

    path: str
    roles: tuple[str, ...]
    owner: Saveable

    def datasets(self) -> tuple[str, ...]:
        """The h5 dataset paths of the roles."""
        return tuple(join(self.path, f"vars/{number}") for number in range(len(self.roles)))


def groups(tree: Saveable) -> list[Group]:
    """Every object that has variables, in the order in which Keras saves them."""
    found: list[Group] = []
    visited: set[object] = set()
    stack: list[tuple[str, Item]] = [("", tree)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, Saveable):
            if item.identity in visited:
                continue
            visited.add(item.identity)
            if item.variables:
                found.append(Group(path, item.variables, item))
            children = [(join(path, name), child) for name, child in _walk(item)]
        else:
            children = [(join(path, name), child) for name, child in _members(item)]
        stack.extend(reversed(children))
    return found


def group_paths(tree: Saveable) -> list[tuple[str, tuple[str, ...]]]:
    """[(object path in the file, roles of its variables)], in saving order: [("blocks/block_1/conv", ("kernel",))]."""
    return [(group.path, group.roles) for group in groups(tree)]


def dataset_paths(tree: Saveable) -> list[str]:
    """All h5 dataset paths of a model: ["conv1/vars/0", ...]."""
    return [path for group in groups(tree) for path in group.datasets()]


def library_layer(cls: str, weights: Iterable[str], name: str | None = None, key: object = None) -> Saveable:
    """A layer of the library from its weight paths in variable order; "cell/kernel" lies in the sublayer `cell`."""
    own: list[str] = []
    below: dict[str, list[str]] = {}
    for weight in weights:
        head, _, rest = weight.partition("/")
        if rest:
            below.setdefault(head, []).append(rest)
        else:
            own.append(head)
    attributes = tuple((head, library_layer(head, rests)) for head, rests in below.items())
    return Saveable(cls, name, "layer", attributes, tuple(own), key)


def join(path: str, name: str) -> str:
    """h5 paths have no leading slash."""
    return f"{path}/{name}" if path else name


def snake_case(name: str) -> str:
    """The name Keras gives to an object of a class: "Conv2D" -> "conv2d", "ReLU" -> "re_lu"."""
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _walk(item: Saveable) -> Iterator[tuple[str, Item]]:
    """The attributes of an object in the order in which Keras visits them."""
    attributes: dict[str, Item] = dict(item.attributes)
    if item.kind == "model":
        attributes["layers"] = (
            item.tracked if item.tracked is not None else tuple(listed([value for _, value in item.attributes]))
        )
    if item.kind == "functional":
        yield "layers", item.tracked or ()
    if item.kind == "sequential":
        yield "layers", attributes.get("layers", ())
    for name in sorted(attributes, key=lambda name: f"~{name}" if name.startswith("_") else name):
        if name not in SKIPPED and not name.startswith("__"):
            yield name, attributes[name]


def listed(values: Sequence[Item]) -> Iterator[Saveable]:
    """The layers of a model whose attributes were set to `values`, in that order, each once."""
    seen: set[object] = set()
    stack: list[Item] = list(reversed(values))
    while stack:
        value = stack.pop()
        if isinstance(value, Saveable):
            if value.identity not in seen:
                seen.add(value.identity)
                yield value
        elif value is not None:
            members = list(value.values()) if isinstance(value, Mapping) else list(value)
            stack.extend(reversed(members))


def _members(container: Sequence[Item] | Mapping[str, Item] | None) -> Iterator[tuple[str, Item]]:
    """The members of a list or dict with the names that Keras gives them."""
    if container is None:
        return
    used: dict[str, int] = {}
    for member in container.values() if isinstance(container, Mapping) else container:
        if member is None:
            continue
        name = snake_case(member.cls) if isinstance(member, Saveable) else "container"
        count = used.get(name, -1) + 1
        used[name] = count
        yield (f"{name}_{count}" if count else name), member


_LAYER_ATTRIBUTES = """
    _add_trackable_child _add_variable_with_custom_getter _allow_non_tensor_positional_args _api_export_path
    _api_export_symbol_id _assert_input_compatibility _auto_config _awq_call _build_at_init _build_by_run_for_kwargs
    _build_by_run_for_single_pos_arg _build_shapes_dict _call_context_args _call_has_context_arg _call_has_mask_arg
    _call_has_training_arg _call_signature _called _check_load_own_variables _check_quantize_args
    _check_super_called _checkpoint_adapter _checkpoint_dependencies _clear_losses _convert_input_args
    _convert_tracked_collections _copy_trackable_to_cpu _default_save_signature _deferred_dependencies
    _delete_tracking _deserialization_dependencies _deserialize_from_proto _dtype_policy
    _export_to_saved_model_graph _flatten_layers _float8_call _gather_saveables_for_checkpoint _get_call_context
    _get_node_attribute_at_index _get_own_losses _get_regularization_losses _get_save_spec _gptq_call
    _handle_deferred_dependencies _inbound_nodes _initialize_tracker _input_spec _int4_call _int8_call _layers _lock
    _lock_state _lookup_dependency _loss_ids _losses _losses_override _maybe_build _maybe_initialize_trackable
    _maybe_reset_call_context _metrics _name_based_attribute_restore _name_based_restores _no_dependency
    _non_trainable_variables _not_implemented_error _obj_type _object_identifier _open_name_scope _outbound_nodes
    _parent_path _path _post_build _post_track_variable _post_untrack_variable _preload_simple_restoration
    _quantization_mode_error _register_call_context_args _remat_mode _resolve_and_populate_arg _restore_from_tensors
    _saved_model_arg_spec _saved_model_inputs_spec _seed_generators _self_setattr_tracking
    _self_unconditional_dependency_names _serialize_to_proto _serialize_to_tensors _set_mask_metadata _set_save_spec
    _setattr_hook _setattr_tracking _supports_masking _tf_api_names _tf_api_names_v1 _track_trackable
    _track_variable _trackable_children _tracked _tracker _trainable _trainable_variables
    _unconditional_checkpoint_dependencies _unconditional_dependency_names _unpickle_model _untrack_variable
    _update_uid activity_regularizer add_loss add_metric add_variable add_weight autocast build build_from_config
    built call call_signature_parameters compute_dtype compute_mask compute_output_shape compute_output_spec
    count_params dtype dtype_policy from_config get_build_config get_config get_weights input input_dtype input_spec
    load_own_variables losses metrics metrics_variables name non_trainable_variables non_trainable_weights output
    path quantization_mode quantize quantized_build quantized_call rematerialized_call save_own_variables
    set_weights stateless_call supports_jit supports_masking symbolic_call trainable trainable_variables
    trainable_weights variable_dtype variables weights
"""

SKIPPED = frozenset(_LAYER_ATTRIBUTES.split())
"""Attributes that saving never visits: those of a plain keras.layers.Layer() (TensorFlow backend)."""
