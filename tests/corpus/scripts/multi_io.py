"""Ticket routing: three inputs, two outputs, dict losses and loss weights."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

num_tags = 12
num_words = 100
num_departments = 4

title_input = keras.Input(shape=(None,), name="title")
body_input = keras.Input(shape=(None,), name="body")
tags_input = keras.Input(shape=(num_tags,), name="tags")

title_features = layers.Embedding(num_words, 8)(title_input)
body_features = layers.Embedding(num_words, 8)(body_input)
title_features = layers.LSTM(16)(title_features)
body_features = layers.Bidirectional(layers.LSTM(8))(body_features)

x = layers.concatenate([title_features, body_features, tags_input])
priority_pred = layers.Dense(1, name="priority")(x)
department_pred = layers.Dense(num_departments, name="department")(x)

model = keras.Model(
    inputs=[title_input, body_input, tags_input],
    outputs={"priority": priority_pred, "department": department_pred},
)
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-3),
    loss={
        "priority": keras.losses.BinaryCrossentropy(from_logits=True),
        "department": keras.losses.CategoricalCrossentropy(from_logits=True),
    },
    loss_weights={"priority": 1.0, "department": 0.2},
    metrics={"department": ["accuracy"]},
)

title_data = np.random.randint(num_words, size=(32, 6))
body_data = np.random.randint(num_words, size=(32, 20))
tags_data = np.random.randint(2, size=(32, num_tags)).astype("float32")
priority_targets = np.random.randint(2, size=(32, 1)).astype("float32")
dept_targets = keras.utils.to_categorical(np.random.randint(num_departments, size=32), num_departments)

model.fit(
    {"title": title_data, "body": body_data, "tags": tags_data},
    {"priority": priority_targets, "department": dept_targets},
    epochs=1,
    batch_size=16,
    verbose=0,
)
pred = model.predict({"title": title_data[:4], "body": body_data[:4], "tags": tags_data[:4]}, verbose=0)
priority = 1 / (1 + np.exp(-pred["priority"]))
department = pred["department"].argmax(axis=-1)
for p, d in zip(priority[:, 0], department):
    print("%.2f -> department %d" % (p, d))
