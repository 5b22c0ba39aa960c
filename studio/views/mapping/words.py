"""What stands in op files, in the words of a person: what an argument means, and what a parameter holds."""

from __future__ import annotations

import re

from codegen.mapping.matching import IGNORED
from pivot.params import ParamType
from studio.translation import tr

_KINDS = {
    "bool": ("True or False", "True or False"),
    "int": ("whole number", "whole numbers"),
    "float": ("number", "numbers"),
    "number": ("number", "numbers"),
    "str": ("text", "texts"),
    "axis": ("axis", "axes"),
    "dims": ("shape", "shapes"),
    "pads": ("padding", "padding on each side"),
    "dtype": ("type of the numbers", "types of the numbers"),
    "new_axis": ("place of the new axis", "places of the new axes"),
    "new_axes": ("places of the new axes", "places of the new axes"),
}


_CODED = re.compile(r"([a-z_]+)\((\w+)\)")  # of what stands in an op file
_SAID = re.compile(r"(\w+) \(([a-z ]+)\)")  # of what is shown for it


def meaning_text(meaning: str) -> str:
    """`@x` -> "input x", `_` -> "left out", `one_or_all(shifts)` -> "shifts (one or all)"; the rest stays as it is."""
    if meaning == IGNORED:
        return tr("left out")
    coded = _CODED.fullmatch(meaning)
    if coded is not None:
        return f"{coded[2]} ({coded[1].replace('_', ' ')})"
    return tr("input {0}").format(meaning[1:]) if meaning[:1] == "@" and meaning[1:].isidentifier() else meaning


def meaning_of(text: str) -> str:
    """What an op file says for a text; the reverse of `meaning_text`."""
    said = text.strip()
    if said == tr("left out"):
        return IGNORED
    coded = _SAID.fullmatch(said)
    if coded is not None:
        return f"{coded[2].replace(' ', '_')}({coded[1]})"
    before, _, after = tr("input {0}").partition("{0}")
    name = said[len(before) : len(said) - len(after)]
    return f"@{name}" if said == f"{before}{name}{after}" and name.isidentifier() else said


def type_text(type_: ParamType) -> str:
    """`int[2]` -> "2 whole numbers"."""
    one, many = _KINDS.get(type_.kind, (type_.kind, type_.kind))
    if type_.count is None or type_.kind == "pads":
        said = tr(one)
    else:
        said = tr(many) if type_.count < 0 else f"{type_.count} {tr(many if type_.count > 1 else one)}"
    return tr("{0} or None").format(said) if type_.optional else said
