"""SimCLR-like contrastive pretraining: NT-Xent loss in a custom model."""
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

image_size = 32
width = 16
temperature = 0.1
batch = 8


class RandomColorAffine(layers.Layer):
    def __init__(self, brightness=0.0, jitter=0.0, **kwargs):
        super().__init__(**kwargs)
        self.brightness = brightness
        self.jitter = jitter

    def call(self, images, training=True):
        if training:
            batch_size = tf.shape(images)[0]
            brightness_scales = 1 + tf.random.uniform((batch_size, 1, 1, 1), -self.brightness, self.brightness)
            jitter_matrices = tf.random.uniform((batch_size, 1, 3, 3), -self.jitter, self.jitter)
            color_transforms = tf.eye(3, batch_shape=[batch_size, 1]) * brightness_scales + jitter_matrices
            images = tf.clip_by_value(tf.matmul(images, color_transforms), 0, 1)
        return images


def get_augmenter(brightness, jitter):
    return keras.Sequential([
        keras.Input(shape=(image_size, image_size, 3)),
        layers.RandomFlip("horizontal"),
        layers.RandomTranslation(0.1, 0.1),
        RandomColorAffine(brightness, jitter),
    ])


def get_encoder():
    return keras.Sequential([
        layers.Conv2D(width, kernel_size=3, strides=2, activation="relu"),
        layers.Conv2D(width, kernel_size=3, strides=2, activation="relu"),
        layers.Flatten(),
        layers.Dense(width, activation="relu"),
    ], name="encoder")


class ContrastiveModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.contrastive_augmenter = get_augmenter(0.6, 0.2)
        self.encoder = get_encoder()
        self.projection_head = keras.Sequential(
            [keras.Input(shape=(width,)), layers.Dense(width, activation="relu"), layers.Dense(width)])
        self.loss_tracker = keras.metrics.Mean(name="c_loss")
        self.accuracy = keras.metrics.SparseCategoricalAccuracy(name="c_acc")

    @property
    def metrics(self):
        return [self.loss_tracker, self.accuracy]

    def contrastive_loss(self, projections_1, projections_2):
        projections_1 = tf.math.l2_normalize(projections_1, axis=1)
        projections_2 = tf.math.l2_normalize(projections_2, axis=1)
        similarities = tf.matmul(projections_1, projections_2, transpose_b=True) / temperature
        batch_size = tf.shape(projections_1)[0]
        contrastive_labels = tf.range(batch_size)
        self.accuracy.update_state(contrastive_labels, similarities)
        self.accuracy.update_state(contrastive_labels, tf.transpose(similarities))
        loss_1_2 = keras.losses.sparse_categorical_crossentropy(contrastive_labels, similarities, from_logits=True)
        loss_2_1 = keras.losses.sparse_categorical_crossentropy(
            contrastive_labels, tf.transpose(similarities), from_logits=True)
        return tf.reduce_mean(loss_1_2 + loss_2_1) / 2

    def train_step(self, images):
        a = self.contrastive_augmenter(images, training=True)
        b = self.contrastive_augmenter(images, training=True)
        with tf.GradientTape() as tape:
            f1 = self.encoder(a, training=True)
            f2 = self.encoder(b, training=True)
            p1 = self.projection_head(f1, training=True)
            p2 = self.projection_head(f2, training=True)
            loss = self.contrastive_loss(p1, p2)
        weights = self.encoder.trainable_weights + self.projection_head.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        self.loss_tracker.update_state(loss)
        return {m.name: m.result() for m in self.metrics}


images = tf.random.uniform((16, image_size, image_size, 3))
ds = tf.data.Dataset.from_tensor_slices(images).batch(batch, drop_remainder=True)
model = ContrastiveModel()
model.compile(optimizer=keras.optimizers.Adam())
model.fit(ds, epochs=1, verbose=0)

features = model.encoder(images)
normed = tf.linalg.normalize(features, axis=1)[0]
sim = tf.matmul(normed, normed, transpose_b=True)
sim = tf.linalg.set_diag(sim, tf.fill([sim.shape[0]], -1.0))
values, neighbours = tf.math.top_k(sim, k=3)
print(values.shape, neighbours.shape)
