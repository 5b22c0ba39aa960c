"""Recording of inner results.

Hidden states and attentions that hooks record are left out.
"""


class OutputRecorder:
    """Which module's results are recorded, and under which name."""

    def __init__(self, target_class, index=0, layer_name=None, class_name=None, **kwargs):
        self.target_class = target_class
        self.index = index
        self.layer_name = layer_name
        self.class_name = class_name


def capture_outputs(func=None, **kwargs):
    if func is not None:
        return func
    return lambda function: function
