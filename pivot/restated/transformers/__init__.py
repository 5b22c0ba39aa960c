"""Base classes of models and settings.

Loading, saving, hooks, gradient checkpointing, sharding and generation are left out.
"""

from .configuration_utils import PreTrainedConfig, PretrainedConfig
from .generation import GenerationMixin
from .modeling_utils import PreTrainedModel
