"""Base classes of layers.

Gradient checkpointing is left out.
"""

from torch import nn

GradientCheckpointingLayer = nn.Module
