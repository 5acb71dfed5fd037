"""Encoder-decoder transformer with attention written by hand."""
import numpy as np
import tensorflow as tf


def positional_encoding(length, depth):
    depth = depth / 2
    positions = np.arange(length)[:, np.newaxis]
    depths = np.arange(depth)[np.newaxis, :] / depth
    angle_rates = 1 / (10000**depths)
    angle_rads = positions * angle_rates
    pos_encoding = np.concatenate([np.sin(angle_rads), np.cos(angle_rads)], axis=-1)
    return tf.cast(pos_encoding, dtype=tf.float32)


def create_padding_mask(seq):
    seq = tf.cast(tf.math.equal(seq, 0), tf.float32)
    return seq[:, tf.newaxis, tf.newaxis, :]


def create_look_ahead_mask(size):
    return 1 - tf.linalg.band_part(tf.ones((size, size)), -1, 0)


def scaled_dot_product_attention(q, k, v, mask):
    matmul_qk = tf.matmul(q, k, transpose_b=True)
    dk = tf.cast(tf.shape(k)[-1], tf.float32)
    logits = matmul_qk / tf.math.sqrt(dk)
    if mask is not None:
        logits += mask * -1e9
    weights = tf.nn.softmax(logits, axis=-1)
    return tf.matmul(weights, v), weights


class MultiHeadAttention(tf.keras.layers.Layer):
    def __init__(self, d_model, num_heads):
        super().__init__()
        assert d_model % num_heads == 0
        self.num_heads = num_heads
        self.d_model = d_model
        self.head_dim = d_model // num_heads
        self.wq = tf.keras.layers.Dense(d_model)
        self.wk = tf.keras.layers.Dense(d_model)
        self.wv = tf.keras.layers.Dense(d_model)
        self.out = tf.keras.layers.Dense(d_model)

    def split_heads(self, x, batch_size):
        x = tf.reshape(x, (batch_size, -1, self.num_heads, self.head_dim))
        return tf.transpose(x, perm=[0, 2, 1, 3])

    def call(self, v, k=None, q=None, mask=None):
        batch_size = tf.shape(q)[0]
        q = self.split_heads(self.wq(q), batch_size)
        k = self.split_heads(self.wk(k), batch_size)
        v = self.split_heads(self.wv(v), batch_size)
        attention, weights = scaled_dot_product_attention(q, k, v, mask)
        attention = tf.transpose(attention, perm=[0, 2, 1, 3])
        concat = tf.reshape(attention, (batch_size, -1, self.d_model))
        return self.out(concat), weights


class EncoderLayer(tf.keras.layers.Layer):
    def __init__(self, d_model, heads, dff):
        super().__init__()
        self.mha = MultiHeadAttention(d_model, heads)
        self.ffn = tf.keras.Sequential([tf.keras.layers.Dense(dff, "relu"), tf.keras.layers.Dense(d_model)])
        self.ln1 = tf.keras.layers.LayerNormalization()
        self.ln2 = tf.keras.layers.LayerNormalization()

    def call(self, x, mask=None):
        attn, _ = self.mha(x, k=x, q=x, mask=mask)
        x = self.ln1(x + attn)
        return self.ln2(x + self.ffn(x))


class DecoderLayer(EncoderLayer):
    def __init__(self, d_model, heads, dff):
        super().__init__(d_model, heads, dff)
        self.cross = MultiHeadAttention(d_model, heads)
        self.ln3 = tf.keras.layers.LayerNormalization()

    def call(self, x, enc=None, look_ahead=None, padding=None):
        a, _ = self.mha(x, k=x, q=x, mask=look_ahead)
        x = self.ln1(x + a)
        b, weights = self.cross(enc, k=enc, q=x, mask=padding)
        x = self.ln3(x + b)
        return self.ln2(x + self.ffn(x)), weights


class Transformer(tf.keras.Model):
    def __init__(self, vocab, d_model=16, heads=4, dff=32, max_len=64):
        super().__init__()
        self.d_model = d_model
        self.embedding = tf.keras.layers.Embedding(vocab, d_model)
        self.pos = positional_encoding(max_len, d_model)
        self.encoder = EncoderLayer(d_model, heads, dff)
        self.decoder = DecoderLayer(d_model, heads, dff)
        self.final = tf.keras.layers.Dense(vocab)

    def embed(self, ids):
        length = tf.shape(ids)[1]
        x = self.embedding(ids) * tf.math.sqrt(tf.cast(self.d_model, tf.float32))
        return x + self.pos[tf.newaxis, :length, :]

    def call(self, inputs):
        src, tgt = inputs
        pad = create_padding_mask(src)
        ahead = tf.maximum(create_look_ahead_mask(tf.shape(tgt)[1]), create_padding_mask(tgt))
        enc = self.encoder(self.embed(src), mask=pad)
        dec, weights = self.decoder(self.embed(tgt), enc=enc, look_ahead=ahead, padding=pad)
        return self.final(dec)


loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")


def masked_loss(label, pred):
    mask = label != 0
    loss = loss_object(label, pred)
    mask = tf.cast(mask, dtype=loss.dtype)
    loss *= mask
    return tf.reduce_sum(loss) / tf.reduce_sum(mask)


VOCAB = 20
src = np.random.randint(1, VOCAB, (16, 7))
tgt = np.concatenate([np.ones((16, 1), dtype=src.dtype), src[:, ::-1]], axis=1)
model = Transformer(VOCAB)
optimizer = tf.keras.optimizers.Adam(1e-3)

for step in range(3):
    with tf.GradientTape() as tape:
        logits = model((tf.constant(src), tf.constant(tgt[:, :-1])))
        loss = masked_loss(tf.constant(tgt[:, 1:]), logits)
    grads = tape.gradient(loss, model.trainable_variables)
    grads, norm = tf.clip_by_global_norm(grads, 1.0)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    print(step, float(loss), float(norm))

output = tf.ones((1, 1), dtype=tf.int64)
for _ in range(4):
    logits = model((tf.constant(src[:1]), output))
    next_id = tf.argmax(logits[:, -1:, :], axis=-1)
    output = tf.concat([output, next_id], axis=-1)
print(output.numpy())
