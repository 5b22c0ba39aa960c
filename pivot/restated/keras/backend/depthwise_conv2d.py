from keras import ops


def depthwise_conv2d(x, depthwise_kernel, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1)):
    """A convolution of each channel by itself: the kernel is (H, W, channels, results of each)."""
    if data_format == "channels_first":
        raise NotImplementedError("a depthwise convolution of channels first")
    whole = ops.reshape(depthwise_kernel, (*depthwise_kernel.shape[:2], 1, -1))
    return ops.conv(x, whole, strides=strides, padding=padding, dilation_rate=dilation_rate)
