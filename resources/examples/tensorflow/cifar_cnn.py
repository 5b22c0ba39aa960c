"""A small convolutional network for 32x32 colour images."""

from tensorflow.keras import layers, models

import tensorflow as tf


def build_model(num_classes=10):
    """x: (N, 32, 32, 3) -> logits (N, num_classes)."""
    model = models.Sequential()
    model.add(layers.Conv2D(32, (3, 3), activation="relu", input_shape=(32, 32, 3)))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Conv2D(64, (3, 3), activation="relu"))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Conv2D(64, (3, 3), activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(num_classes))
    return model


if __name__ == "__main__":
    images = tf.random.normal((4, 32, 32, 3))
    print(build_model()(images).shape)
