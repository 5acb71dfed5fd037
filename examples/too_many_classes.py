"""Three classes, encoded as five: the loss cannot compare them with three predictions."""

import numpy as np
import tensorflow as tf

labels = np.array([0, 1, 2, 1, 0])
predictions = tf.nn.softmax(tf.random.normal([5, 3]))
targets = tf.one_hot(labels, depth=5)
loss = tf.keras.losses.CategoricalCrossentropy()(targets, predictions)
print(float(loss))
