"""Character-level language model with GRU, and sampling from it."""
import os
import tempfile

import tensorflow as tf

text = "the quick brown fox jumps over the lazy dog. " * 20
vocab = sorted(set(text))
print(f"{len(vocab)} unique characters")

ids_from_chars = tf.keras.layers.StringLookup(vocabulary=list(vocab), mask_token=None)
chars_from_ids = tf.keras.layers.StringLookup(vocabulary=ids_from_chars.get_vocabulary(), invert=True, mask_token=None)


def text_from_ids(ids):
    return tf.strings.reduce_join(chars_from_ids(ids), axis=-1)


all_ids = ids_from_chars(tf.strings.unicode_split(text, "UTF-8"))
ids_dataset = tf.data.Dataset.from_tensor_slices(all_ids)
seq_length = 20
sequences = ids_dataset.batch(seq_length + 1, drop_remainder=True)


def split_input_target(sequence):
    input_text = sequence[:-1]
    target_text = sequence[1:]
    return input_text, target_text


BATCH_SIZE = 8
dataset = sequences.map(split_input_target).shuffle(100).batch(BATCH_SIZE, drop_remainder=True).prefetch(1)

vocab_size = len(ids_from_chars.get_vocabulary())


class MyModel(tf.keras.Model):
    def __init__(self, vocab_size, embedding_dim, rnn_units):
        super().__init__()
        self.embedding = tf.keras.layers.Embedding(vocab_size, embedding_dim)
        self.gru = tf.keras.layers.GRU(rnn_units, return_sequences=True, return_state=True)
        self.dense = tf.keras.layers.Dense(vocab_size)

    def call(self, inputs, states=None, return_state=False, training=False):
        x = self.embedding(inputs, training=training)
        if states is None:
            x, states = self.gru(x, training=training)
        else:
            x, states = self.gru(x, initial_state=states, training=training)
        x = self.dense(x, training=training)
        if return_state:
            return x, states
        return x


model = MyModel(vocab_size=vocab_size, embedding_dim=8, rnn_units=16)
for input_example_batch, target_example_batch in dataset.take(1):
    example_batch_predictions = model(input_example_batch)
    print(example_batch_predictions.shape, "# (batch_size, sequence_length, vocab_size)")
sampled_indices = tf.random.categorical(example_batch_predictions[0], num_samples=1)
sampled_indices = tf.squeeze(sampled_indices, axis=-1).numpy()
print(text_from_ids(sampled_indices).numpy())

loss = tf.losses.SparseCategoricalCrossentropy(from_logits=True)
mean_loss = loss(target_example_batch, example_batch_predictions)
print("perplexity", tf.exp(mean_loss).numpy())
model.compile(optimizer="adam", loss=loss)
with tempfile.TemporaryDirectory() as folder:
    callback = tf.keras.callbacks.ModelCheckpoint(os.path.join(folder, "ckpt.weights.h5"), save_weights_only=True)
    model.fit(dataset, epochs=1, callbacks=[callback], verbose=0)

states = None
next_char = tf.constant(["t"])
result = [next_char]
for n in range(10):
    input_chars = tf.strings.unicode_split(next_char, "UTF-8")
    input_ids = ids_from_chars(input_chars).to_tensor()
    predicted_logits, states = model(inputs=input_ids, states=states, return_state=True)
    predicted_logits = predicted_logits[:, -1, :] / 1.0
    predicted_ids = tf.random.categorical(predicted_logits, num_samples=1)
    predicted_ids = tf.squeeze(predicted_ids, axis=-1)
    next_char = chars_from_ids(predicted_ids)
    result.append(next_char)
result = tf.strings.join(result)
print(result[0].numpy().decode("utf-8"))
