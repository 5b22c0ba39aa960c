def bias_add(value, bias, data_format=None, name=None):
    """value + bias, the channels last."""
    return value + bias
