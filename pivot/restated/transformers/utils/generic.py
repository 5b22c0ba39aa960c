"""Outputs by name, and decorators of forward passes.

Recording of inner results by hooks is left out.
"""

from typing import TypedDict


class TransformersKwargs(TypedDict, total=False):
    """Further arguments of a forward pass."""


class ModelOutput:
    """What a model gives: by name, or by place among what is not None."""

    def keys(self):
        return [name for name, value in vars(self).items() if value is not None]

    def values(self):
        return [value for value in vars(self).values() if value is not None]

    def items(self):
        return [(name, value) for name, value in vars(self).items() if value is not None]

    def get(self, name, default=None):
        return getattr(self, name) if name in self.keys() else default

    def to_tuple(self):
        return tuple(self.values())

    def __contains__(self, name):
        return name in self.keys()

    def __len__(self):
        return len(self.values())

    def __getitem__(self, key):
        return getattr(self, key) if isinstance(key, str) else self.to_tuple()[key]

    def __setitem__(self, key, value):
        setattr(self, key, value)


def can_return_tuple(func):
    return func


def merge_with_config_defaults(func):
    return func


def check_model_inputs(func):
    return func


def is_flash_attention_requested(config=None, requested_attention_implementation=None):
    return False


def torch_int(x):
    return int(x)


def torch_float(x):
    return float(x)
