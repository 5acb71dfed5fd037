"""Linear and polynomial regression with raw variables."""
import numpy as np
import tensorflow as tf

TRUE_W, TRUE_B = 3.0, 2.0
NUM_EXAMPLES = 101
x = tf.linspace(-2, 2, NUM_EXAMPLES)
x = tf.cast(x, tf.float32)


def f(x):
    return x * TRUE_W + TRUE_B


noise = tf.random.normal(shape=[NUM_EXAMPLES])
y = f(x) + noise


class MyModel(tf.Module):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.w = tf.Variable(5.0)
        self.b = tf.Variable(0.0)

    def __call__(self, x):
        return self.w * x + self.b


def loss(target_y, predicted_y):
    return tf.reduce_mean(tf.square(target_y - predicted_y))


def train(model, x, y, learning_rate):
    with tf.GradientTape() as t:
        current_loss = loss(y, model(x))
    dw, db = t.gradient(current_loss, [model.w, model.b])
    model.w.assign_sub(learning_rate * dw)
    model.b.assign_sub(learning_rate * db)


model = MyModel()
print("Variables:", model.variables)
weights, biases = [], []
for epoch in range(5):
    train(model, x, y, learning_rate=0.1)
    weights.append(model.w.numpy())
    biases.append(model.b.numpy())
    print(f"Epoch {epoch:2d}: W = {weights[-1]:1.2f}, b = {biases[-1]:1.2f}, loss={loss(y, model(x)):2.5f}")

# multivariate, in matrix form
n, d = 50, 3
X = np.random.randn(n, d).astype(np.float32)
w_true = np.array([[1.0], [-2.0], [0.5]], dtype=np.float32)
Y = X @ w_true + 0.1 * np.random.randn(n, 1).astype(np.float32)
W = tf.Variable(tf.zeros((d, 1)))
b = tf.Variable(tf.zeros(1))
for i in range(20):
    idx = np.random.permutation(n)[:16]
    xb, yb = X[idx], Y[idx]
    with tf.GradientTape() as tape:
        err = tf.matmul(xb, W) + b - yb
        mse = tf.reduce_mean(err ** 2) + 1e-3 * tf.nn.l2_loss(W)
    gW, gb = tape.gradient(mse, [W, b])
    W.assign_sub(0.1 * gW)
    b.assign_sub(0.1 * gb)

# closed form
A = tf.concat([X, tf.ones((n, 1))], axis=1)
theta = tf.linalg.solve(tf.matmul(A, A, transpose_a=True), tf.matmul(A, Y, transpose_a=True))
pinv = np.linalg.lstsq(A.numpy(), Y, rcond=None)[0]
print(W.numpy().ravel(), theta.numpy().ravel(), np.abs(theta.numpy() - pinv).max())
