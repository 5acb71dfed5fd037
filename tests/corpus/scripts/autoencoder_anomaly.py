"""Anomaly detection with a dense autoencoder on ECG-like signals."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, losses
from tensorflow.keras.models import Model

rng = np.random.default_rng(7)
t = np.linspace(0, 2 * np.pi, 140)
normal = np.sin(t)[None, :] + 0.1 * rng.standard_normal((60, 140))
abnormal = np.sin(3 * t)[None, :] + 0.3 * rng.standard_normal((20, 140))
raw_data = np.concatenate([np.c_[normal, np.ones(60)], np.c_[abnormal, np.zeros(20)]])
rng.shuffle(raw_data)

labels = raw_data[:, -1]
data = raw_data[:, 0:-1]
split = int(0.8 * len(data))
train_data, test_data = data[:split], data[split:]
train_labels, test_labels = labels[:split], labels[split:]

min_val = tf.reduce_min(train_data)
max_val = tf.reduce_max(train_data)
train_data = (train_data - min_val) / (max_val - min_val)
test_data = (test_data - min_val) / (max_val - min_val)
train_data = tf.cast(train_data, tf.float32)
test_data = tf.cast(test_data, tf.float32)

train_labels = train_labels.astype(bool)
test_labels = test_labels.astype(bool)
normal_train_data = train_data[train_labels]
normal_test_data = test_data[test_labels]
anomalous_test_data = test_data[~test_labels]


class AnomalyDetector(Model):
    def __init__(self):
        super(AnomalyDetector, self).__init__()
        self.encoder = tf.keras.Sequential([
            layers.Dense(32, activation="relu"),
            layers.Dense(16, activation="relu"),
            layers.Dense(8, activation="relu")])
        self.decoder = tf.keras.Sequential([
            layers.Dense(16, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(140, activation="sigmoid")])

    def call(self, x):
        encoded = self.encoder(x)
        decoded = self.decoder(encoded)
        return decoded


autoencoder = AnomalyDetector()
autoencoder.compile(optimizer="adam", loss="mae")
history = autoencoder.fit(normal_train_data, normal_train_data, epochs=2, batch_size=16,
                          validation_data=(test_data, test_data), shuffle=True, verbose=0)

encoded_data = autoencoder.encoder(normal_test_data).numpy()
decoded_data = autoencoder.decoder(encoded_data).numpy()
print(encoded_data.shape[1], decoded_data.shape[1])

reconstructions = autoencoder.predict(normal_train_data, verbose=0)
train_loss = tf.keras.losses.mae(reconstructions, normal_train_data) if hasattr(tf.keras.losses, "mae") else tf.reduce_mean(
    tf.abs(reconstructions - normal_train_data), axis=-1)
threshold = np.mean(train_loss) + np.std(train_loss)
print("Threshold: ", threshold)


def predict(model, data, threshold):
    reconstructions = model(data)
    loss = tf.reduce_mean(tf.abs(reconstructions - data), axis=-1)
    return tf.math.less(loss, threshold)


def print_stats(predictions, labels):
    p = predictions.numpy()
    tp = np.sum(p & labels)
    fp = np.sum(p & ~labels)
    fn = np.sum(~p & labels)
    print("Accuracy = {:.3f}".format((p == labels).mean()))
    print("Precision = {:.3f}".format(tp / max(tp + fp, 1)))
    print("Recall = {:.3f}".format(tp / max(tp + fn, 1)))


preds = predict(autoencoder, test_data, threshold)
print_stats(preds, test_labels)
