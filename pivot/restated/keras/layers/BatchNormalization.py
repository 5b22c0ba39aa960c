import keras
from keras import ops


class BatchNormalization(keras.layers.Layer):
    """Batch renormalization: outside of training as without it, with more statistics."""

    def __init__(
        self,
        axis=-1,
        momentum=0.99,
        epsilon=0.001,
        center=True,
        scale=True,
        renorm=False,
        **kwargs,
    ):
        super().__init__()
        if axis != -1:
            raise NotImplementedError("batch renormalization of another axis than the last")
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.renorm = renorm

    def build(self, input_shape):
        shape = (input_shape[-1],)
        if self.scale:
            self.gamma = self.add_weight(shape=shape, initializer="ones", name="gamma")
        if self.center:
            self.beta = self.add_weight(shape=shape, initializer="zeros", name="beta")
        self.moving_mean = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="moving_mean")
        self.moving_variance = self.add_weight(shape=shape, initializer="ones", trainable=False, name="moving_variance")
        if self.renorm:
            self.moving_stddev = self.add_weight(shape=shape, initializer="ones", trainable=False, name="moving_stddev")
            self.renorm_mean = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="renorm_mean")
            self.renorm_stddev = self.add_weight(shape=shape, initializer="ones", trainable=False, name="renorm_stddev")

    def call(self, inputs, training=False):
        if training:
            raise NotImplementedError("batch renormalization in training")
        scale = 1.0 / ops.sqrt(self.moving_variance + self.epsilon)
        if self.scale:
            scale = scale * self.gamma
        y = (inputs - self.moving_mean) * scale
        return y + self.beta if self.center else y
