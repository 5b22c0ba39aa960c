"""Models and settings that are looked up by the name of a kind of model.

No name is looked up: a model that holds another one is made with the class of that one.
"""


class AutoConfig:
    """Settings of any model."""


class AutoModel:
    """A model of any kind."""

    @classmethod
    def from_config(cls, config, **kwargs):
        raise NotImplementedError("the class of a model, looked up by its settings")


AutoModelForCausalLM = AutoModel
AutoModelForSeq2SeqLM = AutoModel
AutoBackbone = AutoModel
