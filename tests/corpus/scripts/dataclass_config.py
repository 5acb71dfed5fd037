"""A small vision transformer driven by a dataclass config."""
from __future__ import annotations

from dataclasses import dataclass, field, replace

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


@dataclass(frozen=True)
class ViTConfig:
    image_size: int = 32
    patch_size: int = 8
    channels: int = 3
    dim: int = 24
    depth: int = 2
    heads: int = 3
    mlp_units: tuple[int, ...] = (48, 24)
    num_classes: int = 5
    head_units: list[int] = field(default_factory=lambda: [32])

    @property
    def num_patches(self) -> int:
        return (self.image_size // self.patch_size) ** 2


def mlp(x, hidden_units, dropout_rate: float):
    for units in hidden_units:
        x = layers.Dense(units, activation=tf.nn.gelu)(x)
        x = layers.Dropout(dropout_rate)(x)
    return x


class Patches(layers.Layer):
    def __init__(self, patch_size):
        super().__init__()
        self.patch_size = patch_size

    def call(self, images):
        batch_size = tf.shape(images)[0]
        patches = tf.image.extract_patches(
            images=images,
            sizes=[1, self.patch_size, self.patch_size, 1],
            strides=[1, self.patch_size, self.patch_size, 1],
            rates=[1, 1, 1, 1],
            padding="VALID",
        )
        patch_dims = patches.shape[-1]
        return tf.reshape(patches, [batch_size, -1, patch_dims])


class PatchEncoder(layers.Layer):
    def __init__(self, num_patches, projection_dim):
        super().__init__()
        self.num_patches = num_patches
        self.projection = layers.Dense(units=projection_dim)
        self.position_embedding = layers.Embedding(input_dim=num_patches, output_dim=projection_dim)

    def call(self, patch):
        positions = tf.range(start=0, limit=self.num_patches, delta=1)
        return self.projection(patch) + self.position_embedding(positions)


def create_vit(cfg: ViTConfig) -> keras.Model:
    inputs = layers.Input(shape=(cfg.image_size, cfg.image_size, cfg.channels))
    patches = Patches(cfg.patch_size)(inputs)
    encoded = PatchEncoder(cfg.num_patches, cfg.dim)(patches)
    for _ in range(cfg.depth):
        x1 = layers.LayerNormalization(epsilon=1e-6)(encoded)
        attn = layers.MultiHeadAttention(num_heads=cfg.heads, key_dim=cfg.dim, dropout=0.1)(x1, x1)
        x2 = layers.Add()([attn, encoded])
        x3 = layers.LayerNormalization(epsilon=1e-6)(x2)
        x3 = mlp(x3, hidden_units=cfg.mlp_units, dropout_rate=0.1)
        encoded = layers.Add()([x3, x2])
    rep = layers.LayerNormalization(epsilon=1e-6)(encoded)
    rep = layers.Flatten()(rep)
    features = mlp(rep, cfg.head_units, 0.5)
    return keras.Model(inputs=inputs, outputs=layers.Dense(cfg.num_classes)(features))


if __name__ == "__main__":
    cfg = replace(ViTConfig(), depth=1)
    model = create_vit(cfg)
    x = tf.random.uniform((8, cfg.image_size, cfg.image_size, cfg.channels))
    y = tf.random.uniform((8,), 0, cfg.num_classes, tf.int64)
    model.compile(
        optimizer=keras.optimizers.AdamW(learning_rate=1e-3, weight_decay=1e-4),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseTopKCategoricalAccuracy(3, name="top-3")],
    )
    model.fit(x, y, batch_size=4, epochs=1, verbose=0)
    patches = Patches(cfg.patch_size)(x[:1])
    n = int(patches.shape[1] ** 0.5)
    print(patches.shape, n, tf.reshape(patches[0, 0], (cfg.patch_size, cfg.patch_size, 3)).shape)
