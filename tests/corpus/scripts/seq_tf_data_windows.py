"""Weather forecasting with a WindowGenerator class over tf.data."""
import numpy as np
import tensorflow as tf


class WindowGenerator:
    def __init__(self, input_width, label_width, shift, train, val, columns, label_columns=None):
        self.train_arr, self.val_arr = train, val
        self.columns = columns
        self.label_columns = label_columns
        self.column_indices = {name: i for i, name in enumerate(columns)}
        self.input_width, self.label_width, self.shift = input_width, label_width, shift
        self.total_window_size = input_width + shift
        self.input_slice = slice(0, input_width)
        self.label_start = self.total_window_size - self.label_width
        self.labels_slice = slice(self.label_start, None)

    def split_window(self, features):
        inputs = features[:, self.input_slice, :]
        labels = features[:, self.labels_slice, :]
        if self.label_columns is not None:
            labels = tf.stack([labels[:, :, self.column_indices[name]] for name in self.label_columns], axis=-1)
        inputs.set_shape([None, self.input_width, None])
        labels.set_shape([None, self.label_width, None])
        return inputs, labels

    def make_dataset(self, data):
        data = np.array(data, dtype=np.float32)
        ds = tf.keras.utils.timeseries_dataset_from_array(
            data=data, targets=None, sequence_length=self.total_window_size, sequence_stride=1, shuffle=True, batch_size=16)
        return ds.map(self.split_window)

    @property
    def train(self):
        return self.make_dataset(self.train_arr)

    @property
    def val(self):
        return self.make_dataset(self.val_arr)


columns = ["T", "p", "rh"]
t = np.arange(200)
frame = np.stack([np.sin(t / 10.0), np.cos(t / 7.0), np.random.rand(200)], axis=-1)
train, val = frame[:140], frame[140:]
mean, std = train.mean(0, keepdims=True), train.std(0, keepdims=True)
train, val = (train - mean) / std, (val - mean) / std

OUT_STEPS = 4
wide = WindowGenerator(12, OUT_STEPS, OUT_STEPS, train, val, columns)
single = WindowGenerator(6, 1, 1, train, val, columns, label_columns=["T"])


class FeedBack(tf.keras.Model):
    def __init__(self, units, out_steps, num_features):
        super().__init__()
        self.out_steps = out_steps
        self.units = units
        self.lstm_cell = tf.keras.layers.LSTMCell(units)
        self.lstm_rnn = tf.keras.layers.RNN(self.lstm_cell, return_state=True)
        self.dense = tf.keras.layers.Dense(num_features)

    def warmup(self, inputs):
        x, *state = self.lstm_rnn(inputs)
        prediction = self.dense(x)
        return prediction, state

    def call(self, inputs, training=None):
        predictions = []
        prediction, state = self.warmup(inputs)
        predictions.append(prediction)
        for n in range(1, self.out_steps):
            x, state = self.lstm_cell(prediction, states=state, training=training)
            prediction = self.dense(x)
            predictions.append(prediction)
        predictions = tf.stack(predictions)
        return tf.transpose(predictions, [1, 0, 2])


feedback = FeedBack(8, OUT_STEPS, len(columns))
for example_inputs, example_labels in wide.train.take(1):
    print(example_inputs.shape, example_labels.shape, feedback(example_inputs).shape)
feedback.compile(loss=tf.keras.losses.MeanSquaredError(), optimizer="adam", metrics=[tf.keras.metrics.MeanAbsoluteError()])
feedback.fit(wide.train, epochs=1, validation_data=wide.val, verbose=0)

dense = tf.keras.Sequential([
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(8, activation="relu"),
    tf.keras.layers.Dense(1),
    tf.keras.layers.Reshape([1, -1]),
])
dense.compile(loss="mse", optimizer="adam")
dense.fit(single.train, epochs=1, verbose=0)
ds = tf.data.Dataset.range(20).window(5, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(5))
ds = ds.map(lambda w: (w[:-1], w[-1:])).shuffle(10).batch(4)
for xs, ys in ds.take(1):
    print(xs.shape, ys.shape)
