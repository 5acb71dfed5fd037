"""The same product, "corrected" by a transpose that it does not need."""

import tensorflow as tf

mixing = tf.constant([[0.5, 0.5], [0.1, 0.9]])
rows = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
mixed = tf.matmul(mixing, tf.transpose(rows))
print(mixed.shape)
