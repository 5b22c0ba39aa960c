"""Every function of Python and its standard library that the reader knows, by canonical name."""

from __future__ import annotations

from pivot.reading import (
    builtins,
    command_line,
    evaluated,
    number_arrays,
    number_kinds,
    objects,
    reflection,
    regular,
    sequences,
    stdlib,
    surroundings,
    versions,
)
from pivot.reading.handlers import Handler

FUNCTIONS: dict[str, Handler] = {
    **builtins.FUNCTIONS,
    **sequences.FUNCTIONS,
    **reflection.FUNCTIONS,
    **stdlib.FUNCTIONS,
    **objects.FUNCTIONS,
    **command_line.FUNCTIONS,
    **regular.FUNCTIONS,
    **surroundings.FUNCTIONS,
    **number_kinds.FUNCTIONS,
    **number_arrays.FUNCTIONS,
    **versions.FUNCTIONS,
    **evaluated.FUNCTIONS,
}
