"""A square matrix times a wide one: fits as it stands."""

import tensorflow as tf

mixing = tf.constant([[0.5, 0.5], [0.1, 0.9]])
rows = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
mixed = tf.matmul(mixing, rows)
print(mixed.shape)
