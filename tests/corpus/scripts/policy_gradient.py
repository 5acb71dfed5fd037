import numpy as np
import tensorflow as tf


def discount(rewards, gamma=0.99):
    out = np.zeros_like(rewards, dtype=np.float32)
    running = 0.0
    for i in reversed(range(len(rewards))):
        running = running * gamma + rewards[i]
        out[i] = running
    return (out - out.mean()) / (out.std() + 1e-8)


class Policy(tf.keras.Model):
    def __init__(self, n_actions):
        super().__init__()
        self.d1 = tf.keras.layers.Dense(16, activation="tanh")
        self.d2 = tf.keras.layers.Dense(n_actions)

    def call(self, s):
        return self.d2(self.d1(s))

    def choose(self, s):
        logits = self(s[None].astype(np.float32))
        a = tf.random.categorical(logits, 1)
        return a.numpy()[0, 0]


policy = Policy(3)
opt = tf.keras.optimizers.Adam(1e-2)
for ep in range(2):
    states, actions, rewards = [], [], []
    s = np.random.randn(5)
    for _ in range(10):
        a = policy.choose(s)
        r = float(s[a])
        states.append(s)
        actions.append(a)
        rewards.append(r)
        s = np.random.randn(5)
    S = np.vstack(states).astype(np.float32)
    A = np.array(actions)
    G = discount(rewards)
    with tf.GradientTape() as tape:
        logits = policy(S)
        neglogp = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=A, logits=logits)
        entropy = -tf.reduce_sum(tf.nn.softmax(logits) * tf.nn.log_softmax(logits), axis=-1)
        loss = tf.reduce_mean(neglogp * G) - 0.01 * tf.reduce_mean(entropy)
    g = tape.gradient(loss, policy.trainable_variables)
    opt.apply_gradients(zip(g, policy.trainable_variables))
    print(ep, sum(rewards), loss.numpy())
