"""A physics-informed net for u'' + u = 0, with nested tapes."""
import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(0)
net = tf.keras.Sequential([
    tf.keras.layers.Input((1,)),
    tf.keras.layers.Dense(16, activation="tanh"),
    tf.keras.layers.Dense(16, activation="tanh"),
    tf.keras.layers.Dense(1),
])
optimizer = tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.PiecewiseConstantDecay([10, 20], [1e-2, 1e-3, 1e-4]))
lo, hi = 0.0, float(np.pi)
t_col = tf.random.uniform((40, 1), lo, hi)
t0 = tf.zeros((1, 1))


def derivatives(t):
    with tf.GradientTape() as outer:
        outer.watch(t)
        with tf.GradientTape() as inner:
            inner.watch(t)
            u = net(t)
        u_t = inner.gradient(u, t)
    u_tt = outer.gradient(u_t, t)
    return u, u_t, u_tt


@tf.function
def train():
    with tf.GradientTape() as tape:
        u, _, u_tt = derivatives(t_col)
        residual = u_tt + u
        u0, du0, _ = derivatives(t0)
        loss = tf.reduce_mean(residual**2) + tf.reduce_sum((u0 - 0.0) ** 2) + tf.reduce_sum((du0 - 1.0) ** 2)
    grads = tape.gradient(loss, net.trainable_variables)
    optimizer.apply_gradients(zip(grads, net.trainable_variables))
    return loss


for i in range(5):
    loss = train()
    if i % 2 == 0:
        tf.print("step", i, "loss", loss)
grid = np.linspace(lo, hi, 50, dtype=np.float32)[:, None]
prediction = net(grid).numpy()
error = np.linalg.norm(prediction - np.sin(grid)) / np.linalg.norm(np.sin(grid))
print(prediction.shape, "relative error", error)
with tf.GradientTape(persistent=True) as g:
    z = tf.constant([[0.5], [1.0]])
    g.watch(z)
    out = net(z)
jac = g.batch_jacobian(out, z)
del g
print(jac.shape)
