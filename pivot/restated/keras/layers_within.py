import keras


def layers_within(layer: keras.layers.Layer):
    """A layer and all that are inside it, each once, in the order in which they were set."""
    found = [layer]
    for inner in layer._flatten_layers(include_self=False, recursive=False):
        found += [each for each in layers_within(inner) if each not in found]
    return found
