"""AlexNet for 224x224 colour images, as a stack of layers."""

from tensorflow.keras import layers

import tensorflow as tf
from tensorflow import keras


def alexnet(num_classes=10, dropout=0.5):
    """x: (N, 224, 224, 3) -> probabilities (N, num_classes)."""
    return keras.Sequential(
        [
            keras.Input(shape=(224, 224, 3)),
            layers.Conv2D(96, 11, strides=4, padding="valid", activation="relu"),
            layers.MaxPooling2D(3, strides=2),
            layers.Conv2D(256, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(3, strides=2),
            layers.Conv2D(384, 3, padding="same", activation="relu"),
            layers.Conv2D(384, 3, padding="same", activation="relu"),
            layers.Conv2D(256, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(3, strides=2),
            layers.Flatten(),
            # the classifier
            layers.Dense(512, activation="relu"),
            layers.Dropout(dropout),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )


if __name__ == "__main__":
    images = tf.random.normal((1, 224, 224, 3))
    print(alexnet()(images).shape)
