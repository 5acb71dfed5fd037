"""An MLP from tf.Module up: init, batch, fit, checkpoint, export."""
import os
import tempfile
import numpy as np
import tensorflow as tf

tf.random.set_seed(22)


def xavier_init(shape):
    in_dim, out_dim = shape
    lim = tf.sqrt(6.0) / tf.sqrt(tf.cast(in_dim + out_dim, tf.float32))
    return tf.random.uniform(shape=(in_dim, out_dim), minval=-lim, maxval=lim, seed=22)


class DenseLayer(tf.Module):
    def __init__(self, out_dim, weight_init=xavier_init, activation=tf.identity):
        super().__init__()
        self.out_dim = out_dim
        self.weight_init = weight_init
        self.activation = activation
        self.built = False

    def __call__(self, x):
        if not self.built:
            self.in_dim = x.shape[1]
            self.w = tf.Variable(self.weight_init(shape=(self.in_dim, self.out_dim)))
            self.b = tf.Variable(tf.zeros(shape=(self.out_dim,)))
            self.built = True
        z = tf.add(tf.matmul(x, self.w), self.b)
        return self.activation(z)


class MLP(tf.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    @tf.function
    def __call__(self, x, preds=False):
        for layer in self.layers:
            x = layer(x)
        return x


class Adam:
    def __init__(self, learning_rate=1e-3, beta_1=0.9, beta_2=0.999, ep=1e-7):
        self.beta_1, self.beta_2, self.learning_rate, self.ep = beta_1, beta_2, learning_rate, ep
        self.t = 1.0
        self.v_dvar, self.s_dvar = [], []
        self.built = False

    def apply_gradients(self, grads, vars):
        if not self.built:
            for var in vars:
                self.v_dvar.append(tf.Variable(tf.zeros(shape=var.shape)))
                self.s_dvar.append(tf.Variable(tf.zeros(shape=var.shape)))
            self.built = True
        for i, (d_var, var) in enumerate(zip(grads, vars)):
            self.v_dvar[i].assign(self.beta_1 * self.v_dvar[i] + (1 - self.beta_1) * d_var)
            self.s_dvar[i].assign(self.beta_2 * self.s_dvar[i] + (1 - self.beta_2) * tf.square(d_var))
            v_bc = self.v_dvar[i] / (1 - (self.beta_1 ** self.t))
            s_bc = self.s_dvar[i] / (1 - (self.beta_2 ** self.t))
            var.assign_sub(self.learning_rate * (v_bc / (tf.sqrt(s_bc) + self.ep)))
        self.t += 1.0


def cross_entropy_loss(y_pred, y):
    sparse_ce = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=y_pred)
    return tf.reduce_mean(sparse_ce)


def accuracy(y_pred, y):
    class_preds = tf.argmax(tf.nn.softmax(y_pred), axis=1)
    is_equal = tf.equal(y, class_preds)
    return tf.reduce_mean(tf.cast(is_equal, tf.float32))


X = np.random.rand(64, 20).astype("float32")
y = np.random.randint(0, 4, 64)
data = tf.data.Dataset.from_tensor_slices((X, y)).batch(16)
mlp = MLP([DenseLayer(16, activation=tf.nn.relu), DenseLayer(8, activation=tf.nn.relu), DenseLayer(4)])
optimizer = Adam()
for epoch in range(2):
    losses, accs = [], []
    for xb, yb in data:
        with tf.GradientTape() as tape:
            pred = mlp(xb)
            batch_loss = cross_entropy_loss(pred, yb)
        batch_acc = accuracy(pred, yb)
        grads = tape.gradient(batch_loss, mlp.variables)
        optimizer.apply_gradients(grads, mlp.variables)
        losses.append(batch_loss)
        accs.append(batch_acc)
    print(epoch, tf.reduce_mean(losses).numpy(), tf.reduce_mean(accs).numpy())

checkpoint = tf.train.Checkpoint(model=mlp)
with tempfile.TemporaryDirectory() as tmp:
    path = checkpoint.save(os.path.join(tmp, "ckpt"))
    restored = tf.train.Checkpoint(model=mlp).restore(path)
probs = tf.nn.softmax(mlp(X))
for c in range(4):
    ind = y == c
    print(c, int(ind.sum()), float(tf.reduce_mean(probs[ind][:, c])))
