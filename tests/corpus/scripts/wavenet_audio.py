"""Spectrograms with tf.signal and a small gated dilated net."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models

SAMPLE_RATE = 4000
LABELS = np.array(["yes", "no", "up"])
audio = np.random.uniform(-1, 1, (12, SAMPLE_RATE)).astype(np.float32)
label = np.random.randint(0, 3, 12)


def get_spectrogram(waveform):
    spectrogram = tf.signal.stft(waveform, frame_length=255, frame_step=128)
    spectrogram = tf.abs(spectrogram)
    return spectrogram[..., tf.newaxis]


def log_mel(waveform, bins=20):
    stft = tf.signal.stft(waveform, 256, 128, fft_length=256)
    mag = tf.abs(stft)
    matrix = tf.signal.linear_to_mel_weight_matrix(bins, mag.shape[-1], SAMPLE_RATE, 80.0, 1900.0)
    mel = tf.tensordot(mag, matrix, 1)
    return tf.math.log(mel + 1e-6)


ds = tf.data.Dataset.from_tensor_slices((audio, label)).batch(4)
spec_ds = ds.map(lambda a, l: (get_spectrogram(a), l), num_parallel_calls=tf.data.AUTOTUNE)
for example_spectrograms, example_labels in spec_ds.take(1):
    break
input_shape = example_spectrograms.shape[1:]
print("Input shape:", input_shape, LABELS[example_labels.numpy()])

norm_layer = layers.Normalization()
norm_layer.adapt(data=spec_ds.map(map_func=lambda spec, label: spec))
model = models.Sequential([
    layers.Input(shape=input_shape),
    layers.Resizing(16, 16),
    norm_layer,
    layers.Conv2D(8, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Dropout(0.25),
    layers.Flatten(),
    layers.Dense(len(LABELS)),
])
model.compile(optimizer="adam", loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(spec_ds.cache().prefetch(1), epochs=1, verbose=0)
y_pred = tf.argmax(model.predict(spec_ds, verbose=0), axis=1)
y_true = tf.concat(list(spec_ds.map(lambda s, lab: lab)), axis=0)
print(tf.math.confusion_matrix(y_true, y_pred, num_classes=3).numpy())


def wavenet_block(x, filters, rate):
    tanh = layers.Conv1D(filters, 2, dilation_rate=rate, padding="causal", activation="tanh")(x)
    sigm = layers.Conv1D(filters, 2, dilation_rate=rate, padding="causal", activation="sigmoid")(x)
    z = layers.Multiply()([tanh, sigm])
    skip = layers.Conv1D(filters, 1)(z)
    return layers.Add()([skip, x]), skip


mels = log_mel(tf.constant(audio))
print(mels.shape)
inp = layers.Input((None, mels.shape[-1]))
x = layers.Conv1D(8, 1)(inp)
skips = []
for rate in [2**i for i in range(3)]:
    x, s = wavenet_block(x, 8, rate)
    skips.append(s)
x = layers.Activation("relu")(layers.Add()(skips))
x = layers.GlobalAveragePooling1D()(x)
net = tf.keras.Model(inp, layers.Dense(3, activation="softmax")(x))
net.compile("adam", "sparse_categorical_crossentropy")
print(net.fit(mels, label, epochs=1, batch_size=4, verbose=0).history["loss"])
