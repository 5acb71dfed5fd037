"""Prices in whole units, halved: TensorFlow does not turn integers into floats by itself."""

import tensorflow as tf

prices = tf.constant([1, 2])
reduced = prices * 0.5
print(reduced)
