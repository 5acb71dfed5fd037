"""Graph convolution on a random citation graph: adjacency, segment sums, full-batch training."""
import numpy as np
import tensorflow as tf

num_nodes, num_features, num_classes = 30, 12, 3
rng = np.random.default_rng(5)
edges = rng.integers(0, num_nodes, size=(2, 80))
features = rng.random((num_nodes, num_features), dtype=np.float32)
labels = rng.integers(0, num_classes, num_nodes)
train_mask = np.zeros(num_nodes, dtype=bool)
train_mask[:20] = True

adj = np.zeros((num_nodes, num_nodes), dtype=np.float32)
adj[edges[0], edges[1]] = 1.0
adj = np.maximum(adj, adj.T) + np.eye(num_nodes, dtype=np.float32)
deg_inv_sqrt = np.diag(1.0 / np.sqrt(adj.sum(axis=1)))
a_hat = tf.constant(deg_inv_sqrt @ adj @ deg_inv_sqrt, dtype=tf.float32)


class GCNLayer(tf.keras.layers.Layer):
    def __init__(self, units, activation=None):
        super().__init__()
        self.units = units
        self.activation = tf.keras.activations.get(activation)

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="kernel")

    def call(self, x, a):
        return self.activation(tf.matmul(a, tf.matmul(x, self.kernel)))


class GCN(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.l1 = GCNLayer(16, "relu")
        self.drop = tf.keras.layers.Dropout(0.5)
        self.l2 = GCNLayer(num_classes)

    def call(self, inputs, training=False):
        x, a = inputs
        h = self.drop(self.l1(x, a), training=training)
        return self.l2(h, a)


def message_passing(x, edges, w):
    src, dst = edges[0], edges[1]
    messages = tf.gather(x, src) @ w
    summed = tf.math.unsorted_segment_sum(messages, dst, num_segments=num_nodes)
    counts = tf.math.unsorted_segment_sum(tf.ones_like(dst, dtype=tf.float32), dst, num_nodes)
    return summed / tf.maximum(counts, 1.0)[:, tf.newaxis]


model = GCN()
opt = tf.keras.optimizers.Adam(0.01)
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
for epoch in range(4):
    with tf.GradientTape() as tape:
        logits = model((features, a_hat), training=True)
        loss = loss_fn(labels[train_mask], logits[train_mask])
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    pred = tf.argmax(logits, axis=-1).numpy()
    acc = (pred[~train_mask] == labels[~train_mask]).mean()
    print(epoch, float(loss), acc)

w = tf.Variable(tf.random.normal((num_features, 4)))
out = message_passing(tf.constant(features), tf.constant(edges), w)
att = tf.nn.leaky_relu(tf.matmul(out, out, transpose_b=True))
att = tf.where(tf.constant(adj) > 0, att, -1e9 * tf.ones_like(att))
print(out.shape, tf.nn.softmax(att, axis=1).shape)
