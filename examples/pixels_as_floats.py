"""Bytes divided by a float: refused, the float does not fit among bytes."""

import tensorflow as tf

image = tf.zeros([32, 32, 3], tf.uint8)
scaled = image / 255.0
print(scaled.dtype)
