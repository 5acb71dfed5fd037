"""Saliency and Grad-CAM of a trained net."""
import numpy as np
import tensorflow as tf

img_size = (64, 64)
inp = tf.keras.Input(img_size + (3,))
x = tf.keras.layers.Rescaling(1.0 / 255)(inp)
for i, f in enumerate((8, 16)):
    x = tf.keras.layers.Conv2D(f, 3, padding="same", activation="relu", name=f"conv_{i}")(x)
    x = tf.keras.layers.MaxPooling2D()(x)
x = tf.keras.layers.GlobalAveragePooling2D()(x)
model = tf.keras.Model(inp, tf.keras.layers.Dense(5, name="logits")(x))


def make_gradcam_heatmap(img_array, model, last_conv_layer_name, pred_index=None):
    grad_model = tf.keras.models.Model(model.inputs, [model.get_layer(last_conv_layer_name).output, model.output])
    with tf.GradientTape() as tape:
        last_conv_layer_output, preds = grad_model(img_array)
        if pred_index is None:
            pred_index = tf.argmax(preds[0])
        class_channel = preds[:, pred_index]
    grads = tape.gradient(class_channel, last_conv_layer_output)
    pooled_grads = tf.reduce_mean(grads, axis=(0, 1, 2))
    last_conv_layer_output = last_conv_layer_output[0]
    heatmap = last_conv_layer_output @ pooled_grads[..., tf.newaxis]
    heatmap = tf.squeeze(heatmap)
    heatmap = tf.maximum(heatmap, 0) / (tf.math.reduce_max(heatmap) + 1e-8)
    return heatmap.numpy()


def saliency(image):
    image = tf.convert_to_tensor(image, dtype=tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(image)
        score = tf.reduce_max(model(image), axis=-1)
    g = tf.abs(tape.gradient(score, image))
    g = tf.reduce_max(g, axis=-1)[0]
    return (g - tf.reduce_min(g)) / (tf.reduce_max(g) - tf.reduce_min(g) + 1e-8)


def integrated_gradients(image, target, steps=4):
    baseline = tf.zeros_like(image)
    alphas = tf.linspace(0.0, 1.0, steps + 1)
    path = baseline[None] + alphas[:, None, None, None] * (image - baseline)[None]
    with tf.GradientTape() as tape:
        tape.watch(path)
        probs = tf.nn.softmax(model(path), axis=-1)[:, target]
    grads = tape.gradient(probs, path)
    avg = tf.reduce_mean((grads[:-1] + grads[1:]) / 2.0, axis=0)
    return (image - baseline) * avg


def fgsm(image, label, eps=2.0):
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = tf.keras.losses.sparse_categorical_crossentropy(label, model(image), from_logits=True)
    return tf.clip_by_value(image + eps * tf.sign(tape.gradient(loss, image)), 0, 255)


img = np.random.randint(0, 255, img_size + (3,)).astype("float32")
array = np.expand_dims(img, axis=0)
heatmap = make_gradcam_heatmap(array, model, "conv_1")
print(heatmap.shape, saliency(array).shape)
heat = tf.image.resize(heatmap[..., np.newaxis], img_size).numpy()
overlay = np.uint8(0.4 * 255 * heat + 0.6 * img)
print(overlay.shape, overlay.dtype)
print(integrated_gradients(tf.constant(img), 2).shape, fgsm(tf.constant(array), tf.constant([1])).shape)
