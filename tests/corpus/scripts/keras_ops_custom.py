# needs: keras 3
"""Keras 3 in its own words: keras.ops, compute_loss, a stateless look at weights."""
import keras
import numpy as np
from keras import layers, ops


class RotaryAttention(layers.Layer):
    def __init__(self, dim, heads):
        super().__init__()
        self.dim, self.heads = dim, heads
        self.qkv = layers.Dense(3 * dim, use_bias=False)
        self.proj = layers.Dense(dim)

    def rotate(self, x):
        half = x.shape[-1] // 2
        pos = ops.arange(ops.shape(x)[2], dtype="float32")
        freq = ops.exp(-ops.arange(half, dtype="float32") / half)
        angle = ops.einsum("i,j->ij", pos, freq)
        x1, x2 = ops.split(x, 2, axis=-1)
        return ops.concatenate([x1 * ops.cos(angle) - x2 * ops.sin(angle), x1 * ops.sin(angle) + x2 * ops.cos(angle)], axis=-1)

    def call(self, x):
        b, t = ops.shape(x)[0], ops.shape(x)[1]
        qkv = ops.reshape(self.qkv(x), (b, t, 3, self.heads, self.dim // self.heads))
        qkv = ops.transpose(qkv, (2, 0, 3, 1, 4))
        q, k, v = qkv[0], qkv[1], qkv[2]
        q, k = self.rotate(q), self.rotate(k)
        att = ops.softmax(ops.matmul(q, ops.swapaxes(k, -1, -2)) / np.sqrt(self.dim // self.heads))
        out = ops.transpose(ops.matmul(att, v), (0, 2, 1, 3))
        return self.proj(ops.reshape(out, (b, t, self.dim)))


class Classifier(keras.Model):
    def __init__(self, vocab, classes, dim=16):
        super().__init__()
        self.emb = layers.Embedding(vocab, dim, mask_zero=True)
        self.att = RotaryAttention(dim, 2)
        self.norm = layers.LayerNormalization()
        self.pool = layers.GlobalAveragePooling1D()
        self.head = layers.Dense(classes)

    def call(self, ids):
        x = self.emb(ids)
        x = self.norm(x + self.att(x))
        return self.head(self.pool(x))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        onehot = ops.one_hot(ops.cast(y, "int32"), y_pred.shape[-1])
        smooth = onehot * 0.9 + 0.1 / y_pred.shape[-1]
        return ops.mean(keras.losses.categorical_crossentropy(smooth, y_pred, from_logits=True))


ids = np.random.randint(0, 30, (24, 9))
y = np.random.randint(0, 4, 24)
model = Classifier(30, 4)
model.compile(optimizer=keras.optimizers.Lion(1e-3))
model.fit(ids, y, batch_size=8, epochs=1, verbose=0)
logits = model(ids[:2])
print(logits.shape, ops.argmax(logits, axis=-1).shape)
print(ops.convert_to_numpy(ops.top_k(logits, 2)[0]).shape, ops.logsumexp(logits, axis=-1).shape)
