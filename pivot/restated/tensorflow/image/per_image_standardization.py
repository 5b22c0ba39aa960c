from keras import ops


def per_image_standardization(image):
    """Every image with mean 0 and variance 1; the deviation counts as at least 1 / sqrt(number of values)."""
    height, width, channels = image.shape[-3], image.shape[-2], image.shape[-1]
    mean = ops.mean(image, axis=(-3, -2, -1), keepdims=True)
    deviation = ops.std(image, axis=(-3, -2, -1), keepdims=True)
    return (image - mean) / ops.maximum(deviation, 1.0 / (height * width * channels) ** 0.5)
