def add_n(inputs, name=None):
    """The sum of tensors of one shape."""
    total = inputs[0]
    for other in inputs[1:]:
        total = total + other
    return total
