"""Names that Keras keeps for itself on layers and models: setting them there is refused or breaks the object."""

RESERVED = frozenset({
    "layers", "input", "output", "inputs", "outputs", "weights", "variables", "losses", "metrics", "path", "dtype",
    "dtype_policy", "name", "trainable", "input_spec", "trainable_weights", "non_trainable_weights",
    "trainable_variables", "non_trainable_variables", "build", "built", "call", "compile", "compute_dtype",
    "compute_mask", "compute_output_shape", "compute_output_spec", "count_params", "evaluate", "export", "fit",
    "from_config", "get_config", "get_layer", "get_weights", "load_weights", "loss", "optimizer", "predict", "save",
    "save_weights", "set_weights", "stateless_call", "summary", "supports_masking", "to_json", "train_step",
    "test_step", "variable_dtype", "quantization_mode", "autocast", "add_loss", "add_weight", "add", "pop",
    "metrics_names", "run_eagerly", "input_shape", "output_shape", "activity_regularizer", "rematerialized_call",
    "quantize", "symbolic_call", "regularizer",
})  # fmt: skip


def safe_attribute(name: str) -> str:
    """An attribute name that Keras leaves alone: a trailing underscore where it does not."""
    return f"{name}_" if name in RESERVED else name
