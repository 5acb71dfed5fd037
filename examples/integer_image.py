"""The same integers, as an image, are refused by a convolution."""

import numpy as np
import tensorflow as tf

picture = np.full((1, 28, 28, 3), 128, dtype=np.int32)
image = tf.constant(picture)
feature_maps = tf.keras.layers.Conv2D(8, 3, activation="relu")(image)
print(feature_maps.shape)
