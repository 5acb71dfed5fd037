"""Digits with a small CNN, the first thing everybody trains."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

num_classes = 10
input_shape = (28, 28, 1)

rng = np.random.default_rng(0)
x_train = rng.integers(0, 256, size=(64, 28, 28)).astype("uint8")
y_train = rng.integers(0, 10, size=(64,))
x_test = rng.integers(0, 256, size=(32, 28, 28)).astype("uint8")
y_test = rng.integers(0, 10, size=(32,))

# Scale images to the [0, 1] range
x_train = x_train.astype("float32") / 255
x_test = x_test.astype("float32") / 255
# Make sure images have shape (28, 28, 1)
x_train = np.expand_dims(x_train, -1)
x_test = np.expand_dims(x_test, -1)
print("x_train shape:", x_train.shape)
print(x_train.shape[0], "train samples")

y_train = keras.utils.to_categorical(y_train, num_classes)
y_test = keras.utils.to_categorical(y_test, num_classes)

model = keras.Sequential(
    [
        keras.Input(shape=input_shape),
        layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Conv2D(64, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(num_classes, activation="softmax"),
    ]
)
model.summary()

model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=16, epochs=2, validation_split=0.25, verbose=0)

score = model.evaluate(x_test, y_test, verbose=0)
print("Test loss:", score[0])
print("Test accuracy:", score[1])

probs = model.predict(x_test[:5], verbose=0)
pred = np.argmax(probs, axis=1)
true = np.argmax(y_test[:5], axis=1)
confusion = np.zeros((num_classes, num_classes), dtype=int)
for t, p in zip(true, pred):
    confusion[t, p] += 1
print(confusion)
print("best epoch", int(np.argmin(history.history["val_loss"])) + 1)
