"""CIFAR-style classifier with augmentation layers and a tf.data pipeline."""
import numpy as np
import tensorflow as tf

AUTOTUNE = tf.data.AUTOTUNE
BATCH_SIZE = 8
IMG_SIZE = 32
CLASSES = ["plane", "car", "bird", "cat"]

images = np.random.randint(0, 255, (48, IMG_SIZE, IMG_SIZE, 3), dtype=np.uint8)
labels = np.random.randint(0, len(CLASSES), (48, 1))

data_augmentation = tf.keras.Sequential([
    tf.keras.layers.RandomFlip("horizontal"),
    tf.keras.layers.RandomRotation(0.1),
    tf.keras.layers.RandomZoom(0.1),
])


def preprocess(image, label):
    image = tf.cast(image, tf.float32) / 255.0
    image = tf.image.resize(image, (40, 40))
    image = tf.image.random_crop(image, size=[IMG_SIZE, IMG_SIZE, 3])
    image = tf.image.random_brightness(image, max_delta=0.1)
    image = tf.clip_by_value(image, 0.0, 1.0)
    return image, tf.squeeze(label, axis=-1)


def prepare(ds, shuffle=False, augment=False):
    ds = ds.map(preprocess, num_parallel_calls=AUTOTUNE)
    if shuffle:
        ds = ds.shuffle(100)
    ds = ds.batch(BATCH_SIZE)
    if augment:
        ds = ds.map(lambda x, y: (data_augmentation(x, training=True), y), num_parallel_calls=AUTOTUNE)
    return ds.prefetch(buffer_size=AUTOTUNE)


full = tf.data.Dataset.from_tensor_slices((images, labels))
train_ds = prepare(full.take(32), shuffle=True, augment=True)
val_ds = prepare(full.skip(32))

for image_batch, labels_batch in train_ds.take(1):
    print(image_batch.shape, labels_batch.shape)


def conv_block(x, filters):
    x = tf.keras.layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = tf.keras.layers.BatchNormalization()(x)
    x = tf.keras.layers.ReLU()(x)
    return tf.keras.layers.MaxPool2D()(x)


inputs = tf.keras.Input((IMG_SIZE, IMG_SIZE, 3))
x = inputs
for f in [8, 16, 32]:
    x = conv_block(x, f)
x = tf.keras.layers.GlobalAveragePooling2D()(x)
outputs = tf.keras.layers.Dense(len(CLASSES))(x)
model = tf.keras.Model(inputs, outputs, name="cifar")

model.compile(
    optimizer=tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.ExponentialDecay(1e-3, 100, 0.9)),
    loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(train_ds, validation_data=val_ds, epochs=1, verbose=0)
logits = model.predict(val_ds, verbose=0)
scores = tf.nn.softmax(logits[0])
print("This image most likely is {} with {:.2f}%".format(CLASSES[int(np.argmax(scores))], 100 * float(np.max(scores))))
