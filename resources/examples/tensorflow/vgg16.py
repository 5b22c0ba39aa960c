"""VGG16 by subclassing: blocks of convolutions, each block a layer of its own."""

from tensorflow.keras import layers

import tensorflow as tf


class Block(layers.Layer):
    """Convolutions of one width, then half the size."""

    def __init__(self, filters, depth, **kwargs):
        super().__init__(**kwargs)
        self.convs = []
        for _ in range(depth):
            self.convs.append(layers.Conv2D(filters, 3, padding="same"))
        self.pool = layers.MaxPooling2D(2, strides=2)

    def call(self, x):
        """x: (N, H, W, C) -> (N, H // 2, W // 2, filters)."""
        for conv in self.convs:
            x = tf.nn.relu(conv(x))
        return self.pool(x)


class VGG16(tf.keras.Model):
    """x: (N, 32, 32, 3) -> logits (N, num_classes)."""

    def __init__(self, num_classes=10, dropout=0.5):
        super().__init__()
        self.block1 = Block(64, 2, name="block1")
        self.block2 = Block(128, 2, name="block2")
        self.block3 = Block(256, 3, name="block3")
        self.block4 = Block(512, 3, name="block4")
        self.block5 = Block(512, 3, name="block5")
        self.flatten = layers.Flatten()
        self.fc1 = layers.Dense(512, activation="relu")
        self.dropout = layers.Dropout(dropout)
        self.fc2 = layers.Dense(num_classes)

    def call(self, inputs, training=False):
        x = self.block3(self.block2(self.block1(inputs)))
        x = self.block5(self.block4(x))
        x = self.dropout(self.fc1(self.flatten(x)), training=training)
        return self.fc2(x)


if __name__ == "__main__":
    images = tf.random.normal((1, 32, 32, 3))
    print(VGG16()(images).shape)
