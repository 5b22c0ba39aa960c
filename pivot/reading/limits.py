"""What reading may cost. Every limit is named in the error that it causes, with its value.

PIVOT_STUDIO_LIMITS in the environment, a number from 1 to 100, makes counts, sizes and times so many times as large.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from pivot.problems import Refusal, refuse

VARIABLE = "PIVOT_STUDIO_LIMITS"
RAISE = f"raise the limits ({VARIABLE}=2 doubles them)"
_FIXED = {"depth", "chain", "integer_bits", "call_depth", "recursion", "shape_product", "read_seconds"}
"""What guards the interpreter's own stack, or is out of reach of any real program."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Defaults hold for one conversion; sizes in bytes, times in seconds, the rest are counts."""

    file_bytes: int = 2_000_000  # one source file, checked before anything is read
    nodes: int = 300_000  # nodes of one syntax tree
    depth: int = 200  # nesting of brackets, blocks and expressions
    chain: int = 1_000  # operands of one `a + b + c ...`, which nests to the left without looking nested
    string_bytes: int = 1_000_000  # one string or bytes value, written or computed
    integer_bits: int = 4_096  # one integer, written or computed
    container_items: int = 100_000  # one list, tuple, dict or set
    read_seconds: float = 5.0  # waiting for the file system
    seconds: float = 4.0  # parsing and reading one file in a worker
    memory_bytes: int = 1_000_000_000  # of that worker
    steps: int = 2_000_000  # steps of the evaluator
    loop_iterations: int = 10_000  # of one loop
    total_iterations: int = 100_000  # of all loops together
    call_depth: int = 200  # calls within calls
    recursion: int = 32  # levels of one function calling itself: trees and hourglasses need five or six
    shape_product: int = 2**40  # elements of one tensor
    graph_nodes: int = 50_000  # nodes of the network
    import_files: int = 200  # files that a source may import from its own folder
    import_bytes: int = 20_000_000  # all of those together


def scaled(factor: float) -> Limits:
    """The limits, with counts, sizes and times so many times as large."""
    usual = Limits()
    names = [name for name in Limits.__slots__ if name not in _FIXED]
    return replace(usual, **{name: type(getattr(usual, name))(getattr(usual, name) * factor) for name in names})


def wanted_factor(text: str) -> float:
    """The factor of the environment; 1 for nothing and for what is no number, and never less or beyond 100."""
    try:
        factor = float(text or 1)
    except ValueError:
        return 1.0
    return min(max(factor, 1.0), 100.0) if factor == factor else 1.0


LIMITS = scaled(wanted_factor(os.environ.get(VARIABLE, "")))


def over_limit(file: str, line: int, column: int, what: str, name: str, value: int) -> Refusal:
    """A refusal that names the limit and its value: `too large a syntax tree (limit nodes = 300000)`."""
    return refuse(
        "limit",
        file,
        line,
        column,
        f"{what} (limit {name} = {value})",
        f"make the source smaller, or {RAISE}",
    )
