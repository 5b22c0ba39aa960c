"""Names that Python always binds, and library constants whose value is known."""

from __future__ import annotations

import builtins as python
import math

from pivot.reading.values import Origin, Value

NAMES = {n for n in dir(python) if not n.startswith("_")} | {"__import__"}


CONSTANTS: dict[str, object] = {
    "math.pi": math.pi,
    "math.e": math.e,
    "math.inf": math.inf,
    "math.nan": math.nan,
    "math.tau": math.tau,
    "numpy.newaxis": None,
    "numpy.pi": math.pi,
    "numpy.e": math.e,
    "numpy.inf": math.inf,
    "torch.pi": math.pi,
    "torch.__version__": "2.8.0",
    "tensorflow.__version__": "2.21.0",
    "tensorflow.version.VERSION": "2.21.0",
    "tensorflow.VERSION": "2.21.0",
    "keras.__version__": "3.15.1",
    "torch.inf": math.inf,
    "tensorflow.image.ResizeMethod.NEAREST_NEIGHBOR": "nearest",
    "tensorflow.image.ResizeMethod.BILINEAR": "bilinear",
    "tensorflow.image.ResizeMethod.BICUBIC": "bicubic",
    "sys.maxsize": 2**63 - 1,
    "logging.DEBUG": 10,
    "logging.INFO": 20,
    "logging.WARNING": 30,
    "logging.ERROR": 40,
    "logging.CRITICAL": 50,
    "typing.TYPE_CHECKING": False,
    "os.sep": "/",
    "builtins.Ellipsis": ...,
}


def api_constant(name: str) -> Value | None:
    """A library constant whose value is known."""
    return Value(CONSTANTS[name], Origin("literal", None, name)) if name in CONSTANTS else None
