"""Base classes of models and settings.

Loading, saving, hooks, gradient checkpointing, sharding and generation are left out.
"""

from .configuration_utils import PreTrainedConfig, PretrainedConfig
from .generation import GenerationMixin
from .models.auto import AutoBackbone, AutoConfig, AutoModel, AutoModelForCausalLM, AutoModelForSeq2SeqLM
from .modeling_utils import PreTrainedModel
