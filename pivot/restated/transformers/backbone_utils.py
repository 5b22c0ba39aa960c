"""Backbones: models that give the maps of several stages."""

from .models.auto import AutoBackbone


class BackboneMixin:
    """A model whose stages are outputs."""


class BackboneConfigMixin:
    """Settings of a model whose stages are outputs."""

    def set_output_features_output_indices(self, out_features=None, out_indices=None):
        self._out_features = out_features
        self._out_indices = out_indices


def load_backbone(config):
    backbone_config = getattr(config, "backbone_config", None)
    return AutoBackbone.from_config(config if backbone_config is None else backbone_config)
