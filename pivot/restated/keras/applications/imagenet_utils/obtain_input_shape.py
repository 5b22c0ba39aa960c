def obtain_input_shape(
    input_shape, default_size, min_size, data_format, require_flatten=None, weights=None, include_top=None
):
    """The shape of the images that a model takes. `include_top` is what Keras 2.0 called `require_flatten`."""
    if include_top is not None:
        require_flatten = include_top
    first = data_format == "channels_first"
    channels = 3
    if weights != "imagenet" and input_shape and len(input_shape) == 3:
        channels = input_shape[0] if first else input_shape[-1]
    default_shape = (channels, default_size, default_size) if first else (default_size, default_size, channels)
    if weights == "imagenet" and require_flatten:
        if input_shape is not None and tuple(input_shape) != default_shape:
            raise ValueError(f"with include_top=True and the weights of ImageNet, input_shape is {default_shape}")
        return default_shape
    if not input_shape:
        if require_flatten:
            return default_shape
        return (channels, None, None) if first else (None, None, channels)
    if len(input_shape) != 3:
        raise ValueError("input_shape has three sizes")
    sizes = input_shape[1:] if first else input_shape[:2]
    if weights == "imagenet" and (input_shape[0] if first else input_shape[-1]) != 3:
        raise ValueError("the weights of ImageNet are for images with 3 channels")
    for size in sizes:
        if size is not None and size < min_size:
            raise ValueError(f"images are at least {min_size} x {min_size}")
    if require_flatten and None in input_shape:
        raise ValueError("with include_top=True, input_shape is given without None")
    return input_shape
