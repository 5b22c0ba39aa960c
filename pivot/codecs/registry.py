"""Finds every codec in this folder by itself: a new file is enough."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType

from pivot import codecs
from pivot.codecs.base import Codec
from pivot.codecs.tensor import TensorCodec


@cache
def all_codecs() -> Mapping[str, Codec]:
    """Every codec by name. Two of one name are a mistake of this program (ValueError)."""
    found: dict[str, Codec] = {}
    for module in _modules():
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Codec) and kind.name and kind.__module__ == module.__name__:
                if kind.name in found:
                    raise ValueError(f"two codecs are called {kind.name}")
                found[kind.name] = kind()
    return found


@cache
def all_tensor_codecs() -> Mapping[str, TensorCodec]:
    """Every tensor codec by name."""
    found: dict[str, TensorCodec] = {}
    for module in _modules():
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, TensorCodec) and kind.name:
                found[kind.name] = kind()
    return found


def _modules() -> Iterator[ModuleType]:
    for info in sorted(pkgutil.iter_modules(codecs.__path__), key=lambda found: found.name):
        if info.name != "registry":
            yield importlib.import_module(f"{codecs.__name__}.{info.name}")
