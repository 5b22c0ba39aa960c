def feature_alpha_dropout(input, p=0.5, training=False, inplace=False):
    """The input: nothing is dropped outside of training."""
    if training:
        raise NotImplementedError("feature_alpha_dropout in training")
    return input
