"""Writing TFRecords, parsing them, training from the parsed pipeline."""
import os
import tempfile
import numpy as np
import tensorflow as tf


def _bytes_feature(value):
    if isinstance(value, type(tf.constant(0))):
        value = value.numpy()
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


def _int64_feature(value):
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))


def _float_list(values):
    return tf.train.Feature(float_list=tf.train.FloatList(value=values))


def serialize(image, label, extra):
    feature = {
        "image": _bytes_feature(tf.io.encode_png(image)),
        "label": _int64_feature(int(label)),
        "extra": _float_list(extra.tolist()),
    }
    return tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString()


feature_description = {
    "image": tf.io.FixedLenFeature([], tf.string),
    "label": tf.io.FixedLenFeature([], tf.int64, default_value=0),
    "extra": tf.io.FixedLenFeature([3], tf.float32),
}


def parse(record):
    example = tf.io.parse_single_example(record, feature_description)
    image = tf.io.decode_png(example["image"], channels=3)
    image = tf.image.convert_image_dtype(image, tf.float32)
    image = tf.image.resize(image, [24, 24])
    image = tf.image.random_flip_left_right(image)
    image = tf.image.per_image_standardization(image)
    return {"image": image, "extra": example["extra"]}, tf.one_hot(example["label"], 4)


folder = tempfile.mkdtemp()
paths = []
for shard in range(2):
    path = os.path.join(folder, f"data-{shard:02d}.tfrecord")
    with tf.io.TFRecordWriter(path) as writer:
        for _ in range(8):
            img = np.random.randint(0, 255, (32, 32, 3)).astype(np.uint8)
            writer.write(serialize(img, np.random.randint(4), np.random.rand(3)))
    paths.append(path)

files = tf.data.Dataset.list_files(os.path.join(folder, "*.tfrecord"))
ds = files.interleave(tf.data.TFRecordDataset, cycle_length=2, num_parallel_calls=tf.data.AUTOTUNE)
ds = ds.map(parse, num_parallel_calls=tf.data.AUTOTUNE).shuffle(16).batch(4).prefetch(tf.data.AUTOTUNE)
for features, target in ds.take(1):
    print({k: v.shape for k, v in features.items()}, target.shape)

image_in = tf.keras.Input((24, 24, 3), name="image")
extra_in = tf.keras.Input((3,), name="extra")
h = tf.keras.layers.Conv2D(4, 3, activation="relu")(image_in)
h = tf.keras.layers.GlobalAveragePooling2D()(h)
h = tf.keras.layers.Concatenate()([h, extra_in])
model = tf.keras.Model({"image": image_in, "extra": extra_in}, tf.keras.layers.Dense(4, activation="softmax")(h))
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(ds, epochs=1, verbose=0)
print(len(paths), "shards", model.evaluate(ds, verbose=0))
