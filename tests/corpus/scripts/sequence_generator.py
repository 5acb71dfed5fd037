# needs: keras 3
"""Training from a PyDataset and from a Python generator."""
import math
import numpy as np
import tensorflow as tf
import keras


class ImageBatches(keras.utils.PyDataset):
    def __init__(self, images, labels, batch_size=8, shuffle=True, **kwargs):
        super().__init__(**kwargs)
        self.images, self.labels = images, labels
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.indices = np.arange(len(images))

    def __len__(self):
        return math.ceil(len(self.images) / self.batch_size)

    def __getitem__(self, idx):
        low = idx * self.batch_size
        high = min(low + self.batch_size, len(self.images))
        batch = self.indices[low:high]
        x = self.images[batch]
        flip = np.random.rand(len(x)) < 0.5
        x[flip] = x[flip][:, :, ::-1]
        return x, self.labels[batch]

    def on_epoch_end(self):
        if self.shuffle:
            np.random.shuffle(self.indices)


def batches(x, y, size):
    while True:
        ids = np.random.choice(len(x), size)
        yield x[ids], y[ids]


images = np.random.rand(20, 16, 16, 3).astype("float32")
labels = np.random.randint(0, 3, 20)
model = keras.Sequential([
    keras.layers.Input((16, 16, 3)),
    keras.layers.SeparableConv2D(8, 3, activation="relu"),
    keras.layers.GlobalMaxPooling2D(),
    keras.layers.Dense(3, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
seq = ImageBatches(images, labels)
print(len(seq), seq[0][0].shape, seq[len(seq) - 1][1].shape)
model.fit(seq, epochs=1, verbose=0)
model.fit(batches(images, labels, 4), steps_per_epoch=3, epochs=1, verbose=0)

ds = tf.data.Dataset.from_generator(
    lambda: zip(images, labels),
    output_signature=(tf.TensorSpec((16, 16, 3), tf.float32), tf.TensorSpec((), tf.int64)),
)
ds = ds.repeat(2).shuffle(20).batch(5)
print(model.evaluate(ds, verbose=0, return_dict=True))
