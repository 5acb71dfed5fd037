"""Counts and rates, added: TensorFlow converts neither to the other's dtype."""

import tensorflow as tf

counts = tf.constant([10, 20, 30])
rates = tf.constant([0.1, 0.2, 0.3])
total = counts + rates
print(total)
