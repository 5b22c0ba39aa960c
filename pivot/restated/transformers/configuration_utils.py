"""Settings of a model, as far as they decide what it computes.

Saving, loading and publishing settings are left out.
"""


class PreTrainedConfig:
    """Settings by name. Class attributes are the defaults; `attribute_map` gives further names to some of them."""

    model_type = ""
    attribute_map = {}
    sub_configs = {}
    is_encoder_decoder = False
    output_hidden_states = False
    output_attentions = False
    return_dict = True
    use_return_dict = True
    chunk_size_feed_forward = 0
    tie_word_embeddings = True
    problem_type = None
    id2label = None
    dtype = None
    _attn_implementation = None

    def __init__(self, **kwargs):
        others = {}
        for name, value in kwargs.items():
            name = self.attribute_map.get(name, name)
            if hasattr(type(self), name):
                setattr(self, name, value)
            else:
                others[name] = value
        self.__post_init__(**others)

    def __post_init__(self, **kwargs):
        if self.id2label is None:
            self.num_labels = kwargs.pop("num_labels", 2)
        else:
            self.num_labels = len(self.id2label)
        for name, value in kwargs.items():
            setattr(self, name, value)

    def __getattr__(self, name):
        if name in type(self).attribute_map:
            return getattr(self, type(self).attribute_map[name])
        raise AttributeError(name)


PretrainedConfig = PreTrainedConfig
