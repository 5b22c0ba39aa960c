"""Names of a program: which are taken, what a library's name is called in this file, and what has to be imported."""

from __future__ import annotations

import ast
import keyword
import re

from pivot.editing.source import Change, Source

_LIBRARIES = {"torch": "torch", "keras": "keras"}


def taken(tree: ast.AST | Source) -> set[str]:
    """Every name that occurs: variables, attributes, parameters, definitions, keywords of calls, imports."""
    found: set[str] = set()
    for node in tree.nodes if isinstance(tree, Source) else ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add(other or name.partition(".")[0])
    return found


def fresh(wanted: str, used: set[str]) -> str:
    """`dropout`, or `dropout_2`, `dropout_3`, ... where that is taken; the name counts as taken from now on."""
    base = re.sub(r"\W", "_", wanted) or "value"
    base = f"{base}_" if keyword.iskeyword(base) or base[0].isdigit() else base
    name, count = base, 2
    while name in used:
        name, count = f"{base}_{count}", count + 1
    used.add(name)
    return name


def fresh_class(wanted: str, used: set[str]) -> str:
    """`Bottleneck2`, `Bottleneck3`, ...: a variant of a class."""
    count = 2
    while f"{wanted}{count}" in used:
        count += 1
    used.add(f"{wanted}{count}")
    return f"{wanted}{count}"


def is_name(text: str) -> bool:
    """Whether a text can be the name of something."""
    return text.isidentifier() and not keyword.iskeyword(text)


class Library:
    """How a file calls what it imports. `changes` are the imports that were missing, for what was asked so far."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.changes: list[Change] = []
        self._known: dict[str, str] = {}
        for node in source.tree.body:
            if isinstance(node, ast.Import):
                for item in node.names:
                    self._known.setdefault(item.name if item.asname else item.name.partition(".")[0], "")
                    name = item.asname or item.name.partition(".")[0]
                    self._known[item.name if item.asname else name] = name
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for item in node.names:
                    self._known.setdefault(f"{node.module}.{item.name}", item.asname or item.name)
        for name in list(self._known):
            for prefix in ("tensorflow.keras", "tf_keras"):
                if name == prefix or name.startswith(f"{prefix}."):
                    self._known.setdefault(f"keras{name.removeprefix(prefix)}", self._known[name])
        if "tensorflow" in self._known:
            self._known.setdefault("keras", f"{self._known['tensorflow']}.keras")

    def name(self, canonical: str) -> str:
        """`torch.nn.Dropout` -> `nn.Dropout` after `import torch.nn as nn`; what is missing is imported."""
        parts = canonical.split(".")
        for cut in range(len(parts), 0, -1):
            known = self._known.get(".".join(parts[:cut]))
            if known:
                return ".".join((known, *parts[cut:]))
        root, module = parts[0], ".".join(parts[:2])
        text, name = {
            "torch.nn": ("from torch import nn", "nn"),
            "keras.layers": ("from keras import layers", "layers"),
            "keras.ops": ("from keras import ops", "ops"),
        }.get(module, (f"import {root}", root))
        self._known[module if name != root else root] = name
        self.changes.append(self._import(text))
        return ".".join((name, *parts[len((module if name != root else root).split(".")) :]))

    def _import(self, text: str) -> Change:
        """An import after the last one of the file, or before its first statement."""
        source = self._source
        imports = [node for node in source.tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        if imports:
            return source.behind(imports[-1], [text])
        body = source.tree.body
        doc = ast.get_docstring(source.tree, clean=False)
        rest = body[1:] if doc is not None else body
        if not rest:
            return Change(len(source.text), len(source.text), f"{source.newline}{text}{source.newline}")
        at = source.line_start(source.start(rest[0]))
        return Change(at, at, f"{text}{source.newline}{source.newline}{source.newline}")
