"""Mixed precision: float16 compute, float32 softmax; scaled loss in an own loop where possible."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers, mixed_precision

mixed_precision.set_global_policy("mixed_float16")
policy = mixed_precision.global_policy()
print("Compute dtype:", policy.compute_dtype, "Variable dtype:", policy.variable_dtype)

inputs = keras.Input(shape=(784,), name="digits")
num_units = 64
dense1 = layers.Dense(num_units, activation="relu", name="dense_1")
x = dense1(inputs)
dense2 = layers.Dense(num_units, activation="relu", name="dense_2")
x = dense2(x)
print(dense1.dtype_policy, "x.dtype:", x.dtype, "kernel:", dense1.kernel.dtype)
x = layers.Dense(10, name="dense_logits")(x)
outputs = layers.Activation("softmax", dtype="float32", name="predictions")(x)
print("Outputs dtype:", outputs.dtype)

model = keras.Model(inputs=inputs, outputs=outputs)
model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.RMSprop(), metrics=["accuracy"])

x_train = np.random.rand(32, 784).astype("float32")
y_train = np.random.randint(0, 10, 32)
model.fit(x_train, y_train, batch_size=16, epochs=1, verbose=0)

half = tf.cast(x_train, tf.float16)
hidden = dense1(half)
assert hidden.dtype == tf.float16
total = tf.reduce_sum(tf.cast(hidden, tf.float32))
print(total.numpy(), model(x_train).dtype)


class Scale(layers.Layer):
    def build(self, input_shape):
        self.alpha = self.add_weight(name="alpha", shape=(input_shape[-1],), initializer="ones")

    def call(self, inputs):
        return inputs * tf.cast(self.alpha, inputs.dtype)


scaled = Scale()(hidden)
print(scaled.dtype, scaled.shape)
mixed_precision.set_global_policy("float32")
