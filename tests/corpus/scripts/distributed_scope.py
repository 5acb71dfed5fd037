"""Keras and own loops under a distribution strategy."""
import os
import tempfile
import numpy as np
import tensorflow as tf

strategy = tf.distribute.get_strategy()
print("Number of devices: {}".format(strategy.num_replicas_in_sync))
BATCH_PER_REPLICA = 8
GLOBAL_BATCH_SIZE = BATCH_PER_REPLICA * strategy.num_replicas_in_sync

images = np.random.rand(32, 28, 28)[..., None].astype(np.float32)
labels = np.random.randint(0, 10, (32,)).astype(np.int64)
train_dataset = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(32).batch(GLOBAL_BATCH_SIZE)


def create_model():
    return tf.keras.Sequential([
        tf.keras.layers.Conv2D(8, 3, activation="relu", input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(10),
    ])


with strategy.scope():
    model = create_model()
    loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")
    test_loss = tf.keras.metrics.Mean(name="test_loss")
    train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="train_accuracy")
    optimizer = tf.keras.optimizers.Adam(learning_rate=0.001)

    def compute_loss(labels, predictions):
        per_example_loss = loss_object(labels, predictions)
        return tf.nn.compute_average_loss(per_example_loss, global_batch_size=GLOBAL_BATCH_SIZE)


def train_step(inputs):
    images, labels = inputs
    with tf.GradientTape() as tape:
        predictions = model(images, training=True)
        loss = compute_loss(labels, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    train_accuracy.update_state(labels, predictions)
    return loss


@tf.function
def distributed_train_step(dataset_inputs):
    per_replica_losses = strategy.run(train_step, args=(dataset_inputs,))
    return strategy.reduce(tf.distribute.ReduceOp.SUM, per_replica_losses, axis=None)


dist_dataset = strategy.experimental_distribute_dataset(train_dataset)
for epoch in range(2):
    total_loss = 0.0
    num_batches = 0
    for x in dist_dataset:
        total_loss += distributed_train_step(x)
        num_batches += 1
    train_loss = total_loss / num_batches
    print("Epoch {}, Loss: {}, Accuracy: {}".format(epoch + 1, train_loss, train_accuracy.result() * 100))
    train_accuracy.reset_state()

with tempfile.TemporaryDirectory() as folder:
    model.save(os.path.join(folder, "model.keras"))
    again = tf.keras.models.load_model(os.path.join(folder, "model.keras"))
    np.testing.assert_allclose(again.predict(images, verbose=0), model.predict(images, verbose=0), atol=1e-4)
