"""U-Net for segmentation of blobs, with dice loss."""
from __future__ import annotations

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers as L
from tensorflow.keras import backend as K


def double_conv_block(x: tf.Tensor, n_filters: int) -> tf.Tensor:
    x = L.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
    x = L.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
    return x


def downsample_block(x, n_filters):
    f = double_conv_block(x, n_filters)
    p = L.MaxPool2D(2)(f)
    p = L.Dropout(0.3)(p)
    return f, p


def upsample_block(x, conv_features, n_filters):
    x = L.Conv2DTranspose(n_filters, 3, 2, padding="same")(x)
    x = L.concatenate([x, conv_features])
    x = L.Dropout(0.3)(x)
    return double_conv_block(x, n_filters)


def build_unet(size: int = 64, channels: int = 3) -> tf.keras.Model:
    inputs = L.Input(shape=(size, size, channels))
    f1, p1 = downsample_block(inputs, 8)
    f2, p2 = downsample_block(p1, 16)
    f3, p3 = downsample_block(p2, 32)
    bottleneck = double_conv_block(p3, 64)
    u7 = upsample_block(bottleneck, f3, 32)
    u8 = upsample_block(u7, f2, 16)
    u9 = upsample_block(u8, f1, 8)
    outputs = L.Conv2D(1, 1, padding="same", activation="sigmoid")(u9)
    return tf.keras.Model(inputs, outputs, name="U-Net")


def dice_coef(y_true, y_pred, smooth=1.0):
    y_true_f = tf.reshape(tf.cast(y_true, tf.float32), [-1])
    y_pred_f = tf.reshape(y_pred, [-1])
    intersection = tf.reduce_sum(y_true_f * y_pred_f)
    return (2.0 * intersection + smooth) / (tf.reduce_sum(y_true_f) + tf.reduce_sum(y_pred_f) + smooth)


def dice_loss(y_true, y_pred):
    return 1.0 - dice_coef(y_true, y_pred)


def bce_dice(y_true, y_pred):
    bce = tf.keras.losses.binary_crossentropy(y_true, y_pred)
    return tf.reduce_mean(bce) + dice_loss(y_true, y_pred)


def make_data(n, size):
    yy, xx = np.mgrid[:size, :size]
    images, masks = [], []
    for _ in range(n):
        cy, cx = np.random.randint(10, size - 10, 2)
        r = np.random.randint(4, 10)
        mask = ((yy - cy) ** 2 + (xx - cx) ** 2 < r**2).astype(np.float32)
        img = np.random.rand(size, size, 3).astype(np.float32) * 0.3 + mask[..., None] * 0.7
        images.append(img)
        masks.append(mask[..., np.newaxis])
    return np.stack(images), np.array(masks)


def main():
    X, Y = make_data(12, 64)
    print(X.shape, Y.shape, Y.mean())
    model = build_unet()
    model.compile(optimizer="adam", loss=bce_dice, metrics=[dice_coef, "binary_accuracy"])
    model.fit(X[:8], Y[:8], validation_data=(X[8:], Y[8:]), batch_size=4, epochs=1, verbose=0)
    pred = model.predict(X[8:], verbose=0)
    binary = (pred > 0.5).astype(np.uint8)
    inter = np.logical_and(binary, Y[8:]).sum(axis=(1, 2, 3))
    union = np.logical_or(binary, Y[8:]).sum(axis=(1, 2, 3))
    iou = inter / np.maximum(union, 1)
    print("mean IoU", iou.mean())


if __name__ == "__main__":
    main()
