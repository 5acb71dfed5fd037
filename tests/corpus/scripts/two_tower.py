"""Recommender: two towers of embeddings, dot product, bias terms, in-batch softmax."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

num_users, num_movies, EMBEDDING_SIZE = 50, 40, 8
rng = np.random.default_rng(1)
ratings = np.stack([rng.integers(0, num_users, 200), rng.integers(0, num_movies, 200), rng.integers(1, 6, 200)], axis=1)
x = ratings[:, :2]
y = (ratings[:, 2] - ratings[:, 2].min()) / (ratings[:, 2].max() - ratings[:, 2].min())
n_train = int(0.9 * len(ratings))
x_train, x_val, y_train, y_val = x[:n_train], x[n_train:], y[:n_train], y[n_train:]


class RecommenderNet(keras.Model):
    def __init__(self, num_users, num_movies, embedding_size, **kwargs):
        super().__init__(**kwargs)
        self.user_embedding = layers.Embedding(
            num_users, embedding_size, embeddings_initializer="he_normal",
            embeddings_regularizer=keras.regularizers.l2(1e-6))
        self.user_bias = layers.Embedding(num_users, 1)
        self.movie_embedding = layers.Embedding(num_movies, embedding_size)
        self.movie_bias = layers.Embedding(num_movies, 1)

    def call(self, inputs):
        user_vector = self.user_embedding(inputs[:, 0])
        user_bias = self.user_bias(inputs[:, 0])
        movie_vector = self.movie_embedding(inputs[:, 1])
        movie_bias = self.movie_bias(inputs[:, 1])
        dot_user_movie = tf.reduce_sum(user_vector * movie_vector, axis=1, keepdims=True)
        return tf.nn.sigmoid(dot_user_movie + user_bias + movie_bias)


model = RecommenderNet(num_users, num_movies, EMBEDDING_SIZE)
model.compile(loss=keras.losses.BinaryCrossentropy(), optimizer=keras.optimizers.Adam(learning_rate=0.001))
model.fit(x=x_train, y=y_train, batch_size=64, epochs=1, validation_data=(x_val, y_val), verbose=0)

user_id = 3
watched = set(x[x[:, 0] == user_id, 1].tolist())
candidates = [[m] for m in range(num_movies) if m not in watched]
user_movie_array = np.hstack(([[user_id]] * len(candidates), candidates))
scores = model.predict(user_movie_array, verbose=0).flatten()
top = scores.argsort()[-5:][::-1]
print([candidates[i][0] for i in top])

# functional twin with Dot
u = keras.Input(shape=(1,), dtype="int32", name="user")
m = keras.Input(shape=(1,), dtype="int32", name="movie")
ue = layers.Flatten()(layers.Embedding(num_users, EMBEDDING_SIZE)(u))
me = layers.Flatten()(layers.Embedding(num_movies, EMBEDDING_SIZE)(m))
out = layers.Dot(axes=1, normalize=True)([ue, me])
functional = keras.Model([u, m], out)
functional.compile("adam", "mse")
functional.fit([x_train[:, :1], x_train[:, 1:]], y_train, epochs=1, verbose=0)

# retrieval in a batch: every other item is a negative
user_tower = keras.Sequential([layers.Embedding(num_users, EMBEDDING_SIZE), layers.Dense(4)])
item_tower = keras.Sequential([layers.Embedding(num_movies, EMBEDDING_SIZE), layers.Dense(4)])
opt = keras.optimizers.Adagrad(0.1)
for users, items in tf.data.Dataset.from_tensor_slices((x_train[:, 0], x_train[:, 1])).batch(32).take(3):
    with tf.GradientTape() as tape:
        sims = tf.matmul(user_tower(users), item_tower(items), transpose_b=True)
        labels = tf.eye(tf.shape(sims)[0])
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=sims))
    variables = user_tower.trainable_variables + item_tower.trainable_variables
    opt.apply_gradients(zip(tape.gradient(loss, variables), variables))
    print(float(loss))
