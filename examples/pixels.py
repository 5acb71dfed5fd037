"""Bytes divided by an integer: true division gives floats, all is well."""

import tensorflow as tf

image = tf.zeros([32, 32, 3], tf.uint8)
scaled = image / 255
print(scaled.dtype)
