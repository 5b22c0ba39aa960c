def bias_add(x, bias, data_format=None):
    """x + bias, the channels last."""
    return x + bias
