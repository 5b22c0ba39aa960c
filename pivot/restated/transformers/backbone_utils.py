"""Backbones: models that give the maps of several stages."""


class BackboneMixin:
    """A model whose stages are outputs."""


class BackboneConfigMixin:
    """Settings of a model whose stages are outputs."""

    def set_output_features_output_indices(self, out_features=None, out_indices=None):
        self._out_features = out_features
        self._out_indices = out_indices
