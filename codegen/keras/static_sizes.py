"""Layers of Keras that need spatial sizes as numbers when a model is built symbolically (Keras 3.15)."""

NEEDS_NUMBERS = frozenset(
    f"keras.{place}"
    for place in (
        "layers.AdaptiveAveragePooling1D",
        "layers.AdaptiveAveragePooling2D",
        "layers.AdaptiveAveragePooling3D",
        "layers.AdaptiveMaxPooling1D",
        "layers.AdaptiveMaxPooling2D",
        "layers.AdaptiveMaxPooling3D",
        "ops.adaptive_average_pool",
        "ops.adaptive_max_pool",
    )
)
