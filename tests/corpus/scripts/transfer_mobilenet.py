"""Transfer learning: frozen base, new head, then fine tuning of the last layers."""
import os
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import numpy as np
import tensorflow as tf

IMG_SIZE = (96, 96)
IMG_SHAPE = IMG_SIZE + (3,)

base_model = tf.keras.applications.MobileNetV2(input_shape=IMG_SHAPE, alpha=0.35, include_top=False, weights=None)
base_model.trainable = False

preprocess_input = tf.keras.applications.mobilenet_v2.preprocess_input
global_average_layer = tf.keras.layers.GlobalAveragePooling2D()
prediction_layer = tf.keras.layers.Dense(1)

image_batch = np.random.uniform(0, 255, size=(4, *IMG_SHAPE)).astype(np.float32)
feature_batch = base_model(preprocess_input(image_batch.copy()))
print(feature_batch.shape)
feature_batch_average = global_average_layer(feature_batch)
print(feature_batch_average.shape)
prediction_batch = prediction_layer(feature_batch_average)
print(prediction_batch.shape)

inputs = tf.keras.Input(shape=IMG_SHAPE)
x = tf.keras.layers.RandomFlip("horizontal")(inputs)
x = preprocess_input(x)
x = base_model(x, training=False)
x = global_average_layer(x)
x = tf.keras.layers.Dropout(0.2)(x)
outputs = prediction_layer(x)
model = tf.keras.Model(inputs, outputs)
print("trainable:", len(model.trainable_variables))

model.compile(
    optimizer=tf.keras.optimizers.Adam(learning_rate=1e-4),
    loss=tf.keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[tf.keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")],
)
labels = np.array([0, 1, 1, 0])
model.fit(image_batch, labels, epochs=1, verbose=0)

base_model.trainable = True
fine_tune_at = 100
for layer in base_model.layers[:fine_tune_at]:
    layer.trainable = False
model.compile(optimizer=tf.keras.optimizers.RMSprop(1e-5), loss="binary_crossentropy", metrics=["accuracy"])
print("trainable now:", len(model.trainable_variables))

predictions = model.predict_on_batch(image_batch).flatten()
predictions = tf.nn.sigmoid(predictions)
predictions = tf.where(predictions < 0.5, 0, 1)
print("Predictions:\n", predictions.numpy())
print("Labels:\n", labels, "accuracy", np.mean(predictions.numpy() == labels))
