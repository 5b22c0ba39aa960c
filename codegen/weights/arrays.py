"""What the readers of checkpoints share: the array type, the limits, and how a file is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pivot.problems import Refusal, refuse

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.generic]"

MAX_TENSORS = 200_000
"""More tensors than any published model has; a file that claims more is refused."""
MAX_EXPANSION = 20
"""How many times the bytes on disk a file may grow to in memory ..."""
FREE_BYTES = 2 * 2**30
"""... unless the whole stays below this."""


def refuse_file(code: str, path: Path, why: str, remedy: str) -> Refusal:
    """A refusal that concerns a whole file, not a line of it."""
    return refuse(code, str(path), 0, 0, why, remedy)


def widen_bfloat16(halves: NDArray[np.uint16]) -> NDArray[np.float32]:
    """bfloat16 given as its 16 bits -> float32: exact, the lower half of the bits is zero."""
    import numpy as np

    return (halves.astype("<u4") << np.uint32(16)).view("<f4")
