def real(input):
    """The real part; of what has no other, itself."""
    return input[0] if isinstance(input, tuple) else input
