"""DQN with replay memory on a toy corridor."""
import random
from collections import deque

import numpy as np
import tensorflow as tf


class Corridor:
    def __init__(self, n=6):
        self.n = n
        self.pos = 0

    def reset(self):
        self.pos = 0
        return self.observe()

    def observe(self):
        state = np.zeros(self.n, dtype=np.float32)
        state[self.pos] = 1.0
        return state

    def step(self, action):
        self.pos = min(self.n - 1, self.pos + 1) if action == 1 else max(0, self.pos - 1)
        done = self.pos == self.n - 1
        reward = 1.0 if done else -0.01
        return self.observe(), reward, done


class ReplayBuffer:
    def __init__(self, capacity):
        self.buffer = deque(maxlen=capacity)

    def add(self, *transition):
        self.buffer.append(transition)

    def sample(self, batch_size):
        batch = random.sample(self.buffer, batch_size)
        states, actions, rewards, next_states, dones = map(np.array, zip(*batch))
        return (states.astype(np.float32), actions.astype(np.int32), rewards.astype(np.float32),
                next_states.astype(np.float32), dones.astype(np.float32))

    def __len__(self):
        return len(self.buffer)


class DQNAgent:
    def __init__(self, state_size, action_size, gamma=0.95, lr=1e-3):
        self.state_size = state_size
        self.action_size = action_size
        self.gamma = gamma
        self.epsilon = 1.0
        self.model = self._build()
        self.target = self._build()
        self.update_target()
        self.optimizer = tf.keras.optimizers.Adam(lr)
        self.memory = ReplayBuffer(500)

    def _build(self):
        return tf.keras.Sequential([
            tf.keras.layers.Input(shape=(self.state_size,)),
            tf.keras.layers.Dense(24, activation="relu"),
            tf.keras.layers.Dense(24, activation="relu"),
            tf.keras.layers.Dense(self.action_size),
        ])

    def update_target(self):
        self.target.set_weights(self.model.get_weights())

    def act(self, state):
        if np.random.rand() < self.epsilon:
            return np.random.randint(self.action_size)
        q = self.model(state[np.newaxis, :])
        return int(tf.argmax(q[0]))

    def train(self, batch_size):
        states, actions, rewards, next_states, dones = self.memory.sample(batch_size)
        next_q = self.target(next_states)
        target_q = rewards + (1.0 - dones) * self.gamma * tf.reduce_max(next_q, axis=1)
        masks = tf.one_hot(actions, self.action_size)
        with tf.GradientTape() as tape:
            q_values = self.model(states)
            q_action = tf.reduce_sum(q_values * masks, axis=1)
            loss = tf.reduce_mean(tf.square(target_q - q_action))
        grads = tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.model.trainable_variables))
        return loss


env = Corridor()
agent = DQNAgent(env.n, 2)
for episode in range(3):
    state = env.reset()
    total, losses = 0.0, []
    for t in range(15):
        action = agent.act(state)
        next_state, reward, done = env.step(action)
        agent.memory.add(state, action, reward, next_state, done)
        state = next_state
        total += reward
        if len(agent.memory) > 8:
            losses.append(agent.train(8).numpy())
        if done:
            break
    agent.epsilon = max(0.1, agent.epsilon * 0.9)
    agent.update_target()
    print(episode, total, np.mean(losses) if losses else float("nan"))
