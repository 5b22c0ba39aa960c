"""Models that are looked up by the name of a kind of model."""

from . import AutoBackbone, AutoModel, AutoModelForCausalLM, AutoModelForSeq2SeqLM
