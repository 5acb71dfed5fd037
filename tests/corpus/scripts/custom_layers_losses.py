"""Own layers, losses, metrics, callbacks, constraints in one place."""
import tensorflow as tf
from tensorflow import keras


class Linear(keras.layers.Layer):
    def __init__(self, units=32, rate=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.rate = rate

    def build(self, input_shape):
        self.w = self.add_weight(name="w", shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True)
        self.b = self.add_weight(name="b", shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        self.add_loss(self.rate * tf.reduce_sum(tf.square(self.w)))
        return tf.matmul(inputs, self.w) + self.b


class SEBlock(keras.layers.Layer):
    def __init__(self, ratio=4):
        super().__init__()
        self.ratio = ratio

    def build(self, input_shape):
        channels = input_shape[-1]
        self.squeeze = keras.layers.GlobalAveragePooling2D(keepdims=True)
        self.fc1 = keras.layers.Dense(channels // self.ratio, activation="relu")
        self.fc2 = keras.layers.Dense(channels, activation="sigmoid")

    def call(self, x):
        return x * self.fc2(self.fc1(self.squeeze(x)))


class FocalLoss(keras.losses.Loss):
    def __init__(self, gamma=2.0, alpha=0.25, name="focal"):
        super().__init__(name=name)
        self.gamma, self.alpha = gamma, alpha

    def call(self, y_true, y_pred):
        y_true = tf.cast(y_true, y_pred.dtype)
        p = tf.clip_by_value(y_pred, 1e-7, 1 - 1e-7)
        ce = -y_true * tf.math.log(p)
        weight = self.alpha * y_true * tf.pow(1 - p, self.gamma)
        return tf.reduce_sum(weight * ce, axis=-1)


class MacroF1(keras.metrics.Metric):
    def __init__(self, num_classes, name="macro_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.num_classes = num_classes
        self.cm = self.add_weight(name="cm", shape=(num_classes, num_classes), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        t = tf.argmax(y_true, axis=-1)
        p = tf.argmax(y_pred, axis=-1)
        self.cm.assign_add(tf.math.confusion_matrix(t, p, self.num_classes, dtype=tf.float32))

    def result(self):
        tp = tf.linalg.diag_part(self.cm)
        precision = tp / (tf.reduce_sum(self.cm, axis=0) + 1e-7)
        recall = tp / (tf.reduce_sum(self.cm, axis=1) + 1e-7)
        return tf.reduce_mean(2 * precision * recall / (precision + recall + 1e-7))

    def reset_state(self):
        self.cm.assign(tf.zeros((self.num_classes, self.num_classes)))


class StopAt(keras.callbacks.Callback):
    def __init__(self, threshold):
        super().__init__()
        self.threshold = threshold
        self.history = []

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        self.history.append(logs.get("loss"))
        if logs.get("loss", 1e9) < self.threshold:
            print("stopping at", epoch)
            self.model.stop_training = True


def lr_schedule(epoch, lr):
    return lr if epoch < 2 else lr * 0.5


inputs = keras.Input((16, 16, 3))
x = keras.layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
x = SEBlock()(x)
x = keras.layers.GlobalMaxPooling2D()(x)
x = Linear(16)(x)
outputs = keras.layers.Dense(3, activation="softmax")(x)
model = keras.Model(inputs, outputs)
model.compile("adam", FocalLoss(), metrics=[MacroF1(3), "accuracy"])
X = tf.random.uniform((24, 16, 16, 3))
Y = tf.one_hot(tf.random.uniform((24,), 0, 3, dtype=tf.int32), 3)
stop = StopAt(0.01)
model.fit(X, Y, epochs=2, batch_size=8, callbacks=[stop, keras.callbacks.LearningRateScheduler(lr_schedule)], verbose=0)
metric = MacroF1(3)
metric.update_state(Y, model(X))
print(stop.history, metric.result().numpy(), [w.shape for w in model.layers[-2].weights])
