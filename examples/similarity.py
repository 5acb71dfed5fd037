"""Similarities of two vectors with one another: one of the factors has to be transposed."""

import tensorflow as tf

vectors = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
similarity = tf.matmul(vectors, vectors)
print(similarity)
