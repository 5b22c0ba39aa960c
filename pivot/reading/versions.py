"""Versions of libraries, and the functions that compare them: programs ask them which names a library has."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from pivot.reading.handlers import Args, Handler, Kwargs
from pivot.reading.values import Api, InstanceObject, Origin, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

PLAIN = re.compile(r"v?(\d+(?:\.\d+){0,3})(?:\+\w+)?")
PLACES = 4


def version(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """packaging.version.parse() and its like: compares by its numbers, `2.0` and `2.0.0` are equal."""
    text = args[0].hint if args else None
    met = PLAIN.fullmatch(text) if isinstance(text, str) else None
    if met is None:
        return ev.unknown(frame, node, f"the version {text!r} is not read" if isinstance(text, str) else "a version")
    said = [int(part) for part in met[1].split(".")]
    numbers = [Value(n) for n in (*said, *[0] * (PLACES - len(said)))]
    names = dict(zip(("major", "minor", "micro"), numbers, strict=False))
    made = InstanceObject(Api("packaging.version.Version"), {**names, "release": Value(tuple(map(Value, said)))})
    made.items = tuple(numbers)
    return Value(made, Origin("apply", node, frame.file, "version", args, frame))


FUNCTIONS: dict[str, Handler] = dict.fromkeys(
    (
        "packaging.version.parse",
        "packaging.version.Version",
        "packaging.version.LegacyVersion",
        "distutils.version.LooseVersion",
        "distutils.version.StrictVersion",
        "setuptools._distutils.version.LooseVersion",
        "pkg_resources.parse_version",
        "pkg_resources.packaging.version.parse",
    ),
    version,
)
