import keras


def copy_layers(value):
    """A layer, or a container of layers, made alike: not built yet, with weights of its own."""
    if isinstance(value, (list, tuple)):
        return [copy_layers(item) for item in value]
    if isinstance(value, dict):
        return {key: copy_layers(item) for key, item in value.items()}
    if not isinstance(value, keras.layers.Layer):
        return value
    if isinstance(value, keras.Sequential):
        return keras.Sequential(copy_layers(value.layers))
    if isinstance(value, keras.layers.Lambda):
        return keras.layers.Lambda(value.function)
    if type(value).__module__.startswith("keras."):
        config = value.get_config()
        return type(value).from_config({key: item for key, item in config.items() if key != "name"})
    made = type(value).__new__(type(value))
    (keras.Model if isinstance(value, keras.Model) else keras.layers.Layer).__init__(made)
    for key, item in vars(value).items():
        if key in vars(made) or key.startswith(("_tracked", "_self_")):  # what Keras keeps for itself
            continue
        if isinstance(item, keras.Variable):
            start = keras.ops.convert_to_tensor(item)
            item = made.add_weight(
                shape=item.shape, initializer=lambda shape, dtype=None, start=start: start, trainable=item.trainable
            )
        setattr(made, key, copy_layers(item))
    return made
