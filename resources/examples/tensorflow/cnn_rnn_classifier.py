"""Text classifier: a convolution over token vectors, then a GRU."""

from tensorflow.keras import layers

import tensorflow as tf


class CnnRnnClassifier(tf.keras.Model):
    """ids: (N, T) -> one probability (N, 1)."""

    def __init__(self, vocab_size=5000, embed_dim=64, filters=32, hidden=48):
        super().__init__()
        self.embedding = layers.Embedding(vocab_size, embed_dim)
        self.conv = layers.Conv1D(filters, 5, activation="relu")
        self.pool = layers.MaxPooling1D(2)
        self.gru = layers.GRU(hidden)
        self.dropout = layers.Dropout(0.3)
        self.fc = layers.Dense(1, activation="sigmoid")

    def call(self, ids, training=None):
        x = self.embedding(ids)
        x = self.pool(self.conv(x))
        x = self.gru(x)
        return self.fc(self.dropout(x, training=training))


if __name__ == "__main__":
    ids = tf.zeros((2, 50), dtype="int64")
    print(CnnRnnClassifier()(ids).shape)
