"""ESPCN-style super resolution: depth_to_space, PSNR, tiles."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

UPSCALE, CROP = 3, 48
small = CROP // UPSCALE


def process_input(img):
    yuv = tf.image.rgb_to_yuv(img)
    y, u, v = tf.split(yuv, 3, axis=-1)
    return tf.image.resize(y, [small, small], method="area")


def process_target(img):
    yuv = tf.image.rgb_to_yuv(img)
    return tf.split(yuv, 3, axis=-1)[0]


images = tf.random.uniform((12, CROP, CROP, 3))
ds = tf.data.Dataset.from_tensor_slices(images).batch(4)
ds = ds.map(lambda x: (process_input(x), process_target(x))).prefetch(2)


def get_model(upscale_factor=3, channels=1):
    conv_args = {"activation": "relu", "kernel_initializer": "orthogonal", "padding": "same"}
    inputs = tf.keras.Input(shape=(None, None, channels))
    x = layers.Conv2D(16, 5, **conv_args)(inputs)
    x = layers.Conv2D(8, 3, **conv_args)(x)
    x = layers.Conv2D(channels * (upscale_factor**2), 3, **conv_args)(x)
    outputs = layers.Lambda(lambda t: tf.nn.depth_to_space(t, upscale_factor))(x)
    return tf.keras.Model(inputs, outputs)


class PSNRCallback(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.psnr = []

    def on_test_batch_end(self, batch, logs=None):
        self.psnr.append(10 * np.log10(1 / logs["loss"]))

    def on_epoch_end(self, epoch, logs=None):
        print("Mean PSNR for epoch: %.2f" % (np.mean(self.psnr)))


model = get_model(UPSCALE)
model.compile(optimizer="adam", loss=tf.keras.losses.MeanSquaredError())
model.fit(ds, epochs=1, validation_data=ds, callbacks=[PSNRCallback()], verbose=0)
low, high = next(iter(ds))
up = tf.clip_by_value(model(low), 0.0, 1.0)
print(up.shape, tf.image.psnr(up, high, max_val=1.0).shape, tf.image.ssim(up, high, 1.0).numpy().mean())
bicubic = tf.image.resize(low, (CROP, CROP), method="bicubic")
print("gain", float(tf.reduce_mean(tf.image.psnr(bicubic, high, 1.0) - tf.image.psnr(up, high, 1.0))))
tiles = tf.image.extract_patches(high, [1, 16, 16, 1], [1, 16, 16, 1], [1, 1, 1, 1], "VALID")
print(tf.reshape(tiles, (-1, 16, 16, 1)).shape)
