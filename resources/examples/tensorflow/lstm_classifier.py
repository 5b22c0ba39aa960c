"""Sentiment classifier: two LSTM layers over token ids."""

from tensorflow.keras import layers

import tensorflow as tf


class LSTMClassifier(tf.keras.Model):
    """ids: (N, T) -> probabilities (N, num_classes)."""

    def __init__(self, vocab_size=5000, embed_dim=64, hidden=64, num_classes=2):
        super().__init__()
        self.embedding = layers.Embedding(vocab_size, embed_dim)
        self.encoder = layers.LSTM(hidden, return_sequences=True)
        self.decoder = layers.LSTM(32)
        self.dropout = layers.Dropout(0.5)
        self.fc = layers.Dense(num_classes, activation="softmax")

    def call(self, ids, training=None):
        x = self.embedding(ids)
        x = self.decoder(self.encoder(x))
        x = self.dropout(x, training=training)
        return self.fc(x)


if __name__ == "__main__":
    ids = tf.zeros((2, 40), dtype="int64")
    print(LSTMClassifier()(ids).shape)
