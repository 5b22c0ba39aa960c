"""Ops for which TensorFlow computes in float32, or keeps a constant in it, when everything else is float64.

Measured on Keras 3.15 with TensorFlow 2.21 against NumPy. The same Keras code on Keras' torch backend is exact for
these (which in turn is not for others: reductions of plain arrays, ops.normalize). Taking the smaller error of the two
backends tells a framework's constant from a defect of the conversion, which shows on both.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Float32Constant:
    """`limit`: the relative error that it explains at most; `why`: one line for people."""

    limit: float
    why: str


ROUNDED = 6e-8  # a constant in float32 is off by 2**-24 of itself at most

FLOAT32_CONSTANTS: dict[str, Float32Constant] = {
    "gelu": Float32Constant(1e-8, "TensorFlow's gelu keeps its constants in float32"),
    "leaky_relu": Float32Constant(ROUNDED, "TensorFlow's leaky_relu keeps its slope in float32"),
    "rescale": Float32Constant(1e-7, "Keras' Rescaling keeps its scale in float32 on TensorFlow"),
    "rescaling": Float32Constant(1e-7, "Keras' Rescaling keeps its scale in float32 on TensorFlow"),
    "normalization": Float32Constant(5e-8, "Keras' Normalization keeps mean and variance in float32 on TensorFlow"),
    "scaled_dot_product_attention": Float32Constant(
        5e-8, "TensorFlow's dot_product_attention computes its scale in float32"
    ),
    "resize": Float32Constant(6e-7, "TensorFlow resizes images in float32"),
    "interpolate": Float32Constant(3e-7, "TensorFlow resizes images in float32"),
    "upsample": Float32Constant(3e-7, "TensorFlow resizes images in float32"),
}
"""Op name of a node, or what it begins with -> what is known."""

CAST_NUMBERS: dict[str, Float32Constant] = {
    "mul": Float32Constant(ROUNDED, "TensorFlow has a number in float32 first where it is cast"),
}
"""The same of programs for Keras, which cast the numbers that they compute with: no generated program does."""

LARGEST_LIMIT = max(constant.limit for constant in FLOAT32_CONSTANTS.values())


def known_constant(op: str, of_source: bool = False) -> Float32Constant | None:
    """What is known of an op; "gelu_tanh" and "resize2d" are covered by "gelu" and "resize".

    `of_source`: in a program for Keras that somebody wrote.
    """
    if of_source and op in CAST_NUMBERS:
        return CAST_NUMBERS[op]
    return next((constant for name, constant in FLOAT32_CONSTANTS.items() if op.startswith(name)), None)
