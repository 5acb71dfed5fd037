"""Sentiment with TextVectorization and an Embedding, from the strings on."""
import re
import string

import tensorflow as tf
from tensorflow.keras import layers, losses

max_features = 200
sequence_length = 20
embedding_dim = 16

pos = ["a <br />great film, I loved it!", "wonderful and moving", "best movie of the year", "great great great acting"]
neg = ["terrible plot and bad acting", "I hated every minute", "worst <br /> film ever.", "boring, bad, awful"]
texts = tf.constant(pos * 4 + neg * 4)
labels = tf.constant([1] * 16 + [0] * 16)

raw_train_ds = tf.data.Dataset.from_tensor_slices((texts, labels)).shuffle(64).batch(8)


def custom_standardization(input_data):
    lowercase = tf.strings.lower(input_data)
    stripped_html = tf.strings.regex_replace(lowercase, "<br />", " ")
    return tf.strings.regex_replace(stripped_html, "[%s]" % re.escape(string.punctuation), "")


vectorize_layer = layers.TextVectorization(
    standardize=custom_standardization,
    max_tokens=max_features,
    output_mode="int",
    output_sequence_length=sequence_length,
)
train_text = raw_train_ds.map(lambda x, y: x)
vectorize_layer.adapt(train_text)


def vectorize_text(text, label):
    text = tf.expand_dims(text, -1)
    return vectorize_layer(text), label


text_batch, label_batch = next(iter(raw_train_ds))
first_review, first_label = text_batch[0], label_batch[0]
print("Vectorized", vectorize_text(first_review, first_label))
print("Vocabulary size: {}".format(len(vectorize_layer.get_vocabulary())))

train_ds = raw_train_ds.map(vectorize_text).cache().prefetch(tf.data.AUTOTUNE)

model = tf.keras.Sequential([
    layers.Embedding(max_features, embedding_dim),
    layers.Dropout(0.2),
    layers.GlobalAveragePooling1D(),
    layers.Dropout(0.2),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(loss=losses.BinaryCrossentropy(), optimizer="adam", metrics=[tf.metrics.BinaryAccuracy(threshold=0.5)])
history = model.fit(train_ds, epochs=2, verbose=0)
loss, accuracy = model.evaluate(train_ds, verbose=0)

export_model = tf.keras.Sequential([vectorize_layer, model, layers.Activation("linear")])
export_model.compile(loss=losses.BinaryCrossentropy(from_logits=False), optimizer="adam", metrics=["accuracy"])
examples = tf.constant([["The movie was great!"], ["The movie was okay."], ["The movie was terrible..."]])
print(export_model(examples))
for epoch, (l, a) in enumerate(zip(history.history["loss"], history.history["binary_accuracy"])):
    print(f"{epoch}: loss {l:.3f} accuracy {a:.3f}")
