def in_train_phase(x, alt, training=None):
    """One value in training, another one outside of it; each may be a function that gives it."""
    if training is None:
        raise NotImplementedError("K.in_train_phase that is told no training= (hand on that of call())")
    if training:
        return x() if callable(x) else x
    return alt() if callable(alt) else alt
