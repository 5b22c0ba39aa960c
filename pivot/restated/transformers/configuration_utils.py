"""Settings of a model, as far as they decide what it computes.

Saving, loading and publishing settings are left out; keys and values are kept for further steps only where `use_cache`
is given.
"""


class RotaryEmbeddingConfigMixin:
    """Settings of rotary positions as one dictionary, whichever of their names a program gives them by."""

    default_theta = 10000.0
    default_rope_type = "default"

    def nested_rope_parameter_keys(self, rope_parameters):
        kinds = getattr(self, "_rope_type_labels", None) or getattr(self, "layer_types", None) or ()
        return [key for key in rope_parameters if key in kinds]

    def convert_rope_params_to_dict(self, **kwargs):
        scaling = kwargs.pop("rope_scaling", None)
        self.rope_parameters = scaling or self.rope_parameters or {}
        theta = kwargs.pop("rope_theta", getattr(self, "rope_theta", self.default_theta))
        factor = kwargs.pop("partial_rotary_factor", getattr(self, "partial_rotary_factor", None))
        keys = self.nested_rope_parameter_keys(self.rope_parameters)
        for parameters in [self.rope_parameters[key] for key in keys] or [self.rope_parameters]:
            if parameters is not None:
                parameters.setdefault("rope_theta", theta)
                if factor is not None:
                    parameters.setdefault("partial_rotary_factor", factor)
        self.standardize_rope_params()
        return kwargs

    def standardize_rope_params(self):
        theta = getattr(self, "rope_theta", None)
        factor = getattr(self, "partial_rotary_factor", None)
        given = getattr(self, "rope_parameters", None) or {}
        if not given and not theta:
            return
        keys = self.nested_rope_parameter_keys(given)
        for parameters in [given[key] for key in keys] or [given]:
            if parameters is None:
                continue
            parameters.setdefault("rope_type", parameters.get("type", "default"))
            parameters.setdefault("rope_theta", theta)
            if factor is not None:
                parameters.setdefault("partial_rotary_factor", factor)
            if self.default_rope_type != "default" and parameters["rope_type"] == "default":
                parameters["rope_type"] = self.default_rope_type
            if parameters["rope_type"] in ("llama3", "yarn", "longrope"):
                longest = self.max_position_embeddings
                if not keys:
                    longest = getattr(self, "original_max_position_embeddings", longest)
                parameters.setdefault("original_max_position_embeddings", longest)
        self.rope_parameters = given


class SubConfigSpec:
    """Of which class the settings of a part are; the program gives the settings themselves."""

    def __init__(self, config_class, model_type=None, init_kwargs=None, optional=False):
        self.config_class = config_class
        self.model_type = model_type
        self.init_kwargs = init_kwargs or {}
        self.optional = optional


class PreTrainedConfig(RotaryEmbeddingConfigMixin):
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
        self.use_cache = False
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
        if hasattr(self, "rope_parameters"):
            kwargs = self.convert_rope_params_to_dict(**kwargs)
        for name, value in kwargs.items():
            setattr(self, name, value)

    def get_text_config(self, decoder=None, encoder=None):
        """The settings of the part that reads or writes text, which a model of several parts keeps below one name."""
        names = [] if encoder and not decoder else ["decoder", "generator", "text_config"]
        names = names if decoder and not encoder else ["text_encoder", *names]
        found = [name for name in names if getattr(self, name, None) is not None]
        if decoder != encoder and not found and self.is_encoder_decoder:
            raise NotImplementedError("settings of one side of a model with an encoder and a decoder")
        return getattr(self, found[0]) if found else self

    def __getattr__(self, name):
        if name in type(self).attribute_map:
            return getattr(self, type(self).attribute_map[name])
        raise AttributeError(name)


PretrainedConfig = PreTrainedConfig
